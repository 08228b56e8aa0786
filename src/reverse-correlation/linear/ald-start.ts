import { fft3 } from "../../math/fft3.js";
import { type AldParameters, aldParameterCount, places } from "./ald-prior.js";
import type { FieldShape } from "./modes.js";

const axes = [0, 1, 2] as const;
/** where the diagonal lies among the six numbers of a triangle */
const diagonal = [0, 3, 5] as const;

/** A place or a frequency about which a field's energy lies, and how far it spreads along each axis. */
interface Spread {
  readonly middle: readonly number[];
  readonly deviations: readonly number[];
}

/** Spatial frequencies that are tried, cycles per patch, each at four orientations. */
const triedCycles = [1, 2, 3.5] as const;

/**
 * Where a search for a local prior may start: at the centre, the frequency and the spreads of another estimate's energy; and at
 * several frequencies and orientations, since a poor estimate's strongest frequency is often the stimulus's own.
 *
 * @param kernel [L·H·W]
 * @param standardErrors as many; energy that noise alone would have is taken off
 */
export function aldStarts(shape: FieldShape, kernel: Float64Array, standardErrors: Float64Array): AldParameters[] {
  const sure = kernel.map((w, d) => Math.max(0, w * w - 2 * standardErrors[d]! ** 2));
  const place = spreadOf(shape, sure.some((energy) => energy > 0) ? sure : kernel.map((w) => w * w));
  const band = bandOf(shape, kernel);
  const tried = triedCycles.flatMap((cycles) =>
    [0, 1, 2, 3].map((k) => ({
      middle: [band.middle[0]!, cycles * Math.sin((Math.PI * k) / 4), cycles * Math.cos((Math.PI * k) / 4)],
      deviations: [Math.max(1, band.deviations[0]!), 1, 1],
    })),
  );
  return [parametersOf(place, band, 1), ...[band, ...tried].map((each) => parametersOf(place, each, 1.5))];
}

/** @param breadth how much wider window and band are than the spreads */
function parametersOf(place: Spread, band: Spread, breadth: number): AldParameters {
  const parameters = new Float64Array(aldParameterCount);
  for (const axis of axes) {
    parameters[places.centre + axis] = place.middle[axis]!;
    parameters[places.cycles + axis] = band.middle[axis]!;
    parameters[places.window + diagonal[axis]] = -Math.log(breadth * Math.max(1, place.deviations[axis]!));
    parameters[places.band + diagonal[axis]] = -Math.log(breadth * Math.max(0.7, band.deviations[axis]!));
  }
  return parameters;
}

/** The parameters that mean nothing where an axis has one sample: they stay as they are. */
export function idleParameters(shape: FieldShape): number[] {
  return axes.flatMap((axis) => {
    if (shape[axis] > 1) return [];
    const triangle = [
      [0, 1, 2],
      [1, 3, 4],
      [2, 4, 5],
    ][axis]!;
    return [
      places.centre + axis,
      places.cycles + axis,
      ...triangle.flatMap((k) => [places.window + k, places.band + k]),
    ];
  });
}

function spreadOf([L, H, W]: FieldShape, energy: Float64Array): Spread {
  const total = energy.reduce((sum, value) => sum + value, 0);
  const at = (d: number) => [Math.floor(d / (H * W)), Math.floor(d / W) % H, d % W];
  const middle = [L, H, W].map((n) => (n - 1) / 2);
  if (total === 0) return { middle, deviations: [L, H, W].map((n) => n / 2) };
  const mean = axes.map((axis) => energy.reduce((sum, value, d) => sum + value * at(d)[axis]!, 0) / total);
  return {
    middle: mean,
    deviations: axes.map((axis) =>
      Math.sqrt(energy.reduce((sum, value, d) => sum + value * (at(d)[axis]! - mean[axis]!) ** 2, 0) / total),
    ),
  };
}

/** The strongest frequency, cycles per patch, and the spread about it of those with at least a tenth of its power. */
function bandOf(shape: FieldShape, kernel: Float64Array): Spread {
  const [L, H, W] = shape;
  const power = powerSpectrum(shape, kernel);
  const signed = (k: number, n: number) => (2 * k > n ? k - n : k);
  const cyclesAt = (d: number) => [
    signed(Math.floor(d / (H * W)), L),
    signed(Math.floor(d / W) % H, H),
    signed(d % W, W),
  ];
  const best = power.indexOf(power.reduce((most, value) => Math.max(most, value), 0));
  const middle = cyclesAt(best);
  const sums = new Float64Array(3);
  let total = 0;
  power.forEach((value, d) => {
    if (value < 0.1 * power[best]!) return;
    const cycles = cyclesAt(d);
    const off = (sign: number) => cycles.map((k, axis) => sign * k - middle[axis]!);
    const near = [off(1), off(-1)].sort((a, b) => Math.hypot(...a) - Math.hypot(...b))[0]!;
    total += value;
    for (const axis of axes) sums[axis]! += value * near[axis]! ** 2;
  });
  return { middle, deviations: Array.from(sums, (sum) => Math.sqrt(sum / total)) };
}

/** `|Σ w·exp(-2πi·k·p/n)|²` of every frequency. */
function powerSpectrum(shape: FieldShape, kernel: Float64Array): Float64Array {
  const [real, imaginary] = [kernel.slice(), new Float64Array(kernel.length)];
  fft3(real, imaginary, shape);
  return real.map((re, f) => re * re + imaginary[f]! ** 2);
}
