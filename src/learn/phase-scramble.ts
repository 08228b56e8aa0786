import { fft2 } from "../math/fft.js";
import { fillNormal } from "../math/random.js";
import { checkSeed, randomStream } from "../math/random-streams.js";
import { checkFinite, checkOptions, checkTensor } from "../tensor/arguments.js";
import { type Tensor, tensor, typeOf } from "../tensor/tensor.js";

/**
 * Kernels with the same Fourier amplitudes and random phases: as much at each frequency and orientation, but no shape.
 *
 * The phases are those of white noise, so that they have the symmetry of a real image, `φ(-u) = -φ(u)`, and are otherwise
 * uniform and independent; the mean of each kernel stays. The transform is that of the kernel's own window.
 *
 * @param kernels [kernels, channels, height, width]
 * @param options seed: the noise of kernel k, channel c, is row `k·channels + c` of the seed's stream for phase scrambling
 * @returns the same shape, type and norms
 * @throws InputError if `kernels` has another rank or holds a number that is not finite
 * @see Theiler et al. 1992, "Testing for nonlinearity in time series: the method of surrogate data"
 */
export function phaseScrambled(kernels: Tensor, options: { readonly seed: number }): Tensor {
  checkTensor("phaseScrambled", "kernels", kernels, 4);
  checkFinite("phaseScrambled", "kernels", kernels.data);
  checkOptions("phaseScrambled", options, ["seed"]);
  checkSeed("phaseScrambled", options?.seed);
  const [count, channels, height, width] = kernels.shape;
  const stream = randomStream(options.seed, "phaseScrambling");
  const size = height * width;
  const noise = new Float32Array(size);
  const out = kernels.data.slice();
  for (let row = 0; row < count * channels; row++) {
    fillNormal(noise, stream, row);
    out.set(withPhasesOf(noise, kernels.data.subarray(row * size, (row + 1) * size), height, width), row * size);
  }
  return tensor(out, kernels.shape, typeOf(kernels));
}

/** `F⁻¹(|F image| · F noise / |F noise|)`, with the image's own mean. */
function withPhasesOf(noise: ArrayLike<number>, image: ArrayLike<number>, height: number, width: number): Float64Array {
  const spectrum = spectrumOf(image, height, width);
  const phases = spectrumOf(noise, height, width);
  for (let i = 1; i < spectrum.real.length; i++) {
    const amplitude = Math.hypot(spectrum.real[i], spectrum.imaginary[i]);
    const length = Math.hypot(phases.real[i], phases.imaginary[i]);
    spectrum.real[i] = (amplitude * phases.real[i]) / length;
    spectrum.imaginary[i] = (amplitude * phases.imaginary[i]) / length;
  }
  fft2(spectrum.real, spectrum.imaginary, height, width, true);
  return spectrum.real;
}

function spectrumOf(image: ArrayLike<number>, height: number, width: number) {
  const real = Float64Array.from(image);
  const imaginary = new Float64Array(real.length);
  fft2(real, imaginary, height, width);
  return { real, imaginary };
}
