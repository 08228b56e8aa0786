import { describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor } from "../tensor/tensor.js";
import { checkArray, checkSameType, sameShape } from "./arrays.js";
import { type PoolAxis, paddingPairs, perDimension, slidingAxis } from "./pool-axis.js";
import { checkPoolOptions, flagOption, type PoolOptions, type Rule, regionRule } from "./pool-options.js";
import { runPool, runPoolGradient } from "./pool-run.js";
import { weightSums } from "./pool-weighted.js";
import { checkOutputShape, checkPoolGradient, hasBatch, type Windows, windowsOf } from "./pool-windows.js";

const kinds = ["max", "average", "l2", "lp", "weighted"] as const;
const known = ["kind", "size", "stride", "padding", "dilation", "p", "weights", "ceil", "countPadding"] as const;

function sizesOf(where: string, size: unknown): number[] {
  const space = Array.isArray(size) ? size.length : 2;
  if (space < 1 || space > 3) refuse(where, `size has ${space} entries, 1 to 3 space dimensions are needed`);
  const sizes = perDimension(where, "size", size, space);
  if (sizeOf(sizes) > 2 ** 31)
    refuse(where, `size ${shapeText(sizes)} has ${sizeOf(sizes)} taps, at most ${2 ** 31} fit`);
  return sizes;
}

/** How many places a dimension has: with `ceil` also those of windows that run out of the padded input but begin in it. */
function placesOf(
  { input, stride, reach }: { readonly input: number; readonly stride: number; readonly reach: number },
  [before, after]: readonly [before: number, after: number],
  ceil: boolean,
): number {
  const strides = (before + input + after - reach - 1) / stride;
  if (!ceil) return Math.floor(strides) + 1;
  return Math.min(Math.ceil(strides) + 1, Math.ceil((before + input) / stride));
}

/** The windows over an input, with every shape and option of the geometry checked. */
function slidingWindows(where: string, inputShape: readonly number[], options: PoolOptions): Windows {
  const size = sizesOf(where, options.size);
  const space = size.length;
  const batched = hasBatch(where, inputShape, space, `a size of ${space} space dimensions`);
  const strides = perDimension(where, "stride", options.stride ?? size, space);
  const dilations = perDimension(where, "dilation", options.dilation ?? 1, space);
  const ceil = flagOption(where, "ceil", options.ceil);
  const lines = inputShape.slice(-space).map((input, axis) => {
    const [taps, step] = [size[axis]!, dilations[axis]!];
    return { input, taps, step, stride: strides[axis]!, reach: step * (taps - 1) };
  });
  const pairs = paddingPairs(where, options.padding ?? "valid", lines);
  const outputs = lines.map((line, axis) => {
    const places = placesOf(line, pairs[axis]!, ceil);
    const padded = line.input + pairs[axis]![0] + pairs[axis]![1];
    if (places < 1)
      refuse(where, `size spans ${line.reach + 1} cells along space axis ${axis}, the padded input has ${padded}`);
    return places;
  });
  const outputShape = [...inputShape.slice(0, batched ? 2 : 1), ...outputs];
  checkOutputShape(where, outputShape);
  const axes = lines.map((line, axis) => {
    const [before, after] = pairs[axis]!;
    return slidingAxis({ ...line, output: outputs[axis]!, before, after });
  });
  return windowsOf(axes, { inputShape, outputShape });
}

/** Throws if the average of a window would divide by no cells. */
function checkCells(where: string, axes: readonly PoolAxis[]): void {
  axes.forEach(({ count }, axis) => {
    const place = count.indexOf(0);
    if (place < 0) return;
    const at = `the window at place ${place} of space axis ${axis}`;
    refuse(where, `padding leaves ${at} no cell of the input, less padding or countPadding is needed`);
  });
}

/** The weight of each tap, in float64, from a tensor or a function of the distance from the window's centre. */
function tapWeights(where: string, { axes, space }: Windows, { weights }: PoolOptions, input: Tensor): Float64Array {
  const taps = axes.map((axis) => axis.taps);
  const size = taps.slice(3 - space);
  const values = new Float64Array(sizeOf(size));
  if (typeof weights === "function") {
    for (let tap = 0; tap < values.length; tap++) {
      const index = [Math.floor(tap / (taps[1]! * taps[2]!)), Math.floor(tap / taps[2]!) % taps[1]!, tap % taps[2]!];
      const offsets = index.map((t, axis) => (t - (taps[axis]! - 1) / 2) * axes[axis]!.step);
      values[tap] = weights(Math.hypot(...offsets));
    }
  } else {
    if (!isTensor(weights))
      refuse(where, `weights is ${describe(weights)}, a tensor of shape ${shapeText(size)} or a function is needed`);
    checkSameType(where, ["weights", weights], ["input", input]);
    if (!sameShape(weights.shape, size))
      refuse(where, `weights has shape ${shapeText(weights.shape)}, the size's shape ${shapeText(size)} is needed`);
    values.set(weights.data);
  }
  const wrong = values.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY));
  if (wrong >= 0) refuse(where, `weights[${wrong}] is ${values[wrong]}, finite numbers of at least 0 are needed`);
  return values;
}

/** Checks input and options; gives the windows and what is done in them. */
function prepare(where: string, input: Tensor, options: PoolOptions): { windows: Windows; rule: Rule } {
  checkPoolOptions(where, options, kinds, known);
  checkArray(where, "input", input);
  const windows = slidingWindows(where, input.shape, options);
  const { kind } = options;
  if (kind === "weighted") {
    const weights = tapWeights(where, windows, options, input);
    const countPadding = flagOption(where, "countPadding", options.countPadding);
    return { windows, rule: { kind, weights, sums: weightSums(where, windows, weights, countPadding) } };
  }
  const rule = regionRule(where, { ...options, kind });
  if (rule.kind === "average" && !rule.countPadding) checkCells(where, windows.axes.slice(3 - windows.space));
  return { windows, rule };
}

/**
 * Pooling: each place of the output is a summary of the cells in its window, for each channel by itself.
 *
 * Over the taps of the window at place (j, k), which lie in the input V:
 * - `max`: `Z = max V`, padded with minus infinity, which is also the output of a window that lies in the padding alone;
 * - `average`: `Z = Σ V / n`, n the number of real cells, with `countPadding` of declared padding too, never of what lies beyond;
 * - `l2`: `Z = √(Σ V²)` and `lp`: `Z = (Σ |V|^p)^(1/p)`, the root of the sum and not of the mean;
 * - `weighted`: `Z = Σ w V / Σ w`, the average weighted by the distance from the window's centre, in which a constant image
 *   keeps its value: the weights are divided by the sum of those that read real cells, with `countPadding` of those that read
 *   declared padding too.
 *
 * The number of places is `⌊(before + m + after - d·(k - 1) - 1) / s⌋ + 1`. `ceil` rounds up instead, so that a last window may
 * run beyond the padded input, and drops windows that would start beyond the input and its leading padding.
 *
 * @param input V, `[batch, channels, ...space]` or without batch, 1 to 3 space dimensions
 * @param options kind and geometry, see `PoolOptions`; an option that is not for the kind is refused
 * @returns Z, `[batch, channels, ...outSpace]`, without batch where the input has none, of the input's type; summed in float64
 * @throws InputError if shapes, types or options do not fit, a number is NaN or infinite, or an average has nothing to divide by
 * @see the chapter on convolutional networks, section on pooling
 */
export function pool(input: Tensor, options: PoolOptions): Tensor {
  const { windows, rule } = prepare("pool", input, options);
  return runPool(windows, rule, input);
}

/**
 * The gradient of a loss with respect to the input of `pool`, under the same options.
 *
 * Over the windows that the cell lies in: `max` gives G to the first cell, in row-major order, that holds the maximum, ties or
 * not; `average` `dV = Σ G / n`; `l2` `dV = V Σ G / Z`; `lp` `dV = Σ G (|V| / Z)^(p - 1) sign V`; `weighted` `dV = Σ w G / Σ w`.
 * Where the slope does not exist, `l2` and `lp` take 0: in a window of zeros, and for p = 1 at a zero.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, as given to `pool`
 * @param options as given to `pool`
 * @returns the gradient, of the input's shape and type; 0 for a cell in no window
 * @throws InputError if shapes, types or options do not fit, a number is NaN or infinite, or an average has nothing to divide by
 * @see the chapter on convolutional networks, section on pooling
 */
export function poolGradient(outputGradient: Tensor, input: Tensor, options: PoolOptions): Tensor {
  const { windows, rule } = prepare("poolGradient", input, options);
  checkPoolGradient("poolGradient", outputGradient, input, windows.outputShape);
  return runPoolGradient(windows, rule, outputGradient, input);
}
