import type { SpikeTrain } from "../src/cells/response.js";
import { spikesFrom } from "../src/cells/spikes.js";
import { renderGabor } from "../src/math/gabor.js";
import { fillNormal, poissonAt, uniformAt } from "../src/math/random.js";
import { randomStream } from "../src/math/random-streams.js";
import { norm } from "../src/math/vectors.js";
import { whitenedAverage } from "../src/reverse-correlation/average/whitened-average.js";
import type { Estimate } from "../src/reverse-correlation/estimate.js";
import { filterDrive } from "../src/reverse-correlation/filter-drive.js";
import { fitGlm } from "../src/reverse-correlation/likelihood/glm.js";
import { aldEstimate } from "../src/reverse-correlation/linear/ald-estimate.js";
import { asdEstimate } from "../src/reverse-correlation/linear/asd-estimate.js";
import { ridgeEstimate } from "../src/reverse-correlation/linear/ridge-estimate.js";
import { sparseEstimate } from "../src/reverse-correlation/linear/sparse-estimate.js";
import type { Stimulus } from "../src/stimuli/stimulus.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { tensor } from "../src/tensor/tensor.js";

/** Methods that give standard errors, and the nonlinearity of the cell that each assumes. */
const intervals = {
  whitened: {
    truth: "weights",
    link: "linear",
    estimate: (stimulus, spikes) => whitenedAverage(stimulus, spikes, { lags, ridge: 1e-6 }),
  },
  ridge: {
    truth: "weights",
    link: "linear",
    estimate: (stimulus, spikes) => ridgeEstimate(stimulus, spikes, { lags }),
  },
  asd: { truth: "blobs", link: "linear", estimate: (stimulus, spikes) => asdEstimate(stimulus, spikes, { lags }) },
  ald: { truth: "gabor", link: "linear", estimate: (stimulus, spikes) => aldEstimate(stimulus, spikes, { lags }) },
  sparse: {
    truth: "gabor",
    link: "linear",
    estimate: (stimulus, spikes) => sparseEstimate(stimulus, spikes, { lags }),
  },
  glm: { truth: "weights", link: "exponential", estimate: (stimulus, spikes) => fitGlm(stimulus, spikes, { lags }) },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly truth: "weights" | "blobs" | "gabor";
      readonly link: "linear" | "exponential";
      readonly estimate: (stimulus: Stimulus, spikes: SpikeTrain) => Estimate;
    }
  >
>;

export type IntervalMethod = keyof typeof intervals;
export const intervalMethods = Object.keys(intervals) as IntervalMethod[];

const [side, lags, frames, frameSeconds] = [6, 2, 1500, 1 / 60];
const grid = { height: side, width: side };
const size = lags * side * side;
/** Spikes a bin of a grey screen, and the deviation of the drive, in spikes a bin or in log rate. */
const [linearOffset, linearDrive, logOffset, logDrive] = [12, 1.5, Math.log(0.5), 0.7];
const ninetyFive = 1.959964;

/** The share of the true weights that lie within 95 % intervals, in one simulated recording of a new field. */
export function coverageRun({ method, seed }: { readonly method: IntervalMethod; readonly seed: number }) {
  const { truth, link, estimate } = intervals[method];
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const field = fieldOf(truth, seed, link === "linear" ? linearDrive : logDrive);
  const drive = filterDrive(tensor(field, [lags, side, side]), stimulus);
  const source = randomStream(seed, "spikes");
  const counts = Uint32Array.from(drive, (z, t) =>
    poissonAt(link === "linear" ? Math.max(0, linearOffset + z) : Math.exp(logOffset + z), source, t),
  );
  const { kernel, standardErrors } = estimate(stimulus, spikesFrom(counts, { frameSeconds }));
  // The whitened average is relative to the mean count.
  const scale = method === "whitened" ? linearOffset : 1;
  let inside = 0;
  for (let i = 0; i < size; i++)
    if (Math.abs(kernel.data[i]! - field[i]! / scale) <= ninetyFive * standardErrors!.data[i]!) inside++;
  return { coverage: inside / size };
}

/** A random field of one norm: independent weights, weights smoothed over space, or a Gabor. */
function fieldOf(kind: "weights" | "blobs" | "gabor", seed: number, length: number): Float64Array {
  const values = new Float32Array(size);
  fillNormal(values, randomStream(seed, "tests"), 0);
  const part = (index: number) => uniformAt(randomStream(seed, "tests"), 1, index);
  const raw = kind === "weights" ? Float64Array.from(values) : kind === "blobs" ? smoothed(values) : gaborField(part);
  const scale = length / norm(raw);
  return raw.map((value) => scale * value);
}

/**
 * Weights mixed by Gaussians of 1.2 pixels in space and 1 frame in time, mirrored at the sides: a draw of the prior of smooth
 * fields, whose length scales are √2 times those.
 */
function smoothed(values: Float32Array): Float64Array {
  const [inTime, inSpace] = [mixing(lags, 1), mixing(side, 1.2)];
  return Float64Array.from(values, (_, i) => {
    const [k, r, c] = [Math.floor(i / (side * side)), Math.floor(i / side) % side, i % side];
    let sum = 0;
    for (let j = 0; j < size; j++) {
      const [kj, rj, cj] = [Math.floor(j / (side * side)), Math.floor(j / side) % side, j % side];
      sum += values[j]! * inTime[k]![kj]! * inSpace[r]![rj]! * inSpace[c]![cj]!;
    }
    return sum;
  });
}

/** [n][n], a Gaussian about each place with what leaves the line folded back into it. */
function mixing(n: number, sigma: number): number[][] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: n }, (_, j) => {
      let sum = 0;
      for (let turn = -4; turn <= 4; turn++)
        for (const image of [2 * n * turn + j, 2 * n * turn - 1 - j])
          sum += Math.exp(-((i - image) ** 2) / (2 * sigma ** 2));
      return sum;
    }),
  );
}

function gaborField(part: (index: number) => number): Float64Array {
  const gabor = {
    amplitude: 1,
    betaX: 0.35,
    betaY: 0.25,
    frequency: 1.2,
    phase: 2 * Math.PI * part(0) - Math.PI,
    x0: 2 * part(1) - 1,
    y0: 2 * part(2) - 1,
    tau: Math.PI * part(3),
  };
  const { data } = renderGabor(gabor, grid);
  const time = [1, 0.4];
  return Float64Array.from({ length: size }, (_, i) => time[Math.floor(i / data.length)]! * data[i % data.length]!);
}
