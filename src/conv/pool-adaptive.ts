import { refuse } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkArray } from "./arrays.js";
import { coveringAxis, perDimension } from "./pool-axis.js";
import { checkPoolOptions, type RegionKind, type Rule, regionRule } from "./pool-options.js";
import { runPool, runPoolGradient } from "./pool-run.js";
import { checkOutputShape, checkPoolGradient, hasBatch, type Windows, windowsOf } from "./pool-windows.js";

/** The options of `adaptivePool` and of its gradient. */
export interface AdaptivePoolOptions {
  readonly kind: RegionKind;
  /** regions along each dimension; a list says how many space dimensions there are, a number means two */
  readonly outputSize: number | readonly number[];
  /** `lp` only, and needed there: the power, at least 1 */
  readonly p?: number;
}

const kinds = ["max", "average", "l2", "lp"] as const;

function prepare(where: string, input: Tensor, options: AdaptivePoolOptions): { windows: Windows; rule: Rule } {
  checkPoolOptions(where, options, kinds, ["kind", "outputSize", "p"]);
  checkArray(where, "input", input);
  const { outputSize } = options;
  const space = Array.isArray(outputSize) ? outputSize.length : 2;
  if (space < 1 || space > 3) refuse(where, `outputSize has ${space} entries, 1 to 3 space dimensions are needed`);
  const outputs = perDimension(where, "outputSize", outputSize, space);
  const batched = hasBatch(where, input.shape, space, `an outputSize of ${space} space dimensions`);
  const outputShape = [...input.shape.slice(0, batched ? 2 : 1), ...outputs];
  checkOutputShape(where, outputShape);
  const axes = input.shape.slice(-space).map((cells, axis) => coveringAxis(cells, outputs[axis]!));
  return { windows: windowsOf(axes, { inputShape: input.shape, outputShape }), rule: regionRule(where, options) };
}

/**
 * Pooling to an output of a fixed size, whatever the input's: what lets one classifier take images of every size. An
 * `outputSize` of 2 gives one number for each quadrant.
 *
 * Along a dimension of m cells region j of n goes from cell `⌊j·m/n⌋` to before cell `⌈(j + 1)·m/n⌉`; in each, `Z` is as in
 * `pool`. Where n does not divide m, neighbours share the cell that their border cuts, so no cell is left out; where n is above
 * m, cells are repeated.
 *
 * @param input V, `[batch, channels, ...space]` or without batch, 1 to 3 space dimensions
 * @param options kind and output size, see `AdaptivePoolOptions`
 * @returns Z, `[batch, channels, ...outputSize]`, without batch where the input has none, of the input's type
 * @throws InputError if shapes or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling: inputs of varying size
 */
export function adaptivePool(input: Tensor, options: AdaptivePoolOptions): Tensor {
  const { windows, rule } = prepare("adaptivePool", input, options);
  return runPool(windows, rule, input);
}

/**
 * The gradient of a loss with respect to the input of `adaptivePool`, under the same options; ties and zeros as in
 * `poolGradient`.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, as given to `adaptivePool`
 * @param options as given to `adaptivePool`
 * @returns the gradient, of the input's shape and type
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling: inputs of varying size
 */
export function adaptivePoolGradient(outputGradient: Tensor, input: Tensor, options: AdaptivePoolOptions): Tensor {
  const { windows, rule } = prepare("adaptivePoolGradient", input, options);
  checkPoolGradient("adaptivePoolGradient", outputGradient, input, windows.outputShape);
  return runPoolGradient(windows, rule, outputGradient, input);
}
