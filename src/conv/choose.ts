/** Which algorithm an operation runs by: the one that is asked for, or for `auto` the one that costs least. */
import { checkChoice } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, typeOf } from "../tensor/tensor.js";
import { choiceOf } from "./choose-auto.js";
import { type Float32Algorithm, float32Algorithms } from "./execute.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { type Algorithm, algorithms } from "./options.js";
import { separableRefusal } from "./separable-algorithm.js";

/** Why an algorithm that is asked for cannot do what is asked, and what is needed instead; undefined where it can. */
function refusalOf(
  algorithm: Float32Algorithm,
  operation: Operation,
  g: Geometry,
  [A, B]: readonly [Tensor, Tensor],
): string | undefined {
  if (typeOf(A) === "float64") return 'is given with float64 arrays, float32 arrays or algorithm "direct" are needed';
  if (algorithm === "separable") {
    const kernel = { forward: B.data, inputGradient: A.data, kernelGradient: undefined }[operation];
    return separableRefusal(operation, g, kernel as Float32Array | undefined);
  }
  const { applies, needs } = float32Algorithms[algorithm];
  // What has a stride is split into phases first: that is for `auto` to pick.
  const phased = algorithm === "winograd" && g.axes.some(({ stride }) => stride > 1);
  return applies(g) && !phased
    ? undefined
    : `cannot do what the options ask: ${needs} are needed, or algorithm "direct"`;
}

/**
 * The algorithm that runs.
 *
 * @param where the public function that asks, for its errors
 * @param wanted the option, `auto` where there is none
 * @param operands A and B of `execute`
 * @throws InputError if the algorithm is not known or cannot do what is asked
 */
export function choose(
  where: string,
  operation: Operation,
  g: Geometry,
  wanted: Algorithm | undefined,
  operands: readonly [A: Tensor, B: Tensor],
): "direct" | Float32Algorithm {
  const algorithm = wanted ?? "auto";
  checkChoice(where, "algorithm", algorithm, algorithms);
  if (algorithm === "direct") return algorithm;
  if (algorithm === "auto") {
    if (typeOf(operands[0]) === "float64") return "direct";
    const [A, B] = operands.map(({ data }) => data as Float32Array) as [Float32Array, Float32Array];
    return choiceOf(operation, g, A, B);
  }
  const refusal = refusalOf(algorithm, operation, g, operands);
  if (refusal !== undefined) refuse(where, `algorithm "${algorithm}" ${refusal}`);
  return algorithm;
}
