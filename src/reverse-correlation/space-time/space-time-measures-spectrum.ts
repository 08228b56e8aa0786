import { fft, fft2 } from "../../math/fft.js";
import { type Grid, pixelsOf, stepOf, xOfColumn, yOfRow } from "../../math/grid.js";
import { vertex } from "./space-time-measures-temporal.js";

/** A wave in space: radians a unit of length along x and y. */
export interface Wave {
  readonly kx: number;
  readonly ky: number;
}

/** Frequencies along the best direction at which the drift is looked at. */
const samples = 48;

/**
 * The wave of greatest power in an image, of the half plane of waves (a real image has each wave's opposite too): the largest
 * of a fine transform, then parabolas on the exact one.
 */
export function strongestWave(image: ArrayLike<number>, grid: Grid): Wave {
  const { height, width } = grid;
  const n = 2 ** Math.ceil(Math.log2(Math.max(32, 4 * Math.max(height, width))));
  const [re, im] = [new Float64Array(n * n), new Float64Array(n * n)];
  for (let i = 0; i < height * width; i++) re[Math.floor(i / width) * n + (i % width)] = image[i];
  fft2(re, im, n, n);
  let best = 0;
  const power = (i: number) => re[i] ** 2 + im[i] ** 2;
  for (let i = 0; i < n * n; i++) if (i % n <= n / 2 && power(i) > power(best)) best = i;
  const unit = (2 * Math.PI) / (n * stepOf(grid));
  const signed = (index: number) => (index > n / 2 ? index - n : index) * unit;
  // Rows run down, y runs up.
  let wave: Wave = { kx: signed(best % n), ky: -signed(Math.floor(best / n)) };
  for (let step = unit; step > unit / 50; step /= 3)
    wave = climbed(image, grid, climbed(image, grid, wave, step, 0), 0, step);
  return wave;
}

/** One parabola along (dx, dy) through the wave. */
function climbed(image: ArrayLike<number>, grid: Grid, { kx, ky }: Wave, dx: number, dy: number): Wave {
  const at = (by: number) => powerAt(image, grid, { kx: kx + by * dx, ky: ky + by * dy });
  const by = Math.max(-1, Math.min(1, vertex(at(-1), at(0), at(1))));
  return { kx: kx + by * dx, ky: ky + by * dy };
}

function powerAt(image: ArrayLike<number>, grid: Grid, wave: Wave): number {
  const [re, im] = transformAt(image, 0, grid, wave);
  return re ** 2 + im ** 2;
}

/** `Σ image·exp(-i·k·r)` of the image that starts at `offset`. */
function transformAt(image: ArrayLike<number>, offset: number, grid: Grid, { kx, ky }: Wave): [number, number] {
  let [re, im] = [0, 0];
  for (let row = 0; row < grid.height; row++) {
    const along = ky * yOfRow(grid, row);
    for (let column = 0; column < grid.width; column++) {
      const angle = kx * xOfColumn(grid, column) + along;
      const value = image[offset + row * grid.width + column];
      re += value * Math.cos(angle);
      im -= value * Math.sin(angle);
    }
  }
  return [re, im];
}

/** Energy of a field for drift along a direction and against it, and the temporal frequency of the stronger at the wave itself. */
export interface DriftEnergy {
  readonly along: number;
  readonly against: number;
  /** Hz */
  readonly temporalFrequency: number;
}

/**
 * The field's energy in the two quadrants of spatial and temporal frequency, along the direction of a wave.
 *
 * A grating `cos(k·r - ωt)` drifts along k. Where the field has weight at lag τ it was shown at t - τ, as `cos(k·r + ωτ - …)`: so
 * energy at (k, ω) of the field, over space and lag, is what answers to drift along k, and (k, -ω) to drift against it.
 */
export function driftEnergy(
  kernel: ArrayLike<number>,
  lags: number,
  grid: Grid,
  wave: Wave,
  frameSeconds: number,
): DriftEnergy {
  const length = Math.hypot(wave.kx, wave.ky);
  const [ux, uy] = [wave.kx / length, wave.ky / length];
  // Up to where one of the axes reaches the highest frequency that its pixels show.
  const most = Math.PI / stepOf(grid) / Math.max(Math.abs(ux), Math.abs(uy));
  let [along, against] = [0, 0];
  for (let i = 1; i <= samples; i++) {
    const k = (most * (i - 0.5)) / samples;
    const power = temporalPower(kernel, lags, grid, { kx: k * ux, ky: k * uy });
    for (let f = 1; f < power.length / 2; f++) {
      along += power[f];
      against += power[power.length - f];
    }
  }
  const atWave = temporalPower(kernel, lags, grid, wave);
  const n = atWave.length;
  const sided = (f: number) => atWave[along >= against ? f : (n - f) % n];
  let best = 0;
  for (let f = 1; f < n / 2; f++) if (sided(f) > sided(best)) best = f;
  const shift = best > 0 ? vertex(sided(best - 1), sided(best), sided(best + 1)) : 0;
  return { along, against, temporalFrequency: (best + shift) / (n * frameSeconds) };
}

/** `|Σ_k Σ_r w(k, r)·exp(-i·(k·r + ωk))|²` at equally spaced ω, from 0 on round the circle. */
function temporalPower(kernel: ArrayLike<number>, lags: number, grid: Grid, wave: Wave): Float64Array {
  const n = 2 ** Math.ceil(Math.log2(Math.max(16, 4 * lags)));
  const [re, im] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < lags; k++) [re[k], im[k]] = transformAt(kernel, k * pixelsOf(grid), grid, wave);
  fft(re, im);
  return re.map((value, i) => value ** 2 + im[i] ** 2);
}
