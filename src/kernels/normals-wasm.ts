import {
  assemble,
  defineFunction,
  doWhile,
  type Expr,
  type FunctionBuilder,
  type Local,
  type Statement,
  type WasmFunction,
} from "./assembler.js";
import { f32, f32x4, i32, i32x4, i64x2, v128 } from "./instructions.js";
import { ANGLE, COS, LN2, LOG, SIN, SQRT_HALF_BITS } from "./normals.js";
import { KEY_STEP_0, KEY_STEP_1, MULTIPLIER_0, MULTIPLIER_1, ROUNDS } from "./normals-philox.js";

/** normals.ts in WASM SIMD: four Philox blocks in the four lanes, then Box-Muller on four pairs at a time. */

type V = Expr<"v128">;
type Vector = Local<"v128">;

const real = (value: number): V => f32x4.splat(f32.const(value));
const word = (value: number): V => i32x4.splat(i32.const(value));

/** One round on the counter words `c`; `s` are four scratch vectors. */
function round(c: readonly Vector[], s: readonly Vector[], key0: V, key1: V): Statement[] {
  const [low0, high0, low1, high1] = s;
  const product = (a: V, by: number, low: Vector, high: Vector): Statement[] => [
    low.set(i64x2.extmulLowI32x4U(a, word(by))),
    high.set(i64x2.extmulHighI32x4U(a, word(by))),
  ];
  const lower = (low: V, high: V) => i32x4.shuffle(low, high, [0, 2, 4, 6]);
  const upper = (low: V, high: V) => i32x4.shuffle(low, high, [1, 3, 5, 7]);
  return [
    ...product(c[0], MULTIPLIER_0, low0, high0),
    ...product(c[2], MULTIPLIER_1, low1, high1),
    c[0].set(v128.xor(v128.xor(upper(low1, high1), c[1]), key0)),
    c[1].set(lower(low1, high1)),
    c[2].set(v128.xor(v128.xor(upper(low0, high0), c[3]), key1)),
    c[3].set(lower(low0, high0)),
  ];
}

/** `r` = √(-2 ln u) of four words, `s` four scratch vectors. */
function radius(words: V, r: Vector, s: readonly Vector[]): Statement[] {
  const [exponent, ratio, square, fourth] = s;
  const half = exponent;
  return [
    r.set(i32x4.sub(f32x4.convertI32x4S(v128.or(i32x4.shrU(words, 1), word(1))), word(SQRT_HALF_BITS))),
    exponent.set(i32x4.shrS(r, 23)),
    r.set(f32x4.sub(i32x4.add(v128.and(r, word(0x7fffff)), word(SQRT_HALF_BITS)), real(1))),
    ratio.set(f32x4.div(r, f32x4.add(r, real(2)))),
    square.set(f32x4.mul(ratio, ratio)),
    fourth.set(f32x4.mul(square, square)),
    square.set(
      f32x4.add(
        f32x4.mul(fourth, f32x4.add(real(LOG[1]), f32x4.mul(fourth, real(LOG[3])))),
        f32x4.mul(square, f32x4.add(real(LOG[0]), f32x4.mul(fourth, real(LOG[2])))),
      ),
    ),
    fourth.set(f32x4.mul(f32x4.convertI32x4S(i32x4.sub(word(31), exponent)), real(LN2))),
    half.set(f32x4.mul(f32x4.mul(r, real(0.5)), r)),
    r.set(f32x4.sub(r, f32x4.sub(half, f32x4.mul(ratio, f32x4.add(half, square))))),
    r.set(f32x4.sub(fourth, r)),
    r.set(f32x4.sqrt(f32x4.add(r, r))),
  ];
}

/** Four pairs of normals, stored at `offset` and 16 bytes on; `s` are six scratch vectors. */
function boxMuller(address: Local<"i32">, offset: number, first: V, second: Vector, s: readonly Vector[]): Statement[] {
  const [r, x, square, sine, cosine, turned] = s;
  return [
    ...radius(first, r, [x, square, sine, cosine]),
    r.set(v128.xor(r, v128.and(second, word(0x80000000)))),
    x.set(f32x4.mul(f32x4.convertI32x4S(i32x4.shl(second, 2)), real(ANGLE))),
    square.set(f32x4.mul(x, x)),
    sine.set(f32x4.add(real(SIN[1]), f32x4.mul(square, real(SIN[2])))),
    sine.set(f32x4.add(real(SIN[0]), f32x4.mul(square, sine))),
    sine.set(f32x4.add(x, f32x4.mul(f32x4.mul(x, square), sine))),
    cosine.set(f32x4.add(real(COS[1]), f32x4.mul(square, real(COS[2])))),
    cosine.set(f32x4.mul(f32x4.mul(square, square), f32x4.add(real(COS[0]), f32x4.mul(square, cosine)))),
    cosine.set(f32x4.add(f32x4.sub(real(1), f32x4.mul(square, real(0.5))), cosine)),
    // exchange the two where bit 30 is set
    turned.set(v128.and(v128.xor(sine, cosine), i32x4.shrS(i32x4.shl(second, 1), 31))),
    v128.store(address, f32x4.mul(r, v128.xor(cosine, turned)), offset),
    v128.store(address, f32x4.mul(r, v128.xor(sine, turned)), offset + 16),
  ];
}

/** The keys of the ten rounds, in all lanes. */
function keySchedule(f: FunctionBuilder, key: Local<"i32">, step: number): { keys: Vector[]; setup: Statement[] } {
  const keys = f.locals("v128", ROUNDS);
  return { keys, setup: keys.flatMap((k) => [k.set(i32x4.splat(key)), key.set(i32.add(key, step))]) };
}

const parameters = {
  /** bytes; where the 16 · runs normals go */
  address: "i32",
  /** index of the first run in the row */
  run: "i32",
  /** number of runs, at least 1 */
  runs: "i32",
  c1: "i32",
  c2: "i32",
  c3: "i32",
  k0: "i32",
  k1: "i32",
} as const;

/** What becomes of the four words in each lane, 64 bytes at `address`. */
type Finish = (address: Local<"i32">, words: readonly Vector[], scratch: readonly Vector[]) => Statement[];

/** A function that fills runs of 16 from the words of their four blocks. */
function fill(name: string, finish: Finish): WasmFunction {
  return defineFunction(name, parameters, (f, { address, run, runs, c1, c2, c3, k0, k1 }) => {
    const counter = f.local("v128");
    const c = f.locals("v128", 4);
    const scratch = f.locals("v128", 6);
    const first = keySchedule(f, k0, KEY_STEP_0);
    const second = keySchedule(f, k1, KEY_STEP_1);
    const lanes = v128.const([0, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0]);
    return [
      ...first.setup,
      ...second.setup,
      counter.set(i32x4.add(i32x4.splat(i32.mul(run, 4)), lanes)),
      doWhile(
        [
          c[0].set(counter),
          c[1].set(i32x4.splat(c1)),
          c[2].set(i32x4.splat(c2)),
          c[3].set(i32x4.splat(c3)),
          ...first.keys.flatMap((key, i) => round(c, scratch, key, second.keys[i])),
          ...finish(address, c, scratch),
          counter.set(i32x4.add(counter, word(4))),
          address.set(i32.add(address, 64)),
        ],
        runs.tee(i32.sub(runs, 1)),
      ),
    ];
  });
}

const words = fill("words", (address, c) => c.map((lanes, w) => v128.store(address, lanes, 16 * w)));

const normals = fill("normals", (address, c, scratch) => [
  ...boxMuller(address, 0, c[0], c[1], scratch),
  ...boxMuller(address, 32, c[2], c[3], scratch),
]);

/** The bytes of the module: `words` and `normals`, each of (address, run, runs, c1, c2, c3, k0, k1), and a memory of one page. */
export function normalsModule(): Uint8Array {
  return assemble({ memory: { pages: 1 }, functions: [words, normals] });
}
