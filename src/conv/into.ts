import { checkTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { sameShape } from "./arrays.js";
import { type Float32Algorithm, setsEveryNumber } from "./execute.js";
import type { Operation } from "./operation.js";

function overlap(a: Tensor["data"], b: Tensor["data"]): boolean {
  return (
    a.buffer === b.buffer && a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength
  );
}

/** Throws unless a result of this shape and type can be written to `into` while the operands are read. */
export function checkInto(
  where: string,
  into: unknown,
  shape: readonly number[],
  operands: readonly (readonly [name: string, Tensor])[],
): asserts into is Tensor {
  checkTensor(where, "into", into);
  const type = typeOf(operands[0]![1]);
  if (!sameShape(into.shape, shape) || typeOf(into) !== type) {
    const got = `into is ${typeOf(into)} of shape ${shapeText(into.shape)}`;
    refuse(where, `${got}, the result is ${type} of shape ${shapeText(shape)}`);
  }
  for (const [name, { data }] of operands)
    if (overlap(into.data, data)) refuse(where, `into shares its memory with ${name}, memory of its own is needed`);
}

/** What the algorithm writes to: the tensor that was handed in, of which nothing is left, or a new one. */
export function resultOf(
  into: Tensor | undefined,
  shape: readonly number[],
  operand: Tensor,
  operation: Operation,
  algorithm: "direct" | Float32Algorithm,
): Tensor {
  if (into === undefined) return zeros(shape, typeOf(operand));
  if (!setsEveryNumber(operation, algorithm)) into.data.fill(0);
  return into;
}
