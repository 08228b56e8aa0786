import type { SpikeTrain } from "../../cells/response.js";
import { allFinite } from "../../kernels/finite.js";
import { addProduct } from "../../kernels/product.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import type { Estimate } from "../estimate.js";
import { eachBlock } from "../pairing.js";
import { type BlockPermutation, blockPermutations, permutedCount } from "./block-permutations.js";
import { averageFor } from "./spike-triggered-average.js";

/** How a long sum over frames reports and is cancelled. */
export interface SumControl {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: { readonly aborted: boolean };
}

/** The average less the mean stimulus, of permuted spikes and of the spikes themselves. */
export interface PermutedFields {
  /** the raw average */
  readonly estimate: Estimate;
  readonly nullDraws: number;
  /** `[nullDraws + 1, lags, pixels]`, the draws' fields, and in the last row the observed one */
  readonly fields: Float64Array;
}

/** Averages of permuted spikes, checked arguments given. */
export function permutedFields(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, nullDraws, seed }: { readonly lags: number; readonly nullDraws: number; readonly seed: number },
  control: SumControl,
): PermutedFields {
  const estimate = averageFor(where, stimulus, spikes, lags);
  const permutations = blockPermutations(where, stimulus, lags, nullDraws, seed);
  const fields = permutedSums(where, stimulus, spikes.counts, lags, permutations, control);
  const size = lags * pixelsOf(stimulus.grid);
  const observed = nullDraws * size;
  const mean = fields.slice(observed).map((sum) => sum / (stimulus.frames - lags + 1));
  for (let i = 0; i < observed; i++) fields[i] = fields[i] / estimate.spikesUsed - mean[i % size];
  for (let i = 0; i < size; i++) fields[observed + i] = estimate.kernel.data[i] - mean[i];
  return { estimate, nullDraws, fields };
}

/**
 * `Σ_t n'(t)·I(t - k)`, n' the permuted counts, for every draw and lag, and at the end `Σ_t I(t - k)`:
 * `[nullDraws + 1, lags, pixels]`, one product a block of frames.
 */
function permutedSums(
  where: string,
  stimulus: Stimulus,
  counts: Uint32Array,
  lags: number,
  permutations: readonly BlockPermutation[],
  { onProgress, signal }: SumControl,
): Float64Array {
  const pixels = pixelsOf(stimulus.grid);
  const rows = (permutations.length + 1) * lags;
  const sums = new Float64Array(rows * pixels);
  const product = new Float32Array(rows * pixels);
  eachBlock(stimulus, (frames, start, count) => {
    if (signal?.aborted) throw new Error(`${where}: cancelled`);
    const weights = permutedWeights(counts, lags, permutations, start, count);
    product.fill(0);
    addProduct(weights, frames.subarray(0, count * pixels), product, { rows, columns: pixels, depth: count });
    // The last rows take every frame: a frame without a spike is part of the mean.
    if (!allFinite(product.subarray((rows - lags) * pixels)))
      refuse(where, `frames ${start} to ${start + count - 1} hold NaN or an infinity, finite contrasts are needed`);
    for (let i = 0; i < sums.length; i++) sums[i] += product[i];
    onProgress?.(start + count, stimulus.frames);
  });
  return sums;
}

/** What frame `start + i` weighs at lag k: the permuted count of bin `start + i + k`, at the end 1; `[nullDraws + 1, lags, count]`. */
function permutedWeights(
  counts: Uint32Array,
  lags: number,
  permutations: readonly BlockPermutation[],
  start: number,
  count: number,
): Float32Array {
  const weights = new Float32Array((permutations.length + 1) * lags * count);
  const reach = new Float32Array(count + lags - 1);
  permutations.forEach((permutation, draw) => {
    for (let i = 0; i < reach.length; i++) reach[i] = permutedCount(counts, lags, permutation, start + i);
    for (let k = 0; k < lags; k++) weights.set(reach.subarray(k, k + count), (draw * lags + k) * count);
  });
  for (let i = 0; i < reach.length; i++) reach[i] = start + i >= lags - 1 && start + i < counts.length ? 1 : 0;
  for (let k = 0; k < lags; k++) weights.set(reach.subarray(k, k + count), (permutations.length * lags + k) * count);
  return weights;
}
