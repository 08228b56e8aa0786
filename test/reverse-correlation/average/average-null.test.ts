import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { mean as meanOf } from "../../../src/math/statistics.js";
import {
  type AverageNullOptions,
  spikeTriggeredAverageNull,
} from "../../../src/reverse-correlation/average/average-null.js";
import { blockPermutations, permutedCount } from "../../../src/reverse-correlation/average/block-permutations.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { tensor } from "../../../src/tensor/tensor.js";

const frameSeconds = 0.1;
const noise = (seed: number, frames = 3000) =>
  whiteNoise({ grid: { height: 4, width: 4 }, frames, frameSeconds, seed });
const gabor = { amplitude: 1, betaX: 0.3, betaY: 0.3, frequency: 1, phase: 0, x0: 0, y0: 0, tau: 0 };

/** A sequence of ±1 of period 2^11 - 1 from the primitive polynomial x^11 + x^2 + 1. */
function mSequence(): number[] {
  let register = 1;
  return Array.from({ length: 2 ** 11 - 1 }, () => {
    const bit = (register ^ (register >> 2)) & 1;
    register = (register >> 1) | (bit << 10);
    return register & 1 ? 1 : -1;
  });
}

describe("the band of a spike-triggered average", () => {
  it("is that of the permuted trains, each averaged by itself", () => {
    const stimulus = noise(3, 140);
    const counts = Uint32Array.from({ length: 140 }, (_, t) => (t * t) % 3);
    const lags = 3;
    const found = spikeTriggeredAverageNull(stimulus, spikesFrom(counts, { frameSeconds }), {
      lags,
      seed: 5,
      nullDraws: 19,
    });
    const all = spikeTriggeredAverage(
      stimulus,
      spikesFrom(
        counts.map(() => 1),
        { frameSeconds },
      ),
      { lags },
    );
    const peaks = blockPermutations("test", stimulus, lags, 19, 5).map((permutation) => {
      const permuted = counts.map((_, t) => permutedCount(counts, lags, permutation, t));
      const { kernel } = spikeTriggeredAverage(stimulus, spikesFrom(permuted, { frameSeconds }), { lags });
      return Math.max(...kernel.data.map((value, i) => Math.abs(value - all.kernel.data[i])));
    });
    peaks.forEach((peak, draw) => {
      expect(found.peaks[draw]).toBeCloseTo(peak, 5);
    });
    expect(found.limit).toBe(Math.max(...found.peaks));
  });

  it("does not depend on the mean of the stimulus: 0 and 1, or grey levels, give the field of -1 and 1", () => {
    const signs = whiteNoise({
      grid: { height: 3, width: 3 },
      frames: 900,
      frameSeconds,
      distribution: "binary",
      seed: 6,
    });
    const values = signs.read(0, 900);
    const spikes = spikesFrom(
      new Uint32Array(900).map((_, t) => (values[t * 9 + 4] > 0 ? t % 3 : 0)),
      { frameSeconds },
    );
    const found = (black: number, white: number) => {
      const shown = tensor(
        values.map((value) => (value > 0 ? white : black)),
        [900, 3, 3],
      );
      return spikeTriggeredAverageNull(stimulusFrom(shown, { frameSeconds }), spikes, { lags: 2, seed: 1 });
    };
    const [plain, binary, grey] = [found(-1, 1), found(0, 1), found(55, 200)];
    plain.field.kernel.data.forEach((value, i) => {
      expect(2 * binary.field.kernel.data[i]).toBeCloseTo(value, 5);
      expect(grey.field.kernel.data[i] / 72.5).toBeCloseTo(value, 5);
    });
    expect(2 * binary.limit).toBeCloseTo(plain.limit, 5);
    expect(grey.limit / 72.5).toBeCloseTo(plain.limit, 4);
    expect([binary.significantWeights, grey.significantWeights]).toEqual([
      plain.significantWeights,
      plain.significantWeights,
    ]);
    expect(plain.significantWeights).toBeGreaterThan(0);
  });

  it("moves every count once and keeps what fills no block", () => {
    const stimulus = noise(3, 147);
    const counts = Uint32Array.from({ length: 147 }, (_, t) => t);
    for (const permutation of blockPermutations("test", stimulus, 4, 5, 1)) {
      const moved = counts.map((_, t) => permutedCount(counts, 4, permutation, t));
      expect([...moved.slice(3)].sort((a, b) => a - b)).toEqual([...counts.slice(3)]);
      expect([...moved.slice(0, 3)]).toEqual([0, 0, 0]);
      // Neighbours within a block stay neighbours: 14 blocks break at most 15 times, and the wrap once or twice.
      expect(moved.slice(4).filter((count, i) => count !== moved[i + 3] + 1).length).toBeLessThanOrEqual(17);
    }
  });

  it("is not inflated by an m-sequence, whose pixels show one sequence at different times", () => {
    const sequence = mSequence();
    const pixels = 16;
    const values = Float32Array.from({ length: sequence.length * pixels }, (_, i) => {
      const t = Math.floor(i / pixels) + Math.floor((sequence.length / pixels) * (i % pixels));
      return sequence[t % sequence.length];
    });
    const stimulus = stimulusFrom(tensor(values, [sequence.length, 4, 4]), { frameSeconds });
    const counts = sequence.map((_, t) => (values[t * pixels + 5] > 0 ? 1 : 0));
    const { limit, estimate } = spikeTriggeredAverageNull(stimulus, spikesFrom(counts, { frameSeconds }), {
      lags: 8,
      seed: 1,
    });
    expect(estimate.kernel.data[5]).toBe(1);
    // Independent noise: 128 weights of deviation √(1/n) of 1,024 spikes reach about 3.5 of them.
    expect(limit).toBeLessThan(6 / Math.sqrt(1024));
  });

  it("is left by a cell that sees the stimulus", () => {
    const stimulus = noise(1);
    const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 10, seed: 1 });
    const found = spikeTriggeredAverageNull(stimulus, spikes, { seed: 2 });
    expect(found.pValue).toBe(1 / 200);
    expect(found.significantWeights).toBeGreaterThan(2);
    expect(Math.max(...found.peaks)).toBeGreaterThanOrEqual(found.limit);
    expect(found.estimate).toEqual(spikeTriggeredAverage(stimulus, spikes));
  });

  it("is left by 5 % of cells that see another stimulus (within 3 standard errors over 100 seeds)", () => {
    let outside = 0;
    for (let seed = 0; seed < 100; seed++) {
      const spikes = poissonSpikes(simpleCell(gabor).respond(noise(1000 + seed, 400)), { peakRate: 20, seed });
      const found = spikeTriggeredAverageNull(noise(seed, 400), spikes, { seed, nullDraws: 39 });
      expect(found.pValue <= found.level).toBe(found.significantWeights > 0);
      if (found.pValue <= found.level) outside++;
    }
    expect(Math.abs(outside - 5)).toBeLessThanOrEqual(3 * Math.sqrt(100 * 0.05 * 0.95));
  });

  it("gives each weight the standard deviation √(Σn²)/Σn of unit noise", () => {
    const stimulus = noise(8);
    const spikes = poissonSpikes(simpleCell(gabor).respond(noise(9)), { peakRate: 30, seed: 9 });
    const { deviation, estimate } = spikeTriggeredAverageNull(stimulus, spikes, { seed: 1 });
    const mean = meanOf(deviation.data);
    // A bin of several spikes shares its stimulus: Σn² / (Σn)² in place of 1/n. Sixteen deviations of relative error
    // 1/√(2·198): 3 standard errors of their mean are .04, and the sample of noise adds as much.
    const squares = spikes.counts.reduce((sum, count) => sum + count * count, 0);
    expect(estimate.spikesUsed).toBe(spikes.spikes);
    expect(Math.abs((mean * spikes.spikes) / Math.sqrt(squares) - 1)).toBeLessThan(0.06);
  });

  it("is the same bits for the same seed and others for another", () => {
    const stimulus = noise(4, 500);
    const spikes = spikesFrom(
      new Uint32Array(500).map((_, t) => (Math.sin(t * t) > 0 ? 1 : 0)),
      { frameSeconds },
    );
    const run = (seed: number) => spikeTriggeredAverageNull(stimulus, spikes, { seed, nullDraws: 19 }).peaks;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it("refuses too few draws, levels out of range and recordings too short to shift", () => {
    const stimulus = noise(1, 120);
    const spikes = spikesFrom(new Uint32Array(120).fill(1), { frameSeconds });
    const short = (options: Partial<AverageNullOptions>) => () =>
      spikeTriggeredAverageNull(stimulus, spikes, { seed: 1, ...options });
    expect(short({ nullDraws: 18 })).toThrow(
      "spikeTriggeredAverageNull: nullDraws is 18, a whole number of at least 19 is needed",
    );
    expect(short({ level: 1 })).toThrow("spikeTriggeredAverageNull: level is 1, a number between 0 and 1 is needed");
    expect(short({ lags: 30 })).toThrow(
      "stimulus has 91 bins with a full window, at least 300 are needed: 10 blocks of 30 to permute",
    );
    const aborted = { aborted: true };
    expect(short({ nullDraws: 39, signal: aborted })).toThrow("spikeTriggeredAverageNull: cancelled");
    const constant = stimulusFrom(tensor(new Float32Array(120), [120, 1, 1]), { frameSeconds });
    expect(() => spikeTriggeredAverageNull(constant, spikes, { seed: 1 })).toThrow(
      "spikeTriggeredAverageNull: stimulus is constant",
    );
  });
});
