import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { writeNpz } from "../../src/formats/npz.js";
import { type Recording, recordingFromMat, recordingFromNpz } from "../../src/formats/recording.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { realFile } from "../real-data.js";
import { mi, mx, writer } from "./mat-writer.js";

const w = writer();
const [height, width, frames] = [2, 3, 4];
// MATLAB's order: the row runs fastest, then the column, then the frame
const values = Array.from({ length: height * width * frames }, (_, i) => {
  const [row, column, frame] = [i % height, Math.floor(i / height) % width, Math.floor(i / (height * width))];
  return (100 * frame + 10 * row + column) / 1000;
});
const stim = w.matrix("stim", mx.double, [height, width, frames], [w.array(mi.double, values)]);
const counts = w.matrix("counts", mx.double, [frames, 1], [w.array(mi.uint8, [0, 2, 1, 0])]);
const duration = w.matrix("frameSeconds", mx.double, [1, 1], [w.array(mi.double, [0.02])]);

function matrixOf(name: string, shape: readonly number[], numbers: readonly number[]): Uint8Array {
  return w.matrix(name, mx.double, shape, [w.array(mi.double, numbers)]);
}

/** frame, row and column of each element of a recording's stimulus, as the values above spell them */
function spelled(recording: Recording): number[] {
  return Array.from(recording.stimulus.data, (value) => Math.round(1000 * value));
}

const rowMajor = Array.from({ length: 24 }, (_, i) => 100 * Math.floor(i / 6) + 10 * (Math.floor(i / 3) % 2) + (i % 3));

describe("recordingFromMat", () => {
  it("takes MATLAB's first index for the row and its last for the frame", () => {
    const recording = recordingFromMat(w.file(stim, counts, duration));
    expect(recording.stimulus.shape).toEqual([frames, height, width]);
    expect(recording.stimulus.data).toBeInstanceOf(Float32Array);
    expect(spelled(recording)).toEqual(rowMajor);
    expect(recording.counts).toEqual(new Uint32Array([0, 2, 1, 0]));
    expect(recording).toMatchObject({ kind: "recording", frameSeconds: 0.02, source: "a MATLAB 5 file" });
    expect(recording.notes).toEqual(["frames of 0.02 s, as the file says"]);
  });

  it("takes other names, frames along the first axis, and the caller's duration before the file's", () => {
    const movie = matrixOf("movie", [2, 1, 2], [1, 2, 3, 4]);
    const spikes = matrixOf("spikes", [1, 2], [1, 1]);
    const options = {
      stimulus: "movie",
      counts: "spikes",
      frameAxis: "first",
      frameSeconds: 0.01,
      source: "here",
    } as const;
    const recording = recordingFromMat(w.file(movie, spikes, duration), options);
    expect(recording.stimulus).toMatchObject({ shape: [2, 1, 2], data: new Float32Array([1, 3, 2, 4]) });
    expect(recording).toMatchObject({ frameSeconds: 0.01, source: "here" });
    expect(recording.notes).toEqual([
      "frames of 0.01 s, as given by the caller; the file says 0.02 s",
      "movie has values from 1 to 4, used as they are: they are not contrasts within -1 and 1",
    ]);
    expect(recordingFromMat(w.file(stim, counts), { frameSeconds: 0.5 }).notes).toEqual([
      "frames of 0.5 s, as given by the caller",
    ]);
  });

  it("does not stumble over variables that it does not need", () => {
    const sparse = w.matrix("thin", mx.sparse, [9, 9], []);
    expect(recordingFromMat(w.file(sparse, stim, counts, duration)).frameSeconds).toBe(0.02);
  });

  const nan = values.map((value, i) => (i === 1 ? NaN : value));
  const cases: readonly (readonly [string, readonly Uint8Array[], string])[] = [
    ["a missing stimulus", [counts, duration], 'the file has no variable "stim", it has counts, frameSeconds'],
    ["missing counts", [stim], 'the file has no variable "counts", it has stim'],
    ["an empty file of variables", [], 'the file has no variable "stim", it has no variables'],
    [
      "text for frames",
      [w.matrix("stim", mx.char, [1, 1], [w.array(mi.uint8, [65])]), counts],
      "stim is of kind text, numbers are needed",
    ],
    [
      "frames in two axes",
      [matrixOf("stim", [4, 1], [1, 2, 3, 4]), counts, duration],
      "stim has shape [4, 1], [height, width, frames] is needed",
    ],
    ["no frames", [matrixOf("stim", [2, 3, 0], []), counts, duration], "stim is empty, its shape is [2, 3, 0]"],
    [
      "complex frames",
      [
        w.matrix("stim", mx.double, [1, 1, 2], [w.array(mi.double, [1, 2]), w.array(mi.double, [1, 2])], 8),
        counts,
        duration,
      ],
      "stim is complex, real numbers are needed",
    ],
    [
      "a NaN in a frame",
      [matrixOf("stim", [2, 3, 4], nan), counts, duration],
      "stim is NaN at frame 0, row 1, column 0, finite numbers are needed",
    ],
    [
      "a table of counts",
      [stim, matrixOf("counts", [2, 2], [1, 1, 1, 1]), duration],
      "counts has shape [2, 2], one count a frame is needed",
    ],
    [
      "half a spike",
      [stim, matrixOf("counts", [4, 1], [1, 0.5, 0, 0]), duration],
      "counts[1] is 0.5, whole numbers of at least 0 are needed",
    ],
    [
      "a negative count",
      [stim, matrixOf("counts", [4, 1], [1, 0, 0, -1]), duration],
      "counts[3] is -1, whole numbers of at least 0 are needed",
    ],
    [
      "a NaN among the counts",
      [stim, matrixOf("counts", [4, 1], [1, 0, NaN, 0]), duration],
      "counts[2] is NaN, whole numbers of at least 0 are needed",
    ],
    [
      "other lengths",
      [stim, matrixOf("counts", [3, 1], [1, 0, 0]), duration],
      "counts has 3 bins, stim of shape [2, 3, 4] has 4 frames",
    ],
    [
      "frames along the other axis",
      [stim, matrixOf("counts", [2, 1], [1, 0]), duration],
      'counts has 2 bins, stim of shape [2, 3, 4] has 4 frames; with frameAxis "first" they agree',
    ],
    [
      "no frame duration",
      [stim, counts],
      'the file has no number "frameSeconds" and none is given, the seconds a frame was shown are needed',
    ],
    [
      "two frame durations",
      [stim, counts, matrixOf("frameSeconds", [1, 2], [1, 2])],
      "frameSeconds has shape [1, 2], one number is needed",
    ],
    [
      "a frame of no time",
      [stim, counts, matrixOf("frameSeconds", [1, 1], [0])],
      "frameSeconds is 0, a number above 0 is needed",
    ],
  ];
  it.each(cases)("refuses %s in one line", (_, variables, message) => {
    expect(() => recordingFromMat(w.file(...variables))).toThrow(new InputError(`recordingFromMat: ${message}`));
  });

  it("passes on what the reader says of a file that cannot be read", () => {
    const message = "recordingFromMat: the file is empty, a MATLAB 5 file is needed";
    expect(() => recordingFromMat(new Uint8Array(0))).toThrow(new InputError(message));
    const sparse = w.file(w.matrix("stim", mx.sparse, [1, 1], []), counts);
    expect(() => recordingFromMat(sparse)).toThrow(/^recordingFromMat: byte 136 .*"stim" is of class sparse/);
  });

  it("refuses options that it does not know or cannot use", () => {
    const file = w.file(stim, counts, duration);
    expect(() => recordingFromMat(file, { rate: 60 } as object)).toThrow(
      'recordingFromMat: option "rate" is not known, it takes stimulus, counts, frameSeconds, frameAxis, source',
    );
    expect(() => recordingFromMat(file, { frameSeconds: 0 })).toThrow(
      "recordingFromMat: frameSeconds is 0, a number above 0 is needed",
    );
    expect(() => recordingFromMat(file, { frameAxis: "middle" as "last" })).toThrow(
      'frameAxis is "middle", one of "first", "last" is needed',
    );
  });
});

describe("recordingFromNpz", () => {
  it("reads frames along the first axis, and along the last where it is told so", () => {
    const movie = tensor(
      rowMajor.map((value) => value / 1000),
      [frames, height, width],
    );
    const spikes = tensor([0, 2, 1, 0], [4]);
    const seconds = tensor([0.02], [], "float64");
    const recording = recordingFromNpz(writeNpz({ stim: movie, counts: spikes, frameSeconds: seconds }));
    expect(recording.stimulus).toEqual(movie);
    expect(recording).toMatchObject({
      frameSeconds: 0.02,
      source: "an npz file",
      counts: new Uint32Array([0, 2, 1, 0]),
    });
    const last = recordingFromNpz(
      writeNpz({
        stim: {
          kind: "array",
          type: "double",
          shape: [height, width, frames],
          order: "column-major",
          data: new Float64Array(values),
        },
        counts: spikes,
      }),
      { frameAxis: "last", frameSeconds: 1 },
    );
    expect(spelled(last)).toEqual(rowMajor);
  });

  it("names what is there when an array is missing", () => {
    const bytes = writeNpz({ movie: tensor([1], [1, 1, 1]) });
    const message = 'recordingFromNpz: the file has no variable "stim", it has movie';
    expect(() => recordingFromNpz(bytes)).toThrow(new InputError(message));
    expect(() => recordingFromNpz(new Uint8Array(9))).toThrow(/^recordingFromNpz: truncated, or not a zip archive/);
  });
});

describe("the LGN cell of Dayan & Abbott", () => {
  it("is not taken for another recording of its shape", () => {
    const frames = { kind: "array", type: "|i1", shape: [32_767, 16, 16], order: "row-major" } as const;
    const data = new Int8Array(32_767 * 256);
    const bytes = writeNpz({ stim: { ...frames, data }, counts: tensor(new Float32Array(32_767), [32_767]) });
    expect(() => recordingFromNpz(bytes)).toThrow(/no number "frameSeconds"/);
  });

  it("has the spike-triggered average that an independent program found, at every lag and pixel", (ctx) => {
    const path = realFile("dayan-abbott/c2p3.mat");
    const referencePath = realFile("dayan-abbott/c2p3-sta-reference.json");
    if (path === undefined || referencePath === undefined) return ctx.skip();
    const reference = JSON.parse(readFileSync(referencePath, "utf8"));
    const recording = recordingFromMat(readFileSync(path));
    expect(recording.stimulus.shape).toEqual([32_767, 16, 16]);
    expect(recording.frameSeconds).toBe(0.0156);
    expect(recording.notes).toEqual([
      "frames of 0.0156 s: not in the file, published for the LGN cell of Dayan & Abbott, chapter 2 (Kara, Reinagel & Reid), taken by shape and spikes",
    ]);
    const lags = 12;
    const { counts, stimulus } = recording;
    const used = counts.slice(lags).reduce((sum, count) => sum + count, 0);
    expect(used).toBe(reference.spikes_used);
    expect(counts.reduce((sum, count) => sum + count, 0)).toBe(reference.spikes_total);
    let largest = 0;
    for (let lag = 0; lag <= lags; lag++) {
      const sum = new Float64Array(256);
      for (let t = lags; t < counts.length; t++) {
        if (counts[t] === 0) continue;
        for (let p = 0; p < 256; p++) sum[p] += counts[t] * stimulus.data[(t - lag) * 256 + p];
      }
      const expected = (lag === 0 ? reference.sta0 : reference.sta[lag - 1]).flat();
      for (let p = 0; p < 256; p++) largest = Math.max(largest, Math.abs(sum[p] / used - expected[p]));
    }
    expect(largest).toBeLessThan(1e-12);
  });
});
