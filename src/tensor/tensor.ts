import { refuse, valueText } from "./errors.js";

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

/** Throws unless it is a list whose every axis is a whole number of at least 0, and the element count can be addressed. */
export function checkShape(where: string, shape: unknown): asserts shape is readonly number[] {
  if (!Array.isArray(shape))
    refuse(where, `shape is ${valueText(shape)}, a list with the length of every axis is needed`);
  const wrong = shape.findIndex((length) => !Number.isSafeInteger(length) || length < 0);
  if (wrong >= 0) {
    const got = valueText(shape[wrong]);
    refuse(where, `shape ${shapeText(shape)} needs whole numbers of at least 0, axis ${wrong} is ${got}`);
  }
  const size = sizeOf(shape);
  if (size > 2 ** 31) refuse(where, `shape ${shapeText(shape)} has ${size} elements, at most ${2 ** 31} fit`);
}

/** Throws unless `type` is an element type. */
export function checkType(where: string, type: unknown): asserts type is ElementType {
  if (type !== "float32" && type !== "float64")
    refuse(where, `type is ${valueText(type)}, "float32" or "float64" is needed`);
}

/** Throws unless `data` holds numbers. A typed array does; a list may hold anything, which would become NaN. */
function checkData(data: unknown): asserts data is ArrayLike<number> {
  const bigints = data instanceof BigInt64Array || data instanceof BigUint64Array;
  if (bigints || !(Array.isArray(data) || (ArrayBuffer.isView(data) && !(data instanceof DataView))))
    refuse("tensor", `data is ${valueText(data)}, a list or typed array of numbers is needed`);
  if (!Array.isArray(data)) return;
  const wrong = data.findIndex((value) => typeof value !== "number");
  if (wrong < 0) return;
  const hint = Array.isArray(data[wrong]) ? ": nested lists are flattened first" : "";
  refuse("tensor", `data[${wrong}] is ${valueText(data[wrong])}, a number is needed${hint}`);
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
  checkData(data);
  if (data.length !== sizeOf(shape)) {
    refuse("tensor", `data has ${data.length} elements, shape ${shapeText(shape)} needs ${sizeOf(shape)}`);
  }
  const wanted = type ?? (data instanceof Float64Array ? "float64" : "float32");
  checkType("tensor", wanted);
  const Wanted = wanted === "float64" ? Float64Array : Float32Array;
  return { kind: "tensor", shape: [...shape], data: data instanceof Wanted ? data : Wanted.from(data) };
}

/**
 * A tensor of zeros.
 *
 * @throws InputError if the shape is none or the type is unknown
 */
export function zeros(shape: readonly number[], type: ElementType = "float32"): Tensor {
  checkShape("zeros", shape);
  checkType("zeros", type);
  const size = sizeOf(shape);
  return {
    kind: "tensor",
    shape: [...shape],
    data: type === "float64" ? new Float64Array(size) : new Float32Array(size),
  };
}
