import { checkShape, checkType, type ElementType, sizeOf, type Tensor } from "./tensor.js";

/**
 * A tensor of zeros on memory that threads share, or on plain memory where the engine has no other. Convolutions on several threads
 * read and write it in place, while they copy what others need of a plain tensor. It is meant for tensors that are kept and written
 * anew: engines are slow to free shared memory.
 *
 * @param shape the length of each axis
 * @throws InputError if the shape is none or the type is unknown
 */
export function sharedZeros(shape: readonly number[], type: ElementType = "float32"): Tensor {
  checkShape("sharedZeros", shape);
  checkType("sharedZeros", type);
  const size = sizeOf(shape);
  const bytes = size * (type === "float64" ? 8 : 4);
  const memory = typeof SharedArrayBuffer === "undefined" ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes);
  return {
    kind: "tensor",
    shape: [...shape],
    data: type === "float64" ? new Float64Array(memory) : new Float32Array(memory),
  };
}
