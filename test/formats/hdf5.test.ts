import { describe, expect, it } from "vitest";
import { readHdf5 } from "../../src/formats/hdf5.js";
import { attributeOf, kindAt, numberAt, numbersAt, textsAt } from "../../src/formats/hdf5-read.js";
import { writeHdf5 } from "../../src/formats/hdf5-write.js";
import { InputError } from "../../src/tensor/errors.js";
import { oddNwb } from "./hdf5-fixtures.js";

const numbers = Float32Array.from({ length: 3000 }, (_, i) => Math.sin(i));
const packedFile = () => writeHdf5("test", { datasets: { x: { data: numbers, shape: [300, 10], packed: true } } });
const readX = (bytes: Uint8Array) => readHdf5("test", bytes, "an HDF5 file", (file) => numbersAt(file, "x"));

describe("readHdf5", () => {
  it("reads back what writeHdf5 wrote: numbers of every type, texts, attributes, references", async () => {
    const types = [
      Int8Array.of(-5, 5),
      Uint8Array.of(5, 250),
      Int16Array.of(-5, 5),
      Uint16Array.of(5, 65_000),
      Int32Array.of(-5, 5),
      Uint32Array.of(5, 2 ** 32 - 1),
      Float32Array.of(0.1, -2),
      Float64Array.of(0.1, -2),
    ];
    const datasets = Object.fromEntries(types.map((data) => [data.constructor.name, { data }]));
    const bytes = await writeHdf5("test", {
      attributes: { one: 2.5, text: "µm", list: ["a", "b"], target: { reference: "inner/texts" } },
      datasets,
      groups: { inner: { datasets: { texts: { data: ["x", "é"] }, word: { data: "hello" }, pi: { data: Math.PI } } } },
      links: { alias: "inner" },
    });
    await readHdf5("test", bytes, "an HDF5 file", (file) => {
      for (const data of types) expect(numbersAt(file, data.constructor.name).data).toEqual(data);
      expect(attributeOf(file, "", "one")).toEqual([2.5]);
      expect(attributeOf(file, "", "text")).toEqual(["µm"]);
      expect(attributeOf(file, "", "list")).toEqual(["a", "b"]);
      expect(attributeOf(file, "", "none")).toEqual([]);
      expect(textsAt(file, "alias/texts")).toEqual(["x", "é"]);
      expect(textsAt(file, "inner/word")).toEqual(["hello"]);
      expect(numberAt(file, "inner/pi")).toBe(Math.PI);
      const kinds = ["", "inner", "alias/pi", "inner/none", "none/at/all"].map((path) => kindAt(file, path));
      expect(kinds).toEqual(["group", "group", "dataset", "missing", "missing"]);
    });
  });

  it("reads a dataset larger than one slab as it was", async () => {
    const data = Float64Array.from({ length: 1_500_000 }, (_, i) => i);
    const bytes = await writeHdf5("test", { datasets: { x: { data, shape: [300_000, 5] } } });
    const { data: read, shape } = await readX(bytes);
    expect(shape).toEqual([300_000, 5]);
    expect(read.every((value, i) => value === i)).toBe(true);
  });

  it.each([
    ["lzf", "packed by HDF5 filter 32000 (LZF), which is not read: save it with gzip, or without compression"],
    ["half", "holds float16, integers, 32- and 64-bit floats and booleans are read"],
    ["virtual", "is a virtual dataset, whose numbers lie elsewhere"],
    ["linked", "is a link that leads nowhere, a dataset is needed"],
  ])("refuses %s, which the library would give as noise or not at all", async (name, message) => {
    const path = `stimulus/presentation/${name}/data`;
    const read = readHdf5("test", oddNwb, "an HDF5 file", (file) => numbersAt(file, path));
    await expect(read).rejects.toThrow(new InputError(`test: ${path}: ${message}`));
  });

  it("turns the bytes of big-endian numbers round", async () => {
    const path = "stimulus/presentation/big-endian/data";
    const { data } = await readHdf5("test", oddNwb, "an HDF5 file", (file) => numbersAt(file, path));
    expect(data).toEqual(Float64Array.from({ length: 96 }, (_, i) => i % 7));
  });

  it("throws in one line wherever a file is cut", async () => {
    const bytes = await packedFile();
    for (let length = 1; length < bytes.length; length += 211) {
      const error = await readX(bytes.slice(0, length)).then(
        () => undefined,
        (reason: Error) => reason,
      );
      expect(error?.message).toMatch(/^test: (truncated or damaged: .+|not an HDF5 file: it has no HDF5 signature)$/);
    }
    // and the library still works
    expect((await readX(bytes)).data).toEqual(numbers);
  });

  it("throws where packed numbers are damaged", async () => {
    const bytes = await packedFile();
    // most of the file is packed numbers
    bytes[bytes.length >> 1] ^= 0xff;
    await expect(readX(bytes)).rejects.toThrow(/^test: truncated or damaged: \S.+$/);
  });

  it("says of a path what lies there instead of a dataset of that kind", async () => {
    const bytes = await writeHdf5("test", {
      datasets: { word: { data: "w" }, two: { data: Int8Array.of(1, 2) } },
      groups: { inner: {} },
    });
    const reads = (path: string, read: typeof numbersAt | typeof numberAt | typeof textsAt) =>
      readHdf5("test", bytes, "an HDF5 file", (file) => read(file, path) as unknown);
    await expect(reads("inner", numbersAt)).rejects.toThrow("test: inner: is a group, a dataset is needed");
    await expect(reads("none", numbersAt)).rejects.toThrow("test: none: is missing, a dataset is needed");
    await expect(reads("word", numbersAt)).rejects.toThrow("test: word: holds text, integers, 32- and 64-bit floats");
    await expect(reads("two", textsAt)).rejects.toThrow("test: two: holds int8, text is needed");
    await expect(reads("two", numberAt)).rejects.toThrow("test: two: has shape [2], one number is needed");
  });

  it("lets errors of the caller's own pass as they are", async () => {
    const fails = packedFile().then((bytes) =>
      readHdf5("test", bytes, "an HDF5 file", () => {
        throw new TypeError("mine");
      }),
    );
    await expect(fails).rejects.toThrow(TypeError);
  });
});
