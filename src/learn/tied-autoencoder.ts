import type { GeometryOptions } from "../conv/options.js";
import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { convBackward, convForward, transposedBackward, transposedForward } from "./conv-layer.js";
import { activeShares, adaptThresholds, hardThresholdBackward, hardThresholdForward } from "./hard-threshold.js";
import { squaredError } from "./squared-error.js";
import type { Trainable } from "./train.js";
import { balanceKernels, normalizeKernels } from "./unit-norm.js";

/**
 * A convolutional autoencoder whose decoder has its encoder's kernels: `A = c(K, V)`, `H = A where |A| > θ_j, else 0`,
 * `R = h(K, H)`.
 */
export interface TiedAutoencoder {
  /** K, [kernels, channels, height, width] */
  readonly kernels: Tensor;
  /** θ, [kernels] */
  readonly thresholds: Float64Array;
  readonly geometry: GeometryOptions;
}

/** What the network makes of an input V, [batch, channels, height, width]. */
export interface Reconstruction {
  /** A, [batch, kernels, height, width] */
  readonly analysis: Tensor;
  /** H, of A's shape */
  readonly code: Tensor;
  /** R, of V's shape */
  readonly reconstruction: Tensor;
}

/** The forward pass: A, H and R. */
export function reconstruct(network: TiedAutoencoder, input: Tensor): Reconstruction {
  const { kernels, thresholds, geometry } = network;
  const analysis = convForward(kernels, input, geometry);
  const code = hardThresholdForward(analysis, thresholds);
  return { analysis, code, reconstruction: transposedForward(kernels, code, input.shape, geometry) };
}

/**
 * The backward pass: the gradient of a loss with respect to the kernels, given `∂R`.
 *
 * The decoder's part is `g(H, ∂R)`: for the squared error, codes held fixed, the kernels move along `g(H, V - R)`.
 * With `encoder` the encoder's part is added, `g(∂A, V)`, `∂A = c(K, ∂R) where |A| > θ_j, else 0`.
 */
export function reconstructBackward(
  network: TiedAutoencoder,
  input: Tensor,
  forward: Reconstruction,
  outputGradient: Tensor,
  encoder: boolean,
): Tensor {
  const { kernels, thresholds, geometry } = network;
  const decoded = transposedBackward(kernels, forward.code, outputGradient, geometry);
  if (!encoder) return decoded.kernels;
  const analysisGradient = hardThresholdBackward(decoded.code(), forward.analysis, thresholds);
  const encoded = convBackward(kernels, input, analysisGradient, geometry).kernels;
  const sum = zeros(kernels.shape, typeOf(kernels));
  for (let i = 0; i < sum.data.length; i++) sum.data[i] = decoded.kernels.data[i] + encoded.data[i];
  return sum;
}

/** How the autoencoder learns, apart from the optimiser. */
export interface TiedAutoencoderRule {
  /** the share of places at which each kernel is to be active */
  readonly targetActivity: number;
  /** how fast thresholds adapt, see `adaptThresholds` */
  readonly thresholdRate: number;
  /** whether the gradient also goes through the encoder */
  readonly encoderGradient: boolean;
  /** whether the mean is taken off each kernel after each step */
  readonly balanced: boolean;
}

/** The autoencoder as the training loop sees it: squared error, means of 0, unit norms, thresholds that adapt. The loss shown is the share unexplained. */
export function trainableAutoencoder(network: TiedAutoencoder, rule: TiedAutoencoderRule): Trainable<Tensor> {
  let shares: Float64Array = new Float64Array(network.thresholds.length);
  return {
    parameters: [network.kernels],
    evaluate: (input) => {
      const forward = reconstruct(network, input);
      const error = squaredError(forward.reconstruction, input);
      shares = activeShares(forward.code);
      const gradient = reconstructBackward(network, input, forward, error.gradient, rule.encoderGradient);
      return { loss: error.unexplained, gradients: [gradient] };
    },
    settle: () => {
      if (rule.balanced) balanceKernels(network.kernels);
      normalizeKernels(network.kernels);
      adaptThresholds(network.thresholds, shares, rule.targetActivity, rule.thresholdRate);
    },
  };
}
