import { checkFinite, checkNumber } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/**
 * The mean, `Σ x / n`.
 *
 * @param values at least one finite number
 * @throws InputError if there is none, or one is not finite
 */
export function mean(values: ArrayLike<number>): number {
  checkSample("mean", "values", values, 1);
  return meanOf(values);
}

/**
 * The unbiased variance, `Σ (x - x̄)² / (n - 1)`.
 *
 * @param values at least two finite numbers
 * @throws InputError if there are fewer, or one is not finite
 */
export function variance(values: ArrayLike<number>): number {
  checkSample("variance", "values", values, 2);
  const centre = meanOf(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i] - centre) ** 2;
  return sum / (values.length - 1);
}

/**
 * The standard error of the mean, `√(variance / n)`.
 *
 * @param values at least two finite numbers
 * @throws InputError if there are fewer, or one is not finite
 */
export function standardError(values: ArrayLike<number>): number {
  checkSample("standardError", "values", values, 2);
  return Math.sqrt(variance(values) / values.length);
}

/**
 * The quantile of a sample, linear between the order statistics: with the sorted values `x_0 … x_{n-1}` and
 * `h = (n - 1)·p`, it is `x_⌊h⌋ + (h - ⌊h⌋)·(x_⌊h⌋₊₁ - x_⌊h⌋)`.
 *
 * @param values at least one number; infinities are values like others, NaN is refused
 * @param p the share below, from 0 to 1
 * @throws InputError if there is no value, one is NaN, or p is outside [0, 1]
 * Source: Hyndman & Fan, American Statistician 50:361 (1996), type 7.
 */
export function quantile(values: ArrayLike<number>, p: number): number {
  const where = "quantile";
  checkComparable(where, "values", values);
  checkNumber(where, "p", p);
  if (p < 0 || p > 1) refuse(where, `p is ${p}, a share from 0 to 1 is needed`);
  return quantileOfSorted(Float64Array.from(values).sort(), p);
}

/**
 * The median, the quantile (type 7) at .5: the middle value, or the mean of the two middle ones.
 *
 * @param values at least one number; infinities are values like others, NaN is refused
 * @throws InputError if there is no value, or one is NaN
 */
export function median(values: ArrayLike<number>): number {
  checkComparable("median", "values", values);
  return quantileOfSorted(Float64Array.from(values).sort(), 0.5);
}

/** The type-7 quantile of sorted values; trusts its arguments. */
export function quantileOfSorted(sorted: ArrayLike<number>, p: number): number {
  const h = (sorted.length - 1) * p;
  const low = sorted[Math.floor(h)];
  const high = sorted[Math.ceil(h)];
  // between two equal infinities the difference would be NaN
  return low === high ? low : low + (h - Math.floor(h)) * (high - low);
}

/**
 * Pearson's correlation, `Σ (x - x̄)(y - ȳ) / √(Σ (x - x̄)²·Σ (y - ȳ)²)`.
 *
 * @param x at least two finite numbers that are not all the same
 * @param y as many
 * @returns from -1 to 1
 * @throws InputError if the lengths differ, there are fewer than two, one is not finite, or all of one list are equal
 */
export function correlation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkPair("correlation", x, y);
  return correlationOf("correlation", x, y);
}

/**
 * Spearman's correlation: Pearson's of the ranks, equal values sharing the mean of their ranks.
 *
 * @param x at least two finite numbers that are not all the same
 * @param y as many
 * @returns from -1 to 1
 * @throws InputError if the lengths differ, there are fewer than two, one is not finite, or all of one list are equal
 * Source: Spearman, American Journal of Psychology 15:72 (1904).
 */
export function rankCorrelation(x: ArrayLike<number>, y: ArrayLike<number>): number {
  checkPair("rankCorrelation", x, y);
  return correlationOf("rankCorrelation", ranksOf(x), ranksOf(y));
}

function correlationOf(where: string, x: ArrayLike<number>, y: ArrayLike<number>): number {
  const [meanX, meanY] = [meanOf(x), meanOf(y)];
  let [xx, yy, xy] = [0, 0, 0];
  for (let i = 0; i < x.length; i++) {
    const [dx, dy] = [x[i] - meanX, y[i] - meanY];
    xx += dx * dx;
    yy += dy * dy;
    xy += dx * dy;
  }
  if (xx === 0 || yy === 0) refuse(where, `${xx === 0 ? "x" : "y"} has one value throughout, it must vary`);
  return Math.max(-1, Math.min(1, xy / Math.sqrt(xx) / Math.sqrt(yy)));
}

/** Ranks from 1, ties at their mean. */
function ranksOf(values: ArrayLike<number>): Float64Array {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a] - values[b]);
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end]] === values[order[start]]) end++;
    for (let i = start; i < end; i++) ranks[order[i]] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

function checkPair(where: string, x: ArrayLike<number>, y: ArrayLike<number>): void {
  if (x.length !== y.length) refuse(where, `x has ${x.length} values, y has ${y.length}, as many are needed`);
  checkSample(where, "x", x, 2);
  checkSample(where, "y", y, 2);
}

/** Throws unless there are at least `least` values, all finite. */
export function checkSample(where: string, name: string, values: ArrayLike<number>, least: number): void {
  if (values.length < least) refuse(where, `${name} has ${values.length} values, at least ${least} are needed`);
  checkFinite(where, name, values);
}

/** Throws unless there is a value and none is NaN: what an order needs. */
export function checkComparable(where: string, name: string, values: ArrayLike<number>): void {
  if (values.length === 0) refuse(where, `${name} is empty, at least one value is needed`);
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) refuse(where, `${name}[${i}] is NaN, numbers are needed`);
  }
}
