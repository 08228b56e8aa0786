import { checkFinite } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { checkComparable } from "./statistics.js";

/** How many values fell into each bin, and outside. */
export interface Histogram {
  /** the bins' limits, ascending, one more than there are bins */
  readonly edges: readonly number[];
  /** values in [edge i, edge i+1); the last bin has its upper limit too */
  readonly counts: readonly number[];
  readonly below: number;
  readonly above: number;
}

/**
 * Counts of values in bins: bin i holds `edge i <= x < edge i+1`, the last one its upper limit too.
 *
 * @param values any numbers, infinities among them; none gives zeros
 * @param edges at least two finite limits, ascending
 * @returns the counts, and how many values lie outside
 * @throws InputError if a value is NaN, or the limits do not ascend
 */
export function histogram(values: ArrayLike<number>, edges: readonly number[]): Histogram {
  const where = "histogram";
  checkEdges(where, edges);
  const counts = new Array<number>(edges.length - 1).fill(0);
  let [below, above] = [0, 0];
  for (let i = 0; i < values.length; i++) {
    const bin = binOf(values[i], edges);
    if (bin < 0) {
      if (Number.isNaN(values[i])) refuse(where, `values[${i}] is NaN, numbers are needed`);
      below++;
    } else if (bin === counts.length) above++;
    else counts[bin]++;
  }
  return { edges: [...edges], counts, below, above };
}

/** The bin of a value by ascending limits: -1 below them (and for NaN), the number of bins above them. Trusts its arguments. */
export function binOf(value: number, edges: readonly number[]): number {
  const bins = edges.length - 1;
  if (!(value >= edges[0])) return -1;
  if (value >= edges[bins]) return value === edges[bins] ? bins - 1 : bins;
  let bin = 0;
  while (value >= edges[bin + 1]) bin++;
  return bin;
}

/**
 * The quantile of a histogram, its values spread evenly within each bin.
 *
 * @param edges the bins' limits, ascending
 * @param counts values in each bin
 * @param p the share below, from 0 to 1
 * @returns where the cumulative histogram reaches `p`
 * @throws InputError if the limits do not ascend, the counts do not fit them or are all 0, or p is outside [0, 1]
 */
export function histogramQuantile(edges: readonly number[], counts: readonly number[], p: number): number {
  const where = "histogramQuantile";
  checkHistogram(where, edges, counts);
  if (!(p >= 0 && p <= 1)) refuse(where, `p is ${p}, a share from 0 to 1 is needed`);
  const wanted = p * counts.reduce((sum, count) => sum + count, 0);
  let before = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    if (counts[bin] > 0 && before + counts[bin] >= wanted) {
      return edges[bin] + ((wanted - before) / counts[bin]) * (edges[bin + 1] - edges[bin]);
    }
    before += counts[bin];
  }
  return edges[edges.length - 1];
}

/**
 * The Kolmogorov-Smirnov distance of two samples, `sup_x |F_a(x) - F_b(x)|` of their cumulative distributions.
 *
 * @param a at least one number; infinities are values like others
 * @param b at least one number
 * @returns from 0 (the same values in the same shares) to 1 (no overlap)
 * @throws InputError if a sample is empty or has a NaN
 * Source: Smirnov, Annals of Mathematical Statistics 19:279 (1948).
 */
export function kolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const where = "kolmogorovSmirnov";
  checkComparable(where, "a", a);
  checkComparable(where, "b", b);
  const [x, y] = [Float64Array.from(a).sort(), Float64Array.from(b).sort()];
  let [i, j, largest] = [0, 0, 0];
  while (i < x.length && j < y.length) {
    // both step over a value that they share before they are compared
    const value = Math.min(x[i], y[j]);
    while (i < x.length && x[i] === value) i++;
    while (j < y.length && y[j] === value) j++;
    largest = Math.max(largest, Math.abs(i / x.length - j / y.length));
  }
  return largest;
}

/**
 * The Kolmogorov-Smirnov distance of a sample from a histogram, at the histogram's limits:
 * `max_i |F(edge i) - G(edge i)|`, where F is the share of values below an edge (at the last edge: up to it).
 *
 * Values outside the bins count: below the first edge they are below every edge.
 *
 * @param values at least one number; infinities are values like others
 * @param edges the bins' limits, ascending
 * @param counts the reference's values in each bin
 * @returns from 0 to 1
 * @throws InputError if the sample is empty or has a NaN, the limits do not ascend, or the counts do not fit or are all 0
 */
export function binnedDistance(values: ArrayLike<number>, edges: readonly number[], counts: readonly number[]): number {
  const where = "binnedDistance";
  checkComparable(where, "values", values);
  checkHistogram(where, edges, counts);
  const ours = histogram(values, edges);
  return cumulativeDistance([ours.below, ...ours.counts, ours.above], [0, ...counts, 0]);
}

/** The largest difference of two cumulative shares over the same bins. Trusts its arguments: neither all 0. */
export function cumulativeDistance(a: readonly number[], b: readonly number[]): number {
  const [sumA, sumB] = [a, b].map((counts) => counts.reduce((sum, count) => sum + count, 0));
  let [cumulativeA, cumulativeB, largest] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    cumulativeA += a[i];
    cumulativeB += b[i];
    largest = Math.max(largest, Math.abs(cumulativeA / sumA - cumulativeB / sumB));
  }
  return largest;
}

function checkEdges(where: string, edges: readonly number[]): void {
  if (edges.length < 2) refuse(where, `edges has ${edges.length} limits, at least 2 are needed`);
  checkFinite(where, "edges", edges);
  const wrong = edges.findIndex((edge, i) => i > 0 && edge <= edges[i - 1]);
  if (wrong > 0)
    refuse(where, `edges[${wrong}] is ${edges[wrong]} after ${edges[wrong - 1]}, ascending limits are needed`);
}

function checkHistogram(where: string, edges: readonly number[], counts: readonly number[]): void {
  checkEdges(where, edges);
  if (counts.length !== edges.length - 1) {
    refuse(where, `counts has ${counts.length} bins, ${edges.length} edges need ${edges.length - 1}`);
  }
  const wrong = counts.findIndex((count) => !(Number.isFinite(count) && count >= 0));
  if (wrong >= 0) refuse(where, `counts[${wrong}] is ${counts[wrong]}, counts of at least 0 are needed`);
  if (!counts.some((count) => count > 0)) refuse(where, "counts are all 0, at least one value is needed");
}
