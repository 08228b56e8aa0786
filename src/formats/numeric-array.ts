import { checkChoice, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type ElementType, shapeText, sizeOf, type Tensor, tensor } from "../tensor/tensor.js";

/** The typed arrays that a file's numbers are read into. 64-bit integers become float64, exactly or not at all. */
export type NumericData =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Which index runs fastest in `data`: the last one (row-major, as a tensor) or the first one (column-major, as MATLAB). */
export type ArrayOrder = "row-major" | "column-major";

/** An array of numbers as a file holds it. */
export interface NumericArray {
  readonly kind: "array";
  /** the file's name of the element type: "uint8", "double", "<f4", … */
  readonly type: string;
  /** the length of each axis; an array of no axes is one number */
  readonly shape: readonly number[];
  readonly order: ArrayOrder;
  readonly data: NumericData;
  /** the imaginary parts of complex numbers; absent where they are real */
  readonly imaginary?: NumericData;
}

/** Throws unless `value` is an array record whose data fit its shape. */
export function checkArray(where: string, name: string, value: unknown): asserts value is NumericArray {
  if (typeof value !== "object" || value === null || (value as { kind?: unknown }).kind !== "array") {
    refuse(where, `${name} is ${describe(value)}, an array read from a file is needed`);
  }
  const { data, shape, order } = value as NumericArray;
  checkChoice(where, `${name}.order`, order, ["row-major", "column-major"]);
  if (data.length !== sizeOf(shape)) {
    refuse(where, `${name} has ${data.length} elements, its shape ${shapeText(shape)} needs ${sizeOf(shape)}`);
  }
}

/**
 * A file's array as a tensor: the same shape and the same element at every index, row-major.
 *
 * @param array any order, real
 * @param type the element type; by default float32 where every value of the array's own type fits into it exactly
 *   (8- and 16-bit integers, float32), else float64
 * @returns a tensor of the array's shape; NaN and infinities pass
 * @throws InputError if the array is complex
 */
export function tensorFrom(array: NumericArray, type?: ElementType): Tensor {
  checkArray("tensorFrom", "array", array);
  if (type !== undefined) checkChoice("tensorFrom", "type", type, ["float32", "float64"]);
  if (array.imaginary !== undefined) refuse("tensorFrom", "array is complex, real numbers are needed");
  const { data } = array;
  const wide = data instanceof Float64Array || data instanceof Int32Array || data instanceof Uint32Array;
  const target = type ?? (wide ? "float64" : "float32");
  return tensor(rowMajor(data, array.shape, array.order), array.shape, target);
}

/** The elements in row-major order: `data` itself where they are so already. */
export function rowMajor<T extends NumericData>(data: T, shape: readonly number[], order: ArrayOrder): T {
  // with at most one axis longer than 1 both orders are the same
  if (order === "row-major" || shape.filter((length) => length !== 1).length < 2) return data;
  return transposed(data, [...shape].reverse());
}

/** Reverses the axes of a row-major array: a column-major array is the row-major one of the reversed shape. */
function transposed<T extends NumericData>(data: T, shape: readonly number[]): T {
  const out = data.slice() as T;
  const rank = shape.length;
  // the place in `out` moves by this much when index `axis` of `data` goes up by one
  const steps: number[] = new Array(rank).fill(1);
  for (let axis = 1; axis < rank; axis++) steps[axis] = steps[axis - 1] * shape[axis - 1];
  const index = new Array<number>(rank).fill(0);
  const last = rank - 1;
  let start = 0;
  for (let from = 0; from < data.length; from += shape[last]) {
    for (let i = 0; i < shape[last]; i++) out[start + i * steps[last]] = data[from + i];
    for (let axis = last - 1; axis >= 0; axis--) {
      start += steps[axis];
      if (++index[axis] < shape[axis]) break;
      start -= shape[axis] * steps[axis];
      index[axis] = 0;
    }
  }
  return out;
}
