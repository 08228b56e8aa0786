import { describe, expect, it } from "vitest";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { principalAngles } from "../../../src/math/principal-angles.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { bitsPerSpike } from "../../../src/reverse-correlation/goodness/bits-per-spike.js";
import { windowsIn } from "../../../src/reverse-correlation/likelihood/quadratic-windows.js";
import { maximallyInformativeDimensions } from "../../../src/reverse-correlation/subspaces/informative-dimensions.js";
import {
  atBins,
  binnedInformation,
} from "../../../src/reverse-correlation/subspaces/informative-dimensions-density.js";
import { informationLoss } from "../../../src/reverse-correlation/subspaces/informative-dimensions-search.js";
import { ensemblesOf } from "../../../src/reverse-correlation/subspaces/istac-ensembles.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import {
  angleBetween,
  deadLeaves,
  energyCell,
  frameSeconds,
  gabor,
  gradientError,
  grid,
  noise,
  spikesOf,
  train,
} from "./subspace-cells.js";

const bins = { count: 25, reach: 4 };

describe("the information of soft bins", () => {
  it("comes close to the closed form of a Gaussian shift, from below: m²/2 nats", () => {
    // As many windows at each step as the density of N(0, 1) has; spikes in proportion to exp(m·s), which shifts it by m.
    const s = Array.from({ length: 801 }, (_, i) => -4 + i / 100);
    const all = Float64Array.from(
      s.flatMap((x) => new Array<number>(Math.round(200 * Math.exp((-x * x) / 2))).fill(x)),
    );
    const m = 0.6;
    const { information } = binnedInformation(
      [all],
      all.map((x) => Math.exp(m * x)),
      bins,
    );
    expect(information).toBeLessThan((m * m) / 2 + 1e-3);
    expect(information).toBeGreaterThan(0.9 * ((m * m) / 2));
  });

  it("is 0 where spikes do not depend on the projection, and shares add to 1 beyond the bins too", () => {
    const s = Float64Array.of(-9, -1, 0.03, 2, 7);
    const { information, all, spikes } = binnedInformation([s], [2, 2, 2, 2, 2], bins);
    expect(information).toBeCloseTo(0, 12);
    for (const shares of [all, spikes]) expect(shares.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12);
    // beyond the first centre a window has what lies left of it in the first bin: ½·(½)² + ¾, and ⅛ in the second
    const far = binnedInformation([Float64Array.of(-9)], [1], bins).all;
    expect([far[0], far[1], far[2]]).toEqual([0.875, 0.125, 0]);
    const ones = atBins([s, s], new Float64Array(625).fill(1), bins);
    for (const one of ones) expect(one).toBeCloseTo(1, 12);
  });

  it.each([1, 2])("has a gradient that central differences confirm, for %i directions", (k) => {
    const stimulus = noise(1, 300, 2);
    const spikes = train(Array.from({ length: 300 }, (_, t) => (stimulus.read(t, 1)[1] > 0.5 ? 2 : t % 2)));
    const windows = windowsIn("test", stimulus, spikes, 2);
    const { white } = ensemblesOf("test", stimulus, spikes, { lags: 2, leastVariance: 1e-5 });
    const x = Float64Array.from({ length: 8 * k }, (_, i) => Math.sin(2 * i + 1));
    const loss = (at: Float64Array, g: Float64Array) => informationLoss(windows, white, windows.counts, bins, at, g);
    expect(gradientError(loss, x, 1e-6)).toBeLessThan(1e-4);
  });
});

describe("maximally informative dimensions", () => {
  it("sees a simple cell through dead leaves, where the STA is biased; chance tells far less, and is told", () => {
    const stimulus = deadLeaves(1, 6000);
    const cell = simpleCell(gabor);
    const spikes = spikesOf(cell.respond(stimulus), 1);
    const truth = renderGabor(gabor, grid);
    const found = maximallyInformativeDimensions(stimulus, spikes, { seed: 1, starts: 3, nullDraws: 2 });
    expect(angleBetween(truth, spikeTriggeredAverage(stimulus, spikes).kernel)).toBeGreaterThan(0.5);
    expect(angleBetween(truth, found.kernel)).toBeLessThan(0.2);
    expect(Array.from(found.kernel.data).reduce((sum, x, i) => sum + x * truth.data[i], 0)).toBeGreaterThan(0);
    expect(found.converged).toBe(true);
    // Chance: some (D - 1)/(2n ln 2) from the search and (bins - 1)/(2n ln 2) from the histogram, of as many independent
    // spikes as count: those of one frame share its stimulus.
    const independent = spikes.spikes ** 2 / spikes.counts.reduce((sum, n) => sum + n * n, 0);
    const chance = (63 + 24) / (2 * independent * Math.LN2);
    for (const value of found.nullInformation) {
      expect(value).toBeGreaterThan(0.5 * chance);
      expect(value).toBeLessThan(2 * chance);
      expect(value).toBeLessThan(0.2 * found.information);
    }
    expect(found.pValue).toBeCloseTo(1 / 3, 12);
    const held = deadLeaves(2, 3000);
    expect(bitsPerSpike(found.predict(held), spikesOf(cell.respond(held), 5)).bits).toBeGreaterThan(1.8);
    // the rate rises with the filter's output
    const rate = found.relativeRate.data;
    expect(rate[20]).toBeGreaterThan(3 * rate[14]);
    expect(found.centres[12]).toBeCloseTo(0, 12);
  });

  it("finds the plane of an energy cell within 1.1 of the angle that theory predicts for STC", () => {
    const { stimulus, spikes, plane, theory } = energyCell(1, 8000);
    const found = maximallyInformativeDimensions(stimulus, spikes, { dimensions: 2, starts: 1, nullDraws: 0, seed: 1 });
    expect(Math.max(...principalAngles(plane, found.filters))).toBeLessThan(1.1 * theory);
    expect(found.relativeRate.shape).toEqual([13, 13]);
  });

  it("is the same for the same seed, and finds a filter at its lag", () => {
    const stimulus = noise(4, 2000, 2);
    const counts = Array.from({ length: 2000 }, (_, t) => (t > 0 && stimulus.read(t - 1, 1)[3] > 0.8 ? 1 : 0));
    const run = () => maximallyInformativeDimensions(stimulus, train(counts), { lags: 2, seed: 5, nullDraws: 1 });
    const [one, other] = [run(), run()];
    expect(one.kernel.data).toEqual(other.kernel.data);
    expect(one.kernel.data[7]).toBeGreaterThan(0.97);
    expect(one.predict(stimulus).expected[0]).toBe(0);
    expect(() => one.predict({ ...stimulus, frameSeconds: 2 * frameSeconds })).toThrow(
      `predict: the stimulus has frames of ${2 * frameSeconds} s, the model was fitted on`,
    );
    expect(one.predict(noise(3, 1, 2))).toMatchObject({ first: 1, expected: Float64Array.of(0) });
    expect(one.spikesUsed + one.spikesSkipped).toBe(counts.reduce<number>((a, b) => a + b, 0));
  });

  it("foretells the same spikes where the stimulus is shown about another mean", () => {
    const stimulus = noise(4, 1500, 2);
    const spikes = train(Array.from({ length: 1500 }, (_, t) => (stimulus.read(t, 1)[3] > 0.8 ? 1 : 0)));
    const frames = stimulus.read(0, 1500).map((x) => x + 2);
    const moved = stimulusFrom(tensor(frames, [1500, 2, 2]), { frameSeconds });
    const [one, other] = [stimulus, moved].map((shown) => {
      const options = { seed: 1, starts: 1, nullDraws: 0 };
      return maximallyInformativeDimensions(shown, spikes, options).predict(shown).expected;
    });
    one.forEach((value, t) => {
      expect(Math.abs(other[t] - value)).toBeLessThan(0.01);
    });
  });

  it("says where chance tells as much, and where the search was cut short", () => {
    const stimulus = noise(6, 400, 3);
    const counts = Array.from(noise(60, 400, 1).read(0, 400), (x) => (x > 1 ? 1 : 0));
    const found = maximallyInformativeDimensions(stimulus, train(counts), { seed: 1, maxIterations: 1 });
    expect(found.warnings[0]).toMatch(/^chance alone tells 0\.\d+ of the 0\.\d+ bits a spike$/);
    const cut = maximallyInformativeDimensions(
      deadLeaves(1, 1500),
      spikesOf(simpleCell(gabor).respond(deadLeaves(1, 1500)), 1),
      {
        seed: 1,
        nullDraws: 0,
        starts: 1,
        maxIterations: 1,
      },
    );
    expect(cut.converged).toBe(false);
    expect(cut.warnings).toContain("the search ran out of its 1 iterations");
  });

  it("refuses what it cannot do", () => {
    const stimulus = noise(6, 400, 1);
    const spikes = train(Array.from({ length: 400 }, (_, t) => (t % 5 === 0 ? 1 : 0)));
    const refused = (options: object) => () =>
      maximallyInformativeDimensions(stimulus, spikes, { seed: 1, ...options });
    expect(refused({ dimensions: 3 })).toThrow(
      "maximallyInformativeDimensions: dimensions is 3, a whole number from 1 to 2 is needed",
    );
    expect(refused({ dimensions: 2 })).toThrow("dimensions is 2, the stimulus varies in 1 directions");
    expect(refused({ bins: 2 })).toThrow("bins is 2, a whole number of at least 3 is needed");
    expect(refused({ restarts: 2 })).toThrow('option "restarts" is not known');
    expect(() => maximallyInformativeDimensions(stimulus, train(new Uint32Array(400)), { seed: 1 })).toThrow(
      "no spike from bin 0 on",
    );
  });
});
