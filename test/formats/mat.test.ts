import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listMat, readMat } from "../../src/formats/mat.js";
import type { NumericArray } from "../../src/formats/numeric-array.js";
import { InputError } from "../../src/tensor/errors.js";
import { realFile } from "../real-data.js";
import { ascii, joined, mi, mx, writer } from "./mat-writer.js";

const w = writer();

function arrayIn(bytes: Uint8Array, name: string): NumericArray {
  const value = readMat(bytes).get(name);
  if (value?.kind !== "array") throw new Error(`${name} is ${value?.kind}`);
  return value;
}

const numericClasses = [
  ["int8", mx.int8, mi.int8, Int8Array, [-128, 127, 0]],
  ["uint8", mx.uint8, mi.uint8, Uint8Array, [0, 255, 7]],
  ["int16", mx.int16, mi.int16, Int16Array, [-32768, 32767, 1]],
  ["uint16", mx.uint16, mi.uint16, Uint16Array, [0, 65535, 2]],
  ["int32", mx.int32, mi.int32, Int32Array, [-(2 ** 31), 2 ** 31 - 1, 3]],
  ["uint32", mx.uint32, mi.uint32, Uint32Array, [0, 2 ** 32 - 1, 4]],
  ["int64", mx.int64, mi.int64, Float64Array, [-(2 ** 53 - 1), 2 ** 53 - 1, 5]],
  ["uint64", mx.uint64, mi.uint64, Float64Array, [0, 2 ** 53 - 1, 6]],
  ["single", mx.single, mi.single, Float32Array, [1.5, -(2 ** -140), Infinity]],
  ["double", mx.double, mi.double, Float64Array, [Math.PI, NaN, -Infinity]],
] as const;

describe("readMat", () => {
  it.each(numericClasses)(
    "reads %s in both byte orders, plain and compressed",
    (name, mxClass, type, Wanted, values) => {
      for (const big of [false, true]) {
        const to = writer({ big });
        const variable = to.matrix("values", mxClass, [1, 3], [to.array(type, values)]);
        for (const bytes of [to.file(variable), to.file(to.compressed(variable))]) {
          const array = arrayIn(bytes, "values");
          expect(array).toMatchObject({ type: name, shape: [1, 3], order: "column-major" });
          expect(array.data).toBeInstanceOf(Wanted);
          expect(Array.from(array.data)).toEqual([...values]);
        }
      }
    },
  );

  it("gives numbers in their class, whatever smaller type they were packed into, and short data in the tag", () => {
    const packed = w.matrix("x", mx.double, [3, 1], [w.small(mi.int8, w.numbers(mi.int8, [-1, 2, 3]))]);
    const array = arrayIn(w.file(packed), "x");
    expect(array.data).toEqual(new Float64Array([-1, 2, 3]));
  });

  it("keeps MATLAB's column-major order and every axis", () => {
    const values = Array.from({ length: 24 }, (_, i) => i);
    const array = arrayIn(w.file(w.matrix("cube", mx.uint8, [2, 3, 4], [w.array(mi.uint8, values)])), "cube");
    expect(array.shape).toEqual([2, 3, 4]);
    const [i, j, k] = [1, 2, 3];
    expect(array.data[i + 2 * (j + 3 * k)]).toBe(23);
    expect(Array.from(array.data)).toEqual(values);
  });

  it("reads logical, complex and empty arrays", () => {
    const bytes = w.file(
      w.matrix("yes", mx.uint8, [1, 2], [w.array(mi.uint8, [1, 0])], 2),
      w.matrix("z", mx.double, [1, 2], [w.array(mi.double, [1, 2]), w.array(mi.double, [3, 4])], 8),
      w.matrix("none", mx.double, [0, 5], [w.array(mi.double, [])]),
    );
    expect(arrayIn(bytes, "yes")).toMatchObject({ type: "logical", data: new Uint8Array([1, 0]) });
    expect(arrayIn(bytes, "z")).toMatchObject({ data: new Float64Array([1, 2]), imaginary: new Float64Array([3, 4]) });
    expect(arrayIn(bytes, "none")).toMatchObject({ shape: [0, 5], data: new Float64Array(0) });
  });

  it("reads text row by row, in 8 and 16 bits and in UTF-8", () => {
    const bytes = w.file(
      w.matrix("word", mx.char, [1, 4], [w.array(mi.uint16, [103, 114, 0xfc, 110])]),
      w.matrix("rows", mx.char, [2, 3], [w.array(mi.uint8, [...ascii("adbecf")])]),
      w.matrix("utf", mx.char, [1, 2], [w.array(mi.utf8, [0xc3, 0xbc, 0x61])]),
      w.matrix("pair", mx.char, [1, 2], [w.array(mi.utf8, [0xf0, 0x9d, 0x84, 0x9e])]),
      w.matrix("blank", mx.char, [0, 0], [w.array(mi.uint8, [])]),
    );
    const rows = [...readMat(bytes).values()].map((value) => (value.kind === "text" ? value.rows : []));
    expect(rows).toEqual([["gr\u00fcn"], ["abc", "def"], ["\u00fca"], ["\u{1d11e}"], []]);
  });

  it("reads cells and structs, nested, with MATLAB's empty element", () => {
    const five = w.matrix("", mx.double, [1, 1], [w.array(mi.double, [5])]);
    const cell = w.matrix("c", mx.cell, [1, 2], [five, w.element(mi.matrix, new Uint8Array(0))]);
    const names = joined(ascii("rate\0\0\0\0"), ascii("unit\0\0\0\0"));
    const unit = w.matrix("", mx.char, [1, 2], [w.array(mi.uint8, [...ascii("Hz")])]);
    const struct = w.matrix(
      "s",
      mx.struct,
      [1, 1],
      [w.small(mi.int32, w.u32(8)), w.element(mi.int8, names), five, unit],
    );
    const found = readMat(w.file(cell, struct));
    expect(found.get("c")).toMatchObject({
      kind: "cell",
      shape: [1, 2],
      values: [{ data: new Float64Array([5]) }, { shape: [0, 0] }],
    });
    expect(found.get("s")).toMatchObject({
      kind: "struct",
      elements: [{ rate: { data: new Float64Array([5]) }, unit: { rows: ["Hz"] } }],
    });
  });

  it("reads only the wanted variables, and passes over what it cannot read", () => {
    const bytes = w.file(
      w.matrix("thin", mx.sparse, [9, 9], [w.array(mi.int32, [0]), w.array(mi.int32, [0])]),
      w.matrix("x", mx.double, [1, 1], [w.array(mi.double, [2])]),
    );
    expect([...readMat(bytes, { variables: ["x"] }).keys()]).toEqual(["x"]);
    expect(listMat(bytes)).toEqual([
      { name: "thin", class: "sparse", shape: [9, 9] },
      { name: "x", class: "double", shape: [1, 1] },
    ]);
  });

  it("passes over the nameless data that MATLAB keeps at the end for its objects", () => {
    const bytes = w.file(
      w.matrix("x", mx.double, [1, 1], [w.array(mi.double, [2])]),
      w.matrix("", mx.uint8, [1, 1], [w.array(mi.uint8, [9])]),
    );
    expect(listMat(bytes).map(({ name }) => name)).toEqual(["x"]);
  });
});

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
      "readMat: this is a MATLAB 7.3 file (HDF5), which is not read: save it again by save(name, '-v7')",
    ],
    [
      "bare HDF5",
      ascii("\x89HDF\r\n\x1a\n".padEnd(512)),
      "readMat: this is a MATLAB 7.3 file (HDF5), which is not read: save it again by save(name, '-v7')",
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
      "readMat: byte 128 of the file: truncated, an element of 80 bytes begins here, 72 are left",
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
      "readMat: byte 0 of the data compressed at byte 128: truncated, an element of 80 bytes begins here, 12 are left",
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

describe("files of other programs", () => {
  it("agree with SciPy's writer, compressed or not", (ctx) => {
    const folder = mkdtempSync(join(tmpdir(), "striate-mat-"));
    try {
      const script = `
import numpy as np, scipy.io
values = dict(a=np.arange(24, dtype='int16').reshape(2, 3, 4), b=np.array([[1.5, -2.0]]), t='text', f=np.float32([[1], [2]]),
  l=np.array([[True, False]]), s={'k': np.array([[3.0]])}, z=np.array([[1+2j]]))
scipy.io.savemat('plain.mat', values, do_compression=False)
scipy.io.savemat('packed.mat', values, do_compression=True)`;
      const python = spawnSync("python3", ["-c", script], { cwd: folder });
      if (python.status !== 0) {
        console.warn("SKIPPED: python3 with SciPy is not here to write MATLAB files");
        return ctx.skip();
      }
      for (const name of ["plain.mat", "packed.mat"]) {
        const found = readMat(readFileSync(join(folder, name)));
        const a = found.get("a") as NumericArray;
        expect(a).toMatchObject({ type: "int16", shape: [2, 3, 4] });
        expect(a.data[1 + 2 * (2 + 3 * 3)]).toBe(23);
        expect(a.data[0 + 2 * (1 + 3 * 2)]).toBe(6);
        expect(found.get("b")).toMatchObject({ data: new Float64Array([1.5, -2]) });
        expect(found.get("t")).toMatchObject({ rows: ["text"] });
        expect(found.get("f")).toMatchObject({ shape: [2, 1], data: new Float32Array([1, 2]) });
        expect(found.get("l")).toMatchObject({ data: new Uint8Array([1, 0]) });
        expect(found.get("s")).toMatchObject({ elements: [{ k: { data: new Float64Array([3]) } }] });
        expect(found.get("z")).toMatchObject({ data: new Float64Array([1]), imaginary: new Float64Array([2]) });
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("hold the fly's recording as it is published", (ctx) => {
    const path = realFile("dayan-abbott/c1p8.mat");
    if (path === undefined) return ctx.skip();
    const bytes = readFileSync(path);
    expect(listMat(bytes)).toMatchObject([
      { name: "rho", shape: [600_000, 1] },
      { name: "stim", shape: [600_000, 1] },
    ]);
    expect(arrayIn(bytes, "rho").data.reduce((sum, spike) => sum + spike, 0)).toBe(53_601);
  });
});
