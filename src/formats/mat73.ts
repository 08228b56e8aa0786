import { checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { sizeOf } from "../tensor/tensor.js";
import { type Hdf5File, hdf5Start, readHdf5 } from "./hdf5.js";
import { attributeOf, headingOf, kindAt, namesIn, numbersAt, refusePath, textAttribute } from "./hdf5-read.js";
import type { MatHeading, ReadMatOptions } from "./mat.js";
import type { MatClass, MatValue } from "./mat-variables.js";
import { textFromUtf8 } from "./numbers.js";
import type { NumericData } from "./numeric-array.js";

const format = "a MATLAB 7.3 file (HDF5)";

/** Whether a file is HDF5, as MATLAB 7.3 writes it, rather than MATLAB 5. */
export function isMat73(bytes: Uint8Array): boolean {
  return textFromUtf8(bytes.subarray(0, 10)) === "MATLAB 7.3" || hdf5Start(bytes) >= 0;
}

/**
 * The variables of a MATLAB 7.3 file (what `save -v7.3` writes), by name.
 *
 * Arrays come as in `readMat`: **column-major**, of MATLAB's shape, int64 and uint64 as float64 where that is exact. Logical
 * becomes 0 and 1, char rows of text, a struct of one element a record of its fields.
 *
 * @param bytes the whole file
 * @returns a map from name to value
 * @throws InputError that names the variable if it is missing, or a cell, a struct array, sparse, complex, an object or a
 *   function handle, which are not read; if the file is empty, truncated, damaged or of another format, or is packed by a filter
 *   other than gzip, shuffle and fletcher32
 * Source: MathWorks, MAT-File Versions (7.3 is HDF5 behind a header of 512 bytes, its shapes reversed).
 */
export async function readMat73(
  bytes: Uint8Array,
  options: ReadMatOptions = {},
): Promise<ReadonlyMap<string, MatValue>> {
  const where = "readMat73";
  checkOptions(where, options, ["variables"]);
  return readHdf5(where, bytes, format, (file) => {
    const names = variablesOf(file);
    const wanted = options.variables ?? names;
    const missing = wanted.find((name) => !names.includes(name));
    if (missing !== undefined)
      refuse(where, `the file has no variable "${missing}", it has ${names.join(", ") || "no variables"}`);
    return new Map(wanted.map((name) => [name, valueAt(file, name)]));
  });
}

/**
 * The names, classes and shapes of a MATLAB 7.3 file's variables, whether they can be read or not.
 *
 * @param bytes the whole file
 * @throws InputError as `readMat73` does for what is not such a file
 */
export function listMat73(bytes: Uint8Array): Promise<readonly MatHeading[]> {
  return readHdf5("listMat73", bytes, format, (file) =>
    variablesOf(file).map((name) => ({ name, class: classAt(file, name), shape: shapeAt(file, name) })),
  );
}

/** What MATLAB keeps for its cells and objects has names with #. */
function variablesOf(file: Hdf5File): string[] {
  return namesIn(file, "").filter((name) => !name.startsWith("#"));
}

function classAt(file: Hdf5File, path: string): MatClass {
  if (attributeOf(file, path, "MATLAB_sparse").length > 0) return "sparse";
  const name = textAttribute(file, path, "MATLAB_class");
  if (name === "function_handle") return "function";
  // files that other programs write may leave the class out
  if (name === "") return kindAt(file, path) === "group" ? "struct" : "double";
  return classes.includes(name as MatClass) ? (name as MatClass) : "opaque";
}

const numericClasses: readonly MatClass[] = [
  "double",
  "single",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "uint64",
  "logical",
];
const classes: readonly MatClass[] = ["cell", "struct", "char", ...numericClasses];

/** MATLAB's shape: HDF5 counts the axes from the slowest, MATLAB from the fastest. An empty array's shape is its content. */
function shapeAt(file: Hdf5File, path: string): readonly number[] {
  if (kindAt(file, path) !== "dataset") return [1, 1];
  if (isEmpty(file, path)) return Array.from(numbersAt(file, path).data);
  return [...headingOf(file, path).shape].reverse();
}

function isEmpty(file: Hdf5File, path: string): boolean {
  return attributeOf(file, path, "MATLAB_empty")[0] === 1;
}

function valueAt(file: Hdf5File, path: string): MatValue {
  const name = classAt(file, path);
  const isGroup = kindAt(file, path) === "group";
  if (name === "struct" && isGroup) return structAt(file, path);
  if (!numericClasses.includes(name) && name !== "char") {
    const what = name === "struct" ? "a struct array" : `of class ${name}`;
    refusePath(file, path, `the variable is ${what}, which is not read from MATLAB 7.3 files`);
  }
  const shape = shapeAt(file, path);
  const data = isEmpty(file, path) ? new Float64Array(0) : numbersAt(file, path).data;
  if (data.length !== sizeOf(shape)) refusePath(file, path, `an empty array has the shape [${shape.join(", ")}]`);
  return name === "char" ? textOf(shape, data) : { kind: "array", type: name, shape, order: "column-major", data };
}

function structAt(file: Hdf5File, path: string): MatValue {
  const fields = namesIn(file, path).map((field) => [field, valueAt(file, `${path}/${field}`)] as const);
  return { kind: "struct", shape: [1, 1], elements: [Object.fromEntries(fields)] };
}

/** Rows of text of column-major character codes. */
function textOf(shape: readonly number[], data: NumericData): MatValue {
  const [height, width] = shape;
  const rows = Array.from({ length: data.length === 0 ? 0 : data.length / width }, (_, row) => {
    const first = Math.floor(row / height) * height * width + (row % height);
    return Array.from({ length: width }, (_, column) => String.fromCharCode(data[first + column * height])).join("");
  });
  return { kind: "text", shape, rows };
}
