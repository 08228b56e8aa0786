import {
  asI32,
  type Code,
  type Expr,
  type I32,
  type Statement,
  signed,
  unsigned,
  type ValueType,
} from "./assembler.js";

/** How many bytes past the address, at least 0. */
type Offset = number;

type Unary<A extends ValueType, R extends ValueType> = (a: Expr<A>) => Expr<R>;
type Binary<A extends ValueType, R extends ValueType> = (a: Expr<A>, b: Expr<A>) => Expr<R>;

// An opcode above 255 is a SIMD one: the prefix 0xfd, then its number.
const simd = (number: number): number[] => [0xfd, ...unsigned(number)];

function unary<A extends ValueType, R extends ValueType>(type: R, opcode: readonly number[]): Unary<A, R> {
  return (a) => ({ type, code: [a.code, ...opcode] });
}

function binary<A extends ValueType, R extends ValueType>(type: R, opcode: readonly number[]): Binary<A, R> {
  return (a, b) => ({ type, code: [a.code, b.code, ...opcode] });
}

function binaryI32(opcode: number): (a: I32, b: I32) => Expr<"i32"> {
  return (a, b) => ({ type: "i32", code: [asI32(a).code, asI32(b).code, opcode] });
}

/** Alignment is a hint: an address off it is read rightly, only slower. */
function loads<T extends ValueType>(type: T, opcode: readonly number[], log2Align: number) {
  return (address: I32, offset: Offset = 0): Expr<T> => ({
    type,
    code: [asI32(address).code, ...opcode, log2Align, ...unsigned(offset)],
  });
}

function stores<T extends ValueType>(opcode: readonly number[], log2Align: number) {
  return (address: I32, value: Expr<T>, offset: Offset = 0): Statement => ({
    type: "none",
    code: [asI32(address).code, value.code, ...opcode, log2Align, ...unsigned(offset)],
  });
}

function bytesOfFloat(value: number, size: 4 | 8): number[] {
  const view = new DataView(new ArrayBuffer(size));
  if (size === 4) view.setFloat32(0, value, true);
  else view.setFloat64(0, value, true);
  return Array.from({ length: size }, (_, i) => view.getUint8(i));
}

/** 32-bit integers; addresses and counters. A number stands for a constant. */
export const i32 = {
  const: (value: number): Expr<"i32"> => asI32(value),
  load: loads("i32", [0x28], 2),
  load8U: loads("i32", [0x2d], 0),
  store: stores<"i32">([0x36], 2),
  eqz: unary<"i32", "i32">("i32", [0x45]),
  eq: binaryI32(0x46),
  ne: binaryI32(0x47),
  ltS: binaryI32(0x48),
  ltU: binaryI32(0x49),
  gtS: binaryI32(0x4a),
  gtU: binaryI32(0x4b),
  leS: binaryI32(0x4c),
  leU: binaryI32(0x4d),
  geS: binaryI32(0x4e),
  geU: binaryI32(0x4f),
  add: binaryI32(0x6a),
  sub: binaryI32(0x6b),
  mul: binaryI32(0x6c),
  divU: binaryI32(0x6e),
  remU: binaryI32(0x70),
  and: binaryI32(0x71),
  or: binaryI32(0x72),
  xor: binaryI32(0x73),
  shl: binaryI32(0x74),
  shrS: binaryI32(0x75),
  shrU: binaryI32(0x76),
  wrapI64: unary<"i64", "i32">("i32", [0xa7]),
  truncF64S: unary<"f64", "i32">("i32", [0xaa]),
  reinterpretF32: unary<"f32", "i32">("i32", [0xbc]),
};

/** 64-bit integers. */
export const i64 = {
  const: (value: bigint): Expr<"i64"> => ({ type: "i64", code: [0x42, ...signed(BigInt.asIntN(64, value))] }),
  load: loads("i64", [0x29], 3),
  store: stores<"i64">([0x37], 3),
  add: binary<"i64", "i64">("i64", [0x7c]),
  sub: binary<"i64", "i64">("i64", [0x7d]),
  mul: binary<"i64", "i64">("i64", [0x7e]),
  and: binary<"i64", "i64">("i64", [0x83]),
  or: binary<"i64", "i64">("i64", [0x84]),
  xor: binary<"i64", "i64">("i64", [0x85]),
  shl: binary<"i64", "i64">("i64", [0x86]),
  shrS: binary<"i64", "i64">("i64", [0x87]),
  shrU: binary<"i64", "i64">("i64", [0x88]),
  extendI32U: unary<"i32", "i64">("i64", [0xad]),
  reinterpretF64: unary<"f64", "i64">("i64", [0xbd]),
};

/** Single-precision numbers. */
export const f32 = {
  const: (value: number): Expr<"f32"> => ({ type: "f32", code: [0x43, ...bytesOfFloat(value, 4)] }),
  load: loads("f32", [0x2a], 2),
  store: stores<"f32">([0x38], 2),
  add: binary<"f32", "f32">("f32", [0x92]),
  sub: binary<"f32", "f32">("f32", [0x93]),
  mul: binary<"f32", "f32">("f32", [0x94]),
  div: binary<"f32", "f32">("f32", [0x95]),
  demoteF64: unary<"f64", "f32">("f32", [0xb6]),
};

/** Double-precision numbers. */
export const f64 = {
  const: (value: number): Expr<"f64"> => ({ type: "f64", code: [0x44, ...bytesOfFloat(value, 8)] }),
  load: loads("f64", [0x2b], 3),
  store: stores<"f64">([0x39], 3),
  sqrt: unary<"f64", "f64">("f64", [0x9f]),
  add: binary<"f64", "f64">("f64", [0xa0]),
  sub: binary<"f64", "f64">("f64", [0xa1]),
  mul: binary<"f64", "f64">("f64", [0xa2]),
  div: binary<"f64", "f64">("f64", [0xa3]),
  convertI32S: unary<"i32", "f64">("f64", [0xb7]),
  convertI32U: unary<"i32", "f64">("f64", [0xb8]),
  promoteF32: unary<"f32", "f64">("f64", [0xbb]),
};

type V = Expr<"v128">;
const one = (number: number) => unary<"v128", "v128">("v128", simd(number));
const two = (number: number) => binary<"v128", "v128">("v128", simd(number));
const shift =
  (number: number) =>
  (a: V, by: I32): V => ({ type: "v128", code: [a.code, asI32(by).code, ...simd(number)] });
const extract =
  <T extends ValueType>(type: T, number: number) =>
  (a: V, lane: number): Expr<T> => ({ type, code: [a.code, ...simd(number), lane] });
const replace =
  <T extends ValueType>(number: number) =>
  (a: V, lane: number, value: Expr<T>): V => ({ type: "v128", code: [a.code, value.code, ...simd(number), lane] });
const laneStore =
  (number: number, log2Align: number) =>
  (address: I32, value: V, lane: number, offset: Offset = 0): Statement => ({
    type: "none",
    code: [asI32(address).code, value.code, ...simd(number), log2Align, ...unsigned(offset), lane],
  });

function shuffleBytes(a: V, b: V, lanes: readonly number[], width: number): V {
  const bytes = lanes.flatMap((lane) => Array.from({ length: width }, (_, byte) => lane * width + byte));
  return { type: "v128", code: [a.code, b.code, ...simd(0x0d), ...bytes] as Code };
}

/** 128 bits, whatever is in them. */
export const v128 = {
  const: (bytes: ArrayLike<number>): V => ({ type: "v128", code: [...simd(0x0c), ...Array.from(bytes)] }),
  load: loads("v128", simd(0x00), 4),
  load32Splat: loads("v128", simd(0x09), 2),
  load64Splat: loads("v128", simd(0x0a), 3),
  load32Zero: loads("v128", simd(0x5c), 2),
  load64Zero: loads("v128", simd(0x5d), 3),
  store: stores<"v128">(simd(0x0b), 4),
  store32Lane: laneStore(0x5a, 2),
  store64Lane: laneStore(0x5b, 3),
  not: one(0x4d),
  and: two(0x4e),
  andnot: two(0x4f),
  or: two(0x50),
  xor: two(0x51),
  /** the bits of `a` where the mask is 1, of `b` where it is 0 */
  bitselect: (a: V, b: V, mask: V): V => ({ type: "v128", code: [a.code, b.code, mask.code, ...simd(0x52)] }),
  anyTrue: unary<"v128", "i32">("i32", simd(0x53)),
};

/** Four 32-bit integers. Lanes 0 to 3 of a shuffle are `a`'s, 4 to 7 are `b`'s. */
export const i32x4 = {
  splat: unary<"i32", "v128">("v128", simd(0x11)),
  extractLane: extract("i32", 0x1b),
  replaceLane: replace<"i32">(0x1c),
  shuffle: (a: V, b: V, lanes: readonly [number, number, number, number]): V => shuffleBytes(a, b, lanes, 4),
  eq: two(0x37),
  ltS: two(0x39),
  ltU: two(0x3a),
  gtS: two(0x3b),
  gtU: two(0x3c),
  allTrue: unary<"v128", "i32">("i32", simd(0xa3)),
  bitmask: unary<"v128", "i32">("i32", simd(0xa4)),
  shl: shift(0xab),
  shrS: shift(0xac),
  shrU: shift(0xad),
  add: two(0xae),
  sub: two(0xb1),
  mul: two(0xb5),
  truncSatF32x4S: one(0xf8),
  truncSatF64x2SZero: one(0xfc),
};

/** Two 64-bit integers. Lanes 0 and 1 of a shuffle are `a`'s, 2 and 3 are `b`'s. */
export const i64x2 = {
  splat: unary<"i64", "v128">("v128", simd(0x12)),
  extractLane: extract("i64", 0x1d),
  replaceLane: replace<"i64">(0x1e),
  shuffle: (a: V, b: V, lanes: readonly [number, number]): V => shuffleBytes(a, b, lanes, 8),
  shl: shift(0xcb),
  shrS: shift(0xcc),
  shrU: shift(0xcd),
  add: two(0xce),
  sub: two(0xd1),
  mul: two(0xd5),
  eq: two(0xd6),
  ltS: two(0xd8),
  gtS: two(0xd9),
  extendLowI32x4S: one(0xc7),
  extendHighI32x4S: one(0xc8),
  extendLowI32x4U: one(0xc9),
  extendHighI32x4U: one(0xca),
  /** the full 64-bit products of lanes 0 and 1 (low), 2 and 3 (high), read as unsigned */
  extmulLowI32x4U: two(0xde),
  extmulHighI32x4U: two(0xdf),
};

/** Four single-precision numbers. */
export const f32x4 = {
  splat: unary<"f32", "v128">("v128", simd(0x13)),
  extractLane: extract("f32", 0x1f),
  replaceLane: replace<"f32">(0x20),
  eq: two(0x41),
  lt: two(0x43),
  gt: two(0x44),
  le: two(0x45),
  ge: two(0x46),
  floor: one(0x68),
  nearest: one(0x6a),
  abs: one(0xe0),
  neg: one(0xe1),
  sqrt: one(0xe3),
  add: two(0xe4),
  sub: two(0xe5),
  mul: two(0xe6),
  div: two(0xe7),
  min: two(0xe8),
  max: two(0xe9),
  convertI32x4S: one(0xfa),
  convertI32x4U: one(0xfb),
  /** the two doubles of `a` in lanes 0 and 1, zero in lanes 2 and 3 */
  demoteF64x2Zero: one(0x5e),
  /** relaxed SIMD: `a·b + c`, rounded once or twice as the engine likes */
  relaxedMadd: (a: V, b: V, c: V): V => ({ type: "v128", code: [a.code, b.code, c.code, ...simd(0x105)] }),
};

/** Two double-precision numbers. */
export const f64x2 = {
  splat: unary<"f64", "v128">("v128", simd(0x14)),
  extractLane: extract("f64", 0x21),
  replaceLane: replace<"f64">(0x22),
  eq: two(0x47),
  lt: two(0x49),
  gt: two(0x4a),
  le: two(0x4b),
  ge: two(0x4c),
  floor: one(0x75),
  trunc: one(0x7a),
  nearest: unary<"v128", "v128">("v128", simd(0x94)),
  abs: one(0xec),
  neg: one(0xed),
  sqrt: one(0xef),
  add: two(0xf0),
  sub: two(0xf1),
  mul: two(0xf2),
  div: two(0xf3),
  min: two(0xf4),
  max: two(0xf5),
  convertLowI32x4S: one(0xfe),
  convertLowI32x4U: one(0xff),
  promoteLowF32x4: one(0x5f),
};
