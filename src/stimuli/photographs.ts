import { fft2 } from "../math/fft.js";
import { checkFinite, checkNumber, checkOptions, checkPositive, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";

/** A grey photograph. */
export interface Photograph {
  readonly kind: "photograph";
  readonly name: string;
  /** [height, width], 0 black to 1 white, with the gamma it was stored with */
  readonly pixels: Tensor;
}

/** How a photograph is prepared for learning. */
export interface Preparation {
  /** where the band-pass falls steeply, cycles per pixel */
  readonly cutoff: number;
  /** pixels cut from each side after the band-pass, where the picture's border shows */
  readonly border: number;
  /** standard deviation of the Gaussian window of the local contrast, pixels */
  readonly contrastSigma: number;
  /** the least local contrast that is divided by, as a share of its mean over the picture */
  readonly contrastFloor: number;
}

/** The preparation that holds unless another is asked for. */
export const defaultPreparation: Preparation = { cutoff: 0.4, border: 8, contrastSigma: 8, contrastFloor: 0.3 };

/** A photograph whose spectrum is flattened and whose contrast is much the same everywhere. */
export interface PreparedPhotograph {
  readonly kind: "prepared-photograph";
  readonly name: string;
  /** [height, width], of unit variance over the picture */
  readonly pixels: Tensor;
  readonly preparation: Preparation;
}

/**
 * Prepares a photograph as the eye and the early pathway do, roughly: the spectrum flattened, the contrast evened out.
 *
 * The amplitude at `f` cycles per pixel is multiplied by `f·exp(-(f/cutoff)⁴)`; `border` pixels are cut; the rest is divided by
 * `max(s, contrastFloor · mean s)`, where `s` is the local root mean square under a Gaussian window; at last it is scaled to
 * unit variance. Photographs have amplitudes of about 1/f, so the first step gives every frequency below the cut-off the same.
 *
 * @param photograph its pixels [height, width], at least `2·border + 1` each way
 * @param options parts of the preparation that differ from `defaultPreparation`
 * @throws InputError if the photograph is none, is too small, has one grey all over or holds a number that is not finite
 * @see Olshausen & Field 1997 for the flattening; Carandini & Heeger 2012 for the division
 */
export function preparePhotograph(photograph: Photograph, options: Partial<Preparation> = {}): PreparedPhotograph {
  const where = "preparePhotograph";
  checkOptions(where, options, Object.keys(defaultPreparation));
  const preparation = { ...defaultPreparation, ...options };
  checkPreparation(where, preparation);
  if (photograph?.kind !== "photograph") refuse(where, `photograph is ${describe(photograph)}, a photograph is needed`);
  const { name, pixels } = photograph;
  checkTensor(where, `"${name}"`, pixels, 2);
  const { border, contrastSigma, contrastFloor } = preparation;
  const [height, width] = pixels.shape;
  if (Math.min(height, width) <= 2 * border)
    refuse(where, `"${name}" has ${height}x${width} pixels, at least ${2 * border + 1} each way are needed`);
  checkFinite(where, `"${name}"`, pixels.data);
  const passed = withoutBorder(bandPass(pixels, preparation.cutoff), border);
  const evened = evenContrast(passed, contrastSigma, contrastFloor);
  if (evened === undefined) refuse(where, `"${name}" has the same grey all over, a picture with contrast is needed`);
  return { kind: "prepared-photograph", name, pixels: evened, preparation };
}

function checkPreparation(where: string, { cutoff, border, contrastSigma, contrastFloor }: Preparation): void {
  checkPositive(where, "cutoff", cutoff);
  if (!Number.isSafeInteger(border) || border < 0)
    refuse(where, `border is ${describe(border)}, a whole number of at least 0 is needed`);
  checkPositive(where, "contrastSigma", contrastSigma);
  checkNumber(where, "contrastFloor", contrastFloor);
  if (contrastFloor <= 0 || contrastFloor > 1)
    refuse(where, `contrastFloor is ${contrastFloor}, a share above 0 and at most 1 is needed`);
}

/**
 * Multiplies the amplitude at `f` cycles per pixel by `f·exp(-(f/cutoff)⁴)`, by the Fourier transform.
 * The picture goes on mirrored beyond its sides, so that the transform's wrapping round makes no edge beside them.
 *
 * @param image [height, width]
 * @returns [height, width], float32, of mean 0 but for the border
 */
export function bandPass(image: Tensor, cutoff: number): Tensor {
  const [height, width] = image.shape;
  const rows = mirrored(height);
  const columns = mirrored(width);
  const [H, W] = [rows.length, columns.length];
  const real = new Float64Array(H * W);
  const imaginary = new Float64Array(H * W);
  for (let r = 0, at = 0; r < H; r++) {
    for (let c = 0; c < W; c++, at++) real[at] = image.data[rows[r] * width + columns[c]];
  }
  fft2(real, imaginary, H, W);
  for (let r = 0, at = 0; r < H; r++) {
    const fy = Math.min(r, H - r) / H;
    for (let c = 0; c < W; c++, at++) {
      const fx = Math.min(c, W - c) / W;
      const power = fx * fx + fy * fy;
      const gain = Math.sqrt(power) * Math.exp(-((power / (cutoff * cutoff)) ** 2));
      real[at] *= gain;
      imaginary[at] *= gain;
    }
  }
  fft2(real, imaginary, H, W, true);
  const passed = new Float32Array(height * width);
  for (let r = 0; r < height; r++) passed.set(real.subarray(r * W, r * W + width), r * width);
  return tensor(passed, [height, width]);
}

/** the least number of mirrored pixels beyond both sides of a picture together */
const ROOM = 16;

/** For each place of a power-of-two period the index it shows: 0 … n-1, then n-1, n-2, …, up to … 1, 0. */
function mirrored(n: number): Uint32Array {
  let period = 1;
  while (period < n + ROOM) period *= 2;
  const after = Math.ceil((period - n) / 2);
  return Uint32Array.from({ length: period }, (_, i) => reflected(i < n + after ? i : i - period, n));
}

/** The index within 0 … n-1 that a mirrored picture shows at `i`; its sides are repeated. */
function reflected(i: number, n: number): number {
  const place = ((i % (2 * n)) + 2 * n) % (2 * n);
  return place < n ? place : 2 * n - 1 - place;
}

function withoutBorder(image: Tensor, border: number): Tensor {
  const [height, width] = image.shape;
  const [h, w] = [height - 2 * border, width - 2 * border];
  const inner = new Float32Array(h * w);
  for (let r = 0; r < h; r++) {
    const start = (r + border) * width + border;
    inner.set(image.data.subarray(start, start + w), r * w);
  }
  return tensor(inner, [h, w]);
}

/** Divides by the local root mean square and scales to unit variance; undefined where there is no contrast. */
function evenContrast(image: Tensor, sigma: number, floor: number): Tensor | undefined {
  const [height, width] = image.shape;
  const evened = Float32Array.from(image.data);
  const local = localContrast(evened, height, width, sigma);
  const mean = meanOf(local);
  // what rounding leaves of a picture without contrast is below this share of the greys' range
  if (!(mean > 1e-7)) return undefined;
  for (let i = 0; i < evened.length; i++) evened[i] /= Math.max(local[i], floor * mean);
  standardize(evened);
  return tensor(evened, [height, width]);
}

/** The root mean square under a Gaussian window cut at three standard deviations; the image goes on mirrored. */
function localContrast(image: Float32Array, height: number, width: number, sigma: number): Float64Array {
  const taps = gaussianTaps(sigma);
  const squares = new Float64Array(image.length);
  for (let i = 0; i < image.length; i++) squares[i] = image[i] * image[i];
  const local = blurredRows(blurredRows(squares, height, width, taps), width, height, taps);
  for (let i = 0; i < local.length; i++) local[i] = Math.sqrt(local[i]);
  return local;
}

/** Shifts and scales to mean 0 and variance 1, in place. */
function standardize(image: Float32Array): void {
  const mean = meanOf(image);
  let power = 0;
  for (let i = 0; i < image.length; i++) power += (image[i] - mean) ** 2;
  const scale = Math.sqrt(image.length / power);
  for (let i = 0; i < image.length; i++) image[i] = (image[i] - mean) * scale;
}

function meanOf(values: Float32Array | Float64Array): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/** Blurs along rows and transposes: [height, width] becomes [width, height]. */
function blurredRows(image: Float64Array, height: number, width: number, taps: Float64Array): Float64Array {
  const reach = (taps.length - 1) / 2;
  const line = new Float64Array(width + 2 * reach);
  const source = Uint32Array.from(line, (_, i) => reflected(i - reach, width));
  const out = new Float64Array(height * width);
  for (let r = 0; r < height; r++) {
    for (let i = 0; i < line.length; i++) line[i] = image[r * width + source[i]];
    for (let c = 0; c < width; c++) {
      let sum = 0;
      for (let k = 0; k < taps.length; k++) sum += taps[k] * line[c + k];
      out[c * height + r] = sum;
    }
  }
  return out;
}

function gaussianTaps(sigma: number): Float64Array {
  const reach = Math.ceil(3 * sigma);
  const taps = Float64Array.from({ length: 2 * reach + 1 }, (_, k) => Math.exp(-((k - reach) ** 2) / (2 * sigma ** 2)));
  const sum = taps.reduce((total, tap) => total + tap, 0);
  return taps.map((tap) => tap / sum);
}
