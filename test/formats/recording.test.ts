import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import { readNpz, writeNpz } from "../../src/formats/npz.js";
import {
  type Recording,
  type RecordingOptions,
  recordingFromArrays,
  recordingFromMat,
  recordingFromNpz,
} from "../../src/formats/recording.js";
import { recordingToNpz } from "../../src/formats/recording-write.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/average/spike-triggered-average.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
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

describe("one cell of several", () => {
  const stimulus = {
    kind: "array",
    type: "double",
    shape: [3, 1, 2],
    order: "row-major",
    data: Float64Array.of(1, 2, 3, 4, 5, 6),
  } as const;
  const table = (shape: readonly number[], order: "row-major" | "column-major", ...data: number[]) =>
    ({ kind: "array", type: "double", shape, order, data: Float64Array.from(data) }) as const;
  const read = (counts: ReturnType<typeof table>, options: RecordingOptions = {}) =>
    recordingFromArrays({ stim: stimulus, counts }, { frameSeconds: 0.01, ...options });

  it.each([
    ["[cells, frames] row by row", table([2, 3], "row-major", 0, 1, 2, 3, 4, 5)],
    ["[frames, cells] row by row", table([3, 2], "row-major", 0, 3, 1, 4, 2, 5)],
    ["[cells, frames] column by column", table([2, 3], "column-major", 0, 3, 1, 4, 2, 5)],
    ["[frames, cells] column by column", table([3, 2], "column-major", 0, 1, 2, 3, 4, 5)],
  ])("is found in counts that lie as %s", (_, counts) => {
    expect(Array.from(read(counts, { cell: 0 }).counts)).toEqual([0, 1, 2]);
    const { counts: second, notes } = read(counts, { cell: 1 });
    expect(Array.from(second)).toEqual([3, 4, 5]);
    expect(notes).toContain("cell 1 of counts");
  });

  it("lies along the stimulus's own axis where there are as many cells as frames", () => {
    const square = table([3, 3], "row-major", 0, 1, 2, 3, 4, 5, 6, 7, 8);
    expect(Array.from(read(square, { cell: 1 }).counts)).toEqual([1, 4, 7]);
  });

  it("is asked for by its place, which must be there", () => {
    const two = table([2, 3], "row-major", 0, 1, 2, 3, 4, 5);
    expect(() => read(two)).toThrow("recordingFromArrays: counts holds 2 cells, cell is needed: 0 to 1");
    expect(() => read(two, { cell: 2 })).toThrow("recordingFromArrays: cell is 2, counts holds 2 cells, 0 to 1");
    expect(() => read(table([3], "row-major", 0, 1, 2), { cell: 1 })).toThrow("cell is 1, counts holds one cell, 0");
    expect(() => read(two, { cell: -1 })).toThrow("cell is -1, a whole number of at least 0 is needed");
    expect(Array.from(read(table([3], "row-major", 0, 1, 2), { cell: 0 }).counts)).toEqual([0, 1, 2]);
  });

  it("is a list of spike times in MATLAB's cell array", async () => {
    const list = (...times: number[]) => w.matrix("", mx.double, [1, times.length], [w.array(mi.double, times)]);
    const cells = w.matrix("spikeTimes", mx.cell, [1, 2], [list(0.01), list(0.03, 0.05, 0.07)]);
    const file = w.file(stim, cells, duration);
    expect(Array.from((await recordingFromMat(file, { cell: 1 })).counts)).toEqual([0, 1, 1, 1]);
    expect(Array.from((await recordingFromMat(file, { cell: 0 })).counts)).toEqual([1, 0, 0, 0]);
    await expect(recordingFromMat(file)).rejects.toThrow("spikeTimes holds 2 cells, cell is needed: 0 to 1");
  });
});

describe("degrees a pixel", () => {
  it("come from the file or, before it, from the caller, and survive a round trip", () => {
    const arrays = (step: number) => ({
      stim: tensor([1, 2, 3, 4], [2, 1, 2]),
      counts: tensor([1, 0], [2]),
      frameSeconds: tensor([0.01], []),
      step: tensor(Float64Array.of(step), []),
    });
    const recording = recordingFromNpz(writeNpz(arrays(0.2)));
    expect(recording.step).toBe(0.2);
    expect(recordingFromNpz(recordingToNpz(recording)).step).toBe(0.2);
    expect(recordingFromNpz(writeNpz(arrays(0.2)), { step: 0.1 }).step).toBe(0.1);
    expect(() => recordingFromNpz(writeNpz(arrays(0)))).toThrow("recordingFromNpz: step is 0");
    expect(() => recordingFromNpz(writeNpz(arrays(1)), { step: -1 })).toThrow("recordingFromNpz: step is -1");
    const { step: _, ...without } = arrays(1);
    expect("step" in recordingFromNpz(writeNpz(without))).toBe(false);
  });
});

describe("recordingFromMat", () => {
  it("takes MATLAB's first index for the row and its last for the frame", async () => {
    const recording = await recordingFromMat(w.file(stim, counts, duration));
    expect(recording.stimulus.shape).toEqual([frames, height, width]);
    expect(recording.stimulus.data).toBeInstanceOf(Float32Array);
    expect(spelled(recording)).toEqual(rowMajor);
    expect(recording.counts).toEqual(new Uint32Array([0, 2, 1, 0]));
    expect(recording).toMatchObject({ kind: "recording", frameSeconds: 0.02, source: "a MATLAB 5 file" });
    expect(recording.notes).toEqual(["frames of 0.02 s, as the file says"]);
  });

  it("takes other names, frames along the first axis, and the caller's duration before the file's", async () => {
    const movie = matrixOf("movie", [2, 1, 2], [1, 2, 3, 4]);
    const spikes = matrixOf("spikes", [1, 2], [1, 1]);
    const options = {
      stimulus: "movie",
      counts: "spikes",
      frameAxis: "first",
      frameSeconds: 0.01,
      source: "here",
    } as const;
    const recording = await recordingFromMat(w.file(movie, spikes, duration), options);
    expect(recording.stimulus).toMatchObject({ shape: [2, 1, 2], data: new Float32Array([1, 3, 2, 4]) });
    expect(recording).toMatchObject({ frameSeconds: 0.01, source: "here" });
    expect(recording.notes).toEqual([
      "frames of 0.01 s, as given by the caller; the file says 0.02 s",
      "movie has values from 1 to 4, used as they are: they are not contrasts within -1 and 1",
    ]);
    expect((await recordingFromMat(w.file(stim, counts), { frameSeconds: 0.5 })).notes).toEqual([
      "frames of 0.5 s, as given by the caller",
    ]);
  });

  it("does not stumble over variables that it does not need", async () => {
    const sparse = w.matrix("thin", mx.sparse, [9, 9], []);
    expect((await recordingFromMat(w.file(sparse, stim, counts, duration))).frameSeconds).toBe(0.02);
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
      "bars along the other axis",
      [matrixOf("stim", [4, 2], [1, 2, 3, 4, 5, 6, 7, 8]), counts, duration],
      'counts has 4 bins, stim of shape [4, 2] has 2 frames; with frameAxis "first" they agree',
    ],
    [
      "a list of other length",
      [matrixOf("stim", [3, 1], [1, 2, 3]), counts, duration],
      "counts has 4 bins, stim has 3 frames",
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
      "counts has shape [2, 2], one count a frame of 4 is needed, of one cell or of several",
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
  it.each(cases)("refuses %s in one line", async (_, variables, message) => {
    await expect(recordingFromMat(w.file(...variables))).rejects.toThrow(
      new InputError(`recordingFromMat: ${message}`),
    );
  });

  it("passes on what the reader says of a file that cannot be read", async () => {
    const message = "recordingFromMat: the file is empty, a MATLAB 5 file is needed";
    await expect(recordingFromMat(new Uint8Array(0))).rejects.toThrow(new InputError(message));
    const sparse = w.file(w.matrix("stim", mx.sparse, [1, 1], []), counts);
    await expect(recordingFromMat(sparse)).rejects.toThrow(/^recordingFromMat: byte 136 .*"stim" is of class sparse/);
  });

  it("refuses options that it does not know or cannot use", async () => {
    const file = w.file(stim, counts, duration);
    await expect(recordingFromMat(file, { rate: 60 } as object)).rejects.toThrow(
      'recordingFromMat: option "rate" is not known, it takes stimulus, counts, spikeTimes, cell, frameTimes, frameAxis, source, step, frameSeconds, latency, dropped',
    );
    await expect(recordingFromMat(file, { frameSeconds: 0 })).rejects.toThrow(
      "recordingFromMat: frameSeconds is 0, a number above 0 is needed",
    );
    await expect(recordingFromMat(file, { frameAxis: "middle" as "last" })).rejects.toThrow(
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

describe("recordings of one number a frame", () => {
  it("are frames of one pixel, whichever way the list lies", async () => {
    for (const shape of [
      [4, 1],
      [1, 4],
    ]) {
      const column = await recordingFromMat(w.file(matrixOf("stim", shape, [1, 2, 3, 4]), counts, duration));
      expect(column.stimulus).toMatchObject({ shape: [4, 1, 1], data: Float32Array.of(1, 2, 3, 4) });
    }
    const arrays = { stim: tensor([5, 6], [2]), counts: tensor([0, 1], [2]) };
    expect(recordingFromNpz(writeNpz(arrays), { frameSeconds: 1 }).stimulus.shape).toEqual([2, 1, 1]);
  });

  it("or of a row of bars are frames of height 1, and a note says so", async () => {
    // two bars in four frames, bar b of frame t is 10·t + b, in MATLAB's [bars, frames] and in NumPy's [frames, bars]
    const shown = [0, 1, 10, 11, 20, 21, 30, 31];
    const says = (shape: string) =>
      `stim of shape ${shape} is taken as frames of 2 bars side by side, images of height 1`;
    const mat = await recordingFromMat(w.file(matrixOf("stim", [2, 4], shown), counts, duration));
    expect(mat.stimulus).toMatchObject({ shape: [4, 1, 2], data: Float32Array.from(shown) });
    expect(mat.notes[1]).toBe(says("[2, 4]"));
    const arrays = { stim: tensor(shown, [4, 2]), counts: tensor([0, 2, 1, 0], [4]) };
    const npz = recordingFromNpz(writeNpz(arrays), { frameSeconds: 1 });
    expect(npz.stimulus).toEqual(mat.stimulus);
    expect(npz.notes[1]).toBe(says("[4, 2]"));
    const turned = { ...arrays, stim: tensor([0, 10, 20, 30, 1, 11, 21, 31], [2, 4]) };
    const last = recordingFromNpz(writeNpz(turned), { frameSeconds: 1, frameAxis: "last" });
    expect(last.stimulus).toEqual(mat.stimulus);
  });

  it("give the published average of a fly's motion-sensitive cell", async (ctx) => {
    const [path, reference] = [realFile("dayan-abbott/c1p8.mat"), realFile("dayan-abbott/c1p8-sta-reference.json")];
    if (path === undefined || reference === undefined) return ctx.skip();
    const { stimulus, counts, frameSeconds } = await recordingFromMat(readFileSync(path), { counts: "rho" });
    expect(frameSeconds).toBe(0.002);
    const { sta, n_spikes: used } = JSON.parse(readFileSync(reference, "utf8")) as { sta: number[]; n_spikes: number };
    const estimate = spikeTriggeredAverage(
      stimulusFrom(stimulus, { frameSeconds }),
      spikesFrom(counts, { frameSeconds }),
      {
        lags: sta.length,
      },
    );
    expect(estimate.spikesUsed).toBe(used);
    estimate.kernel.data.forEach((value, lag) => {
      expect(Math.abs(value - sta[lag])).toBeLessThan(1e-4);
    });
  });
});

describe("recordings of spike times", () => {
  const stim = tensor([1, 2, 3, 4], [4, 1, 1]);
  const spikeTimes = tensor([0.05, 0.25, 0.3, 0.6, 5], [5], "float64");
  const frameTimes = tensor([0, 0.125, 0.25, 0.5], [4], "float64");

  it("are aligned to the frames' onsets, a dropped frame repeated", () => {
    const recording = recordingFromNpz(writeNpz({ stim, spikeTimes, frameTimes }));
    expect(recording.stimulus.data).toEqual(Float32Array.of(1, 2, 3, 3, 4));
    expect(recording).toMatchObject({ counts: Uint32Array.of(1, 0, 2, 0, 1), frameSeconds: 0.125, spikesOutside: 1 });
    expect(recording.notes.slice(0, 4)).toEqual([
      "frames of 0.125 s, the median interval of frameTimes",
      "spikes counted from each frame's own onset on (frameTimes)",
      "1 refreshes brought no new frame though one was due: the earlier frame is repeated",
      "1 spikes came before the first frame or after the last and are in no bin",
    ]);
    const late = recordingFromNpz(writeNpz({ stim, spikeTimes, frameTimes }), { latency: 0.01, dropped: "cut" });
    expect(late.counts).toEqual(Uint32Array.of(1, 1, 1, 1));
    expect(late.notes[1]).toBe("spikes counted from each frame's own onset on (frameTimes), 0.01 s after their stamps");
  });

  it("are binned at a fixed rate where there are no onsets", () => {
    const arrays = { stim, spikeTimes, frameSeconds: tensor([0.125], [], "float64") };
    const recording = recordingFromNpz(writeNpz(arrays));
    expect(recording).toMatchObject({ counts: Uint32Array.of(1, 0, 2, 0), spikesOutside: 2 });
    expect(recording.notes[1]).toBe("spikes counted in frames from 0 s on");
  });

  it("have names of their own, and give way to counts", () => {
    const arrays = { stim, t: spikeTimes, on: frameTimes, counts: tensor([1, 1, 1, 9], [4]) };
    expect(recordingFromNpz(writeNpz(arrays), { spikeTimes: "t", frameTimes: "on" }).counts[2]).toBe(2);
    const both = recordingFromNpz(writeNpz({ ...arrays, spikeTimes }), { frameSeconds: 1 });
    expect(both.counts[3]).toBe(9);
    expect(both.notes).toContain(
      "the spikes are those of counts; spikeTimes, which the file holds too, is passed over",
    );
    expect(recordingFromNpz(writeNpz(arrays), { spikeTimes: "t", frameTimes: "on" }).notes.join(" ")).toContain(
      "counts, which the file holds too",
    );
    const named = recordingFromNpz(writeNpz({ stim, spikeTimes: arrays.counts }), {
      counts: "spikeTimes",
      frameSeconds: 1,
    });
    expect(named.counts[3]).toBe(9);
    expect(named.notes.join(" ")).not.toContain("passed over");
    const found = { stim, counts: arrays.counts };
    const read = recordingFromArrays(Object.fromEntries(readNpz(writeNpz(found))), { frameSeconds: 1 });
    expect(read).toMatchObject({ source: "arrays", counts: Uint32Array.of(1, 1, 1, 9) });
  });

  it.each<[Record<string, Tensor>, RecordingOptions, string]>([
    [{ frameTimes: tensor([0, 1], [2]) }, {}, "frameTimes has 2 times, stim has 4 frames"],
    [{ frameTimes: tensor([0, 2, 1, 3], [4]) }, {}, "frameTimes[2] is 1, not after the one before it, 2"],
    [{ frameTimes: tensor([0, 2, NaN, 3], [4]) }, {}, "frameTimes[2] is NaN, finite seconds are needed"],
    [{ frameTimes: tensor([0, 2, 4, 3], [2, 2]) }, {}, "frameTimes has shape [2, 2], a list of seconds is needed"],
    [{}, {}, 'the file has no number "frameSeconds" and none is given, the seconds a frame was shown are needed'],
    [{}, { frameTimes: "on" }, 'the file has no variable "on", it has stim, spikeTimes'],
    [{}, { frameSeconds: 1, dropped: "cut" }, 'option "dropped" applies where the file has frame times, it has none'],
    [{}, { latency: NaN }, "latency is NaN, a finite number is needed"],
    [{}, { dropped: "skip" as "cut" }, 'dropped is "skip", one of "repeat", "cut" is needed'],
    [{}, { counts: "a", spikeTimes: "b" }, "options counts and spikeTimes are both given, one of them is needed"],
  ])("are refused with %o and %o", (arrays, options, message) => {
    const bytes = writeNpz({ stim, spikeTimes, ...arrays });
    expect(() => recordingFromNpz(bytes, options)).toThrow(new InputError(`recordingFromNpz: ${message}`));
  });
});

describe("the LGN cell of Dayan & Abbott", () => {
  it("is not taken for another recording of its shape", () => {
    const frames = { kind: "array", type: "|i1", shape: [32_767, 16, 16], order: "row-major" } as const;
    const data = new Int8Array(32_767 * 256);
    const bytes = writeNpz({ stim: { ...frames, data }, counts: tensor(new Float32Array(32_767), [32_767]) });
    expect(() => recordingFromNpz(bytes)).toThrow(/no number "frameSeconds"/);
  });

  it("has the spike-triggered average that an independent program found, at every lag and pixel", async (ctx) => {
    const path = realFile("dayan-abbott/c2p3.mat");
    const referencePath = realFile("dayan-abbott/c2p3-sta-reference.json");
    if (path === undefined || referencePath === undefined) return ctx.skip();
    const reference = JSON.parse(readFileSync(referencePath, "utf8"));
    const recording = await recordingFromMat(readFileSync(path));
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
