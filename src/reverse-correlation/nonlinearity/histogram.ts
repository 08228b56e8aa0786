import { binOf } from "../../math/distributions.js";
import { quantileOfSorted } from "../../math/statistics.js";
import { type DriveAndSpikes, poissonLogLikelihood } from "./data.js";
import type { HistogramNonlinearity } from "./nonlinearity.js";

/** Fewer spikes than this in a bin, and its standard error is itself a guess. */
const enough = 10;

/**
 * The rate in bins that hold equally many frames: `Σ n / (frames·dt)`, with the standard error of that mean.
 *
 * In one dimension `rateAt` is linear between the bins' mean outputs and constant beyond the first and the last; in two it is
 * the bin's own rate, outside the bins that of the nearest, and where no frame fell the mean rate of all.
 */
export function histogramNonlinearity(data: DriveAndSpikes, bins: number): HistogramNonlinearity {
  const { drives, counts, frameSeconds } = data;
  const edges = drives.map((z) => equalCounts(z, bins));
  const widths = edges.map((limits) => limits.length - 1);
  const bin = (i: number, z: number) => Math.min(widths[i] - 1, Math.max(0, binOf(z, edges[i])));
  const cellOf = (z: number, z2?: number) =>
    z2 === undefined || widths.length === 1 ? bin(0, z) : bin(0, z) * widths[1] + bin(1, z2);
  const sums = sumsOf(
    data,
    widths.reduce((a, b) => a * b, 1),
    cellOf,
  );
  const { frames, spikes, squares } = sums;
  const rates = Float64Array.from(frames, (n, i) => spikes[i] / n / frameSeconds);
  const centres = drives.map((z, i) => meansIn(z, widths[i], (value) => bin(i, value)));
  const overall = data.spikesUsed / counts.length / frameSeconds;
  const rateAt =
    drives.length === 1
      ? (z: number) => between(centres[0], rates, z)
      : (z: number, z2?: number) => {
          const rate = rates[cellOf(z, z2)];
          return Number.isNaN(rate) ? overall : rate;
        };
  const sparse = Array.from(spikes.keys()).filter((i) => frames[i] > 0 && spikes[i] < enough);
  return {
    kind: "nonlinearity",
    form: "histogram",
    dimensions: drives.length === 1 ? 1 : 2,
    edges,
    centres,
    rates,
    standardErrors: Float64Array.from(frames, (n, i) => errorOf(n, spikes[i], squares[i]) / frameSeconds),
    frames,
    spikes,
    sparse,
    rateAt,
    frameSeconds,
    logLikelihood: poissonLogLikelihood(data, rateAt),
    spikesUsed: data.spikesUsed,
    spikesSkipped: data.spikesSkipped,
    warnings: warningsOf(widths, bins, sparse.length, frames),
  };
}

/** Limits between which equally many values lie, those of equal values once. */
function equalCounts(z: Float64Array, bins: number): number[] {
  const sorted = z.slice().sort();
  const limits = Array.from({ length: bins + 1 }, (_, i) => quantileOfSorted(sorted, i / bins));
  return limits.filter((limit, i) => i === 0 || limit > limits[i - 1]);
}

function sumsOf({ drives, counts }: DriveAndSpikes, cells: number, cellOf: (z: number, z2?: number) => number) {
  const [frames, spikes, squares] = [new Uint32Array(cells), new Uint32Array(cells), new Float64Array(cells)];
  for (let t = 0; t < counts.length; t++) {
    const cell = cellOf(drives[0][t], drives[1]?.[t]);
    frames[cell]++;
    spikes[cell] += counts[t];
    squares[cell] += counts[t] ** 2;
  }
  return { frames, spikes, squares };
}

/** The standard error of the mean count of n frames; without a spike that of one spike, since 0 would claim certainty. */
function errorOf(n: number, spikes: number, squares: number): number {
  if (n === 0) return Number.NaN;
  if (spikes === 0 || n === 1) return Math.sqrt(Math.max(1, spikes)) / n;
  return Math.sqrt(Math.max(0, squares - spikes ** 2 / n) / (n - 1) / n);
}

function meansIn(z: Float64Array, bins: number, binOfValue: (z: number) => number): number[] {
  const [sums, frames] = [new Float64Array(bins), new Float64Array(bins)];
  for (const value of z) {
    const at = binOfValue(value);
    sums[at] += value;
    frames[at]++;
  }
  return Array.from(sums, (sum, i) => sum / frames[i]);
}

/** The line between neighbouring centres, constant beyond the ends. */
function between(centres: readonly number[], rates: Float64Array, z: number): number {
  const last = centres.length - 1;
  if (z <= centres[0]) return rates[0];
  if (z >= centres[last]) return rates[last];
  const i = binOf(z, centres);
  const share = (z - centres[i]) / (centres[i + 1] - centres[i]);
  return rates[i] + share * (rates[i + 1] - rates[i]);
}

function warningsOf(widths: readonly number[], bins: number, sparse: number, frames: Uint32Array): string[] {
  const warnings: string[] = [];
  widths.forEach((width, i) => {
    if (width < bins) warnings.push(`drive ${i} has few different values: ${width} bins in place of ${bins}`);
  });
  if (sparse > 0)
    warnings.push(
      `${sparse} of ${frames.length} bins hold fewer than ${enough} spikes: their standard errors say little`,
    );
  const empty = frames.filter((n) => n === 0).length;
  if (empty > 0) warnings.push(`${empty} of ${frames.length} bins hold no frame: nothing is known there`);
  return warnings;
}
