import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { gramBlock } from "../../../src/math/gram.js";
import { pixelsOf } from "../../../src/math/grid.js";
import {
  momentsAccumulator,
  momentsAccumulatorFrom,
} from "../../../src/reverse-correlation/accumulators/moments-accumulator.js";
import type { Chunk } from "../../../src/reverse-correlation/accumulators/state.js";
import { windowMoments } from "../../../src/reverse-correlation/subspaces/stc-moments.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { stimulusPart } from "../../../src/stimuli/stimulus-part.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const frameSeconds = 1 / 60;
const grid = { height: 2, width: 2 };
const lags = 3;
const frames = 3 * gramBlock + 1001;
const noise = whiteNoise({ grid, frames, frameSeconds, seed: 8 });
/** Silent bins, common counts of 1 and 2, and rare ones of 5. */
const counts = Uint32Array.from({ length: frames }, (_, t) =>
  t % 97 === 0 ? 5 : Math.max(0, Math.ceil(3 * Math.sin(t * t) - 1)),
);
const spikes = spikesFrom(counts, { frameSeconds });
const empty = () => momentsAccumulator({ grid, lags, frameSeconds });

function part(from: number, to: number): Chunk {
  const start = Math.max(0, from - lags + 1);
  const cut = spikesFrom(counts.slice(start, to), { frameSeconds });
  return { stimulus: stimulusPart(noise, start, to), spikes: cut, start, from };
}

/** A stimulus of other values in the same places. */
function changed(change: (value: number, pixel: number) => number): Stimulus {
  const pixels = pixelsOf(grid);
  const read = (start: number, count: number, into?: Float32Array) => {
    const made = noise.read(start, count, into);
    for (let i = 0; i < made.length; i++) made[i] = change(made[i]!, i % pixels);
    return made;
  };
  return { ...noise, read };
}

/** The definition in float64: windows made one by one, the mean first, then the products about it. */
function byDefinition(stimulus: Stimulus, weight: (t: number) => number) {
  const pixels = pixelsOf(grid);
  const values = stimulus.read(0, frames);
  const D = lags * pixels;
  const window = (t: number) =>
    Array.from({ length: D }, (_, i) => values[(t - Math.floor(i / pixels)) * pixels + (i % pixels)]!);
  const bins = Array.from({ length: frames - lags + 1 }, (_, i) => i + lags - 1).filter((t) => weight(t) > 0);
  const total = bins.reduce((sum, t) => sum + weight(t), 0);
  const mean = new Float64Array(D);
  for (const t of bins) {
    const x = window(t);
    for (let i = 0; i < D; i++) mean[i]! += (weight(t) * x[i]!) / total;
  }
  const covariance = new Float64Array(D * D);
  for (const t of bins) {
    const z = window(t).map((x, i) => x - mean[i]!);
    for (let i = 0; i < D; i++)
      for (let j = 0; j < D; j++) covariance[i * D + j]! += (weight(t) * z[i]! * z[j]!) / total;
  }
  return { mean, covariance };
}

function expectNear(got: ArrayLike<number>, wanted: ArrayLike<number>, error: number): void {
  expect(got).toHaveLength(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(got[i]! - wanted[i]!)).toBeLessThan(error);
}

const whole = empty().add({ stimulus: noise, spikes }).result();

describe("the moments accumulator", () => {
  it("gives the means and covariances of the definition, of all windows and of the spikes'", () => {
    const all = byDefinition(noise, () => 1);
    const own = byDefinition(noise, (t) => counts[t]!);
    // A block's float32 sums of some 1e3 terms of size 1 are off by some 1e-7 of their number.
    expectNear(whole.all.mean, all.mean, 1e-6);
    expectNear(whole.all.covariance, all.covariance, 1e-6);
    expectNear(whole.spikes.mean, own.mean, 1e-6);
    expectNear(whole.spikes.covariance, own.covariance, 1e-6);
    const used = counts.slice(lags - 1);
    expect(whole).toMatchObject({
      kind: "window-moments",
      lags,
      bins: frames - lags + 1,
      spikesUsed: used.reduce((sum, n) => sum + n, 0),
      spikesSkipped: counts[0]! + counts[1]!,
      squaredCounts: used.reduce((sum, n) => sum + n * n, 0),
      constantEntries: 0,
      warnings: [],
    });
  });

  it("gives what one pass of spike-triggered covariance gives, to the rounding of its products", () => {
    const { all, spikes: own } = windowMoments("test", noise, counts, lags, [], {});
    expectNear(whole.all.covariance, all.covariance, 1e-6);
    expectNear(whole.spikes.covariance, own.covariance, 1e-6);
    expectNear(whole.spikes.mean, own.mean, 1e-6);
  });

  it("gives the same bits whatever the order of parts and merges", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 3 }), (order, workers) => {
        const accumulators = Array.from({ length: workers }, empty);
        [0, 1, 2, 3]
          .sort((a, b) => order[a]! - order[b]!)
          .forEach((b, i) => {
            accumulators[(i + order[b]!) % workers]!.add(part(b * gramBlock, Math.min((b + 1) * gramBlock, frames)));
          });
        const states = accumulators.reverse().map(({ state }) => structuredClone(state));
        const merged = states.slice(1).reduce((sum, state) => sum.merge({ state }), momentsAccumulatorFrom(states[0]!));
        expect(merged.result()).toEqual(whole);
      }),
      { seed: 3, numRuns: 12 },
    );
  });

  it("loses nothing to the mean of the stimulus: grey levels about 128 have the covariance of the contrast", () => {
    // Multiples of 1/64, so that 128 more is exact in float32.
    const coarse = (value: number) => Math.round(64 * value) / 64;
    const moments = (shift: number) =>
      empty()
        .add({ stimulus: changed((value) => coarse(value) + shift), spikes })
        .result();
    const [contrast, grey] = [moments(0), moments(128)];
    expectNear(grey.spikes.covariance, contrast.spikes.covariance, 1e-6);
    expectNear(
      grey.spikes.mean.map((value) => value - 128),
      contrast.spikes.mean,
      1e-6,
    );
  });

  it("gives a constant pixel no variance at all, and says so", () => {
    const {
      all,
      spikes: own,
      constantEntries,
      warnings,
    } = empty()
      .add({ stimulus: changed((value, pixel) => (pixel === 1 ? 0.1 : value)), spikes })
      .result();
    expect(constantEntries).toBe(lags);
    expect(warnings).toEqual(["3 of 12 pixels times lags never change: nothing is known of them"]);
    for (let j = 0; j < 12; j++) expect([all.covariance[12 + j], own.covariance[12 * j + 5]]).toEqual([0, 0]);
    expect(own.mean[5]).toBeCloseTo(Math.fround(0.1), 12);
  });

  it("warns where windows or spikes are fewer than their numbers, and of missing bins", () => {
    const few = spikesFrom(
      counts.map((_, t) => (t === 5000 || t === 5003 ? 2 : 0)),
      { frameSeconds },
    );
    const { warnings } = empty()
      .add({ stimulus: noise, spikes: few, from: gramBlock, to: 2 * gramBlock })
      .result();
    expect(warnings).toEqual([
      "bins 0 to 4095 were not added: the result knows nothing of them",
      "4 spikes for 12 pixels times lags: the covariance among spikes has no full rank",
    ]);
    const short = { stimulus: stimulusPart(noise, 0, 10), spikes: spikesFrom(counts.slice(0, 10), { frameSeconds }) };
    expect(empty().add(short).result().warnings).toContain(
      "8 windows for 12 pixels times lags: the covariance of the stimulus has no full rank",
    );
  });

  it("refuses what it cannot use, by name", () => {
    expect(() => momentsAccumulator({ grid: { height: 64, width: 64 }, lags: 4, frameSeconds })).toThrow(
      "momentsAccumulator: 16384 pixels times lags need 15 GiB, at most 6 are taken",
    );
    expect(() => empty().result()).toThrow("momentsAccumulator.result: spikes has no spike from bin 2 on");
    expect(() => empty().add({ stimulus: noise, spikes, to: 1024 })).toThrow(
      "momentsAccumulator.add: to is 1024, sums run on blocks of bins: a multiple of 4096 or the recording's end is needed",
    );
    expect(() => empty().add({ stimulus: changed((value, p) => (p === 2 ? Number.NaN : value)), spikes })).toThrow(
      "momentsAccumulator.add: frames 0 to 4095 hold NaN or an infinity, finite contrasts are needed",
    );
    expect(() =>
      empty()
        .add({ stimulus: changed(() => 0.5), spikes })
        .result(),
    ).toThrow("momentsAccumulator.result: stimulus is constant, it must vary for a field to be inferred");
    expect(() => momentsAccumulatorFrom(null as never)).toThrow(
      'momentsAccumulatorFrom: state is null, a state of kind "moments-state" is needed',
    );
    const { state } = empty();
    const cut = { ...state, all: { ...state.all, first: { ...state.all.first, parts: [] } } } as never;
    expect(() => momentsAccumulatorFrom(cut)).toThrow("momentsAccumulatorFrom: state is damaged, an array has");
  });
});
