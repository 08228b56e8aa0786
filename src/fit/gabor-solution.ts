import type { Gabor } from "../math/gabor.js";
import type { LeastSquaresFit } from "../math/levenberg-marquardt.js";
import { inverseOfFree } from "../math/levenberg-marquardt-step.js";
import { parameterCount } from "./gabor-sums.js";

/** The Gabor of the parameters of gabor-sums.ts: `α = √(A² + B²)`, `φ = atan2(B, A)`, `B = C/f`. */
export function gaborOf(p: Float64Array, blob: boolean): Gabor {
  const frequency = blob ? 0 : Math.sqrt(p[4]);
  const odd = blob ? 0 : p[1] / frequency;
  return {
    amplitude: Math.hypot(p[0], odd),
    betaX: Math.exp(p[2]),
    betaY: Math.exp(p[3]),
    frequency,
    phase: Math.atan2(odd, p[0]),
    x0: p[5],
    y0: p[6],
    tau: p[7],
  };
}

/**
 * The standard errors of the Gabor's parameters, `√(σ²·T·(JᵀJ)⁻¹·Tᵀ)`, T the derivatives of (α, βx, βy, f, φ, x0, y0, τ) by
 * the fit's own parameters. NaN for a parameter that is held or on a bound, and for all where JᵀJ is singular.
 *
 * @param fit where it ended
 * @param variance σ²
 * @param held indices of further parameters that are not free
 */
export function standardErrorsOf(
  fit: LeastSquaresFit,
  blob: boolean,
  variance: number,
  held: readonly number[],
): Float64Array {
  const n = parameterCount;
  const free = Array.from({ length: n }, (_, i) => i).filter((i) => fit.atBound[i] === 0 && !held.includes(i));
  const inverse = inverseOfFree(fit.normal, n, free);
  const errors = new Float64Array(n).fill(NaN);
  if (!inverse) return errors;
  const transform = derivatives(fit.parameters, blob);
  for (let i = 0; i < n; i++) {
    const by = transform[i];
    if (!free.some((k) => by[k] !== 0)) continue;
    let sum = 0;
    for (const k of free) for (const l of free) sum += by[k] * inverse[k * n + l] * by[l];
    errors[i] = Math.sqrt(variance * sum);
  }
  // with the frequency held the phase still moves, the frequency does not
  if (!free.includes(4)) errors[3] = NaN;
  return errors;
}

/** [8][8], ∂(α, βx, βy, f, φ, x0, y0, τ) by [A, C, ln βx, ln βy, q, x0, y0, τ]. */
function derivatives(p: Float64Array, blob: boolean): readonly Float64Array[] {
  const rows = Array.from({ length: parameterCount }, () => new Float64Array(parameterCount));
  rows[1][2] = Math.exp(p[2]);
  rows[2][3] = Math.exp(p[3]);
  for (const i of [5, 6, 7]) rows[i][i] = 1;
  if (blob) {
    rows[0][0] = 1;
    return rows;
  }
  const f = Math.sqrt(p[4]);
  const odd = p[1] / f;
  const amplitude = Math.hypot(p[0], odd);
  const oddByQ = -odd / (2 * p[4]);
  rows[0].set([p[0] / amplitude, odd / amplitude / f, 0, 0, (odd / amplitude) * oddByQ]);
  rows[3][4] = 1 / (2 * f);
  const size = amplitude * amplitude;
  rows[4].set([-odd / size, p[0] / size / f, 0, 0, (p[0] / size) * oddByQ]);
  return rows;
}
