import { expectedAt, farBelow, type PoissonLink } from "./poisson-link.js";

/** How a drive q becomes the expected spikes of a bin: `e^q` or `ln(1 + e^q)`. */
export type OutputNonlinearity = PoissonLink;

/** `d ln λ / dq`: 1 of the exponential, less of the softplus. */
export function relativeSlope(output: OutputNonlinearity, q: number): number {
  if (output === "exponential" || q < farBelow) return 1;
  return 1 / (1 + Math.exp(-q)) / expectedAt(output, q);
}

/**
 * The Poisson loss `Σ λ(q_i) - n_i·ln λ(q_i)`, nats, and its slope by each drive.
 *
 * @param slopes [bins], filled with `λ'·(1 - n/λ)`
 */
export function poissonLoss(
  output: OutputNonlinearity,
  drives: Float64Array,
  counts: ArrayLike<number>,
  slopes: Float64Array,
): number {
  let loss = 0;
  for (let i = 0; i < drives.length; i++) {
    const q = drives[i];
    const n = counts[i];
    const lambda = expectedAt(output, q);
    const relative = relativeSlope(output, q);
    const logarithm = output === "exponential" || q < farBelow ? q : Math.log(lambda);
    loss += lambda - (n > 0 ? n * logarithm : 0);
    slopes[i] = relative * (lambda - n);
  }
  return loss;
}
