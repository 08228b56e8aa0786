import { complexCell } from "../../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import type { Response } from "../../../src/cells/response.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { quadraturePair, renderGabor } from "../../../src/math/gabor.js";
import { principalAngles } from "../../../src/math/principal-angles.js";
import { uniformAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import {
  complexCellExcess,
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedCovarianceAngle,
} from "../../../src/reverse-correlation/goodness/theory.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import type { Tensor } from "../../../src/tensor/tensor.js";
import { tensor } from "../../../src/tensor/tensor.js";

export const frameSeconds = 0.1;
export const grid = { height: 8, width: 8 };
export const gabor = { amplitude: 1, betaX: 0.12, betaY: 0.1, frequency: 1.2, phase: 0.4, x0: 0.3, y0: -0.2, tau: 0.5 };

/** Gaussian white noise. */
export const noise = (seed: number, frames: number, side = 8) =>
  whiteNoise({ grid: { height: side, width: side }, frames, frameSeconds, seed });

/** Half a spike a frame on average. */
export const spikesOf = (response: Response, seed: number) =>
  poissonSpikes(response, { peakRate: 5, peakDrive: meanOf(response.drive), seed });

/** A spike train of given counts. */
export const train = (counts: ArrayLike<number>) => spikesFrom(counts, { frameSeconds });

export const meanOf = (values: ArrayLike<number>) => Array.from(values).reduce((a, b) => a + b, 0) / values.length;

export const angleBetween = (a: Tensor, b: Tensor) => principalAngles([a], [b])[0];

/** An energy cell in white noise: its spikes, its plane, and the angle at which theory says its worse axis is found. */
export function energyCell(seed: number, frames: number) {
  const stimulus = noise(seed, frames);
  const response = complexCell(gabor, { energy: true }).respond(stimulus);
  const mean = meanOf(response.drive);
  const expected = response.drive.map((drive) => (0.5 * drive) / mean);
  const effective = effectiveSpikesBesideAll(effectiveSpikes(expected), frames);
  return {
    stimulus,
    spikes: spikesOf(response, seed),
    plane: quadraturePair(gabor).map((g) => renderGabor(g, grid)),
    theory: Math.max(...complexCellExcess(gabor, grid, true).map((l) => expectedCovarianceAngle(l, 64, effective))),
  };
}

/** Images as photographs are: opaque discs of grey over each other, radii r with density r^-3 between .7 and 6 pixels. */
export function deadLeaves(seed: number, frames: number) {
  const stream = randomStream(seed, "tests");
  const data = new Float32Array(frames * 64);
  const [large, small] = [1 / 36, 1 / 0.49];
  for (let t = 0; t < frames; t++) {
    for (let n = 0; n < 40; n++) {
      const [a, b, c, d] = [0, 1, 2, 3].map((i) => uniformAt(stream, t, 4 * n + i));
      const squaredRadius = 1 / (small - a * (small - large));
      for (let p = 0; p < 64; p++) {
        const [dx, dy] = [(p % 8) - (16 * b - 4), Math.floor(p / 8) - (16 * c - 4)];
        if (dx * dx + dy * dy <= squaredRadius) data[t * 64 + p] = 2 * d - 1;
      }
    }
  }
  return stimulusFrom(tensor(data, [frames, 8, 8]), { frameSeconds });
}

/** How far a gradient is from central differences, as a share of its largest entry. */
export function gradientError(f: (x: Float64Array, g: Float64Array) => number, x: Float64Array, step = 1e-5): number {
  const gradient = new Float64Array(x.length);
  f(x, gradient);
  const unused = new Float64Array(x.length);
  let [worst, largest] = [0, 0];
  for (let i = 0; i < x.length; i++) {
    const at = (by: number) =>
      f(
        x.map((value, j) => (j === i ? value + by : value)),
        unused,
      );
    worst = Math.max(worst, Math.abs((at(step) - at(-step)) / (2 * step) - gradient[i]));
    largest = Math.max(largest, Math.abs(gradient[i]));
  }
  return worst / largest;
}
