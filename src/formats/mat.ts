import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { elementAt, type MatBytes, miCompressed, miMatrix, refuseAt, uncompressed } from "./mat-elements.js";
import { headingOf, type MatClass, type MatValue, readValue } from "./mat-variables.js";
import { textFromUtf8 } from "./numbers.js";

/** What a file says of a variable before its values. */
export interface MatHeading {
  readonly name: string;
  readonly class: MatClass;
  /** empty where the class keeps no shape that MATLAB documents ("opaque") */
  readonly shape: readonly number[];
}

export interface ReadMatOptions {
  /** the names to read; the others are passed over. Default: all */
  readonly variables?: readonly string[];
}

/**
 * The variables of a MATLAB 5 file (what `save -v6` and `save -v7` write), by name, in the file's order.
 *
 * Arrays come as the file holds them, **column-major**: element (i, j, k) of shape [I, J, K] is `data[i + I·(j + J·k)]`
 * (`tensorFrom` turns that into a row-major tensor). Numbers are in the variable's own class, whatever smaller type they
 * were packed into; int64 and uint64 become float64, where that is exact. Characters come as rows of text, cells and
 * structs as records of such values. Compressed variables are checked against their checksum. NaN and infinities pass.
 *
 * @param bytes the whole file, of either byte order
 * @returns a map from name to value
 * @throws InputError with the byte where it broke if the file is empty, truncated, damaged or of another format, if a
 *   wanted variable is missing, or is sparse, an object, a function handle or another class that is not read
 * Source: MathWorks, MAT-File Format (R2019b), chapter 1.
 */
export function readMat(bytes: Uint8Array, options: ReadMatOptions = {}): ReadonlyMap<string, MatValue> {
  checkOptions("readMat", options, ["variables"]);
  const wanted = options.variables;
  const found = new Map<string, MatValue>();
  const names: string[] = [];
  for (const place of variablesOf(checkedFile(bytes))) {
    const { name } = headingOf(place.source, place.start, place.end);
    names.push(name);
    if (wanted === undefined || wanted.includes(name)) found.set(name, readValue(place.source, place.start, place.end));
  }
  const missing = wanted?.find((name) => !found.has(name));
  if (missing !== undefined) {
    refuse("readMat", `the file has no variable "${missing}", it has ${names.join(", ") || "no variables"}`);
  }
  return found;
}

/**
 * The names, classes and shapes of a MATLAB 5 file's variables, in the file's order, whether they can be read or not.
 *
 * @param bytes the whole file
 * @throws InputError as `readMat` does for what is not such a file
 */
export function listMat(bytes: Uint8Array): readonly MatHeading[] {
  return variablesOf(checkedFile(bytes)).map((place) => {
    const heading = headingOf(place.source, place.start, place.end);
    return { name: heading.name, class: heading.class, shape: heading.shape };
  });
}

/** The bytes of one variable's matrix element. */
interface Place {
  readonly source: MatBytes;
  readonly start: number;
  readonly end: number;
}

function variablesOf(file: MatBytes): Place[] {
  const places: Place[] = [];
  for (let at = 128; at < file.bytes.length; ) {
    const outer = elementAt(file, at, file.bytes.length);
    const source = outer.type === miCompressed ? uncompressed(file, outer) : file;
    const inner = source === file ? outer : elementAt(source, 0, source.bytes.length);
    if (inner.type !== miMatrix) refuseAt(source, inner.at, `not a variable, the element's type is ${inner.type}`);
    const place = { source, start: inner.start, end: inner.start + inner.length };
    // what MATLAB keeps for its objects stands at the end, without a name
    if (headingOf(place.source, place.start, place.end).name !== "") places.push(place);
    at = outer.next;
  }
  return places;
}

/** Throws unless the bytes begin as a MATLAB 5 file does; finds the byte order. */
function checkedFile(bytes: Uint8Array): MatBytes {
  const where = "readMat";
  if (!(bytes instanceof Uint8Array)) refuse(where, `bytes is ${describe(bytes)}, a Uint8Array is needed`);
  if (bytes.length === 0) refuse(where, "the file is empty, a MATLAB 5 file is needed");
  const start = textFromUtf8(bytes.subarray(0, 116));
  if (start.startsWith("MATLAB 7.3") || start.slice(1, 4) === "HDF") {
    refuse(where, "this is a MATLAB 7.3 file (HDF5), which readMat73 reads");
  }
  const order = bytes.length >= 128 ? textFromUtf8(bytes.subarray(126, 128)) : "";
  if (order !== "IM" && order !== "MI") {
    const seen =
      bytes.length < 128 ? `it has ${bytes.length} bytes` : `bytes 126 and 127 are ${bytes[126]}, ${bytes[127]}`;
    refuse(where, `not a MATLAB 5 file: the header is 128 bytes and ends in IM or MI, ${seen}`);
  }
  const little = order === "IM";
  const version = little ? bytes[125] * 256 + bytes[124] : bytes[124] * 256 + bytes[125];
  if (version !== 0x0100) refuse(where, `the file's version is 0x${version.toString(16)}, MATLAB 5 writes 0x100`);
  return { bytes, little, within: "" };
}
