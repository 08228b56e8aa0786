import { checkInteger, checkNumber, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { fillWords } from "./random.js";
import { checkSeed, type RandomStream, randomStream } from "./random-streams.js";
import { quantileOfSorted } from "./statistics.js";

/** Two limits and the share of cases in which such limits hold the truth. */
export interface Interval {
  readonly low: number;
  readonly high: number;
  /** the level of confidence, .95 unless asked otherwise */
  readonly level: number;
}

export interface BootstrapOptions {
  /** whole number from 0 to 2^53 - 1 */
  readonly seed: number;
  /** resamples; default 1000 */
  readonly draws?: number;
  /** default .95 */
  readonly level?: number;
}

/**
 * The percentile bootstrap interval of a statistic: the quantiles (type 7) at `(1 ± level)/2` of its value on samples
 * drawn with replacement.
 *
 * @param values at least one value of any kind; each draw holds as many
 * @param statistic of such a sample, a number
 * @returns the interval; the same seed gives the same one
 * @throws InputError if there is no value, the statistic gives NaN, or an option is out of range
 * Source: Efron, Annals of Statistics 7:1 (1979).
 */
export function bootstrapInterval<T>(
  values: readonly T[],
  statistic: (sample: readonly T[]) => number,
  options: BootstrapOptions,
): Interval {
  const where = "bootstrapInterval";
  checkOptions(where, options, ["seed", "draws", "level"]);
  const { seed, draws = 1000, level = 0.95 } = options;
  checkSeed(where, seed);
  checkInteger(where, "draws", draws, 1);
  checkLevel(where, level);
  if (values.length === 0) refuse(where, "values is empty, at least one value is needed");
  if (typeof statistic !== "function") refuse(where, `statistic is ${describe(statistic)}, a function is needed`);
  const source = randomStream(seed, "bootstrap");
  const results = new Float64Array(draws);
  for (let draw = 0; draw < draws; draw++) {
    results[draw] = statistic(resampled(values, source, draw));
    if (Number.isNaN(results[draw])) refuse(where, `statistic gives NaN on draw ${draw}, a number is needed`);
  }
  results.sort();
  return {
    low: quantileOfSorted(results, (1 - level) / 2),
    high: quantileOfSorted(results, (1 + level) / 2),
    level,
  };
}

/** As many values, drawn with replacement: row `row` of a stream. Trusts its arguments. */
export function resampled<T>(values: readonly T[], source: RandomStream, row: number): T[] {
  const words = new Uint32Array(values.length);
  fillWords(words, source, row);
  // scaling a 32-bit word favours no value by more than n / 2^32
  return Array.from(words, (word) => values[Math.floor((word / 2 ** 32) * values.length)]);
}

/**
 * Wilson's interval of a share: the shares s from which the observed one lies `z` standard errors away,
 * `|k/n - s| <= z·√(s(1-s)/n)`.
 *
 * @param successes k, from 0 to n
 * @param n the number of cases, at least 1
 * @param level default .95
 * @throws InputError if a count is not a whole number in its range, or the level is outside (0, 1)
 * Source: Wilson, Journal of the American Statistical Association 22:209 (1927).
 */
export function wilsonInterval(successes: number, n: number, level = 0.95): Interval {
  const where = "wilsonInterval";
  checkInteger(where, "n", n, 1);
  checkInteger(where, "successes", successes, 0, n);
  checkLevel(where, level);
  const z2 = normalQuantile((1 + level) / 2) ** 2;
  const share = successes / n;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = Math.sqrt((z2 * share * (1 - share)) / n + z2 ** 2 / (4 * n * n)) / (1 + z2 / n);
  // at the ends the limit is exact, and rounding would miss it
  return {
    low: successes === 0 ? 0 : Math.max(0, centre - half),
    high: successes === n ? 1 : Math.min(1, centre + half),
    level,
  };
}

/**
 * The quantile of the standard normal distribution: the z with `Φ(z) = p`.
 *
 * @param p from 1e-15 to 1 - 1e-15
 * @throws InputError if p is outside
 */
export function normalQuantile(p: number): number {
  const where = "normalQuantile";
  checkNumber(where, "p", p);
  if (p < 1e-15 || p > 1 - 1e-15) refuse(where, `p is ${p}, a share from 1e-15 to 1 - 1e-15 is needed`);
  if (p > 0.5) return -lowerQuantile(1 - p);
  return p === 0.5 ? 0 : lowerQuantile(p);
}

/** For p < 1/2: Newton's steps on log Φ, which is concave, so that from the left they cannot overshoot. */
function lowerQuantile(p: number): number {
  const target = Math.log(p);
  // Φ(-t) <= exp(-t²/2)/2: this start lies at or right of the root, and one step brings it to the left of it
  let z = -Math.sqrt(Math.max(0, -2 * Math.log(2 * p)));
  for (let step = 0; step < 100; step++) {
    const tail = normalTail(z);
    const move = ((target - Math.log(tail)) * tail * Math.sqrt(2 * Math.PI)) / Math.exp((-z * z) / 2);
    z += move;
    if (Math.abs(move) <= 1e-15 * Math.max(1, Math.abs(z))) break;
  }
  return z;
}

/** Φ(z) for z <= 0: the series about 0, and in the tail the continued fraction of Mills' ratio. */
function normalTail(z: number): number {
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  if (z > -2) {
    let [sum, term] = [-z, -z];
    for (let k = 3; term > 1e-18 * sum; k += 2) {
      term *= (z * z) / k;
      sum += term;
    }
    return 0.5 - density * sum;
  }
  let fraction = -z;
  for (let k = 120; k >= 1; k--) fraction = -z + k / fraction;
  return density / fraction;
}

function checkLevel(where: string, level: number): void {
  checkNumber(where, "level", level);
  if (level <= 0 || level >= 1) refuse(where, `level is ${level}, a share between 0 and 1 is needed`);
}
