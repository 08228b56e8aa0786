import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpy } from "../../src/formats/npy.js";
import { writeNpz } from "../../src/formats/npz.js";
import { readRecording } from "../../src/node/recordings.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { mat73, oddNwb } from "../formats/hdf5-fixtures.js";
import { realFile } from "../real-data.js";

const bytesOf = (text: string) => new Uint8Array(Buffer.from(text, "utf8"));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "striate-recordings-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

function written(name: string, bytes: Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
}

describe("readRecording", () => {
  it("reads an npz file, whatever the case of its ending, and keeps the path as the source", async () => {
    const bytes = writeNpz({ stim: tensor([1, -1], [2, 1, 1]), counts: tensor([0, 3], [2]) });
    const path = written("cell.NPZ", bytes);
    const recording = await readRecording(path, { frameSeconds: 0.1 });
    expect(recording).toMatchObject({ source: path, frameSeconds: 0.1, counts: new Uint32Array([0, 3]) });
    expect((await readRecording(path, { frameSeconds: 0.1, source: "a cell" })).source).toBe("a cell");
  });

  it("reads the LGN cell of Dayan & Abbott as it is", async (ctx) => {
    const path = realFile("dayan-abbott/c2p3.mat");
    if (path === undefined) return ctx.skip();
    const recording = await readRecording(path);
    expect(recording.stimulus.shape).toEqual([32_767, 16, 16]);
    expect(recording.frameSeconds).toBe(0.0156);
  });

  const stim = tensor([1, -1, 0], [3, 1, 1]);
  const times = tensor([0.1, 0.2, 2.5], [3], "float64");

  it("reads MATLAB 7.3, NWB and CSV by their endings", async () => {
    expect(await readRecording(written("cell.mat", mat73))).toMatchObject({ frameSeconds: 0.02 });
    const nwb = await readRecording(written("cell.h5", oddNwb), { stimulus: "big-endian", cell: 9 });
    expect(nwb.counts).toEqual(Uint32Array.of(1, 1, 0, 0, 0, 1));
    const csv = written("cell.tsv", bytesOf("counts\tr0c0\n1\t0.5\n"));
    expect(await readRecording(csv, { frameSeconds: 1 })).toMatchObject({ counts: Uint32Array.of(1) });
  });

  it("pairs frames in one file with counts or spike times in another", async () => {
    const frames = written("stim.npy", writeNpy(stim));
    const read = async (name: string, bytes: Uint8Array, options = {}) => {
      const recording = await readRecording(frames, { spikes: written(name, bytes), frameSeconds: 1, ...options });
      return Array.from(recording.counts);
    };
    expect(await read("times.npy", writeNpy(times))).toEqual([2, 0, 1]);
    expect(await read("times.csv", bytesOf("0.1\n0.2\n2.5\n"))).toEqual([2, 0, 1]);
    expect(await read("counts.npy", writeNpy(tensor([0, 3, 1], [3])))).toEqual([0, 3, 1]);
    expect(await read("whole.npy", writeNpy(tensor([0, 1, 1], [3])), { spikesAre: "times" })).toEqual([1, 2, 0]);
    const table = written("stim.csv", bytesOf("frameTimes,r0c0\n0,1\n1,2\n2,3\n"));
    const spikes = written("spikes.txt", bytesOf("spikeTimes\n0.1\n0.2\n2.5\n"));
    expect((await readRecording(table, { spikes })).counts).toEqual(Uint32Array.of(2, 0, 1));
    // counts of another length are never taken for times
    await expect(read("short.npy", writeNpy(tensor([0, 3], [2])))).rejects.toThrow(
      `readRecording: ${frames}, as a NumPy npy file: counts has 2 bins, stim of shape [3, 1, 1] has 3 frames`,
    );
  });

  it("refuses bytes of another format than the ending's, and options that do not apply", async () => {
    const npz = writeNpz({ stim, counts: tensor([1, 1, 1], [3]) });
    const cases: readonly (readonly [string, Uint8Array, object, string])[] = [
      ["a.nwb", npz, {}, "as an NWB 2 file: its bytes are those of a NumPy npz file: give it that format's ending"],
      ["b.csv", oddNwb, {}, "as a CSV file: its bytes are those of an NWB 2 file: give it that format's ending"],
      ["c.nwb", mat73, {}, "as an NWB 2 file: its bytes are those of a MATLAB file: give it that format's ending"],
      ["d.nwb", bytesOf("text"), {}, "as an NWB 2 file: not an NWB 2 file (HDF5): it has no HDF5 signature"],
      ["e.nwb", oddNwb.slice(0, 9000), {}, "as an NWB 2 file: truncated or damaged: truncated file: eof = 9000"],
      ["f.npz", npz, { spikes: "x.npy" }, "the option spikes goes with frames in an npy or CSV file"],
      ["g.npz", npz, { unit: 1 }, 'as a NumPy npz file: option "unit" is not known'],
      ["h.npy", writeNpy(stim), {}, "an npy file holds the frames alone, the option spikes is needed"],
      [
        "i.npy",
        writeNpy(stim),
        { spikes: "gone.npy" },
        "gone.npy: there is no such file, a NumPy npy or CSV file is needed",
      ],
      ["j.csv", bytesOf("counts,r0c0\n1\n"), {}, "as a CSV file: line 2 has 1 fields, the first line has 2"],
    ];
    for (const [name, bytes, options, message] of cases) {
      const error = await readRecording(written(name, bytes), options).catch((reason: Error) => reason);
      expect(error).toBeInstanceOf(InputError);
      expect((error as Error).message).toContain(message);
      expect((error as Error).message).toMatch(new RegExp(`^readRecording: [^\\n]*${name}[^\\n]*$`));
    }
  });

  it("says which file it is, which format is needed, and where it broke, in one line", async () => {
    const cases: readonly (readonly [string, string])[] = [
      [join(folder, "none.mat"), "there is no such file, a MATLAB file is needed"],
      [written("empty.mat", new Uint8Array(0)), "as a MATLAB file: the file is empty, a MATLAB 5 file is needed"],
      [
        written("cut.npz", new Uint8Array(5)),
        "as a NumPy npz file: truncated, or not a zip archive: the directory at its end is missing",
      ],
    ];
    for (const [path, what] of cases) {
      const colon = what.startsWith("as") ? ", " : ": ";
      await expect(readRecording(path)).rejects.toThrow(new InputError(`readRecording: ${path}${colon}${what}`));
    }
    const text = written("cell.doc", new Uint8Array(5));
    const needed = "one of .mat, .npz, .npy, .nwb, .h5, .hdf5, .csv, .tsv, .txt is needed";
    const ending = `readRecording: ${text} ends in .doc, ${needed}`;
    await expect(readRecording(text)).rejects.toThrow(new InputError(ending));
    await expect(readRecording("cell")).rejects.toThrow("readRecording: cell ends in nothing, one of .mat");
  });

  it("refuses an option spikesAre that would go unread", async () => {
    const frames = written("frames.csv", bytesOf("r0c0\n1\n2\n"));
    const times = written("times.csv", bytesOf("0.5\n1.5\n"));
    const options = { spikes: times, frameSeconds: 1 };
    expect((await readRecording(frames, options)).counts).toEqual(Uint32Array.of(1, 1));
    await expect(readRecording(frames, { ...options, spikesAre: "counts" })).rejects.toThrow('spikesAre is "counts"');
    const stim = written("stim.npy", writeNpy(tensor([1, 2], [2, 1, 1])));
    await expect(readRecording(stim, { ...options, spikesAre: "rates" as "times" })).rejects.toThrow(
      'spikesAre is "rates", one of "counts", "times" is needed',
    );
  });

  it("says that a folder is none", async () => {
    const path = join(folder, "folder.mat");
    mkdirSync(path);
    const message = `readRecording: ${path}: this is a folder, a MATLAB file is needed`;
    await expect(readRecording(path)).rejects.toThrow(new InputError(message));
  });
});
