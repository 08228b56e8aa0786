import { checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText } from "../tensor/tensor.js";
import { type Axis, axesOf } from "./axis.js";
import type { ConvOptions } from "./options.js";

/** What of a layer decides which cells its units see: lists have one entry a space dimension. */
export interface FieldLayer extends Pick<ConvOptions, "stride" | "dilation" | "padding"> {
  /** taps along each space dimension, or a pooling layer's size */
  readonly kernel: readonly number[];
}

/** The field of view of a unit of the last layer in the input of the first, one entry a space dimension, in cells. */
export interface ReceptiveField {
  readonly kind: "receptive-field";
  /** cells from the first to the last that the unit sees */
  readonly size: readonly number[];
  /** cells between the fields of neighbouring units */
  readonly jump: readonly number[];
  /** the first cell of unit 0's field; negative where it begins in the padding */
  readonly offset: readonly number[];
  /** units of the last layer, where the input's size is given */
  readonly outputSpace?: readonly number[];
}

function checkLayer(where: string, layer: unknown, space: number | undefined): asserts layer is FieldLayer {
  if (typeof layer !== "object" || layer === null)
    refuse(where, `it is ${describe(layer)}, { kernel, stride?, dilation?, padding? } is needed`);
  checkOptions(where, layer, ["kernel", "stride", "dilation", "padding"]);
  const { kernel } = layer as FieldLayer;
  if (!Array.isArray(kernel) || kernel.length < 1 || kernel.length > 3)
    refuse(where, `kernel is ${describe(kernel)}, a list of 1 to 3 lengths is needed`);
  for (const [axis, taps] of kernel.entries()) checkInteger(where, `kernel[${axis}]`, taps, 1);
  if (space !== undefined && kernel.length !== space)
    refuse(where, `kernel has ${kernel.length} space dimensions, ${space} are needed as before`);
}

/** Cells of padding before an axis. With `same` they depend on the axis's length, if the stride is above 1. */
function paddingBefore(where: string, padding: FieldLayer["padding"], at: number, axis: Axis, known: boolean): number {
  const reach = Math.max(...axis.tapAt);
  if (padding === undefined || padding === "valid") return 0;
  if (padding === "full") return reach;
  if (typeof padding === "number") return padding;
  if (padding !== "same") return padding[at][0];
  if (axis.stride > 1 && !known)
    refuse(where, `padding is "same" with a stride of ${axis.stride}, which needs inputSpace to tell how much it is`);
  return Math.floor(Math.max(0, (Math.ceil(axis.input / axis.stride) - 1) * axis.stride + reach + 1 - axis.input) / 2);
}

/** The axes of a layer; where its input's size is not known, over the shortest input that it takes. */
function layerAxes(where: string, { kernel, ...options }: FieldLayer, input: readonly number[] | undefined): Axis[] {
  const dilation = (axis: number) =>
    typeof options.dilation === "number" ? options.dilation : options.dilation?.[axis];
  const least = kernel.map((taps, axis) => (dilation(axis) ?? 1) * (taps - 1) + 1);
  return axesOf(where, input ?? least, kernel, options);
}

/**
 * The field of view of a unit deep in a stack of layers: which cells of the first layer's input it sees.
 *
 * Unit j sees the cells from `offset + j·jump` to `offset + j·jump + size - 1`, along each dimension; with holes between them
 * where dilation or a stride above the kernel's length leaves some. Layer by layer, from `size = jump = 1` and `offset = 0`:
 * `offset -= before·jump`, `size += d·(k - 1)·jump`, `jump *= s`.
 *
 * @param layers from the input upwards, at least one: convolutions or pooling, with `stride`, `dilation`, `padding` as in `conv`
 * @param options.inputSpace the input's size along each dimension; only `same` with a stride above 1 needs it
 * @returns the field, in cells of the first layer's input; `outputSpace` where `inputSpace` is given
 * @throws InputError if a layer or its options do not fit, or the padding depends on a size that is not given
 * @see the chapter on convolutional networks, section on motivation: deeper units have larger receptive fields
 */
export function receptiveField(
  layers: readonly FieldLayer[],
  options: { readonly inputSpace?: readonly number[] } = {},
): ReceptiveField {
  const where = "receptiveField";
  checkOptions(where, options, ["inputSpace"]);
  if (!Array.isArray(layers) || layers.length === 0)
    refuse(where, `layers is ${describe(layers)}, a list of at least one layer is needed`);
  checkLayer(`${where}: layers[0]`, layers[0], undefined);
  const space = layers[0].kernel.length;
  let input = checkedSpace(where, options.inputSpace, space);
  const field = Array.from({ length: space }, () => ({ size: 1, jump: 1, offset: 0 }));
  layers.forEach((layer: FieldLayer, at) => {
    const here = `${where}: layers[${at}]`;
    checkLayer(here, layer, space);
    const axes = layerAxes(here, layer, input);
    axes.forEach((axis, i) => {
      const f = field[i];
      f.offset -= paddingBefore(here, layer.padding, i, axis, input !== undefined) * f.jump;
      f.size += Math.max(...axis.tapAt) * f.jump;
      f.jump *= axis.stride;
      if (![f.size, f.jump, f.offset].every(Number.isSafeInteger))
        refuse(here, `size ${f.size}, jump ${f.jump} and offset ${f.offset} are not all below 2^53`);
    });
    input = input && axes.map((axis) => axis.output);
  });
  return {
    kind: "receptive-field",
    size: field.map((f) => f.size),
    jump: field.map((f) => f.jump),
    offset: field.map((f) => f.offset),
    ...(input ? { outputSpace: input } : {}),
  };
}

function checkedSpace(
  where: string,
  inputSpace: readonly number[] | undefined,
  space: number,
): readonly number[] | undefined {
  if (inputSpace === undefined) return undefined;
  if (!Array.isArray(inputSpace)) refuse(where, `inputSpace is ${describe(inputSpace)}, a list of lengths is needed`);
  if (inputSpace.length !== space)
    refuse(where, `inputSpace is ${shapeText(inputSpace)}, the layers have ${space} space dimensions`);
  for (const [axis, length] of inputSpace.entries()) checkInteger(where, `inputSpace[${axis}]`, length, 1);
  return inputSpace;
}
