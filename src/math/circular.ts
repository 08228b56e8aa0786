import { checkFinite, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { checkSample } from "./statistics.js";

export interface CircularOptions {
  /** the angle after which values repeat, radians: 2π for directions (default), π for orientations */
  readonly period?: number;
  /** one weight of at least 0 for each angle; default 1 */
  readonly weights?: ArrayLike<number>;
}

/** A mean direction and how closely the angles lie about it. */
export interface CircularMean {
  /** in [0, period); 0 where the resultant is 0 and no direction is meant */
  readonly mean: number;
  /** |Σ w e^{2πiθ/period}| / Σ w, from 0 (balanced) to 1 (all the same) */
  readonly resultant: number;
}

/**
 * The mean of angles: the direction of `Σ w·e^{2πiθ/period}`, with its length.
 *
 * @param angles radians, at least one
 * @throws InputError if there is none, one is not finite, or the weights are negative, all 0 or not as many
 * Source: Mardia & Jupp, Directional Statistics (2000), chapter 2.
 */
export function circularMean(angles: ArrayLike<number>, options: CircularOptions = {}): CircularMean {
  const where = "circularMean";
  checkOptions(where, options, ["period", "weights"]);
  const { period = 2 * Math.PI, weights } = options;
  checkSample(where, "angles", angles, 1);
  checkPositive(where, "period", period);
  if (weights !== undefined) checkWeights(where, "weights", weights, angles.length);
  const { cosine, sine, sum } = resultantOf(angles, (2 * Math.PI) / period, weights);
  const length = Math.hypot(cosine, sine) / sum;
  // what rounding leaves of a balanced sum has no direction
  if (length < 1e-12) return { mean: 0, resultant: 0 };
  const turns = Math.atan2(sine, cosine) / (2 * Math.PI);
  const mean = (turns - Math.floor(turns)) * period;
  return { mean: mean >= period ? 0 : mean, resultant: Math.min(1, length) };
}

/**
 * The circular variance of an orientation tuning curve, `1 - |Σ r·e^{2iθ}| / Σ r`.
 *
 * @param responses r, of at least 0, one an orientation
 * @param orientations θ, radians, evenly spaced over [0, π) for the measure to mean what it does in the literature
 * @returns from 0 (a response to one orientation alone) to 1 (the same response to all)
 * @throws InputError if the lengths differ, a value is not finite, or the responses are negative or all 0
 * Source: Ringach, Shapley & Hawken, J Neurosci 22:5639 (2002).
 */
export function circularVariance(responses: ArrayLike<number>, orientations: ArrayLike<number>): number {
  const where = "circularVariance";
  checkSample(where, "orientations", orientations, 1);
  checkWeights(where, "responses", responses, orientations.length);
  const { cosine, sine, sum } = resultantOf(orientations, 2, responses);
  return Math.max(0, 1 - Math.hypot(cosine, sine) / sum);
}

/**
 * Rayleigh's test of uniform angles against one preferred direction:
 * `p = exp(√(1 + 4n + 4(n² - R²)) - (1 + 2n))` with `R = n·resultant`.
 *
 * @param angles radians, at least one
 * @param period the angle after which values repeat, radians; default 2π
 * @returns the resultant, `z = n·resultant²`, and the probability of so large a one among uniform angles
 * @throws InputError if there is no angle, one is not finite, or the period is not above 0
 * Source: Zar, Biostatistical Analysis (1999), section 27.1; exact to about .001 from n = 10 on.
 */
export function rayleighTest(angles: ArrayLike<number>, period = 2 * Math.PI) {
  const where = "rayleighTest";
  checkSample(where, "angles", angles, 1);
  checkPositive(where, "period", period);
  const n = angles.length;
  const { resultant } = circularMean(angles, { period });
  const length = n * resultant;
  const p = Math.exp(Math.sqrt(1 + 4 * n + 4 * (n * n - length * length)) - (1 + 2 * n));
  return { resultant, z: n * resultant * resultant, p: Math.min(1, p) };
}

function resultantOf(angles: ArrayLike<number>, factor: number, weights?: ArrayLike<number>) {
  let [cosine, sine, sum] = [0, 0, 0];
  for (let i = 0; i < angles.length; i++) {
    const weight = weights?.[i] ?? 1;
    cosine += weight * Math.cos(factor * angles[i]);
    sine += weight * Math.sin(factor * angles[i]);
    sum += weight;
  }
  return { cosine, sine, sum };
}

function checkWeights(where: string, name: string, weights: ArrayLike<number>, count: number): void {
  if (weights.length !== count) refuse(where, `${name} has ${weights.length} values, there are ${count} angles`);
  checkFinite(where, name, weights);
  let sum = 0;
  for (let i = 0; i < count; i++) {
    if (weights[i] < 0) refuse(where, `${name}[${i}] is ${weights[i]}, at least 0 is needed`);
    sum += weights[i];
  }
  if (sum === 0) refuse(where, `${name} are all 0, at least one above 0 is needed`);
}
