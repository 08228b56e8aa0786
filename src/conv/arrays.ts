import { checkFinite, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, typeOf } from "../tensor/tensor.js";

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
  checkFinite(where, name, value.data);
}

/** Whether two shapes are the same. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** The most elements that a tensor may have. */
export const mostElements = 2 ** 31;

/** Throws unless every axis is a whole number of at least 1 and the elements can be addressed. */
export function checkAxes(where: string, name: string, shape: readonly number[]): void {
  const got = `${name} has shape ${shapeText(shape)}`;
  for (const length of shape)
    if (!Number.isSafeInteger(length) || length < 1) refuse(where, `${got}, axes of at least 1 are needed`);
  const size = sizeOf(shape);
  if (size > mostElements) refuse(where, `${got} of ${size} elements, at most ${mostElements} fit`);
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
