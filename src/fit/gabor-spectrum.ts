import { fft2 } from "../math/fft.js";
import type { Field } from "./gabor-sums.js";

/** What a field's power spectrum says of its carrier and place, in radians per pixel and pixels. */
export interface SpectrumSummary {
  /** whether the power peaks at frequency 0 */
  readonly lowpass: boolean;
  /** the carrier where the power peaks; f is 0 for a lowpass field */
  readonly peak: { readonly f: number; readonly tau: number };
  /** the direction in which the power spreads most, and its root mean square frequency along it */
  readonly spread: { readonly f: number; readonly tau: number };
  /** the centroid of the squared field, its noise left out */
  readonly centre: { readonly x: number; readonly y: number };
}

/** Power below this share of the greatest counts as noise. */
const noiseShare = 0.08;
/** Frequencies are sampled at least this often along an axis, so that the peak of a small patch is not missed between them. */
const leastSize = 32;

interface Spectrum {
  /** frequencies along each axis, a power of two */
  readonly size: number;
  /** [size, size], the transform of the field, zeros to its right and below it */
  readonly real: Float64Array;
  readonly imaginary: Float64Array;
  readonly power: Float64Array;
}

/** The peak, the spread and the centre of the power spectrum of a field that is not 0 throughout. */
export function summarise(field: Field): SpectrumSummary {
  const spectrum = transformOf(field);
  const { size, power } = spectrum;
  const unit = (2 * Math.PI) / size;
  const [u, v] = peakOf(spectrum);
  const least = noiseShare * power.reduce((most, p) => Math.max(most, p), 0);
  const [peakU, peakV] = centroidNear(spectrum, u, v, least);
  return {
    lowpass: u === 0 && v === 0,
    // rows go down, y goes up
    peak: { f: unit * Math.hypot(peakU, peakV), tau: Math.atan2(-peakV, peakU) },
    spread: spreadOf(spectrum, least),
    centre: centreOf(field, spectrum, u, v, least),
  };
}

function transformOf({ height, width, data }: Field): Spectrum {
  let size = leastSize;
  while (size < Math.max(height, width)) size *= 2;
  const real = new Float64Array(size * size);
  const imaginary = new Float64Array(size * size);
  for (let row = 0; row < height; row++) real.set(data.subarray(row * width, (row + 1) * width), row * size);
  fft2(real, imaginary, size, size);
  const power = new Float64Array(size * size);
  for (let i = 0; i < power.length; i++) power[i] = real[i] * real[i] + imaginary[i] * imaginary[i];
  return { size, real, imaginary, power };
}

/** The index of a frequency as a signed number of cycles. */
function signed(k: number, size: number): number {
  return k <= size / 2 ? k : k - size;
}

/** [u, v] of the largest power over half of the plane, averaged over each frequency and its four neighbours against noise. */
function peakOf({ size, power }: Spectrum): readonly [number, number] {
  const last = size - 1;
  let best = -1;
  let at = 0;
  for (let v = 0; v < size; v++) {
    const [above, below] = [((v - 1) & last) * size, ((v + 1) & last) * size];
    for (let u = 0; u <= size / 2; u++) {
      const sides = power[v * size + ((u + 1) & last)] + power[v * size + ((u - 1) & last)];
      const p = 2 * power[v * size + u] + sides + power[above + u] + power[below + u];
      if (p <= best) continue;
      best = p;
      at = v * size + u;
    }
  }
  return [at % size, signed(Math.floor(at / size), size)];
}

/** The centroid of the power over the frequencies next to the peak, on its side of 0. */
function centroidNear({ size, power }: Spectrum, u: number, v: number, least: number): readonly [number, number] {
  const last = size - 1;
  let [total, sumU, sumV] = [0, 0, 0];
  for (let dv = -1; dv <= 1; dv++) {
    for (let du = -1; du <= 1; du++) {
      const p = power[((v + dv) & last) * size + ((u + du) & last)];
      if (p < least || (u + du) * u + (v + dv) * v <= 0) continue;
      total += p;
      sumU += p * (u + du);
      sumV += p * (v + dv);
    }
  }
  return total > 0 ? [sumU / total, sumV / total] : [u, v];
}

/** The principal axis of the power's second moments about frequency 0. */
function spreadOf({ size, power }: Spectrum, least: number): { f: number; tau: number } {
  let [total, uu, uv, vv] = [0, 0, 0, 0];
  for (let i = 0; i < power.length; i++) {
    const p = power[i];
    if (p < least) continue;
    const u = signed(i % size, size);
    const v = -signed(Math.floor(i / size), size);
    total += p;
    uu += p * u * u;
    uv += p * u * v;
    vv += p * v * v;
  }
  const along = (uu + vv) / 2 + Math.hypot((uu - vv) / 2, uv);
  return { f: ((2 * Math.PI) / size) * Math.sqrt(along / total), tau: 0.5 * Math.atan2(2 * uv, uu - vv) };
}

/**
 * The centroid of the field's square from its transform F: to one frequency step d, `arg Σ conj(F(k))·F(k+d)` is minus its
 * position, over the frequencies k on the peak's side that stand above the noise.
 */
function centreOf(field: Field, spectrum: Spectrum, u: number, v: number, least: number): { x: number; y: number } {
  const { size, real, imaginary, power } = spectrum;
  const last = size - 1;
  let [xr, xi, yr, yi] = [0, 0, 0, 0];
  for (let i = 0; i < power.length; i++) {
    if (power[i] < least) continue;
    const [k, row] = [i % size, Math.floor(i / size)];
    if (signed(k, size) * u + signed(row, size) * v < 0) continue;
    const right = row * size + ((k + 1) & last);
    const down = ((row + 1) & last) * size + k;
    xr += real[i] * real[right] + imaginary[i] * imaginary[right];
    xi += real[i] * imaginary[right] - imaginary[i] * real[right];
    yr += real[i] * real[down] + imaginary[i] * imaginary[down];
    yi += real[i] * imaginary[down] - imaginary[i] * real[down];
  }
  const { height: H, width: W } = field;
  return {
    x: inside((-Math.atan2(xi, xr) * size) / (2 * Math.PI), W, size) - (W - 1) / 2,
    y: (H - 1) / 2 - inside((-Math.atan2(yi, yr) * size) / (2 * Math.PI), H, size),
  };
}

/** A position known up to the period, brought next to the patch and into it. */
function inside(position: number, length: number, period: number): number {
  const near = position < (length - period) / 2 ? position + period : position;
  return Math.min(Math.max(near, 0), length - 1);
}
