import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";

/** A float64 tensor of standard normal numbers. */
export function noise(shape: readonly number[], row: number): Tensor {
  const values = new Float32Array(sizeOf(shape));
  fillNormal(values, randomStream(7, "tests"), row);
  return tensor(Float64Array.from(values), shape);
}

export function inner(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i] * b.data[i];
  return sum;
}

export function sumOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0);
}

export function powerOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value * value, 0);
}

/** The gradient of `loss` at `at`, element by element, by central differences. */
export function centralDifferences(at: Tensor, loss: (moved: Tensor) => number, step = 1e-5): Float64Array {
  return Float64Array.from({ length: at.data.length }, (_, i) => {
    const moved = (by: number) => {
      const data = Float64Array.from(at.data);
      data[i] += by;
      return loss(tensor(data, at.shape));
    };
    return (moved(step) - moved(-step)) / (2 * step);
  });
}
