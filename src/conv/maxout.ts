import { checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { sizeOf, type Tensor } from "../tensor/tensor.js";
import { checkArray } from "./arrays.js";
import { identityAxis, slidingAxis } from "./pool-axis.js";
import { checkPoolOptions, type RegionKind, type Rule, regionRule } from "./pool-options.js";
import { runPool, runPoolGradient } from "./pool-run.js";
import { checkPoolGradient, hasBatch, type Windows, windowsOf } from "./pool-windows.js";

/** The options of `poolChannels` and of its gradient. */
export interface PoolChannelsOptions {
  readonly kind: RegionKind;
  /** how many channels are pooled to one */
  readonly size: number;
  /** channels between the first ones of neighbouring pools; default `size` */
  readonly stride?: number;
  /** channels between those of one pool; default 1 */
  readonly dilation?: number;
  /** `lp` only, and needed there: the power, at least 1 */
  readonly p?: number;
  /** how many space axes the input has, 0 to 3; default 2 */
  readonly space?: number;
}

const kinds = ["max", "average", "l2", "lp"] as const;
const known = ["kind", "size", "stride", "dilation", "p", "space"] as const;

function prepare(where: string, input: Tensor, options: PoolChannelsOptions): { windows: Windows; rule: Rule } {
  checkPoolOptions(where, options, kinds, known);
  checkArray(where, "input", input);
  const { size, stride = size, dilation = 1, space = 2 } = options;
  checkInteger(where, "size", size, 1);
  checkInteger(where, "stride", stride, 1);
  checkInteger(where, "dilation", dilation, 1);
  checkInteger(where, "space", space, 0, 3);
  const lead = hasBatch(where, input.shape, space, `space ${space}`) ? 1 : 0;
  const channels = input.shape[lead]!;
  const span = dilation * (size - 1) + 1;
  if (span > channels) refuse(where, `size spans ${span} channels, the input has ${channels}`);
  if ((channels - span) % stride !== 0)
    refuse(where, `pools of ${span} channels, one every ${stride}, do not end with the last of ${channels} channels`);
  const output = (channels - span) / stride + 1;
  const inputShape = input.shape;
  const outputShape = [...inputShape.slice(0, lead), output, ...inputShape.slice(lead + 1)];
  const across = slidingAxis({ input: channels, output, taps: size, stride, step: dilation, before: 0, after: 0 });
  const cells = sizeOf(inputShape.slice(lead + 1));
  return {
    windows: windowsOf([across, identityAxis(cells)], { inputShape, outputShape }),
    rule: regionRule(where, options),
  };
}

/**
 * Pooling over channels, at each place by itself: over the outputs of separately parametrised kernels. With `max` this is a
 * maxout unit, which can learn which transformations of the input not to see: the largest response of kernels that are rotated
 * versions of one feature does not change when the input rotates among these versions.
 *
 * `Z(i, j, k) = max_t V(i·s + t·d, j, k)`, t from 0 to `size - 1`, and likewise for the other kinds of `pool`. By default the
 * versions of a feature are neighbouring channels. Where the stack has them `C / size` channels apart instead, a `dilation` of
 * that many with `stride` 1 pools them.
 *
 * @param input V, `[batch, channels, ...space]` or without batch
 * @param options kind and channels, see `PoolChannelsOptions`; pools that leave channels over at the end are refused
 * @returns Z, `[batch, pools, ...space]`, without batch where the input has none, of the input's type
 * @throws InputError if shapes or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling; Goodfellow et al. 2013, "Maxout networks"
 */
export function poolChannels(input: Tensor, options: PoolChannelsOptions): Tensor {
  const { windows, rule } = prepare("poolChannels", input, options);
  return runPool(windows, rule, input);
}

/**
 * The gradient of a loss with respect to the input of `poolChannels`, under the same options; ties and zeros as in
 * `poolGradient`.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, as given to `poolChannels`
 * @param options as given to `poolChannels`
 * @returns the gradient, of the input's shape and type; 0 for a channel in no pool
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling; Goodfellow et al. 2013, "Maxout networks"
 */
export function poolChannelsGradient(outputGradient: Tensor, input: Tensor, options: PoolChannelsOptions): Tensor {
  const { windows, rule } = prepare("poolChannelsGradient", input, options);
  checkPoolGradient("poolChannelsGradient", outputGradient, input, windows.outputShape);
  return runPoolGradient(windows, rule, outputGradient, input);
}
