import { checkFinite, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, typeOf } from "../tensor/tensor.js";

/**
 * Throws at the first NaN or infinity of the tensor. A product by 0 keeps both apart from numbers, so the sums, four at once
 * to hide the latency of an addition, are looked at once a tensor and not once an element.
 */
export function checkNumbers(where: string, name: string, { data }: Tensor): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  const fours = data.length - (data.length % 4);
  for (let i = 0; i < fours; i += 4) {
    a += data[i]! * 0;
    b += data[i + 1]! * 0;
    c += data[i + 2]! * 0;
    d += data[i + 3]! * 0;
  }
  for (let i = fours; i < data.length; i++) a += data[i]! * 0;
  if (a + b + c + d !== 0) checkFinite(where, name, data);
}

/** Throws unless the two tensors have one element type. */
export function checkSameType(
  where: string,
  [firstName, first]: readonly [string, Tensor],
  [secondName, second]: readonly [string, Tensor],
): void {
  if (typeOf(first) !== typeOf(second))
    refuse(where, `${firstName} is ${typeOf(first)} and ${secondName} is ${typeOf(second)}, one type is needed`);
}

/** Throws unless `value` is a tensor of finite numbers. */
export function checkArray(where: string, name: string, value: unknown): asserts value is Tensor {
  checkTensor(where, name, value);
  checkNumbers(where, name, value);
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** Throws unless `value` is a list of axis lengths. */
export function checkShapeOption(where: string, name: string, value: unknown): asserts value is readonly number[] {
  if (!Array.isArray(value))
    refuse(where, `${name} is ${describe(value)}, a list with the length of every axis is needed`);
}

/** Throws unless the gradient of the output has the output's shape. */
export function checkGradientShape(
  where: string,
  gradient: Tensor,
  wanted: readonly number[],
  of: { input: readonly number[]; kernel: readonly number[] },
): void {
  if (sameShape(gradient.shape, wanted)) return;
  const from = `inputs of shape ${shapeText(of.input)} and kernels of shape ${shapeText(of.kernel)}`;
  refuse(where, `outputGradient has shape ${shapeText(gradient.shape)}, ${from} give ${shapeText(wanted)}`);
}
