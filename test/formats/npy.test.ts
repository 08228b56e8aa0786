import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readNpy, writeNpy } from "../../src/formats/npy.js";
import { readNpz, writeNpz } from "../../src/formats/npz.js";
import { type NumericArray, tensorFrom } from "../../src/formats/numeric-array.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { realFile } from "../real-data.js";
import { ascii, joined } from "./mat-writer.js";

/** An npy file by hand. */
function npy(header: string, data: Uint8Array, version = 1): Uint8Array {
  const text = ascii(header);
  const length = version === 1 ? [text.length & 255, text.length >> 8] : [text.length & 255, text.length >> 8, 0, 0];
  return joined(ascii("\x93NUMPY"), new Uint8Array([version, 0, ...length]), text, data);
}

const bytesOf = (data: NumericArray["data"]) => new Uint8Array(data.buffer);

describe("readNpy", () => {
  it("reads headers of versions 1 to 3", () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 1), }\n";
    for (const version of [1, 2, 3]) {
      const array = readNpy(npy(header, bytesOf(new Float32Array([1.5, -2])), version));
      expect(array).toEqual({
        kind: "array",
        type: "<f4",
        shape: [2, 1],
        order: "row-major",
        data: new Float32Array([1.5, -2]),
      });
    }
  });

  it("turns Fortran order into rows, and big-endian numbers around", () => {
    const header = "{'descr': '>i2', 'fortran_order': True, 'shape': (2, 3), }\n";
    // columns (0, 1), (2, 3), (4, 5), the high byte first
    const array = readNpy(npy(header, new Uint8Array([0, 0, 0, 1, 0, 2, 0, 3, 0, 4, 0, 5])));
    expect(array.shape).toEqual([2, 3]);
    expect(Array.from(array.data)).toEqual([0, 2, 4, 1, 3, 5]);
  });

  it("reads one number without axes and arrays without elements", () => {
    expect(readNpy(npy("{'descr': '|b1', 'fortran_order': False, 'shape': (), }", new Uint8Array([1])))).toMatchObject({
      shape: [],
      data: new Uint8Array([1]),
    });
    expect(
      readNpy(npy("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 4), }", new Uint8Array(0))).shape,
    ).toEqual([0, 4]);
  });

  it("reads AlexNet's kernels", (ctx) => {
    const path = realFile("kernels/alexnet-conv1.npy");
    if (path === undefined) return ctx.skip();
    const kernels = tensorFrom(readNpy(readFileSync(path)));
    expect(kernels.shape).toEqual([96, 3, 11, 11]);
    const power = Float64Array.from(kernels.data).reduce((sum, weight) => sum + weight * weight, 0);
    expect(Number.isFinite(power) && power > 0).toBe(true);
  });

  const float = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  const refusals: readonly (readonly [string, Uint8Array, string])[] = [
    ["an empty file", new Uint8Array(0), "readNpy: the file is empty, an npy file is needed"],
    ["another format", ascii("PK\x03\x04 and more"), "readNpy: not an npy file: it does not begin with \\x93NUMPY"],
    ["another version", npy(float, new Uint8Array(8), 4), "readNpy: the file's version is 4, versions 1 to 3 are read"],
    [
      "a header cut short",
      npy(float, new Uint8Array(8)).subarray(0, 40),
      "readNpy: truncated in its header: the file has 40 bytes",
    ],
    [
      "a length cut short",
      npy(float, new Uint8Array(8)).subarray(0, 9),
      "readNpy: truncated in its header: the file has 9 bytes",
    ],
    [
      "data cut short",
      npy(float, new Uint8Array(7)),
      'readNpy: truncated, [2] of "<f4" needs 8 bytes from byte 67 on, 7 are left',
    ],
    [
      "complex numbers",
      npy(float.replace("<f4", "<c8"), new Uint8Array(16)),
      'readNpy: the type is "<c8", booleans, integers and real floats up to 64 bits are read',
    ],
    [
      "text",
      npy(float.replace("<f4", "<U5"), new Uint8Array(40)),
      'readNpy: the type is "<U5", booleans, integers and real floats up to 64 bits are read',
    ],
    [
      "objects",
      npy(float.replace("<f4", "|O"), new Uint8Array(40)),
      'readNpy: the type is "|O", booleans, integers and real floats up to 64 bits are read',
    ],
    [
      "records",
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }", new Uint8Array(4)),
      "readNpy: the type is a record of fields, which is not read",
    ],
    [
      "a header that is none",
      npy("{'descr': '<f4'}", new Uint8Array(4)),
      `readNpy: the header needs descr, fortran_order and shape, it is "{'descr': '<f4'}"`,
    ],
  ];
  it.each(refusals)("refuses %s in one line", (_, bytes, message) => {
    expect(() => readNpy(bytes)).toThrow(new InputError(message));
  });

  it("refuses what are no bytes", () => {
    expect(() => readNpy([1] as unknown as Uint8Array)).toThrow(
      "readNpy: bytes is a list of 1, a Uint8Array is needed",
    );
  });
});

describe("writeNpy", () => {
  it("is undone by readNpy, for any shape, and begins its numbers at a multiple of 64 bytes", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 6 }), fc.boolean(), (shape, wide) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const array = tensor(
          Float64Array.from({ length: size }, (_, i) => i / 3),
          shape,
          wide ? "float64" : "float32",
        );
        const bytes = writeNpy(array);
        expect(tensorFrom(readNpy(bytes))).toEqual(array);
        expect((bytes.length - array.data.byteLength) % 64).toBe(0);
      }),
    );
  });

  it("keeps the element type of a file's array and writes columns as rows", () => {
    const array: NumericArray = {
      kind: "array",
      type: "int16",
      shape: [2, 2],
      order: "column-major",
      data: new Int16Array([1, 2, 3, 4]),
    };
    expect(readNpy(writeNpy(array))).toMatchObject({ type: "<i2", data: new Int16Array([1, 3, 2, 4]) });
    const bytes: NumericArray = { ...array, data: new Uint8Array([1, 2, 3, 4]) };
    expect(readNpy(writeNpy(bytes)).type).toBe("|u1");
  });

  it("refuses complex numbers", () => {
    const data = new Float64Array(1);
    const array: NumericArray = {
      kind: "array",
      type: "double",
      shape: [1],
      order: "row-major",
      data,
      imaginary: data,
    };
    expect(() => writeNpy(array)).toThrow(new InputError("writeNpy: array is complex, real numbers are needed"));
  });
});

describe("NumPy", () => {
  it("writes files that are read, and reads files that are written", (ctx) => {
    const folder = mkdtempSync(join(tmpdir(), "striate-npy-"));
    try {
      const write = `
import numpy as np
a = np.arange(24).reshape(2, 3, 4)
for t in ['?', 'i1', 'u1', '<i2', '>u2', '<i4', '>u4', '<i8', '>u8', '<f2', '>f2', '<f4', '>f4', '<f8', '>f8']:
  np.save('t_' + t.replace('<', 'l').replace('>', 'b').replace('?', 'q') + '.npy', a.astype(t))
np.save('fortran.npy', np.asfortranarray(a.astype('f4')))
np.savez('plain.npz', stim=a.astype('f4'), counts=np.array([1, 2]))
np.savez_compressed('packed.npz', stim=a.astype('f4'), counts=np.array([1, 2]))`;
      if (spawnSync("python3", ["-c", write], { cwd: folder }).status !== 0) {
        console.warn("SKIPPED: python3 with NumPy is not here to exchange files with");
        return ctx.skip();
      }
      const expected = Array.from({ length: 24 }, (_, i) => i);
      const types = ["i1", "u1", "li2", "bu2", "li4", "bu4", "li8", "bu8", "lf2", "bf2", "lf4", "bf4", "lf8", "bf8"];
      for (const type of types) {
        const array = readNpy(readFileSync(join(folder, `t_${type}.npy`)));
        expect(array.shape, type).toEqual([2, 3, 4]);
        expect(Array.from(array.data), type).toEqual(expected);
      }
      expect(Array.from(readNpy(readFileSync(join(folder, "t_q.npy"))).data)).toEqual([0, ...new Array(23).fill(1)]);
      expect(Array.from(readNpy(readFileSync(join(folder, "fortran.npy"))).data)).toEqual(expected);
      for (const name of ["plain.npz", "packed.npz"]) {
        const arrays = readNpz(readFileSync(join(folder, name)));
        expect([...arrays.keys()]).toEqual(["stim", "counts"]);
        expect(Array.from(arrays.get("stim")!.data)).toEqual(expected);
        expect(Array.from(arrays.get("counts")!.data)).toEqual([1, 2]);
      }
      const ours = tensor(expected, [2, 3, 4]);
      writeFileSync(join(folder, "ours.npy"), writeNpy(ours));
      writeFileSync(join(folder, "ours.npz"), writeNpz({ a: ours, b: tensor([0.5], [], "float64") }));
      const check = `
import numpy as np
a = np.arange(24).reshape(2, 3, 4)
x = np.load('ours.npy'); z = np.load('ours.npz')
assert x.dtype == np.float32 and (x == a).all()
assert (z['a'] == a).all() and z['b'].shape == () and z['b'] == .5 and z['b'].dtype == np.float64`;
      const python = spawnSync("python3", ["-c", check], { cwd: folder, encoding: "utf8" });
      expect(python.stderr).toBe("");
      expect(python.status).toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
