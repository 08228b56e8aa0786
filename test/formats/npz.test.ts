import { describe, expect, it } from "vitest";
import { readNpz, writeNpz } from "../../src/formats/npz.js";
import { writeZip } from "../../src/formats/zip.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { ascii } from "./mat-writer.js";

const stim = tensor(
  Array.from({ length: 600 }, (_, i) => i % 7),
  [6, 10, 10],
);
const archive = writeNpz({ stim, counts: tensor([1, 0, 2], [3], "float64") });

/** The same archive with `value` written at `at` of its central directory, whose first entry begins there. */
function damaged(at: number, value: number, bytes = archive): Uint8Array {
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  const directory = view.getUint32(copy.length - 22 + 16, true);
  view.setUint32(directory + at, value, true);
  return copy;
}

describe("readNpz", () => {
  it("gives back what writeNpz was given, by name", () => {
    const arrays = readNpz(archive);
    expect([...arrays.keys()]).toEqual(["stim", "counts"]);
    expect(arrays.get("stim")).toMatchObject({ type: "<f4", shape: [6, 10, 10], data: stim.data });
    expect(arrays.get("counts")).toMatchObject({ type: "<f8", data: new Float64Array([1, 0, 2]) });
  });

  it("reads only the arrays that are asked for", () => {
    const mixed = writeZip(
      new Map([
        ["note.txt", ascii("hello")],
        ["a.npy", readable()],
      ]),
    );
    expect([...readNpz(mixed, ["a"]).keys()]).toEqual(["a"]);
    const message = 'readNpz: array "note.txt": not an npy file: it does not begin with \\x93NUMPY';
    expect(() => readNpz(mixed)).toThrow(new InputError(message));
  });

  it("finds the directory before a comment", () => {
    const long = new Uint8Array(archive.length + 5);
    long.set(archive);
    long[archive.length - 2] = 5;
    expect([...readNpz(long).keys()]).toEqual(["stim", "counts"]);
  });

  const refusals: readonly (readonly [string, Uint8Array, string])[] = [
    ["an empty file", new Uint8Array(0), "readNpz: the file is empty, an npz archive is needed"],
    [
      "a file of other bytes",
      new Uint8Array(100),
      "readNpz: truncated, or not a zip archive: the directory at its end is missing",
    ],
    [
      "a file of few bytes",
      new Uint8Array(3),
      "readNpz: truncated, or not a zip archive: the directory at its end is missing",
    ],
    [
      "a cut archive",
      archive.subarray(0, -1),
      "readNpz: truncated, or not a zip archive: the directory at its end is missing",
    ],
    [
      "a damaged directory",
      damaged(0, 7),
      `readNpz: byte ${archive.length - 22 - 110} of the archive: an entry of its directory is damaged`,
    ],
    ["a false checksum", damaged(16, 7), "readNpz: stim.npy is damaged: its checksum fails"],
    ["a false size", damaged(24, 2000), "readNpz: stim.npy is damaged: its checksum fails"],
    [
      "a size beyond reason",
      damaged(24, 2 ** 31),
      `readNpz: stim.npy is damaged: ${packedSize()} bytes cannot hold 2147483648`,
    ],
    ["a false place", damaged(42, 7), "readNpz: byte 7 of the archive: stim.npy does not begin here"],
    ["a size of zip64", damaged(24, 0xffffffff), "readNpz: stim.npy is beyond 4 GB (zip64), which is not read"],
    ["another method", damaged(8, 12 << 16), "readNpz: stim.npy is packed by method 12, which is not read"],
    ["encryption", damaged(8, (8 << 16) | 1), "readNpz: stim.npy is encrypted, which is not read"],
    ["data that do not unpack", brokenData(), "readNpz: stim.npy cannot be unpacked (invalid block type)"],
  ];
  it.each(refusals)("refuses %s in one line", (_, bytes, message) => {
    expect(() => readNpz(bytes)).toThrow(new InputError(message));
  });

  it("refuses an archive of zip64, a missing array, and what are no bytes", () => {
    const wide = archive.slice();
    new DataView(wide.buffer).setUint32(wide.length - 22 + 16, 0xffffffff, true);
    expect(() => readNpz(wide)).toThrow(
      new InputError("readNpz: the archive is beyond 4 GB (zip64), which is not read"),
    );
    const missing = 'readNpz: the file has no array "rate", it has stim, counts';
    expect(() => readNpz(archive, ["rate"])).toThrow(new InputError(missing));
    expect(() => readNpz(writeZip(new Map()), ["a"])).toThrow('readNpz: the file has no array "a", it has no arrays');
    expect(() => readNpz(5 as unknown as Uint8Array)).toThrow("readNpz: bytes is 5, a Uint8Array is needed");
  });

  it("writes the same bytes for the same arrays", () => {
    expect(writeNpz({ stim })).toEqual(writeNpz({ stim }));
    // the time and date of the first entry: midnight of the first day that zip can name, not the clock's
    expect(Array.from(archive.subarray(10, 14))).toEqual([0, 0, 0x21, 0]);
  });
});

function readable(): Uint8Array {
  return ascii("\x93NUMPY\x01\x00\x3c\x00{'descr': '|u1', 'fortran_order': False, 'shape': (1,), }   \n\x05");
}

function packedSize(): number {
  const view = new DataView(archive.buffer);
  return view.getUint32(view.getUint32(archive.length - 22 + 16, true) + 20, true);
}

function brokenData(): Uint8Array {
  const copy = archive.slice();
  const view = new DataView(copy.buffer);
  copy.fill(255, 30 + view.getUint16(26, true) + view.getUint16(28, true), 60);
  return copy;
}
