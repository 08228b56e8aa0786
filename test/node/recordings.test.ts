import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { writeNpz } from "../../src/formats/npz.js";
import { readRecording } from "../../src/node/recordings.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { realFile } from "../real-data.js";

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

  it("says which file it is, which format is needed, and where it broke, in one line", async () => {
    const cases: readonly (readonly [string, string])[] = [
      [join(folder, "none.mat"), "there is no such file, a MATLAB 5 file is needed"],
      [written("empty.mat", new Uint8Array(0)), "as a MATLAB 5 file: the file is empty, a MATLAB 5 file is needed"],
      [
        written("cut.npz", new Uint8Array(5)),
        "as a NumPy npz file: truncated, or not a zip archive: the directory at its end is missing",
      ],
    ];
    for (const [path, what] of cases) {
      const colon = what.startsWith("as") ? ", " : ": ";
      await expect(readRecording(path)).rejects.toThrow(new InputError(`readRecording: ${path}${colon}${what}`));
    }
    const text = written("cell.txt", new Uint8Array(5));
    const ending = `readRecording: ${text} ends in .txt, .mat (MATLAB 5) or .npz (NumPy) is needed`;
    await expect(readRecording(text)).rejects.toThrow(new InputError(ending));
    await expect(readRecording("cell")).rejects.toThrow("readRecording: cell ends in nothing, .mat");
  });

  it("says that a folder is none", async () => {
    const path = join(folder, "folder.mat");
    mkdirSync(path);
    const message = `readRecording: ${path}: this is a folder, a MATLAB 5 file is needed`;
    await expect(readRecording(path)).rejects.toThrow(new InputError(message));
  });
});
