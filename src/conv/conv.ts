import { allFinite } from "../kernels/finite.js";
import { checkFinite, checkOptions, checkTensor } from "../tensor/arguments.js";
import { sizeOf, type Tensor } from "../tensor/tensor.js";
import { checkGradientShape, checkSameType, checkShapeOption } from "./arrays.js";
import { addBias, checkBias } from "./bias.js";
import { choose } from "./choose.js";
import { shownByResult } from "./felt.js";
import { type Geometry, geometryOf } from "./geometry.js";
import { checkInto, resultOf } from "./into.js";
import type { Operation } from "./operation.js";
import { type ConvOptions, geometryOptions } from "./options.js";
import { executeThreaded } from "./threaded.js";

/** A and B of `execute`, by their names. */
type Operands = readonly [A: readonly [string, Tensor], B: readonly [string, Tensor]];

/** Throws unless the options are known and the operands are tensors of one type. */
function checkOperands(where: string, options: object, known: readonly string[], operands: Operands): void {
  checkOptions(where, options, [...geometryOptions, ...known]);
  for (const [name, operand] of operands) checkTensor(where, name, operand);
  checkSameType(where, ...operands);
}

/**
 * The result of an operation whose arguments fit. Whether their numbers are finite is looked at here, of a large operand by the
 * result where this is smaller and shows it.
 */
function computed(
  where: string,
  operation: Operation,
  g: Geometry,
  { algorithm: wanted, bias, into }: Pick<ConvOptions, "algorithm" | "bias" | "into">,
  shape: readonly number[],
  operands: Operands,
): Tensor {
  const [[, A], [, B]] = operands;
  if (into !== undefined) checkInto(where, into, shape, bias ? [...operands, ["bias", bias]] : operands);
  const later = operands.filter(([name, operand]) => shownByResult(g, name, operand, sizeOf(shape)));
  for (const named of operands) if (!later.includes(named)) checkFinite(where, named[0], named[1].data);
  const algorithm = choose(where, operation, g, wanted, [A, B]);
  const result = resultOf(into, shape, A, operation, algorithm);
  executeThreaded(operation, algorithm, g, A.data, B.data, result.data);
  if (later.length > 0 && !allFinite(result.data)) for (const [name, { data }] of later) checkFinite(where, name, data);
  return result;
}

/**
 * The convolution of a stack of kernels with images, without flipping the kernel (the cross-correlation).
 *
 * `Z(i, j, k) = Σ V(l, j·s + m·d - before, k·s + n·d - before) K(i, l, m, n)` over l, m, n (the chapter counts from 1), and
 * likewise in one and three dimensions. `flip: true` gives the textbook's convolution.
 *
 * @param input V, `[batch, channels, ...space]` or without batch, 1 to 3 space dimensions
 * @param kernel K, `[outChannels, channels / groups, ...kernelSpace]`
 * @returns Z, `[batch, outChannels, ...outSpace]`, without batch where the input has none, of the input's type
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: `c(K, V, s)`
 */
export function conv(input: Tensor, kernel: Tensor, options: ConvOptions = {}): Tensor {
  const operands = [
    ["input", input],
    ["kernel", kernel],
  ] as const;
  checkOperands("conv", options, ["bias", "algorithm", "into"], operands);
  const g = geometryOf("conv", input.shape, kernel.shape, options);
  if (options.bias !== undefined) checkBias("conv", options.bias, g, input);
  const output = computed("conv", "forward", g, options, g.outputShape, operands);
  if (options.bias !== undefined) addBias(g, options.bias, output.data);
  return output;
}

/** The options of the gradient with respect to the kernels. */
export interface KernelGradientOptions extends Omit<ConvOptions, "bias"> {
  /** `[outChannels, channels / groups, ...kernelSpace]` */
  readonly kernelShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the kernels of `conv`, under the same options: its exact adjoint in the kernels.
 *
 * `g(G, V)(i, l, m, n) = Σ G(i, j, k) V(l, j·s + m·d - before, k·s + n·d - before)` over images, j, k.
 *
 * @param outputGradient G, of the output's shape
 * @param input V, `[batch, channels, ...space]` or without batch
 * @returns the gradient, of shape `kernelShape`; 0 where `connections` masks a kernel
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: `g(G, V, s)`
 */
export function convKernelGradient(outputGradient: Tensor, input: Tensor, options: KernelGradientOptions): Tensor {
  const where = "convKernelGradient";
  const operands = [
    ["outputGradient", outputGradient],
    ["input", input],
  ] as const;
  checkOperands(where, options, ["algorithm", "into", "kernelShape"], operands);
  checkShapeOption(where, "kernelShape", options?.kernelShape);
  const g = geometryOf(where, input.shape, options.kernelShape, options);
  checkGradientShape(where, outputGradient, g.outputShape, { input: g.inputShape, kernel: g.kernelShape });
  return computed(where, "kernelGradient", g, options, g.kernelShape, operands);
}

/** The options of the gradient with respect to the input. */
export interface InputGradientOptions extends Omit<ConvOptions, "bias"> {
  /** `[batch, channels, ...space]`, or without batch: several sizes of input share one size of output */
  readonly inputShape: readonly number[];
}

/**
 * The gradient of a loss with respect to the input of `conv`, under the same options: its exact adjoint in the input, which
 * other libraries call the transposed convolution.
 *
 * `h(K, G)(l, a, b) = Σ K(i, l, m, n) G(i, j, k)` over all i, j, k, m, n whose window reads the cell (a, b); 0 for a cell that
 * no window touches. What the padding took from the image it gives back to it.
 *
 * @param kernel K, `[outChannels, channels / groups, ...kernelSpace]`
 * @param outputGradient G, of the output's shape
 * @returns the gradient, of shape `inputShape`
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: `h(K, G, s)`
 */
export function convInputGradient(kernel: Tensor, outputGradient: Tensor, options: InputGradientOptions): Tensor {
  const where = "convInputGradient";
  const operands = [
    ["kernel", kernel],
    ["outputGradient", outputGradient],
  ] as const;
  checkOperands(where, options, ["algorithm", "into", "inputShape"], operands);
  checkShapeOption(where, "inputShape", options?.inputShape);
  const g = geometryOf(where, options.inputShape, kernel.shape, options);
  checkGradientShape(where, outputGradient, g.outputShape, { input: g.inputShape, kernel: g.kernelShape });
  return computed(where, "inputGradient", g, options, g.inputShape, operands);
}
