import { fillNormal } from "../../math/random.js";
import { randomStream } from "../../math/random-streams.js";
import { extremeEigen } from "../../math/symmetric-eigen.js";
import { norm } from "../../math/vectors.js";
import { unitVector } from "../subspaces/istac-spans.js";
import type { AllMoments } from "../subspaces/stc-moments.js";
import { etaOf } from "./poisson-link.js";
import type { OutputNonlinearity } from "./quadratic-output.js";
import { packed, type SubunitShape } from "./subunit-drive.js";

/**
 * Where searches for the shared filters start: eigenvectors of the spike-triggered covariance pooled over places, both signs,
 * since all subunits see through the same filter; the average's patch with most contrast; then random filters.
 *
 * @returns `count` lists of parameters, every place with the same weight
 * @see Wu, Park & Pillow 2015, NIPS 28, for the pooled covariance
 */
export function subunitStarts(
  moments: AllMoments,
  shape: SubunitShape,
  output: OutputNonlinearity,
  meanCount: number,
  count: number,
  seed: number,
): Float64Array[] {
  const [filters, lags, h, w] = shape.kernel;
  const d = lags * h * w;
  const patches = patchesOf(shape);
  const kernels: Float64Array[] = [];
  const top = pooledTop(moments, patches, d, Math.min(filters, d));
  const signed = (sign: number) =>
    Float64Array.from({ length: filters * d }, (_, i) => sign * (top[i % top.length] ?? 0));
  kernels.push(signed(1), signed(-1));
  if (filters === 1) kernels.push(strongestPatch(moments, patches));
  const stream = randomStream(seed, "fitStarts");
  for (let row = 0; kernels.length < count; row++) {
    const random = new Float32Array(filters * d);
    fillNormal(random, stream, row);
    kernels.push(Float64Array.from(random));
  }
  const D = moments.all.mean.length;
  let variance = 0;
  for (let i = 0; i < D; i++) variance += moments.all.covariance[i * (D + 1)] / D;
  // Unit filters, and weights with which all places together add about 1 to the drive.
  const weight = 1 / (shape.places[0] * shape.places[1] * shape.places[2] * Math.max(variance, Number.MIN_VALUE));
  const weights = new Float64Array(shape.places.reduce((product, length) => product * length, 1)).fill(weight);
  return kernels.slice(0, count).map((kernel) => {
    for (let c = 0; c < filters; c++) kernel.set(unitVector(kernel.slice(c * d, (c + 1) * d)), c * d);
    return packed({ constant: etaOf(output, meanCount) - 0.5, kernel, weights });
  });
}

/** For each place, where each number of its patch lies in a window. */
function patchesOf({ kernel, places, stride, height, width }: SubunitShape): Int32Array[] {
  const [, lags, h, w] = kernel;
  const patches: Int32Array[] = [];
  for (let y = 0; y < places[1]; y++) {
    for (let x = 0; x < places[2]; x++) {
      const patch = new Int32Array(lags * h * w);
      for (let i = 0; i < patch.length; i++) {
        const [k, r, c] = [Math.floor(i / (h * w)), Math.floor(i / w) % h, i % w];
        patch[i] = (k * height + y * stride + r) * width + x * stride + c;
      }
      patches.push(patch);
    }
  }
  return patches;
}

/** The top eigenvectors of `Σ_p (C_spike + m·mᵀ - C_all)` over the patches p, the largest first; [count, d]. */
function pooledTop(
  { all, spikes }: AllMoments,
  patches: readonly Int32Array[],
  d: number,
  count: number,
): Float64Array {
  const D = all.mean.length;
  const pooled = new Float64Array(d * d);
  const shift = spikes.mean.map((value, i) => value - all.mean[i]);
  for (const patch of patches) {
    for (let i = 0; i < d; i++) {
      for (let j = 0; j < d; j++) {
        const [a, b] = [Math.max(patch[i], patch[j]), Math.min(patch[i], patch[j])];
        pooled[i * d + j] += spikes.covariance[a * D + b] - all.covariance[a * D + b] + shift[a] * shift[b];
      }
    }
  }
  const { vectors } = extremeEigen(pooled, d, { largest: count });
  return Float64Array.from({ length: count * d }, (_, i) => vectors[(count - 1 - Math.floor(i / d)) * d + (i % d)]);
}

/** The patch of the difference of the means that has the largest norm. */
function strongestPatch({ all, spikes }: AllMoments, patches: readonly Int32Array[]): Float64Array {
  let best = new Float64Array(0);
  for (const patch of patches) {
    const values = Float64Array.from(patch, (at) => spikes.mean[at] - all.mean[at]);
    if (best.length === 0 || norm(values) > norm(best)) best = values;
  }
  return best;
}
