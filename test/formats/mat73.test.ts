import { describe, expect, it } from "vitest";
import { listMat73, readMat73 } from "../../src/formats/mat73.js";
import { recordingFromMat } from "../../src/formats/recording.js";
import { InputError } from "../../src/tensor/errors.js";
import { mat73 } from "./hdf5-fixtures.js";

async function variable(name: string) {
  return (await readMat73(mat73, { variables: [name] })).get(name);
}

describe("readMat73", () => {
  it("gives arrays of MATLAB's shape, column-major, in their own class", async () => {
    const stim = await variable("stim");
    // element (row, column, frame) of the file's stim is (100·frame + 10·row + column)/1000
    expect(stim).toMatchObject({ kind: "array", type: "double", shape: [2, 3, 4], order: "column-major" });
    const { data } = stim as { readonly data: Float64Array };
    expect(data[1 + 2 * (2 + 3 * 3)]).toBe(0.312);
    expect(await variable("big")).toMatchObject({ type: "int64", shape: [2, 1], data: Float64Array.of(3, -(2 ** 40)) });
    expect(await variable("yes")).toMatchObject({ type: "logical", shape: [1, 2], data: Uint8Array.of(1, 0) });
    expect(await variable("empty")).toMatchObject({ shape: [0, 3], data: new Float64Array(0) });
  });

  it("gives characters as rows, and a struct as a record of its fields", async () => {
    expect(await variable("text")).toEqual({ kind: "text", shape: [2, 3], rows: ["abç", "def"] });
    expect(await variable("cellInfo")).toMatchObject({
      kind: "struct",
      elements: [{ depth: { data: Float64Array.of(350) }, area: { rows: ["V1"] } }],
    });
  });

  it.each([
    ["complex", "complex: holds records of fields, integers, 32- and 64-bit floats and booleans are read"],
    ["cell", "cell: the variable is of class cell, which is not read from MATLAB 7.3 files"],
    ["handle", "handle: the variable is of class function, which is not read from MATLAB 7.3 files"],
    ["thin", "thin: the variable is of class sparse, which is not read from MATLAB 7.3 files"],
  ])("refuses the variable %s by its class", async (name, message) => {
    await expect(variable(name)).rejects.toThrow(new InputError(`readMat73: ${message}`));
  });

  it("names what is there when a variable is missing", async () => {
    await expect(variable("gone")).rejects.toThrow(
      new InputError(
        'readMat73: the file has no variable "gone", it has big, cell, cellInfo, complex, counts, empty, frameSeconds, handle, stim, text, thin, yes',
      ),
    );
    await expect(readMat73(mat73, { names: [] } as object)).rejects.toThrow('option "names" is not known');
  });

  it("refuses a file that is empty, cut or of another format, in one line", async () => {
    const say = (what: string) => new InputError(`readMat73: ${what}`);
    const none = new Uint8Array(0);
    await expect(readMat73(none)).rejects.toThrow(say("the file is empty, a MATLAB 7.3 file (HDF5) is needed"));
    const zeros = new Uint8Array(2000);
    await expect(readMat73(zeros)).rejects.toThrow(say("not a MATLAB 7.3 file (HDF5): it has no HDF5 signature"));
    await expect(readMat73("x" as unknown as Uint8Array)).rejects.toThrow(say('bytes is "x", a Uint8Array is needed'));
    await expect(readMat73(mat73.slice(0, 5000))).rejects.toThrow(
      /^readMat73: truncated or damaged: truncated file: eof = /,
    );
  });
});

describe("listMat73", () => {
  it("lists every variable with its class and shape, those that are not read too", async () => {
    const listed = new Map((await listMat73(mat73)).map((one) => [one.name, one]));
    expect(listed.size).toBe(12);
    expect(listed.get("stim")).toEqual({ name: "stim", class: "double", shape: [2, 3, 4] });
    expect(listed.get("empty")).toMatchObject({ shape: [0, 3] });
    expect(["cell", "thin", "handle", "cellInfo", "yes"].map((name) => listed.get(name)?.class)).toEqual([
      "cell",
      "sparse",
      "function",
      "struct",
      "logical",
    ]);
  });
});

describe("recordingFromMat", () => {
  it("tells MATLAB 7.3 by the header and gives the same record as from MATLAB 5", async () => {
    const recording = await recordingFromMat(mat73);
    expect(recording.stimulus.shape).toEqual([4, 2, 3]);
    expect(Array.from(recording.stimulus.data, (value) => Math.round(1000 * value))).toEqual(
      Array.from({ length: 24 }, (_, i) => 100 * Math.floor(i / 6) + 10 * (Math.floor(i / 3) % 2) + (i % 3)),
    );
    expect(recording).toMatchObject({
      counts: Uint32Array.of(0, 2, 1, 0),
      frameSeconds: 0.02,
      source: "a MATLAB 7.3 file",
      notes: ["frames of 0.02 s, as the file says"],
    });
    await expect(recordingFromMat(mat73, { counts: "thin" })).rejects.toThrow(
      new InputError(
        "recordingFromMat: thin: the variable is of class sparse, which is not read from MATLAB 7.3 files",
      ),
    );
  });
});
