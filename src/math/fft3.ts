import { fft, fft2 } from "./fft.js";

/**
 * The three-dimensional discrete Fourier transform in place, row-major, of any size.
 *
 * @param real [depth·height·width], real parts, replaced
 * @param imaginary as many, imaginary parts, replaced
 * @param inverse divided by depth·height·width; default false
 */
export function fft3(
  real: Float64Array,
  imaginary: Float64Array,
  [depth, height, width]: readonly [number, number, number],
  inverse = false,
): void {
  const plane = height * width;
  for (let k = 0; k < depth; k++) {
    const [from, to] = [k * plane, (k + 1) * plane];
    fft2(real.subarray(from, to), imaginary.subarray(from, to), height, width, inverse);
  }
  if (depth === 1) return;
  const [re, im] = [new Float64Array(depth), new Float64Array(depth)];
  for (let p = 0; p < plane; p++) {
    for (let k = 0; k < depth; k++) {
      re[k] = real[k * plane + p]!;
      im[k] = imaginary[k * plane + p]!;
    }
    fft(re, im, inverse);
    for (let k = 0; k < depth; k++) {
      real[k * plane + p] = re[k]!;
      imaginary[k * plane + p] = im[k]!;
    }
  }
}
