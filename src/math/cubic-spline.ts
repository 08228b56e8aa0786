import { checkInteger, checkNumber } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/** Cubic B-splines on equal segments of an interval. */
export interface CubicSplines {
  readonly low: number;
  readonly high: number;
  readonly segments: number;
  /** how many splines: segments + 3 */
  readonly count: number;
  /** Fills `weights` ([4]) with the splines that are not 0 at x, held to the interval; returns the index of the first. */
  readonly at: (x: number, weights: Float64Array) => number;
}

/**
 * The cubic B-splines of equal segments: four are not 0 anywhere, and they add up to 1.
 *
 * @param low the interval's start
 * @param high its end, above low
 * @param segments at least 1
 * @throws InputError if the interval is empty or a number is out of range
 * @see de Boor, A Practical Guide to Splines (1978), chapter 9; Eilers & Marx 1996, Statist Sci 11:89, for equal segments
 */
export function cubicSplines(low: number, high: number, segments: number): CubicSplines {
  const where = "cubicSplines";
  checkNumber(where, "low", low);
  checkNumber(where, "high", high);
  if (high <= low) refuse(where, `high is ${high}, a number above low, ${low}, is needed`);
  checkInteger(where, "segments", segments, 1);
  const at = (x: number, weights: Float64Array): number => {
    const place = Math.min(1, Math.max(0, (x - low) / (high - low))) * segments;
    const first = Math.min(segments - 1, Math.floor(place));
    const t = place - first;
    weights[0] = (1 - t) ** 3 / 6;
    weights[1] = (3 * t ** 3 - 6 * t ** 2 + 4) / 6;
    weights[2] = (-3 * t ** 3 + 3 * t ** 2 + 3 * t + 1) / 6;
    weights[3] = t ** 3 / 6;
    return first;
  };
  return { low, high, segments, count: segments + 3, at };
}

/** `Σ_i B_i(x)·c_i`. */
export function splineAt(splines: CubicSplines, coefficients: ArrayLike<number>, x: number): number {
  const weights = new Float64Array(4);
  const first = splines.at(x, weights);
  let sum = 0;
  for (let i = 0; i < 4; i++) sum += weights[i] * coefficients[first + i];
  return sum;
}

/**
 * The roughness `Σ_i (c_{i+1} - 2·c_i + c_{i-1})² = cᵀ·P·c` of a spline's coefficients; 0 for a straight line.
 *
 * @param count how many coefficients, at least 3
 * @returns P, [count, count]
 */
export function secondDifferencePenalty(count: number): Float64Array {
  checkInteger("secondDifferencePenalty", "count", count, 3);
  const P = new Float64Array(count * count);
  const row = [1, -2, 1];
  for (let i = 0; i + 2 < count; i++)
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) P[(i + a) * count + i + b] += row[a] * row[b];
  return P;
}
