import { cholesky, choleskyInverse } from "../../math/cholesky.js";
import { type LeastSquaresFit, type LeastSquaresProblem, levenbergMarquardt } from "../../math/levenberg-marquardt.js";
import { correlation, quantileOfSorted, variance } from "../../math/statistics.js";
import { type DriveAndSpikes, poissonLogLikelihood } from "./data.js";
import { type RateForm, type RateFormName, rateForms } from "./forms.js";
import type { ParametricNonlinearity } from "./nonlinearity.js";

/** Starts that are tried for a few steps, the likeliest of those that a form names; the best of them is followed to its end. */
const tried = 3;
const trialSteps = 5;
const tolerances = { gradientTolerance: 1e-7, stepTolerance: 1e-6, maxIterations: 200 };

/** The parameters of a formula that maximise the Poisson likelihood `Σ n·ln λ - λ`, `λ = rate(z)·dt`. */
export function parametricNonlinearity(data: DriveAndSpikes, name: RateFormName): ParametricNonlinearity {
  const form: RateForm = rateForms[name];
  const { drives, counts, frameSeconds, spikesUsed, spikesSkipped } = data;
  const scale = Math.sqrt(variance(drives[0]));
  const mean = spikesUsed / counts.length;
  const z = drives[0].map((value) => value / scale);
  const found = search(form, devianceOf(form, z, counts, mean), z);
  const p = form
    .unscaled(found.parameters, scale)
    .map((value, i) => (isRate(form.names[i]) ? (value * mean) / frameSeconds : value));
  const rateAt = (value: number) => form.rate(p, value);
  const errors = standardErrorsOf(form, p, data, found.atBound);
  return {
    kind: "nonlinearity",
    form: name,
    dimensions: 1,
    parameters: named(form, p),
    standardErrors: named(form, errors),
    converged: found.stopped !== "limit",
    rateAt,
    frameSeconds,
    logLikelihood: poissonLogLikelihood(data, rateAt),
    spikesUsed,
    spikesSkipped,
    warnings: [
      ...(correlation(drives[0], counts) > 0 || name === "exponential"
        ? []
        : ["the rate does not rise with the drive, as this form does: turn the filter's sign"]),
      ...warningsOf(form, p, errors, found),
    ],
  };
}

function isRate(name: string): boolean {
  return name === "a" || name === "d";
}

function named(form: RateForm, values: ArrayLike<number>): Record<string, number> {
  return Object.fromEntries(form.names.map((name, i) => [name, values[i]]));
}

/**
 * The deviance `2·Σ [n·ln(n/λ) - (n - λ)]` as a sum of squares: half its gradient is `Σ (1 - n/λ)·λ'`, and half its expected
 * curvature `Σ λ'·λ'ᵀ/λ`, so that Levenberg and Marquardt's steps are damped steps of Fisher's scoring. Rates are over the mean.
 */
function devianceOf(form: RateForm, z: Float64Array, counts: Uint32Array, mean: number): LeastSquaresProblem {
  const n = form.names.length;
  const slopes = new Float64Array(n);
  const accumulate = (p: Float64Array, normal: Float64Array, gradient: Float64Array): number => {
    normal.fill(0);
    gradient.fill(0);
    let deviance = 0;
    for (let t = 0; t < z.length; t++) {
      const expected = mean * form.derivatives(p, z[t], slopes);
      const count = counts[t];
      deviance += 2 * (expected - count + (count > 0 ? count * Math.log(count / expected) : 0));
      // Where the rate is 0 and no spike falls, only its slope counts, and no step there can be judged by curvature.
      const ratio = count > 0 ? count / expected : 0;
      const weight = expected > 0 ? 1 / expected : 0;
      for (let a = 0; a < n; a++) {
        const slope = mean * slopes[a];
        gradient[a] += (1 - ratio) * slope;
        for (let b = 0; b <= a; b++) normal[a * n + b] += weight * slope * mean * slopes[b];
      }
    }
    for (let a = 0; a < n; a++) for (let b = 0; b < a; b++) normal[b * n + a] = normal[a * n + b];
    return deviance;
  };
  return { parameters: n, lower: form.lower, accumulate };
}

function search(form: RateForm, problem: LeastSquaresProblem, z: Float64Array): LeastSquaresFit {
  const sorted = z.slice().sort();
  const n = form.names.length;
  const [normal, gradient] = [new Float64Array(n * n), new Float64Array(n)];
  const starts = form
    .starts((share) => quantileOfSorted(sorted, share))
    .map((start) => {
      let total = 0;
      for (const value of z) total += form.rate(start, value);
      // The mean rate of the data, which is 1.
      const p = Float64Array.from(start, (value, i) => (isRate(form.names[i]) ? (value * z.length) / total : value));
      return { p, deviance: problem.accumulate(p, normal, gradient) };
    })
    .sort((a, b) => a.deviance - b.deviance);
  const trials = starts
    .slice(0, tried)
    .map(({ p }) => levenbergMarquardt(problem, p, { ...tolerances, maxIterations: trialSteps }));
  const best = trials.reduce((one, other) => (other.sumOfSquares < one.sumOfSquares ? other : one));
  return best.stopped === "limit" ? levenbergMarquardt(problem, best.parameters, tolerances) : best;
}

/** From the expected information `Σ dt·(∂rate)(∂rate)ᵀ / rate` of the parameters that are not on a bound. */
function standardErrorsOf(
  form: RateForm,
  p: readonly number[],
  { drives, frameSeconds }: DriveAndSpikes,
  atBound: Int8Array,
): Float64Array {
  const free = Array.from(p.keys()).filter((i) => atBound[i] === 0);
  const n = free.length;
  const information = new Float64Array(n * n);
  const slopes = new Float64Array(p.length);
  for (const z of drives[0]) {
    const rate = form.derivatives(p, z, slopes);
    if (!(rate > 0)) continue;
    for (let a = 0; a < n; a++)
      for (let b = 0; b < n; b++) information[a * n + b] += (frameSeconds * slopes[free[a]] * slopes[free[b]]) / rate;
  }
  const errors = new Float64Array(p.length).fill(Number.NaN);
  rootsOfInverse(information, n).forEach((error, a) => {
    errors[free[a]] = error;
  });
  return errors;
}

/** The square roots of the diagonal of an information's inverse; NaN where it is not positive definite. */
function rootsOfInverse(information: Float64Array, n: number): Float64Array {
  const scales = Float64Array.from({ length: n }, (_, a) => Math.sqrt(information[a * n + a]));
  const unknown = new Float64Array(n).fill(Number.NaN);
  const scaled = information.map((value, i) => value / scales[Math.floor(i / n)] / scales[i % n]);
  const factor = scaled.every(Number.isFinite) ? cholesky(scaled, n) : undefined;
  if (factor === undefined) return unknown;
  const covariance = choleskyInverse(factor);
  return scales.map((scale, a) => Math.sqrt(covariance[a * n + a]) / scale);
}

function warningsOf(form: RateForm, p: readonly number[], errors: Float64Array, found: LeastSquaresFit): string[] {
  const warnings: string[] = [];
  if (found.stopped === "limit") warnings.push(`the search did not converge in ${found.iterations} steps`);
  form.names.forEach((name, i) => {
    if (found.atBound[i] !== 0) warnings.push(`${name} ended on its bound, ${p[i].toPrecision(2)}`);
    else if (Number.isNaN(errors[i])) warnings.push(`${name} is not determined by the data`);
    else if (name !== "c" && errors[i] > 3 * Math.abs(p[i]))
      warnings.push(`${name} is hardly determined: its standard error is more than three times its value`);
    if (name === "p" && p[i] <= 1) warnings.push("p is not above 1: the rate has an edge at c, its errors are rough");
  });
  return warnings;
}
