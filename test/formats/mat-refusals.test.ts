import { describe, expect, it } from "vitest";
import { readMat } from "../../src/formats/mat.js";
import { InputError } from "../../src/tensor/errors.js";
import { ascii, joined, mi, mx, writer } from "./mat-writer.js";

const w = writer();

describe("readMat refuses in one line that says where", () => {
  const x = w.matrix("x", mx.double, [1, 3], [w.array(mi.double, [1, 2, 3])]);
  const opaque = w.element(
    mi.matrix,
    joined(w.array(mi.uint32, [mx.opaque, 0]), w.small(mi.int8, ascii("s")), w.small(mi.int8, ascii("MCOS"))),
  );
  const broken = w.compressed(x);
  broken[broken.length - 1] ^= 1;
  const cases: readonly (readonly [string, Uint8Array, string])[] = [
    ["an empty file", new Uint8Array(0), "readMat: the file is empty, a MATLAB 5 file is needed"],
    [
      "a short file",
      new Uint8Array(100),
      "readMat: not a MATLAB 5 file: the header is 128 bytes and ends in IM or MI, it has 100 bytes",
    ],
    [
      "another format",
      new Uint8Array(200).fill(65),
      "readMat: not a MATLAB 5 file: the header is 128 bytes and ends in IM or MI, bytes 126 and 127 are 65, 65",
    ],
    [
      "MATLAB 7.3",
      ascii("MATLAB 7.3 MAT-file".padEnd(512)),
      "readMat: this is a MATLAB 7.3 file (HDF5), which readMat73 reads",
    ],
    [
      "bare HDF5",
      ascii("\x89HDF\r\n\x1a\n".padEnd(512)),
      "readMat: this is a MATLAB 7.3 file (HDF5), which readMat73 reads",
    ],
    ["another version", w.header(0x0200), "readMat: the file's version is 0x200, MATLAB 5 writes 0x100"],
    [
      "a file cut within a tag",
      w.file(x).subarray(0, 130),
      "readMat: byte 128 of the file: truncated, the tag of an element needs 8 bytes, 2 are left",
    ],
    [
      "a file cut within data",
      w.file(x).subarray(0, -8),
      "readMat: byte 128 of the file: truncated, an element of 72 bytes begins here, 64 are left",
    ],
    [
      "numbers where a variable is due",
      w.file(w.array(mi.double, [1])),
      "readMat: byte 128 of the file: not a variable, the element's type is 9",
    ],
    [
      "a short element that is too long",
      w.file(w.u32((9 << 16) | 1), w.u32(0)),
      "readMat: byte 128 of the file: not an element: a short one holds at most 4 bytes, its tag says 9",
    ],
    [
      "an unknown class",
      w.file(w.matrix("x", 40, [1, 1], [])),
      "readMat: byte 136 of the file: 40 is no class of MATLAB's",
    ],
    [
      "too few elements",
      w.file(w.matrix("x", mx.double, [2, 2], [w.array(mi.double, [1, 2])])),
      'readMat: byte 176 of the file: "x" has 2 elements, its shape [2, 2] needs 4',
    ],
    [
      "text too short",
      w.file(w.matrix("x", mx.char, [1, 3], [w.array(mi.uint8, [65])])),
      'readMat: byte 176 of the file: "x" has 1 elements, its shape [1, 3] needs 3',
    ],
    [
      "half a number",
      w.file(w.matrix("x", mx.double, [1, 1], [w.element(mi.double, new Uint8Array(4))])),
      "readMat: byte 176 of the file: 4 bytes are no whole count of float64",
    ],
    [
      "a matrix in place of numbers",
      w.file(w.matrix("x", mx.double, [1, 1], [x])),
      "readMat: byte 176 of the file: an element of numbers is needed, its type is 14",
    ],
    [
      "a cell of numbers",
      w.file(w.matrix("x", mx.cell, [1, 1], [w.array(mi.double, [1])])),
      "readMat: byte 176 of the file: a matrix is needed, the element's type is 9",
    ],
    [
      "a struct without field names",
      w.file(w.matrix("x", mx.struct, [1, 1], [w.small(mi.int32, w.u32(0)), w.element(mi.int8, new Uint8Array(0))])),
      'readMat: byte 176 of the file: the field names of "x" have the length 0',
    ],
    [
      "integers beyond float64",
      w.file(w.matrix("x", mx.int64, [1, 1], [w.array(mi.int64, [2 ** 60])])),
      "readMat: element 0 is 1152921504606846976, 64-bit integers are read up to 2^53 - 1, where float64 is exact",
    ],
    [
      "a negative length",
      w.file(w.matrix("x", mx.double, [1, -1], [w.array(mi.double, [])])),
      "readMat: shape [1, -1] needs whole numbers of at least 0, axis 1 is -1",
    ],
    [
      "a sparse matrix",
      w.file(w.matrix("x", mx.sparse, [1, 1], [])),
      'readMat: byte 136 of the file: variable "x" is of class sparse, which is not read',
    ],
    [
      "an object",
      w.file(w.matrix("x", mx.object, [1, 1], [])),
      'readMat: byte 136 of the file: variable "x" is of class object, which is not read',
    ],
    [
      "a function handle",
      w.file(w.matrix("x", mx.function, [1, 1], [])),
      'readMat: byte 136 of the file: variable "x" is of class function, which is not read',
    ],
    [
      "a string object",
      w.file(opaque),
      'readMat: byte 136 of the file: variable "s" is of class opaque, which is not read',
    ],
    [
      "a sparse matrix within a cell",
      w.file(w.matrix("c", mx.cell, [1, 1], [w.matrix("", mx.sparse, [1, 1], [])])),
      'readMat: byte 184 of the file: variable "c{1}" is of class sparse, which is not read',
    ],
    ["a failing checksum", w.file(broken), "readMat: byte 128 of the file: compressed data that fail their checksum"],
    [
      "data that do not unpack",
      w.file(w.element(mi.compressed, new Uint8Array(20).fill(255))),
      "readMat: byte 128 of the file: compressed data that cannot be read (invalid zlib data)",
    ],
    [
      "a broken variable within compressed data",
      w.file(w.compressed(x.subarray(0, 20))),
      "readMat: byte 0 of the data compressed at byte 128: truncated, an element of 72 bytes begins here, 12 are left",
    ],
  ];
  it.each(cases)("%s", (_, bytes, message) => {
    expect(() => readMat(bytes)).toThrow(new InputError(message));
    expect(message).not.toContain("\n");
  });

  it("a missing variable, naming those that are there", () => {
    const message = 'readMat: the file has no variable "y", it has x';
    expect(() => readMat(w.file(x), { variables: ["y"] })).toThrow(new InputError(message));
    const none = 'readMat: the file has no variable "y", it has no variables';
    expect(() => readMat(w.file(), { variables: ["y"] })).toThrow(new InputError(none));
  });

  it("what are no bytes, and options it does not know", () => {
    expect(() => readMat("x.mat" as unknown as Uint8Array)).toThrow(
      'readMat: bytes is "x.mat", a Uint8Array is needed',
    );
    expect(() => readMat(w.file(x), { names: ["x"] } as object)).toThrow(
      'readMat: option "names" is not known, it takes variables',
    );
  });

  it("any cut of a good file, and never with anything but one line", () => {
    for (const bytes of [w.file(x, x), w.file(w.compressed(x))]) {
      for (let length = 0; length < bytes.length; length++) {
        // a cut between two variables leaves a whole file
        if (length === 128 || length === 128 + x.length) continue;
        expect(() => readMat(bytes.subarray(0, length))).toThrow(/^readMat: [^\n]+$/);
      }
    }
  });
});
