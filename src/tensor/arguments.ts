import { allFinite } from "../kernels/finite.js";
import { refuse, valueText } from "./errors.js";
import { shapeText, sizeOf, type Tensor } from "./tensor.js";

/** What a value is called in an error: a tensor by its shape, the rest as `valueText` has it. */
export function describe(value: unknown): string {
  return isTensor(value) && Array.isArray(value.shape)
    ? `a tensor of shape ${shapeText(value.shape)}`
    : valueText(value);
}

/** Whether a value is a tensor record. */
export function isTensor(value: unknown): value is Tensor {
  return typeof value === "object" && value !== null && (value as { kind?: unknown }).kind === "tensor";
}

/** Throws unless the parts of a tensor fit each other: it may have been written by hand. */
function checkRecord(where: string, name: string, { shape, data }: Tensor): void {
  if (!Array.isArray(shape)) refuse(where, `${name}.shape is ${describe(shape)}, a list of lengths is needed`);
  if (!(data instanceof Float32Array || data instanceof Float64Array))
    refuse(where, `${name}.data is ${describe(data)}, a Float32Array or Float64Array is needed`);
  if (data.length !== sizeOf(shape))
    refuse(where, `${name}.data has ${data.length} elements, shape ${shapeText(shape)} needs ${sizeOf(shape)}`);
}

/** Throws unless `value` is a tensor; with `rank`, one of that many axes. */
export function checkTensor(where: string, name: string, value: unknown, rank?: number): asserts value is Tensor {
  if (!isTensor(value)) refuse(where, `${name} is ${describe(value)}, a tensor is needed`);
  checkRecord(where, name, value);
  if (rank !== undefined && value.shape.length !== rank) {
    refuse(where, `${name} has shape ${shapeText(value.shape)}, ${rank} axes are needed`);
  }
}

/** Throws unless `value` is a whole number in [least, most]. */
export function checkInteger(
  where: string,
  name: string,
  value: unknown,
  least = 0,
  most = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < least || (value as number) > most) {
    const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    refuse(where, `${name} is ${describe(value)}, a whole number ${range} is needed`);
  }
}

/** Throws unless `value` is a finite number. */
export function checkNumber(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value !== "number" || !Number.isFinite(value))
    refuse(where, `${name} is ${describe(value)}, a finite number is needed`);
}

/** Throws unless `value` is a finite number above 0. */
export function checkPositive(where: string, name: string, value: unknown): asserts value is number {
  if (typeof value !== "number" || !Number.isFinite(value) || value <= 0)
    refuse(where, `${name} is ${describe(value)}, a number above 0 is needed`);
}

/** Throws unless `value` is a number between 0 and 1, neither of them included. */
export function checkShare(where: string, name: string, value: unknown): asserts value is number {
  checkNumber(where, name, value);
  if (value <= 0 || value >= 1) refuse(where, `${name} is ${value}, a number between 0 and 1 is needed`);
}

/** Throws unless `value` is one of `choices`. */
export function checkChoice<T extends string>(
  where: string,
  name: string,
  value: unknown,
  choices: readonly T[],
): asserts value is T {
  if (!choices.includes(value as T))
    refuse(where, `${name} is ${describe(value)}, one of ${choices.map((c) => `"${c}"`).join(", ")} is needed`);
}

/** Throws at the first NaN or infinity of `data`, naming its index. */
export function checkFinite(where: string, name: string, data: ArrayLike<number>): void {
  if ((data instanceof Float32Array || data instanceof Float64Array) && allFinite(data)) return;
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) refuse(where, `${name}[${i}] is ${data[i]}, finite numbers are needed`);
  }
}

/**
 * Throws if `options`, where they are given, are not a record or hold a key that is not `known`: an option that does not apply
 * is refused, never ignored.
 */
export function checkOptions(where: string, options: object | undefined, known: readonly string[]): void {
  if (options === undefined) return;
  if (typeof options !== "object" || options === null || Array.isArray(options))
    refuse(where, `options is ${describe(options)}, a record is needed`);
  for (const key of Object.keys(options)) {
    if (!known.includes(key))
      refuse(where, `option "${key}" is not known, it takes ${known.join(", ") || "no options"}`);
  }
}
