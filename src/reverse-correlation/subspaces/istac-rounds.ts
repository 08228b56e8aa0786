import { cholesky, choleskyInverse } from "../../math/cholesky.js";
import { type Minimum, minimise } from "../../math/l-bfgs.js";
import { matrixProduct, timesVector } from "../../math/matrix-product.js";
import { extremeEigen } from "../../math/symmetric-eigen.js";
import { dot, norm } from "../../math/vectors.js";
import { unitVector } from "./istac-spans.js";
import type { Moments } from "./stc-moments.js";
import { projectOut } from "./stc-rounds.js";

/*
 * In white coordinates all windows are N(0, I) and those of the spikes N(μ, Λ). A subspace with orthonormal rows B holds
 * D(B) = ½·[tr B(Λ + μμᵀ)Bᵀ - ln det BΛBᵀ - k] nats a spike. A further direction u across B adds
 * ½·[uᵀAu - 1 - ln uᵀSu], A = Λ + μμᵀ with B projected out, S = Λ - ΛBᵀ(BΛBᵀ)⁻¹BΛ, Schur's complement: both matrices can be
 * brought up to date direction by direction.
 */

/**
 * What is left of one ensemble of spikes after the directions found so far. In those both matrices are 1: they tell nothing
 * more, and since the gain is convex in the share that a direction has of them, no search is drawn there.
 */
export interface Rest {
  readonly P: number;
  /** [P, P], A, changed by `remove` */
  readonly second: Float64Array;
  /** [P, P], S, changed by `remove` */
  readonly conditional: Float64Array;
  /** [P], the mean with the found directions projected out */
  readonly mean: Float64Array;
}

export interface BestDirection {
  /** [P], unit norm */
  readonly direction: Float64Array;
  /** nats a spike that it adds */
  readonly gain: number;
  readonly converged: boolean;
}

/** The whole ensemble, nothing found yet. */
export function restOf({ mean, covariance }: Moments): Rest {
  const P = mean.length;
  const second = covariance.map((value, at) => value + mean[Math.floor(at / P)] * mean[at % P]);
  return { P, second, conditional: covariance.slice(), mean: mean.slice() };
}

/** Takes a unit direction off: what is left is measured given what it tells. */
export function remove({ P, second, conditional, mean }: Rest, u: Float64Array): void {
  projectOut(second, u);
  const Su = timesVector(conditional, u);
  const along = dot(Su, u);
  const inner = dot(mean, u);
  for (let i = 0; i < P; i++) {
    mean[i] -= inner * u[i];
    for (let j = 0; j < P; j++) {
      second[i * P + j] += u[i] * u[j];
      conditional[i * P + j] += u[i] * u[j] - (Su[i] * Su[j]) / along;
    }
  }
}

/** Nats a spike: far below what chance adds in any recording. */
const valueTolerance = 1e-9;

/**
 * The direction that adds the most information: by L-BFGS from the mean and from both ends of the spectrum of what is left,
 * of which each is a maximum where the others have nothing to tell.
 */
export function bestDirection(rest: Rest): BestDirection {
  const { P, conditional, mean } = rest;
  const ends = extremeEigen(conditional, P, { smallest: 1, largest: P > 1 ? 1 : 0 }).vectors;
  const starts = [ends.slice(0, P), ends.slice(-P)];
  if (norm(mean) > 1e-12) starts.push(mean.slice());
  let best: Minimum | undefined;
  for (const start of starts) {
    const found = minimise((u, gradient) => -directionGain(rest, u, gradient), start, { valueTolerance });
    if (best === undefined || found.value < best.value) best = found;
  }
  return { direction: unitVector(best!.x), gain: -best!.value, converged: best!.stopped !== "limit" };
}

/** What u adds, whatever its length; `gradient` is filled with that of its negative. */
export function directionGain({ P, second, conditional }: Rest, u: Float64Array, gradient: Float64Array): number {
  const [Au, Su, square] = [timesVector(second, u), timesVector(conditional, u), dot(u, u)];
  const [a, s] = [dot(Au, u), dot(Su, u)];
  for (let i = 0; i < P; i++) gradient[i] = -(Au[i] / square - (a / square ** 2) * u[i] - Su[i] / s + u[i] / square);
  return 0.5 * (a / square - 1 - Math.log(s / square));
}

/**
 * The information of the span of k rows, `½·[tr G⁻¹WAWᵀ - k - ln det WΛWᵀ + ln det G]`, `G = WWᵀ`, nats a spike: no change of
 * basis within the span changes it.
 *
 * @param W [k, P]
 * @param gradient filled with that of the negative: `-(G⁻¹WA - G⁻¹WAWᵀG⁻¹W - (WΛWᵀ)⁻¹WΛ + G⁻¹W)`
 * @returns -Infinity where the rows are dependent
 */
export function spanInformation(moments: Moments, W: Float64Array, k: number, gradient: Float64Array): number {
  const { mean, covariance } = moments;
  const P = mean.length;
  const row = (matrix: Float64Array, i: number) => matrix.subarray(i * P, (i + 1) * P);
  const WL = new Float64Array(k * P);
  for (let i = 0; i < k; i++) WL.set(timesVector(covariance, row(W, i)), i * P);
  const WA = WL.slice();
  for (let i = 0; i < k; i++) {
    const along = dot(row(W, i), mean);
    for (let j = 0; j < P; j++) WA[i * P + j] += along * mean[j];
  }
  const inner = (left: Float64Array) =>
    Float64Array.from({ length: k * k }, (_, at) => dot(row(left, Math.floor(at / k)), row(W, at % k)));
  const [G, S, A] = [cholesky(inner(W), k), cholesky(inner(WL), k), inner(WA)];
  if (G === undefined || S === undefined) return Number.NEGATIVE_INFINITY;
  const [Gi, Si] = [choleskyInverse(G), choleskyInverse(S)];
  const size = { rows: k, depth: k, columns: k };
  // GA = G⁻¹·WAWᵀ: its trace is the first term, and G⁻¹ - GA·G⁻¹ weighs the rows of W in the gradient
  const GA = matrixProduct(Gi, A, size);
  const ofW = matrixProduct(GA, Gi, size).map((value, at) => Gi[at] - value);
  let trace = 0;
  for (let i = 0; i < k; i++) trace += GA[i * k + i];
  gradient.fill(0);
  for (let i = 0; i < k; i++) {
    for (let m = 0; m < k; m++) {
      const [g, s, w] = [Gi[i * k + m], Si[i * k + m], ofW[i * k + m]];
      for (let j = 0; j < P; j++) gradient[i * P + j] -= g * WA[m * P + j] - s * WL[m * P + j] + w * W[m * P + j];
    }
  }
  return 0.5 * (trace - k - S.logDeterminant + G.logDeterminant);
}
