import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, tensor } from "../tensor/tensor.js";
import type { NumericArray } from "./numeric-array.js";

/** Which axes of an array are the frame, the row and the column. */
export type ImageAxes = "frame-row-column" | "row-column-frame" | "frame-column-row";

const axesOf: Readonly<
  Record<ImageAxes, { readonly text: string; readonly order: readonly [number, number, number] }>
> = {
  "frame-row-column": { text: "[frames, height, width]", order: [0, 1, 2] },
  "row-column-frame": { text: "[height, width, frames]", order: [2, 0, 1] },
  "frame-column-row": { text: "[frames, width, height]", order: [0, 2, 1] },
};

/** Whether an array has at most one axis longer than 1. */
export function isList(shape: readonly number[]): boolean {
  return shape.length < 3 && shape.filter((length) => length !== 1).length <= 1;
}

/**
 * The lengths of the axes; of a mere list, which shows one number a frame, those of images of one pixel; of two axes, bars and
 * frames, those of images of height 1.
 */
function lengthsOf(shape: readonly number[], frameAxis: number): readonly number[] {
  if (isList(shape)) return [0, 1, 2].map((axis) => (axis === frameAxis ? sizeOf(shape) : 1));
  if (shape.length === 2) return frameAxis === 0 ? [shape[0], 1, shape[1]] : [1, ...shape];
  return shape;
}

/** A note where frames are rows of bars rather than images. */
export function barNotes(name: string, shape: readonly number[], { shape: [, , bars] }: Tensor): string[] {
  if (shape.length !== 2 || isList(shape)) return [];
  return [`${name} of shape ${shapeText(shape)} is taken as frames of ${bars} bars side by side, images of height 1`];
}

/** The frames as [frames, height, width], float32, a list of numbers as frames of one pixel, rows of bars as frames of height 1; `scale` and `offset` turn the file's values into the record's. */
export function framesOf(
  where: string,
  name: string,
  array: NumericArray,
  axes: ImageAxes,
  { scale = 1, offset = 0 }: { readonly scale?: number; readonly offset?: number } = {},
): Tensor {
  const { data } = array;
  const { text, order } = axesOf[axes];
  const shape = lengthsOf(array.shape, order[0]);
  if (shape.length !== 3) refuse(where, `${name} has shape ${shapeText(shape)}, ${text} is needed`);
  if (sizeOf(shape) === 0) refuse(where, `${name} is empty, its shape is ${shapeText(shape)}`);
  if (array.imaginary !== undefined) refuse(where, `${name} is complex, real numbers are needed`);
  const steps = array.order === "row-major" ? [shape[1] * shape[2], shape[2], 1] : [1, shape[0], shape[0] * shape[1]];
  const [t, h, w] = order;
  const [frames, height, width] = [shape[t], shape[h], shape[w]];
  const out = new Float32Array(data.length);
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const value = data[frame * steps[t] + row * steps[h] + column * steps[w]] * scale + offset;
        if (!Number.isFinite(value)) {
          refuse(
            where,
            `${name} is ${value} at frame ${frame}, row ${row}, column ${column}, finite numbers are needed`,
          );
        }
        out[at++] = value;
      }
    }
  }
  return tensor(out, [frames, height, width]);
}

/** The frames in another order, with repeats: frame t of the result is frame `order[t]`. */
export function framesInOrder(frames: Tensor, order: Uint32Array): Tensor {
  const [, height, width] = frames.shape;
  const pixels = height * width;
  const out = new Float32Array(order.length * pixels);
  for (let t = 0; t < order.length; t++) {
    out.set(frames.data.subarray(order[t] * pixels, (order[t] + 1) * pixels), t * pixels);
  }
  return tensor(out, [order.length, height, width]);
}

/** The numbers of an array with at most one axis longer than 1: "one count a frame" is needed. */
function lineOf(where: string, name: string, array: NumericArray, needed: string): NumericArray["data"] {
  const { shape, data } = array;
  if (shape.filter((length) => length !== 1).length > 1) {
    refuse(where, `${name} has shape ${shapeText(shape)}, ${needed} is needed`);
  }
  return data;
}

/** The spike counts, whole numbers, of an array with at most one axis longer than 1. */
export function countsOf(where: string, name: string, array: NumericArray): Uint32Array {
  const data = lineOf(where, name, array, "one count a frame");
  const wrong = data.findIndex((count) => !(Number.isInteger(count) && count >= 0 && count < 2 ** 32));
  if (wrong >= 0) refuse(where, `${name}[${wrong}] is ${data[wrong]}, whole numbers of at least 0 are needed`);
  return Uint32Array.from(data);
}

/** Seconds, finite, of an array with at most one axis longer than 1. */
export function secondsOf(where: string, name: string, array: NumericArray): Float64Array {
  const data = lineOf(where, name, array, "a list of seconds");
  const wrong = data.findIndex((time) => !Number.isFinite(time));
  if (wrong >= 0) refuse(where, `${name}[${wrong}] is ${data[wrong]}, finite seconds are needed`);
  return Float64Array.from(data);
}

/** A note where the values leave the range of contrasts. */
export function rangeNotes(name: string, data: ArrayLike<number>): string[] {
  let [least, most] = [Infinity, -Infinity];
  for (let i = 0; i < data.length; i++) {
    if (data[i] < least) least = data[i];
    if (data[i] > most) most = data[i];
  }
  if (least >= -1 && most <= 1) return [];
  return [`${name} has values from ${least} to ${most}, used as they are: they are not contrasts within -1 and 1`];
}
