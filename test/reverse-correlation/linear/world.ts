import { responseOf } from "../../../src/cells/cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { fft2 } from "../../../src/math/fft.js";
import { fillNormal, uniformAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { filterDrive } from "../../../src/reverse-correlation/filter-drive.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { tensor } from "../../../src/tensor/tensor.js";

export const frameSeconds = 1 / 60;

/** A space-time separable simple cell's filter, [lags, size, size], of unit norm. */
export function simpleField(lags: number, size: number, orientation = 0.6): Float64Array {
  const [sigma, wavelength] = [size / 6, (size * 6) / 16];
  const field = Float64Array.from({ length: lags * size * size }, (_, d) => {
    const [k, row, column] = [Math.floor(d / size ** 2) + 0.5, Math.floor(d / size) % size, d % size];
    const time = (k / 2.5) ** 3 * Math.exp(-k / 1.2) - 0.4 * (k / 4) ** 4 * Math.exp(-k / 1.6);
    const [x, y] = [column - (size - 1) / 2 - 0.5, (size - 1) / 2 - row + 0.3];
    const along = x * Math.cos(orientation) + y * Math.sin(orientation);
    const envelope = Math.exp(-(x * x + y * y) / (2 * sigma ** 2));
    return time * envelope * Math.cos((2 * Math.PI * along) / wavelength + 0.7);
  });
  const norm = Math.hypot(...field);
  return field.map((value) => value / norm);
}

export function noise(frames: number, size: number, seed: number): Stimulus {
  return whiteNoise({ grid: { height: size, width: size }, frames, frameSeconds, seed });
}

/** Patches of one large image with amplitudes of 1/f, as photographs have, of unit variance over the image. */
export function patches(frames: number, size: number, seed: number): Stimulus {
  const n = 256;
  const source = randomStream(seed, "tests");
  const white = new Float32Array(n * n);
  fillNormal(white, source, 0);
  const [real, imaginary] = [Float64Array.from(white), new Float64Array(n * n)];
  fft2(real, imaginary, n, n);
  const power = real.map((_, at) => {
    const [r, c] = [Math.floor(at / n), at % n];
    const f = Math.hypot(Math.min(r, n - r), Math.min(c, n - c));
    const gain = f === 0 ? 0 : 1 / Math.max(4, f);
    real[at]! *= gain;
    imaginary[at]! *= gain;
    return gain * gain;
  });
  fft2(real, imaginary, n, n, true);
  const scale = Math.sqrt((n * n) / power.reduce((sum, value) => sum + value, 0));
  const frame = (t: number) => {
    const [top, left] = [0, 1].map((axis) => Math.floor(uniformAt(source, 1, 2 * t + axis) * (n - size)));
    return Array.from(
      { length: size * size },
      (_, p) => scale * real[(top! + Math.floor(p / size)) * n + left! + (p % size)]!,
    );
  };
  return stimulusFrom(tensor(Array.from({ length: frames }, (_, t) => frame(t)).flat(), [frames, size, size]), {
    frameSeconds,
  });
}

/** Poisson spikes of a rectified linear cell. */
export function cellSpikes(stimulus: Stimulus, field: Float64Array, peakRate: number, seed: number) {
  const { height, width } = stimulus.grid;
  const drive = filterDrive(tensor(field, [field.length / (height * width), height, width]), stimulus);
  const response = responseOf(
    drive.map((s) => Math.max(0, s)),
    { name: "space-time" },
    stimulus,
  );
  return poissonSpikes(response, { peakRate, seed });
}

/** Counts of the linear-Gaussian model about a large constant, rounded: the rounding adds a variance of 1/12. */
export function gaussianCounts(
  stimulus: Stimulus,
  field: Float64Array,
  deviation: number,
  constant: number,
  seed: number,
) {
  const { height, width } = stimulus.grid;
  const drive = filterDrive(tensor(field, [field.length / (height * width), height, width]), stimulus);
  const errors = new Float32Array(stimulus.frames);
  fillNormal(errors, randomStream(seed, "tests"), 7);
  return spikesFrom(
    drive.map((s, t) => Math.max(0, Math.round(constant + s + deviation * errors[t]!))),
    { frameSeconds },
  );
}
