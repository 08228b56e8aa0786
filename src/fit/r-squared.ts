import { largestMagnitude } from "../math/vectors.js";

/** `1 - Σ(data - model)² / Σ(data - mean)²`, about the data's own mean; NaN where the data are constant. */
export function rSquaredOf(data: ArrayLike<number>, model: ArrayLike<number>): number {
  // no square under- or overflows, and a power of two rounds nothing
  const scale = 2 ** Math.floor(Math.log2(largestMagnitude(data)));
  let mean = 0;
  for (let i = 0; i < data.length; i++) mean += data[i] / scale / data.length;
  let [left, all] = [0, 0];
  for (let i = 0; i < data.length; i++) {
    left += ((data[i] - model[i]) / scale) ** 2;
    all += (data[i] / scale - mean) ** 2;
  }
  return all > 0 ? 1 - left / all : NaN;
}
