import type { SmoothFunction } from "../../math/l-bfgs.js";
import { symmetricEigen } from "../../math/symmetric-eigen.js";

/*
 * What is held of hyperparameters before the data: each is normal about a middle, and some differences of two about 0. A few
 * spikes then cannot drive them to where they mean nothing, such as a smoothness over a thousandth of a pixel.
 */
export interface Hyperprior {
  /** [p] */
  readonly middles: Float64Array;
  /** [p]; infinite where every value is as likely */
  readonly deviations: Float64Array;
  /** the difference of two parameters, of mean 0 and some deviation */
  readonly alike?: readonly { readonly pair: readonly [number, number]; readonly deviation: number }[];
}

/** A score to be minimised, minus log likelihood, with minus the log density of the hyperprior added. */
export function withHyperprior(score: SmoothFunction, { middles, deviations, alike = [] }: Hyperprior): SmoothFunction {
  return (parameters, gradient) => {
    let value = score(parameters, gradient);
    const add = (difference: number, deviation: number): number => {
      value += 0.5 * (difference / deviation) ** 2;
      return difference / deviation ** 2;
    };
    parameters.forEach((x, k) => {
      gradient[k]! += add(x - middles[k]!, deviations[k]!);
    });
    for (const { pair, deviation } of alike) {
      const slope = add(parameters[pair[0]]! - parameters[pair[1]]!, deviation);
      gradient[pair[0]]! += slope;
      gradient[pair[1]]! -= slope;
    }
    return value;
  };
}

const step = 1e-4;

/**
 * What the uncertainty of hyperparameters adds to that of the weights: rows whose squares sum to the diagonal of `J·C·Jᵀ`,
 * `J = ∂w/∂θ` and C the inverse of the score's Hessian, both by differences of what `at` gives. Along no direction do the
 * parameters count as less certain than the hyperprior has them; one of infinite deviation, than by a factor e.
 *
 * @param at the score's gradient [p] and the weights [n] at given parameters
 * @returns [p][n]
 * @see Kass & Steffey 1989, Approximate Bayesian inference in conditionally independent hierarchical models
 */
export function hyperparameterRows(
  at: (parameters: Float64Array) => { readonly gradient: Float64Array; readonly weights: Float64Array },
  parameters: Float64Array,
  { deviations }: Hyperprior,
): Float64Array[] {
  const p = parameters.length;
  const units = deviations.map((deviation) => (Number.isFinite(deviation) ? deviation : 1));
  const here = at(parameters);
  const moved = Array.from(units, (unit, k) => at(parameters.map((x, i) => (i === k ? x + step * unit : x))));
  const H = Float64Array.from({ length: p * p }, (_, cell) => {
    const [i, j] = [Math.floor(cell / p), cell % p];
    const slope = (a: number, b: number) => (units[b]! * (moved[a]!.gradient[b]! - here.gradient[b]!)) / step;
    return (slope(i, j) + slope(j, i)) / 2;
  });
  const { values, vectors } = symmetricEigen(H, p);
  return Array.from(values, (curvature, k) => {
    const scale = 1 / (step * Math.sqrt(Math.max(1, curvature)));
    const row = new Float64Array(here.weights.length);
    moved.forEach(({ weights }, i) => {
      const by = scale * vectors[k * p + i]!;
      for (let j = 0; j < row.length; j++) row[j]! += by * (weights[j]! - here.weights[j]!);
    });
    return row;
  });
}
