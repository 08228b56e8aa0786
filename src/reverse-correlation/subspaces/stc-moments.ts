import { allFinite } from "../../kernels/finite.js";
import { addProduct } from "../../kernels/product.js";
import { addUpperGram, gramBlock, mirror } from "../../math/gram.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import { afterFrames, unseen } from "../accumulators/constancy.js";
import { meanOf, subtract, windowsOf } from "../accumulators/moments-accumulator-windows.js";
import { eachBlock } from "../pairing.js";
import { shiftedCount } from "./null-shifts.js";

/** Mean and covariance of the windows under some weights. */
export interface Moments {
  /** [D] */
  readonly mean: Float64Array;
  /** [D, D], about the mean */
  readonly covariance: Float64Array;
}

/** What the stimulus's windows are under every weighting of their bins. */
export interface AllMoments {
  readonly all: Moments;
  readonly spikes: Moments;
  /** one a shift */
  readonly draws: readonly Moments[];
  /** D entries of which this many have one value throughout */
  readonly constantEntries: number;
}

export interface Watch {
  /** called after each block, with the frames done and all frames */
  readonly onProgress?: (done: number, total: number) => void;
  /** looked at before each draw's product and eigenvalues; `aborted` ends the call with an error that says so */
  readonly signal?: { readonly aborted: boolean };
}

/** Throws if the caller has asked to stop. */
export function stopIfAborted({ signal }: Watch): void {
  if (signal?.aborted) throw new Error("spikeTriggeredCovariance: cancelled");
}

/**
 * Means and covariances of all windows, of the spikes' and of every shift's, in one pass over the stimulus.
 *
 * Windows are made for `gramBlock` bins at a time; sums of a block are float32, sums of blocks float64. The mean of the first
 * block is taken off first: a covariance does not see it, and the rounding of float32 is then that of the stimulus's variance,
 * not of its mean.
 *
 * @throws InputError where the squares of the stimulus are beyond float32
 */
export function windowMoments(
  where: string,
  stimulus: Stimulus,
  counts: Uint32Array,
  lags: number,
  shifts: readonly number[],
  watch: Watch,
): AllMoments {
  const D = lags * pixelsOf(stimulus.grid);
  const sums = Array.from({ length: shifts.length + 2 }, () => new Float64Array(D * D));
  const means = new Float64Array(sums.length * D);
  const totals = new Float64Array(sums.length);
  let seen = unseen(D);
  const blockMeans = new Float32Array(means.length);
  const buffer = new Float32Array((gramBlock + lags - 1) * pixelsOf(stimulus.grid));
  let centre: Float32Array | undefined;
  for (let start = lags - 1; start < stimulus.frames; start += gramBlock) {
    const count = Math.min(gramBlock, stimulus.frames - start);
    const windows = windowsOf(stimulus, start, count, lags, buffer);
    seen = afterFrames(seen, windows);
    centre ??= meanOf(windows, D);
    subtract(windows, centre);
    const weights = weightsOf(counts, lags, shifts, start, count);
    sums.forEach((sum, w) => {
      stopIfAborted(watch);
      const own = weights.subarray(w * count, (w + 1) * count);
      for (const weight of own) totals[w] += weight;
      addUpperGram(windows, own, count, D, sum);
    });
    blockMeans.fill(0);
    addProduct(weights, windows, blockMeans, { rows: sums.length, columns: D, depth: count });
    for (let i = 0; i < means.length; i++) means[i] += blockMeans[i];
    watch.onProgress?.(start + count, stimulus.frames);
  }
  if (!sums.every(allFinite)) refuseLarge(where, stimulus);
  const moments = sums.map((sum, w) => momentsOf(sum, means.subarray(w * D, (w + 1) * D), totals[w], centre!));
  return { all: moments[0], spikes: moments[1], draws: moments.slice(2), constantEntries: seen.constant };
}

/** Names the largest number of a stimulus whose moments are not finite. */
function refuseLarge(where: string, stimulus: Stimulus): never {
  let largest = 0;
  eachBlock(stimulus, (frames, start) => {
    frames.forEach((value, i) => {
      if (!Number.isFinite(value))
        refuse(where, `stimulus is ${value} in frame ${start + Math.floor(i / pixelsOf(stimulus.grid))}`);
      largest = Math.max(largest, Math.abs(value));
    });
  });
  refuse(where, `stimulus has numbers up to ${largest.toPrecision(3)}, squares beyond float32: give smaller contrasts`);
}

/** `[2 + shifts, count]`: one for every window, the spikes, and the spikes under each shift. */
function weightsOf(counts: Uint32Array, lags: number, shifts: readonly number[], start: number, count: number) {
  const weights = new Float32Array((shifts.length + 2) * count);
  weights.fill(1, 0, count);
  weights.set(counts.subarray(start, start + count), count);
  let at = 2 * count;
  for (const shift of shifts) {
    for (let i = 0; i < count; i++, at++) weights[at] = shiftedCount(counts, lags, shift, start + i);
  }
  return weights;
}

/** Turns sums of centred windows, on and above the diagonal, into moments, in place: `Σ w·x·xᵀ / Σ w - mean·meanᵀ`. */
function momentsOf(sum: Float64Array, centredMean: Float64Array, total: number, centre: Float32Array): Moments {
  const D = centre.length;
  const mean = centredMean.map((value) => value / total);
  mirror(sum, D);
  for (let i = 0; i < D; i++) for (let j = 0; j < D; j++) sum[i * D + j] = sum[i * D + j] / total - mean[i] * mean[j];
  return { mean: mean.map((value, i) => value + centre[i]), covariance: sum };
}
