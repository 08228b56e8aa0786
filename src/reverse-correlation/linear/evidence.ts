import { cholesky } from "../../math/cholesky.js";
import { lowerInverse } from "../../math/lower-inverse.js";
import { dot } from "../../math/vectors.js";
import type { Fold, LinearMoments } from "./moments.js";

/*
 * The linear-Gaussian model y = w·z + b + noise with a prior w_j ~ N(0, σ²·q_j), each alone; b is free. Priors are measured in
 * units of the noise variance σ², which then has a closed form and needs no search.
 */

/** How well a prior does, and how that changes with each of its variances. */
export interface Score {
  /** to be minimised */
  readonly value: number;
  /** [n], ∂value/∂ln q_j */
  readonly gradient: Float64Array;
}

/** That of the evidence, from which the posterior mean comes at no further cost. */
export interface EvidenceScore extends Score {
  /** [n] */
  readonly coefficients: Float64Array;
}

/** The errors of predictions of held-out bins. */
export interface HeldOut {
  /** `Σ e²` */
  readonly errors: number;
  /** `Σ (y - ȳ)²`, ȳ the mean of the other folds */
  readonly power: number;
  readonly bins: number;
}

/** The posterior under a prior. */
export interface Posterior {
  /** [n], its mean */
  readonly coefficients: Float64Array;
  readonly noiseVariance: number;
  readonly logEvidence: number;
  /** `ln |M|` */
  readonly logDeterminant: number;
  /** `Σ (1 - posterior variance / prior variance)`: how many numbers the data decide */
  readonly effectiveParameters: number;
  /** [rows, n]; the posterior covariance is σ² times the transpose of this times this */
  readonly root: Float64Array;
}

const unusable = { value: Number.NaN, gradient: new Float64Array(0), coefficients: new Float64Array(0) };

/** `M = I + D·G·D`, `D = √q`, and `u = M⁻¹·D·r`; undefined where M is not positive definite to rounding. */
function solved({ n, gram, cross }: LinearMoments, ratios: Float64Array) {
  const D = ratios.map(Math.sqrt);
  const M = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const d = D[i]!;
    for (let j = 0; j <= i; j++) M[i * n + j] = d * gram[i * n + j]! * D[j]!;
    M[i * n + i]! += 1;
  }
  if (!M.every(Number.isFinite)) return undefined;
  const L = cholesky(M, n);
  if (L === undefined) return undefined;
  const X = lowerInverse(L.factor, n);
  const u = timesTransposed(
    X,
    timesLower(
      X,
      cross.map((value, j) => value * D[j]!),
    ),
  );
  return { D, X, u, logDeterminant: L.logDeterminant };
}

function timesLower(X: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  return v.map((_, i) => {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += X[i * n + j]! * v[j]!;
    return sum;
  });
}

function timesTransposed(X: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const out = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) out[j]! += X[i * n + j]! * v[i]!;
  return out;
}

/** The diagonal of M⁻¹ = Xᵀ·X. */
function inverseDiagonal(X: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) diagonal[j]! += X[i * n + j]! ** 2;
  return diagonal;
}

/**
 * Minus the log evidence but for a constant, `½·(ν·ln(E/Σy²) + ln |M|)`, with `E = Σy² - r·w` and ν = bins - 1, since b takes one.
 * The noise variance at its best is E/ν.
 *
 * @param ratios [n], q_j
 * @see MacKay 1992, Bayesian interpolation
 */
export function evidenceScore(moments: LinearMoments, ratios: Float64Array): EvidenceScore {
  const solution = solved(moments, ratios);
  if (solution === undefined) return unusable;
  const { D, X, u, logDeterminant } = solution;
  const freedom = moments.bins - 1;
  const coefficients = u.map((value, j) => value * D[j]!);
  const left = moments.power - dot(moments.cross, coefficients);
  const gradient = inverseDiagonal(X, moments.n).map((m, j) => 0.5 * (1 - m - (u[j]! ** 2 * freedom) / left));
  return { value: 0.5 * (freedom * Math.log(left / moments.power) + logDeterminant), gradient, coefficients };
}

/** `½·N·ln(Σ e²/Σ y²)` over the held-out bins of every fold, e the error of the prediction by the other folds. */
export function heldOutScore(folds: readonly Fold[], ratios: Float64Array): Score {
  let [errors, power, bins] = [0, 0, 0];
  const gradient = new Float64Array(ratios.length);
  for (const { train, heldOut } of folds) {
    const solution = solved(train, ratios);
    if (solution === undefined) return unusable;
    const { D, X, u } = solution;
    const { error, slope } = heldOutError(
      heldOut,
      u.map((value, j) => value * D[j]!),
    );
    errors += error;
    power += heldOut.power;
    bins += heldOut.bins;
    // w = D·M⁻¹·D·r, so that dw = D·M⁻¹·D⁻¹·d(ln q)·w, since P = D·M⁻¹·D = (Q⁻¹ + G)⁻¹ and dP = P·Q⁻¹·d(ln q)·P.
    const back = timesTransposed(
      X,
      timesLower(
        X,
        slope.map((value, j) => value * D[j]!),
      ),
    );
    for (let j = 0; j < gradient.length; j++) gradient[j]! += back[j]! * u[j]!;
  }
  return { value: 0.5 * bins * Math.log(errors / power), gradient: gradient.map((g) => (0.5 * bins * g) / errors) };
}

/** `Σ e²` over held-out bins for weights w, and its gradient `2·(G·w - r)`. */
export function heldOutError(heldOut: LinearMoments, w: Float64Array) {
  const { n, gram, cross, power } = heldOut;
  const slope = new Float64Array(n);
  let error = power;
  for (let i = 0; i < n; i++) {
    const explained = dot(gram.subarray(i * n, (i + 1) * n), w);
    error += w[i]! * (explained - 2 * cross[i]!);
    slope[i] = 2 * (explained - cross[i]!);
  }
  return { error, slope };
}

/** The errors in all folds, each predicted by the weights found in the others. */
export function heldOutErrors(
  folds: readonly Fold[],
  weightsOf: (train: LinearMoments, fold: number) => Float64Array,
): HeldOut | undefined {
  if (folds.length === 0) return undefined;
  let [errors, power, bins] = [0, 0, 0];
  folds.forEach(({ train, heldOut }, fold) => {
    errors += heldOutError(heldOut, weightsOf(train, fold)).error;
    power += heldOut.power;
    bins += heldOut.bins;
  });
  return { errors, power, bins };
}

/** The posterior under a prior; its noise variance is the one of most evidence. */
export function posteriorOf(moments: LinearMoments, ratios: Float64Array): Posterior {
  const solution = solved(moments, ratios);
  if (solution === undefined) throw new Error("posteriorOf: the search ended at a prior that cannot be solved");
  const { n, cross, power, bins } = moments;
  const { D, X, u, logDeterminant } = solution;
  const coefficients = u.map((value, j) => value * D[j]!);
  const noiseVariance = (power - dot(cross, coefficients)) / (bins - 1);
  const freed = inverseDiagonal(X, n).reduce((sum, m) => sum + 1 - m, 0);
  for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) X[i * n + j]! *= D[j]!;
  return {
    coefficients,
    noiseVariance,
    logEvidence: logEvidenceOf(bins - 1, noiseVariance, logDeterminant),
    logDeterminant,
    effectiveParameters: freed,
    root: X,
  };
}

/** `-½·(ν·ln 2πσ² + ν + ln |M|)` at the best σ². */
export function logEvidenceOf(freedom: number, noiseVariance: number, logDeterminant: number): number {
  return -0.5 * (freedom * (Math.log(2 * Math.PI * noiseVariance) + 1) + logDeterminant);
}
