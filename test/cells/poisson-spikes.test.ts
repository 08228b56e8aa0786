import { describe, expect, it } from "vitest";
import { cellFrom } from "../../src/cells/function-cell.js";
import { type PoissonSpikesOptions, poissonSpikes } from "../../src/cells/poisson-spikes.js";
import type { Response } from "../../src/cells/response.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";

/** A response of given drives. */
function responseOf(drive: ArrayLike<number>, frameSeconds = 0.02): Response {
  return {
    kind: "response",
    drive: Float64Array.from(drive),
    frameSeconds,
    cell: { name: "given" },
    stimulus: { name: "none" },
  };
}

const levels = [0, 0.5, 1, 2];
const FRAMES = 40_000;
const stairs = responseOf(Array.from({ length: FRAMES }, (_, t) => levels[t % 4]));

describe("poissonSpikes", () => {
  it("expects peakRate · drive / peakDrive · frameSeconds spikes in a bin, with as much variance", () => {
    const { counts } = poissonSpikes(stairs, { peakRate: 100, seed: 1 });
    const n = FRAMES / 4;
    levels.forEach((level, k) => {
      const mean = (100 * level * 0.02) / 2;
      const some = Array.from(counts.filter((_, t) => t % 4 === k));
      const sum = some.reduce((a, b) => a + b, 0);
      const squares = some.reduce((a, b) => a + (b - mean) ** 2, 0);
      expect(Math.abs(sum - n * mean), `mean at ${level}`).toBeLessThanOrEqual(4 * Math.sqrt(n * mean));
      const squaresError = 4 * Math.sqrt(n * (mean + 2 * mean * mean));
      expect(Math.abs(squares - n * mean), `variance at ${level}`).toBeLessThanOrEqual(squaresError);
    });
  });

  it("takes the largest drive of the response as the peak, unless one is given", () => {
    const own = poissonSpikes(stairs, { peakRate: 50, seed: 3 });
    expect(own.counts).toEqual(poissonSpikes(stairs, { peakRate: 50, peakDrive: 2, seed: 3 }).counts);
    expect(own.counts).toEqual(poissonSpikes(stairs, { peakRate: 25, peakDrive: 1, seed: 3 }).counts);
    expect(own.specification.peakDrive).toBe(2);
  });

  it("gives the parts of a split stimulus the counts of the whole", () => {
    const whole = poissonSpikes(stairs, { peakRate: 50, seed: 3 });
    const options = { peakRate: 50, peakDrive: 2, seed: 3 };
    const first = poissonSpikes(responseOf(stairs.drive.slice(0, 999)), options);
    const second = poissonSpikes(responseOf(stairs.drive.slice(999)), { ...options, firstFrame: 999 });
    expect([...first.counts, ...second.counts]).toEqual([...whole.counts]);
    expect(first.spikes + second.spikes).toBe(whole.spikes);
  });

  it("is silent where a peak drive is given and every drive is 0", () => {
    expect(poissonSpikes(responseOf([0, 0]), { peakRate: 50, peakDrive: 1, seed: 1 }).spikes).toBe(0);
  });

  it("holds several spikes in a bin, and counts them all", () => {
    const train = poissonSpikes(stairs, { peakRate: 400, seed: 2 });
    expect(Math.max(...train.counts)).toBeGreaterThan(5);
    expect(train.spikes).toBe(train.counts.reduce((a, b) => a + b, 0));
    expect([train.kind, train.spikesOutside, train.frameSeconds]).toEqual(["spike-train", 0, 0.02]);
  });

  it("is independent of a stimulus of the same seed, and of other seeds", () => {
    const noise = whiteNoise({ grid: { height: 1, width: 16 }, frames: FRAMES, frameSeconds: 0.02, seed: 7 });
    const constant = cellFrom((frames) => new Array(frames.shape[0]).fill(1)).respond(noise);
    const { counts } = poissonSpikes(constant, { peakRate: 50, seed: 7 });
    const other = poissonSpikes(constant, { peakRate: 50, seed: 8 }).counts;
    const pixels = noise.read(0, FRAMES);
    for (let p = 0; p < 16; p++) {
      const sum = counts.reduce((a, count, t) => a + (count - 1) * pixels[16 * t + p], 0);
      expect(Math.abs(sum), `pixel ${p}`).toBeLessThan(4 * Math.sqrt(FRAMES));
    }
    const together = counts.reduce((a, count, t) => a + (count - 1) * (other[t] - 1), 0);
    expect(Math.abs(together)).toBeLessThan(4 * Math.sqrt(FRAMES));
  });

  it("records what made it", () => {
    expect(poissonSpikes(stairs, { peakRate: 50, seed: 3 }).specification).toEqual({
      name: "poisson-spikes",
      peakRate: 50,
      peakDrive: 2,
      firstFrame: 0,
      seed: 3,
      cell: { name: "given" },
      stimulus: { name: "none" },
    });
  });

  const options = { peakRate: 50, seed: 1 };
  it.each<[unknown, unknown, string]>([
    [3, options, "response is 3, a response is needed"],
    [responseOf([1, -0.5]), options, "drive[1] is -0.5, a rate needs drives of at least 0: rectify the cell's output"],
    [
      responseOf([1, -0.5]),
      { ...options, peakDrive: 1 },
      "drive[1] is -0.5, a rate needs drives of at least 0: rectify the cell's output",
    ],
    [responseOf([1, 2, Number.NaN]), options, "drive[2] is NaN, finite numbers are needed"],
    [responseOf([0, 0]), options, "the drive is 0 in every frame, peakDrive is needed"],
    [responseOf([1]), { seed: 1 }, "peakRate is undefined, a number above 0 is needed"],
    [responseOf([1]), { ...options, peakDrive: 0 }, "peakDrive is 0, a number above 0 is needed"],
    [responseOf([1]), { ...options, firstFrame: -1 }, "firstFrame is -1, a whole number of at least 0 is needed"],
    [responseOf([1]), { peakRate: 50 }, "seed is undefined, a whole number of at least 0 is needed"],
    [
      responseOf([1, 9]),
      { ...options, peakDrive: 1e-6 },
      "frame 1 has an expected count of 9.00e+6, at most 1000000 is needed",
    ],
    [
      responseOf([1]),
      { ...options, rate: 1 },
      'option "rate" is not known, it takes peakRate, peakDrive, firstFrame, seed',
    ],
  ])("refuses %o with %o", (response, given, message) => {
    expect(() => poissonSpikes(response as Response, given as PoissonSpikesOptions)).toThrow(
      new InputError(`poissonSpikes: ${message}`),
    );
  });
});
