import { describe, expect, it } from "vitest";
import { type CsvRecordingOptions, recordingFromCsv } from "../../src/formats/recording-csv.js";
import { InputError } from "../../src/tensor/errors.js";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));
const read = (text: string, options: CsvRecordingOptions = {}) =>
  recordingFromCsv(bytesOf(text), { frameSeconds: 0.5, ...options });

describe("recordingFromCsv", () => {
  it("puts each column at the row and column that it names, in any order of columns", () => {
    const recording = read("r1c0,counts,r0c0,r0c1,r1c1\n3,0,1,2,4\n7,2,5,6,8\n");
    expect(recording.stimulus).toMatchObject({ shape: [2, 2, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8) });
    expect(recording).toMatchObject({ counts: Uint32Array.of(0, 2), frameSeconds: 0.5, source: "a CSV file" });
    expect(read("Row1_Col1,row 1 column 2,counts\n1,2,1\n").stimulus).toMatchObject({ shape: [1, 1, 2] });
  });

  it("takes pixels row by row where the size is told, and other names", () => {
    const recording = read("a;b;c;d;e;f;n\n1;2;3;4;5;6;1\n", { size: [2, 3], counts: "n" });
    expect(recording.stimulus).toMatchObject({ shape: [1, 2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) });
  });

  it("takes the frame duration from the frames' onsets", () => {
    const recording = recordingFromCsv(bytesOf("frameTimes,counts,r0c0\n0,0,1\n0.25,1,0\n0.5,0,-1\n"));
    expect(recording.frameSeconds).toBe(0.25);
    expect(recording.notes).toEqual(["frames of 0.25 s, the median interval of frameTimes"]);
    const uneven = recordingFromCsv(bytesOf("frameTimes,counts,r0c0\n0,0,1\n0.25,1,0\n0.5,0,-1\n1,0,1\n"));
    expect(uneven.notes[1]).toBe(
      "1 intervals of frameTimes are more than half a frame off 0.25 s: every bin counts as that long all the same",
    );
    expect(() => recordingFromCsv(bytesOf("frameTimes,counts,r0c0\n0,0,1\n0.25,1,0\n0.25,0,1\n"))).toThrow(
      "recordingFromCsv: frameTimes[2] is 0.25, not after the one before it, 0.25",
    );
    expect(recording.stimulus.shape).toEqual([3, 1, 1]);
  });

  it("aligns the spike times of a second file to the frames", () => {
    const frames = "frameTimes,r0c0\n0,1\n0.25,0\n0.5,-1\n1,1\n";
    const spikes = bytesOf("spikeTimes\n0.1\n0.3\n0.8\n9\n");
    const recording = recordingFromCsv(bytesOf(frames), { spikes });
    expect(recording.stimulus.data).toEqual(Float32Array.of(1, 0, -1, -1, 1));
    expect(recording.counts).toEqual(Uint32Array.of(1, 1, 0, 1, 0));
    expect(recording.spikesOutside).toBe(1);
    const cut = recordingFromCsv(bytesOf(frames), { spikes, dropped: "cut", latency: -0.05 });
    expect(cut.counts).toEqual(Uint32Array.of(1, 1, 0, 0));
    const two = bytesOf("unit,t\n1,0.1\n");
    expect(recordingFromCsv(bytesOf(frames), { spikes: two, spikeTimes: "t" }).counts[0]).toBe(1);
  });

  it.each<[string, CsvRecordingOptions, string]>([
    ["r0c0\n1\n", {}, 'the file has no column "counts", it has 1 of pixels'],
    ["counts\n1\n", {}, "the file has no columns of pixels"],
    [
      "counts,p1\n1,1\n",
      {},
      'column "p1" does not name a row and a column (r0c0): rename it, or give size [height, width]',
    ],
    ["counts,r0c0,r1c1\n1,1,2\n", {}, "2 columns of pixels name 2 rows by 2 columns: each pixel once is needed"],
    ["counts,r0c0,R0C0\n1,1,2\n", {}, "2 columns of pixels name 1 rows by 1 columns: each pixel once is needed"],
    ["counts,a,b\n1,1,2\n", { size: [2, 2] }, "size [2, 2] needs 4 columns of pixels, the file has 2"],
    ["counts,a\n1,1\n", { size: [0, 1] }, "size[0] is 0, a whole number of at least 1 is needed"],
    ["counts,a\n1,1\n", { size: [1] as unknown as [number, number] }, "size needs two numbers, height and width"],
    ["counts,r0c0\n0.5,1\n", {}, "counts[0] is 0.5, whole numbers of at least 0 are needed"],
    ["counts,r0c0\n1,1e300\n", {}, "frame 0 has a number beyond float32"],
    [
      "counts,r0c0\n1,1\n",
      { spikes: bytesOf("1\n"), counts: "counts" },
      "options counts and spikes are both given, one of them is needed",
    ],
    [
      "counts,r0c0\n1,1\n",
      { spikeTimes: "t" },
      "option spikeTimes names a column of the file spikes, which is not given",
    ],
    ["r0c0\n1\n", { spikes: bytesOf("a,b\n1,1\n") }, 'the file has no column "spikeTimes", it has a, b'],
    [
      "counts,r0c0\n1,1\n",
      { latency: 0.1 },
      `option "latency" applies to spike times, the file's counts are counts a frame`,
    ],
    ["counts,r0c0\n1,x\n", {}, 'line 2, column r0c0: "x", a finite number is needed'],
    [
      "counts,r0c0\n1,1\n",
      { rate: 1 } as object,
      'option "rate" is not known, it takes counts, frameTimes, spikes, spikeTimes, size, separator, source, step, frameSeconds, latency, dropped',
    ],
  ])("refuses %j with %o", (text, options, message) => {
    expect(() => read(text, options)).toThrow(new InputError(`recordingFromCsv: ${message}`));
  });

  it("takes one of several columns of counts and says what it passes over", () => {
    const text = "a,b,r0c0,r0c1\n1,5,0,1\n2,6,1,0\n";
    const recording = read(text, { counts: "b", frameSeconds: 0.01 });
    expect(Array.from(recording.counts)).toEqual([5, 6]);
    expect(recording.stimulus.shape).toEqual([2, 1, 2]);
    expect(recording.notes).toContain("columns that are not read: a");
    expect(() => read(text, {})).toThrow('the file has no column "counts", it has a, b, 2 of pixels');
  });

  it("needs the frame duration from the file or the caller", () => {
    expect(() => recordingFromCsv(bytesOf("counts,r0c0\n1,1\n"))).toThrow('no number "frameSeconds" and none is given');
  });
});
