import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listMat, readMat } from "../../src/formats/mat.js";
import type { NumericArray } from "../../src/formats/numeric-array.js";
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
    expect(Float64Array.from(arrayIn(bytes, "rho").data).reduce((sum, spike) => sum + spike, 0)).toBe(53_601);
  });
});
