import { checkFinite, checkInteger, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { inverseOfFree, isHeld, type NormalPoint, solveDamped } from "./levenberg-marquardt-step.js";

/** A sum of squares `Σ r(p)²` of few parameters and many residuals, given by its sums. */
export interface LeastSquaresProblem {
  /** how many parameters */
  readonly parameters: number;
  /** [parameters], the least value of each; default no bound */
  readonly lower?: ArrayLike<number>;
  /** [parameters], the greatest value of each; default no bound */
  readonly upper?: ArrayLike<number>;
  /**
   * Moves the bounds where they depend on the other parameters: called at each trial point before it is held to them. A
   * parameter that is held on its bound stays on it as it moves, and `accumulate` gives the others' derivatives along it
   * (`alongBound`).
   */
  readonly moveBounds?: (p: Float64Array, lower: Float64Array, upper: Float64Array) => void;
  /** Fills `normal` with JᵀJ ([n, n], both triangles) and `gradient` with Jᵀr at `p`; returns `Σ r²`. */
  readonly accumulate: (p: Float64Array, normal: Float64Array, gradient: Float64Array) => number;
}

/** Why a fit ended. */
export type Stopped = "gradient" | "step" | "limit" | "singular";

/** Where a least-squares fit ended. */
export interface LeastSquaresFit {
  /** [n] */
  readonly parameters: Float64Array;
  /** Σ r² at the parameters */
  readonly sumOfSquares: number;
  /** [n, n], JᵀJ at the parameters */
  readonly normal: Float64Array;
  /** [n], Jᵀr at the parameters */
  readonly gradient: Float64Array;
  /** [n], -1 where a parameter ended on its lower bound, 1 on its upper, else 0 */
  readonly atBound: Int8Array;
  /** evaluations after the first */
  readonly iterations: number;
  /**
   * `gradient`: the residuals are orthogonal to every free column of J; `step`: the last step changed the parameters or the
   * sum by less than the tolerance, or no shorter step lowers it; `limit`: iterations ran out, or `abandon` asked;
   * `singular`: the free columns are linearly dependent where it ended
   */
  readonly stopped: Stopped;
}

/** When a fit stops. */
export interface LeastSquaresOptions {
  /** default 100 */
  readonly maxIterations?: number;
  /** largest cosine between the residuals and a free column of J; default 1e-8 */
  readonly gradientTolerance?: number;
  /** relative change of the parameters, in the metric of diag JᵀJ; its square is held against the relative change of Σr²; default 1e-8 */
  readonly stepTolerance?: number;
  /** first damping, relative to diag JᵀJ; default 1e-3 */
  readonly damping?: number;
  /** asked after each step that lowers the sum; true ends the fit with `limit` */
  readonly abandon?: (sumOfSquares: number, iterations: number) => boolean;
}

/** A damping above this means that no downhill step can be found at the precision of the sums. */
const dampingLimit = 1e12;

/**
 * Minimises `Σ r(p)²` within box bounds by Levenberg and Marquardt's method.
 *
 * Each step solves `(JᵀJ + μ·diag JᵀJ)·δ = -Jᵀr` over the free parameters: a parameter on a bound that the gradient pushes
 * outwards is held, and one that the step would carry over its bound is put on it while the others are solved again. The
 * damping μ follows the ratio of the actual to the predicted decrease.
 *
 * @param problem the sums, with the bounds
 * @param start [parameters], held to the bounds first
 * @param options tolerances
 * @returns the last parameters, with the sums there, the bounds reached and why it stopped
 * @throws InputError if the start has another length, is not finite, a bound is crossed, or the first sum is not finite
 * Source: Marquardt (1963); Nielsen, Damping parameter in Marquardt's method (1999), for μ.
 */
export function levenbergMarquardt(
  problem: LeastSquaresProblem,
  start: ArrayLike<number>,
  options: LeastSquaresOptions = {},
): LeastSquaresFit {
  check(problem, start, options);
  const { gradientTolerance = 1e-8, stepTolerance = 1e-8, maxIterations = 100, abandon } = options;
  const n = problem.parameters;
  const lower = problem.lower ? Float64Array.from(problem.lower) : new Float64Array(n).fill(-Infinity);
  const upper = problem.upper ? Float64Array.from(problem.upper) : new Float64Array(n).fill(Infinity);
  let here = newPoint(n);
  let there = newPoint(n);
  here.p.set(Array.from(start));
  evaluate(problem, here, lower, upper);
  if (!Number.isFinite(here.sum)) refuse("levenbergMarquardt", `the sum of squares at the start is ${here.sum}`);

  const step = new Float64Array(n);
  let damping = options.damping ?? 1e-3;
  let raise = 2;
  let iterations = 0;
  const end = (stopped: Stopped) => finish(here, lower, upper, iterations, stopped);
  for (;;) {
    if (isStationary(here, lower, upper, gradientTolerance)) return end("gradient");
    const predicted = solveDamped(here, lower, upper, damping, step);
    const length = relativeLength(here, step);
    if (predicted > 0) {
      if (iterations >= maxIterations) return end("limit");
      iterations++;
      for (let i = 0; i < n; i++) there.p[i] = here.p[i] + step[i];
      stayOnBounds(here.p, step, lower, upper, there.p);
      evaluate(problem, there, lower, upper);
      const actual = here.sum - there.sum;
      if (actual > 0) {
        const settled = actual <= stepTolerance ** 2 * here.sum && predicted <= stepTolerance ** 2 * here.sum;
        damping *= Math.max(0.1, 1 - (2 * Math.min(actual / predicted, 1) - 1) ** 3);
        raise = 2;
        [here, there] = [there, here];
        if (settled || length <= stepTolerance) return end("step");
        if (abandon?.(here.sum, iterations)) return end("limit");
        continue;
      }
      problem.moveBounds?.(here.p, lower, upper);
      if (length <= stepTolerance) return end("step");
    }
    if (damping > dampingLimit) return end(predicted > 0 ? "step" : "singular");
    damping *= raise;
    raise *= 2;
  }
}

/**
 * Takes the derivative by parameter `by` along a moving bound on which parameter `held` lies: `∂/∂p_by + slope·∂/∂p_held`,
 * `slope` the bound's own derivative by p_by.
 */
export function alongBound(
  normal: Float64Array,
  gradient: Float64Array,
  { held, by, slope }: { readonly held: number; readonly by: number; readonly slope: number },
): void {
  const n = gradient.length;
  gradient[by] += slope * gradient[held];
  for (let i = 0; i < n; i++) normal[i * n + by] += slope * normal[i * n + held];
  for (let i = 0; i < n; i++) normal[by * n + i] += slope * normal[held * n + i];
}

function newPoint(n: number): NormalPoint {
  return { p: new Float64Array(n), normal: new Float64Array(n * n), gradient: new Float64Array(n), sum: 0 };
}

/** Sends a parameter that ends on a bound outwards: it is brought back to the bound, to the last bit and where it then is. */
function stayOnBounds(
  from: Float64Array,
  step: Float64Array,
  lower: Float64Array,
  upper: Float64Array,
  to: Float64Array,
): void {
  for (let i = 0; i < to.length; i++) {
    if (step[i] >= upper[i] - from[i]) to[i] = Infinity;
    else if (step[i] <= lower[i] - from[i]) to[i] = -Infinity;
  }
}

function evaluate(problem: LeastSquaresProblem, at: NormalPoint, lower: Float64Array, upper: Float64Array): void {
  // twice: the bounds may depend on parameters that are themselves held to a bound
  for (let round = 0; round < (problem.moveBounds ? 2 : 1); round++) {
    problem.moveBounds?.(at.p, lower, upper);
    for (let i = 0; i < at.p.length; i++) at.p[i] = Math.min(Math.max(at.p[i], lower[i]), upper[i]);
  }
  at.sum = problem.accumulate(at.p, at.normal, at.gradient);
  if (Number.isNaN(at.sum)) at.sum = Infinity;
}

function isStationary(at: NormalPoint, lower: Float64Array, upper: Float64Array, tolerance: number): boolean {
  const n = at.p.length;
  for (let i = 0; i < n; i++) {
    if (isHeld(at, lower, upper, i)) continue;
    if (Math.abs(at.gradient[i]) > tolerance * Math.sqrt(at.normal[i * n + i] * at.sum)) return false;
  }
  return true;
}

function relativeLength(at: NormalPoint, step: Float64Array): number {
  const n = step.length;
  let [moved, size] = [0, 0];
  for (let i = 0; i < n; i++) {
    const weight = at.normal[i * n + i];
    moved += weight * step[i] ** 2;
    size += weight * at.p[i] ** 2;
  }
  return moved === 0 ? 0 : Math.sqrt(moved / size);
}

function finish(
  at: NormalPoint,
  lower: Float64Array,
  upper: Float64Array,
  iterations: number,
  stopped: Stopped,
): LeastSquaresFit {
  const n = at.p.length;
  const atBound = new Int8Array(n);
  const free: number[] = [];
  for (let i = 0; i < n; i++) {
    if (at.p[i] <= lower[i]) atBound[i] = -1;
    else if (at.p[i] >= upper[i]) atBound[i] = 1;
    else free.push(i);
  }
  const singular = stopped !== "limit" && inverseOfFree(at.normal, n, free) === undefined;
  return {
    parameters: at.p,
    sumOfSquares: at.sum,
    normal: at.normal,
    gradient: at.gradient,
    atBound,
    iterations,
    stopped: singular ? "singular" : stopped,
  };
}

function check(problem: LeastSquaresProblem, start: ArrayLike<number>, options: LeastSquaresOptions): void {
  const where = "levenbergMarquardt";
  checkInteger(where, "problem.parameters", problem.parameters, 1);
  checkOptions(where, options, ["maxIterations", "gradientTolerance", "stepTolerance", "damping", "abandon"]);
  if (options.maxIterations !== undefined) checkInteger(where, "maxIterations", options.maxIterations);
  for (const name of ["gradientTolerance", "stepTolerance", "damping"] as const) {
    if (options[name] !== undefined) checkPositive(where, name, options[name]);
  }
  for (const [name, values] of Object.entries({ start, lower: problem.lower, upper: problem.upper })) {
    if (values && values.length !== problem.parameters)
      refuse(where, `${name} has ${values.length} elements, ${problem.parameters} parameters are declared`);
  }
  checkFinite(where, "start", start);
  for (let i = 0; problem.lower && problem.upper && i < start.length; i++) {
    if (problem.lower[i] > problem.upper[i])
      refuse(where, `lower[${i}] is ${problem.lower[i]}, at most upper[${i}] = ${problem.upper[i]} is needed`);
  }
}
