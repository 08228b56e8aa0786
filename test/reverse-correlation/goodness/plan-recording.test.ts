import { describe, expect, test } from "vitest";
import { complexCell } from "../../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { correlation, mean } from "../../../src/math/statistics.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { driveMoments, knownMoments } from "../../../src/reverse-correlation/goodness/drive-moments.js";
import { type PlanRecordingOptions, planRecording } from "../../../src/reverse-correlation/goodness/plan-recording.js";
import { effectiveSpikes } from "../../../src/reverse-correlation/goodness/theory.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const grid = { height: 12, width: 12 };
const gabor = { amplitude: 1, betaX: 0.06, betaY: 0.06, frequency: 1.2, phase: 0.4, x0: 0, y0: 0, tau: 0.5 };
const experiment: PlanRecordingOptions = { grid, frameSeconds: 1 / 60, meanRate: 10 };

describe("the moments of a nonlinearity", () => {
  test("that is even are told from rounding: its average is nothing to wait for", () => {
    const even = planRecording({ ...experiment, nonlinearity: (z) => z * z, correlation: 0.9 });
    const energy = { gain: 0, excess: 2, unevenness: 3 };
    expect(even).toMatchObject({ method: "covariance", found: true });
    expect(even.frames).toBe(planRecording({ ...experiment, nonlinearity: energy, correlation: 0.9 }).frames);
    expect(() =>
      planRecording({ ...experiment, nonlinearity: Math.exp, method: "covariance", correlation: 0.9 }),
    ).toThrow("leaves the variance at 1");
  });

  test("that falls are those of its mirror image, the field being the opposite one", () => {
    const [rising, falling] = [1, -1].map((sign) =>
      planRecording({ ...experiment, nonlinearity: (z) => Math.max(0, sign * z), correlation: 0.8 }),
    );
    expect(falling.frames).toBe(rising.frames);
    expect(falling.correlation).toBeCloseTo(rising.correlation, 10);
  });

  test("that are known agree with the integral", () => {
    const rectified = driveMoments("f", (z) => Math.max(0, z));
    const squared = driveMoments("f", (z) => 3 * Math.max(0, z) ** 2);
    for (const key of ["gain", "excess", "unevenness"] as const) {
      expect(rectified[key]).toBeCloseTo(knownMoments.rectified[key], 5);
      expect(squared[key]).toBeCloseTo(knownMoments.squared[key], 6);
    }
  });

  test("of an exponential are its slope, no excess, and e^a²", () => {
    const moments = driveMoments("f", (z) => Math.exp(0.7 * z));
    expect(moments.gain).toBeCloseTo(0.7, 10);
    expect(moments.excess).toBeCloseTo(0, 10);
    expect(moments.unevenness).toBeCloseTo(Math.exp(0.49), 10);
  });

  test("of a complex cell's pair agree with a simulated drive within 4 standard errors", () => {
    const stimulus = whiteNoise({ grid, frames: 20000, frameSeconds: 1 / 60, seed: 5 });
    for (const energy of [false, true]) {
      const { drive } = complexCell(gabor, { energy }).respond(stimulus);
      const ratio = mean(drive.map((c) => c * c)) / mean(drive) ** 2;
      // The ratio of an exponential's moments has an error of about 2·√(5/T): the pair's norms differ by some percent besides.
      expect(Math.abs(ratio / knownMoments[energy ? "energy" : "magnitude"].unevenness - 1)).toBeLessThan(0.08);
    }
  });
});

describe("planRecording", () => {
  test.each([
    { method: "average", nonlinearity: "squared" },
    { method: "average", nonlinearity: "rectified" },
    { method: "covariance", nonlinearity: "energy" },
    { method: "covariance", nonlinearity: "magnitude" },
    { method: "covariance", nonlinearity: "squared" },
  ] as const)("gives with the frames that it asks for the wish back: $method, $nonlinearity", (kind) => {
    for (const wanted of [0.3, 0.8, 0.99]) {
      const plan = planRecording({ ...experiment, ...kind, lags: 3, correlation: wanted });
      const shorter = planRecording({ ...experiment, ...kind, lags: 3, frames: plan.frames - 1 });
      expect(plan.correlation).toBeGreaterThanOrEqual(wanted);
      expect(shorter.correlation).toBeLessThan(wanted);
      const byAngle = planRecording({ ...experiment, ...kind, lags: 3, angle: Math.acos(wanted) });
      expect(Math.abs(byAngle.frames - plan.frames)).toBeLessThanOrEqual(1);
      const bySeconds = planRecording({ ...experiment, ...kind, lags: 3, seconds: plan.seconds });
      expect(bySeconds).toEqual(planRecording({ ...experiment, ...kind, lags: 3, frames: plan.frames }));
      expect(plan.found).toBe(true);
    }
  });

  test("counts the effective spikes that a simulated drive has, within 5 %", () => {
    const stimulus = whiteNoise({ grid, frames: 30000, frameSeconds: 1 / 60, seed: 3 });
    const { drive } = simpleCell(gabor).respond(stimulus);
    const counts = drive.map((value) => (value * 10) / 60 / mean(drive));
    const plan = planRecording({ ...experiment, frames: 30000 });
    expect(plan.spikes).toBeCloseTo(5000, 6);
    expect(Math.abs(effectiveSpikes(counts) / plan.effectiveSpikes - 1)).toBeLessThan(0.05);
  });

  test("predicts the correlation of simulated averages within 4 standard errors", () => {
    const plan = planRecording({ ...experiment, correlation: 0.8 });
    const field = renderGabor(gabor, grid).data;
    const seen = Array.from({ length: 24 }, (_, seed) => {
      const stimulus = whiteNoise({ grid, frames: plan.frames, frameSeconds: 1 / 60, seed });
      const response = simpleCell(gabor).respond(stimulus);
      const peakDrive = response.drive.reduce((most, value) => Math.max(most, value), 0);
      const spikes = poissonSpikes(response, { peakRate: (10 * peakDrive) / mean(response.drive), seed });
      return correlation(spikeTriggeredAverage(stimulus, spikes).kernel.data, field);
    });
    const error = Math.sqrt(mean(seen.map((r) => (r - mean(seen)) ** 2)) / 23);
    expect(Math.abs(mean(seen) - plan.correlation)).toBeLessThan(4 * error + 0.005);
  });

  test("says that a short recording will not show the filters of a complex cell", () => {
    const plan = planRecording({ ...experiment, nonlinearity: "magnitude", frames: 700 });
    expect(plan).toMatchObject({ method: "covariance", found: false, angle: Math.PI / 2 });
    expect(plan.smallestExcess).toBeGreaterThan(0.5);
    expect(plan.warnings).toEqual([
      "the filter's variance does not stand out of the noise: it will not be found",
      expect.stringMatching(/effective spikes for 144 numbers/),
    ]);
  });

  test("warns of a rate that no cell fires at, and of frames in milliseconds", () => {
    expect(planRecording({ ...experiment, meanRate: 999, frames: 1e6 }).warnings).toEqual([]);
    expect(planRecording({ ...experiment, meanRate: 1e6, frames: 1e6 }).warnings).toEqual([
      "a mean rate of 1000000 spikes/s is more than a cell fires: meanRate is in spikes a second",
    ]);
    expect(planRecording({ ...experiment, frameSeconds: 16.7, frames: 1e6 }).warnings).toEqual([
      "frames of 16.7 s: frameSeconds is in seconds, not milliseconds",
    ]);
  });

  test.each([
    [{ ...experiment }, "options name no wish, one of correlation, angle, frames, seconds is needed"],
    [{ ...experiment, frames: 10, angle: 0.1 }, "options name angle and frames"],
    [{ ...experiment, correlation: 1 }, "correlation is 1, a number between 0 and 1 is needed"],
    [{ ...experiment, angle: 0 }, "angle is 0, a number between 0 and π/2 is needed"],
    [{ ...experiment, frames: 0.5 }, "frames is 0.5"],
    [{ ...experiment, meanRate: 0, frames: 9 }, "meanRate is 0"],
    [{ ...experiment, nonlinearity: "energy", method: "average", frames: 9 }, "leaves the average at 0"],
    [
      { ...experiment, nonlinearity: { gain: 1, excess: 0, unevenness: 2 }, method: "covariance", frames: 9 },
      "variance at 1",
    ],
    [
      { ...experiment, nonlinearity: { gain: 1, excess: 0, unevenness: 0.5 }, frames: 9 },
      "an unevenness of at least 1",
    ],
    [{ ...experiment, nonlinearity: (z: number) => z, frames: 9 }, "nonlinearity gives -12 at -12"],
    [{ ...experiment, nonlinearity: () => 0, frames: 9 }, "nonlinearity is 0 throughout"],
  ] as const)("refuses %o", (options, message) => {
    expect(() => planRecording(options as PlanRecordingOptions)).toThrow(message);
  });
});
