/**
 * Philox4x32-10, a counter-based generator: four 32-bit words from a 128-bit counter and a 64-bit key, with no state.
 * Salmon, Moraes, Dror, Shaw 2011, "Parallel random numbers: as easy as 1, 2, 3".
 */

/** multipliers of the two halves of a round */
export const MULTIPLIER_0 = 0xd2511f53;
export const MULTIPLIER_1 = 0xcd9e8d57;
/** what each round adds to the key: the golden ratio and √3 - 1 */
export const KEY_STEP_0 = 0x9e3779b9;
export const KEY_STEP_1 = 0xbb67ae85;
export const ROUNDS = 10;

/**
 * The upper 32 bits of the product of two unsigned words, from four products of 16-bit halves. Every sum is cut to 32 bits at
 * once, which leaves an engine nothing but integers.
 */
function highWord(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  // neither sum exceeds (2^16 - 1)² + 2^16 - 1 < 2^32, so that no carry is lost
  const middle = (Math.imul(aHigh, bLow) + (Math.imul(aLow, bLow) >>> 16)) | 0;
  const cross = (Math.imul(aLow, bHigh) + (middle & 0xffff)) | 0;
  return (((Math.imul(aHigh, bHigh) + (middle >>> 16)) | 0) + (cross >>> 16)) | 0;
}

/** Writes the four words of the counter `(c0, c1, c2, c3)` under the key `(k0, k1)` into `out[at … at+3]`. */
export function philox(
  out: Uint32Array,
  at: number,
  c0: number,
  c1: number,
  c2: number,
  c3: number,
  k0: number,
  k1: number,
): void {
  c0 |= 0;
  c2 |= 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = highWord(c0, MULTIPLIER_0);
    const high1 = highWord(c2, MULTIPLIER_1);
    const low0 = Math.imul(c0, MULTIPLIER_0);
    const low1 = Math.imul(c2, MULTIPLIER_1);
    c0 = high1 ^ c1 ^ k0;
    c1 = low1;
    c2 = high0 ^ c3 ^ k1;
    c3 = low0;
    k0 = (k0 + KEY_STEP_0) | 0;
    k1 = (k1 + KEY_STEP_1) | 0;
  }
  out[at] = c0;
  out[at + 1] = c1;
  out[at + 2] = c2;
  out[at + 3] = c3;
}
