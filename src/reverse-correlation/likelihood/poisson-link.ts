import { lnFactorial } from "../goodness/bits-per-spike.js";

/** What turns a model's linear sum η into the expected spikes of a bin; both are convex with a concave logarithm. */
export const poissonLinks = ["exponential", "softplus"] as const;
export type PoissonLink = (typeof poissonLinks)[number];

/** Below this the logarithm of `ln(1 + e^η) = e^η - e^2η/2 + …` is η itself, to the last bit. */
export const farBelow = -36;

/** The expected spikes of a bin: `e^η`, or `ln(1 + e^η)`. */
export function expectedAt(link: PoissonLink, eta: number): number {
  return link === "exponential" ? Math.exp(eta) : softplus(eta);
}

/** The η at which so many spikes are expected. */
export function etaOf(link: PoissonLink, expected: number): number {
  if (link === "exponential") return Math.log(expected);
  return expected > 30 ? expected + Math.log1p(-Math.exp(-expected)) : Math.log(Math.expm1(expected));
}

/** `ln(1 + e^η)`, without overflow. */
export function softplus(eta: number): number {
  return eta > 0 ? eta + Math.log1p(Math.exp(-eta)) : Math.log1p(Math.exp(eta));
}

/** The log-likelihood of one bin, `n·ln λ - λ`, without the `ln n!` that no parameter changes. */
function binValue(link: PoissonLink, n: number, eta: number): number {
  if (link === "exponential") return n * eta - Math.exp(eta);
  const expected = softplus(eta);
  if (n === 0) return -expected;
  return n * (eta < farBelow ? eta : Math.log(expected)) - expected;
}

/**
 * `Σ_t n·ln λ(η) - λ(η)`, without `ln n!`.
 *
 * @param mask one a bin: 0 leaves it out; undefined takes all
 */
export function sumOfBins(
  link: PoissonLink,
  counts: ArrayLike<number>,
  eta: Float64Array,
  mask: Uint8Array | undefined,
): number {
  let sum = 0;
  for (let t = 0; t < eta.length; t++)
    if (mask === undefined || mask[t] !== 0) sum += binValue(link, counts[t], eta[t]);
  return sum;
}

/** The slopes of the bins' log-likelihoods in η, and how they bend: `slope = n·λ'/λ - λ'`, `weight = λ'' - n·(ln λ)''`, at least 0. */
export interface BinTerms {
  readonly slopes: Float64Array;
  readonly weights: Float64Array;
}

/** The terms of every bin; 0 in bins that the mask leaves out. */
export function binTerms(
  link: PoissonLink,
  counts: ArrayLike<number>,
  eta: Float64Array,
  mask: Uint8Array | undefined,
): BinTerms {
  const slopes = new Float64Array(eta.length);
  const weights = new Float64Array(eta.length);
  for (let t = 0; t < eta.length; t++) {
    if (mask !== undefined && mask[t] === 0) continue;
    if (link === "exponential") {
      weights[t] = Math.exp(eta[t]);
      slopes[t] = counts[t] - weights[t];
      continue;
    }
    const share = 1 / (1 + Math.exp(-eta[t]));
    const rest = 1 / (1 + Math.exp(eta[t]));
    // λ'/λ tends to 1 far below 0, where both vanish.
    const ratio = eta[t] < farBelow ? 1 : share / softplus(eta[t]);
    slopes[t] = counts[t] * ratio - share;
    weights[t] = Math.max(0, share * rest + counts[t] * ratio * (ratio - rest));
  }
  return { slopes, weights };
}

/** `Σ_t ln n(t)!` over the bins that the mask takes. */
export function logFactorials(counts: ArrayLike<number>, mask?: Uint8Array): number {
  let sum = 0;
  for (let t = 0; t < counts.length; t++) {
    if (mask === undefined || mask[t] !== 0) sum += lnFactorial(counts[t]);
  }
  return sum;
}
