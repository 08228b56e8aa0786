import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import type { SpikeTrain } from "../../../src/cells/response.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { poissonAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { spikesOfRanges, stimulusOfRanges, timeBlocks } from "../../../src/reverse-correlation/goodness/time-blocks.js";
import { crossValidate } from "../../../src/reverse-correlation/goodness/time-blocks-cross-validate.js";
import { fitGlm } from "../../../src/reverse-correlation/likelihood/glm.js";
import { estimateNonlinearity } from "../../../src/reverse-correlation/nonlinearity/estimate.js";
import { linearNonlinearModel } from "../../../src/reverse-correlation/nonlinearity/model.js";
import type { SpikeModel } from "../../../src/reverse-correlation/prediction.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const frameSeconds = 0.02;
const grid = { height: 6, width: 6 };
const gabor = { amplitude: 1, betaX: 0.3, betaY: 0.3, frequency: 1, phase: 0, x0: 0, y0: 0, tau: 0 };

describe("blocks of time", () => {
  it("cover every frame once, and no training frame comes nearer than the gap", () => {
    for (const [frames, folds, gap] of [
      [103, 5, 0],
      [103, 5, 7],
      [50, 2, 3],
    ]) {
      const blocks = timeBlocks(frames, { folds, gap });
      const tested = blocks.flatMap(({ test }) =>
        Array.from({ length: test.end - test.start }, (_, i) => test.start + i),
      );
      expect(tested).toEqual(Array.from({ length: frames }, (_, t) => t));
      for (const { test, train } of blocks) {
        for (const { start, end } of train)
          for (let t = start; t < end; t++) {
            expect(t < test.start - gap || t >= test.end + gap).toBe(true);
          }
        const trained = train.reduce((sum, { start, end }) => sum + end - start, 0);
        const sides = Math.min(gap, test.start) + Math.min(gap, frames - test.end);
        expect(trained).toBe(frames - (test.end - test.start) - sides);
      }
    }
  });

  it("are refused where nothing is left to train on", () => {
    expect(() => timeBlocks(20, { folds: 2, gap: 10 })).toThrow(
      "timeBlocks: gap is 10: fold 0 of 2 leaves none of the 20",
    );
    expect(() => timeBlocks(20, { folds: 1 })).toThrow("timeBlocks: folds is 1, a whole number from 2 to 20 is needed");
  });
});

describe("a part of a recording", () => {
  const stimulus = whiteNoise({ grid, frames: 40, frameSeconds, seed: 1 });
  const ranges = [
    { start: 3, end: 9 },
    { start: 20, end: 40 },
  ];
  it("shows the frames of its ranges, wherever it is read", () => {
    const part = stimulusOfRanges(stimulus, ranges);
    expect(part.frames).toBe(26);
    const all = part.read(0, 26);
    expect(all.slice(0, 36)).toEqual(stimulus.read(3, 1));
    expect(all.slice(5 * 36, 7 * 36)).toEqual(Float32Array.of(...stimulus.read(8, 1), ...stimulus.read(20, 1)));
    for (const [start, count] of [
      [0, 3],
      [4, 4],
      [6, 20],
      [25, 1],
    ])
      expect(part.read(start, count)).toEqual(all.slice(start * 36, (start + count) * 36));
    const counts = spikesOfRanges(
      spikesFrom(
        Array.from({ length: 40 }, (_, t) => t),
        { frameSeconds },
      ),
      ranges,
    ).counts;
    expect([...counts.slice(0, 8)]).toEqual([3, 4, 5, 6, 7, 8, 20, 21]);
  });
});

describe("cross-validation by blocks of time", () => {
  const lags = 3;
  const stimulus = whiteNoise({ grid, frames: 6000, frameSeconds, seed: 4 });
  const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 300, seed: 4 });
  const total = (counts: Uint32Array) => counts.reduce((sum, n) => sum + n, 0);
  const fitted = (some: Stimulus, its: SpikeTrain) => {
    const { kernel } = spikeTriggeredAverage(some, its, { lags });
    return linearNonlinearModel(kernel, estimateNonlinearity(kernel, some, its, { kind: "soft-rectified" }));
  };

  it("shows a fit no window that reaches into the test, and every spike with its own window", () => {
    const blocks = timeBlocks(6000, { folds: 4, gap: 40 });
    let fold = 0;
    crossValidate(
      (some, its) => {
        const shown = some.read(0, some.frames);
        const { test, train } = blocks[fold++];
        const at = Array.from({ length: some.frames }, (_, t) => times.get(shown[36 * t])!);
        expect(at.filter((t) => t >= test.start && t < test.end)).toEqual([]);
        // Each counted spike's window must be one that was shown before that spike.
        const wrong = at.filter(
          (time, t) => its.counts[t] > 0 && (at[t - 2] ?? time - 2) + 2 + (at[t - 1] ?? time - 1) + 1 !== 2 * time,
        );
        expect(wrong).toEqual([]);
        expect(at.filter((time, t) => its.counts[t] > 0 && its.counts[t] !== spikes.counts[time])).toEqual([]);
        const all = train.reduce((sum, { start, end }) => sum + total(spikes.counts.subarray(start, end)), 0);
        expect(total(its.counts)).toBe(all);
        expect(its.spikes).toBe(all);
        return fitted(some, its);
      },
      stimulus,
      spikes,
      { folds: 4, gap: 40 },
    );
    expect(fold).toBe(4);
  });
  const times = new Map(Array.from({ length: 6000 }, (_, t) => [stimulus.read(t, 1)[0], t]));

  it("scores a true cell well and each bin by the model that did not see it", () => {
    const found = crossValidate(fitted, stimulus, spikes, { folds: 4, gap: 3 });
    expect(found.bits).toBeGreaterThan(0.8);
    expect(found.folds.map(({ bits }) => bits.bins)).toEqual([1498, 1500, 1500, 1500]);
    expect(found.prediction.first).toBe(lags - 1);
    expect(found.prediction.expected.subarray(2).every((value) => value >= 0)).toBe(true);
    const again = crossValidate(fitted, stimulus, spikes, { folds: 4, gap: 3 });
    expect(again.prediction).toEqual(found.prediction);
    const weighted = found.folds.reduce((sum, { bits }) => sum + bits.bits * bits.spikes, 0);
    expect(found.bits).toBeCloseTo(weighted / found.spikes, 10);
    // The bins of fold 2, foretold by a model of the other folds alone.
    const { test } = found.folds[2].block;
    expect([test.start, test.end]).toEqual([3000, 4500]);
    const scrambled = spikesFrom(
      spikes.counts.map((n, t) => (t >= test.start && t < test.end ? 7 : n)),
      { frameSeconds },
    );
    const other = crossValidate(fitted, stimulus, scrambled, { folds: 4, gap: 3 });
    expect(other.prediction.expected.slice(3000, 4500)).toEqual(found.prediction.expected.slice(3000, 4500));
  });

  it("finds no bits in a field of noise, where the same bins promise some", () => {
    const noise = spikesFrom(
      Array.from({ length: 6000 }, (_, t) => (Math.imul(t, 2654435761) >>> 29 === 0 ? 1 : 0)),
      { frameSeconds },
    );
    const exponential = (some: Stimulus, its: SpikeTrain) => {
      const { kernel } = spikeTriggeredAverage(some, its, { lags });
      return linearNonlinearModel(kernel, estimateNonlinearity(kernel, some, its, { kind: "exponential" }));
    };
    expect(crossValidate(exponential, stimulus, noise, { gap: 3 }).bits).toBeLessThan(0);
  });

  it("refuses under its own name what leaves nothing to train on", () => {
    expect(() => crossValidate(fitted, stimulus, spikes, { folds: 2, gap: 3000 })).toThrow(
      "crossValidate: gap is 3000: fold 0 of 2 leaves none of the 6000 frames to train on",
    );
  });

  it("refuses gaps shorter than the model's lags, and recordings without a spike to train on", () => {
    expect(() => crossValidate(fitted, stimulus, spikes, { gap: 2 })).toThrow(
      "crossValidate: gap is 2, the model looks at 3 frames: at least as many are needed",
    );
    const early = spikesFrom(new Uint32Array(6000).fill(1, 10, 20), { frameSeconds });
    expect(() => crossValidate(fitted, stimulus, early, { gap: 3 })).toThrow("fold 0 leaves no spike to train on");
    const late = spikesFrom(
      Array.from({ length: stimulus.frames }, (_, t) => (t < stimulus.frames / 2 ? 0 : 1)),
      { frameSeconds: stimulus.frameSeconds },
    );
    expect(() => crossValidate(fitted, stimulus, late, { gap: 3 })).toThrow(
      "crossValidate: fold 0 holds no spike to score",
    );
    expect(() => crossValidate(() => ({}) as SpikeModel, stimulus, spikes, { gap: 3 })).toThrow(
      "fitModel gives an object (Object), a model with lags and predict is needed",
    );
    expect(() => crossValidate(undefined as unknown as () => SpikeModel, stimulus, spikes, { gap: 3 })).toThrow(
      "fitModel is undefined, a function is needed",
    );
  });
});

describe("cross-validation with other cells", () => {
  it("cuts their spikes like the cell's own, and scores what they foretell", () => {
    const stimulus = whiteNoise({ grid: { height: 1, width: 2 }, frames: 3000, frameSeconds, seed: 3 });
    const source = randomStream(4, "tests");
    const other = spikesFrom(
      Uint32Array.from({ length: 3000 }, (_, t) => poissonAt(0.3, source, t)),
      { frameSeconds },
    );
    const cell = spikesFrom(
      Uint32Array.from({ length: 3000 }, (_, t) => poissonAt(0.1 + (other.counts[t - 1] ?? 0), source, 5000 + t)),
      { frameSeconds },
    );
    const seen: number[] = [];
    const scored = crossValidate(
      (shown, spikes, trains) => {
        expect(trains[0]!.counts).toHaveLength(spikes.counts.length);
        seen.push(trains[0]!.spikes);
        return fitGlm(shown, spikes, { coupling: { bins: 2, trains } });
      },
      stimulus,
      cell,
      { folds: 3, gap: 3, trains: [other] },
    );
    const alone = crossValidate((shown, spikes) => fitGlm(shown, spikes), stimulus, cell, { folds: 3, gap: 2 });
    const kept = (from: number, to: number) =>
      other.counts.filter((_, t) => t < from || t >= to).reduce((a, n) => a + n, 0);
    // The gap is left out before a test only: after it the frames, and with them the others' spikes, are the lead-in.
    expect(seen).toEqual([kept(0, 1000), kept(997, 2000), kept(1997, 3000)]);
    expect(scored.bits).toBeGreaterThan(0.3);
    expect(Math.abs(alone.bits)).toBeLessThan(0.05);
  });

  it("refuses other cells of another length", () => {
    const stimulus = whiteNoise({ grid, frames: 40, frameSeconds, seed: 1 });
    const [spikes, short] = [40, 39].map((bins) => spikesFrom(new Uint32Array(bins).fill(1), { frameSeconds }));
    const fit = () => ({}) as SpikeModel;
    expect(() => crossValidate(fit, stimulus, spikes!, { gap: 1, trains: [short!] })).toThrow("39");
    expect(() => crossValidate(fit, stimulus, spikes!, { gap: 1, trains: 1 as never })).toThrow(
      "crossValidate: trains is 1, a list of spike trains is needed",
    );
  });
});
