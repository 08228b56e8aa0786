import { type Minimum, type MinimumOptions, minimise } from "../../math/l-bfgs.js";
import { dot } from "../../math/vectors.js";
import { filterFromWhite, intoWhite, type Whitening } from "../subspaces/istac-whitening.js";
import { etaOf } from "./poisson-link.js";
import { type OutputNonlinearity, poissonLoss } from "./quadratic-output.js";
import { drivesOf, type Windows, weightedSum } from "./quadratic-windows.js";

/** A quadratic drive in white coordinates u: `q = ½·Σ_i s_i·(w_i·u)² + b·u + a`. */
export interface WhiteQuadratic {
  readonly constant: number;
  /** [P] */
  readonly linear: Float64Array;
  /** [P] each, of any length */
  readonly squared: readonly Float64Array[];
  /** s, one a squared filter */
  readonly signs: readonly (1 | -1)[];
}

/** As one list: a, b, then the squared filters. */
export function packed({ constant, linear, squared }: WhiteQuadratic): Float64Array {
  return Float64Array.from([constant, ...linear, ...squared.flatMap((w) => Array.from(w))]);
}

export function unpacked(x: Float64Array, P: number, signs: readonly (1 | -1)[]): WhiteQuadratic {
  const part = (i: number) => x.slice(1 + i * P, 1 + (i + 1) * P);
  return { constant: x[0], linear: part(0), squared: signs.map((_, i) => part(i + 1)), signs };
}

/**
 * The negative Poisson log-likelihood a spike of a quadratic drive, nats, less what no parameter changes, and its gradient:
 * with the slopes r of each bin `Σ r`, `M·Σ r·(x - mean)`, and of a squared filter `s·M·Σ r·(w·u)·(x - mean)`.
 */
export function quadraticLoss(
  windows: Windows,
  white: Whitening,
  output: OutputNonlinearity,
  model: WhiteQuadratic,
  gradient: Float64Array,
): number {
  const P = white.kept;
  const along = [model.linear, ...model.squared].map((u) => centredDrives(windows, white, u));
  const drives = along[0].map((value, i) => {
    let q = value + model.constant;
    for (let k = 0; k < model.signs.length; k++) q += 0.5 * model.signs[k] * along[k + 1][i] ** 2;
    return q;
  });
  const slopes = new Float64Array(windows.bins);
  const loss = poissonLoss(output, drives, windows.counts, slopes);
  if (!Number.isFinite(loss)) return Number.POSITIVE_INFINITY;
  gradient[0] = total(slopes) / windows.spikes;
  along.forEach((values, k) => {
    const weights = k === 0 ? slopes : slopes.map((slope, i) => slope * model.signs[k - 1] * values[i]);
    const sum = weightedSum(windows, weights);
    const weight = total(weights);
    const part = intoWhite(
      white,
      sum.map((value, i) => (value - weight * white.mean[i]) / windows.spikes),
    );
    gradient.set(part, 1 + k * P);
  });
  return loss / windows.spikes;
}

/**
 * The most likely drive from a start; the signs stay. A start that tells less than the mean count, as it may where the stimulus
 * has longer tails than a Gaussian, is weakened until it does not.
 */
export function mostLikely(
  windows: Windows,
  white: Whitening,
  output: OutputNonlinearity,
  start: WhiteQuadratic,
  options: MinimumOptions,
): { readonly model: WhiteQuadratic; readonly search: Minimum } {
  const loss = (x: Float64Array, gradient: Float64Array) =>
    quadraticLoss(windows, white, output, unpacked(x, white.kept, start.signs), gradient);
  const meanCount = windows.spikes / windows.bins;
  const constant = etaOf(output, meanCount);
  const ofMean = (meanCount - meanCount * Math.log(meanCount)) * (windows.bins / windows.spikes);
  let from = packed(start);
  const unused = new Float64Array(from.length);
  for (let halvings = 0; halvings < 30 && !(loss(from, unused) <= ofMean); halvings++) {
    from = from.map((value, i) => (i === 0 ? constant : i <= white.kept ? value / 2 : value * Math.SQRT1_2));
  }
  const search = minimise(loss, from, options);
  return { model: unpacked(search.x, white.kept, start.signs), search };
}

/** `u·M(x - mean)` of each window. */
export function centredDrives(windows: Windows, white: Whitening, u: Float64Array): Float64Array {
  const filter = filterFromWhite(white, u);
  const offset = dot(filter, white.mean);
  const drives = drivesOf(windows, filter);
  for (let i = 0; i < drives.length; i++) drives[i] -= offset;
  return drives;
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}
