import { conv, convInputGradient, convKernelGradient } from "../conv/conv.js";
import type { GeometryOptions } from "../conv/options.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A layer that analyses: `A = c(K, V)`.
 *
 * @param kernels K, [kernels, channels, height, width]
 * @param input V, [batch, channels, height, width]
 * @returns A, [batch, kernels, height, width]
 */
export function convForward(kernels: Tensor, input: Tensor, geometry: GeometryOptions): Tensor {
  return conv(input, kernels, geometry);
}

/**
 * Its gradients, given that of its output: `∂K = g(∂A, V)`, `∂V = h(K, ∂A)`.
 * The gradient of the input is made only when it is asked for: a first layer needs none.
 */
export function convBackward(kernels: Tensor, input: Tensor, outputGradient: Tensor, geometry: GeometryOptions) {
  return {
    kernels: convKernelGradient(outputGradient, input, { ...geometry, kernelShape: kernels.shape }),
    input: () => convInputGradient(kernels, outputGradient, { ...geometry, inputShape: input.shape }),
  };
}

/**
 * A layer that synthesises: `R = h(K, H)`, the kernels laid down where the code says and summed.
 *
 * @param kernels K, [kernels, channels, height, width]
 * @param code H, [batch, kernels, height, width]
 * @param outputShape of R, [batch, channels, height, width]
 */
export function transposedForward(
  kernels: Tensor,
  code: Tensor,
  outputShape: readonly number[],
  geometry: GeometryOptions,
): Tensor {
  return convInputGradient(kernels, code, { ...geometry, inputShape: outputShape });
}

/** Its gradients, given that of its output: `∂K = g(H, ∂R)`, `∂H = c(K, ∂R)`, the latter when it is asked for. */
export function transposedBackward(kernels: Tensor, code: Tensor, outputGradient: Tensor, geometry: GeometryOptions) {
  return {
    kernels: convKernelGradient(code, outputGradient, { ...geometry, kernelShape: kernels.shape }),
    code: () => conv(outputGradient, kernels, geometry),
  };
}
