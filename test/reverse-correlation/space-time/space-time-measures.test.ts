import { describe, expect, it } from "vitest";
import { cellFrom } from "../../../src/cells/function-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { xOfColumn, yOfRow } from "../../../src/math/grid.js";
import { filterDrive } from "../../../src/reverse-correlation/filter-drive.js";
import { spaceTimeMeasures } from "../../../src/reverse-correlation/space-time/space-time-measures.js";
import { averageMeasures } from "../../../src/reverse-correlation/space-time/space-time-measures-errors.js";
import { temporalMeasures } from "../../../src/reverse-correlation/space-time/space-time-measures-temporal.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { type Tensor, tensor, zeros } from "../../../src/tensor/tensor.js";

const grid = { height: 16, width: 16, step: 0.25 };
const lags = 12;
const frameSeconds = 0.01;
const wavelength = 1.5;

/** A carrier that runs along `angle`, at `hertz` in space-time, of which `share` drifts and the rest reverses in place. */
function field(angle: number, hertz: number, share: number): Tensor {
  const kernel = zeros([lags, 16, 16], "float64");
  const k = (2 * Math.PI) / wavelength;
  const omega = 2 * Math.PI * hertz;
  for (let lag = 0; lag < lags; lag++) {
    const time = lag * frameSeconds - 0.045;
    for (let i = 0; i < 256; i++) {
      const [x, y] = [xOfColumn(grid, i % 16), yOfRow(grid, Math.floor(i / 16))];
      const along = k * (x * Math.cos(angle) + y * Math.sin(angle));
      const envelope = Math.exp(-(x * x + y * y) - (time / 0.025) ** 2 / 2);
      const drift = Math.cos(along + omega * time);
      const still = Math.cos(along) * Math.cos(omega * time);
      kernel.data[lag * 256 + i] = envelope * (share * drift + (1 - share) * still);
    }
  }
  return kernel;
}

/** The mean squared drive by a grating that drifts along `angle`. */
function answer(kernel: Tensor, angle: number, hertz: number): number {
  const frames = 100;
  const k = (2 * Math.PI) / wavelength;
  const shown = Float32Array.from({ length: frames * 256 }, (_, i) => {
    const [x, y] = [xOfColumn(grid, i % 16), yOfRow(grid, Math.floor((i % 256) / 16))];
    const t = Math.floor(i / 256) * frameSeconds;
    return Math.cos(k * (x * Math.cos(angle) + y * Math.sin(angle)) - 2 * Math.PI * hertz * t);
  });
  const drive = filterDrive(kernel, stimulusFrom(tensor(shown, [frames, 16, 16]), { frameSeconds, step: grid.step }));
  return drive.subarray(lags).reduce((sum, s) => sum + s * s, 0) / (frames - lags);
}

describe("a time course", () => {
  it("has the peak of a parabola, the width at half height and the share of the other sign", () => {
    const course = [0, -2, -4, -2, 0, 1, 0];
    const found = temporalMeasures(course, 0.01);
    expect(found.peakLag).toBe(2);
    expect(found.timeToPeak).toBeCloseTo(0.02, 12);
    expect(found.biphasicIndex).toBeCloseTo(0.25, 12);
    expect(found.duration).toBeCloseTo(0.02, 12);
    expect(found.warnings).toEqual([]);
    // A parabola between the lags: 1 - (k - 2.3)²/10.
    const between = Array.from({ length: 6 }, (_, k) => 1 - (k - 2.3) ** 2 / 10);
    expect(temporalMeasures(between, 1).timeToPeak).toBeCloseTo(2.3, 10);
  });

  it("says where its window cuts the peak", () => {
    expect(temporalMeasures([3, 2.9, 1], 1).warnings.length).toBe(2);
    expect(temporalMeasures([3, 2.9, 1], 1).duration).toBeCloseTo(1 + 1.4 / 1.9, 12);
  });
});

describe("a space-time field", () => {
  it("gives back orientation, frequencies and direction of a drifting Gabor, whichever way it drifts", () => {
    for (const angle of [0, 0.6, 2, 3.6, 5.5]) {
      const found = spaceTimeMeasures(field(angle, 12, 1), { frameSeconds, grid });
      const turns = (found.direction - angle) / (2 * Math.PI);
      expect(Math.abs(turns - Math.round(turns))).toBeLessThan(0.005);
      const half = (found.orientation - angle - Math.PI / 2) / Math.PI;
      expect(Math.abs(half - Math.round(half))).toBeLessThan(0.01);
      expect(found.cyclesPerUnit).toBeCloseTo(1 / wavelength, 1);
      // The envelope's own width in frequency, 1/(2π·.025 s) = 6 Hz, draws the peak a little.
      expect(Math.abs(found.temporalFrequency - 12)).toBeLessThan(1.5);
      expect(found.directionIndex).toBeGreaterThan(0.85);
      expect(Math.abs(found.timeToPeak - 0.045)).toBeLessThan(0.01);
    }
  });

  it("is driven most by gratings of the direction that it names", () => {
    const kernel = field(0.6, 12, 1);
    const { direction } = spaceTimeMeasures(kernel, { frameSeconds, grid });
    expect(answer(kernel, direction, 12)).toBeGreaterThan(10 * answer(kernel, direction + Math.PI, 12));
  });

  it("that separates has no direction, and an index of 0", () => {
    const still = spaceTimeMeasures(field(0.6, 12, 0), { frameSeconds, grid });
    expect(still.separability).toBeCloseTo(1, 10);
    expect(still.directionIndex).toBeLessThan(1e-10);
    const partly = spaceTimeMeasures(field(0.6, 12, 0.4), { frameSeconds, grid });
    expect(partly.directionIndex).toBeGreaterThan(0.3);
    expect(partly.directionIndex).toBeLessThan(0.8);
  });

  it("has the index (p² - q²) / (p² + q²) for p of one drift and q of the opposite", () => {
    // share·drift + (1 - share)·still: still is half of each drift, so p = (1 + share)/2, q = (1 - share)/2.
    const [p, q] = [0.7, 0.3];
    const found = spaceTimeMeasures(field(0, 20, 0.4), { frameSeconds, grid });
    expect(Math.abs(found.directionIndex - (p * p - q * q) / (p * p + q * q))).toBeLessThan(0.05);
  });

  it("of a blob has neither orientation nor direction, and says so", () => {
    const blob = zeros([lags, 16, 16], "float64");
    for (let i = 0; i < 256; i++) {
      const [x, y] = [xOfColumn(grid, i % 16), yOfRow(grid, Math.floor(i / 16))];
      blob.data[3 * 256 + i] = Math.exp(-x * x - y * y);
    }
    const found = spaceTimeMeasures(blob, { frameSeconds, grid });
    expect(found.orientation).toBeNaN();
    expect(found.warnings).toContain(
      "the field has less than half a cycle at its peak: it has no orientation and no direction",
    );
    expect(found.peakLag).toBe(3);
  });

  it("is refused where it is no field", () => {
    expect(() => spaceTimeMeasures(zeros([2, 2]), { frameSeconds })).toThrow("3 axes are needed");
    expect(() => spaceTimeMeasures(zeros([2, 2, 2]), { frameSeconds })).toThrow(
      "spaceTimeMeasures: field is 0 throughout",
    );
    expect(() => spaceTimeMeasures(field(0, 1, 1), { frameSeconds, grid: { height: 2, width: 2 } })).toThrow(
      "spaceTimeMeasures: grid is 2x2, the field has shape [12, 16, 16]",
    );
  });
});

describe("the measures of an average", () => {
  it("lie within 3 bootstrap errors of the truth, which shrink as 1/√frames", () => {
    const kernel = field(0.6, 12, 1);
    const truth = spaceTimeMeasures(kernel, { frameSeconds, grid });
    const cell = cellFrom(
      (frames) => {
        const stimulus = stimulusFrom(frames, { frameSeconds, step: grid.step });
        return filterDrive(kernel, stimulus).map((z) => Math.max(0, z));
      },
      { lags },
    );
    const run = (frames: number) => {
      const stimulus = whiteNoise({ grid, frames, frameSeconds, seed: 3 });
      const spikes = poissonSpikes(cell.respond(stimulus), { peakRate: 300, seed: 3 });
      return averageMeasures(stimulus, spikes, { lags, seed: 1, draws: 30 });
    };
    const [short, long] = [run(2500), run(10_000)];
    for (const name of ["orientation", "cyclesPerUnit", "timeToPeak", "direction"] as const) {
      expect(long.standardErrors[name]).toBeGreaterThan(0);
      expect(Math.abs(long.measures[name] - truth[name])).toBeLessThan(
        3 * long.standardErrors[name] + 0.02 * truth[name],
      );
    }
    const ratio = short.standardErrors.orientation / long.standardErrors.orientation;
    expect(ratio).toBeGreaterThan(1.3);
    expect(ratio).toBeLessThan(3.2);
    expect(long.draws).toBe(30);
  });

  it("do not depend on the stimulus's mean, nor on a stretch in which nothing changes", () => {
    const small = { height: 4, width: 4, step: 0.25 };
    const shown = whiteNoise({ grid: small, frames: 2000, frameSeconds, seed: 5 }).read(0, 2000);
    // a tenth of the recording, two of its 20 blocks: grey, and silent
    shown.fill(0, 800 * 16, 1000 * 16);
    const counts = Uint32Array.from({ length: 2000 }, (_, t) => {
      if (t < 1 || (t >= 800 && t < 1000)) return 0;
      return Math.max(0, Math.round(shown[16 * t + 5] - shown[16 * t + 6] - 0.6 * shown[16 * (t - 1) + 5]));
    });
    const run = (mean: number) =>
      averageMeasures(
        stimulusFrom(
          tensor(
            shown.map((value) => value / 4 + mean),
            [2000, 4, 4],
          ),
          { frameSeconds, step: 0.25 },
        ),
        spikesFrom(counts, { frameSeconds }),
        { lags: 3, seed: 1, draws: 40 },
      );
    const [grey, bright] = [run(0), run(0.5)];
    expect(grey.draws).toBe(40);
    for (const name of ["biphasicIndex", "timeToPeak", "cyclesPerUnit", "orientation", "separability"] as const) {
      expect(bright.measures[name]).toBeCloseTo(grey.measures[name], 4);
      expect(bright.standardErrors[name]).toBeCloseTo(grey.standardErrors[name], 4);
    }
  });

  it("are refused where a block would be shorter than the lags", () => {
    const stimulus = whiteNoise({ grid, frames: 100, frameSeconds, seed: 3 });
    const spikes = poissonSpikes(cellFrom((frames) => new Float64Array(frames.shape[0]).fill(1)).respond(stimulus), {
      peakRate: 300,
      seed: 3,
    });
    expect(() => averageMeasures(stimulus, spikes, { lags, seed: 1 })).toThrow(
      "averageMeasures: blocks is 20: 100 frames hold no 20 blocks of at least 12 lags",
    );
    const grey = stimulusFrom(zeros([600, 4, 4]), { frameSeconds });
    const every = spikesFrom(new Uint32Array(600).fill(1), { frameSeconds });
    expect(() => averageMeasures(grey, every, { lags: 2, seed: 1 })).toThrow("averageMeasures: stimulus is constant");
    // the last block holds no spike, so that the average does not look at it: the mean does
    const shown = whiteNoise({ grid, frames: 1100, frameSeconds, seed: 3 });
    const broken = {
      ...shown,
      read: (start: number, count: number, into?: Float32Array) => {
        const frames = shown.read(start, count, into);
        if (start + count > 1095) frames.fill(Number.NaN, 256 * (count - 1));
        return frames;
      },
    };
    const early = spikesFrom(new Uint32Array(1100).fill(1, 100, 200), { frameSeconds });
    expect(() => averageMeasures(broken, early, { lags: 2, seed: 1 })).toThrow(
      "averageMeasures: block 19 of 20 holds NaN",
    );
  });
});
