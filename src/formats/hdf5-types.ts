import type { Metadata } from "h5wasm";
import type { StoredType } from "./numbers.js";

/** The filters that are read: gzip, shuffle and fletcher32. What another one packed would come back as noise, with no error. */
export const readFilters: readonly number[] = [1, 2, 3];

/** Filters that HDF5 registers, by what people call them. */
const filterNames: Readonly<Record<number, string>> = {
  4: "szip",
  5: "nbit",
  6: "scale-offset",
  307: "bzip2",
  32000: "LZF",
  32001: "Blosc",
  32004: "LZ4",
  32008: "bitshuffle",
  32015: "Zstandard",
  32026: "Blosc2",
};

/** What an error calls a filter. */
export function filterText({ id, name }: { readonly id: number; readonly name: string }): string {
  const known = filterNames[id] ?? name;
  return known === "" ? `filter ${id}` : `filter ${id} (${known})`;
}

/** HDF5's classes of types, by number; the first two are told by their size. */
const classNames = [
  "integers",
  "floats",
  "times",
  "text",
  "bit fields",
  "opaque bytes",
  "records of fields",
  "references",
  "an enumeration",
  "lists of varying length",
  "arrays",
];

/** A type in words: "int16", "float32", "bool", "text", … */
export function typeText(metadata: Metadata): string {
  const { type, size, signed } = metadata;
  if (type === 0) return `${signed ? "int" : "uint"}${8 * size}`;
  if (type === 1) return `float${8 * size}`;
  if (isBoolean(metadata)) return "bool";
  return classNames[type] ?? `type ${type}`;
}

/** A boolean is an enumeration of FALSE and TRUE over a byte. */
function isBoolean({ type, size, enum_type: names }: Metadata): boolean {
  return type === 8 && size === 1 && names?.members.FALSE === 0 && names.members.TRUE === 1;
}

/** How a dataset's numbers lie; undefined where they are not read: the library has no layout of float16 to tell it by. */
export function storedTypeOf(metadata: Metadata): StoredType | undefined {
  if (isBoolean(metadata)) return "uint8";
  const sizes = metadata.type === 0 ? [1, 2, 4, 8] : metadata.type === 1 ? [4, 8] : [];
  return sizes.includes(metadata.size) ? (typeText(metadata) as StoredType) : undefined;
}
