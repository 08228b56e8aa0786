import { checkOptions } from "../tensor/arguments.js";
import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkGradientShape, checkSameType, checkShapeOption } from "./arrays.js";
import { addBias, checkBias } from "./bias.js";
import { type GeometryOptions, geometryOptions } from "./options.js";
import { tilingOf } from "./tiled-kernels.js";
import { runTiledConv, runTiledInputGradient, runTiledKernelGradient } from "./tiled-run.js";

/** The options of `tiledConv`: those of `conv`, but that there is one way to compute it. */
export interface TiledConvOptions extends GeometryOptions {
  /**
   * added to the output: one a tile, `[outChannels, ...tile]`, which cycles as the kernels do; or as in `conv`,
   * `[outChannels]` or the output's shape without batch
   */
  readonly bias?: Tensor;
}

/**
 * A tiled convolution: windows as in `conv`, and kernels that cycle, `t` of them along each axis.
 *
 * `Z(i, j, k) = Σ V(l, j·s + m·d - before, k·s + n·d - before) K(i, l, m, n, j mod t, k mod t)` over l, m, n (the chapter
 * counts from 1, so its `j%t + 1` is this up to a cyclic relabelling), and likewise in one and three dimensions. `t = 1` is
 * `conv`, `t` = the output's width `unsharedConv`. float64 arrays and small calls are summed in float64 and rounded once, the
 * rest are packed float32 products, one a tile.
 *
 * @param input V, `[batch, channels, ...space]` or without batch, 1 to 3 space dimensions
 * @param kernels K, `[outChannels, channels / groups, ...kernelSpace, ...tile]`; tiles beyond the output's width wait unused
 * @param options those of `conv` but for `algorithm`; the chapter's bias is one a tile
 * @returns Z, `[batch, outChannels, ...outSpace]`, without batch where the input has none, of the input's type
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.10
 */
export function tiledConv(input: Tensor, kernels: Tensor, options: TiledConvOptions = {}): Tensor {
  const where = "tiledConv";
  checkOptions(where, options, [...geometryOptions, "bias"]);
  checkArray(where, "input", input);
  checkArray(where, "kernels", kernels);
  checkSameType(where, ["input", input], ["kernels", kernels]);
  const tiling = tilingOf(where, input.shape, ["kernels", kernels.shape], options);
  const { g, tile } = tiling;
  if (options.bias !== undefined) checkBias(where, options.bias, g, input, tile);
  const output = zeros(g.outputShape, typeOf(input));
  runTiledConv(tiling, input.data, kernels.data, output.data);
  if (options.bias !== undefined) addBias(g, options.bias, output.data);
  return output;
}

/** The options of the gradient with respect to the kernels. */
export interface TiledKernelGradientOptions extends GeometryOptions {
  /** `[outChannels, channels / groups, ...kernelSpace, ...tile]` */
  readonly kernelShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the kernels of `tiledConv`, under the same options: its exact adjoint in them.
 *
 * `dK(i, l, m, n, a, b) = Σ G(i, j, k) V(l, j·s + m·d - before, k·s + n·d - before)` over images and the places j, k with
 * `j mod t = a` and `k mod t = b`.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, `[batch, channels, ...space]` or without batch
 * @returns the gradient, of shape `kernelShape`; 0 for a tile that no place uses and where `connections` masks a kernel
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.10
 */
export function tiledConvKernelGradient(
  outputGradient: Tensor,
  input: Tensor,
  options: TiledKernelGradientOptions,
): Tensor {
  const where = "tiledConvKernelGradient";
  checkOptions(where, options, [...geometryOptions, "kernelShape"]);
  checkArray(where, "outputGradient", outputGradient);
  checkArray(where, "input", input);
  checkSameType(where, ["outputGradient", outputGradient], ["input", input]);
  const kernelShape: unknown = options?.kernelShape;
  checkShapeOption(where, "kernelShape", kernelShape);
  const tiling = tilingOf(where, input.shape, ["kernelShape", kernelShape], options);
  const { g } = tiling;
  checkGradientShape(where, outputGradient, g.outputShape, { input: g.inputShape, kernel: kernelShape });
  const gradient = zeros(kernelShape, typeOf(input));
  runTiledKernelGradient(tiling, outputGradient.data, input.data, gradient.data);
  return gradient;
}

/** The options of the gradient with respect to the input. */
export interface TiledInputGradientOptions extends GeometryOptions {
  /** `[batch, channels, ...space]`, or without batch: several sizes of input share one size of output */
  readonly inputShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the input of `tiledConv`, under the same options: its exact adjoint in the input.
 *
 * `dV(l, a, b) = Σ K(i, l, m, n, j mod t, k mod t) G(i, j, k)` over all i, j, k, m, n whose window reads the cell (a, b); 0
 * for a cell that no window touches.
 *
 * @param kernels K, `[outChannels, channels / groups, ...kernelSpace, ...tile]`
 * @param outputGradient G, of the output's shape
 * @returns the gradient, of shape `inputShape`
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: equation 9.10
 */
export function tiledConvInputGradient(
  kernels: Tensor,
  outputGradient: Tensor,
  options: TiledInputGradientOptions,
): Tensor {
  const where = "tiledConvInputGradient";
  checkOptions(where, options, [...geometryOptions, "inputShape"]);
  checkArray(where, "kernels", kernels);
  checkArray(where, "outputGradient", outputGradient);
  checkSameType(where, ["kernels", kernels], ["outputGradient", outputGradient]);
  const inputShape: unknown = options?.inputShape;
  checkShapeOption(where, "inputShape", inputShape);
  const tiling = tilingOf(where, inputShape, ["kernels", kernels.shape], options);
  const { g } = tiling;
  checkGradientShape(where, outputGradient, g.outputShape, { input: inputShape, kernel: kernels.shape });
  const gradient = zeros(inputShape, typeOf(kernels));
  runTiledInputGradient(tiling, kernels.data, outputGradient.data, gradient.data);
  return gradient;
}
