import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import type { SpikeTrain } from "../../../src/cells/response.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { renderGabor } from "../../../src/math/gabor.js";
import {
  type AverageState,
  averageAccumulator,
  averageAccumulatorFrom,
} from "../../../src/reverse-correlation/accumulators/average-accumulator.js";
import type { Chunk } from "../../../src/reverse-correlation/accumulators/state.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { blockFrames } from "../../../src/reverse-correlation/pairing.js";
import { stimulusFromReader } from "../../../src/stimuli/read-stimulus.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { stimulusPart } from "../../../src/stimuli/stimulus-part.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const frameSeconds = 1 / 60;
const grid = { height: 2, width: 3 };
const lags = 4;
const frames = 5 * blockFrames + 77;
const stimulus = whiteNoise({ grid, frames, frameSeconds, seed: 5 });
const counts = Uint32Array.from({ length: frames }, (_, t) => Math.max(0, Math.ceil(3 * Math.sin(t * t) - 1)));
const spikes = spikesFrom(counts, { frameSeconds });
const whole = spikeTriggeredAverage(stimulus, spikes, { lags });
const empty = () => averageAccumulator({ grid, lags, frameSeconds });

/** Bins `from` to `to`, with the frames before them that their windows need, and a few more. */
function part(from: number, to: number, more = 0): Chunk {
  const start = Math.max(0, from - lags + 1 - more);
  const cut = spikesFrom(counts.slice(start, to), { frameSeconds });
  return { stimulus: stimulusPart(stimulus, start, to), spikes: cut, start, from };
}

/** Deals the blocks of the recording out to some accumulators and merges these, in the order of the numbers that are given. */
function dealt(keys: readonly number[], workers: number) {
  const order = [0, 1, 2, 3, 4, 5].sort((a, b) => keys[a]! - keys[b]!);
  const accumulators = Array.from({ length: workers }, empty);
  order.forEach((b, i) => {
    accumulators[(i + keys[b]!) % workers]!.add(
      part(b * blockFrames, Math.min((b + 1) * blockFrames, frames), keys[b]! % 9),
    );
  });
  const [first, ...others] = accumulators.sort(
    (a, b) => (a.state.bins % (1 + keys[0]!)) - (b.state.bins % (1 + keys[0]!)),
  );
  return others.reduce((sum, other) => sum.merge(other), first!);
}

describe("the average accumulator", () => {
  it("gives the same bits whatever the order of parts and merges", () => {
    const keys = fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 6, maxLength: 6 });
    fc.assert(
      fc.property(keys, fc.integer({ min: 1, max: 4 }), (order, workers) => {
        expect(dealt(order, workers).result()).toEqual(whole);
      }),
      { seed: 1, numRuns: 60 },
    );
  });

  it("counts the spikes of bins without a full window as skipped, in whichever part they lie", () => {
    const skipped = counts.slice(0, lags - 1).reduce((a, b) => a + b, 0);
    expect(skipped).toBeGreaterThan(0);
    const late = empty().add(part(blockFrames, 2 * blockFrames));
    expect(late.state.spikesSkipped).toBe(0);
    late.add(part(0, blockFrames));
    expect(late.state.spikesSkipped).toBe(skipped);
    expect(late.result().spikesUsed).toBe(counts.slice(lags - 1, 2 * blockFrames).reduce((a, b) => a + b, 0));
  });

  it("warns of the bins that it was never given", () => {
    const gaps = empty()
      .add(part(blockFrames, 2 * blockFrames))
      .add(part(3 * blockFrames, 4 * blockFrames));
    expect(gaps.result().warnings).toEqual([
      "bins 0 to 1023, 2048 to 3071 were not added: the result knows nothing of them",
    ]);
  });

  it("sees that pixels vary from part to part, though they are constant within each", () => {
    const values = (start: number, count: number) =>
      Float32Array.from({ length: 2 * count }, (_, i) =>
        i % 2 === 1 ? 0.25 : start + (i >> 1) < blockFrames ? -1 : 1,
      );
    const steps = stimulusFromReader({ grid: { height: 1, width: 2 }, frames, frameSeconds, read: values });
    const options = { grid: steps.grid, frameSeconds };
    const first = averageAccumulator(options).add({ stimulus: steps, spikes, to: blockFrames });
    expect(() => first.result()).toThrow("stimulus is constant, it must vary for a field to be inferred");
    const second = averageAccumulator(options).add({ stimulus: steps, spikes, from: blockFrames });
    expect(second.merge(first).result().warnings).toEqual(["1 of 2 pixels never change: nothing is known of them"]);
  });

  it("reads no frame of a block without spikes, once every pixel has varied", () => {
    let read = 0;
    const counted: Stimulus = {
      ...stimulus,
      read: (start, count, into) => {
        read += count;
        return stimulus.read(start, count, into);
      },
    };
    const few = spikesFrom(
      counts.map((_, t) => (t === 3 * blockFrames + 9 ? 1 : 0)),
      { frameSeconds },
    );
    const estimate = spikeTriggeredAverage(counted, few, { lags });
    expect(read).toBeLessThan(1.5 * blockFrames);
    expect(estimate.kernel.data.slice(0, 6)).toEqual(Float64Array.from(stimulus.read(3 * blockFrames + 9, 1)));
  });

  it("reads of a block with a spike no more than its windows need, once every pixel has varied", () => {
    const read: number[] = [];
    const counted: Stimulus = {
      ...stimulus,
      read: (start, count, into) => {
        for (let t = start; t < start + count; t++) read.push(t);
        return stimulus.read(start, count, into);
      },
    };
    const last = 3 * blockFrames + 130;
    const few = spikesFrom(
      counts.map((_, t) => (t === last ? 2 : 0)),
      { frameSeconds },
    );
    const estimate = spikeTriggeredAverage(counted, few, { lags });
    expect(read.filter((t) => t >= blockFrames)).toEqual([last - 3, last - 2, last - 1, last]);
    const window = Array.from({ length: lags }, (_, k) => [...stimulus.read(last - k, 1)]).flat();
    expect([...estimate.kernel.data]).toEqual(window);
  });

  it("refuses finite contrasts whose sums are none", () => {
    const huge: Stimulus = { ...stimulus, read: (start, count) => stimulus.read(start, count).fill(3e38) };
    expect(() => empty().add({ stimulus: huge, spikes })).toThrow(
      "averageAccumulator.add: frames 0 to 1023 have sums beyond float32, smaller contrasts are needed",
    );
  });

  it("takes frames from a reader that gives arrays of its own", () => {
    const own: Stimulus = { ...stimulus, read: (start, count) => stimulus.read(start, count) };
    expect(spikeTriggeredAverage(own, spikes, { lags })).toEqual(whole);
  });

  it("goes on after a reader that failed: the block that broke is not counted, those before it are", () => {
    let broken = true;
    const flaky: Stimulus = {
      ...stimulus,
      read: (start, count, into) => {
        if (broken && start >= 2 * blockFrames + 500) throw new Error("the disk is gone");
        return stimulus.read(start, count, into);
      },
    };
    const accumulator = empty();
    expect(() => accumulator.add({ stimulus: flaky, spikes })).toThrow("the disk is gone");
    expect(accumulator.state.spans).toEqual([{ from: 0, to: 2 * blockFrames }]);
    broken = false;
    accumulator.add({ stimulus: flaky, spikes, from: 2 * blockFrames });
    expect(accumulator.result()).toEqual(whole);
  });

  it("refuses a NaN in a frame before a spike, and goes on without it", () => {
    const spoilt: Stimulus = {
      ...stimulus,
      read: (start, count) => {
        const values = stimulus.read(start, count);
        if (start <= 7 && 7 < start + count) values[6 * (7 - start) + 5] = Number.NaN;
        return values;
      },
    };
    const accumulator = empty();
    expect(() => accumulator.add({ stimulus: spoilt, spikes })).toThrow(
      "averageAccumulator.add: frame 7 is not finite at pixel 5 of 6, finite contrasts are needed",
    );
    expect(accumulator.state.spans).toEqual([]);
    expect(accumulator.add({ stimulus, spikes }).result()).toEqual(whole);
  });
});

/** What a thread is told: plain data, from which it makes its own noise, cell and spikes. */
interface Shard {
  readonly from: number;
  readonly to: number;
}

const noise = { grid: { height: 8, width: 8 }, frames: 40 * blockFrames, frameSeconds, seed: 11 };
const gabor = { amplitude: 1, betaX: 0.15, betaY: 0.1, frequency: 1.2, phase: 0.4, x0: 0, y0: 0.5, tau: 0.6 };
const rate = { peakRate: 100, peakDrive: 40, seed: 12 };

function runShard({ from, to }: Shard): AverageState {
  const seen = stimulusPart(whiteNoise(noise), Math.max(0, from - 1), to);
  const start = Math.max(0, from - 1);
  const fired: SpikeTrain = poissonSpikes(simpleCell(gabor).respond(seen), { ...rate, firstFrame: start });
  return averageAccumulator({ ...pick(noise), lags: 2 }).add({ stimulus: seen, spikes: fired, start, from }).state;
}

const pick = ({ grid, frameSeconds }: typeof noise) => ({ grid, frameSeconds });

describe("threads", () => {
  it("run shards in any order, and their states merged give the bits of one run", () => {
    const shards = Array.from({ length: 8 }, (_, i) => ({ from: 5 * i * blockFrames, to: 5 * (i + 1) * blockFrames }));
    // structuredClone is what a message between threads does, there and back.
    const states = [3, 7, 0, 5, 1, 6, 2, 4].map((i) => structuredClone(runShard(structuredClone(shards[i]!))));
    const [first, ...others] = states;
    const merged = others.reduce((sum, state) => sum.merge({ state }), averageAccumulatorFrom(first!)).result();

    const all = whiteNoise(noise);
    const fired = poissonSpikes(simpleCell(gabor).respond(all), rate);
    expect(merged).toEqual(spikeTriggeredAverage(all, fired, { lags: 2 }));
    const truth = renderGabor(gabor, noise.grid).data;
    const field = merged.kernel.data.slice(0, 64);
    const dot = (a: ArrayLike<number>, b: ArrayLike<number>) => Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
    const correlation = dot(field, truth) / Math.sqrt(dot(field, field) * dot(truth, truth));
    // 1.596/√(1.596² + 64/n) for n spikes, if no two shared a frame
    expect(correlation).toBeGreaterThan(1.596 / Math.sqrt(1.596 ** 2 + 64 / (merged.spikesUsed / 3)));
  });

  it("do not share arrays with the accumulator that is made from a state", () => {
    const source = empty().add(part(0, blockFrames));
    const copy = averageAccumulatorFrom(source.state);
    copy.add(part(blockFrames, 2 * blockFrames));
    expect(source.result()).toEqual(empty().add(part(0, blockFrames)).result());
    expect(copy.state.spans).toEqual([{ from: 0, to: 2 * blockFrames }]);
  });
});

describe("a part that does not fit", () => {
  const second = part(blockFrames, 2 * blockFrames);
  it.each<[string, () => unknown, string]>([
    ["added twice", () => empty().add(second).add(second), "add: bins 1024 to 2047 are added already, once is needed"],
    [
      "merged twice",
      () => empty().add(second).merge(empty().add(second)),
      "merge: bins 1024 to 2047 are added already",
    ],
    [
      "off a block at its beginning",
      () => empty().add({ stimulus, spikes, from: 5 }),
      "add: from is 5, sums run on blocks of bins: a multiple of 1024 is needed",
    ],
    [
      "off a block at its end",
      () => empty().add({ stimulus, spikes, to: 1500 }),
      "add: to is 1500, sums run on blocks of bins: a multiple of 1024 or the recording's end is needed",
    ],
    [
      "beyond what was the recording's end",
      () => empty().add(part(0, 1500)).add(part(2048, 3072)),
      "add: a part ends at bin 1500, another begins at bin 2048: only the recording's end may be no multiple of 1024",
    ],
    [
      "without the frames before it",
      () =>
        empty().add({
          ...second,
          stimulus: stimulusPart(stimulus, 1024, 2048),
          spikes: spikesFrom(counts.slice(1024, 2048), { frameSeconds }),
          start: 1024,
        }),
      "add: start is 1024, the window of bin 1024 begins at frame 1021: give the frames before it",
    ],
    [
      "of no bins",
      () => empty().add({ ...second, to: 1024 }),
      "add: to is 1024, a whole number from 1025 to 2048 is needed",
    ],
    [
      "of bins it lacks",
      () => empty().add({ ...second, from: 0 }),
      "add: from is 0, a whole number from 1021 to 2047 is needed",
    ],
    [
      "of another length",
      () => empty().add({ stimulus, spikes: second.spikes }),
      "add: spikes has 1027 bins, the stimulus has 5197 frames",
    ],
    ["no record", () => empty().add(3 as never), "add: chunk is 3, { stimulus, spikes } is needed"],
    [
      "with an option misspelt",
      () => empty().add({ ...second, end: 3 } as never),
      'add: option "end" is not known, it takes stimulus, spikes, start, from, to',
    ],
    [
      "of another grid",
      () => averageAccumulator({ grid: { height: 3, width: 2 }, lags, frameSeconds }).add(second),
      "add: the grid is 2x3 (step 1), the accumulator's 3x2 (step 1) is needed",
    ],
    [
      "of other frames",
      () => averageAccumulator({ grid, lags, frameSeconds: 0.01 }).add(second),
      "add: frameSeconds is 0.0166",
    ],
    [
      "of other lags",
      () => empty().merge(averageAccumulator({ grid, lags: 2, frameSeconds })),
      "merge: lags is 2, the accumulator's 4 is needed",
    ],
    [
      "no accumulator",
      () => empty().merge({} as never),
      'merge: state is undefined, a state of kind "average-state" is needed',
    ],
    [
      "without spikes",
      () => empty().result(),
      "result: spikes has no spike from bin 3 on (0 before it), at least one is needed",
    ],
  ])("is refused: %s", (_, run, message) => {
    expect(run).toThrow(`averageAccumulator.${message}`);
  });

  it("is refused when the accumulator is made", () => {
    const made = (options: unknown) => () => averageAccumulator(options as never);
    expect(made(null)).toThrow("averageAccumulator: options is null, { grid, lags, frameSeconds } is needed");
    expect(made({ grid, lags: 0, frameSeconds })).toThrow("averageAccumulator: lags is 0");
    expect(made({ grid, frameSeconds: 0 })).toThrow("averageAccumulator: frameSeconds is 0");
    expect(made({ grid, frameSeconds, frames: 3 })).toThrow('option "frames" is not known');
    expect(() => averageAccumulatorFrom({ kind: "moments-state" } as never)).toThrow(
      'averageAccumulatorFrom: state is an object (Object), a state of kind "average-state" is needed',
    );
    const { state } = empty().add(second);
    const cut = { ...state, sums: { ...state.sums, parts: state.sums.parts.map((p) => p.slice(1)) } } as never;
    expect(() => averageAccumulatorFrom(cut)).toThrow("averageAccumulatorFrom: state is damaged");
  });
});
