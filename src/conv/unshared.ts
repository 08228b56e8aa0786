import type { Tensor } from "../tensor/tensor.js";
import type { Geometry } from "./geometry.js";
import type { ConvOptions, GeometryOptions } from "./options.js";
import { type PlacedLayer, placedConv, placedInputGradient, placedKernelGradient } from "./unshared-doors.js";
import { unsharedGeometry, unsharedSharing } from "./unshared-shapes.js";
import { unsharedInputSums, unsharedSums, unsharedWeightSums } from "./unshared-sums.js";

const layer: PlacedLayer<{ readonly g: Geometry }> = {
  weights: "weights",
  plan: (...shapes) => ({ g: unsharedGeometry(...shapes) }),
  run: {
    forward: ({ g }, V, W, Z) => unsharedSums(g, unsharedSharing(g), V, W, Z),
    kernelGradient: ({ g }, G, V, dW) => unsharedWeightSums(g, unsharedSharing(g), G, V, dW),
    inputGradient: ({ g }, W, G, dV) => unsharedInputSums(g, unsharedSharing(g), W, G, dV),
  },
};

/** The options of `unsharedConv`: those of `conv`, but that there is one way to compute it. */
export type UnsharedConvOptions = Omit<ConvOptions, "algorithm" | "into">;

/**
 * An unshared convolution (a locally connected layer): windows as in `conv`, but each place has weights of its own.
 *
 * `Z(i, j, k) = Σ V(l, j·s + m·d - before, k·s + n·d - before) W(i, j, k, l, m, n)` over l, m, n (the chapter counts from 1
 * and has a stride of 1), and likewise in one and three dimensions. Sums are in float64, rounded once.
 *
 * @param input V, `[batch, channels, ...space]` or without batch, 1 to 3 space dimensions
 * @param weights W, `[outChannels, ...outSpace, channels / groups, ...kernelSpace]`, of the places that the options give
 * @param options those of `conv` but for `algorithm`; the chapter's bias is one a place, `[outChannels, ...outSpace]`
 * @returns Z, `[batch, outChannels, ...outSpace]`, without batch where the input has none, of the input's type
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.9
 */
export function unsharedConv(input: Tensor, weights: Tensor, options: UnsharedConvOptions = {}): Tensor {
  return placedConv("unsharedConv", layer, input, weights, options);
}

/** The options of the gradient with respect to the weights. */
export interface UnsharedKernelGradientOptions extends GeometryOptions {
  /** `[outChannels, ...outSpace, channels / groups, ...kernelSpace]` */
  readonly kernelShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the weights of `unsharedConv`, under the same options: its exact adjoint in them.
 *
 * `dW(i, j, k, l, m, n) = Σ G(i, j, k) V(l, j·s + m·d - before, k·s + n·d - before)` over images.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, `[batch, channels, ...space]` or without batch
 * @returns the gradient, of shape `kernelShape`; 0 where `connections` masks a weight
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.9
 */
export function unsharedConvKernelGradient(
  outputGradient: Tensor,
  input: Tensor,
  options: UnsharedKernelGradientOptions,
): Tensor {
  return placedKernelGradient("unsharedConvKernelGradient", layer, outputGradient, input, options);
}

/** The options of the gradient with respect to the input. */
export interface UnsharedInputGradientOptions extends GeometryOptions {
  /** `[batch, channels, ...space]`, or without batch: several sizes of input share one size of output */
  readonly inputShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the input of `unsharedConv`, under the same options: its exact adjoint in the input.
 *
 * `dV(l, a, b) = Σ W(i, j, k, l, m, n) G(i, j, k)` over all i, j, k, m, n whose window reads the cell (a, b); 0 for a cell
 * that no window touches.
 *
 * @param weights W, `[outChannels, ...outSpace, channels / groups, ...kernelSpace]`
 * @param outputGradient G, of the output's shape
 * @returns the gradient, of shape `inputShape`
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.9
 */
export function unsharedConvInputGradient(
  weights: Tensor,
  outputGradient: Tensor,
  options: UnsharedInputGradientOptions,
): Tensor {
  return placedInputGradient("unsharedConvInputGradient", layer, weights, outputGradient, options);
}
