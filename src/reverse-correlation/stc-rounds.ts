import { extremeEigen, extremeEigenvalues } from "../math/symmetric-eigen.js";

/** What one round tested and found. */
export interface Round {
  /** the observed extremes */
  readonly bottom: number;
  readonly top: number;
  /** what an extreme must leave to be significant */
  readonly low: number;
  readonly high: number;
  readonly bottomP: number;
  readonly topP: number;
  /** the significant direction, its eigenvalue and its sign; undefined in the last round */
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
 * tested again, until nothing passes.
 *
 * @param observed `C_spike - C_all`, [D, D]; changed
 * @param draws the same of every draw; changed
 * @param level two-sided: each side is tested at half of it
 * @param most as many directions as there are to find
 */
export function nestedRounds(
  observed: Float64Array,
  draws: readonly Float64Array[],
  D: number,
  level: number,
  most: number,
  onRound: (round: number) => void,
): Round[] {
  const rounds: Round[] = [];
  for (;;) {
    const round = testExtremes(observed, draws, D, level, rounds.length < most);
    rounds.push(round);
    onRound(rounds.length);
    if (round.found === undefined) return rounds;
    for (const matrix of [observed, ...draws]) projectOut(matrix, round.found.direction);
  }
}

function testExtremes(
  observed: Float64Array,
  draws: readonly Float64Array[],
  D: number,
  level: number,
  more: boolean,
): Round {
  const own = extremeEigen(observed, D, { smallest: 1, largest: D > 1 ? 1 : 0 });
  const [bottom, top] = [own.values[0], own.values[own.values.length - 1]];
  const extremes = draws.map((matrix) => extremeEigenvalues(matrix, D, { smallest: 1, largest: D > 1 ? 1 : 0 }));
  const bottoms = Float64Array.from(extremes, (pair) => pair[0]).sort();
  const tops = Float64Array.from(extremes, (pair) => pair[pair.length - 1]).sort();
  const allowed = allowedBeyond(level, draws.length);
  const topP = (1 + tops.filter((value) => value >= top).length) / (1 + draws.length);
  const bottomP = (1 + bottoms.filter((value) => value <= bottom).length) / (1 + draws.length);
  const [low, high] = [bottoms[allowed - 1], tops[tops.length - allowed]];
  const passes = { top: topP <= level / 2, bottom: bottomP <= level / 2 };
  const topFirst = passes.top && (!passes.bottom || distance(top, tops) >= distance(bottom, bottoms));
  let found: Found | undefined;
  if (more && topFirst) found = { direction: own.vectors.slice(-D), eigenvalue: top, sign: 1 };
  else if (more && passes.bottom) found = { direction: own.vectors.slice(0, D), eigenvalue: bottom, sign: -1 };
  return { bottom, top, low, high, bottomP, topP, found };
}

/** The largest k with `k/(1 + draws) <= level/2`: significant is what leaves the k-th most extreme draw. */
export function allowedBeyond(level: number, draws: number): number {
  // The product of a level and a count is off by rounding: .05·20 must count as 1.
  return Math.floor((level / 2) * (1 + draws) + 1e-9);
}

/** How far a value lies from the null's mean, in the null's standard deviations. */
function distance(value: number, nulls: Float64Array): number {
  const mean = nulls.reduce((sum, x) => sum + x, 0) / nulls.length;
  const variance = nulls.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (nulls.length - 1);
  return Math.abs(value - mean) / Math.sqrt(variance);
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
