import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";

/** The largest difference of two tensors of one shape. */
export function apart(a: Tensor, b: Tensor): number {
  if (a.shape.join() !== b.shape.join()) throw new Error(`shapes [${a.shape}] and [${b.shape}] differ`);
  return Array.from(a.data).reduce((most, x, i) => Math.max(most, Math.abs(x - b.data[i])), 0);
}

function indexOf(shape: readonly number[], at: number): number[] {
  return shape.map((length, axis) => Math.floor(at / sizeOf(shape.slice(axis + 1))) % length);
}

/** The element at an index. */
export function valueAt({ shape, data }: Tensor, index: readonly number[]): number {
  return data[index.reduce((at, i, axis) => at * shape[axis] + i, 0)];
}

/** The tensor of a shape whose element at an index is the source's at another. */
export function gather(source: Tensor, shape: readonly number[], from: (index: number[]) => number[]): Tensor {
  const size = sizeOf(shape);
  return tensor(
    Float64Array.from({ length: size }, (_, at) => valueAt(source, from(indexOf(shape, at)))),
    shape,
  );
}

/** Moves what is in the image down and to the right, around its border. */
export function shifted(V: Tensor, by: readonly number[]): Tensor {
  const channel = V.shape.length - by.length;
  return gather(V, V.shape, (index) =>
    index.map((i, axis) => {
      const length = V.shape[axis];
      return axis < channel ? i : (((i - by[axis - channel]) % length) + length) % length;
    }),
  );
}

/** Turns the last two axes by a quarter. */
export function turned(V: Tensor): Tensor {
  const [height, width] = V.shape.slice(-2);
  const lead = V.shape.slice(0, -2);
  return gather(V, [...lead, width, height], (index) => {
    const [i, j] = index.slice(-2);
    return [...index.slice(0, -2), j, width - 1 - i];
  });
}

/** Every second row and column. */
export function halved(V: Tensor): Tensor {
  const [height, width] = V.shape.slice(-2);
  const half = [Math.ceil(height / 2), Math.ceil(width / 2)];
  return gather(V, [...V.shape.slice(0, -2), ...half], (index) =>
    index.map((i, axis) => (axis < V.shape.length - 2 ? i : 2 * i)),
  );
}

/** Swaps the first two axes. */
export function swapped(V: Tensor): Tensor {
  const [a, b, ...rest] = V.shape;
  return gather(V, [b, a, ...rest], ([i, j, ...at]) => [j, i, ...at]);
}

/** A tensor of ones. */
export const ones = (shape: readonly number[]): Tensor => tensor(new Float64Array(sizeOf(shape)).fill(1), shape);
