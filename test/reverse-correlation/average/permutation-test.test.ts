import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { recordingFromMat } from "../../../src/formats/recording.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { mean } from "../../../src/math/statistics.js";
import { spikeTriggeredAverageNull } from "../../../src/reverse-correlation/average/average-null.js";
import { falseDiscovery } from "../../../src/reverse-correlation/average/false-discovery.js";
import { permutationTest } from "../../../src/reverse-correlation/average/permutation-test.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { realFile } from "../../real-data.js";

const frameSeconds = 0.1;
const grid = { height: 8, width: 8 };
const gabor = { amplitude: 1, betaX: 0.2, betaY: 0.2, frequency: 1, phase: 0, x0: 0, y0: 0, tau: 0 };
const noise = (seed: number, frames = 2000) => whiteNoise({ grid, frames, frameSeconds, seed });

describe("false discoveries", () => {
  it("are controlled as in the published example of fifteen tests", () => {
    // Benjamini & Hochberg 1995, section 3.2: four are rejected at .05.
    const p = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528, 0.759, 1,
    ];
    const found = falseDiscovery(p);
    expect([...found.discovered]).toEqual(p.map((_, i) => (i < 4 ? 1 : 0)));
    expect(found.discoveries).toBe(4);
    expect(found.adjusted[3]).toBeCloseTo((0.0095 * 15) / 4, 12);
    // A later, smaller step lowers the earlier ones: p_8·15/8 = .0645 < p_6·15/6 = .0695.
    expect(found.adjusted[5]).toBeCloseTo((0.0298 * 15) / 7, 12);
    expect(falseDiscovery([...p].reverse()).discovered[11]).toBe(1);
  });

  it("refuse numbers that are no probabilities", () => {
    expect(() => falseDiscovery([])).toThrow("falseDiscovery: pValues is empty");
    expect(() => falseDiscovery(undefined as unknown as number[])).toThrow("pValues is undefined, a list of numbers");
    expect(() => falseDiscovery([0.1, NaN])).toThrow("pValues[1] is NaN");
    expect(() => falseDiscovery([0.1], 0)).toThrow("level is 0");
  });
});

describe("the test of each weight", () => {
  it("finds nothing in 95 % of cells that see another stimulus (within 3 standard errors over 120 seeds)", () => {
    let [found, sum] = [0, 0];
    for (let seed = 0; seed < 120; seed++) {
      const spikes = poissonSpikes(simpleCell(gabor).respond(noise(5000 + seed, 400)), { peakRate: 30, seed });
      const test = permutationTest(noise(seed, 400), spikes, { lags: 2, nullDraws: 39, seed });
      if (test.significantWeights > 0) found++;
      sum += mean(test.pValues.data);
    }
    // p values of nulls are uniform; of 120 times 128 weights, which share their spikes, the mean is .5 within .02.
    expect(Math.abs(sum / 120 - 0.5)).toBeLessThan(0.02);
    // With every weight null, the expected share of false discoveries is the chance of any.
    expect(Math.abs(found - 6)).toBeLessThanOrEqual(3 * Math.sqrt(120 * 0.05 * 0.95));
  });

  it("finds the field, with at most the level of false ones among its discoveries", () => {
    const truth = renderGabor(gabor, grid).data;
    let [right, wrong] = [0, 0];
    for (let seed = 0; seed < 12; seed++) {
      const stimulus = noise(seed);
      const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 30, seed });
      const found = permutationTest(stimulus, spikes, { lags: 2, nullDraws: 99, seed });
      found.significantField.data.forEach((value, i) => {
        if (value === 0) return;
        // Lag 1 holds nothing at all; a weight of lag 0 is never exactly 0.
        if (i < 64) right++;
        else wrong++;
        if (i < 64 && Math.abs(truth[i]) > 0.3) expect(Math.sign(value)).toBe(Math.sign(truth[i]));
      });
      for (let i = 0; i < 64; i++) if (Math.abs(truth[i]) > 0.5) expect(found.adjusted.data[i]).toBeLessThan(0.05);
    }
    expect(right).toBeGreaterThan(12 * 9);
    // Half of the weights are null, so about half the level are false: three standard errors of a count above it.
    const expected = 0.05 * (right + wrong);
    expect(wrong).toBeLessThan(expected / 2 + 3 * Math.sqrt(expected / 2));
  });

  it("has the field of the band over all weights, and deviations beside its", () => {
    const stimulus = noise(1);
    const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 30, seed: 1 });
    const test = permutationTest(stimulus, spikes, { lags: 2, nullDraws: 99, seed: 2 });
    const band = spikeTriggeredAverageNull(stimulus, spikes, { lags: 2, nullDraws: 99, seed: 2 });
    expect(test.field.kernel).toEqual(band.field.kernel);
    test.field.standardErrors?.data.forEach((error, i) => {
      expect(Math.abs(error / band.deviation.data[i] - 1)).toBeLessThan(0.12);
    });
    expect(test.significantWeights).toBeGreaterThanOrEqual(band.significantWeights);
  });

  it("knows nothing of a pixel that never changes", () => {
    const frames = noise(3).read(0, 2000);
    for (let t = 0; t < 2000; t++) frames[64 * t + 5] = 0.3;
    const stimulus = stimulusFrom({ kind: "tensor", shape: [2000, 8, 8], data: frames }, { frameSeconds });
    const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 30, seed: 1 });
    const found = permutationTest(stimulus, spikes, { seed: 1 });
    // 0.3 is no binary fraction: the sums' rounding must not pass for a field.
    expect(found.pValues.data[5]).toBe(1);
    expect(found.field.kernel.data[5]).toBe(0);
    expect(found.field.warnings[0]).toContain("1 of 64 pixels never change");
  });

  it("refuses too few draws and short recordings", () => {
    const spikes = spikesFrom(new Uint32Array(50).fill(1), { frameSeconds });
    expect(() => permutationTest(noise(1, 50), spikes, { nullDraws: 9, seed: 1 })).toThrow("nullDraws is 9");
    expect(() => permutationTest(noise(1, 50), spikes, { level: 1, seed: 1 })).toThrow("permutationTest: level is 1,");
    expect(() => permutationTest(noise(1, 50), spikes, { seed: 1 })).toThrow("at least 100 are needed");
    expect(() => permutationTest(noise(1), spikes, { seed: 1 })).toThrow("spikes has 50 bins, the stimulus has 2000");
    const spoilt = noise(1, 2000);
    const broken = {
      ...spoilt,
      read: (start: number, count: number, into?: Float32Array) =>
        spoilt.read(start, count, into).fill(Number.NaN, 0, start === 1024 ? 1 : 0),
    };
    const early = spikesFrom(new Uint32Array(2000).fill(1, 100, 200), { frameSeconds: spoilt.frameSeconds });
    expect(() => permutationTest(broken, early, { seed: 1 })).toThrow(
      "permutationTest: frames 1024 to 1999 hold NaN or an infinity",
    );
    const silent = { ...spikes, counts: new Uint32Array(50), spikes: 0 };
    expect(() => permutationTest(noise(1, 50), silent, { seed: 1 })).toThrow("permutationTest: spikes has no spike");
  });
});

const c2p3 = realFile("dayan-abbott/c2p3.mat");
(c2p3 ? it : it.skip)("a recorded cell of the cat has a significant field some frames before the spike", async () => {
  const recording = await recordingFromMat(new Uint8Array(readFileSync(c2p3!)));
  const stimulus = stimulusFrom(recording.stimulus, { frameSeconds: recording.frameSeconds });
  const spikes = spikesFrom(recording.counts, { frameSeconds: recording.frameSeconds });
  const found = permutationTest(stimulus, spikes, { lags: 12, nullDraws: 39, seed: 1 });
  expect(found.significantWeights).toBeGreaterThan(50);
  const sizes = Array.from(found.significantField.data, Math.abs);
  const peak = sizes.indexOf(Math.max(...sizes));
  expect(Math.floor(peak / 256)).toBeGreaterThan(0);
  expect(Math.floor(peak / 256)).toBeLessThan(9);
});
