import { describe, expect, it } from "vitest";
import { stimulusPart } from "../../src/stimuli/stimulus-part.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";

const whole = whiteNoise({ grid: { height: 2, width: 3, step: 0.1 }, frames: 40, frameSeconds: 0.01, seed: 4 });

describe("a part of a stimulus", () => {
  it("has the frames of the whole", () => {
    const part = stimulusPart(whole, 7, 19);
    expect(part).toMatchObject({ kind: "stimulus", grid: whole.grid, frames: 12, frameSeconds: 0.01 });
    expect(part.read(0, 12)).toEqual(whole.read(7, 12));
    const into = new Float32Array(20).fill(9);
    expect(part.read(5, 2, into)).toEqual(whole.read(12, 2));
    expect([...into.slice(12)]).toEqual(Array(8).fill(9));
  });

  it("ends where it ends: frames of the whole beyond it cannot be read", () => {
    const part = stimulusPart(whole, 7, 19);
    expect(() => part.read(11, 2)).toThrow("read: count is 2, a whole number from 0 to 1 is needed");
    expect(() => part.read(-1, 1)).toThrow("read: start is -1");
  });

  it("says of what it is a part, so that it can be made again, parts of parts too", () => {
    const part = stimulusPart(stimulusPart(whole, 7, 19), 2, 4);
    expect(part.specification).toEqual({
      name: "part",
      from: 2,
      to: 4,
      of: { name: "part", from: 7, to: 19, of: whole.specification },
    });
    expect(part.read(0, 2)).toEqual(whole.read(9, 2));
  });

  it("is refused where the whole has no such frames", () => {
    expect(() => stimulusPart(whole, 40, 41)).toThrow(
      "stimulusPart: from is 40, a whole number from 0 to 39 is needed",
    );
    expect(() => stimulusPart(whole, 3, 3)).toThrow("stimulusPart: to is 3, a whole number from 4 to 40 is needed");
    expect(() => stimulusPart(whole, 3, 41)).toThrow("stimulusPart: to is 41");
    expect(() => stimulusPart(null as never, 0, 1)).toThrow("stimulusPart: stimulus is null, a stimulus is needed");
  });
});
