/** Slices of a convolution: some of its images, groups or channels, as a smaller convolution with arrays of its own. */
import type { Tensor } from "../tensor/tensor.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";

type Numbers = Tensor["data"];

/** What a slice takes a range of; inputs and outputs are channels, and of a convolution with one group. */
export type SliceAxis = "images" | "groups" | "outputs" | "inputs";

/** Some images, groups or channels: `from` to `to`, the last not included. */
export interface Slice {
  readonly axis: SliceAxis;
  readonly from: number;
  readonly to: number;
}

/** Numbers of an array: `times` runs of `size`, `step` apart. */
export interface Span {
  readonly from: number;
  readonly size: number;
  readonly step: number;
  readonly times: number;
}

/** The numbers of a span. */
export const countOf = ({ size, times }: Span): number => size * times;

function rangesOf(g: Geometry, { axis, from, to }: Slice) {
  const cut = (of: SliceAxis, all: number) => (axis === of ? { from, count: to - from } : { from: 0, count: all });
  return {
    images: cut("images", g.batch),
    groups: cut("groups", g.groups),
    outputs: cut("outputs", g.outChannels),
    inputs: cut("inputs", g.inChannels),
  };
}

function connectionsOf(g: Geometry, slice: Slice): Uint8Array | undefined {
  const { connections, inChannels } = g;
  if (!connections || slice.axis === "images") return connections;
  const { outputs, inputs } = rangesOf(g, slice);
  const seen = new Uint8Array(outputs.count * inputs.count);
  for (let o = 0; o < outputs.count; o++) {
    const row = (outputs.from + o) * inChannels + inputs.from;
    seen.set(connections.subarray(row, row + inputs.count), o * inputs.count);
  }
  return seen;
}

/** The convolution of a slice. */
export function sliceGeometry(g: Geometry, slice: Slice): Geometry {
  const { images, groups, outputs, inputs } = rangesOf(g, slice);
  const space = g.kernelShape.slice(2);
  const batched = g.inputShape.length === space.length + 2;
  const shape = (channels: number, whole: readonly number[]) => [
    ...(batched ? [images.count] : []),
    channels,
    ...whole.slice(-space.length),
  ];
  return {
    ...g,
    batch: images.count,
    groups: groups.count,
    outChannels: outputs.count,
    inChannels: inputs.count,
    connections: connectionsOf(g, slice),
    inputShape: shape(groups.count * inputs.count, g.inputShape),
    kernelShape: [groups.count * outputs.count, inputs.count, ...space],
    outputShape: shape(groups.count * outputs.count, g.outputShape),
    whole: g.whole ?? g,
  };
}

/** Rows `[count, width]` of which some, and some of the columns, are taken. */
function span(width: number, rows: { from: number; count: number }, columns: { from: number; count: number }): Span {
  const from = rows.from * width + columns.from;
  return columns.count === width || rows.count === 1
    ? { from, size: rows.count * columns.count, step: 0, times: 1 }
    : { from, size: columns.count, step: width, times: rows.count };
}

const times = ({ from, count }: { from: number; count: number }, each: number) => ({
  from: from * each,
  count: count * each,
});

/** Where the numbers of a slice lie in A, B and the result of an operation. */
export function sliceSpans(operation: Operation, g: Geometry, slice: Slice): readonly [A: Span, B: Span, R: Span] {
  const { images, groups, outputs, inputs } = rangesOf(g, slice);
  const [I, O] = [g.inChannels, g.outChannels];
  const channels = (each: number, part: { from: number; count: number }) =>
    slice.axis === "groups" ? times(groups, each) : g.groups === 1 ? part : { from: 0, count: g.groups * each };
  const V = span(g.groups * I * g.cells, images, times(channels(I, inputs), g.cells));
  const Z = span(g.groups * O * g.places, images, times(channels(O, outputs), g.places));
  const K = span(I * g.taps, channels(O, outputs), times(inputs, g.taps));
  if (operation === "forward") return [V, K, Z];
  return operation === "kernelGradient" ? [Z, V, K] : [K, Z, V];
}

/** The numbers of a span one after the other: a view where they are so already. */
export function gathered<T extends Numbers>(data: T, { from, size, step, times }: Span): T {
  if (times === 1) return data.subarray(from, from + size) as T;
  const list = data.slice(0, size * times) as T;
  copyRuns(data, { from, size, step, times }, list, { from: 0, size, step: size, times });
  return list;
}

/** The numbers of a span as they lie one after the other from `at`. */
export const packed = ({ size, times }: Span, at: number): Span => ({ from: at, size, step: size, times });

/** Copies the numbers of a span of one array to a span of another, of runs as long and as many. */
export function copyRuns(from: Numbers, source: Span, to: Numbers, target: Span): void {
  const { size, times } = source;
  for (let i = 0; i < times; i++) {
    const first = source.from + i * source.step;
    to.set(from.subarray(first, first + size), target.from + i * target.step);
  }
}
