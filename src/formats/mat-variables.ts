import { checkShape, shapeText, sizeOf } from "../tensor/tensor.js";
import { elementAt, type MatBytes, type MatElement, miMatrix, numbersOf, refuseAt } from "./mat-elements.js";
import { textFromUtf8 } from "./numbers.js";
import type { NumericArray, NumericData } from "./numeric-array.js";

const classes = {
  1: "cell",
  2: "struct",
  3: "object",
  4: "char",
  5: "sparse",
  6: "double",
  7: "single",
  8: "int8",
  9: "uint8",
  10: "int16",
  11: "uint16",
  12: "int32",
  13: "uint32",
  14: "int64",
  15: "uint64",
  16: "function",
  17: "opaque",
} as const;

/** MATLAB's name of a variable's class; "opaque" is a string, a table or another object of a newer kind. */
export type MatClass = (typeof classes)[keyof typeof classes] | "logical";

/** A char array: one text a row, at every index beyond the second. */
export interface MatText {
  readonly kind: "text";
  readonly shape: readonly number[];
  readonly rows: readonly string[];
}

/** A cell array, its values column-major. */
export interface MatCell {
  readonly kind: "cell";
  readonly shape: readonly number[];
  readonly values: readonly MatValue[];
}

/** A struct array, its elements column-major, each with the same fields. */
export interface MatStruct {
  readonly kind: "struct";
  readonly shape: readonly number[];
  readonly elements: readonly Readonly<Record<string, MatValue>>[];
}

export type MatValue = NumericArray | MatText | MatCell | MatStruct;

interface Heading {
  readonly name: string;
  readonly class: MatClass;
  readonly shape: readonly number[];
  readonly complex: boolean;
  /** where what follows the name begins */
  readonly next: number;
}

/** The flags, shape and name that begin a matrix element. */
export function headingOf(source: MatBytes, start: number, end: number): Heading {
  const flagsElement = elementAt(source, start, end);
  const flags = numbersOf(source, flagsElement)[0];
  const name = (classes as Readonly<Record<number, MatClass>>)[flags & 255];
  if (name === undefined) refuseAt(source, start, `${flags & 255} is no class of MATLAB's`);
  const isLogical = (flags & 0x200) !== 0 && name !== "char" && name !== "sparse";
  const kind = { class: isLogical ? "logical" : name, complex: (flags & 0x800) !== 0 } as const;
  // An opaque variable has no shape: its name comes next.
  const shapeElement = kind.class === "opaque" ? undefined : elementAt(source, flagsElement.next, end);
  const shape = shapeElement === undefined ? [] : Array.from(numbersOf(source, shapeElement));
  if (shapeElement !== undefined) checkShape("readMat", shape);
  const nameElement = elementAt(source, (shapeElement ?? flagsElement).next, end);
  const text = textFromUtf8(bytesIn(source, nameElement));
  return { name: text, ...kind, shape, next: nameElement.next };
}

/** The value of a matrix element. An element of no bytes is MATLAB's empty array. */
export function readValue(source: MatBytes, start: number, end: number, place?: string): MatValue {
  if (start === end) {
    return { kind: "array", type: "double", shape: [0, 0], order: "column-major", data: new Float64Array(0) };
  }
  const heading = headingOf(source, start, end);
  const name = place ?? heading.name;
  switch (heading.class) {
    case "sparse":
    case "object":
    case "function":
    case "opaque":
      return refuseAt(source, start, `variable "${name}" is of class ${heading.class}, which is not read`);
    case "char":
      return textOf(source, heading, end, name);
    case "cell":
      return cellOf(source, heading, end, name);
    case "struct":
      return structOf(source, heading, end, name);
    default:
      return arrayOf(source, heading, end, name);
  }
}

function arrayOf(source: MatBytes, heading: Heading, end: number, name: string): NumericArray {
  const real = elementAt(source, heading.next, end);
  const part = (element: MatElement): NumericData => {
    const values = numbersOf(source, element);
    checkCount(source, element, values.length, heading, name);
    return inClass(heading.class, values);
  };
  const array = {
    kind: "array",
    type: heading.class,
    shape: heading.shape,
    order: "column-major",
    data: part(real),
  } as const;
  return heading.complex ? { ...array, imaginary: part(elementAt(source, real.next, end)) } : array;
}

function textOf(source: MatBytes, heading: Heading, end: number, name: string): MatText {
  const element = elementAt(source, heading.next, end);
  const utf8 = element.type === 16;
  const units = utf8
    ? Array.from(textFromUtf8(bytesIn(source, element)), (character) => character)
    : Array.from(numbersOf(source, element), (unit) => String.fromCharCode(unit));
  // MATLAB counts UTF-16 units, so that a character beyond the first plane takes two places of the shape
  const places = utf8 && units.length !== sizeOf(heading.shape) ? units.join("").split("") : units;
  checkCount(source, element, places.length, heading, name);
  const [height, width] = heading.shape;
  const rows = Array.from({ length: width === 0 ? height : places.length / width }, (_, row) => {
    const page = Math.floor(row / height) * height * width;
    return Array.from({ length: width }, (_, column) => places[page + column * height + (row % height)]).join("");
  });
  return { kind: "text", shape: heading.shape, rows };
}

function cellOf(source: MatBytes, heading: Heading, end: number, name: string): MatCell {
  const values: MatValue[] = [];
  let at = heading.next;
  for (let i = 0; i < sizeOf(heading.shape); i++) {
    const element = matrixAt(source, at, end);
    values.push(readValue(source, element.start, element.start + element.length, `${name}{${i + 1}}`));
    at = element.next;
  }
  return { kind: "cell", shape: heading.shape, values };
}

function structOf(source: MatBytes, heading: Heading, end: number, name: string): MatStruct {
  const lengthElement = elementAt(source, heading.next, end);
  const length = numbersOf(source, lengthElement)[0];
  const namesElement = elementAt(source, lengthElement.next, end);
  const bytes = bytesIn(source, namesElement);
  if (!(length > 0)) refuseAt(source, lengthElement.at, `the field names of "${name}" have the length ${length}`);
  const fields = Array.from({ length: bytes.length / length }, (_, i) => {
    const field = bytes.subarray(i * length, (i + 1) * length);
    const stop = field.indexOf(0);
    return textFromUtf8(stop < 0 ? field : field.subarray(0, stop));
  });
  const elements: Record<string, MatValue>[] = [];
  let at = namesElement.next;
  for (let i = 0; i < sizeOf(heading.shape); i++) {
    const values: Record<string, MatValue> = {};
    for (const field of fields) {
      const element = matrixAt(source, at, end);
      values[field] = readValue(source, element.start, element.start + element.length, `${name}.${field}`);
      at = element.next;
    }
    elements.push(values);
  }
  return { kind: "struct", shape: heading.shape, elements };
}

function matrixAt(source: MatBytes, at: number, end: number): MatElement {
  const element = elementAt(source, at, end);
  if (element.type !== miMatrix) refuseAt(source, at, `a matrix is needed, the element's type is ${element.type}`);
  return element;
}

function bytesIn(source: MatBytes, element: MatElement): Uint8Array {
  return source.bytes.subarray(element.start, element.start + element.length);
}

function checkCount(source: MatBytes, element: MatElement, count: number, heading: Heading, name: string): void {
  const needed = sizeOf(heading.shape);
  if (count !== needed) {
    refuseAt(
      source,
      element.at,
      `"${name}" has ${count} elements, its shape ${shapeText(heading.shape)} needs ${needed}`,
    );
  }
}

/** Numbers in the type of their class, whatever they were packed into. */
function inClass(name: MatClass, values: NumericData): NumericData {
  const Wanted = {
    double: Float64Array,
    single: Float32Array,
    int8: Int8Array,
    uint8: Uint8Array,
    logical: Uint8Array,
    int16: Int16Array,
    uint16: Uint16Array,
    int32: Int32Array,
    uint32: Uint32Array,
    int64: Float64Array,
    uint64: Float64Array,
  }[name as "double"];
  return values instanceof Wanted ? values : new Wanted(values);
}
