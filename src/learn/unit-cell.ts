import type { Cell } from "../cells/cell.js";
import { cellFrom } from "../cells/function-cell.js";
import { type ReceptiveField, receptiveField } from "../conv/receptive-field.js";
import { checkInteger, checkOptions, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, tensor, typeOf, zeros } from "../tensor/tensor.js";
import { convBackward, convForward } from "./conv-layer.js";

/** A layer that convolves and rectifies: `V_next = max(0, c(K, V))`. */
export interface RectifiedLayer {
  /** K, [kernels, channels, height, width] */
  readonly kernels: Tensor;
  /** default 1 */
  readonly stride?: number;
}

/** A unit of the last layer: its kernel and its place. */
export interface UnitPlace {
  readonly channel: number;
  readonly row: number;
  readonly column: number;
}

/**
 * A unit deep in a network as a cell: what it gives for each frame, `r = max(0, a)`, a the sum at its place in the last layer.
 *
 * @param layers from the image upwards; the first has one channel
 * @param unit channel, row and column in the last layer's output
 * @returns a cell like any other, for reverse correlation
 * @throws InputError if the layers do not fit each other; when responding, if the stimulus is too small for the unit
 */
export function unitCell(layers: readonly RectifiedLayer[], unit: UnitPlace): Cell {
  checkLayers("unitCell", layers);
  checkUnit("unitCell", layers, unit);
  return {
    ...cellFrom((frames) => unitOutputs(layers, unit, frames)),
    specification: { name: "network-unit", ...unit },
  };
}

/** The cells of the image that a unit of the last layer may see: `offset + place·jump`, `size` of them along each axis. */
export function unitView(layers: readonly RectifiedLayer[]): ReceptiveField {
  checkLayers("unitView", layers);
  return receptiveField(layers.map(({ kernels, stride = 1 }) => ({ kernel: kernels.shape.slice(2), stride })));
}

/**
 * How a unit's output changes with each pixel of each frame, `∂r/∂I`, backwards through the layers: 0 where the unit is silent.
 *
 * For Gaussian white noise of unit variance the average over frames, over the mean output, is what the spike-triggered
 * average is expected to be: `E[r·I] = E[∂r/∂I]`.
 *
 * @param frames [n, height, width]
 * @returns the outputs [n], and their gradients [n, height, width]
 * @throws InputError as `unitCell`
 * @see Stein 1981, Annals of Statistics 9:1135, for the identity
 */
export function unitGradient(
  layers: readonly RectifiedLayer[],
  unit: UnitPlace,
  frames: Tensor,
): { readonly outputs: Float64Array; readonly gradients: Tensor } {
  const where = "unitGradient";
  checkLayers(where, layers);
  checkUnit(where, layers, unit);
  checkTensor(where, "frames", frames, 3);
  const { inputs, sums } = forward(layers, frames);
  const last = sums[sums.length - 1];
  let gradient = zeros(last.shape, typeOf(last));
  eachOutput(last, unit, (at, sum) => {
    if (sum > 0) gradient.data[at] = 1;
  });
  for (let k = layers.length - 1; k >= 0; k--) {
    if (k < layers.length - 1) gradient = openOnly(gradient, sums[k]);
    gradient = convBackward(layers[k].kernels, inputs[k], gradient, { stride: layers[k].stride ?? 1 }).input();
  }
  return { outputs: outputsOf(last, unit), gradients: tensor(gradient.data, frames.shape) };
}

function unitOutputs(layers: readonly RectifiedLayer[], unit: UnitPlace, frames: Tensor): Float64Array {
  const { sums } = forward(layers, frames);
  return outputsOf(sums[sums.length - 1], unit);
}

/** Every layer's input and its sums before rectifying. */
function forward(layers: readonly RectifiedLayer[], frames: Tensor): { inputs: Tensor[]; sums: Tensor[] } {
  const [n, height, width] = frames.shape;
  const inputs = [tensor(frames.data, [n, 1, height, width])];
  const sums: Tensor[] = [];
  layers.forEach(({ kernels, stride = 1 }, k) => {
    sums.push(convForward(kernels, inputs[k], { stride }));
    inputs.push(rectified(sums[k]));
  });
  return { inputs, sums };
}

/** `max(0, V)`. */
export function rectified({ data, shape }: Tensor): Tensor {
  return tensor(
    data.map((value) => Math.max(0, value)),
    shape,
  );
}

/** A gradient where the sums are above 0, else 0. */
function openOnly({ data, shape }: Tensor, sums: Tensor): Tensor {
  return tensor(
    data.map((value, i) => (sums.data[i] > 0 ? value : 0)),
    shape,
  );
}

function outputsOf(sums: Tensor, unit: UnitPlace): Float64Array {
  const outputs = new Float64Array(sums.shape[0]);
  eachOutput(sums, unit, (_, sum, frame) => {
    outputs[frame] = Math.max(0, sum);
  });
  return outputs;
}

/** Visits the unit's sum in every frame: its index, its value, the frame. */
function eachOutput(
  { data, shape: [n, channels, height, width] }: Tensor,
  { channel, row, column }: UnitPlace,
  visit: (at: number, sum: number, frame: number) => void,
): void {
  if (row >= height || column >= width)
    refuse("unit", `it is at row ${row}, column ${column}; these frames give ${height}x${width} units`);
  for (let frame = 0; frame < n; frame++) {
    const at = ((frame * channels + channel) * height + row) * width + column;
    visit(at, data[at], frame);
  }
}

function checkLayers(where: string, layers: readonly RectifiedLayer[]): void {
  if (!Array.isArray(layers) || layers.length === 0)
    refuse(where, `layers is ${describe(layers)}, a list of at least one layer is needed`);
  let channels = 1;
  for (const [k, layer] of (layers as readonly RectifiedLayer[]).entries()) {
    checkOptions(`${where}: layers[${k}]`, layer, ["kernels", "stride"]);
    checkTensor(where, `layers[${k}].kernels`, layer.kernels, 4);
    if (layer.kernels.shape[1] !== channels)
      refuse(
        where,
        `layers[${k}].kernels has shape ${shapeText(layer.kernels.shape)}, its input has ${channels} channels`,
      );
    if (layer.stride !== undefined) checkInteger(where, `layers[${k}].stride`, layer.stride, 1);
    channels = layer.kernels.shape[0];
  }
}

function checkUnit(where: string, layers: readonly RectifiedLayer[], unit: UnitPlace): void {
  checkInteger(where, "unit.channel", unit?.channel, 0, layers[layers.length - 1].kernels.shape[0] - 1);
  checkInteger(where, "unit.row", unit.row);
  checkInteger(where, "unit.column", unit.column);
}
