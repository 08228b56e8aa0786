import { refuse } from "../tensor/errors.js";
import type { NumericData } from "./numeric-array.js";

/** How numbers lie in a file. */
export type StoredType =
  | "int8"
  | "uint8"
  | "int16"
  | "uint16"
  | "int32"
  | "uint32"
  | "int64"
  | "uint64"
  | "float16"
  | "float32"
  | "float64";

/** Bytes a number. */
export const bytesOf: Readonly<Record<StoredType, number>> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

const hostIsLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

/**
 * Numbers out of bytes: a typed array of the stored type; float16 becomes float32, 64-bit integers float64.
 *
 * @param where whom an error names
 * @throws InputError if a 64-bit integer is beyond ±2^53, where float64 no longer holds every integer
 */
export function decodeNumbers(
  where: string,
  bytes: Uint8Array,
  offset: number,
  count: number,
  type: StoredType,
  little: boolean,
): NumericData {
  // A copy, since typed arrays need aligned bytes; by set, since slice shares its memory in Node's Buffer.
  const copy = new Uint8Array(count * bytesOf[type]);
  copy.set(bytes.subarray(offset, offset + copy.length));
  if (little !== hostIsLittle) reverseEach(copy, bytesOf[type]);
  const { buffer } = copy;
  switch (type) {
    case "int8":
      return new Int8Array(buffer);
    case "uint8":
      return copy;
    case "int16":
      return new Int16Array(buffer);
    case "uint16":
      return new Uint16Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "uint32":
      return new Uint32Array(buffer);
    case "int64":
      return exactIntegers(where, new BigInt64Array(buffer));
    case "uint64":
      return exactIntegers(where, new BigUint64Array(buffer));
    case "float16":
      return Float32Array.from(new Uint16Array(buffer), halfValue);
    case "float32":
      return new Float32Array(buffer);
    case "float64":
      return new Float64Array(buffer);
  }
}

/** The bytes of a typed array, little-endian. */
export function encodeNumbers(data: NumericData): Uint8Array {
  const bytes = new Uint8Array(data.byteLength);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  if (!hostIsLittle) reverseEach(bytes, data.BYTES_PER_ELEMENT);
  return bytes;
}

function reverseEach(bytes: Uint8Array, width: number): void {
  if (width === 1) return;
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
}

function exactIntegers(where: string, integers: BigInt64Array | BigUint64Array): Float64Array {
  const out = new Float64Array(integers.length);
  for (let i = 0; i < out.length; i++) {
    out[i] = Number(integers[i]);
    if (!Number.isSafeInteger(out[i])) {
      refuse(where, `element ${i} is ${integers[i]}, 64-bit integers are read up to 2^53 - 1, where float64 is exact`);
    }
  }
  return out;
}

/** IEEE 754 half precision: sign, 5 bits of exponent, 10 of fraction. */
function halfValue(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/** UTF-8 to text; a byte that is not UTF-8 becomes U+FFFD. */
export function textFromUtf8(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; ) {
    const lead = bytes[at];
    const extra = lead < 0x80 ? 0 : lead >> 5 === 6 ? 1 : lead >> 4 === 14 ? 2 : lead >> 3 === 30 ? 3 : -1;
    let code = extra < 0 ? -1 : extra === 0 ? lead : lead & (63 >> extra);
    for (let i = 1; i <= extra && code >= 0; i++) {
      const next = bytes[at + i];
      code = next >> 6 === 2 ? code * 64 + (next & 63) : -1;
    }
    text += code < 0 || code > 0x10ffff ? "\ufffd" : String.fromCodePoint(code);
    at += code < 0 ? 1 : extra + 1;
  }
  return text;
}

/** The bytes of a text of ASCII characters. */
export function asciiBytes(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}
