import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../src/cells/simple-cell.js";
import { spikesFrom } from "../../src/cells/spikes.js";
import { type AverageNullOptions, spikeTriggeredAverageNull } from "../../src/reverse-correlation/average-null.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/spike-triggered-average.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { tensor } from "../../src/tensor/tensor.js";

const frameSeconds = 0.1;
const noise = (seed: number, frames = 3000) =>
  whiteNoise({ grid: { height: 4, width: 4 }, frames, frameSeconds, seed });
const gabor = { amplitude: 1, betaX: 0.3, betaY: 0.3, frequency: 1, phase: 0, x0: 0, y0: 0, tau: 0 };

describe("the band of a spike-triggered average", () => {
  it("holds the average of every shifted train, each found by shifting by hand", () => {
    const stimulus = noise(3, 90);
    const counts = Array.from({ length: 90 }, (_, t) => (t * t) % 3);
    const lags = 3;
    const { peaks } = spikeTriggeredAverageNull(stimulus, spikesFrom(counts, { frameSeconds }), {
      lags,
      seed: 5,
      draws: 19,
    });
    const bins = counts.length - lags + 1;
    const possible = Array.from({ length: bins }, (_, shift) => {
      // Counts before the first full window take no part; the others move around within it.
      const shifted = counts.map((_, t) =>
        t < lags - 1 ? 0 : counts[lags - 1 + ((t - lags + 1 + bins - shift) % bins)],
      );
      const { kernel } = spikeTriggeredAverage(stimulus, spikesFrom(shifted, { frameSeconds }), { lags });
      return Math.max(...kernel.data.map(Math.abs));
    });
    const least = lags + 10;
    const allowed = possible.slice(least, bins - least + 1);
    for (const peak of peaks) expect(Math.min(...allowed.map((value) => Math.abs(value - peak)))).toBeLessThan(1e-6);
    expect(new Set(peaks).size).toBeGreaterThan(10);
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
      const found = spikeTriggeredAverageNull(noise(seed, 400), spikes, { seed, draws: 39 });
      expect(found.pValue <= found.level).toBe(found.significantWeights > 0);
      if (found.pValue <= found.level) outside++;
    }
    expect(Math.abs(outside - 5)).toBeLessThanOrEqual(3 * Math.sqrt(100 * 0.05 * 0.95));
  });

  it("gives each weight the standard deviation √(Σn²)/Σn of unit noise", () => {
    const stimulus = noise(8);
    const spikes = poissonSpikes(simpleCell(gabor).respond(noise(9)), { peakRate: 30, seed: 9 });
    const { deviation, estimate } = spikeTriggeredAverageNull(stimulus, spikes, { seed: 1 });
    const mean = deviation.data.reduce((sum, value) => sum + value / 16, 0);
    // A bin of several spikes shares its stimulus: Σn² / (Σn)² in place of 1/n. Sixteen deviations of relative error
    // 1/√(2·198): 3 standard errors of their mean are .04, and the sample of noise adds as much.
    const squares = spikes.counts.reduce((sum, count) => sum + count * count, 0);
    expect(estimate.spikesUsed).toBe(spikes.spikes);
    expect(Math.abs((mean * spikes.spikes) / Math.sqrt(squares) - 1)).toBeLessThan(0.06);
  });

  it("is the same bits for the same seed and others for another", () => {
    const stimulus = noise(4, 500);
    const spikes = spikesFrom(
      new Uint32Array(500).map((_, t) => (t * 7) % 2),
      { frameSeconds },
    );
    const run = (seed: number) => spikeTriggeredAverageNull(stimulus, spikes, { seed, draws: 19 }).peaks;
    expect(run(1)).toEqual(run(1));
    expect(run(1)).not.toEqual(run(2));
  });

  it("refuses too few draws, levels out of range and recordings too short to shift", () => {
    const stimulus = noise(1, 60);
    const spikes = spikesFrom(new Uint32Array(60).fill(1), { frameSeconds });
    const band = (options: Partial<AverageNullOptions>) => () =>
      spikeTriggeredAverageNull(stimulus, spikes, { seed: 1, ...options });
    expect(band({ draws: 18 })).toThrow(
      "spikeTriggeredAverageNull: draws is 18, a whole number of at least 19 is needed",
    );
    expect(band({ level: 1 })).toThrow("spikeTriggeredAverageNull: level is 1, a number between 0 and 1 is needed");
    expect(band({ lags: 30 })).toThrow(
      "stimulus has 31 bins with a full window, at least 80 are needed to shift the spikes by 40 either way",
    );
    const aborted = { aborted: true };
    expect(band({ signal: aborted })).toThrow("spikeTriggeredAverageNull: cancelled");
    const constant = stimulusFrom(tensor(new Float32Array(60), [60, 1, 1]), { frameSeconds });
    expect(() => spikeTriggeredAverageNull(constant, spikes, { seed: 1 })).toThrow(
      "spikeTriggeredAverage: stimulus is constant",
    );
  });
});
