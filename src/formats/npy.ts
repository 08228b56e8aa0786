import { checkTensor, describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { checkShape, shapeText, sizeOf, type Tensor } from "../tensor/tensor.js";
import { asciiBytes, bytesOf, decodeNumbers, encodeNumbers, type StoredType, textFromUtf8 } from "./numbers.js";
import { checkArray, type NumericArray, type NumericData, rowMajor } from "./numeric-array.js";

/** NumPy's kind and width -> how the numbers lie. */
const storedTypes: Readonly<Record<string, StoredType>> = {
  b1: "uint8",
  i1: "int8",
  u1: "uint8",
  i2: "int16",
  u2: "uint16",
  i4: "int32",
  u4: "uint32",
  i8: "int64",
  u8: "uint64",
  f2: "float16",
  f4: "float32",
  f8: "float64",
};

/**
 * The array of an `.npy` file, row-major whatever order the file has.
 *
 * Read are booleans (as 0 and 1), integers of 8 to 64 bits, and floats of 16, 32 and 64 bits, of either byte order, with
 * headers of versions 1 to 3. float16 becomes float32, 64-bit integers float64 where that is exact. NaN and infinities pass.
 *
 * @param bytes the whole file
 * @returns the array; `type` is NumPy's name of it, such as "<f4"
 * @throws InputError with what broke if the file is empty, truncated, of another format, or of a type that is not read
 *   (complex, text, objects, records)
 * Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
 */
export function readNpy(bytes: Uint8Array): NumericArray {
  const where = "readNpy";
  const { text, start } = headerOf(where, bytes);
  const { type, fortran, shape } = fieldsOf(where, text);
  const stored = storedTypes[type.slice(1)];
  if (stored === undefined || !"<>|=".includes(type[0])) {
    refuse(where, `the type is "${type}", booleans, integers and real floats up to 64 bits are read`);
  }
  const count = sizeOf(shape);
  const needed = count * bytesOf[stored];
  if (bytes.length - start < needed) {
    const left = bytes.length - start;
    refuse(
      where,
      `truncated, ${shapeText(shape)} of "${type}" needs ${needed} bytes from byte ${start} on, ${left} are left`,
    );
  }
  const data = decodeNumbers(where, bytes, start, count, stored, type[0] !== ">");
  const order = fortran ? "column-major" : "row-major";
  return { kind: "array", type, shape, order: "row-major", data: rowMajor(data, shape, order) };
}

/**
 * An `.npy` file (version 1, little-endian, row-major) of a tensor or of an array from a file.
 *
 * @param array the element type is kept: a float32 tensor becomes "<f4"
 * @returns the bytes of the file
 * @throws InputError if `array` is neither, or is complex
 */
export function writeNpy(array: Tensor | NumericArray): Uint8Array {
  const where = "writeNpy";
  if (isTensor(array)) checkTensor(where, "array", array);
  else {
    checkArray(where, "array", array);
    if (array.imaginary !== undefined) refuse(where, "array is complex, real numbers are needed");
  }
  const data = array.kind === "tensor" ? array.data : rowMajor(array.data, array.shape, array.order);
  const lengths = array.shape.map((length) => `${length},`).join(" ");
  const shape = array.shape.length === 1 ? lengths : lengths.slice(0, -1);
  const text = `{'descr': '${typeName(data)}', 'fortran_order': False, 'shape': (${shape}), }`;
  // the header is filled up so that the numbers begin at a multiple of 64 bytes
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`;
  const out = new Uint8Array(10 + padded.length + data.byteLength);
  out.set(asciiBytes("\x93NUMPY\x01\x00"));
  out.set([padded.length & 255, padded.length >> 8], 8);
  out.set(asciiBytes(padded), 10);
  out.set(encodeNumbers(data), 10 + padded.length);
  return out;
}

/** The header's text, and where the numbers begin. */
function headerOf(where: string, bytes: Uint8Array): { readonly text: string; readonly start: number } {
  if (!(bytes instanceof Uint8Array)) refuse(where, `bytes is ${describe(bytes)}, a Uint8Array is needed`);
  if (bytes.length === 0) refuse(where, "the file is empty, an npy file is needed");
  const magic = asciiBytes("\x93NUMPY");
  if (magic.some((byte, at) => bytes[at] !== byte)) refuse(where, `not an npy file: it does not begin with \\x93NUMPY`);
  const version = bytes[6];
  if (!(version >= 1 && version <= 3)) refuse(where, `the file's version is ${version}, versions 1 to 3 are read`);
  const lengthBytes = version === 1 ? 2 : 4;
  const start = 8 + lengthBytes;
  let length = 0;
  for (let i = lengthBytes - 1; i >= 0; i--) length = length * 256 + bytes[8 + i];
  if (!(start + length <= bytes.length)) {
    refuse(where, `truncated in its header: the file has ${bytes.length} bytes`);
  }
  return { text: textFromUtf8(bytes.subarray(start, start + length)), start: start + length };
}

/** The three entries of the header, a Python dictionary. */
function fieldsOf(where: string, text: string) {
  const descr = /'descr'\s*:\s*(?:'([^']*)'|(\[))/.exec(text);
  const fortran = /'fortran_order'\s*:\s*(True|False)/.exec(text);
  const lengths = /'shape'\s*:\s*\(([\d\s,L]*)\)/.exec(text);
  if (descr?.[2] !== undefined) refuse(where, "the type is a record of fields, which is not read");
  if (descr === null || fortran === null || lengths === null) {
    refuse(where, `the header needs descr, fortran_order and shape, it is ${JSON.stringify(text.trim().slice(0, 80))}`);
  }
  const shape = (lengths[1].match(/\d+/g) ?? []).map(Number);
  checkShape(where, shape);
  return { type: descr[1], fortran: fortran[1] === "True", shape };
}

function typeName(data: NumericData): string {
  const kind =
    data instanceof Float32Array || data instanceof Float64Array
      ? "f"
      : /^Uint/.test(data.constructor.name)
        ? "u"
        : "i";
  return `${data.BYTES_PER_ELEMENT === 1 ? "|" : "<"}${kind}${data.BYTES_PER_ELEMENT}`;
}
