import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { cholesky, choleskySolve } from "../../../src/math/cholesky.js";
import { correlation } from "../../../src/math/statistics.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { whitenedAverage, whitenings } from "../../../src/reverse-correlation/average/whitened-average.js";
import { filterDrive } from "../../../src/reverse-correlation/filter-drive.js";
import {
  averageGain,
  effectiveSpikes,
  expectedAverageCorrelation,
} from "../../../src/reverse-correlation/goodness/theory.js";
import { momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { sumWindows } from "../../../src/reverse-correlation/linear/windows.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { cellSpikes, frameSeconds, gaussianCounts, noise, patches, simpleField } from "../linear/world.js";

const [lags, size] = [4, 6];
const field = simpleField(lags, size);

describe("the whitened average", () => {
  it("is (C + λ)⁻¹ times the average about the mean", () => {
    const stimulus = patches(700, size, 1);
    const spikes = cellSpikes(stimulus, field, 100, 2);
    const { kernel, floor, ridge } = whitenedAverage(stimulus, spikes, { lags, ridge: 0.05 });
    expect(ridge).toBe(0.05);
    const { gram, cross, bins, n } = momentsAbout(sumWindows(stimulus, spikes, lags, 1).stretches[0]!);
    const variances = Array.from({ length: n }, (_, i) => gram[i * n + i]! / bins);
    expect(floor).toBeCloseTo((0.05 * variances.reduce((a, b) => a + b, 0)) / n, 8);
    const C = gram.map((value, at) => value / bins + (at % (n + 1) === 0 ? floor : 0));
    const used = spikes.spikes - spikes.counts[0]! - spikes.counts[1]! - spikes.counts[2]!;
    choleskySolve(cholesky(C, n)!, cross).forEach((value, d) => {
      expect(kernel.data[d]).toBeCloseTo(value / used, 6);
    });
  });

  it.each(whitenings)("takes the correlations of 1/f patches out of the field: %s", (by) => {
    const stimulus = patches(3000, size, 3);
    const spikes = cellSpikes(stimulus, field, 100, 4);
    const raw = correlation(spikeTriggeredAverage(stimulus, spikes, { lags }).kernel.data, field);
    const whitened = whitenedAverage(stimulus, spikes, { lags, by });
    expect(whitened.converged).toBe(true);
    expect(correlation(whitened.kernel.data, field)).toBeGreaterThan(raw + 0.15);
  });

  it.each(whitenings)("of white noise is the average, as good as theory says: %s", (by) => {
    const stimulus = noise(4000, size, 5);
    const spikes = cellSpikes(stimulus, field, 60, 6);
    const found = correlation(whitenedAverage(stimulus, spikes, { lags, by }).kernel.data, field);
    const drive = filterDrive(tensor(field, [lags, size, size]), stimulus).map((s) => Math.max(0, s));
    const peak = drive.reduce((most, value) => Math.max(most, value), 0);
    const effective = effectiveSpikes(drive.map((s) => (60 * frameSeconds * s) / peak));
    const theory = expectedAverageCorrelation(averageGain.rectified, field.length, effective);
    expect(Math.abs(found - theory)).toBeLessThan(0.04);
  });

  it.each(whitenings)("has standard errors that are the spread over recordings of no field: %s", (by) => {
    const none = new Float64Array(lags * size * size);
    const ratios: number[] = [];
    for (let seed = 0; seed < 12; seed++) {
      const stimulus = noise(800, size, 20 + seed);
      const spikes = gaussianCounts(stimulus, none, 2, 20, 60 + seed);
      const { kernel, standardErrors } = whitenedAverage(stimulus, spikes, { lags, by, ridge: 0.1 });
      kernel.data.forEach((value, d) => {
        ratios.push((value / standardErrors!.data[d]!) ** 2);
      });
    }
    // 1,728 squares of nearly independent unit normals: five standard errors
    const spread = ratios.reduce((sum, value) => sum + value, 0) / ratios.length;
    expect(Math.abs(spread - 1)).toBeLessThan(5 * Math.sqrt(2 / ratios.length));
  });

  it("warns of more numbers than bins, of one spike, and of pixels that never change", () => {
    const frames = noise(60, size, 7).read(0, 60).slice();
    for (let i = 0; i < frames.length; i += size * size) frames[i] = 0.3;
    const stimulus = stimulusFrom(tensor(frames, [60, size, size]), { frameSeconds });
    const one = spikesFrom(
      Array.from({ length: 60 }, (_, t) => (t === 30 ? 1 : 0)),
      { frameSeconds },
    );
    for (const by of whitenings) {
      const { warnings, kernel } = whitenedAverage(stimulus, one, { lags, by });
      expect(warnings.join("; ")).toMatch(/1 of 36 pixels never change.*one spike.*57 bins for 144 numbers/);
      expect(kernel.data.every(Number.isFinite)).toBe(true);
    }
  });

  it("refuses what it cannot use", () => {
    const stimulus = noise(300, size, 8);
    const spikes = cellSpikes(stimulus, field, 60, 9);
    expect(() => whitenedAverage(stimulus, spikes, { by: "magic" as never })).toThrow(
      'whitenedAverage: by is "magic", one of "covariance", "fourier" is needed',
    );
    expect(() => whitenedAverage(stimulus, spikes, { ridge: 0 })).toThrow(
      "whitenedAverage: ridge is 0, a number above 0",
    );
    expect(() => whitenedAverage(stimulus, spikes, { lag: 1 } as never)).toThrow('option "lag" is not known');
    const large = noise(300, 30, 1);
    expect(() => whitenedAverage(large, spikes, { lags: 6 })).toThrow("a window has 5400 numbers, at most 4608 fit");
  });
});
