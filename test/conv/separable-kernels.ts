import { type Gabor, renderGabor } from "../../src/math/gabor.js";
import { sizeOf, type Tensor, zeros } from "../../src/tensor/tensor.js";

/** The kernels that factors stand for, and the sum of their terms' magnitudes: nested loops over kernels, terms and taps. */
export function kernelOf(factors: readonly Tensor[]): { kernel: Tensor; magnitudes: Float64Array } {
  const taps = factors.map(({ shape }) => shape[shape.length - 1]);
  const stack = factors[0].shape.slice(0, -2);
  const rank = factors[0].shape[stack.length];
  const kernel = zeros([...stack, ...taps], "float64");
  const magnitudes = new Float64Array(kernel.data.length);
  const size = sizeOf(taps);
  for (let at = 0; at < kernel.data.length; at++) {
    for (let r = 0; r < rank; r++) {
      let product = 1;
      for (let axis = taps.length - 1, rest = at % size; axis >= 0; axis--) {
        const row = Math.floor(at / size) * rank + r;
        product *= factors[axis].data[row * taps[axis] + (rest % taps[axis])];
        rest = Math.floor(rest / taps[axis]);
      }
      kernel.data[at] += product;
      magnitudes[at] += Math.abs(product);
    }
  }
  return { kernel, magnitudes };
}

/** A Gabor of 15 x 13 pixels, upright and round but for the given fields. */
export const gabor = (fields: Partial<Gabor>): Tensor =>
  renderGabor(
    { amplitude: 1, betaX: 0.05, betaY: 0.05, frequency: 0.9, phase: 0.4, x0: 0, y0: 0, tau: 0, ...fields },
    { height: 15, width: 13 },
  );
