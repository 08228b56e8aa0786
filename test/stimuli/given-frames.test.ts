import { describe, expect, it } from "vitest";
import { checkStimulus } from "../../src/stimuli/check-stimulus.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

const numbers = Array.from({ length: 24 }, (_, i) => i / 8 - 1);
const frames = tensor(numbers, [4, 2, 3]);

describe("stimulusFrom", () => {
  it("gives back the frames that it was given, any run of them", () => {
    const stimulus = stimulusFrom(frames, { frameSeconds: 0.01, step: 0.2 });
    expect(stimulus.read(0, 4)).toEqual(Float32Array.from(numbers));
    const into = new Float32Array(13).fill(9);
    expect(stimulus.read(1, 2, into)).toEqual(Float32Array.from(numbers.slice(6, 18)));
    expect(into[12]).toBe(9);
    expect(stimulus).toMatchObject({
      kind: "stimulus",
      grid: { height: 2, width: 3, step: 0.2 },
      frames: 4,
      frameSeconds: 0.01,
      specification: { name: "frames", grid: { height: 2, width: 3, step: 0.2 }, frames: 4, frameSeconds: 0.01 },
    });
  });

  it("hands out copies, so that a reader cannot change the stimulus", () => {
    const stimulus = stimulusFrom(frames, { frameSeconds: 0.01 });
    stimulus.read(0, 4).fill(5);
    expect(stimulus.read(0, 4)).toEqual(Float32Array.from(numbers));
  });

  it("rounds float64 frames to float32, with no step where none is given, so that lengths are in pixels", () => {
    const stimulus = stimulusFrom(tensor(Float64Array.of(0.1, 0.2), [1, 1, 2]), { frameSeconds: 1 });
    expect(stimulus.read(0, 1)).toEqual(Float32Array.of(0.1, 0.2));
    expect("step" in stimulus.grid).toBe(false);
  });

  const withNaN = tensor(
    numbers.map((value, i) => (i === 7 ? Number.NaN : value)),
    [4, 2, 3],
  );
  it.each<[unknown, unknown, string]>([
    [withNaN, { frameSeconds: 1 }, "stimulusFrom: frames[7] is NaN, finite numbers are needed"],
    [
      tensor(Float64Array.of(1e300), [1, 1, 1]),
      { frameSeconds: 1 },
      "stimulusFrom: frames[0] is Infinity, finite numbers are needed",
    ],
    [tensor(numbers, [4, 6]), { frameSeconds: 1 }, "stimulusFrom: frames has shape [4, 6], 3 axes are needed"],
    [numbers, { frameSeconds: 1 }, "stimulusFrom: frames is a list of 24, a tensor is needed"],
    [
      tensor([], [0, 2, 3]),
      { frameSeconds: 1 },
      "stimulusFrom: frames has shape [0, 2, 3], at least one pixel is needed",
    ],
    [frames, undefined, "stimulusFrom: frameSeconds is undefined, a number above 0 is needed"],
    [frames, { frameSeconds: 1, step: 0 }, "stimulusFrom: step is 0, a number above 0 is needed"],
    [frames, { frameSeconds: 1, seed: 1 }, 'stimulusFrom: option "seed" is not known, it takes frameSeconds, step'],
  ])("refuses %o with %o", (given, options, message) => {
    expect(() => stimulusFrom(given as Tensor, options as { frameSeconds: number })).toThrow(new InputError(message));
  });
});

describe("read", () => {
  const { read } = stimulusFrom(frames, { frameSeconds: 1 });

  it("refuses frames that do not exist and an array that cannot hold them", () => {
    expect(() => read(5, 0)).toThrow(new InputError("read: start is 5, a whole number from 0 to 4 is needed"));
    expect(() => read(3, 2)).toThrow(new InputError("read: count is 2, a whole number from 0 to 1 is needed"));
    expect(() => read(0, 2, new Float32Array(11))).toThrow(
      new InputError("read: into holds 11 numbers, 2 frames of 6 pixels need 12"),
    );
    expect(() => read(0, 1, [] as unknown as Float32Array)).toThrow(
      new InputError("read: into is a list of 0, a Float32Array is needed"),
    );
    expect(read(4, 0)).toEqual(new Float32Array(0));
  });
});

describe("checkStimulus", () => {
  it("takes a stimulus and nothing else", () => {
    expect(() => checkStimulus("f", stimulusFrom(frames, { frameSeconds: 1 }))).not.toThrow();
    expect(() => checkStimulus("f", frames)).toThrow(
      new InputError("f: stimulus is a tensor of shape [4, 2, 3], a stimulus is needed"),
    );
    expect(() => checkStimulus("f", null)).toThrow(new InputError("f: stimulus is null, a stimulus is needed"));
  });
});
