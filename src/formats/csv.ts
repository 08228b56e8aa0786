import { checkChoice, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { textFromUtf8 } from "./numbers.js";

/** A table of numbers. */
export interface CsvTable {
  readonly kind: "csv-table";
  /** of the header; "column 1", … where the file has none */
  readonly names: readonly string[];
  /** one for each name, [rows] */
  readonly columns: readonly Float64Array[];
  readonly rows: number;
  readonly separator: CsvSeparator;
}

export type CsvSeparator = "," | ";" | "\t";

export interface ReadCsvOptions {
  /** what stands between two fields; default the one that is most frequent in the first line */
  readonly separator?: CsvSeparator;
}

const separators: readonly CsvSeparator[] = [",", ";", "\t"];

/**
 * A table of numbers from a text file: a header of names, if its first line has any, and a row of numbers a line.
 *
 * Fields may be quoted (`"`, doubled within); lines end in LF or CRLF; lines of no characters are passed over; numbers have a
 * decimal point. Whatever is no finite number is refused with its line and column.
 *
 * @param bytes the whole file, UTF-8
 * @returns a column of float64 for each name
 * @throws InputError with the line if the file is empty, a row has more or fewer fields than the header, a field is no finite
 *   number, a quote is not closed, or two columns have the same name
 * Source: RFC 4180.
 */
export function readCsv(bytes: Uint8Array, options: ReadCsvOptions = {}): CsvTable {
  const where = "readCsv";
  checkOptions(where, options, ["separator"]);
  if (options.separator !== undefined) checkChoice(where, "separator", options.separator, separators);
  if (!(bytes instanceof Uint8Array)) refuse(where, `bytes is ${describe(bytes)}, a Uint8Array is needed`);
  const separator = options.separator ?? separatorIn(bytes);
  const lines = linesOf(where, bytes, separator);
  const first = lines.next();
  if (first.done) return refuse(where, "the file is empty, a row of numbers is needed");
  const hasHeader = first.value.fields.some(isName);
  const names = first.value.fields.map((field, i) => (hasHeader ? field.trim() : `column ${i + 1}`));
  const twice = names.findIndex((name, i) => names.indexOf(name) !== i);
  if (twice >= 0) refuse(where, `line ${first.value.line}: two columns are named ${JSON.stringify(names[twice])}`);
  const columns: number[][] = names.map(() => []);
  if (!hasHeader) addRow(where, first.value, names, columns);
  for (const row of lines) addRow(where, row, names, columns);
  const rows = columns[0].length;
  if (rows === 0) refuse(where, "the file has a header and no rows, a row of numbers is needed");
  return { kind: "csv-table", names, columns: columns.map((column) => Float64Array.from(column)), rows, separator };
}

/**
 * A text file of columns of numbers, comma-separated, that `readCsv` gives back as they were.
 *
 * @param columns name -> numbers, all of one length; float32 numbers are written with the 9 digits that tell them apart
 * @returns the bytes of the file
 * @throws InputError if there is no column, lengths differ, or a number is not finite
 */
export function writeCsv(columns: Readonly<Record<string, ArrayLike<number>>>): Uint8Array {
  const where = "writeCsv";
  const entries = Object.entries(columns);
  if (entries.length === 0) refuse(where, "columns is empty, at least one column is needed");
  const rows = entries[0][1].length;
  for (const [name, column] of entries) {
    if (column.length !== rows) refuse(where, `${name} has ${column.length} numbers, ${entries[0][0]} has ${rows}`);
    const wrong = Array.prototype.findIndex.call(column, (value) => !Number.isFinite(value));
    if (wrong >= 0) refuse(where, `${name}[${wrong}] is ${column[wrong]}, finite numbers are needed`);
  }
  const lines = [utf8Bytes(`${entries.map(([name]) => quoted(name)).join(",")}\n`)];
  for (let row = 0; row < rows; row++) {
    lines.push(utf8Bytes(`${entries.map(([, column]) => numberText(column, row)).join(",")}\n`));
  }
  const out = new Uint8Array(lines.reduce((sum, line) => sum + line.length, 0));
  let at = 0;
  for (const line of lines) {
    out.set(line, at);
    at += line.length;
  }
  return out;
}

interface Line {
  readonly fields: readonly string[];
  /** from 1 on */
  readonly line: number;
}

const [lf, cr, quote] = [10, 13, 34];

/** The rows of a file, one at a time: a large one is never held as text. */
function* linesOf(where: string, bytes: Uint8Array, separator: CsvSeparator): Generator<Line> {
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const between = separator.charCodeAt(0);
  let line = 1;
  for (let at = mark; at < bytes.length; ) {
    const start = line;
    const fields: string[] = [];
    for (let more = true; more; ) {
      let [text, end] = ["", at];
      if (bytes[at] === quote) {
        end = closingQuote(where, bytes, at, line);
        text = textFromUtf8(bytes.subarray(at + 1, end)).replaceAll('""', '"');
        line += text.split("\n").length - 1;
        at = end = end + 1;
      }
      while (end < bytes.length && bytes[end] !== between && bytes[end] !== lf) end++;
      const stop = bytes[end] === lf && end > at && bytes[end - 1] === cr ? end - 1 : end;
      fields.push(text + shortText(bytes, at, stop));
      more = bytes[end] === between;
      at = end + 1;
    }
    if (fields.length > 1 || fields[0] !== "") yield { fields, line: start };
    line++;
  }
}

/** Where a quoted field ends; a doubled quote does not end it. */
function closingQuote(where: string, bytes: Uint8Array, start: number, line: number): number {
  for (let at = start + 1; at < bytes.length; at++) {
    if (bytes[at] !== quote) continue;
    if (bytes[at + 1] !== quote) return at;
    at++;
  }
  return refuse(where, `line ${line}: a quote is opened and never closed`);
}

function shortText(bytes: Uint8Array, start: number, end: number): string {
  let text = "";
  for (let at = start; at < end; at++) {
    if (bytes[at] > 127) return textFromUtf8(bytes.subarray(start, end));
    text += String.fromCharCode(bytes[at]);
  }
  return text;
}

function separatorIn(bytes: Uint8Array): CsvSeparator {
  const end = bytes.indexOf(lf);
  const first = textFromUtf8(bytes.subarray(0, end < 0 ? bytes.length : end)).replace(/"[^"]*"/g, "");
  const counts = separators.map((separator) => first.split(separator).length);
  return separators[counts.indexOf(Math.max(...counts))];
}

/** The finite number that a field spells, undefined if none. */
function numberOf(field: string): number | undefined {
  const text = field.trim();
  const value = text === "" ? Number.NaN : Number(text);
  // Number also takes 0x10 and the like
  return Number.isFinite(value) && /^[-+.\deE]+$/.test(text) ? value : undefined;
}

/** Whether a field of the first line is a column's name, and not a number, nor the place of one that is missing or not finite. */
function isName(field: string): boolean {
  return numberOf(field) === undefined && !/^[-+]?(nan|na|null|inf|infinity)?$/i.test(field.trim());
}

function addRow(where: string, { fields, line }: Line, names: readonly string[], columns: readonly number[][]): void {
  if (fields.length !== names.length)
    refuse(where, `line ${line} has ${fields.length} fields, the first line has ${names.length}`);
  for (const [i, field] of fields.entries()) {
    const value = numberOf(field);
    if (value === undefined) {
      const comma = /^\s*-?\d+,\d+\s*$/.test(field) ? ", with a decimal point" : "";
      refuse(where, `line ${line}, column ${names[i]}: ${JSON.stringify(field)}, a finite number${comma} is needed`);
    }
    columns[i].push(value);
  }
}

function quoted(name: string): string {
  return /[",;\t\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
}

function numberText(column: ArrayLike<number>, row: number): string {
  const value = column[row];
  // JavaScript spells -0 as 0
  if (Object.is(value, -0)) return "-0";
  return `${column instanceof Float32Array ? Number(value.toPrecision(9)) : value}`;
}

/** A text as UTF-8, which encodeURIComponent spells as %XX. */
function utf8Bytes(text: string): Uint8Array {
  const spelled = /^[\t-~]*$/.test(text)
    ? text
    : encodeURIComponent(text).replace(/%(..)/g, (_, code) => String.fromCharCode(Number.parseInt(code, 16)));
  const out = new Uint8Array(spelled.length);
  for (let i = 0; i < out.length; i++) out[i] = spelled.charCodeAt(i);
  return out;
}
