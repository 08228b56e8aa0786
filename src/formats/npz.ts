import { describe } from "../tensor/arguments.js";
import { InputError, refuse } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { readNpy, writeNpy } from "./npy.js";
import type { NumericArray } from "./numeric-array.js";
import { readZip, writeZip } from "./zip.js";

/**
 * The arrays of an `.npz` file, by name without `.npy`, each as `readNpy` gives it.
 *
 * @param bytes the whole file, from `numpy.savez` or `numpy.savez_compressed`
 * @param names the arrays to read; the others are passed over. Default: all
 * @returns a map from name to array, in the file's order
 * @throws InputError if the archive is empty, damaged, truncated or of another format, an array is missing, or cannot be
 *   read by `readNpy`
 */
export function readNpz(bytes: Uint8Array, names?: readonly string[]): ReadonlyMap<string, NumericArray> {
  const where = "readNpz";
  const files = arraysIn(where, bytes);
  const missing = names?.find((name) => !files.has(name));
  if (missing !== undefined) {
    refuse(where, `the file has no array "${missing}", it has ${[...files.keys()].join(", ") || "no arrays"}`);
  }
  const wanted = [...files].filter(([name]) => names?.includes(name) ?? true);
  return new Map(wanted.map(([name, content]) => [name, readEntry(where, name, content)]));
}

/**
 * The names of an `.npz` file's arrays without `.npy`, in the file's order, whether they can be read or not.
 *
 * @param bytes the whole file
 * @throws InputError as `readNpz` does for what is not such a file
 */
export function listNpz(bytes: Uint8Array): readonly string[] {
  return [...arraysIn("readNpz", bytes).keys()];
}

function arraysIn(where: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  if (!(bytes instanceof Uint8Array)) refuse(where, `bytes is ${describe(bytes)}, a Uint8Array is needed`);
  if (bytes.length === 0) refuse(where, "the file is empty, an npz archive is needed");
  return new Map([...readZip(where, bytes)].map(([name, content]) => [name.replace(/\.npy$/, ""), content]));
}

/**
 * An `.npz` file, compressed, that `numpy.load` reads; the same arrays give the same bytes.
 *
 * @param arrays name (without `.npy`) -> tensor or array from a file
 * @returns the bytes of the file
 * @throws InputError if an array is complex or none
 */
export function writeNpz(arrays: Readonly<Record<string, Tensor | NumericArray>>): Uint8Array {
  const files = Object.entries(arrays).map(([name, array]) => [`${name}.npy`, writeNpy(array)] as const);
  return writeZip(new Map(files));
}

function readEntry(where: string, name: string, content: Uint8Array): NumericArray {
  try {
    return readNpy(content);
  } catch (error) {
    if (error instanceof InputError) refuse(where, `array "${name}": ${error.message.replace(/^readNpy: /, "")}`);
    throw error;
  }
}
