import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alignToFrames, type FrameAlignmentOptions } from "../../src/cells/frame-alignment.js";
import { spikesFromTimes } from "../../src/cells/spike-times.js";
import { InputError } from "../../src/tensor/errors.js";

const regular = [0, 0.25, 0.5, 0.75];

describe("alignToFrames", () => {
  it("counts as spikesFromTimes does where every frame comes on time", () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1, max: 3, noNaN: true })),
        fc.integer({ min: 2, max: 9 }),
        (times, frames) => {
          const frameTimes = Array.from({ length: frames }, (_, i) => i / 4);
          const aligned = alignToFrames(times, { frameTimes });
          const plain = spikesFromTimes(times, { frameTimes });
          expect(aligned.spikes.counts).toEqual(plain.counts);
          expect(aligned.spikes.spikesOutside).toBe(plain.spikesOutside);
          expect(aligned.frames).toEqual(Uint32Array.from(frameTimes.keys()));
          expect(aligned).toMatchObject({ frameSeconds: 0.25, dropped: 0, pauses: 0, jitter: 0, spikesCut: 0 });
        },
      ),
    );
  });

  // the third frame stays for three refreshes
  const held = [0, 0.25, 0.5, 1.25, 1.5];
  const times = [-0.1, 0.1, 0.5, 0.74, 0.75, 1.0, 1.24, 1.25, 1.6, 1.75, 9];

  it("repeats the frame that stayed while refreshes brought no new one", () => {
    const aligned = alignToFrames(times, { frameTimes: held });
    expect(aligned.frames).toEqual(Uint32Array.of(0, 1, 2, 2, 2, 3, 4));
    expect(aligned.spikes.counts).toEqual(Uint32Array.of(1, 0, 2, 1, 2, 1, 1));
    expect(aligned).toMatchObject({ dropped: 2, pauses: 0, spikesCut: 0 });
    expect(aligned.spikes.spikesOutside).toBe(3);
    expect(aligned.warnings).toEqual([
      "2 refreshes brought no new frame though one was due: the earlier frame is repeated",
      "3 spikes came before the first frame or after the last and are in no bin",
    ]);
  });

  it("cuts those refreshes where it is told so, and counts the spikes that they held", () => {
    const aligned = alignToFrames(times, { frameTimes: held, dropped: "cut" });
    expect(aligned.frames).toEqual(Uint32Array.of(0, 1, 2, 3, 4));
    expect(aligned.spikes.counts).toEqual(Uint32Array.of(1, 0, 2, 1, 1));
    expect(aligned).toMatchObject({ dropped: 2, spikesCut: 3 });
    expect(aligned.spikes.spikesOutside).toBe(6);
    expect(aligned.warnings[0]).toBe(
      "2 refreshes brought no new frame though one was due: they are cut, so that lags skip them",
    );
    expect(aligned.warnings.at(-1)).toBe("3 spikes came while refreshes were cut or in a pause and are in no bin");
  });

  it("shifts the frames by the latency of the screen, not the spikes' own", () => {
    const { spikes } = alignToFrames([0.25, 0.3, 0.31], { frameTimes: regular, latency: 0.0625 });
    expect(spikes.counts).toEqual(Uint32Array.of(3, 0, 0, 0));
    expect(alignToFrames([0.3125], { frameTimes: regular, latency: 0.0625 }).spikes.counts).toEqual(
      Uint32Array.of(0, 1, 0, 0),
    );
  });

  it("gives a bin a refresh where a frame lasts several", () => {
    const aligned = alignToFrames([0.3, 0.6], { frameTimes: [0, 0.5, 1.25], frameSeconds: 0.25 });
    // the median interval, .625 s, is 2.5 refreshes and rounds to 3: nothing is dropped
    expect(aligned.frames).toEqual(Uint32Array.of(0, 0, 1, 1, 1, 2, 2, 2));
    expect(aligned.spikes.counts).toEqual(Uint32Array.of(0, 1, 1, 0, 0, 0, 0, 0));
    const late = alignToFrames([], { frameTimes: [0, 0.5, 1, 1.75, 2.25], frameSeconds: 0.25 });
    expect(late.frames).toEqual(Uint32Array.of(0, 0, 1, 1, 2, 2, 2, 3, 3, 4, 4));
    expect(late.dropped).toBe(1);
  });

  it("never fills a pause with the frame before it", () => {
    const aligned = alignToFrames([0.3, 4, 9.1], { frameTimes: [0, 0.25, 9, 9.25] });
    expect(aligned.frames).toEqual(Uint32Array.of(0, 1, 2, 3));
    expect(aligned.spikes.counts).toEqual(Uint32Array.of(0, 1, 1, 0));
    expect(aligned).toMatchObject({ pauses: 1, dropped: 0, spikesCut: 1 });
    expect(aligned.warnings[0]).toBe("1 pauses longer than 1 s have no bins: lags reach across them");
    const patient = alignToFrames([], { frameTimes: [0, 0.25, 0.5, 1.75], longestFrame: 2 });
    expect(patient).toMatchObject({ pauses: 0, dropped: 4 });
  });

  it("says how far intervals are off whole bins", () => {
    const { jitter, warnings } = alignToFrames([], { frameTimes: [0, 0.25, 0.5, 0.84375, 1.09375] });
    expect(jitter).toBeCloseTo(0.09375, 12);
    expect(warnings).toEqual(["a frame's interval is 0.0938 s off whole bins of 0.25 s"]);
  });

  it("loses no spike within the frames, and puts none into a frame of the future, whatever the onsets", () => {
    const gaps = fc.array(fc.double({ min: 0.01, max: 0.9, noNaN: true }), { minLength: 1, maxLength: 20 });
    const moments = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(gaps, moments, (intervals, parts) => {
        const frameTimes = [0];
        for (const gap of intervals) frameTimes.push(frameTimes[frameTimes.length - 1] + gap);
        const end = frameTimes[frameTimes.length - 1];
        const times = parts.map((part) => part * end);
        const { spikes, frames } = alignToFrames(times, { frameTimes, frameSeconds: 0.1 });
        expect(spikes.spikes).toBe(times.length);
        const perFrame = new Array(frameTimes.length).fill(0);
        spikes.counts.forEach((count, bin) => {
          perFrame[frames[bin]] += count;
        });
        const expected = frameTimes.map(
          (onset, i) =>
            times.filter((time) => time >= onset && (i + 1 === frameTimes.length || time < frameTimes[i + 1])).length,
        );
        expect(perFrame).toEqual(expected);
      }),
    );
  });

  it("warns where frameSeconds is not what the onsets say", () => {
    const frameTimes = Array.from({ length: 20 }, (_, i) => i * 0.0156);
    expect(alignToFrames([], { frameTimes, frameSeconds: 0.0156 }).warnings).toEqual([]);
    expect(alignToFrames([], { frameTimes, frameSeconds: 0.0052 }).warnings).toEqual([]);
    expect(alignToFrames([], { frameTimes, frameSeconds: 0.018 }).warnings).toEqual([
      "bins last 0.01560 s by the onsets, frameSeconds says 0.018: rates are off by as much",
    ]);
  });

  it.each<[unknown, unknown, string]>([
    ["0.1", { frameTimes: regular }, 'times is "0.1", a list of numbers is needed'],
    [[0, Number.NaN], { frameTimes: regular }, "times[1] is NaN, finite numbers are needed"],
    [[], undefined, "frameTimes is undefined, a list of numbers is needed"],
    [[], { frameTimes: [] }, "frameTimes is empty, at least one frame is needed"],
    [[], { frameTimes: [1] }, "frameTimes has one frame, frameSeconds is needed with it"],
    [[], { frameTimes: [0, 1, 1] }, "frameTimes[2] is 1, not after the one before it, 1"],
    [[], { frameTimes: [0, Number.POSITIVE_INFINITY] }, "frameTimes[1] is Infinity, finite numbers are needed"],
    [[], { frameTimes: regular, latency: "0" }, 'latency is "0", a finite number is needed'],
    [[], { frameTimes: regular, dropped: "skip" }, 'dropped is "skip", one of "repeat", "cut" is needed'],
    [[], { frameTimes: regular, frameSeconds: 0 }, "frameSeconds is 0, a number above 0 is needed"],
    [[], { frameTimes: regular, longestFrame: -1 }, "longestFrame is -1, a number above 0 is needed"],
    [
      [],
      { frameTimes: regular, frames: 4 },
      'option "frames" is not known, it takes frameTimes, frameSeconds, latency, dropped, longestFrame',
    ],
  ])("refuses %o with %o", (times, options, message) => {
    expect(() => alignToFrames(times as number[], options as FrameAlignmentOptions)).toThrow(
      new InputError(`alignToFrames: ${message}`),
    );
  });
});
