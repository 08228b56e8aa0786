import { type Cholesky, cholesky, choleskySolve } from "../../math/cholesky.js";
import { lowerInverse } from "../../math/lower-inverse.js";
import { matrixProduct, timesVector, transposed } from "../../math/matrix-product.js";
import { dot } from "../../math/vectors.js";
import { type EvidenceScore, heldOutError, logEvidenceOf, type Posterior, type Score } from "./evidence.js";
import type { Fold, LinearMoments } from "./moments.js";

/*
 * The linear-Gaussian model with a prior by its factor: w = A·v, v_j ~ N(0, σ²) each alone. The gradients are with respect to
 * every entry of A, so that any parameters of a prior follow by the chain rule.
 */

interface Solution {
  /** [n, m], G·A */
  readonly GA: Float64Array;
  /** of `M = I + Aᵀ·G·A` */
  readonly factor: Cholesky;
  /** [m], M⁻¹·Aᵀ·r */
  readonly v: Float64Array;
  /** [n], A·v */
  readonly w: Float64Array;
}

function solved({ n, gram, cross }: LinearMoments, A: Float64Array): Solution | undefined {
  const m = A.length / n;
  const GA = matrixProduct(gram, A, { rows: n, depth: n, columns: m });
  const T = transposed(A, n, m);
  const M = matrixProduct(T, GA, { rows: m, depth: n, columns: m });
  for (let i = 0; i < m; i++) M[i * m + i]! += 1;
  if (!M.every(Number.isFinite)) return undefined;
  const factor = cholesky(M, m);
  if (factor === undefined) return undefined;
  const v = choleskySolve(factor, timesVector(T, cross));
  return { GA, factor, v, w: timesVector(A, v) };
}

/** M⁻¹, by the product of its factor's inverse with itself, which outruns the inverse row by row. */
function inverseOf({ factor, n }: Cholesky): Float64Array {
  const X = lowerInverse(factor, n);
  return matrixProduct(transposed(X, n, n), X, { rows: n, depth: n, columns: n });
}

/** Adds `scale·a·bᵀ` to a matrix. */
function addOuter(into: Float64Array, a: Float64Array, b: Float64Array, scale: number): void {
  const m = b.length;
  for (let i = 0; i < a.length; i++) for (let j = 0; j < m; j++) into[i * m + j]! += scale * a[i]! * b[j]!;
}

const unusable = { value: Number.NaN, gradient: new Float64Array(0), coefficients: new Float64Array(0) };

/** As `evidenceScore`, with the gradient by A: `G·A·M⁻¹ - (r - G·w)·vᵀ/σ²`. */
export function factorEvidence(moments: LinearMoments, A: Float64Array): EvidenceScore {
  const solution = solved(moments, A);
  if (solution === undefined) return unusable;
  const { GA, factor, v, w } = solution;
  const { n, cross, power, bins, gram } = moments;
  const left = power - dot(cross, w);
  const gradient = matrixProduct(GA, inverseOf(factor), { rows: n, depth: factor.n, columns: factor.n });
  const fitted = timesVector(gram, w);
  const rest = cross.map((value, i) => value - fitted[i]!);
  addOuter(gradient, rest, v, -(bins - 1) / left);
  return { value: 0.5 * ((bins - 1) * Math.log(left / power) + factor.logDeterminant), gradient, coefficients: w };
}

/** As `heldOutScore`, with the gradient by A: `(s - G·A·q)·vᵀ + (r - G·w)·qᵀ`, `q = M⁻¹·Aᵀ·s`, s the slope of the error by w. */
export function factorHeldOut(folds: readonly Fold[], A: Float64Array): Score {
  let [errors, power, bins] = [0, 0, 0];
  const gradient = new Float64Array(A.length);
  for (const { train, heldOut } of folds) {
    const solution = solved(train, A);
    if (solution === undefined) return unusable;
    const { GA, factor, v, w } = solution;
    const { error, slope } = heldOutError(heldOut, w);
    errors += error;
    power += heldOut.power;
    bins += heldOut.bins;
    const q = choleskySolve(factor, timesVector(transposed(A, train.n, v.length), slope));
    const back = timesVector(GA, q);
    const fitted = timesVector(train.gram, w);
    addOuter(
      gradient,
      slope.map((s, i) => s - back[i]!),
      v,
      1,
    );
    addOuter(
      gradient,
      train.cross.map((r, i) => r - fitted[i]!),
      q,
      1,
    );
  }
  return { value: 0.5 * bins * Math.log(errors / power), gradient: gradient.map((g) => (0.5 * bins * g) / errors) };
}

/** The posterior under a prior factor; its noise variance is the one of most evidence. */
export function factorPosterior(moments: LinearMoments, A: Float64Array): Posterior {
  const solution = solved(moments, A);
  if (solution === undefined) throw new Error("factorPosterior: the search ended at a prior that cannot be solved");
  const { factor, w } = solution;
  const { n, cross, power, bins } = moments;
  const noiseVariance = (power - dot(cross, w)) / (bins - 1);
  const X = lowerInverse(factor.factor, factor.n);
  return {
    coefficients: w,
    noiseVariance,
    logEvidence: logEvidenceOf(bins - 1, noiseVariance, factor.logDeterminant),
    logDeterminant: factor.logDeterminant,
    effectiveParameters: factor.n - dot(X, X),
    root: matrixProduct(X, transposed(A, n, factor.n), { rows: factor.n, depth: factor.n, columns: n }),
  };
}
