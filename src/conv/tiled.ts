import type { Tensor } from "../tensor/tensor.js";
import type { GeometryOptions } from "./options.js";
import { type Tiling, tilingOf } from "./tiled-kernels.js";
import { runTiledConv, runTiledInputGradient, runTiledKernelGradient } from "./tiled-run.js";
import { type PlacedLayer, placedConv, placedInputGradient, placedKernelGradient } from "./unshared-doors.js";

const layer: PlacedLayer<Tiling> = {
  weights: "kernels",
  plan: tilingOf,
  run: {
    forward: runTiledConv,
    kernelGradient: runTiledKernelGradient,
    inputGradient: runTiledInputGradient,
  },
};

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
  return placedConv("tiledConv", layer, input, kernels, options);
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
  return placedKernelGradient("tiledConvKernelGradient", layer, outputGradient, input, options);
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
  return placedInputGradient("tiledConvInputGradient", layer, kernels, outputGradient, options);
}
