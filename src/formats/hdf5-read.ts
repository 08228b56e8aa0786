import type { Dataset, Group, Metadata, Reference } from "h5wasm";
import { refuse } from "../tensor/errors.js";
import { checkShape, sizeOf } from "../tensor/tensor.js";
import type { Hdf5File } from "./hdf5.js";
import { filterText, readFilters, storedTypeOf, typeText } from "./hdf5-types.js";
import { decodeNumbers } from "./numbers.js";
import type { NumericArray } from "./numeric-array.js";

/** What lies at a path; a link that leads nowhere, or into another file, is "broken". */
export type Hdf5Kind = "group" | "dataset" | "other" | "broken" | "missing";

/** Refuses with the path: `where: path: what`. Paths go from the root, `units/spike_times`; the root is "". */
export function refusePath({ where }: Hdf5File, path: string, what: string): never {
  refuse(where, `${path || "the file's root"}: ${what}`);
}

/** The names in a group, none if it is no group. */
export function namesIn({ h5, file }: Hdf5File, path: string): readonly string[] {
  const entity = path === "" ? file : file.get(path);
  return entity instanceof h5.Group ? entity.keys() : [];
}

export function kindAt({ h5, file }: Hdf5File, path: string): Hdf5Kind {
  if (path === "") return "group";
  let entity: ReturnType<Group["get"]>;
  try {
    entity = file.get(path);
  } catch {
    // what a link into another file, or through a damaged group, comes to
    return "broken";
  }
  if (entity === null) return "missing";
  if (entity instanceof h5.Group) return "group";
  if (entity instanceof h5.Dataset) return "dataset";
  return entity instanceof h5.Datatype ? "other" : "broken";
}

/** An attribute of numbers or texts as a list; empty where there is none, or it is of another type. */
export function attributeOf({ h5, file }: Hdf5File, path: string, name: string): readonly (number | string)[] {
  const at = path === "" ? "/" : path;
  if (!h5.Module.get_attribute_names(file.file_id, at).includes(name)) return [];
  const { value } = new h5.Attribute(file.file_id, at, name);
  if (typeof value === "number" || typeof value === "string") return [value];
  if (typeof value === "bigint") return [Number(value)];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number | bigint>, Number);
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}

/** The first value of an attribute of texts, "" where there is none. */
export function textAttribute(source: Hdf5File, path: string, name: string): string {
  return String(attributeOf(source, path, name)[0] ?? "");
}

/** A dataset's type in words and its shape; the dataset need not be one that can be read. */
export function headingOf(
  { file }: Hdf5File,
  path: string,
): { readonly type: string; readonly shape: readonly number[] } {
  const { metadata } = file.get(path) as Dataset;
  return { type: typeText(metadata), shape: metadata.shape ?? [] };
}

/** A dataset of integers, 32- or 64-bit floats or booleans, row-major; anything else is refused, never guessed. */
export function numbersAt(source: Hdf5File, path: string): NumericArray {
  const { metadata, shape } = datasetAt(source, path);
  const type = storedTypeOf(metadata);
  if (type === undefined)
    refusePath(source, path, `holds ${typeText(metadata)}, integers, 32- and 64-bit floats and booleans are read`);
  const bytes = bytesAt(source, path, metadata, shape);
  const data = decodeNumbers(`${source.where}: ${path}`, bytes, 0, sizeOf(shape), type, true);
  return { kind: "array", type: typeText(metadata), shape, order: "row-major", data };
}

/** The paths that a dataset of references names. */
export function referencesAt(source: Hdf5File, path: string): readonly string[] {
  const { dataset, metadata } = datasetAt(source, path);
  if (metadata.ref_type !== "object")
    refusePath(source, path, `holds ${typeText(metadata)}, references to objects are needed`);
  const { value } = dataset;
  return (value as Reference[]).map((reference) => {
    const entity = source.file.dereference(reference);
    if (entity instanceof source.h5.Dataset || entity instanceof source.h5.Group) return entity.path.replace(/^\//, "");
    return refusePath(source, path, "holds a reference that leads nowhere");
  });
}

/** A dataset's one number. */
export function numberAt(source: Hdf5File, path: string): number {
  const { data, shape } = numbersAt(source, path);
  if (data.length !== 1) refusePath(source, path, `has shape [${shape.join(", ")}], one number is needed`);
  return data[0];
}

/** A dataset of texts, in row-major order. */
export function textsAt(source: Hdf5File, path: string): readonly string[] {
  const { metadata, dataset } = datasetAt(source, path);
  if (typeText(metadata) !== "text") refusePath(source, path, `holds ${typeText(metadata)}, text is needed`);
  const { value } = dataset;
  return typeof value === "string" ? [value] : (value as string[]);
}

const notDatasets: Readonly<Record<Exclude<Hdf5Kind, "dataset">, string>> = {
  group: "is a group",
  other: "is a named type",
  broken: "is a link that leads nowhere",
  missing: "is missing",
};

/** The dataset at a path, if all that packs its numbers is known. */
function datasetAt(source: Hdf5File, path: string) {
  const kind = kindAt(source, path);
  if (kind !== "dataset") refusePath(source, path, `${notDatasets[kind]}, a dataset is needed`);
  const dataset = source.file.get(path) as Dataset;
  const { metadata, filters } = dataset;
  const unknown = filters.find(({ id }) => !readFilters.includes(id));
  if (unknown !== undefined) {
    refusePath(
      source,
      path,
      `packed by HDF5 ${filterText(unknown)}, which is not read: save it with gzip, or without compression`,
    );
  }
  if ((metadata.virtual_sources ?? []).length > 0)
    refusePath(source, path, "is a virtual dataset, whose numbers lie elsewhere");
  const { shape } = metadata;
  if (shape === null) return refusePath(source, path, "holds nothing, numbers or text are needed");
  checkShape(source.where, shape);
  return { dataset, metadata, shape };
}

/** Bytes that are taken from the library at a time: its memory is small, and it never gives any back. */
const slabBytes = 2 ** 23;

/** The bytes of a dataset's numbers, little-endian, in slabs of whole chunks along the first axis. */
function bytesAt(source: Hdf5File, path: string, metadata: Metadata, shape: readonly number[]): Uint8Array {
  const { Module } = source.h5;
  const { file_id: file } = source.file;
  const out = new Uint8Array(sizeOf(shape) * metadata.size);
  if (out.length === 0) return out;
  const length = shape[0] ?? 1;
  const row = out.length / length;
  const chunk = metadata.chunks?.[0] ?? 1;
  const rows = Math.min(length, Math.max(1, Math.floor(slabBytes / row / chunk)) * chunk);
  const pointer = Module._malloc(rows * row);
  if (pointer === 0) refusePath(source, path, `${rows * row} bytes at once do not fit into memory`);
  try {
    for (let start = 0; start < length; start += rows) {
      const count = Math.min(rows, length - start);
      const counts = shape.map((whole, axis) => BigInt(axis === 0 ? count : whole));
      const from = shape.map((_, axis) => BigInt(axis === 0 ? start : 0));
      const steps = shape.map(() => 1n);
      const target = BigInt(pointer);
      const status =
        shape.length === 0
          ? Module.get_dataset_data(file, path, null, null, null, target)
          : Module.get_dataset_data(file, path, counts, from, steps, target);
      if (status < 0) refusePath(source, path, "cannot be read: truncated or damaged");
      out.set(Module.HEAPU8.subarray(pointer, pointer + count * row), start * row);
    }
  } finally {
    Module._free(pointer);
  }
  return out;
}
