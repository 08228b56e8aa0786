import { checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/**
 * The discrete Fourier transform in place, of any length: `X_k = Σ_j x_j·exp(-2πi·jk/n)`.
 *
 * @param real [n], real parts, replaced
 * @param imaginary [n], imaginary parts, replaced
 * @param inverse the inverse, `x_j = 1/n·Σ_k X_k·exp(2πi·jk/n)`; default false
 * @throws InputError if the two differ in length or are empty
 * Source: Cooley & Tukey (1965) for powers of two; Bluestein (1970) for the others.
 */
export function fft(real: Float64Array, imaginary: Float64Array, inverse = false): void {
  const n = real.length;
  if (n === 0 || imaginary.length !== n)
    refuse("fft", `imaginary has ${imaginary.length} elements and real ${n}, equal lengths of at least 1 are needed`);
  transform(planOf(n), real, imaginary, inverse);
}

/**
 * The two-dimensional discrete Fourier transform in place, row-major, of any height and width.
 *
 * @param real [height·width], real parts, replaced
 * @param imaginary [height·width], imaginary parts, replaced
 * @param height rows
 * @param width columns
 * @param inverse the inverse, divided by height·width; default false
 * @throws InputError if an array does not have height·width elements
 */
export function fft2(
  real: Float64Array,
  imaginary: Float64Array,
  height: number,
  width: number,
  inverse = false,
): void {
  checkInteger("fft2", "height", height, 1);
  checkInteger("fft2", "width", width, 1);
  for (const [name, part] of Object.entries({ real, imaginary })) {
    if (part.length !== height * width)
      refuse("fft2", `${name} has ${part.length} elements, ${height}x${width} needs ${height * width}`);
  }
  const rows = planOf(width);
  for (let row = 0; row < height; row++) {
    const at = row * width;
    transform(rows, real.subarray(at, at + width), imaginary.subarray(at, at + width), inverse);
  }
  const columns = planOf(height);
  const [re, im] = [new Float64Array(height), new Float64Array(height)];
  for (let c = 0; c < width; c++) {
    for (let row = 0; row < height; row++) {
      re[row] = real[row * width + c];
      im[row] = imaginary[row * width + c];
    }
    transform(columns, re, im, inverse);
    for (let row = 0; row < height; row++) {
      real[row * width + c] = re[row];
      imaginary[row * width + c] = im[row];
    }
  }
}

/** What a length needs, computed once. */
interface Plan {
  readonly n: number;
  /** [n/2], cosines and sines of -2πk/n, for powers of two */
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
  /** [n], each index with its bits reversed */
  readonly reversed: Uint32Array;
  readonly chirp?: Chirp;
}

/** Bluestein's: the transform as a convolution with `exp(iπj²/n)`, done at a power of two. */
interface Chirp {
  readonly inner: Plan;
  /** [n], exp(-iπj²/n) */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  /** [inner.n], the transform of the conjugate chirp, wrapped round */
  readonly spectrumReal: Float64Array;
  readonly spectrumImaginary: Float64Array;
}

const plans = new Map<number, Plan>();

function planOf(n: number): Plan {
  let plan = plans.get(n);
  if (!plan) {
    plan = (n & (n - 1)) === 0 ? powerPlan(n) : { ...powerPlan(1), n, chirp: chirpOf(n) };
    plans.set(n, plan);
  }
  return plan;
}

function powerPlan(n: number): Plan {
  const half = n >> 1;
  const cosines = Float64Array.from({ length: half }, (_, k) => Math.cos((2 * Math.PI * k) / n));
  const sines = Float64Array.from({ length: half }, (_, k) => -Math.sin((2 * Math.PI * k) / n));
  const reversed = new Uint32Array(n);
  for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? half : 0);
  return { n, cosines, sines, reversed };
}

function chirpOf(n: number): Chirp {
  let m = 1;
  while (m < 2 * n - 1) m *= 2;
  const real = new Float64Array(n);
  const imaginary = new Float64Array(n);
  const spectrumReal = new Float64Array(m);
  const spectrumImaginary = new Float64Array(m);
  for (let j = 0; j < n; j++) {
    // j² is taken modulo 2n, the chirp's period, so that the angle stays small
    const angle = (Math.PI * ((j * j) % (2 * n))) / n;
    real[j] = Math.cos(angle);
    imaginary[j] = -Math.sin(angle);
    spectrumReal[j] = spectrumReal[(m - j) % m] = Math.cos(angle);
    spectrumImaginary[j] = spectrumImaginary[(m - j) % m] = Math.sin(angle);
  }
  const inner = planOf(m);
  transform(inner, spectrumReal, spectrumImaginary, false);
  return { inner, real, imaginary, spectrumReal, spectrumImaginary };
}

/** The inverse is the transform with the parts exchanged, before and after. */
function transform(plan: Plan, real: Float64Array, imaginary: Float64Array, inverse: boolean): void {
  if (inverse) [real, imaginary] = [imaginary, real];
  if (plan.chirp) bluestein(plan.n, plan.chirp, real, imaginary);
  else radix2(plan, real, imaginary);
  if (!inverse) return;
  for (let i = 0; i < plan.n; i++) {
    real[i] /= plan.n;
    imaginary[i] /= plan.n;
  }
}

function bluestein(n: number, chirp: Chirp, real: Float64Array, imaginary: Float64Array): void {
  const m = chirp.inner.n;
  const [re, im] = [new Float64Array(m), new Float64Array(m)];
  for (let j = 0; j < n; j++) {
    re[j] = real[j] * chirp.real[j] - imaginary[j] * chirp.imaginary[j];
    im[j] = real[j] * chirp.imaginary[j] + imaginary[j] * chirp.real[j];
  }
  radix2(chirp.inner, re, im);
  for (let k = 0; k < m; k++) {
    const a = re[k] * chirp.spectrumReal[k] - im[k] * chirp.spectrumImaginary[k];
    im[k] = re[k] * chirp.spectrumImaginary[k] + im[k] * chirp.spectrumReal[k];
    re[k] = a;
  }
  radix2(chirp.inner, im, re);
  for (let j = 0; j < n; j++) {
    const [a, b] = [re[j] / m, im[j] / m];
    real[j] = a * chirp.real[j] - b * chirp.imaginary[j];
    imaginary[j] = a * chirp.imaginary[j] + b * chirp.real[j];
  }
}

function radix2(plan: Plan, real: Float64Array, imaginary: Float64Array): void {
  const { n, cosines, sines, reversed } = plan;
  for (let i = 0; i < n; i++) {
    const j = reversed[i];
    if (j <= i) continue;
    const [a, b] = [real[i], imaginary[i]];
    real[i] = real[j];
    imaginary[i] = imaginary[j];
    real[j] = a;
    imaginary[j] = b;
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    for (let start = 0; start < n; start += 2 * half) {
      for (let k = 0; k < half; k++) {
        const c = cosines[k * stride];
        const s = sines[k * stride];
        const i = start + k;
        const j = i + half;
        const a = real[j] * c - imaginary[j] * s;
        const b = real[j] * s + imaginary[j] * c;
        real[j] = real[i] - a;
        imaginary[j] = imaginary[i] - b;
        real[i] += a;
        imaginary[i] += b;
      }
    }
  }
}
