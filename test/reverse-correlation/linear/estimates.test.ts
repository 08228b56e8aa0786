import { describe, expect, it } from "vitest";
import type { SpikeTrain } from "../../../src/cells/response.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { correlation } from "../../../src/math/statistics.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { aldEstimate } from "../../../src/reverse-correlation/linear/ald-estimate.js";
import { asdEstimate } from "../../../src/reverse-correlation/linear/asd-estimate.js";
import type { LinearEstimate } from "../../../src/reverse-correlation/linear/estimate.js";
import { ridgeEstimate } from "../../../src/reverse-correlation/linear/ridge-estimate.js";
import { sparseEstimate } from "../../../src/reverse-correlation/linear/sparse-estimate.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";
import { cellSpikes, frameSeconds, gaussianCounts, noise, patches, simpleField } from "./world.js";

const estimators = { ridge: ridgeEstimate, asd: asdEstimate, ald: aldEstimate, sparse: sparseEstimate };
type Estimator = (stimulus: Stimulus, spikes: SpikeTrain, options: { readonly lags: number }) => LinearEstimate;
const estimatorOf = (name: keyof typeof estimators): Estimator => estimators[name];
const names = Object.keys(estimators) as (keyof typeof estimators)[];
const [lags, size] = [5, 8];
const field = simpleField(lags, size);

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("regularised estimators recover a simple cell", () => {
  it("of patches with amplitudes of 1/f better than the average, smooth and local priors better than the ridge", () => {
    const score = (estimate: { readonly kernel: Tensor }) => correlation(estimate.kernel.data, field);
    const recordings = [1, 2, 3].map((seed) => {
      const stimulus = patches(1200, size, seed);
      return { stimulus, spikes: cellSpikes(stimulus, field, 100, seed + 50) };
    });
    const meanScore = (estimate: (stimulus: Stimulus, spikes: SpikeTrain) => { readonly kernel: Tensor }) =>
      mean(recordings.map(({ stimulus, spikes }) => score(estimate(stimulus, spikes))));
    const ridge = meanScore((stimulus, spikes) => ridgeEstimate(stimulus, spikes, { lags }));
    expect(ridge).toBeGreaterThan(
      meanScore((stimulus, spikes) => spikeTriggeredAverage(stimulus, spikes, { lags })) + 0.1,
    );
    expect(meanScore((stimulus, spikes) => asdEstimate(stimulus, spikes, { lags, modes: 150 }))).toBeGreaterThan(
      ridge + 0.03,
    );
    const { stimulus, spikes } = recordings[0]!;
    const local = aldEstimate(stimulus, spikes, { lags, modes: 150 });
    expect(score(local)).toBeGreaterThan(ridge + 0.1);
    expect(local.logEvidence!).toBeGreaterThan(asdEstimate(stimulus, spikes, { lags, modes: 150 }).logEvidence! + 5);
  });

  it("of few frames of white noise, by evidence as by blocks of time held out", () => {
    const stimulus = noise(1000, size, 4);
    const spikes = cellSpikes(stimulus, field, 100, 54);
    const average = correlation(spikeTriggeredAverage(stimulus, spikes, { lags }).kernel.data, field);
    for (const chooseBy of ["evidence", "cross-validation"] as const) {
      const smooth = asdEstimate(stimulus, spikes, { lags, modes: 150, chooseBy });
      expect(correlation(smooth.kernel.data, field)).toBeGreaterThan(average + 0.1);
      expect(smooth.chosenBy).toBe(chooseBy);
      expect(smooth.converged).toBe(true);
      expect(smooth.logEvidence === undefined).toBe(chooseBy === "cross-validation");
      expect(smooth.heldOut === undefined).toBe(chooseBy === "evidence");
      if (smooth.heldOut !== undefined) expect(smooth.heldOut).toBeGreaterThan(0.02);
    }
  });

  it("locally, where blocks of time held out choose as where evidence does", () => {
    const stimulus = noise(1000, 6, 4);
    const small = simpleField(3, 6);
    const spikes = cellSpikes(stimulus, small, 100, 54);
    const ridge = correlation(ridgeEstimate(stimulus, spikes, { lags: 3 }).kernel.data, small);
    for (const chooseBy of ["evidence", "cross-validation"] as const) {
      const local = aldEstimate(stimulus, spikes, { lags: 3, chooseBy });
      expect(correlation(local.kernel.data, small)).toBeGreaterThan(ridge + 0.05);
      expect(local.converged).toBe(true);
      const share = local.hyperparameters.find(({ name }) => name === "background")!.value;
      expect([1, 0.1, 0.01]).toContain(share);
      expect(local.standardErrors!.data.every((value) => value > 0)).toBe(true);
      if (local.heldOut !== undefined) expect(local.heldOut).toBeGreaterThan(0.02);
    }
  });

  it("of one pixel at one lag, which a sparse field finds alone", () => {
    const spot = new Float64Array(lags * size * size);
    spot[size * size + 27] = 1;
    const stimulus = noise(2000, size, 5);
    const estimate = sparseEstimate(stimulus, gaussianCounts(stimulus, spot, 2, 20, 6), { lags });
    const { data } = estimate.kernel;
    let strongest = 0;
    for (let d = 0; d < data.length; d++) if (Math.abs(data[d]!) > Math.abs(data[strongest]!)) strongest = d;
    expect(strongest).toBe(size * size + 27);
    expect(estimate.effectiveParameters).toBeLessThan(40);
    expect(Math.abs(data[strongest]! - 1)).toBeLessThan(0.2);
  });
});

/** The share of numbers whose truth lies within 1.96 standard errors, over recordings with fields drawn from the prior or fixed. */
function coverage(
  truth: Float64Array,
  estimate: { kernel: { data: ArrayLike<number> }; standardErrors?: { data: ArrayLike<number> } },
) {
  return mean(
    Array.from(truth, (w, d) =>
      Math.abs(estimate.kernel.data[d]! - w) <= 1.96 * estimate.standardErrors!.data[d]! ? 1 : 0,
    ),
  );
}

describe("posterior standard deviations", () => {
  const small = simpleField(3, 6);
  it.each([
    ["ridge", 0.92, 0.98],
    ["asd", 0.9, 0.99],
  ] as const)("of the linear-Gaussian model cover 95 % of a field, %s", (name, least, most) => {
    const shares = Array.from({ length: 12 }, (_, k) => {
      const stimulus = noise(1500, 6, 100 + k);
      const spikes = gaussianCounts(
        stimulus,
        small.map((w) => 3 * w),
        3,
        40,
        300 + k,
      );
      return coverage(
        small.map((w) => 3 * w),
        estimatorOf(name)(stimulus, spikes, { lags: 3 }),
      );
    });
    expect(mean(shares)).toBeGreaterThan(least);
    expect(mean(shares)).toBeLessThan(most);
  });

  it("find the noise's variance, a twelfth of it the counts' rounding", () => {
    const stimulus = noise(4000, 6, 7);
    const spikes = gaussianCounts(stimulus, small, 2, 30, 8);
    const expected = 4 + 1 / 12;
    // five standard errors of a variance of 4,000 numbers
    for (const name of ["ridge", "asd"] as const) {
      const { noiseVariance } = estimatorOf(name)(stimulus, spikes, { lags: 3 });
      expect(Math.abs(noiseVariance / expected - 1)).toBeLessThan(5 * Math.sqrt(2 / 3800));
    }
  });
});

describe("every regularised estimate", () => {
  const stimulus = patches(300, 5, 9);
  const truth = simpleField(3, 5).map((w) => 4 * w);
  const spikes = gaussianCounts(stimulus, truth, 1, 10, 10);

  it.each(names)("predicts the counts it was fitted to, in a mean of 1, and others by its lags: %s", (name) => {
    const estimate = estimatorOf(name)(stimulus, spikes, { lags: 3 });
    const { expected, first } = estimate.predict(stimulus);
    expect(first).toBe(2);
    expect([...expected.subarray(0, first)]).toEqual([0, 0]);
    // a movie so strong that the line goes below 0: no rate does
    const strong = stimulusFrom(
      tensor(
        stimulus.read(0, 300).map((value) => 100 * value),
        [300, 5, 5],
      ),
      { frameSeconds },
    );
    const least = Math.min(...estimate.predict(strong).expected.subarray(first));
    expect(least).toBeCloseTo((0.01 * estimate.spikesUsed) / 298, 8);
    const shown = spikes.counts.slice(first);
    expect(correlation(expected.subarray(first), shown)).toBeGreaterThan(0.5);
    expect(mean([...expected.subarray(first)])).toBeCloseTo(mean([...shown]), 1);
    expect(estimate).toMatchObject({ kind: "estimate", lags: 3, spikesSkipped: spikes.counts[0]! + spikes.counts[1]! });
    expect(estimate.kernel.shape).toEqual([3, 5, 5]);
    expect(estimate.standardErrors!.data.every((value) => value >= 0)).toBe(true);
    expect(estimate.hyperparameters.length).toBeGreaterThan(0);
  });

  it.each(["ridge", "asd", "sparse"] as const)(
    "does not change with a grey added to all frames, but for its constant: %s",
    (name) => {
      const lighter = stimulusFrom(
        tensor(
          stimulus.read(0, 300).map((value) => value + 3),
          [300, 5, 5],
        ),
        { frameSeconds },
      );
      const [a, b] = [stimulus, lighter].map((movie) => estimatorOf(name)(movie, spikes, { lags: 3 }));
      const scale = Math.max(...Array.from(a!.kernel.data, Math.abs));
      Array.from(a!.kernel.data).forEach((value, d) => {
        expect(Math.abs(b!.kernel.data[d]! - value)).toBeLessThan(0.03 * scale);
      });
      const total = mean(Array.from(a!.kernel.data)) * a!.kernel.data.length;
      expect(b!.offset).toBeCloseTo(a!.offset - 3 * total, 0);
    },
  );

  it.each(names)("warns of more numbers than bins, of one spike and of pixels that never change: %s", (name) => {
    const half = tensor(
      stimulus.read(0, 60).map((value, i) => (i % 25 < 3 ? 0.5 : value)),
      [60, 5, 5],
    );
    const one = spikesFrom(
      Array.from({ length: 60 }, (_, t) => (t === 30 ? 1 : 0)),
      { frameSeconds },
    );
    const estimate = estimators[name](stimulusFrom(half, { frameSeconds }), one, { lags: 3 });
    expect(estimate.warnings.join("; ")).toMatch(/3 of 25 pixels never change.*one spike.*58 bins for 75 numbers/);
    expect(estimate.kernel.data.every(Number.isFinite)).toBe(true);
  });

  it.each(names)("refuses what it cannot use: %s", (name) => {
    const estimate = estimators[name] as (s: Stimulus, n: typeof spikes, o: object) => unknown;
    const grey = stimulusFrom(tensor(new Float32Array(300 * 25).fill(0.1), [300, 5, 5]), { frameSeconds });
    expect(() => estimate(grey, spikes, { lags: 3 })).toThrow("stimulus is constant");
    const silent = spikesFrom(new Uint32Array(300), { frameSeconds });
    expect(() => estimate(stimulus, silent, { lags: 3 })).toThrow("has no spike from bin 2 on");
    const steady = spikesFrom(new Uint32Array(300).fill(2), { frameSeconds });
    expect(() => estimate(stimulus, steady, { lags: 3 })).toThrow("every bin has 2 spikes, they must vary");
    expect(() => estimate(stimulus, spikes, { lag: 3 })).toThrow('option "lag" is not known');
    expect(() => estimate(stimulus, spikes, { lags: 299 })).toThrow("stimulus has 2 bins with a full window");
    expect(() => estimate(null as never, spikes, {})).toThrow("stimulus is null, a stimulus is needed");
  });

  it("says when the data hold no field", () => {
    const movie = noise(600, 5, 11);
    const elsewhere = gaussianCounts(noise(600, 5, 99), truth, 1, 10, 12);
    const found = ridgeEstimate(movie, elsewhere, { lags: 2 });
    expect(found.effectiveParameters).toBeLessThan(12);
    const { kernel, standardErrors } = found;
    const scores = Array.from(kernel.data, (w, d) => Math.abs(w) / standardErrors!.data[d]!);
    expect(Math.max(...scores)).toBeLessThan(5);
  });

  it.each(names)(
    "warns where there is no more evidence for a field than for none, not where a field is few numbers: %s",
    (name) => {
      const spot = new Float64Array(25);
      spot[12] = 1.5;
      const warned = (strength: number, seed: number) => {
        const movie = noise(600, 5, seed);
        const cell = gaussianCounts(
          movie,
          spot.map((w) => strength * w),
          1.5,
          12,
          700 + seed,
        );
        return estimatorOf(name)(movie, cell, { lags: 1 }).warnings.some((text) => text.includes("a field from none"));
      };
      const seeds = [21, 22, 23, 24];
      expect(seeds.filter((seed) => warned(1, seed))).toEqual([]);
      expect(seeds.filter((seed) => warned(0, seed)).length).toBeGreaterThan(2);
    },
  );

  it("refuses options that do not apply", () => {
    expect(() => asdEstimate(stimulus, spikes, { folds: 3 })).toThrow(
      'asdEstimate: folds is 3, they apply where chooseBy is "cross-validation"',
    );
    expect(() => sparseEstimate(stimulus, spikes, { modes: 9 })).toThrow(
      'sparseEstimate: modes is 9, they apply where basis is "cosines"',
    );
    expect(() => sparseEstimate(stimulus, spikes, { mixing: 0 })).toThrow("mixing is 0, a number above 0");
    expect(() => ridgeEstimate(stimulus, spikes, { chooseBy: "luck" as never })).toThrow('chooseBy is "luck", one of');
    const large = noise(5000, 22, 1);
    const counts = spikesFrom(
      Uint32Array.from({ length: 5000 }, (_, t) => t % 2),
      { frameSeconds },
    );
    expect(() => ridgeEstimate(large, counts, { lags: 10 })).toThrow("one of them must be at most 4608");
    expect(() => sparseEstimate(large, counts, { lags: 10 })).toThrow("at most 4608 fit");
    expect(() => asdEstimate(stimulus, spikes, {}).predict(large)).toThrow("predict: stimulus has a grid of 22x22");
  });

  it.each(names)(
    "counts spikes of its own bins: refuses other frames, and scores no bin of one too short: %s",
    (name) => {
      const estimate = estimatorOf(name)(stimulus, spikes, { lags: 3 });
      expect(() => estimate.predict({ ...stimulus, frameSeconds: 2 * frameSeconds })).toThrow(
        `predict: the stimulus has frames of ${2 * frameSeconds} s, the model was fitted on frames of ${frameSeconds} s`,
      );
      expect(estimate.predict(patches(1, 5, 9))).toMatchObject({ first: 1, expected: Float64Array.of(0) });
    },
  );
});
