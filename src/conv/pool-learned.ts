import { checkChoice, checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkShapeOption, sameShape } from "./arrays.js";
import { identityAxis, type PoolAxis } from "./pool-axis.js";
import { checkPoolOptions, type RegionKind, type Rule, regionRule } from "./pool-options.js";
import type { Numbers } from "./pool-passes.js";
import { runPool, runPoolGradient } from "./pool-run.js";
import { checkOutputShape, checkPoolGradient, hasBatch, type Windows, windowsOf } from "./pool-windows.js";

/**
 * What lies in regions: `places`, alike for all channels, each pooled by itself; `channels`, alike for all places, each pooled
 * by itself; or `units`, each a channel at a place.
 */
export type PooledOver = "places" | "channels" | "units";

/** The values of `PooledOver`. */
export const overs: readonly PooledOver[] = ["places", "channels", "units"];

/** Regions of any form to pool over: those that `learnPoolingRegions` finds, or a record of one's own. */
export interface PoolingRegions {
  readonly kind: "pooling-regions";
  readonly over: PooledOver;
  /** how many space axes the input has, 0 to 3 */
  readonly space: number;
  /** of what lies in regions: `[...space]` of places, `[channels]`, or `[channels, ...space]` of units */
  readonly shape: readonly number[];
  /** how many regions there are; each has a member at least */
  readonly regions: number;
  /** the region of each place, channel or unit in row-major order, from 0; -1 for one in no region */
  readonly labels: ArrayLike<number>;
}

/** The options of `poolRegions` and of its gradient. */
export interface PoolRegionsOptions {
  readonly kind: RegionKind;
  /** `lp` only, and needed there: the power, at least 1 */
  readonly p?: number;
}

const kinds = ["max", "average", "l2", "lp"] as const;

/** How many members each region has. Throws unless the record holds together. */
function checkedSizes(where: string, regions: PoolingRegions): Int32Array {
  if (typeof regions !== "object" || regions === null || regions.kind !== "pooling-regions")
    refuse(where, `regions is ${describe(regions)}, a record of pooling regions is needed`);
  const { over, space, shape, labels } = regions;
  checkChoice(where, "regions.over", over, overs);
  checkInteger(where, "regions.space", space, over === "places" ? 1 : 0, 3);
  checkInteger(where, "regions.regions", regions.regions, 1);
  checkShapeOption(where, "regions.shape", shape);
  const axes = { places: space, channels: 1, units: space + 1 }[over];
  if (shape.length !== axes)
    refuse(where, `regions.shape is ${shapeText(shape)}, ${over} of ${space} space dimensions have ${axes} axes`);
  if (labels?.length !== sizeOf(shape))
    refuse(where, `regions.labels is ${describe(labels)}, one for each of ${sizeOf(shape)} ${over} is needed`);
  const sizes = new Int32Array(regions.regions);
  for (let i = 0; i < labels.length; i++) {
    checkInteger(where, `regions.labels[${i}]`, labels[i], -1, sizes.length - 1);
    if (labels[i]! >= 0) sizes[labels[i]!]!++;
  }
  const empty = sizes.indexOf(0);
  if (empty >= 0) refuse(where, `region ${empty} has no member, at least one is needed`);
  return sizes;
}

/** Regions laid side by side: once their members are brought together, they are windows of one dimension. */
function besides(sizes: Int32Array): PoolAxis {
  const first = new Int32Array(sizes.length);
  for (let region = 1; region < first.length; region++) first[region] = first[region - 1]! + sizes[region - 1]!;
  return {
    input: sizes.reduce((sum, size) => sum + size, 0),
    output: sizes.length,
    taps: sizes.reduce((most, size) => Math.max(most, size), 0),
    step: 1,
    first,
    count: sizes,
    firstTap: new Int32Array(sizes.length),
    declared: sizes,
  };
}

/** The members region by region, within a region in their order: the first of tied maxima stays the first. */
function membersOf({ labels }: PoolingRegions, { input, first }: PoolAxis): Int32Array {
  const members = new Int32Array(input);
  const next = first.slice();
  for (let i = 0; i < labels.length; i++) if (labels[i]! >= 0) members[next[labels[i]!]!++] = i;
  return members;
}

/** An input as `[outer, items, inner]`, of whose items some are brought together. */
interface Gathering {
  readonly outer: number;
  readonly items: number;
  readonly inner: number;
  readonly members: Int32Array;
}

interface Prepared {
  readonly gathering: Gathering;
  readonly windows: Windows;
  readonly rule: Rule;
}

function prepare(where: string, input: Tensor, regions: PoolingRegions, options: PoolRegionsOptions): Prepared {
  checkPoolOptions(where, options, kinds, ["kind", "p"]);
  checkArray(where, "input", input);
  const axis = besides(checkedSizes(where, regions));
  const { over, space, shape } = regions;
  const lead = hasBatch(where, input.shape, space, `regions of ${space} space dimensions`) ? 1 : 0;
  const [from, to] = [over === "places" ? lead + 1 : lead, over === "channels" ? lead + 1 : input.shape.length];
  if (!sameShape(input.shape.slice(from, to), shape))
    refuse(where, `input has shape ${shapeText(input.shape)}, the regions are of ${over} of shape ${shapeText(shape)}`);
  const [before, after] = [input.shape.slice(0, from), input.shape.slice(to)];
  const [outer, items, inner] = [before, shape, after].map(sizeOf) as [number, number, number];
  const outputShape = [...before, regions.regions, ...after];
  checkOutputShape(where, outputShape);
  return {
    gathering: { outer, items, inner, members: membersOf(regions, axis) },
    windows: windowsOf([axis, identityAxis(inner)], { inputShape: [...before, axis.input, ...after], outputShape }),
    rule: regionRule(where, options),
  };
}

/** Calls `row` with where each member's numbers lie in the input and among those brought together. */
function eachRow({ outer, items, inner, members }: Gathering, row: (at: number, together: number) => void): void {
  for (let o = 0, together = 0; o < outer; o++) {
    for (const member of members) {
      row((o * items + member) * inner, together);
      together += inner;
    }
  }
}

function gathered(gathering: Gathering, { inputShape }: Windows, input: Tensor): Tensor {
  const { inner } = gathering;
  const together = zeros(inputShape, typeOf(input));
  const [V, to]: [Numbers, Numbers] = [input.data, together.data];
  eachRow(gathering, (at, n) => {
    for (let i = 0; i < inner; i++) to[n + i] = V[at + i]!;
  });
  return together;
}

/**
 * Pooling over regions of any form, such as `learnPoolingRegions` finds: each number of the output is a summary of a region's
 * members.
 *
 * `Z(c, r) = max V(c, j)` over the places j of region r, for each channel c; of channels `Z(r, j) = max V(c, j)` over the
 * channels c of region r, for each place j; of units `Z(r) = max V(c, j)` over both; and likewise for the other kinds of `pool`.
 * A member of no region is not read.
 *
 * @param input V, `[batch, channels, ...space]` or without batch
 * @param regions over places, channels or units of the input's shape
 * @param options kind and power, see `PoolRegionsOptions`
 * @returns Z, `[batch, channels, regions]` over places, `[batch, regions, ...space]` over channels, `[batch, regions]` over
 * units, without batch where the input has none, of the input's type; summed in float64
 * @throws InputError if shapes, regions or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling: learned pooling structures
 */
export function poolRegions(input: Tensor, regions: PoolingRegions, options: PoolRegionsOptions): Tensor {
  const { gathering, windows, rule } = prepare("poolRegions", input, regions, options);
  return runPool(windows, rule, gathered(gathering, windows, input));
}

/**
 * The gradient of a loss with respect to the input of `poolRegions`, under the same regions and options. Of tied maxima the
 * first member in row-major order gets it; zeros as in `poolGradient`. The regions are taken as they are: a choice of clusters
 * has no slope.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, as given to `poolRegions`
 * @param regions as given to `poolRegions`
 * @param options as given to `poolRegions`
 * @returns the gradient, of the input's shape and type; 0 for a member of no region
 * @throws InputError if shapes, types, regions or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on pooling: learned pooling structures
 */
export function poolRegionsGradient(
  outputGradient: Tensor,
  input: Tensor,
  regions: PoolingRegions,
  options: PoolRegionsOptions,
): Tensor {
  const { gathering, windows, rule } = prepare("poolRegionsGradient", input, regions, options);
  checkPoolGradient("poolRegionsGradient", outputGradient, input, windows.outputShape);
  const together = runPoolGradient(windows, rule, outputGradient, gathered(gathering, windows, input)).data;
  const gradient = zeros(input.shape, typeOf(input));
  eachRow(gathering, (at, n) => {
    for (let i = 0; i < gathering.inner; i++) gradient.data[at + i] = together[n + i]!;
  });
  return gradient;
}
