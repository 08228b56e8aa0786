import { fillNormal } from "../math/random.js";
import { randomStream } from "../math/random-streams.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { normalizeKernels } from "./unit-norm.js";

/**
 * Kernels to start from: independent normal numbers, each kernel scaled to unit norm.
 *
 * @param shape [kernels, channels, height, width]
 * @param seed kernel k is row k of the seed's stream for initial kernels
 */
export function initialKernels(shape: readonly number[], seed: number): Tensor {
  const size = shape[1] * shape[2] * shape[3];
  const stream = randomStream(seed, "initialKernels");
  const kernels = new Float32Array(shape[0] * size);
  for (let k = 0; k < shape[0]; k++) fillNormal(kernels.subarray(k * size, (k + 1) * size), stream, k);
  const stack = tensor(kernels, shape);
  normalizeKernels(stack);
  return stack;
}
