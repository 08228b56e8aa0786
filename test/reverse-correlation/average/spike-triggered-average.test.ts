import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { blockFrames } from "../../../src/reverse-correlation/pairing.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";

const frameSeconds = 1 / 60;

function stimulusOf(values: readonly number[], height: number, width: number) {
  return stimulusFrom(tensor(values, [values.length / (height * width), height, width]), { frameSeconds });
}

/** The definition, with nothing clever: the mean of the windows before each spike. */
function averageByDefinition(
  values: readonly number[],
  pixels: number,
  counts: readonly number[],
  lags: number,
): number[] {
  const sum = new Array(lags * pixels).fill(0);
  let spikes = 0;
  for (let t = lags - 1; t < counts.length; t++) {
    for (let spike = 0; spike < counts[t]; spike++) {
      spikes++;
      for (let k = 0; k < lags; k++)
        for (let p = 0; p < pixels; p++) sum[k * pixels + p] += values[(t - k) * pixels + p];
    }
  }
  return sum.map((value) => value / spikes);
}

describe("the spike-triggered average", () => {
  it("is the mean of the windows before the spikes, over random recordings", () => {
    const recording = fc.record({
      frames: fc.integer({ min: 4, max: 30 }),
      lags: fc.integer({ min: 1, max: 4 }),
      height: fc.integer({ min: 1, max: 3 }),
      width: fc.integer({ min: 1, max: 3 }),
      seed: fc.array(fc.integer({ min: -99, max: 99 }), { minLength: 50, maxLength: 50 }),
    });
    fc.assert(
      fc.property(recording, ({ frames, lags, height, width, seed }) => {
        const values = Array.from({ length: frames * height * width }, (_, i) =>
          Math.fround(Math.sin(i * 1.7 + seed[i % 50]) + seed[(i * 7) % 50] / 50),
        );
        const counts = Array.from({ length: frames }, (_, t) =>
          t === frames - 1 ? 1 : Math.abs(seed[(t * 3) % 50]) % 4,
        );
        const estimate = spikeTriggeredAverage(
          stimulusOf(values, height, width),
          spikesFrom(counts, { frameSeconds }),
          { lags },
        );
        const expected = averageByDefinition(values, height * width, counts, lags);
        expected.forEach((value, i) => {
          expect(estimate.kernel.data[i]).toBeCloseTo(value, 5);
        });
        expect(estimate.spikesUsed).toBe(counts.slice(lags - 1).reduce((a, b) => a + b, 0));
        expect(estimate.spikesSkipped).toBe(counts.slice(0, lags - 1).reduce((a, b) => a + b, 0));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("joins the blocks it reads without a seam", () => {
    const frames = 2 * blockFrames + 5;
    const values = Array.from({ length: frames }, (_, t) => Math.fround(Math.sin(t * t)));
    const counts = values.map((_, t) => (t % blockFrames < 3 ? 2 : 0));
    const estimate = spikeTriggeredAverage(stimulusOf(values, 1, 1), spikesFrom(counts, { frameSeconds }), { lags: 3 });
    averageByDefinition(values, 1, counts, 3).forEach((value, i) => {
      expect(estimate.kernel.data[i]).toBeCloseTo(value, 6);
    });
  });

  it("never lets a spike see a later frame", () => {
    const before = [0.5, -1, 0.25, 2, 0, 0, 0, 0];
    const after = before.map((value, t) => (t > 3 ? 99 : value));
    const spikes = spikesFrom([0, 0, 1, 1, 0, 0, 0, 0], { frameSeconds });
    const average = (values: readonly number[]) =>
      spikeTriggeredAverage(stimulusOf(values, 1, 1), spikes, { lags: 2 }).kernel.data;
    expect(average(after)).toEqual(average(before));
  });

  it("says what it is and of which grid", () => {
    const estimate = spikeTriggeredAverage(stimulusOf([1, 2, 3, 4], 2, 1), spikesFrom([0, 1], { frameSeconds }));
    expect(estimate).toMatchObject({
      kind: "estimate",
      method: "spike-triggered-average",
      spikesUsed: 1,
      spikesSkipped: 0,
    });
    expect(estimate.grid).toMatchObject({ height: 2, width: 1 });
    expect(estimate.kernel.shape).toEqual([1, 2, 1]);
    expect(estimate.warnings).toEqual(["one spike: the estimate is that one stimulus"]);
  });

  it("warns of pixels that never change", () => {
    const estimate = spikeTriggeredAverage(
      stimulusOf([1, 2, 1, 3, 1, 4], 1, 2),
      spikesFrom([1, 1, 0], { frameSeconds }),
    );
    expect(estimate.warnings).toEqual(["1 of 2 pixels never change: nothing is known of them"]);
  });

  it("refuses what it cannot use, by name", () => {
    const stimulus = stimulusOf([1, 2, 3, 4], 1, 1);
    const average =
      (counts: readonly number[], options?: { lags?: number }, seconds = frameSeconds) =>
      () =>
        spikeTriggeredAverage(stimulus, spikesFrom(counts, { frameSeconds: seconds }), options);
    expect(average([1, 1])).toThrow("spikeTriggeredAverage: spikes has 2 bins, the stimulus has 4 frames");
    expect(average([1, 0, 0, 0], {}, 0.01)).toThrow(
      "spikeTriggeredAverage: spikes has bins of 0.01 s, the stimulus has frames of",
    );
    expect(average([0, 0, 0, 0])).toThrow(
      "spikeTriggeredAverage: spikes has no spike from bin 0 on (0 before it), at least one is needed",
    );
    expect(average([1, 1, 0, 0], { lags: 3 })).toThrow("spikes has no spike from bin 2 on (2 before it)");
    expect(average([1, 0, 0, 0], { lags: 0 })).toThrow(
      "spikeTriggeredAverage: lags is 0, a whole number of at least 1 is needed",
    );
    expect(average([1, 0, 0, 0], { lags: 5 })).toThrow("spikeTriggeredAverage: lags is 5, the stimulus has 4 frames");
    expect(() => spikeTriggeredAverage(stimulusOf([2, 2], 1, 1), spikesFrom([1, 1], { frameSeconds }))).toThrow(
      "spikeTriggeredAverage: stimulus is constant, it must vary for a field to be inferred",
    );
    expect(() => spikeTriggeredAverage(null as never, spikesFrom([1], { frameSeconds }))).toThrow(
      "stimulus is null, a stimulus is needed",
    );
    expect(() => spikeTriggeredAverage(stimulus, {} as never)).toThrow(
      "spikes is an object (Object), a spike train is needed",
    );
    const misspelt = { lag: 2 } as { lags?: number };
    expect(average([1, 0, 0, 0], misspelt)).toThrow('spikeTriggeredAverage: option "lag" is not known, it takes lags');
  });
});
