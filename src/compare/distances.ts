import { binOf, cumulativeDistance, histogramQuantile } from "../math/distributions.js";
import { median } from "../math/statistics.js";

/**
 * How a sample is set beside a reference histogram: what is kept of a value, what a value drawn from the reference is, and
 * the distance. `T` is what is kept: a bin, or the value itself where bins move with the sample.
 */
export interface Contest<T> {
  readonly ours: readonly T[];
  /** the reference's cells, one number a bin */
  readonly counts: readonly number[];
  /** a value out of a bin of the reference; u, uniform in [0, 1), says where in it */
  readonly valueIn: (bin: number, u: number) => T;
  /** from 0 to 1 */
  readonly distance: (sample: readonly T[], counts: readonly number[]) => number;
}

/** The largest difference of the cumulative distributions at the bins' limits. Bin 0 lies below the first limit. */
export function alongLine(
  values: readonly number[],
  edges: readonly number[],
  counts: readonly number[],
): Contest<number> {
  return {
    ours: values.map((value) => binOf(value, edges) + 1),
    counts,
    valueIn: (bin) => bin + 1,
    distance: (sample, reference) => cumulativeDistance(tally(sample, reference.length + 2), [0, ...reference, 0]),
  };
}

/**
 * On a circle, where a cumulative distribution has no start: the largest difference of the shares in any run of
 * neighbouring bins, which is Kuiper's `D⁺ + D⁻`.
 *
 * @param bins the bin of each value
 * Source: Kuiper, Indagationes Mathematicae 22:38 (1960).
 */
export function aroundCircle(bins: readonly number[], counts: readonly number[]): Contest<number> {
  return {
    ours: bins,
    counts,
    valueIn: (bin) => bin,
    distance: (sample, reference) => {
      const sum = reference.reduce((total, count) => total + count, 0);
      let [difference, least, most] = [0, 0, 0];
      for (const [bin, count] of tally(sample, reference.length).entries()) {
        difference += count / sample.length - reference[bin] / sum;
        least = Math.min(least, difference);
        most = Math.max(most, difference);
      }
      return most - least;
    },
  };
}

/** As `alongLine`, after each of the two distributions is shifted to its own median. */
export function aboutMedian(
  values: readonly number[],
  edges: readonly number[],
  counts: readonly number[],
): Contest<number> {
  return {
    ours: values,
    counts,
    valueIn: (bin, u) => edges[bin] + u * (edges[bin + 1] - edges[bin]),
    distance: (sample, reference) => {
      const shift = median(sample) - histogramQuantile(edges, reference, 0.5);
      const shifted = edges.map((edge) => edge + shift);
      const bins = sample.map((value) => binOf(value, shifted) + 1);
      return cumulativeDistance(tally(bins, reference.length + 2), [0, ...reference, 0]);
    },
  };
}

/**
 * In the plane: the largest difference of the shares in any of the four quadrants about any corner of the bins, so that no
 * direction of counting is preferred.
 *
 * @param points pairs of values
 * @param edges the limits along both axes
 * @param counts the reference's cells, rows by the first value
 * Source: Peacock, Monthly Notices of the Royal Astronomical Society 202:615 (1983), at the bins' corners.
 */
export function inPlane(
  points: readonly (readonly [number, number])[],
  edges: readonly number[],
  counts: readonly (readonly number[])[],
): Contest<number> {
  const bins = edges.length - 1;
  // one row and column of cells on each side for what lies outside
  const side = bins + 2;
  const cell = (row: number, column: number) => (row + 1) * side + column + 1;
  return {
    ours: points.map(([x, y]) => cell(binOf(x, edges), binOf(y, edges))),
    counts: counts.flat(),
    valueIn: (bin) => cell(Math.floor(bin / bins), bin % bins),
    distance: (sample, reference) => {
      const padded = new Array<number>(side * side).fill(0);
      for (const [bin, count] of reference.entries()) padded[cell(Math.floor(bin / bins), bin % bins)] = count;
      const [a, b] = [shares(tally(sample, side * side)), shares(padded)];
      return quadrantDistance(
        a.map((share, i) => share - b[i]),
        side,
      );
    },
  };
}

/** The largest sum over a quadrant of differences that sum to 0. */
function quadrantDistance(differences: readonly number[], side: number): number {
  // above[(r, c)]: all cells in rows before r and columns before c
  const above = new Float64Array((side + 1) * (side + 1));
  const at = (row: number, column: number) => above[row * (side + 1) + column];
  for (let row = 0; row < side; row++) {
    let inRow = 0;
    for (let column = 0; column < side; column++) {
      inRow += differences[row * side + column];
      above[(row + 1) * (side + 1) + column + 1] = at(row, column + 1) + inRow;
    }
  }
  let largest = 0;
  for (let row = 1; row <= side; row++) {
    for (let column = 1; column <= side; column++) {
      const first = at(row, column);
      const second = at(row, side) - first;
      const third = at(side, column) - first;
      // the four sum to 0
      largest = Math.max(largest, Math.abs(first), Math.abs(second), Math.abs(third), Math.abs(first + second + third));
    }
  }
  return largest;
}

function tally(bins: readonly number[], length: number): number[] {
  const counts = new Array<number>(length).fill(0);
  for (const bin of bins) counts[bin]++;
  return counts;
}

function shares(counts: readonly number[]): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  return counts.map((count) => count / sum);
}
