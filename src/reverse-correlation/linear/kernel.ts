import type { SpikeTrain } from "../../cells/response.js";
import { addProduct } from "../../kernels/product.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { centredReader } from "./features.js";

/** A recording by its bins: what windows have in common, where there are fewer bins than numbers in a window. */
export interface BinKernel {
  readonly bins: number;
  /** [bins, bins], inner products of windows, measured from the centre */
  readonly kernel: Float64Array;
  /** [bins] */
  readonly counts: Float64Array;
  /** [bins + lags - 1, pixels], the frames less the centre */
  readonly frames: Float32Array;
  readonly centre: Float32Array;
  readonly constantPixels: number;
}

/**
 * Inner products of all windows with each other: `K(t, t') = Σ_k x(t - k)·x(t' - k)`.
 *
 * Frames are multiplied with frames once; along a diagonal of K each entry gains one product and loses one.
 */
export function binKernel(stimulus: Stimulus, spikes: SpikeTrain, lags: number): BinKernel {
  const pixels = pixelsOf(stimulus.grid);
  const T = stimulus.frames;
  const reader = centredReader(stimulus, lags);
  const frames = new Float32Array(T * pixels);
  const stretch = Math.min(T, 4096);
  for (let start = 0; start < T; start += stretch)
    frames.set(reader.read(start, Math.min(stretch, T - start)), start * pixels);
  const products = new Float32Array(T * T);
  addProduct(frames, frames, products, { rows: T, columns: T, depth: pixels, transposeB: true });
  const bins = T - lags + 1;
  const kernel = new Float64Array(bins * bins);
  for (let i = 0; i < bins; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0;
      // the first entry of a diagonal in full, the others by what enters and leaves
      if (j === 0) for (let k = 0; k < lags; k++) sum += products[(i + k) * T + k]!;
      else {
        sum = kernel[(i - 1) * bins + j - 1]! - products[(i - 1) * T + j - 1]!;
        sum += products[(i + lags - 1) * T + j + lags - 1]!;
      }
      kernel[i * bins + j] = sum;
      kernel[j * bins + i] = sum;
    }
  }
  const counts = Float64Array.from(spikes.counts.subarray(lags - 1));
  return { bins, kernel, counts, frames, centre: reader.centre, constantPixels: reader.constantPixels() };
}

/** `Σ_t a(t)·x(t - k)` for every lag: the field that weights of bins stand for, `[lags · pixels]`. */
export function fieldOfBins({ bins, frames, centre }: BinKernel, weights: Float64Array, lags: number): Float64Array {
  const pixels = centre.length;
  const field = new Float64Array(lags * pixels);
  for (let t = 0; t < bins; t++) {
    for (let k = 0; k < lags; k++) {
      const frame = (t + lags - 1 - k) * pixels;
      for (let p = 0; p < pixels; p++) field[k * pixels + p]! += weights[t]! * frames[frame + p]!;
    }
  }
  return field;
}

/** K about the mean window and counts about their mean, of the bins that are given. */
export function centredKernel({ bins, kernel, counts }: BinKernel, chosen: readonly number[]) {
  const n = chosen.length;
  const K = new Float64Array(n * n);
  chosen.forEach((t, i) => {
    for (let j = 0; j < n; j++) K[i * n + j] = kernel[t * bins + chosen[j]!]!;
  });
  const means = rowMeans(K, n);
  const mean = means.reduce((sum, value) => sum + value, 0) / n;
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) K[i * n + j]! += mean - means[i]! - means[j]!;
  const count = chosen.reduce((sum, t) => sum + counts[t]!, 0) / n;
  return { K, means, mean, count, target: Float64Array.from(chosen, (t) => counts[t]! - count) };
}

function rowMeans(K: Float64Array, n: number): Float64Array {
  const means = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) means[i]! += K[i * n + j]! / n;
  return means;
}
