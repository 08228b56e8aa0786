import { extremeEigen, extremeEigenvalues } from "../../math/symmetric-eigen.js";

/** One end of the spectrum in one round. */
export interface EndTest {
  /** the observed extreme */
  readonly value: number;
  /** what it must leave to be significant */
  readonly band: number;
  /** `(1 + #{null as extreme}) / (1 + draws)` */
  readonly pValue: number;
  /** of the draws' extremes */
  readonly nullMean: number;
  readonly nullDeviation: number;
}

/** What one round tested and found. */
export interface Round {
  readonly low: EndTest;
  readonly high: EndTest;
  /** the significant direction; undefined in the last round */
  readonly found: Found | undefined;
}

export interface Found {
  /** [D], unit norm */
  readonly direction: Float64Array;
  readonly eigenvalue: number;
  readonly sign: 1 | -1;
}

/**
 * The nested test: the extremes of the observed difference against the same extremes of the draws; the significant one (of
 * two, the one farther out in null standard deviations) is projected out of data and draws alike, and what is left is
 * tested again, until nothing passes or nothing is left.
 *
 * @param observed `C_spike - C_all`, [D, D]; changed
 * @param draws the same of every draw; changed
 * @param level two-sided: each side is tested at half of it
 * @param most as many directions as there are to find
 * @param watch called before each matrix: may throw
 */
export function nestedRounds(
  observed: Float64Array,
  draws: readonly Float64Array[],
  D: number,
  level: number,
  most: number,
  watch: () => void,
): Round[] {
  const rounds: Round[] = [];
  // An eigenvalue below this is the rounding of a direction without variance or projected out: it counts with 0.
  const negligible =
    1e-12 * [observed, ...draws].reduce((largest, matrix) => Math.max(largest, largestEntry(matrix)), 0);
  for (;;) {
    const round = testExtremes(observed, draws, D, level, negligible, watch);
    rounds.push(round);
    if (round.found === undefined || rounds.length >= most) return rounds;
    for (const matrix of [observed, ...draws]) projectOut(matrix, round.found.direction);
  }
}

function testExtremes(
  observed: Float64Array,
  draws: readonly Float64Array[],
  D: number,
  level: number,
  negligible: number,
  watch: () => void,
): Round {
  const ends = { smallest: 1, largest: D > 1 ? 1 : 0 };
  const clean = (value: number) => (Math.abs(value) <= negligible ? 0 : value);
  const own = extremeEigen(observed, D, ends);
  const extremes = draws.map((matrix) => {
    watch();
    return extremeEigenvalues(matrix, D, ends);
  });
  const lows = Float64Array.from(extremes, (pair) => clean(pair[0]));
  const highs = Float64Array.from(extremes, (pair) => clean(pair[pair.length - 1]));
  const low = testEnd(clean(own.values[0]), lows, level, -1);
  const high = testEnd(clean(own.values[own.values.length - 1]), highs, level, 1);
  const highFirst = high.passes && (!low.passes || distance(high) >= distance(low));
  let found: Found | undefined;
  if (highFirst) found = { direction: own.vectors.slice(-D), eigenvalue: high.value, sign: 1 };
  else if (low.passes) found = { direction: own.vectors.slice(0, D), eigenvalue: low.value, sign: -1 };
  return { low, high, found };
}

/** An extreme against the draws' own; `sign` 1 for the top, -1 for the bottom. */
function testEnd(value: number, nulls: Float64Array, level: number, sign: 1 | -1): EndTest & { passes: boolean } {
  const outward = nulls.map((x) => sign * x).sort();
  const allowed = allowedBeyond(level, nulls.length);
  const asExtreme = outward.filter((x) => x >= sign * value).length;
  const nullMean = nulls.reduce((sum, x) => sum + x, 0) / nulls.length;
  const squares = nulls.reduce((sum, x) => sum + (x - nullMean) ** 2, 0);
  return {
    value,
    band: sign * outward[outward.length - allowed],
    pValue: (1 + asExtreme) / (1 + nulls.length),
    nullMean,
    nullDeviation: Math.sqrt(squares / (nulls.length - 1)),
    passes: 1 + asExtreme <= allowed,
  };
}

/** How far an extreme lies from the null's mean, in the null's standard deviations. */
function distance({ value, nullMean, nullDeviation }: EndTest): number {
  return Math.abs(value - nullMean) / nullDeviation;
}

function largestEntry(matrix: Float64Array): number {
  return matrix.reduce((largest, x) => Math.max(largest, Math.abs(x)), 0);
}

/** The largest k with `k/(1 + draws) <= level/2`: significant is what leaves the k-th most extreme draw. */
export function allowedBeyond(level: number, draws: number): number {
  // The product of a level and a count is off by rounding: .05·20 must count as 1.
  return Math.floor((level / 2) * (1 + draws) + 1e-9);
}

/** `(I - d·dᵀ)·M·(I - d·dᵀ)`, in place: the matrix of data from which the unit vector d is projected out. */
export function projectOut(matrix: Float64Array, d: ArrayLike<number>): void {
  const D = d.length;
  const product = new Float64Array(D);
  let along = 0;
  for (let i = 0; i < D; i++) {
    let sum = 0;
    for (let j = 0; j < D; j++) sum += matrix[i * D + j] * d[j];
    product[i] = sum;
    along += d[i] * sum;
  }
  // (product - along/2·d) carries half of the last term each time, which keeps the result exactly symmetric.
  for (let i = 0; i < D; i++) product[i] -= (along / 2) * d[i];
  for (let i = 0; i < D; i++) {
    for (let j = 0; j < D; j++) matrix[i * D + j] -= d[i] * product[j] + product[i] * d[j];
  }
}
