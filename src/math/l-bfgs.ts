import { checkFinite, checkInteger, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { dot, largestMagnitude } from "./vectors.js";

/** A smooth function of many parameters: fills `gradient` at `x` and returns the value, which may be infinite or NaN. */
export type SmoothFunction = (x: Float64Array, gradient: Float64Array) => number;

/** When a search stops. */
export interface MinimumOptions {
  /** default 500 */
  readonly maxIterations?: number;
  /** largest |∂f/∂x_i|, relative to max(1, |f|); default 1e-6 */
  readonly gradientTolerance?: number;
  /** a decrease in one iteration below this part of max(1, |f|) ends the search; default 1e-12 */
  readonly valueTolerance?: number;
  /** pairs of steps and changes of the gradient that are kept; default 12 */
  readonly memory?: number;
}

/** Where a search ended. */
export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
  readonly iterations: number;
  /** calls of the function */
  readonly evaluations: number;
  /** `gradient`: it vanishes; `step`: no step lowers the value further at the precision of its sums; `limit`: iterations ran out */
  readonly stopped: "gradient" | "step" | "limit";
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly inner: number;
}

/** Wolfe's conditions: the decrease that a step must bring, and how far the slope must have fallen. */
const enoughDecrease = 1e-4;
const enoughCurvature = 0.9;
const searchLimit = 40;

/**
 * Minimises a smooth function by the limited-memory method of Broyden, Fletcher, Goldfarb and Shanno, with a line search to
 * the strong conditions of Wolfe. A point whose value is not finite counts as too far.
 *
 * @param f value and gradient
 * @param start [n], where f is finite
 * @returns the last point and why the search stopped
 * @throws InputError if the start is empty or not finite, or f is not finite there
 * @see Nocedal & Wright, Numerical Optimization, algorithms 3.5, 3.6 and 7.5
 */
export function minimise(f: SmoothFunction, start: ArrayLike<number>, options: MinimumOptions = {}): Minimum {
  const where = "minimise";
  checkOptions(where, options, ["maxIterations", "gradientTolerance", "valueTolerance", "memory"]);
  const { maxIterations = 500, gradientTolerance = 1e-6, valueTolerance = 1e-12, memory = 12 } = options;
  checkInteger(where, "maxIterations", maxIterations, 0);
  checkPositive(where, "gradientTolerance", gradientTolerance);
  checkPositive(where, "valueTolerance", valueTolerance);
  checkInteger(where, "memory", memory, 1);
  if (start.length === 0) refuse(where, "start is empty, at least one parameter is needed");
  checkFinite(where, "start", start);
  let evaluations = 0;
  const at = (x: Float64Array): Point => {
    evaluations++;
    const gradient = new Float64Array(x.length);
    const value = f(x, gradient);
    return { x, value, gradient };
  };
  let point = at(Float64Array.from(start));
  if (!isUsable(point)) refuse(where, `f is ${point.value} at the start, a finite value and gradient are needed`);
  let pairs: Pair[] = [];
  for (let iterations = 0; ; iterations++) {
    const scale = Math.max(1, Math.abs(point.value));
    const ended = (stopped: Minimum["stopped"]): Minimum => ({ ...point, iterations, evaluations, stopped });
    if (largestMagnitude(point.gradient) <= gradientTolerance * scale) return ended("gradient");
    if (iterations === maxIterations) return ended("limit");
    const next = lineSearch(at, point, directionOf(point.gradient, pairs), pairs.length === 0);
    if (next === undefined && pairs.length === 0) return ended("step");
    if (next === undefined) {
      // Rounding may have spoilt the remembered curvature: steepest descent has the last word.
      pairs = [];
      iterations--;
      continue;
    }
    const decrease = point.value - next.value;
    pairs = remember(pairs, point, next, memory);
    point = next;
    if (decrease <= valueTolerance * scale) {
      return { ...point, iterations: iterations + 1, evaluations, stopped: "step" };
    }
  }
}

function isUsable({ value, gradient }: Point): boolean {
  return Number.isFinite(value) && gradient.every(Number.isFinite);
}

function remember(pairs: readonly Pair[], from: Point, to: Point, memory: number): Pair[] {
  const step = to.x.map((x, i) => x - from.x[i]!);
  const change = to.gradient.map((g, i) => g - from.gradient[i]!);
  const inner = dot(step, change);
  const kept = pairs.slice(-memory + 1);
  if (memory === 1) kept.length = 0;
  return inner > 2 ** -52 * dot(change, change) ? [...kept, { step, change, inner }] : [...pairs];
}

/** `-H·g` with the inverse Hessian that the pairs tell of. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((g) => -g);
  const add = (vector: Float64Array, by: number) => {
    for (let i = 0; i < direction.length; i++) direction[i]! += by * vector[i]!;
  };
  const weights = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    weights[k] = dot(pairs[k]!.step, direction) / pairs[k]!.inner;
    add(pairs[k]!.change, -weights[k]!);
  }
  const last = pairs.at(-1);
  if (last) {
    const by = last.inner / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= by;
  }
  pairs.forEach((pair, k) => {
    add(pair.step, weights[k]! - dot(pair.change, direction) / pair.inner);
  });
  return direction;
}

/** A point along the direction that meets Wolfe's conditions, or the best that is lower; undefined where none is lower. */
function lineSearch(
  at: (x: Float64Array) => Point,
  from: Point,
  direction: Float64Array,
  first: boolean,
): Point | undefined {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  let low = { step: 0, value: from.value, slope };
  let lowPoint: Point | undefined;
  let high: { step: number; value: number } | undefined;
  let step = first ? Math.min(1, 1 / Math.sqrt(dot(direction, direction))) : 1;
  for (let tries = 0; tries < searchLimit; tries++) {
    const point = at(from.x.map((x, i) => x + step * direction[i]!));
    const usable = isUsable(point);
    if (!usable || point.value > from.value + enoughDecrease * step * slope || point.value >= low.value) {
      high = { step, value: usable ? point.value : Number.POSITIVE_INFINITY };
    } else {
      const here = dot(point.gradient, direction);
      if (Math.abs(here) <= -enoughCurvature * slope) return point;
      if (here * ((high?.step ?? Number.POSITIVE_INFINITY) - low.step) >= 0)
        high = { step: low.step, value: low.value };
      low = { step, value: point.value, slope: here };
      lowPoint = point;
    }
    step = high === undefined ? 2 * step : between(low, high);
    if (high !== undefined && Math.abs(high.step - low.step) <= 1e-12 * Math.max(low.step, high.step)) break;
  }
  return lowPoint;
}

/** The minimum of the parabola through both ends with the slope at the lower one, kept off the ends. */
function between(
  low: { readonly step: number; readonly value: number; readonly slope: number },
  high: { readonly step: number; readonly value: number },
): number {
  const width = high.step - low.step;
  const curvature = (high.value - low.value) / width - low.slope;
  const share = (-low.slope / curvature) * 0.5;
  return low.step + width * (share > 0 ? Math.min(0.9, Math.max(0.1, share)) : 0.5);
}
