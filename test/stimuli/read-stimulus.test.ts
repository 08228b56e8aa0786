import { describe, expect, it } from "vitest";
import { type StimulusReaderOptions, stimulusFromReader } from "../../src/stimuli/read-stimulus.js";

const grid = { height: 1, width: 2 };
/** Frame t is t/2, -t. */
const ramp = (start: number, count: number) =>
  Array.from({ length: 2 * count }, (_, i) => (start + (i >> 1)) * (i % 2 === 0 ? 0.5 : -1));
const options = { grid, frames: 10, frameSeconds: 0.02, read: ramp };

describe("a stimulus that is read piece by piece", () => {
  it("asks for the frames that are wanted, and for no others", () => {
    const asked: number[][] = [];
    const stimulus = stimulusFromReader({
      ...options,
      read: (start, count) => {
        asked.push([start, count]);
        return Float64Array.from(ramp(start, count));
      },
    });
    expect(stimulus).toMatchObject({ kind: "stimulus", grid, frames: 10, frameSeconds: 0.02 });
    expect(stimulus.specification).toEqual({ name: "reader", grid, frames: 10, frameSeconds: 0.02 });
    const into = new Float32Array(7).fill(9);
    expect(stimulus.read(3, 2, into)).toEqual(Float32Array.of(1.5, -3, 2, -4));
    expect([...into.slice(4)]).toEqual([9, 9, 9]);
    expect(stimulus.read(10, 0)).toHaveLength(0);
    expect(asked).toEqual([[3, 2]]);
  });

  it("keeps what the reader handed over apart from what it hands out", () => {
    const shared = Float32Array.from(ramp(0, 10));
    const stimulus = stimulusFromReader({ ...options, read: () => shared });
    stimulus.read(0, 10).fill(7);
    expect(shared[1]).toBe(-0);
    expect(stimulus.read(0, 10)[2]).toBe(0.5);
  });

  it("refuses a piece that is cut short, holds a NaN, or overflows float32, and says where", () => {
    const reading = (read: (start: number, count: number) => unknown) => () =>
      stimulusFromReader({ ...options, read: read as StimulusReaderOptions["read"] }).read(4, 3);
    expect(reading(() => [1, 2, 3])).toThrow("read: the reader gave 3 numbers for frames 4 to 6, 6 are needed");
    expect(reading(() => undefined)).toThrow("read: the reader gave undefined numbers for frames 4 to 6, 6 are needed");
    expect(reading(() => [0, 0, 0, Number.NaN, 0, 0])).toThrow(
      "read: what the reader gave for frames 4 to 6[3] is NaN, finite numbers are needed",
    );
    expect(reading(() => [0, 0, 0, 0, 1e39, 0])).toThrow("[4] is Infinity");
  });

  it.each<[unknown, string]>([
    [undefined, "options is undefined, { grid, frames, frameSeconds, read } is needed"],
    [{ ...options, grid: { height: 0, width: 1 } }, "grid.height is 0, a whole number of at least 1 is needed"],
    [{ ...options, frames: 0 }, "frames is 0, a whole number of at least 1 is needed"],
    [{ ...options, frameSeconds: 0 }, "frameSeconds is 0, a number above 0 is needed"],
    [{ ...options, read: 3 }, "read is 3, a function is needed"],
    [{ ...options, seed: 1 }, 'option "seed" is not known, it takes grid, frames, frameSeconds, read'],
  ])("refuses %o", (given, message) => {
    expect(() => stimulusFromReader(given as StimulusReaderOptions)).toThrow(`stimulusFromReader: ${message}`);
  });
});
