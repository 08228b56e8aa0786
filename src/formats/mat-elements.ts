import { unzlibSync } from "fflate";
import { refuse } from "../tensor/errors.js";
import { adler32 } from "./checksums.js";
import { bytesOf, decodeNumbers, type StoredType } from "./numbers.js";
import type { NumericData } from "./numeric-array.js";

/** The numbers of the elements that carry a structure; those that carry numbers are in `storedTypes`. */
export const miMatrix = 14;
export const miCompressed = 15;

/** Element type -> how its numbers lie. UTF-8, UTF-16 and UTF-32 text (16 to 18) are unsigned integers first. */
const storedTypes: Readonly<Record<number, StoredType>> = {
  1: "int8",
  2: "uint8",
  3: "int16",
  4: "uint16",
  5: "int32",
  6: "uint32",
  7: "float32",
  9: "float64",
  12: "int64",
  13: "uint64",
  16: "uint8",
  17: "uint16",
  18: "uint32",
};

/** Bytes with their byte order, and what an error calls them. */
export interface MatBytes {
  readonly bytes: Uint8Array;
  readonly little: boolean;
  /** "" for the file itself, else the place in it that was uncompressed */
  readonly within: string;
}

/** One data element: its type, and where its bytes lie. */
export interface MatElement {
  readonly type: number;
  /** where the tag begins, for errors */
  readonly at: number;
  readonly start: number;
  readonly length: number;
  /** where the next element begins */
  readonly next: number;
}

/** Refuses with the place: `readMat: byte 128 of the file: what`. */
export function refuseAt(source: MatBytes, at: number, what: string): never {
  refuse("readMat", `byte ${at} of the ${source.within || "file"}: ${what}`);
}

/** The element whose tag begins at `at`, all of it before `end`. */
export function elementAt(source: MatBytes, at: number, end: number): MatElement {
  if (at + 8 > end) refuseAt(source, at, `truncated, the tag of an element needs 8 bytes, ${end - at} are left`);
  const view = new DataView(source.bytes.buffer, source.bytes.byteOffset, source.bytes.byteLength);
  const first = view.getUint32(at, source.little);
  // A small element packs its length into the upper half of the type and its data into the tag's second half.
  if (first >>> 16 !== 0) {
    const length = first >>> 16;
    if (length > 4) refuseAt(source, at, `not an element: a short one holds at most 4 bytes, its tag says ${length}`);
    return { type: first & 0xffff, at, start: at + 4, length, next: at + 8 };
  }
  const length = view.getUint32(at + 4, source.little);
  if (at + 8 + length > end) {
    refuseAt(source, at, `truncated, an element of ${length} bytes begins here, ${end - at - 8} are left`);
  }
  const padded = first === miCompressed ? length : Math.ceil(length / 8) * 8;
  return { type: first, at, start: at + 8, length, next: Math.min(at + 8 + padded, end) };
}

/** The numbers of an element. */
export function numbersOf(source: MatBytes, element: MatElement): NumericData {
  const type = storedTypes[element.type];
  if (type === undefined) refuseAt(source, element.at, `an element of numbers is needed, its type is ${element.type}`);
  const count = element.length / bytesOf[type];
  if (!Number.isInteger(count)) refuseAt(source, element.at, `${element.length} bytes are no whole count of ${type}`);
  return decodeNumbers("readMat", source.bytes, element.start, count, type, source.little);
}

/** What a compressed element holds. */
export function uncompressed(source: MatBytes, element: MatElement): MatBytes {
  const packed = source.bytes.subarray(element.start, element.start + element.length);
  let bytes: Uint8Array;
  try {
    bytes = unzlibSync(packed);
  } catch (error) {
    refuseAt(source, element.at, `compressed data that cannot be read (${(error as Error).message})`);
  }
  const stored = new DataView(packed.buffer, packed.byteOffset, packed.byteLength).getUint32(packed.length - 4);
  if (adler32(bytes) !== stored) refuseAt(source, element.at, "compressed data that fail their checksum");
  return { bytes, little: source.little, within: `data compressed at byte ${element.at}` };
}
