import { rowFillers } from "../kernels/normals-fill.js";
import { philox } from "../kernels/normals-philox.js";
import { exponential } from "./elementary.js";
import type { RandomStream } from "./random-streams.js";

/**
 * Random draws without state. Each is a function of a stream (seed and purpose), a row and, within the row, an index: any
 * frame, spike count or bootstrap draw can be made alone, in any order, by any worker, with the same bits.
 *
 * The generator is Philox4x32-10 with key = seed and counter = [block within the row, row low, row high, stream]. Rows are
 * whole numbers from 0 to 2^53 - 1. Use a row of a stream for one kind of draw only: kinds share the words below them.
 * These functions trust their arguments; public doors check with `checkSeed` (random-streams.ts).
 */

const TWO_32 = 2 ** 32;
const block = new Uint32Array(4);

/** Fills `block` with block `index` of a row. */
function draw(source: RandomStream, row: number, index: number): void {
  const { seed, stream } = source;
  // | 0 keeps the lower 32 bits
  philox(block, 0, index | 0, row | 0, (row / TWO_32) | 0, stream | 0, seed | 0, (seed / TWO_32) | 0);
}

/** Fills `out` with the start of a row of 32-bit words, uniform over all values. */
export function fillWords(out: Uint32Array, source: RandomStream, row: number): void {
  const { seed, stream } = source;
  rowFillers().words(out, row | 0, (row / TWO_32) | 0, stream | 0, seed | 0, (seed / TWO_32) | 0);
}

/** Element `index` (below 2^33) of a row of uniforms in [0, 1), multiples of 2^-53. */
export function uniformAt(source: RandomStream, row: number, index: number): number {
  draw(source, row, Math.floor(index / 2));
  const w = 2 * (index % 2);
  return (block[w] * 2 ** 21 + (block[w + 1] >>> 11)) * 2 ** -53;
}

/** Fills `out` with a row of uniforms in [0, 1), multiples of 2^-53 (in a Float64Array). */
export function fillUniform(out: Float64Array, source: RandomStream, row: number): void {
  for (let i = 0; i < out.length; i++) out[i] = uniformAt(source, row, i);
}

/** Fills `out` with the start of a row of standard normals, float32 by Box and Muller, |z| at most 6.556. */
export function fillNormal(out: Float32Array, source: RandomStream, row: number): void {
  const { seed, stream } = source;
  rowFillers().normals(out, row | 0, (row / TWO_32) | 0, stream | 0, seed | 0, (seed / TWO_32) | 0);
}

/** A whole number from 0 to `below - 1`, `below` at most 2^32, each equally likely: element `index` (below 2^27) of a row. */
export function integerAt(below: number, source: RandomStream, row: number, index: number): number {
  const accepted = TWO_32 - (TWO_32 % below);
  // at most half of the words are refused, so 32 blocks of four fail with a probability below 2^-128
  for (let attempt = 0; attempt < 32; attempt++) {
    draw(source, row, index + attempt * 2 ** 27);
    for (let w = 0; w < 4; w++) if (block[w] < accepted) return block[w] % below;
  }
  return 0;
}

/** The numbers 0 … n-1 in a random order, every order equally likely (Fisher and Yates), n at most 2^27. */
export function permutation(n: number, source: RandomStream, row: number): Uint32Array {
  const order = new Uint32Array(n);
  for (let i = 0; i < n; i++) {
    const j = integerAt(i + 1, source, row, i);
    order[i] = order[j];
    order[j] = i;
  }
  return order;
}

/** the largest mean drawn from one uniform; a sum of independent Poisson counts is a Poisson count */
const PART = 32;

/** A Poisson count of the given mean (at least 0, at most 2^32), one a row, by inversion of the distribution function. */
export function poissonAt(mean: number, source: RandomStream, row: number): number {
  const parts = Math.ceil(mean / PART);
  const share = mean / parts;
  const none = exponential(-share);
  let count = 0;
  for (let part = 0; part < parts; part++) count += invertPoisson(uniformAt(source, row, part), share, none);
  return count;
}

/** The smallest k with F(k) > u, F the Poisson distribution function of `mean`, `none` = exp(-mean). */
function invertPoisson(u: number, mean: number, none: number): number {
  let probability = none;
  let below = none;
  let k = 0;
  // past the mean a term under 2^-60 can no longer reach a u that rounding left above the sum
  while (u >= below && (probability > 2 ** -60 || k < mean)) {
    k++;
    probability *= mean / k;
    below += probability;
  }
  return k;
}
