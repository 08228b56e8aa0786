import { type Grid, pixelsOf, stepOf } from "../../math/grid.js";
import { dot } from "../../math/vectors.js";
import { checkFinite, checkOptions, checkPositive, checkTensor, describe, isTensor } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { shapeText, type Tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { separated } from "./separability.js";
import { driftEnergy, strongestWave } from "./space-time-measures-spectrum.js";
import { temporalMeasures } from "./space-time-measures-temporal.js";

/** The numbers that describe a field in space and time. */
export interface SpaceTimeNumbers {
  /** seconds from a frame to the response it drives most */
  readonly timeToPeak: number;
  /** the largest magnitude of the sign opposite to the peak's, over the peak's */
  readonly biphasicIndex: number;
  /** seconds for which the peak's phase stays above half its height */
  readonly duration: number;
  /** direction of the bars at the field's peak lag, radians in [0, π); NaN where that image has no wave */
  readonly orientation: number;
  /** of that image's strongest wave, cycles a unit of length */
  readonly cyclesPerUnit: number;
  /** Hz, at that wave, of the preferred direction */
  readonly temporalFrequency: number;
  /** `(E_p - E_n) / (E_p + E_n)`, energies in the quadrants of the preferred direction and the opposite one, from 0 to 1 */
  readonly directionIndex: number;
  /** of the drift that drives the cell most, radians in [0, 2π) */
  readonly direction: number;
  /** share of the energy in the first image times time course, 1 if separable */
  readonly separability: number;
}

/** What a field in space and time prefers. */
export interface SpaceTimeMeasures extends SpaceTimeNumbers {
  readonly kind: "space-time-measures";
  /** [lags], the first temporal vector times its singular value, its weight largest in magnitude positive */
  readonly timeCourse: Float64Array;
  /** the time course's lag of largest magnitude */
  readonly peakLag: number;
  readonly warnings: readonly string[];
}

export interface SpaceTimeMeasuresOptions {
  /** seconds a lag */
  readonly frameSeconds: number;
  /** default the estimate's, else the field's shape with step 1 */
  readonly grid?: Grid;
}

/**
 * Measures of a space-time field.
 *
 * Timing is that of the first temporal singular vector. Orientation and frequency are those of the image at the lag of most
 * energy. The direction index compares the quadrants of the field's spectrum along that wave's direction, at all spatial
 * frequencies below Nyquist and all temporal ones but 0: a separable field has the index 0.
 *
 * @param field [lags, height, width], or an estimate
 * @returns times in seconds, frequencies in cycles a unit of length and Hz, angles in radians
 * @throws InputError if the field has other axes, is 0 throughout or not finite, or does not fit the grid
 * @see Adelson & Bergen 1985, J Opt Soc Am A 2:284, for the quadrants; DeAngelis, Ohzawa & Freeman 1993, J Neurophysiol 69:1091
 */
export function spaceTimeMeasures(field: Tensor | Estimate, options: SpaceTimeMeasuresOptions): SpaceTimeMeasures {
  const where = "spaceTimeMeasures";
  const kernel = isTensor(field) ? field : field?.kernel;
  if (kernel === undefined) refuse(where, `field is ${describe(field)}, a tensor or an estimate is needed`);
  checkTensor(where, "field", kernel, 3);
  checkFinite(where, "field", kernel.data);
  checkOptions(where, options, ["frameSeconds", "grid"]);
  const { frameSeconds } = options ?? {};
  checkPositive(where, "frameSeconds", frameSeconds);
  const [lags, height, width] = kernel.shape;
  const grid = options.grid ?? (isTensor(field) ? { height, width } : field.grid);
  if (grid.height !== height || grid.width !== width)
    refuse(where, `grid is ${grid.height}x${grid.width}, the field has shape ${shapeText(kernel.shape)}`);
  const { index, time } = separated(where, "field", kernel);
  const { warnings, peakLag, ...timing } = temporalMeasures(time, frameSeconds);
  const motion = motionOf(kernel, lags, grid, frameSeconds);
  return {
    kind: "space-time-measures",
    timeCourse: time,
    peakLag,
    ...timing,
    ...motion.numbers,
    separability: index,
    warnings: [...warnings, ...motion.warnings],
  };
}

function motionOf(kernel: Tensor, lags: number, grid: Grid, frameSeconds: number) {
  const pixels = pixelsOf(grid);
  const wave = strongestWave(imageOfMostEnergy(kernel.data, lags, pixels), grid);
  const length = Math.hypot(wave.kx, wave.ky);
  // Less than half a cycle across the patch is not told from an uneven blob.
  const least = Math.PI / (stepOf(grid) * Math.max(grid.height, grid.width));
  if (length < least) {
    const none = { orientation: NaN, temporalFrequency: NaN, directionIndex: NaN, direction: NaN };
    return {
      numbers: { ...none, cyclesPerUnit: length / (2 * Math.PI) },
      warnings: ["the field has less than half a cycle at its peak: it has no orientation and no direction"],
    };
  }
  const energy = driftEnergy(kernel.data, lags, grid, wave, frameSeconds);
  const total = energy.along + energy.against;
  const angle = Math.atan2(wave.ky, wave.kx) + (energy.along >= energy.against ? 0 : Math.PI);
  const numbers = {
    orientation: turn(Math.atan2(wave.ky, wave.kx) + Math.PI / 2, Math.PI),
    cyclesPerUnit: length / (2 * Math.PI),
    temporalFrequency: energy.temporalFrequency,
    directionIndex: total > 0 ? Math.abs(energy.along - energy.against) / total : NaN,
    direction: turn(angle, 2 * Math.PI),
  };
  return { numbers, warnings: lags < 2 ? ["one lag: there is no motion to tell"] : [] };
}

/** An angle in [0, period). */
function turn(angle: number, period: number): number {
  const rest = angle % period;
  return rest < 0 ? rest + period : rest;
}

function imageOfMostEnergy(data: Float32Array | Float64Array, lags: number, pixels: number): ArrayLike<number> {
  const images = Array.from({ length: lags }, (_, k) => data.subarray(k * pixels, (k + 1) * pixels));
  const energies = images.map((image) => dot(image, image));
  return images[energies.indexOf(Math.max(...energies))];
}
