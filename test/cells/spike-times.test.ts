import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type SpikeTimesOptions, spikesFromTimes } from "../../src/cells/spike-times.js";
import { spikesFrom } from "../../src/cells/spikes.js";
import { InputError } from "../../src/tensor/errors.js";

describe("spikesFrom", () => {
  it("holds its own copy of the counts, and their sum", () => {
    const counts = [0, 2, 1, 4];
    const train = spikesFrom(counts, { frameSeconds: 0.01 });
    counts[0] = 9;
    expect(train).toEqual({
      kind: "spike-train",
      counts: Uint32Array.of(0, 2, 1, 4),
      frameSeconds: 0.01,
      spikes: 7,
      spikesOutside: 0,
      specification: { name: "counts", frames: 4, frameSeconds: 0.01 },
    });
  });

  it.each<[unknown, unknown, string]>([
    ["12", { frameSeconds: 1 }, 'counts is "12", a list of numbers is needed'],
    [[], { frameSeconds: 1 }, "counts is empty, at least one bin is needed"],
    [[1, -1], { frameSeconds: 1 }, "counts[1] is -1, a whole number from 0 to 4294967295 is needed"],
    [[1, 0.5], { frameSeconds: 1 }, "counts[1] is 0.5, a whole number from 0 to 4294967295 is needed"],
    [[Number.NaN], { frameSeconds: 1 }, "counts[0] is NaN, a whole number from 0 to 4294967295 is needed"],
    [[2 ** 32], { frameSeconds: 1 }, "counts[0] is 4294967296, a whole number from 0 to 4294967295 is needed"],
    [[1], undefined, "frameSeconds is undefined, a number above 0 is needed"],
    [[1], { frameSeconds: 1, frames: 3 }, 'option "frames" is not known, it takes frameSeconds'],
  ])("refuses %o with %o", (counts, options, message) => {
    expect(() => spikesFrom(counts as number[], options as { frameSeconds: number })).toThrow(
      new InputError(`spikesFrom: ${message}`),
    );
  });
});

describe("spikesFromTimes", () => {
  it("puts a spike at an onset into the frame that appears then, never into the one before", () => {
    const train = spikesFromTimes([0, 0.25, 0.49, 0.5, 0.75, 0.999], { frameSeconds: 0.25, frames: 4 });
    expect([...train.counts]).toEqual([1, 2, 1, 2]);
    expect(train.spikesOutside).toBe(0);
  });

  it("counts spikes outside the stimulus, in any order, and puts them nowhere", () => {
    const train = spikesFromTimes([3, 2, 1.5, 0.99, 0, -1, 2.9999], { frameSeconds: 0.5, frames: 4, start: 1 });
    expect([...train.counts]).toEqual([0, 1, 1, 1]);
    expect([train.spikes, train.spikesOutside]).toEqual([3, 4]);
  });

  it("finds the frame at the fixed rate's own onsets, whatever they round to", () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-3, max: 0.1, noNaN: true }),
        fc.double({ min: -100, max: 100, noNaN: true }),
        fc.integer({ min: 1, max: 5000 }),
        (frameSeconds, start, frames) => {
          const onsets = Array.from({ length: frames }, (_, i) => start + i * frameSeconds);
          const train = spikesFromTimes(onsets, { frameSeconds, frames, start });
          expect(train.counts.every((count) => count === 1)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 50 },
    );
  });

  it("agrees with a search of the frames one by one, for onsets at any times", () => {
    const sorted = fc.uniqueArray(fc.integer({ min: 0, max: 400 }), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(sorted, fc.array(fc.integer({ min: -10, max: 450 }), { maxLength: 60 }), (onsets, times) => {
        const frameTimes = onsets.sort((a, b) => a - b).map((t) => t / 8);
        const ends = [...frameTimes.slice(1), frameTimes[frameTimes.length - 1] + 0.5];
        const train = spikesFromTimes(
          times.map((t) => t / 8),
          { frameTimes, frameSeconds: 0.5 },
        );
        const counts = frameTimes.map((on, i) => times.filter((t) => t / 8 >= on && t / 8 < ends[i]).length);
        expect([...train.counts]).toEqual(counts);
        expect(train.spikes + train.spikesOutside).toBe(times.length);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("takes the median interval as the frames' duration, unless one is given", () => {
    const frameTimes = [0, 1, 2, 3.5, 4.5, 5.75];
    expect(spikesFromTimes([], { frameTimes }).frameSeconds).toBe(1);
    expect(spikesFromTimes([6.5, 6.75], { frameTimes })).toMatchObject({ spikes: 1, spikesOutside: 1 });
    expect(spikesFromTimes([], { frameTimes: [0, 1, 3] }).frameSeconds).toBe(1.5);
    expect(spikesFromTimes([], { frameTimes, frameSeconds: 1.1 }).frameSeconds).toBe(1.1);
    const sixty = Array.from({ length: 20_000 }, (_, i) => 7 + i / 60);
    expect(Math.abs(spikesFromTimes([], { frameTimes: sixty }).frameSeconds * 60 - 1)).toBeLessThan(1e-9);
  });

  it("records what made it", () => {
    const fixed = spikesFromTimes(Float64Array.of(0.1), { frameSeconds: 0.5, frames: 2, start: -1 });
    expect(fixed.specification).toEqual({ name: "spike-times", frames: 2, frameSeconds: 0.5, start: -1 });
    const given = spikesFromTimes([0.1], { frameTimes: [2, 3] });
    expect(given.specification).toEqual({ name: "spike-times", frames: 2, frameSeconds: 1, start: 2 });
  });

  it.each<[unknown, unknown, string]>([
    [3, { frameSeconds: 1, frames: 2 }, "times is 3, a list of numbers is needed"],
    [[0, Number.NaN], { frameSeconds: 1, frames: 2 }, "times[1] is NaN, finite numbers are needed"],
    [[], undefined, "frameSeconds is undefined, a number above 0 is needed"],
    [[], { frameSeconds: 1 }, "frames is undefined, a whole number from 1 to 2147483648 is needed"],
    [[], { frameSeconds: 1, frames: 1, start: "0" }, 'start is "0", a finite number is needed'],
    [[], { frameSeconds: 1, frames: 1, rate: 1 }, 'option "rate" is not known, it takes frameSeconds, frames, start'],
    [[], { frameTimes: [0, 1], frames: 2 }, 'option "frames" is not known, it takes frameTimes, frameSeconds'],
    [[], { frameTimes: 5 }, "frameTimes is 5, a list of numbers is needed"],
    [[], { frameTimes: [] }, "frameTimes is empty, at least one frame is needed"],
    [[], { frameTimes: [0, Number.NaN] }, "frameTimes[1] is NaN, finite numbers are needed"],
    [[], { frameTimes: [0, 2, 2] }, "frameTimes[2] is 2, not after the one before it, 2"],
    [[], { frameTimes: [0] }, "frameTimes has one frame, frameSeconds is needed with it"],
    [[], { frameTimes: [0], frameSeconds: 0 }, "frameSeconds is 0, a number above 0 is needed"],
  ])("refuses %o with %o", (times, options, message) => {
    expect(() => spikesFromTimes(times as number[], options as SpikeTimesOptions)).toThrow(
      new InputError(`spikesFromTimes: ${message}`),
    );
  });
});
