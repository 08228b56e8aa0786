import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, tensor } from "../tensor/tensor.js";
import type { NumericArray } from "./numeric-array.js";

/** The frames as [frames, height, width], float32. */
export function framesOf(where: string, name: string, array: NumericArray, frameAxis: "first" | "last"): Tensor {
  const { shape, data } = array;
  const needed = frameAxis === "last" ? "[height, width, frames]" : "[frames, height, width]";
  if (shape.length !== 3) refuse(where, `${name} has shape ${shapeText(shape)}, ${needed} is needed`);
  if (sizeOf(shape) === 0) refuse(where, `${name} is empty, its shape is ${shapeText(shape)}`);
  if (array.imaginary !== undefined) refuse(where, `${name} is complex, real numbers are needed`);
  const steps = array.order === "row-major" ? [shape[1] * shape[2], shape[2], 1] : [1, shape[0], shape[0] * shape[1]];
  const [t, h, w] = frameAxis === "last" ? [2, 0, 1] : [0, 1, 2];
  const [frames, height, width] = [shape[t], shape[h], shape[w]];
  const out = new Float32Array(data.length);
  let at = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        const value = data[frame * steps[t] + row * steps[h] + column * steps[w]];
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

/** The spike counts, whole numbers, of an array with at most one axis longer than 1. */
export function countsOf(where: string, name: string, array: NumericArray): Uint32Array {
  const { shape, data } = array;
  if (shape.filter((length) => length !== 1).length > 1) {
    refuse(where, `${name} has shape ${shapeText(shape)}, one count a frame is needed`);
  }
  const wrong = data.findIndex((count) => !(Number.isInteger(count) && count >= 0 && count < 2 ** 32));
  if (wrong >= 0) refuse(where, `${name}[${wrong}] is ${data[wrong]}, whole numbers of at least 0 are needed`);
  return Uint32Array.from(data);
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
