import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkSameType, sameShape } from "./arrays.js";
import { addBias, checkBias } from "./bias.js";
import { geometryOf } from "./geometry.js";
import { type ConvOptions, geometryOptions } from "./options.js";
import { separablePasses } from "./separable-passes.js";
import { runPass } from "./separable-phases.js";

/** The options of `separableConv`: those of `conv` but for the algorithm, which is chosen by calling it. */
export type SeparableConvOptions = Omit<ConvOptions, "algorithm" | "into">;

/** Checks the factors and returns the stack's axes and the number of terms. */
function checkFactors(where: string, factors: readonly Tensor[], input: Tensor) {
  if ((factors as { readonly kind?: unknown } | undefined)?.kind === "separation")
    refuse(where, "factors is a separation, a list of tensors is needed: hand in its factors");
  if (!Array.isArray(factors) || factors.length < 1 || factors.length > 3)
    refuse(where, `factors is ${describe(factors)}, a list of 1 to 3, one a space dimension, is needed`);
  factors.forEach((factor: Tensor, axis) => {
    const name = `factors[${axis}]`;
    checkArray(where, name, factor);
    checkSameType(where, [name, factor], ["input", input]);
    const { shape } = factor;
    if (shape.length !== 2 && shape.length !== 4)
      refuse(
        where,
        `${name} has shape ${shapeText(shape)}, [terms, taps] with or without [outChannels, inChannels] before is needed`,
      );
    if (!sameShape(shape.slice(0, -1), factors[0].shape.slice(0, -1)))
      refuse(
        where,
        `${name} has shape ${shapeText(shape)} and factors[0] has ${shapeText(factors[0].shape)}: all axes but the last must be the same`,
      );
  });
  const [terms] = factors[0].shape.slice(-2);
  const stack = factors[0].shape.length === 4 ? factors[0].shape.slice(0, 2) : [1, 1];
  return { stack, terms };
}

/**
 * The convolution by kernels that are sums of separable terms, each term by one one-dimensional convolution a dimension.
 *
 * `Z = conv(V, Σ_r f_1(r) ⊗ … ⊗ f_d(r))`: along each dimension in turn `c(f_a(r), ·)`, then the sum over r. A kernel of k taps a
 * side costs `r·d·k` products for each place and pair of channels, instead of `k^d`; the parameters are as many fewer.
 *
 * @param input V, `[batch, channels, ...space]` or without batch
 * @param factors one a space dimension, `[terms, taps]` or `[outChannels, channels / groups, terms, taps]`, as `separate` gives
 * @param options those of `conv` but for `algorithm`, with the same meaning
 * @returns Z, as `conv` gives it, to rounding
 * @throws InputError if shapes, types or options do not fit or a number is NaN or infinite
 * @see the chapter on convolutional networks, section on efficient convolution algorithms: composing d one-dimensional ones
 */
export function separableConv(input: Tensor, factors: readonly Tensor[], options: SeparableConvOptions = {}): Tensor {
  const where = "separableConv";
  checkOptions(where, options, [...geometryOptions, "bias"]);
  checkArray(where, "input", input);
  const { stack, terms } = checkFactors(where, factors, input);
  const kernelShape = [...stack, ...factors.map(({ shape }) => shape[shape.length - 1])];
  const g = geometryOf(where, input.shape, kernelShape, options);
  if (options.bias !== undefined) checkBias(where, options.bias, g, input);
  const output = zeros(g.outputShape, typeOf(input));
  const kernel = { rank: terms, factors: factors.map(({ data }) => data) };
  // A kernel of zeros has no term, and an output of zeros.
  if (terms > 0) separablePasses(g, input.data, kernel, output.data, runPass);
  if (options.bias !== undefined) addBias(g, options.bias, output.data);
  return output;
}
