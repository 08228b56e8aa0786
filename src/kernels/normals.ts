import { philox } from "./normals-philox.js";

/**
 * Rows of random words, and standard normals in float32 made of them by Box and Muller (1958), by nothing but + - * / and √ in
 * single precision and integer operations, so that every engine gives the same bits. These are the plain twins of the
 * kernels in normals-wasm.ts.
 *
 * A row is cut into runs of 16, each from four Philox blocks 4q … 4q+3. Word w of block 4q + i is element 16q + 4w + i, so
 * that four blocks in the four lanes of a vector need no transposition. Elements 16q + i and 16q + 4 + i are one Box-Muller
 * pair (radius, angle), elements 16q + 8 + i and 16q + 12 + i another.
 */

/** elements made from four Philox blocks */
export const RUN = 16;

/** ln 2 */
export const LN2 = Math.fround(Math.LN2);
/** bits of the float32 nearest below √½: mantissas are taken in [√½, √2) */
export const SQRT_HALF_BITS = 0x3f3504f3;
/** ln(1+f) = f - f²/2 + s·(f²/2 + R(s²)), s = f / (2+f); the minimax R of FreeBSD's logf, error below 2^-34 */
export const LOG = [0xaaaaaa, 0xccce13, 0x91e9ee, 0xf89e26].map((bits, i) =>
  Math.fround(bits / 2 ** [24, 25, 25, 26][i]),
);
/** sin x = x + x³·(S0 + S1·x² + S2·x⁴), cos x = 1 - x²/2 + x⁴·(C0 + C1·x² + C2·x⁴) on |x| <= π/4 (Cephes' sinf and cosf) */
export const SIN = [-1.6666654611e-1, 8.3321608736e-3, -1.9515295891e-4].map(Math.fround);
export const COS = [4.166664568298827e-2, -1.388731625493765e-3, 2.443315711809948e-5].map(Math.fround);
/** from a signed word to an angle in [-π/4, π/4) */
export const ANGLE = Math.fround(Math.PI / 4 / 2 ** 31);

const [LOG_0, LOG_1, LOG_2, LOG_3] = LOG;
const [SIN_0, SIN_1, SIN_2] = SIN;
const [COS_0, COS_1, COS_2] = COS;

const f = Math.fround;
const block = new Uint32Array(4);
const words = new Uint32Array(RUN);
const normals = new Float32Array(RUN);
const pair = new Float32Array(2);
const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/**
 * √(-2 ln u) for u = (2k + 1) / 2^31, k the upper 30 bits of the word: at most √(62 ln 2) = 6.556, which is therefore the
 * largest |z| (probability beyond it: 6e-11).
 */
function radius(word: number): number {
  float[0] = (word >>> 1) | 1;
  const shifted = bits[0] - SQRT_HALF_BITS;
  const exponent = shifted >> 23;
  bits[0] = (shifted & 0x7fffff) + SQRT_HALF_BITS;
  const x = f(float[0] - 1);
  const s = f(x / f(x + 2));
  const z = f(s * s);
  const w = f(z * z);
  const even = f(w * f(LOG_1 + f(w * LOG_3)));
  const odd = f(z * f(LOG_0 + f(w * LOG_2)));
  const half = f(f(x * 0.5) * x);
  const log = f(x - f(half - f(s * f(half + f(even + odd)))));
  // u close to 1 has exponent 31, so nothing cancels there
  const minusLogU = f(f((31 - exponent) * LN2) - log);
  return f(Math.sqrt(f(minusLogU + minusLogU)));
}

/**
 * Both normals of a pair of words into `pair`. Bits 0 to 29 of the second word are an angle x in [-π/4, π/4), bit 30 turns
 * cosine and sine about, bit 31 is the sign of both: together a uniform angle on the circle.
 */
function boxMuller(first: number, second: number): void {
  const r = radius(first);
  const signed = second >> 31 ? -r : r;
  const x = f(f(second << 2) * ANGLE);
  const z = f(x * x);
  const sine = f(x + f(f(x * z) * f(SIN_0 + f(z * f(SIN_1 + f(z * SIN_2))))));
  const cosine = f(f(1 - f(z * 0.5)) + f(f(z * z) * f(COS_0 + f(z * f(COS_1 + f(z * COS_2))))));
  const turned = (second << 1) >> 31 !== 0;
  pair[0] = f(signed * (turned ? sine : cosine));
  pair[1] = f(signed * (turned ? cosine : sine));
}

/** Writes the 16 words of run `q` of a row into `words`. */
function wordRun(q: number, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let i = 0; i < 4; i++) {
    philox(block, 0, 4 * q + i, c1, c2, c3, k0, k1);
    for (let w = 0; w < 4; w++) words[4 * w + i] = block[w];
  }
}

/** Makes the 16 normals of `words` into `normals`. */
function normalRun(): void {
  for (let i = 0; i < 4; i++) {
    for (let first = i; first < RUN; first += 8) {
      boxMuller(words[first], words[first + 4]);
      normals[first] = pair[0];
      normals[first + 4] = pair[1];
    }
  }
}

/** Fills `out` with the first words of the row with counter words `(·, c1, c2, c3)` under the key `(k0, k1)`. */
export function fillWordsTwin(out: Uint32Array, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let at = 0; at < out.length; at += RUN) {
    wordRun(at / RUN, c1, c2, c3, k0, k1);
    out.set(at + RUN <= out.length ? words : words.subarray(0, out.length - at), at);
  }
}

/** Fills `out` with the first normals of the row of `fillWordsTwin`; a shorter row is the start of a longer one. */
export function fillNormalsTwin(out: Float32Array, c1: number, c2: number, c3: number, k0: number, k1: number): void {
  for (let at = 0; at < out.length; at += RUN) {
    wordRun(at / RUN, c1, c2, c3, k0, k1);
    normalRun();
    out.set(at + RUN <= out.length ? normals : normals.subarray(0, out.length - at), at);
  }
}
