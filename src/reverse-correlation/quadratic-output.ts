/** How a drive q becomes the expected spikes of a bin: `e^q` or `ln(1 + e^q)`. */
export type OutputNonlinearity = "exponential" | "softplus";

export const outputNonlinearities: readonly OutputNonlinearity[] = ["exponential", "softplus"];

/** Below this `ln(1 + e^q)` is `e^q` to the last bit but for what a logarithm of it would lose. */
const farBelow = -30;

/** Expected spikes at a drive. */
export function expectedAt(output: OutputNonlinearity, q: number): number {
  if (output === "exponential" || q < farBelow) return Math.exp(q);
  return q > 0 ? q + Math.log1p(Math.exp(-q)) : Math.log1p(Math.exp(q));
}

/** The drive at which so many spikes are expected, more than 0. */
export function driveFor(output: OutputNonlinearity, expected: number): number {
  if (output === "exponential") return Math.log(expected);
  return expected > 30 ? expected + Math.log1p(-Math.exp(-expected)) : Math.log(Math.expm1(expected));
}

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
