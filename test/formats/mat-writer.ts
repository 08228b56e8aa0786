import { zlibSync } from "fflate";

/** A tiny writer of MATLAB 5 files: just enough to make what the reader must understand, in both byte orders. */
export interface WriteOptions {
  readonly big?: boolean;
}

/** Element types by what they hold. */
export const mi = {
  int8: 1,
  uint8: 2,
  int16: 3,
  uint16: 4,
  int32: 5,
  uint32: 6,
  single: 7,
  double: 9,
  int64: 12,
  uint64: 13,
  matrix: 14,
  compressed: 15,
  utf8: 16,
};
export const mx = {
  cell: 1,
  struct: 2,
  object: 3,
  char: 4,
  sparse: 5,
  double: 6,
  single: 7,
  int8: 8,
  uint8: 9,
  int16: 10,
  uint16: 11,
  int32: 12,
  uint32: 13,
  int64: 14,
  uint64: 15,
  function: 16,
  opaque: 17,
};

const widths: Record<number, number> = { 1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1 };

export function writer({ big = false }: WriteOptions = {}) {
  const little = !big;

  function u32(value: number): Uint8Array {
    const bytes = new Uint8Array(4);
    new DataView(bytes.buffer).setUint32(0, value, little);
    return bytes;
  }

  function numbers(type: number, values: readonly number[]): Uint8Array {
    const width = widths[type];
    const bytes = new Uint8Array(width * values.length);
    const view = new DataView(bytes.buffer);
    for (const [i, value] of values.entries()) {
      const at = i * width;
      if (type === mi.single) view.setFloat32(at, value, little);
      else if (type === mi.double) view.setFloat64(at, value, little);
      else if (type === mi.int64 || type === mi.uint64) view.setBigInt64(at, BigInt(value), little);
      else if (width === 1) view.setUint8(at, value & 255);
      else if (width === 2) view.setUint16(at, value & 65535, little);
      else view.setUint32(at, value >>> 0, little);
    }
    return bytes;
  }

  /** A tag and its data, padded to 8 bytes. */
  function element(type: number, data: Uint8Array): Uint8Array {
    const padding = type === mi.compressed ? 0 : (8 - (data.length % 8)) % 8;
    return joined(u32(type), u32(data.length), data, new Uint8Array(padding));
  }

  /** At most four bytes in the tag itself. */
  function small(type: number, data: Uint8Array): Uint8Array {
    return joined(u32((data.length << 16) | type), data, new Uint8Array(4 - data.length));
  }

  function array(type: number, values: readonly number[]): Uint8Array {
    return element(type, numbers(type, values));
  }

  function head(name: string, mxClass: number, shape: readonly number[], flags = 0): Uint8Array {
    const text = ascii(name);
    return joined(
      array(mi.uint32, [flags * 256 + mxClass, 0]),
      array(mi.int32, shape),
      text.length <= 4 && text.length > 0 ? small(mi.int8, text) : element(mi.int8, text),
    );
  }

  function matrix(name: string, mxClass: number, shape: readonly number[], parts: readonly Uint8Array[], flags = 0) {
    return element(mi.matrix, joined(head(name, mxClass, shape, flags), ...parts));
  }

  function header(version = 0x0100): Uint8Array {
    const text = ascii("MATLAB 5.0 MAT-file, written by a test".padEnd(124));
    const bytes = joined(text, new Uint8Array(2), ascii(big ? "MI" : "IM"));
    new DataView(bytes.buffer).setUint16(124, version, little);
    return bytes;
  }

  function compressed(inner: Uint8Array): Uint8Array {
    return element(mi.compressed, zlibSync(inner));
  }

  return {
    u32,
    numbers,
    element,
    small,
    array,
    head,
    matrix,
    header,
    compressed,
    file: (...variables: readonly Uint8Array[]) => joined(header(), ...variables),
  };
}

export function ascii(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

export function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
