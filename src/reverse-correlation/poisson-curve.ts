import { checkNumber } from "../tensor/arguments.js";
import { fillCubicSplines } from "./basis-functions.js";
import { binTerms, sumOfBins } from "./poisson-link.js";
import { maximisePoisson, type PoissonProblem, penalisedCurvature } from "./poisson-newton.js";
import type { Rows } from "./poisson-rows.js";
import { factorCurvature, type QuadraticPenalty } from "./poisson-steps.js";

/** Expected spikes as a function of a filter's drive: the exponential of a smooth cubic spline. */
export interface PoissonCurve {
  readonly kind: "poisson-curve";
  /** the least and the greatest drive seen; beyond them the curve stays at its ends */
  readonly low: number;
  readonly high: number;
  /** of the B-splines between them, in ln spikes a bin */
  readonly coefficients: Float64Array;
  /** `½·smooth·Σ (second differences of the coefficients)²`, by the evidence */
  readonly smooth: number;
  readonly converged: boolean;
  /** expected spikes a bin */
  readonly expected: (drive: number) => number;
  /** the posterior standard deviation of its logarithm, given the filter */
  readonly logError: (drive: number) => number;
}

const smoothnesses = [1000, 100, 10, 1, 0.1, 0.01];

/**
 * The curve of largest penalised likelihood for counts at drives; its smoothness is the one of largest evidence (Laplace).
 *
 * @param drive one a bin, not all equal
 * @param counts spikes, at least one
 * @param functions B-splines, at least 4
 * @see Eilers & Marx 1996
 */
export function poissonCurve(drive: Float64Array, counts: Uint32Array, functions: number): PoissonCurve {
  const low = drive.reduce((least, z) => Math.min(least, z), Number.POSITIVE_INFINITY);
  const high = drive.reduce((most, z) => Math.max(most, z), Number.NEGATIVE_INFINITY);
  const at = (z: number) => {
    const values = new Float64Array(functions);
    fillCubicSplines(Math.min(1, Math.max(0, (z - low) / (high - low))), functions, values);
    return values;
  };
  const rows = splineRows(drive, at, functions);
  const start = new Float64Array(functions).fill(Math.log(counts.reduce((sum, n) => sum + n, 0) / counts.length));
  // From the smoothest, nearly a straight line, each starting where the one before it ended.
  let from: Float64Array = start;
  const fits = smoothnesses.map((smooth) => {
    const fit = curveOf(rows, counts, smooth, from);
    if (fit.converged) from = fit.theta;
    return fit;
  });
  const best = fits.reduce((most, one) => (one.evidence > most.evidence ? one : most));
  const covariance = best.covariance;
  const inner = (z: number, of: (i: number) => number) => at(z).reduce((sum, b, i) => sum + b * of(i), 0);
  return {
    kind: "poisson-curve",
    low,
    high,
    coefficients: best.theta,
    smooth: best.smooth,
    converged: best.converged,
    expected: (z) => {
      checkNumber("expected", "drive", z);
      return Math.exp(inner(z, (i) => best.theta[i]));
    },
    logError: (z) => {
      checkNumber("logError", "drive", z);
      const b = at(z);
      return Math.sqrt(inner(z, (i) => b.reduce((sum, value, j) => sum + value * covariance[i * functions + j], 0)));
    },
  };
}

function splineRows(drive: Float64Array, at: (z: number) => Float64Array, functions: number): Rows {
  const all = new Float32Array(drive.length * functions);
  drive.forEach((z, t) => {
    all.set(at(z), t * functions);
  });
  const read = (start: number, count: number) => all.subarray(start * functions, (start + count) * functions);
  return { count: drive.length, columns: functions, held: true, read };
}

function curveOf(rows: Rows, counts: Uint32Array, smooth: number, start: Float64Array) {
  const p = rows.columns;
  const penalty = secondDifferences(p, smooth);
  const problem: PoissonProblem = { rows, counts, link: "exponential", penalty, maxIterations: 100, tolerance: 1e-5 };
  const { theta, eta, stopped } = maximisePoisson(problem, start);
  const H = penalisedCurvature(problem, binTerms("exponential", counts, eta, undefined).weights);
  const factor = factorCurvature(H, p);
  const converged = stopped === "step" && factor !== undefined;
  // P has rank p - 2 whatever the weight: of its determinant only the weight's power matters.
  const prior = (p - 2) * Math.log(smooth) - penalty.times(theta).reduce((sum, value, i) => sum + value * theta[i], 0);
  const evidence = converged
    ? sumOfBins("exponential", counts, eta, undefined) + 0.5 * (prior - factor.logDeterminant)
    : Number.NEGATIVE_INFINITY;
  return {
    theta,
    smooth,
    converged,
    evidence,
    covariance: factor?.inverse() ?? new Float64Array(p * p).fill(Number.NaN),
  };
}

/** `smooth·DᵀD` of the second differences D. */
function secondDifferences(p: number, smooth: number): QuadraticPenalty {
  const P = new Float64Array(p * p);
  const row = [1, -2, 1];
  for (let i = 0; i + 2 < p; i++)
    for (let a = 0; a < 3; a++) for (let b = 0; b < 3; b++) P[(i + a) * p + i + b] += smooth * row[a] * row[b];
  return {
    times: (v) => v.map((_, i) => v.reduce((sum, value, j) => sum + P[i * p + j] * value, 0)),
    addTo: (H) => {
      for (let i = 0; i < P.length; i++) H[i] += P[i];
    },
    diagonal: () => Float64Array.from({ length: p }, (_, i) => P[i * p + i]),
  };
}
