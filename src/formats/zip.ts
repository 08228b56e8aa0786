import { inflateSync, zipSync } from "fflate";
import { refuse } from "../tensor/errors.js";
import { crc32 } from "./checksums.js";
import { textFromUtf8 } from "./numbers.js";

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
}

/**
 * The files of a zip archive by name, each checked against its checksum. Stored and deflated entries are read; encrypted
 * ones and archives beyond 4 GB are refused.
 *
 * @param where whom an error names
 */
export function readZip(where: string, bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (const entry of directoryOf(where, bytes)) files.set(entry.name, contentOf(where, bytes, entry));
  return files;
}

/** A zip archive of the files, deflated; the same files give the same bytes. */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  // A time without a zone is local, and is written as local time: the same two bytes of date everywhere.
  return zipSync(Object.fromEntries(files), { mtime: "1980-01-01T00:00:00" });
}

/** The central directory, which lies at the end. */
function directoryOf(where: string, bytes: Uint8Array): Entry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  // The end record is 22 bytes and a comment of at most 65,535.
  let end = bytes.length - 22;
  while (end >= 0 && end >= bytes.length - 65_557 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0 || view.getUint32(end, true) !== 0x06054b50) {
    refuse(where, "truncated, or not a zip archive: the directory at its end is missing");
  }
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  if (count === 0xffff || at === 0xffffffff) refuse(where, "the archive is beyond 4 GB (zip64), which is not read");
  return Array.from({ length: count }, () => {
    if (at + 46 > bytes.length || view.getUint32(at, true) !== 0x02014b50) {
      refuse(where, `byte ${at} of the archive: an entry of its directory is damaged`);
    }
    const nameLength = view.getUint16(at + 28, true);
    const entry = {
      name: textFromUtf8(bytes.subarray(at + 46, at + 46 + nameLength)),
      method: (view.getUint16(at + 8, true) & 1) === 1 ? -1 : view.getUint16(at + 10, true),
      crc: view.getUint32(at + 16, true),
      packed: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      at: view.getUint32(at + 42, true),
    };
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    return entry;
  });
}

function contentOf(where: string, bytes: Uint8Array, entry: Entry): Uint8Array {
  const { name, at } = entry;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (entry.size === 0xffffffff || at === 0xffffffff)
    refuse(where, `${name} is beyond 4 GB (zip64), which is not read`);
  if (at + 30 > bytes.length || view.getUint32(at, true) !== 0x04034b50) {
    refuse(where, `byte ${at} of the archive: ${name} does not begin here`);
  }
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true);
  const packed = bytes.subarray(start, start + entry.packed);
  if (entry.method !== 0 && entry.method !== 8) {
    refuse(
      where,
      `${name} is ${entry.method < 0 ? "encrypted" : `packed by method ${entry.method}`}, which is not read`,
    );
  }
  let content = packed;
  if (entry.method === 8) {
    // Deflate packs at most 1032 to 1: a damaged size must not ask for gigabytes.
    if (entry.size > 1032 * packed.length + 64)
      refuse(where, `${name} is damaged: ${packed.length} bytes cannot hold ${entry.size}`);
    try {
      content = inflateSync(packed, { out: new Uint8Array(entry.size) });
    } catch (error) {
      refuse(where, `${name} cannot be unpacked (${(error as Error).message})`);
    }
  }
  if (content.length !== entry.size || crc32(content) !== entry.crc)
    refuse(where, `${name} is damaged: its checksum fails`);
  return content;
}
