import { refuse } from "./errors.js";

/** The two element types of a tensor. float32 is the working type, float64 the type of oracles and gradient checks. */
export type ElementType = "float32" | "float64";

/** A typed array with a shape, row-major: the last axis is contiguous. */
export interface Tensor {
  readonly kind: "tensor";
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** A tensor whose elements are float32, as every image, kernel and activation is. */
export interface Float32Tensor extends Tensor {
  readonly data: Float32Array;
}

/** The shape as it is printed in errors: `[64, 1, 11, 11]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/** The number of elements of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** The element type of a tensor. */
export function typeOf(value: Tensor): ElementType {
  return value.data instanceof Float64Array ? "float64" : "float32";
}

/** Throws unless every axis is a whole number of at least 0 and the element count can be addressed. */
export function checkShape(where: string, shape: readonly number[]): void {
  const wrong = shape.findIndex((length) => !Number.isSafeInteger(length) || length < 0);
  if (wrong >= 0)
    refuse(where, `shape ${shapeText(shape)} needs whole numbers of at least 0, axis ${wrong} is ${shape[wrong]}`);
  const size = sizeOf(shape);
  if (size > 2 ** 31) refuse(where, `shape ${shapeText(shape)} has ${size} elements, at most ${2 ** 31} fit`);
}

/**
 * A tensor over `data` with the given shape. A Float32Array or Float64Array of the wanted type is used as it is, without a copy.
 * NaN and infinities pass: the functions that take a tensor refuse them.
 *
 * @param data the elements in row-major order
 * @param shape the length of each axis
 * @param type the element type; default float64 if `data` is a Float64Array, else float32
 * @throws InputError if the count of elements is not the product of the shape, an element is no number, or the type is unknown
 */
export function tensor(data: ArrayLike<number>, shape: readonly number[], type?: ElementType): Tensor {
  checkShape("tensor", shape);
  if (data.length !== sizeOf(shape)) {
    refuse("tensor", `data has ${data.length} elements, shape ${shapeText(shape)} needs ${sizeOf(shape)}`);
  }
  const wanted = type ?? (data instanceof Float64Array ? "float64" : "float32");
  if (wanted !== "float32" && wanted !== "float64") {
    refuse("tensor", `type is ${JSON.stringify(wanted)}, "float32" or "float64" is needed`);
  }
  // A typed array holds numbers; a list may hold anything, which would become NaN.
  if (Array.isArray(data)) {
    const wrong = data.findIndex((value) => typeof value !== "number");
    if (wrong >= 0)
      refuse("tensor", `data[${wrong}] is ${typeof data[wrong]}, a number is needed: nested lists are flattened first`);
  }
  const Wanted = wanted === "float64" ? Float64Array : Float32Array;
  return { kind: "tensor", shape: [...shape], data: data instanceof Wanted ? data : Wanted.from(data) };
}

/** A tensor of zeros. */
export function zeros(shape: readonly number[], type: ElementType = "float32"): Tensor {
  checkShape("zeros", shape);
  const size = sizeOf(shape);
  return {
    kind: "tensor",
    shape: [...shape],
    data: type === "float64" ? new Float64Array(size) : new Float32Array(size),
  };
}
