import { sizeOf, type Tensor, typeOf, zeros } from "../tensor/tensor.js";

/**
 * Keeps what is strong: `H = A where |A| > θ_j, else 0`, with one threshold a channel j.
 *
 * @param input A, [batch, channels, ...space]
 * @param thresholds θ, [channels]
 */
export function hardThresholdForward(input: Tensor, thresholds: Float64Array): Tensor {
  return masked(input, input, thresholds);
}

/** Its gradient, given that of its output: `∂A = ∂H where |A| > θ_j, else 0`, as it is almost everywhere. */
export function hardThresholdBackward(outputGradient: Tensor, input: Tensor, thresholds: Float64Array): Tensor {
  return masked(outputGradient, input, thresholds);
}

/** The values of `source` at the places where `gate` is beyond its channel's threshold. */
function masked(source: Tensor, gate: Tensor, thresholds: Float64Array): Tensor {
  const output = zeros(source.shape, typeOf(source));
  const channels = thresholds.length;
  const places = placesOf(gate);
  for (let at = 0, channel = 0; at < gate.data.length; channel = (channel + 1) % channels) {
    const threshold = thresholds[channel];
    for (const end = at + places; at < end; at++) {
      if (Math.abs(gate.data[at]) > threshold) output.data[at] = source.data[at];
    }
  }
  return output;
}

/** The share of all places, over the batch, where each channel of a code is not 0; [channels], 0 to 1. */
export function activeShares(code: Tensor): Float64Array {
  const [batch, channels] = code.shape;
  const places = placesOf(code);
  const shares = new Float64Array(channels);
  for (let at = 0, channel = 0; at < code.data.length; channel = (channel + 1) % channels) {
    for (const end = at + places; at < end; at++) if (code.data[at] !== 0) shares[channel]++;
  }
  return shares.map((count) => count / (batch * places));
}

/**
 * Thresholds that hold every channel at one activity: `θ_j ← θ_j (1 + rate (p_j - target) / target)`.
 * A channel that fires too often is made harder to wake; one that never fires comes down by `rate` a step, so none dies.
 *
 * @param shares p, the share of places where each channel was active
 */
export function adaptThresholds(thresholds: Float64Array, shares: Float64Array, target: number, rate: number): void {
  for (let j = 0; j < thresholds.length; j++) thresholds[j] *= 1 + (rate * (shares[j] - target)) / target;
}

/** The number of places of one channel of one example. */
function placesOf(code: Tensor): number {
  return sizeOf(code.shape.slice(2));
}
