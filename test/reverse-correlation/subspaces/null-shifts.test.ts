import { describe, expect, it } from "vitest";
import { nullShifts, shiftedCount } from "../../../src/reverse-correlation/subspaces/null-shifts.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";

const stimulus = (frames: number) => whiteNoise({ grid: { height: 1, width: 1 }, frames, frameSeconds: 0.1, seed: 1 });

describe("null shifts", () => {
  it("differ from each other and move the spikes by the longest lag and a second, either way", () => {
    for (const seed of [0, 1, 2, 3]) {
      const shifts = nullShifts("test", stimulus(400), 3, 300, seed);
      expect(new Set(shifts).size).toBe(300);
      // 398 bins; at least 3 frames and 10 more.
      expect(Math.min(...shifts)).toBeGreaterThanOrEqual(13);
      expect(Math.max(...shifts)).toBeLessThanOrEqual(398 - 13);
    }
  });

  it("take every possible shift where there are just as many", () => {
    const shifts = nullShifts("test", stimulus(60), 1, 39, 5);
    expect([...shifts].sort((a, b) => a - b)).toEqual(Array.from({ length: 39 }, (_, i) => 11 + i));
  });

  it("are spread evenly: the mean of 2000 lies within 4 standard errors of the middle", () => {
    const shifts = nullShifts("test", stimulus(100_000), 1, 2000, 7);
    const mean = shifts.reduce((sum, shift) => sum + shift, 0) / 2000;
    expect(Math.abs(mean - 50_000)).toBeLessThan((4 * 100_000) / Math.sqrt(12 * 2000));
  });

  it("are other ones under another seed, and the first ones of a longer list", () => {
    expect(nullShifts("test", stimulus(400), 1, 9, 1)).not.toEqual(nullShifts("test", stimulus(400), 1, 9, 2));
    expect(nullShifts("test", stimulus(400), 1, 9, 1)).toEqual(nullShifts("test", stimulus(400), 1, 99, 1).slice(0, 9));
  });

  it("are refused where there are fewer than draws", () => {
    expect(() => nullShifts("test", stimulus(60), 1, 40, 5)).toThrow(
      "test: stimulus has 60 bins with a full window, at least 61 are needed to shift the spikes by 11 either way in 40 draws",
    );
  });

  it("go round the bins with a full window and leave the others at 0", () => {
    const counts = Uint32Array.of(9, 1, 2, 3, 4);
    expect([0, 1, 2, 3, 4].map((bin) => shiftedCount(counts, 2, 1, bin))).toEqual([0, 4, 1, 2, 3]);
  });
});
