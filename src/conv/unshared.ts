import { checkOptions } from "../tensor/arguments.js";
import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkGradientShape, checkSameType, checkShapeOption } from "./arrays.js";
import { addBias, checkBias } from "./bias.js";
import { type ConvOptions, type GeometryOptions, geometryOptions } from "./options.js";
import { unsharedGeometry, unsharedSharing } from "./unshared-shapes.js";
import { unsharedInputSums, unsharedSums, unsharedWeightSums } from "./unshared-sums.js";

/** The options of `unsharedConv`: those of `conv`, but that there is one way to compute it. */
export type UnsharedConvOptions = Omit<ConvOptions, "algorithm">;

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
  const where = "unsharedConv";
  checkOptions(where, options, [...geometryOptions, "bias"]);
  checkArray(where, "input", input);
  checkArray(where, "weights", weights);
  checkSameType(where, ["input", input], ["weights", weights]);
  const g = unsharedGeometry(where, input.shape, ["weights", weights.shape], options);
  if (options.bias !== undefined) checkBias(where, options.bias, g, input);
  const output = zeros(g.outputShape, typeOf(input));
  unsharedSums(g, unsharedSharing(g), input.data, weights.data, output.data);
  if (options.bias !== undefined) addBias(g, options.bias, output.data);
  return output;
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
  const where = "unsharedConvKernelGradient";
  checkOptions(where, options, [...geometryOptions, "kernelShape"]);
  checkArray(where, "outputGradient", outputGradient);
  checkArray(where, "input", input);
  checkSameType(where, ["outputGradient", outputGradient], ["input", input]);
  const kernelShape: unknown = options?.kernelShape;
  checkShapeOption(where, "kernelShape", kernelShape);
  const g = unsharedGeometry(where, input.shape, ["kernelShape", kernelShape], options);
  checkGradientShape(where, outputGradient, g.outputShape, { input: g.inputShape, kernel: kernelShape });
  const gradient = zeros(kernelShape, typeOf(input));
  unsharedWeightSums(g, unsharedSharing(g), outputGradient.data, input.data, gradient.data);
  return gradient;
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
  const where = "unsharedConvInputGradient";
  checkOptions(where, options, [...geometryOptions, "inputShape"]);
  checkArray(where, "weights", weights);
  checkArray(where, "outputGradient", outputGradient);
  checkSameType(where, ["weights", weights], ["outputGradient", outputGradient]);
  const inputShape: unknown = options?.inputShape;
  checkShapeOption(where, "inputShape", inputShape);
  const g = unsharedGeometry(where, inputShape, ["weights", weights.shape], options);
  checkGradientShape(where, outputGradient, g.outputShape, { input: inputShape, kernel: weights.shape });
  const gradient = zeros(inputShape, typeOf(weights));
  unsharedInputSums(g, unsharedSharing(g), weights.data, outputGradient.data, gradient.data);
  return gradient;
}
