import { checkInteger, checkNumber, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { checkArray } from "./arrays.js";
import { defaultTolerance, factorsOf, type Separation, termsOf } from "./separable-factors.js";

/** How many of a kernel's axes are space: all of one kernel's, all but two of a stack's. */
function spaceOf(where: string, kernel: Tensor): number {
  checkArray(where, "kernel", kernel);
  const { shape } = kernel;
  if (shape.length < 1 || shape.length > 5 || kernel.data.length === 0)
    refuse(
      where,
      `kernel has shape ${shapeText(shape)}, 1 to 3 space axes, or [outChannels, inChannels] and 2 or 3 of them, all of at least 1, are needed`,
    );
  return shape.length > 3 ? shape.length - 2 : shape.length;
}

function checkTolerance(where: string, tolerance: unknown): asserts tolerance is number {
  checkNumber(where, "tolerance", tolerance);
  if (tolerance < 0 || tolerance >= 1) refuse(where, `tolerance is ${tolerance}, one from 0 to below 1 is needed`);
}

/**
 * Whether a kernel is the outer product of one vector a dimension, so that one-dimensional convolutions do its work.
 *
 * `‖K - λ·v_1 ⊗ … ⊗ v_d‖ <= tolerance·‖K‖` in the root of summed squares. In two dimensions the best such product is meant, by
 * the SVD: exact. In three it is the leading one of nested SVDs: exact for a kernel that is such a product, while a kernel that
 * is only near to one passes at the latest where the best product misses it by `tolerance/√2`.
 *
 * @param kernel of 1 to 3 space axes (three axes are read as space), or a stack `[outChannels, inChannels, ...]` of 2 or 3: then
 *   whether each of its kernels is
 * @param tolerance from 0 to below 1; default 1e-6 for float32 and 1e-12 for float64, some units of their rounding
 * @throws InputError if the kernel's shape or the tolerance does not fit or a weight is NaN or infinite
 * @see the chapter on convolutional networks, section on efficient convolution algorithms
 */
export function isSeparable(kernel: Tensor, tolerance?: number): boolean {
  const space = spaceOf("isSeparable", kernel);
  if (tolerance !== undefined) checkTolerance("isSeparable", tolerance);
  const limits = { tolerance: tolerance ?? defaultTolerance(kernel), terms: Number.POSITIVE_INFINITY };
  return termsOf(kernel, space, limits).every(({ terms }) => terms.length <= 1);
}

/**
 * A kernel as the shortest sum of separable terms that comes near enough, for `separableConv`.
 *
 * `K ≈ Σ_r f_1(r) ⊗ … ⊗ f_d(r)`, with the fewest terms whose rest is at most `tolerance·‖K‖`. In two dimensions this is the
 * truncated SVD, the best sum of its length (Eckart & Young), and the number of terms is the numerical rank. In three the terms
 * are those of nested SVDs, along the mode that needs the fewest: ranks 0 and 1 are exact, above that the sum holds to the
 * tolerance but may have more terms than the shortest, which is hard to find.
 *
 * @param kernel of 1 to 3 space axes (three axes are read as space), or a stack `[outChannels, inChannels, ...]` of 2 or 3
 * @param options.tolerance from 0 to below 1; default 1e-6 for float32 and 1e-12 for float64, some units of their rounding
 * @param options.terms the most terms that are kept; `residual` then tells what they miss
 * @returns rank, factors in the kernel's type, and the residual
 * @throws InputError if the kernel's shape or an option does not fit or a weight is NaN or infinite
 * @see the chapter on convolutional networks, section on efficient convolution algorithms; Eckart & Young 1936
 */
export function separate(
  kernel: Tensor,
  options: { readonly tolerance?: number; readonly terms?: number } = {},
): Separation {
  checkOptions("separate", options, ["tolerance", "terms"]);
  const space = spaceOf("separate", kernel);
  const { tolerance, terms } = options;
  if (tolerance !== undefined) checkTolerance("separate", tolerance);
  if (terms !== undefined) checkInteger("separate", "terms", terms, 1);
  return factorsOf(kernel, space, {
    tolerance: tolerance ?? defaultTolerance(kernel),
    terms: terms ?? Number.POSITIVE_INFINITY,
  });
}
