import { describe, expect, it } from "vitest";
import { assemble, defineFunction, drop, type Expr, type ValueType } from "../../src/kernels/assembler.js";
import { f32, f32x4, f64, f64x2, i32, i32x4, i64, i64x2, v128 } from "../../src/kernels/instructions.js";
import { runs } from "../../src/kernels/webassembly.js";
import { exportsOf } from "./run-module.js";

/** Runs one vector expression of two vectors and returns the 16 bytes. */
function onVectors(a: ArrayBufferView, b: ArrayBufferView, build: (a: Expr<"v128">, b: Expr<"v128">) => Expr<"v128">) {
  const go = defineFunction("go", {}, () => [v128.store(32, build(v128.load(0), v128.load(16)))]);
  const run = exportsOf([go]);
  const bytes = new Uint8Array(run.memory.buffer);
  bytes.set(new Uint8Array(a.buffer, a.byteOffset, 16), 0);
  bytes.set(new Uint8Array(b.buffer, b.byteOffset, 16), 16);
  run.go!();
  return run.memory.buffer.slice(32, 48);
}

type Two = (a: Expr<"v128">, b: Expr<"v128">) => Expr<"v128">;
const mask = (yes: boolean) => (yes ? -1 : 0);

describe("the vector instructions", () => {
  const ints: [number[], number[]] = [
    [7, -3, 2 ** 31 - 1, -(2 ** 31)],
    [-5, -3, 2, -1],
  ];
  const floats: [number[], number[]] = [
    [1.5, -2.25, 1e10, 0.3],
    [0.5, -2.25, 3, -0.7],
  ];
  const intCases: [string, Two, (a: number, b: number) => number][] = [
    ["add", i32x4.add, (a, b) => (a + b) | 0],
    ["sub", i32x4.sub, (a, b) => (a - b) | 0],
    ["mul", i32x4.mul, Math.imul],
    ["eq", i32x4.eq, (a, b) => mask(a === b)],
    ["ltS", i32x4.ltS, (a, b) => mask(a < b)],
    ["ltU", i32x4.ltU, (a, b) => mask(a >>> 0 < b >>> 0)],
    ["gtS", i32x4.gtS, (a, b) => mask(a > b)],
    ["gtU", i32x4.gtU, (a, b) => mask(a >>> 0 > b >>> 0)],
    ["and", v128.and, (a, b) => a & b],
    ["or", v128.or, (a, b) => a | b],
    ["xor", v128.xor, (a, b) => a ^ b],
    ["andnot", v128.andnot, (a, b) => a & ~b],
    ["not", (a) => v128.not(a), (a) => ~a],
    ["shl", (a) => i32x4.shl(a, 5), (a) => a << 5],
    ["shrS", (a) => i32x4.shrS(a, 5), (a) => a >> 5],
    ["shrU", (a) => i32x4.shrU(a, 5), (a) => (a >>> 5) | 0],
    ["bitselect", (a, b) => v128.bitselect(a, b, i32x4.ltS(a, b)), Math.min],
    ["splat and extract", (a) => i32x4.splat(i32x4.extractLane(a, 1)), () => -3],
    ["allTrue", (a) => i32x4.splat(i32x4.allTrue(a)), () => 1],
    ["anyTrue", (a) => i32x4.splat(v128.anyTrue(v128.xor(a, a))), () => 0],
    ["bitmask", (a) => i32x4.splat(i32x4.bitmask(a)), () => 0b1010],
  ];
  it.each(intCases)("i32x4.%s works in each lane", (_, build, reference) => {
    const out = onVectors(Int32Array.from(ints[0]), Int32Array.from(ints[1]), build);
    expect([...new Int32Array(out)]).toEqual(ints[0].map((a, i) => reference(a, ints[1][i]!)));
  });

  const f = Math.fround;
  const floatCases: [string, Two, (a: number, b: number) => number][] = [
    ["add", f32x4.add, (a, b) => a + b],
    ["sub", f32x4.sub, (a, b) => a - b],
    ["mul", f32x4.mul, (a, b) => a * b],
    ["div", f32x4.div, (a, b) => a / b],
    ["min", f32x4.min, Math.min],
    ["max", f32x4.max, Math.max],
    ["abs", f32x4.abs, Math.abs],
    ["neg", f32x4.neg, (a) => -a],
    ["floor", f32x4.floor, Math.floor],
    ["nearest", (a) => f32x4.nearest(a), (a) => ({ 1.5: 2, [-2.25]: -2, 1e10: 1e10 })[a] ?? 0],
    ["sqrt", (a) => f32x4.sqrt(f32x4.abs(a)), (a) => Math.sqrt(Math.abs(a))],
    ["splat and extract", (a) => f32x4.splat(f32x4.extractLane(a, 3)), () => f(0.3)],
    ["convertI32x4S", (a) => f32x4.convertI32x4S(i32x4.truncSatF32x4S(a)), (a) => Math.min(2 ** 31, Math.trunc(a))],
  ];
  it.each(floatCases)("f32x4.%s works in each lane", (_, build, reference) => {
    const [a, b] = floats.map((list) => Float32Array.from(list));
    const out = new Float32Array(onVectors(a!, b!, build));
    expect(out).toEqual(Float32Array.from(floats[0], (_, i) => reference(a![i]!, b![i]!)));
  });

  const doubleCases: [string, Two, (a: number, b: number) => number][] = [
    ["add", f64x2.add, (a, b) => a + b],
    ["sub", f64x2.sub, (a, b) => a - b],
    ["mul", f64x2.mul, (a, b) => a * b],
    ["div", f64x2.div, (a, b) => a / b],
    ["min", f64x2.min, Math.min],
    ["max", f64x2.max, Math.max],
    ["abs", f64x2.abs, Math.abs],
    ["neg", f64x2.neg, (a) => -a],
    ["floor", f64x2.floor, Math.floor],
    ["trunc", f64x2.trunc, Math.trunc],
    ["sqrt", (a) => f64x2.sqrt(f64x2.abs(a)), (a) => Math.sqrt(Math.abs(a))],
    ["nearest", f64x2.nearest, (a) => (a === 2.5 ? 2 : -4)],
    ["splat and extract", (a) => f64x2.splat(f64x2.extractLane(a, 1)), () => -3.7],
  ];
  it.each(doubleCases)("f64x2.%s works in each lane", (_, build, reference) => {
    const [a, b] = [Float64Array.of(2.5, -3.7), Float64Array.of(-1.25, 0.1)];
    const out = new Float64Array(onVectors(a, b, build));
    expect(out).toEqual(Float64Array.from(a, (x, i) => reference(x, b[i]!)));
  });

  const wide: [string, Two, (a: bigint, b: bigint) => bigint][] = [
    ["add", i64x2.add, (a, b) => a + b],
    ["sub", i64x2.sub, (a, b) => a - b],
    ["mul", i64x2.mul, (a, b) => a * b],
    ["shl", (a) => i64x2.shl(a, 9), (a) => a << 9n],
    ["shrS", (a) => i64x2.shrS(a, 9), (a) => a >> 9n],
    ["shrU", (a) => i64x2.shrU(a, 9), (a) => BigInt.asUintN(64, a) >> 9n],
    ["eq", i64x2.eq, (a, b) => (a === b ? -1n : 0n)],
    ["ltS", i64x2.ltS, (a, b) => (a < b ? -1n : 0n)],
    ["gtS", i64x2.gtS, (a, b) => (a > b ? -1n : 0n)],
    ["splat and extract", (a) => i64x2.splat(i64x2.extractLane(a, 1)), () => -12345678901234567n],
  ];
  it.each(wide)("i64x2.%s works in each lane", (_, build, reference) => {
    const [a, b] = [BigInt64Array.of(9876543210987654321n, -12345678901234567n), BigInt64Array.of(77n, 1n << 40n)];
    const out = new BigInt64Array(onVectors(a, b, build));
    expect(out).toEqual(BigInt64Array.from([0, 1], (i) => BigInt.asIntN(64, reference(a[i]!, b[i]!))));
  });

  it("multiply 32-bit numbers to the full 64 bits, low and high lanes", () => {
    const [a, b] = [Uint32Array.of(0xd2511f53, 3, 0xffffffff, 5), Uint32Array.of(0xcd9e8d57, 7, 0xffffffff, 11)];
    const product = (i: number) => BigInt(a[i]!) * BigInt(b[i]!);
    expect([...new BigUint64Array(onVectors(a, b, i64x2.extmulLowI32x4U))]).toEqual([product(0), product(1)]);
    expect([...new BigUint64Array(onVectors(a, b, i64x2.extmulHighI32x4U))]).toEqual([product(2), product(3)]);
  });

  it("shuffle lanes of both vectors, whole lanes at a time", () => {
    const [a, b] = [Int32Array.of(0, 1, 2, 3), Int32Array.of(4, 5, 6, 7)];
    const lanes: [number, number, number, number] = [6, 1, 4, 3];
    expect([...new Int32Array(onVectors(a, b, (x, y) => i32x4.shuffle(x, y, lanes)))]).toEqual(lanes);
    expect([...new Int32Array(onVectors(a, b, (x, y) => i64x2.shuffle(x, y, [3, 0])))]).toEqual([6, 7, 0, 1]);
  });

  it("convert between whole and real numbers of both widths", () => {
    const ints = Int32Array.of(-7, 9, 11, -13);
    const convert = (build: Two) => onVectors(ints, ints, build);
    expect([...new Float64Array(convert(f64x2.convertLowI32x4S))]).toEqual([-7, 9]);
    expect([...new Float64Array(convert(f64x2.convertLowI32x4U))]).toEqual([2 ** 32 - 7, 9]);
    expect([...new Float32Array(convert(f32x4.convertI32x4U))]).toEqual([f(2 ** 32 - 7), 9, 11, f(2 ** 32 - 13)]);
    expect([...new BigInt64Array(convert(i64x2.extendLowI32x4S))]).toEqual([-7n, 9n]);
    expect([...new BigInt64Array(convert(i64x2.extendHighI32x4S))]).toEqual([11n, -13n]);
    expect([...new BigInt64Array(convert(i64x2.extendLowI32x4U))]).toEqual([2n ** 32n - 7n, 9n]);
    expect([...new BigInt64Array(convert(i64x2.extendHighI32x4U))]).toEqual([11n, 2n ** 32n - 13n]);
    const doubles = Float64Array.of(-2.9, 1e300);
    expect([...new Int32Array(onVectors(doubles, doubles, i32x4.truncSatF64x2SZero))]).toEqual([-2, 2 ** 31 - 1, 0, 0]);
    expect([...new Float32Array(onVectors(doubles, doubles, f32x4.demoteF64x2Zero))]).toEqual([
      f(-2.9),
      Infinity,
      0,
      0,
    ]);
    const floats = Float32Array.of(0.1, -0.2, 3, 4);
    expect([...new Float64Array(onVectors(floats, floats, f64x2.promoteLowF32x4))]).toEqual([f(0.1), f(-0.2)]);
  });

  it("replace one lane and leave the others", () => {
    const a = Int32Array.of(1, 2, 3, 4);
    expect([...new Int32Array(onVectors(a, a, (x) => i32x4.replaceLane(x, 2, i32.const(-9))))]).toEqual([1, 2, -9, 4]);
    expect(new Float32Array(onVectors(a, a, (x) => f32x4.replaceLane(x, 0, f32.const(0.5))))[0]).toBe(0.5);
    expect(new Float64Array(onVectors(a, a, (x) => f64x2.replaceLane(x, 1, f64.const(0.1))))[1]).toBe(0.1);
    expect(new BigInt64Array(onVectors(a, a, (x) => i64x2.replaceLane(x, 1, i64.const(-(2n ** 60n)))))[1]).toBe(
      -(2n ** 60n),
    );
  });

  it("read and write parts of a vector, at any address", () => {
    const parts = defineFunction("parts", {}, () => [
      v128.store(64, v128.load32Splat(3)),
      v128.store(80, v128.load64Splat(3)),
      v128.store(96, v128.load32Zero(3)),
      v128.store(112, v128.load64Zero(3)),
      v128.store32Lane(128, v128.load(3), 1),
      v128.store64Lane(136, v128.load(3), 1),
      v128.store(144, v128.const(Array.from({ length: 16 }, (_, i) => 200 + i))),
    ]);
    const run = exportsOf([parts]);
    const bytes = new Uint8Array(run.memory.buffer);
    bytes.set(Array.from({ length: 32 }, (_, i) => i));
    run.parts!();
    const four = [3, 4, 5, 6];
    const eight = [3, 4, 5, 6, 7, 8, 9, 10];
    expect([...bytes.slice(64, 80)]).toEqual([...four, ...four, ...four, ...four]);
    expect([...bytes.slice(80, 96)]).toEqual([...eight, ...eight]);
    expect([...bytes.slice(96, 112)]).toEqual([...four, ...Array(12).fill(0)]);
    expect([...bytes.slice(112, 128)]).toEqual([...eight, ...Array(8).fill(0)]);
    expect([...bytes.slice(128, 132)]).toEqual([7, 8, 9, 10]);
    expect([...bytes.slice(136, 144)]).toEqual([11, 12, 13, 14, 15, 16, 17, 18]);
    expect(bytes[144]).toBe(200);
    expect(bytes[159]).toBe(215);
  });
});

describe("the scalar instructions", () => {
  const one = (value: Expr<ValueType>) =>
    exportsOf([defineFunction("one", {}, () => ({ body: [], value }))]).one!() as unknown;
  const a = i32.const(-7);
  const cases: [string, Expr<ValueType>, unknown][] = [
    ["i32.sub", i32.sub(a, 3), -10],
    ["i32.mul", i32.mul(a, 3), -21],
    ["i32.divU", i32.divU(a, 2), 2147483644],
    ["i32.remU", i32.remU(17, 5), 2],
    ["i32.and", i32.and(a, 12), 8],
    ["i32.or", i32.or(8, 3), 11],
    ["i32.xor", i32.xor(a, -1), 6],
    ["i32.shl", i32.shl(a, 2), -28],
    ["i32.shrS", i32.shrS(a, 1), -4],
    ["i32.shrU", i32.shrU(a, 28), 15],
    ["i32.eqz", i32.eqz(i32.const(0)), 1],
    ["i32.eq", i32.eq(a, -7), 1],
    ["i32.ne", i32.ne(a, -7), 0],
    ["i32.ltS", i32.ltS(a, 1), 1],
    ["i32.ltU", i32.ltU(a, 1), 0],
    ["i32.gtS", i32.gtS(a, 1), 0],
    ["i32.gtU", i32.gtU(a, 1), 1],
    ["i32.leS", i32.leS(1, 1), 1],
    ["i32.leU", i32.leU(1, a), 1],
    ["i32.geS", i32.geS(1, 1), 1],
    ["i32.geU", i32.geU(1, a), 0],
    ["i32.wrapI64", i32.wrapI64(i64.const(2n ** 32n + 5n)), 5],
    ["i32.truncF64S", i32.truncF64S(f64.const(-3.9)), -3],
    ["i32.reinterpretF32", i32.reinterpretF32(f32.const(1)), 0x3f800000],
    ["i64.add", i64.add(i64.const(2n ** 62n), i64.const(1n)), 2n ** 62n + 1n],
    ["i64.sub", i64.sub(i64.const(1n), i64.const(2n)), -1n],
    ["i64.mul", i64.mul(i64.const(-3n), i64.const(2n ** 40n)), -3n * 2n ** 40n],
    ["i64.and", i64.and(i64.const(12n), i64.const(10n)), 8n],
    ["i64.or", i64.or(i64.const(12n), i64.const(10n)), 14n],
    ["i64.xor", i64.xor(i64.const(12n), i64.const(10n)), 6n],
    ["i64.shl", i64.shl(i64.const(-3n), i64.const(4n)), -48n],
    ["i64.shrS", i64.shrS(i64.const(-48n), i64.const(4n)), -3n],
    ["i64.shrU", i64.shrU(i64.const(-1n), i64.const(60n)), 15n],
    ["i64.extendI32U", i64.extendI32U(a), 2n ** 32n - 7n],
    ["i64.reinterpretF64", i64.reinterpretF64(f64.const(1)), 0x3ff0000000000000n],
    ["f32.add", f32.add(f32.const(0.1), f32.const(0.2)), Math.fround(Math.fround(0.1) + Math.fround(0.2))],
    ["f32.sub", f32.sub(f32.const(1), f32.const(0.25)), 0.75],
    ["f32.mul", f32.mul(f32.const(3), f32.const(0.5)), 1.5],
    ["f32.div", f32.div(f32.const(1), f32.const(3)), Math.fround(1 / 3)],
    ["f32.demoteF64", f32.demoteF64(f64.const(0.1)), Math.fround(0.1)],
    ["f64.sub", f64.sub(f64.const(1), f64.const(0.9)), 1 - 0.9],
    ["f64.mul", f64.mul(f64.const(0.1), f64.const(0.1)), 0.1 * 0.1],
    ["f64.div", f64.div(f64.const(1), f64.const(3)), 1 / 3],
    ["f64.sqrt", f64.sqrt(f64.const(2)), Math.SQRT2],
    ["f64.convertI32S", f64.convertI32S(a), -7],
    ["f64.convertI32U", f64.convertI32U(a), 2 ** 32 - 7],
    ["f64.promoteF32", f64.promoteF32(f32.const(0.1)), Math.fround(0.1)],
  ];
  it.each(cases)("%s gives the value of JavaScript's operator", (_, value, expected) => {
    expect(one(value)).toBe(expected);
  });

  it("loads and stores go to the address plus the offset", () => {
    const copy = defineFunction("copy", { at: "i32" }, (f, { at }) => {
      const whole = f.local("i64");
      return [
        i32.store(at, i32.load(at), 16),
        i32.store(at, i32.load8U(at, 1), 20),
        f32.store(at, f32.load(at, 4), 24),
        i64.store(at, whole.tee(i64.load(at)), 32),
        f64.store(at, f64.load(at), 40),
        drop(whole),
      ];
    });
    const run = exportsOf([copy]);
    const ints = new Int32Array(run.memory.buffer);
    ints.set([0x01020304, 0x3f800001], 2);
    run.copy!(8);
    expect([...ints.slice(6, 14)]).toEqual([
      ...[0x01020304, 0x03, 0x3f800001, 0],
      ...[0x01020304, 0x3f800001, 0x01020304, 0x3f800001],
    ]);
  });
});

describe("relaxed SIMD", () => {
  const madd = () => f32x4.relaxedMadd(f32x4.splat(f32.const(3)), f32x4.splat(f32.const(5)), f32x4.splat(f32.const(7)));

  it("has the opcode of the proposal, the last bytes of the expression", () => {
    expect((madd().code as number[]).slice(-3)).toEqual([0xfd, 0x85, 0x02]);
  });

  const bytes = assemble({
    memory: { pages: 1 },
    functions: [defineFunction("go", {}, () => [v128.store(0, madd())])],
  });
  it.runIf(runs(bytes))("relaxedMadd is a·b + c in each lane, where the engine knows it", () => {
    const run = exportsOf([defineFunction("go", {}, () => [v128.store(0, madd())])]);
    run.go!();
    expect([...new Float32Array(run.memory.buffer, 0, 4)]).toEqual([22, 22, 22, 22]);
  });
});
