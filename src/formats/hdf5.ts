import type * as H5 from "h5wasm";
import { describe } from "../tensor/arguments.js";
import { InputError, refuse } from "../tensor/errors.js";

export type H5wasm = typeof H5;

/** A file open to read, valid within the call that gave it. */
export interface Hdf5File {
  /** whom an error names */
  readonly where: string;
  readonly h5: H5wasm;
  readonly file: H5.File;
}

let loading: Promise<H5wasm> | undefined;
let opened = 0;

/** The HDF5 library, loaded when the first file needs it. */
export function loadHdf5(): Promise<H5wasm> {
  loading ??= import("h5wasm").then(async (h5) => {
    await h5.ready;
    return h5;
  });
  return loading;
}

/** Where the signature of an HDF5 file lies: at 0, or behind a user block of 512 bytes times a power of 2; -1 if nowhere. */
export function hdf5Start(bytes: Uint8Array): number {
  const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : 2 * at) {
    if (signature.every((byte, i) => bytes[at + i] === byte)) return at;
  }
  return -1;
}

/**
 * Opens an HDF5 file from its bytes, gives it to `read`, closes it, and returns what `read` returned.
 *
 * @param where whom an error names
 * @param format what the file should be, as an error calls it: "an NWB 2 file"
 * @throws InputError if the bytes are no HDF5 file, are truncated or damaged, or hold what is not read
 */
export async function readHdf5<T>(
  where: string,
  bytes: Uint8Array,
  format: string,
  read: (file: Hdf5File) => T,
): Promise<T> {
  if (!(bytes instanceof Uint8Array)) refuse(where, `bytes is ${describe(bytes)}, a Uint8Array is needed`);
  if (bytes.length === 0) refuse(where, `the file is empty, ${format} is needed`);
  if (hdf5Start(bytes) < 0) refuse(where, `not ${format}: it has no HDF5 signature`);
  const h5 = await loadHdf5();
  return inMemory(where, h5, (name) => {
    // without a copy: a file that is read is never written
    h5.FS?.writeFile(name, bytes, { canOwn: true } as object);
    const file = new h5.File(name, "r");
    try {
      return read({ where, h5, file });
    } finally {
      file.close();
    }
  });
}

/** Gives `work` the name of a file in the library's own memory, with its errors thrown, not printed, and said in one line. */
export function inMemory<T>(where: string, { Module, FS }: H5wasm, work: (name: string) => T): T {
  const name = `/${opened++}.h5`;
  Module.activate_throwing_error_handler();
  try {
    return work(name);
  } catch (error) {
    // a TypeError is a fault of the program's, not of the file
    if (error instanceof InputError || error instanceof TypeError) throw error;
    return refuse(where, `truncated or damaged: ${reasonOf(error)}`);
  } finally {
    Module.deactivate_throwing_error_handler();
    if (FS?.analyzePath(name, false).exists) FS.unlink(name);
  }
}

/** The innermost reason of an error of the library, whose message is a stack of them. */
function reasonOf(error: unknown): string {
  const text = String((error as Error)?.message ?? error);
  const reasons = [...text.matchAll(/ in \w+\(\): (.*)/g)].map((match) => match[1].trim());
  return reasons.at(-1) ?? text.split("\n")[0];
}
