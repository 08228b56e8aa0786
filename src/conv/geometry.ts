import { checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf } from "../tensor/tensor.js";
import { checkAxes, mostElements } from "./arrays.js";
import { type Axis, axesOf, unitAxis } from "./axis.js";
import type { GeometryOptions } from "./options.js";

/** What a convolution of these shapes and options reads and writes, in three space dimensions: fewer have unit axes in front. */
export interface Geometry {
  readonly batch: number;
  readonly groups: number;
  /** input channels of one group */
  readonly inChannels: number;
  /** output channels of one group */
  readonly outChannels: number;
  readonly axes: readonly [Axis, Axis, Axis];
  /** whether output `o` sees input `i`, at `[o·inputs + i]`; undefined: all do */
  readonly connections: Uint8Array | undefined;
  readonly inputShape: readonly number[];
  readonly kernelShape: readonly number[];
  readonly outputShape: readonly number[];
  /** cells, taps and places of one channel */
  readonly cells: number;
  readonly taps: number;
  readonly places: number;
  /** of a slice: the convolution that it is a part of, whose tiles it keeps */
  readonly whole?: Geometry;
}

function checkShapes(where: string, input: readonly number[], kernel: readonly number[]): number {
  checkAxes(where, "input", input);
  checkAxes(where, "kernel", kernel);
  const space = kernel.length - 2;
  if (space < 1 || space > 3)
    refuse(where, `kernel has shape ${shapeText(kernel)}, [outChannels, inChannels] and 1 to 3 space axes are needed`);
  if (input.length !== space + 1 && input.length !== space + 2) {
    refuse(
      where,
      `input has shape ${shapeText(input)}, a kernel of shape ${shapeText(kernel)} needs ${space + 1} axes, or ${space + 2} with batch`,
    );
  }
  return space;
}

function checkChannels(where: string, channels: number, kernel: readonly number[], groups: number): void {
  if (channels % groups !== 0) refuse(where, `input has ${channels} channels, ${groups} groups do not divide them`);
  if (kernel[0]! % groups !== 0)
    refuse(where, `kernel has ${kernel[0]} output channels, ${groups} groups do not divide them`);
  if (kernel[1] !== channels / groups) {
    const per = groups > 1 ? ` in ${groups} groups, which needs ${channels / groups}` : "";
    refuse(where, `kernel has ${kernel[1]} input channels, input has ${channels}${per}`);
  }
}

function connectionsOf(
  where: string,
  table: GeometryOptions["connections"],
  size: { outputs: number; inputs: number; groups: number },
): Uint8Array | undefined {
  if (table === undefined) return undefined;
  const { outputs, inputs, groups } = size;
  if (groups > 1) refuse(where, `connections are given with ${groups} groups, either one or the other is needed`);
  if (!Array.isArray(table)) refuse(where, `connections is ${describe(table)}, a list of ${outputs} rows is needed`);
  if (table.length !== outputs) refuse(where, `connections has ${table.length} rows, ${outputs} are needed`);
  const seen = new Uint8Array(outputs * inputs);
  for (const [o, row] of table.entries()) {
    if (!Array.isArray(row) || row.length !== inputs)
      refuse(where, `connections[${o}] is ${describe(row)}, a list of ${inputs} is needed`);
    for (const [i, sees] of row.entries()) {
      if (typeof sees !== "boolean")
        refuse(where, `connections[${o}][${i}] is ${describe(sees)}, true or false is needed`);
      seen[o * inputs + i] = sees ? 1 : 0;
    }
  }
  return seen;
}

/**
 * The geometry of a convolution, with every shape and option checked.
 *
 * @param where the public function that asks, for its errors
 * @param inputShape `[batch, channels, ...space]`, or without batch
 * @param kernelShape `[outChannels, inChannels / groups, ...kernelSpace]`
 * @throws InputError at the first shape or option that does not fit
 */
export function geometryOf(
  where: string,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: GeometryOptions,
): Geometry {
  const space = checkShapes(where, inputShape, kernelShape);
  const batched = inputShape.length === space + 2;
  const { groups = 1 } = options;
  checkInteger(where, "groups", groups, 1);
  const channels = inputShape[batched ? 1 : 0]!;
  checkChannels(where, channels, kernelShape, groups);
  const axes = axesOf(where, inputShape.slice(-space), kernelShape.slice(2), options);
  const [x = unitAxis, y = unitAxis, z = unitAxis] = [...axes].reverse();
  const outputSpace = axes.map((axis) => axis.output);
  const outputShape = [...(batched ? [inputShape[0]!] : []), kernelShape[0]!, ...outputSpace];
  if (sizeOf(outputShape) > mostElements)
    refuse(
      where,
      `the output's shape ${shapeText(outputShape)} has ${sizeOf(outputShape)} elements, at most ${mostElements} fit`,
    );
  return {
    batch: batched ? inputShape[0]! : 1,
    groups,
    inChannels: channels / groups,
    outChannels: kernelShape[0]! / groups,
    axes: [z, y, x],
    connections: connectionsOf(where, options.connections, { outputs: kernelShape[0]!, inputs: channels, groups }),
    inputShape,
    kernelShape,
    outputShape,
    cells: z.input * y.input * x.input,
    taps: z.kernel * y.kernel * x.kernel,
    places: z.output * y.output * x.output,
  };
}
