import { dot } from "../../math/vectors.js";
import { binTerms, type PoissonLink, sumOfBins } from "./poisson-link.js";
import { curvature, type Rows, timesVector, transposeTimes } from "./poisson-rows.js";
import { conjugateStep, factorCurvature, lassoStep, type QuadraticPenalty } from "./poisson-steps.js";

/** A Poisson regression: `n(t) ~ Poisson(λ(η_t))`, `η = X·θ`, and what is taken off its log-likelihood. */
export interface PoissonProblem {
  readonly rows: Rows;
  /** one a row */
  readonly counts: ArrayLike<number>;
  readonly link: PoissonLink;
  readonly penalty?: QuadraticPenalty;
  /** [columns], at least 0: `Σ l_i·|θ_i|` */
  readonly lasso?: Float64Array;
  /** one a row: 0 leaves it out */
  readonly mask?: Uint8Array;
  readonly maxIterations: number;
  /** the largest change of any η in the last step */
  readonly tolerance: number;
}

/** Where the search ended. */
export interface PoissonSolution {
  readonly theta: Float64Array;
  /** [rows] */
  readonly eta: Float64Array;
  /** `Σ n·ln λ - λ` of the rows taken, without `ln n!` and penalties */
  readonly value: number;
  readonly iterations: number;
  /** `step`: the last step changed nothing; `limit`: iterations ran out; `singular`: some direction is not determined */
  readonly stopped: "step" | "limit" | "singular";
}

/** Parameters up to which a step is found by factoring the curvature; beyond, conjugate gradients cost less. */
export const factoredParameters = 512;

/** A decrease below this part of the objective is rounding. */
const rounding = 1e-13;

/** What is minimised: the penalties less the log-likelihood; its quadratic part and its gradient. */
export function objectiveAt(problem: PoissonProblem, theta: Float64Array, eta: Float64Array): number {
  const { link, counts, mask, penalty, lasso } = problem;
  const quadratic = penalty === undefined ? 0 : 0.5 * dot(theta, penalty.times(theta));
  return quadratic + absolute(lasso, theta) - sumOfBins(link, counts, eta, mask);
}

function absolute(lasso: Float64Array | undefined, theta: Float64Array): number {
  return lasso === undefined ? 0 : lasso.reduce((sum, l, i) => sum + l * Math.abs(theta[i]), 0);
}

/** The gradient of the objective without its lasso. */
export function gradientAt(problem: PoissonProblem, theta: Float64Array, slopes: Float64Array): Float64Array {
  const gradient = transposeTimes(problem.rows, slopes);
  const own = problem.penalty?.times(theta);
  return gradient.map((g, i) => (own?.[i] ?? 0) - g);
}

/** The objective's curvature `XᵀWX + P`, [p, p]. */
export function penalisedCurvature(problem: PoissonProblem, weights: Float64Array): Float64Array {
  const H = curvature(problem.rows, weights);
  problem.penalty?.addTo(H);
  return H;
}

/**
 * The parameters of largest penalised likelihood, by Newton's method with a line search; with a lasso the step is that of the
 * quadratic model with the lasso itself.
 *
 * The objective is convex, so that a minimum is the minimum. It ends where a whole step changes no η by more than the tolerance:
 * where the likelihood rises for ever, steps stay large while the gradient vanishes, and the search says `singular`.
 *
 * @see Paninski 2004
 */
export function maximisePoisson(problem: PoissonProblem, start: Float64Array): PoissonSolution {
  const { rows, link, counts, mask, maxIterations, tolerance } = problem;
  let theta = start.slice();
  const eta = timesVector(rows, theta);
  const ended = (iterations: number, stopped: PoissonSolution["stopped"]): PoissonSolution => ({
    theta,
    eta,
    value: sumOfBins(link, counts, eta, mask),
    iterations,
    stopped,
  });
  let firstSlope: number | undefined;
  for (let iterations = 0; iterations < maxIterations; iterations++) {
    const { slopes, weights } = binTerms(link, counts, eta, mask);
    const gradient = gradientAt(problem, theta, slopes);
    const size = Math.sqrt(dot(gradient, gradient));
    firstSlope ??= size;
    const step = stepOf(problem, weights, gradient, theta, Math.min(0.1, Math.sqrt(size / (firstSlope || 1))));
    if (step === undefined) return ended(iterations, "singular");
    const moves = timesVector(rows, step);
    const taken = lineSearch(problem, theta, eta, step, moves, gradient);
    if (taken === 0) return ended(iterations, "singular");
    theta = theta.map((value, i) => value + taken * step[i]);
    let largest = 0;
    for (let t = 0; t < eta.length; t++) {
      eta[t] += taken * moves[t];
      if (mask === undefined || mask[t] !== 0) largest = Math.max(largest, Math.abs(moves[t]));
    }
    if (largest <= tolerance) return ended(iterations + 1, "step");
  }
  return ended(maxIterations, "limit");
}

function stepOf(
  problem: PoissonProblem,
  weights: Float64Array,
  gradient: Float64Array,
  theta: Float64Array,
  share: number,
): Float64Array | undefined {
  const { rows, penalty, lasso } = problem;
  const p = rows.columns;
  if (lasso !== undefined) return lassoStep(penalisedCurvature(problem, weights), gradient, theta, lasso);
  const iterate = () => conjugateStep(rows, weights, penalty, gradient, share);
  if (p > factoredParameters) return iterate();
  const factor = factorCurvature(penalisedCurvature(problem, weights), p);
  if (factor !== undefined) return factor.solve(gradient.map((g) => -g));
  // A weak penalty makes the problem well posed below the precision of the factored sums, not below that of the passes.
  return penalty === undefined ? undefined : iterate();
}

/** The share of the step to take: 1, or the first half of a half that lowers the objective enough; 0 where none does. */
function lineSearch(
  problem: PoissonProblem,
  theta: Float64Array,
  eta: Float64Array,
  step: Float64Array,
  moves: Float64Array,
  gradient: Float64Array,
): number {
  const { lasso } = problem;
  const moved = (by: number) => theta.map((value, i) => value + by * step[i]);
  const here = objectiveAt(problem, theta, eta);
  const slope = dot(gradient, step) + absolute(lasso, moved(1)) - absolute(lasso, theta);
  const slack = rounding * Math.max(1, Math.abs(here));
  if (-slope <= slack) {
    // What is left to gain is rounding. A step that still moves η goes on without end.
    return moves.every((move, t) => problem.mask?.[t] === 0 || Math.abs(move) <= 0.1) ? 1 : 0;
  }
  for (let by = 1; by > 1e-10; by /= 2) {
    const there = objectiveAt(
      problem,
      moved(by),
      eta.map((value, t) => value + by * moves[t]),
    );
    if (there <= here + 1e-4 * by * slope + slack) return by;
  }
  return 0;
}
