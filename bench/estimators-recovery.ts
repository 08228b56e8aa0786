import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { spaceTimeCell } from "../src/cells/space-time-cell.js";
import { biphasicTimeCourse } from "../src/cells/space-time-cell-examples.js";
import { type MethodName, methods } from "../src/experiments/revcor-methods.js";
import { type Gabor, gaborValues } from "../src/math/gabor.js";
import { integerAt } from "../src/math/random.js";
import { randomStream } from "../src/math/random-streams.js";
import { mean, variance } from "../src/math/statistics.js";
import { norm } from "../src/math/vectors.js";
import { packagedPhotographs } from "../src/node/images.js";
import {
  averageGain,
  effectiveSpikes,
  expectedAverageCorrelation,
} from "../src/reverse-correlation/goodness/theory.js";
import { stimulusFromReader } from "../src/stimuli/read-stimulus.js";
import type { Stimulus } from "../src/stimuli/stimulus.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { type Tensor, tensor } from "../src/tensor/tensor.js";

/** What the cell is shown. */
export type Shown = "noise" | "photographs";

export const grid = { height: 16, width: 16 };
export const lags = 12;
export const frameSeconds = 1 / 60;
const [side, pixels, peakRate] = [16, 256, 100];

/** The same field with the orientation, phase and place turned on by a fixed part of their range with every seed. */
export function gaborOf(seed: number): Gabor {
  const part = (step: number) => (seed * step) % 1;
  return {
    amplitude: 1,
    betaX: 1 / (2 * 2.2 ** 2),
    betaY: 1 / (2 * 2.8 ** 2),
    frequency: 2 * Math.PI * 0.15,
    phase: 2 * Math.PI * part(0.7548776662) - Math.PI,
    x0: part(0.569840291) - 0.5,
    y0: part(0.8191725134) - 0.5,
    tau: Math.PI * part(0.6180339887),
  };
}

/** Correlation of an estimate with the true field of a simple cell with a past, beside theory's for the average of noise. */
export async function recoveryRun(task: {
  readonly method: MethodName;
  readonly shown: Shown;
  readonly frames: number;
  readonly seed: number;
}) {
  const { method, shown, frames, seed } = task;
  const stimulus =
    shown === "noise" ? whiteNoise({ grid, frames, frameSeconds, seed }) : await photographs(frames, seed);
  const [gabor, temporal] = [gaborOf(seed), biphasicTimeCourse(lags, frameSeconds)];
  const response = spaceTimeCell({ gabor, temporal }).respond(stimulus);
  const spikes = poissonSpikes(response, { peakRate, seed });
  const space = gaborValues(gabor, grid);
  const truth = Float64Array.from(
    { length: lags * pixels },
    (_, i) => temporal[Math.floor(i / pixels)]! * space[i % pixels]!,
  );
  const settings = { lags, nullDraws: 39, level: 0.05, seed, filters: null, subunit: null };
  const from = performance.now();
  const { found } = methods[method].fit(stimulus, spikes, settings, {});
  const seconds = (performance.now() - from) / 1e3;
  const peak = response.drive.reduce((a, b) => Math.max(a, b));
  const effective = effectiveSpikes(response.drive.map((drive) => (peakRate * frameSeconds * drive) / peak));
  return {
    correlation: found.filters.length === 0 ? 0 : along(found.filters[0]!.kernel.data, truth),
    // The mean of all frames, which the average is less by, shares a part of its noise.
    theory:
      shown === "noise"
        ? expectedAverageCorrelation(averageGain.squared, lags * pixels, 1 / (1 / effective - 1 / frames))
        : Number.NaN,
    spikes: spikes.spikes,
    seconds,
  };
}

/** The cosine of two filters; 0 where one is 0. */
export function along(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += a[i]! * b[i]!;
  const length = norm(a) * norm(b);
  return length === 0 ? 0 : sum / length;
}

/** Each picture made smaller by averages over squares of so many pixels, so that a patch holds more than one edge. */
const shrunk = 4;
let pictures: Promise<readonly Tensor[]> | undefined;

/** A patch of a photograph in every frame, at a place of its own, of mean 0 and variance 1 over the picture. */
export async function photographs(frames: number, seed: number): Promise<Stimulus> {
  pictures ??= packagedPhotographs().then((all) => all.map(({ pixels: picture }) => normalised(smaller(picture))));
  const ready = await pictures;
  const source = randomStream(seed, "patches");
  const read = (start: number, count: number): Float32Array => {
    const into = new Float32Array(count * pixels);
    for (let t = 0; t < count; t++) {
      const { data, shape } = ready[integerAt(ready.length, source, start + t, 0)]!;
      const row = integerAt(shape[0]! - side + 1, source, start + t, 1);
      const column = integerAt(shape[1]! - side + 1, source, start + t, 2);
      for (let r = 0; r < side; r++) {
        const at = (row + r) * shape[1]! + column;
        into.set(data.subarray(at, at + side) as Float32Array, t * pixels + r * side);
      }
    }
    return into;
  };
  return stimulusFromReader({ grid, frames, frameSeconds, read });
}

function smaller({ data, shape }: Tensor): Tensor {
  const [height, width] = [Math.floor(shape[0]! / shrunk), Math.floor(shape[1]! / shrunk)];
  const into = new Float32Array(height * width);
  for (let i = 0; i < height * width * shrunk * shrunk; i++) {
    const [y, x] = [Math.floor(i / (width * shrunk)), i % (width * shrunk)];
    into[Math.floor(y / shrunk) * width + Math.floor(x / shrunk)]! += data[y * shape[1]! + x]! / (shrunk * shrunk);
  }
  return tensor(into, [height, width]);
}

function normalised({ data, shape }: Tensor): Tensor {
  const [middle, deviation] = [mean(data), Math.sqrt(variance(data))];
  return tensor(
    Float32Array.from(data, (value) => (value - middle) / deviation),
    shape,
  );
}
