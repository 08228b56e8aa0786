/** The three doors of a layer whose weights depend on the place: they check, and let its sums trust. */
import { checkOptions } from "../tensor/arguments.js";
import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkGradientShape, checkSameType, checkShapeOption } from "./arrays.js";
import { addBias, checkBias } from "./bias.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { type ConvOptions, type GeometryOptions, geometryOptions } from "./options.js";
import type { Numbers } from "./unshared-windows.js";

/** A layer of some shapes and options: the geometry of its windows, and how many kernels cycle along each axis, if they do. */
interface Plan {
  readonly g: Geometry;
  readonly tile?: readonly number[];
}

/** A kind of layer. */
export interface PlacedLayer<P extends Plan> {
  /** what its errors call the weights */
  readonly weights: string;
  /** the plan of a layer, with every shape and option checked */
  readonly plan: (
    where: string,
    inputShape: readonly number[],
    weights: readonly [name: string, shape: readonly number[]],
    options: GeometryOptions,
  ) => P;
  /** A is V forward, G for the weights' gradient, W for the input's; B is W, V, G; the result is given as zeros */
  readonly run: Readonly<Record<Operation, (plan: P, A: Numbers, B: Numbers, result: Numbers) => void>>;
}

function checkPair(where: string, first: readonly [string, Tensor], second: readonly [string, Tensor]): void {
  for (const [name, value] of [first, second]) checkArray(where, name, value);
  checkSameType(where, first, second);
}

/** `Z = c(W, V)`. */
export function placedConv<P extends Plan>(
  where: string,
  { weights, plan, run }: PlacedLayer<P>,
  V: Tensor,
  W: Tensor,
  options: Omit<ConvOptions, "algorithm" | "into">,
): Tensor {
  checkOptions(where, options, [...geometryOptions, "bias"]);
  checkPair(where, ["input", V], [weights, W]);
  const layer = plan(where, V.shape, [weights, W.shape], options);
  if (options.bias !== undefined) checkBias(where, options.bias, layer.g, V, layer.tile);
  const output = zeros(layer.g.outputShape, typeOf(V));
  run.forward(layer, V.data, W.data, output.data);
  if (options.bias !== undefined) addBias(layer.g, options.bias, output.data);
  return output;
}

/** `dW = g(G, V)`. */
export function placedKernelGradient<P extends Plan>(
  where: string,
  { plan, run }: PlacedLayer<P>,
  G: Tensor,
  V: Tensor,
  options: GeometryOptions & { readonly kernelShape: readonly number[] },
): Tensor {
  checkOptions(where, options, [...geometryOptions, "kernelShape"]);
  checkPair(where, ["outputGradient", G], ["input", V]);
  const kernelShape: unknown = options?.kernelShape;
  checkShapeOption(where, "kernelShape", kernelShape);
  const layer = plan(where, V.shape, ["kernelShape", kernelShape], options);
  checkGradientShape(where, G, layer.g.outputShape, { input: V.shape, kernel: kernelShape });
  const gradient = zeros(kernelShape, typeOf(V));
  run.kernelGradient(layer, G.data, V.data, gradient.data);
  return gradient;
}

/** `dV = h(W, G)`. */
export function placedInputGradient<P extends Plan>(
  where: string,
  { weights, plan, run }: PlacedLayer<P>,
  W: Tensor,
  G: Tensor,
  options: GeometryOptions & { readonly inputShape: readonly number[] },
): Tensor {
  checkOptions(where, options, [...geometryOptions, "inputShape"]);
  checkPair(where, [weights, W], ["outputGradient", G]);
  const inputShape: unknown = options?.inputShape;
  checkShapeOption(where, "inputShape", inputShape);
  const layer = plan(where, inputShape, [weights, W.shape], options);
  checkGradientShape(where, G, layer.g.outputShape, { input: inputShape, kernel: W.shape });
  const gradient = zeros(inputShape, typeOf(W));
  run.inputGradient(layer, W.data, G.data, gradient.data);
  return gradient;
}
