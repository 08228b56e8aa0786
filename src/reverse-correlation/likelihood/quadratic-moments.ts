import { symmetricEigen } from "../../math/symmetric-eigen.js";
import { dot } from "../../math/vectors.js";
import type { Moments } from "../subspaces/stc-moments.js";
import type { WhiteQuadratic } from "./quadratic-likelihood.js";

/**
 * The drive of an exponential model that maximises the expected log-likelihood for Gaussian stimuli, in closed form.
 *
 * In white coordinates, with the spikes' mean μ and covariance Λ, the full optimum is `C = I - Λ⁻¹`, `b = Λ⁻¹·μ`; here C keeps
 * the `rank` eigenvectors whose variance tells most, `½·(v - 1 - ln v)`, and then `b = (I - C)·μ` and
 * `a = ln λ̄ + ½·ln det(I - C) - ½·b·μ`.
 *
 * @param meanCount λ̄, spikes a bin
 * @see Park & Pillow 2011, NIPS 24:1692
 */
export function expectedOptimum({ mean, covariance }: Moments, meanCount: number, rank: number): WhiteQuadratic {
  const P = mean.length;
  const { values, vectors } = symmetricEigen(covariance, P);
  const tells = values.map((v) => v - 1 - Math.log(v));
  const chosen = Array.from(values.keys())
    .sort((i, j) => tells[j] - tells[i])
    .slice(0, rank);
  const linear = mean.slice();
  let logDeterminant = 0;
  const squared = chosen.map((i) => {
    const v = vectors.subarray(i * P, (i + 1) * P);
    const c = 1 - 1 / values[i];
    const along = dot(v, mean);
    for (let j = 0; j < P; j++) linear[j] -= c * along * v[j];
    logDeterminant += Math.log(1 - c);
    return v.map((x) => x * Math.sqrt(Math.abs(c)));
  });
  const constant = Math.log(meanCount) + 0.5 * logDeterminant - 0.5 * dot(linear, mean);
  return { constant, linear, squared, signs: chosen.map((i) => (values[i] > 1 ? 1 : -1)) };
}
