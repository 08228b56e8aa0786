import { type Cholesky, cholesky, choleskyInverse, choleskySolve } from "../../math/cholesky.js";
import { dot } from "../../math/vectors.js";
import { curvatureDiagonal, curvatureTimes, type Rows } from "./poisson-rows.js";

/** A quadratic term `½·θᵀ·P·θ` of an objective. */
export interface QuadraticPenalty {
  /** `P·v` */
  readonly times: (v: Float64Array) => Float64Array;
  /** adds P to a matrix [p, p] */
  readonly addTo: (H: Float64Array) => void;
  readonly diagonal: () => Float64Array;
}

/**
 * The share of a parameter's curvature that is its own, not the other parameters', below which it is not known: the sums of a
 * block of frames are float32, so that less is rounding.
 */
const identifiable = 1e-5;

/** A factored curvature, its parameters scaled so that the diagonal is 1. */
export interface FactoredCurvature {
  readonly solve: (b: Float64Array) => Float64Array;
  readonly inverse: () => Float64Array;
  readonly logDeterminant: number;
}

/** The factor of a curvature [p, p], or undefined where it does not determine every parameter. */
export function factorCurvature(H: Float64Array, p: number): FactoredCurvature | undefined {
  const scale = Float64Array.from({ length: p }, (_, i) => 1 / Math.sqrt(H[i * p + i]));
  if (!scale.every((s) => s > 0 && Number.isFinite(s))) return undefined;
  const scaled = H.map((value, at) => value * scale[Math.floor(at / p)] * scale[at % p]);
  const factor: Cholesky | undefined = cholesky(scaled, p);
  if (factor === undefined) return undefined;
  for (let i = 0; i < p; i++) if (factor.factor[i * p + i] ** 2 < identifiable) return undefined;
  return {
    solve: (b) =>
      choleskySolve(
        factor,
        b.map((value, i) => value * scale[i]),
      ).map((value, i) => value * scale[i]),
    inverse: () => choleskyInverse(factor).map((value, at) => value * scale[Math.floor(at / p)] * scale[at % p]),
    logDeterminant: factor.logDeterminant - 2 * scale.reduce((sum, s) => sum + Math.log(s), 0),
  };
}

const searchLimit = 400;

/**
 * A step d with `(XᵀWX + P)·d ≈ -g` by conjugate gradients, scaled by the diagonal, until the residual has fallen to `share`.
 *
 * @see Nocedal & Wright, Numerical Optimization, algorithms 5.3 and 7.1
 */
export function conjugateStep(
  rows: Rows,
  weights: Float64Array,
  penalty: QuadraticPenalty | undefined,
  gradient: Float64Array,
  share: number,
): Float64Array {
  const own = penalty?.diagonal();
  const scale = curvatureDiagonal(rows, weights).map((value, i) => 1 / (value + (own?.[i] ?? 0) || 1));
  const step = new Float64Array(gradient.length);
  const residual = gradient.map((g) => -g);
  let scaled = residual.map((r, i) => r * scale[i]);
  const direction = scaled.slice();
  let size = dot(residual, scaled);
  const goal = size * share ** 2;
  for (let k = 0; k < searchLimit && size > goal; k++) {
    const bent = curvatureTimes(rows, weights, direction);
    penalty?.times(direction).forEach((value, i) => {
      bent[i] += value;
    });
    const by = size / dot(direction, bent);
    // Where the curvature vanishes along the search no further step is known.
    if (!(by > 0 && Number.isFinite(by))) break;
    for (let i = 0; i < step.length; i++) {
      step[i] += by * direction[i];
      residual[i] -= by * bent[i];
    }
    scaled = residual.map((r, i) => r * scale[i]);
    const next = dot(residual, scaled);
    for (let i = 0; i < step.length; i++) direction[i] = scaled[i] + (next / size) * direction[i];
    size = next;
  }
  return step;
}

const sweepLimit = 500;

/**
 * The step d that makes `gᵀd + ½·dᵀHd + Σ l_i·|θ_i + d_i|` least, by coordinate descent.
 *
 * @see Friedman, Hastie & Tibshirani 2010
 */
export function lassoStep(
  H: Float64Array,
  gradient: Float64Array,
  theta: Float64Array,
  lasso: Float64Array,
): Float64Array {
  const p = theta.length;
  const step = new Float64Array(p);
  const slope = gradient.slice();
  for (let sweep = 0; sweep < sweepLimit; sweep++) {
    let [largest, all] = [0, 0];
    for (let i = 0; i < p; i++) {
      const bend = H[i * p + i];
      if (!(bend > 0)) continue;
      const free = theta[i] + step[i] - slope[i] / bend;
      const next = Math.sign(free) * Math.max(0, Math.abs(free) - lasso[i] / bend);
      const change = next - theta[i] - step[i];
      all = Math.max(all, bend * (next - theta[i]) ** 2);
      if (change === 0) continue;
      largest = Math.max(largest, bend * change ** 2);
      step[i] += change;
      for (let j = 0, at = i * p; j < p; j++) slope[j] += change * H[at + j];
    }
    if (largest <= 1e-14 * all || all === 0) break;
  }
  return step;
}
