import { checkInteger, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { tensor } from "../tensor/tensor.js";
import { type CsvSeparator, type CsvTable, readCsv } from "./csv.js";
import type { NumericArray } from "./numeric-array.js";
import { countsOf, secondsOf } from "./recording-arrays.js";
import {
  type Answered,
  checkTiming,
  type Recording,
  recordingOf,
  renamed,
  type TimingOptions,
  timingNames,
} from "./recording-parts.js";

export interface CsvRecordingOptions extends TimingOptions {
  /** the column of spike counts, that of one cell where several have one; default "counts" */
  readonly counts?: string;
  /** the column of the frames' onsets in seconds; default "frameTimes", where there is one */
  readonly frameTimes?: string;
  /** a second file: a column of spike times in seconds, in place of the counts */
  readonly spikes?: Uint8Array;
  /** the column of spike times in that file; default its only column, else "spikeTimes" */
  readonly spikeTimes?: string;
  /** height and width, where the pixels' columns do not name row and column; they are then row by row from the top */
  readonly size?: readonly [height: number, width: number];
  readonly separator?: CsvSeparator;
  /** where it comes from, kept in the record; default "a CSV file" */
  readonly source?: string;
}

/**
 * The recording in a text file: a frame a row, its pixels `r0c0`, `r0c1`, … in columns, with a column of spike counts `counts`;
 * or, with `spikes`, the spike times of a second file. A column `step` of one number throughout is the degrees a pixel.
 *
 * Other columns, such as the counts of other cells, are passed over; where `size` is given, all but those of counts, frame
 * times and step are pixels. Rows and columns are counted from 0 or from 1, row 0 at the top.
 *
 * @param bytes the whole file
 * @param options other names, the spike times, the image's size, the frame duration, how spike times are aligned
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError as `readCsv` does; if a column is missing, the pixels are no rectangle, or lengths differ
 */
export function recordingFromCsv(bytes: Uint8Array, options: CsvRecordingOptions = {}): Recording {
  const where = "recordingFromCsv";
  const known = ["counts", "frameTimes", "spikes", "spikeTimes", "size", "separator", "source", ...timingNames];
  checkOptions(where, options, known);
  checkTiming(where, options);
  const { spikes, counts: countsName = "counts", frameTimes: timesName = "frameTimes" } = options;
  if (options.counts !== undefined && spikes !== undefined)
    refuse(where, "options counts and spikes are both given, one of them is needed");
  if (options.spikeTimes !== undefined && spikes === undefined)
    refuse(where, "option spikeTimes names a column of the file spikes, which is not given");
  const table = tableOf(where, bytes, options.separator);
  const needed = [
    ...(spikes === undefined ? [countsName] : []),
    ...(options.frameTimes === undefined ? [] : [timesName]),
  ];
  const step = stepIn(table);
  const read = [countsName, timesName, ...(step === undefined ? [] : [stepName])];
  const pixels = pixelsOf(table, read, options.size);
  for (const name of needed) columnOf(where, table, name, pixels);
  const answered: Answered =
    spikes === undefined
      ? { name: countsName, counts: countsOf(where, countsName, columnOf(where, table, countsName)) }
      : { name: "spikes", times: spikeTimesOf(where, spikes, options) };
  const images = imagesOf(where, table, pixels, options.size);
  const shown = {
    name: "the table",
    images,
    ...(table.names.includes(timesName)
      ? { frameTimes: { name: timesName, times: secondsOf(where, timesName, columnOf(where, table, timesName)) } }
      : {}),
    ...(step === undefined ? {} : { step }),
  };
  const source = options.source ?? "a CSV file";
  return recordingOf(where, shown, answered, options, source, passedOver(table, [...pixels, ...read]));
}

/** The column of degrees a pixel. */
const stepName = "step";

/** The one number above 0 that the column of degrees a pixel holds in every row; a column that varies is another's, and passed over. */
function stepIn({ names, columns }: CsvTable): number | undefined {
  const column = columns[names.indexOf(stepName)];
  return column !== undefined && column[0] > 0 && column.every((value) => value === column[0]) ? column[0] : undefined;
}

/** A note where there are columns that are neither pixels nor what was asked for. */
function passedOver({ names }: CsvTable, read: readonly string[]): string[] {
  const others = names.filter((name) => !read.includes(name));
  return others.length === 0
    ? []
    : [
        `columns that are not read: ${others.slice(0, mostListed).join(", ")}${others.length > mostListed ? `, … (${others.length})` : ""}`,
      ];
}

const mostListed = 20;

/** The columns of pixels: those that name row and column, or all others where none does or the size is given. */
function pixelsOf({ names }: CsvTable, read: readonly string[], size: CsvRecordingOptions["size"]): readonly string[] {
  const others = names.filter((name) => !read.includes(name));
  const placed = others.filter((name) => placeOf(name) !== null);
  return size !== undefined || placed.length === 0 ? others : placed;
}

function tableOf(where: string, bytes: Uint8Array, separator: CsvSeparator | undefined): CsvTable {
  return renamed(where, {}, () => readCsv(bytes, separator === undefined ? {} : { separator }));
}

/** A column by its name; a refusal lists those that are no pixels. */
function columnOf(
  where: string,
  { names, columns, rows }: CsvTable,
  name: string,
  pixels: readonly string[] = [],
): NumericArray {
  const at = names.indexOf(name);
  if (at < 0) {
    const others = names.filter((other) => !pixels.includes(other));
    const listed = [...others.slice(0, mostListed), ...(others.length > mostListed ? [`… (${others.length})`] : [])];
    const beside = pixels.length > 0 ? [`${pixels.length} of pixels`] : [];
    refuse(where, `the file has no column "${name}", it has ${[...listed, ...beside].join(", ")}`);
  }
  return { kind: "array", type: "number", shape: [rows], order: "row-major", data: columns[at] };
}

function spikeTimesOf(where: string, bytes: Uint8Array, options: CsvRecordingOptions): Float64Array {
  const table = renamed(where, {}, () => readCsv(bytes));
  const name = options.spikeTimes ?? (table.names.length === 1 ? table.names[0] : "spikeTimes");
  return secondsOf(where, name, columnOf(where, table, name));
}

/** The frames, [rows of the table, height, width]. */
function imagesOf(where: string, table: CsvTable, pixels: readonly string[], size: CsvRecordingOptions["size"]) {
  if (pixels.length === 0) refuse(where, "the file has no columns of pixels");
  const { height, width, places } = size === undefined ? namedPlaces(where, pixels) : givenPlaces(where, pixels, size);
  const out = new Float32Array(table.rows * pixels.length);
  for (const [i, name] of pixels.entries()) {
    const column = table.columns[table.names.indexOf(name)];
    for (let t = 0; t < table.rows; t++) out[t * pixels.length + places[i]] = column[t];
  }
  const large = out.findIndex((value) => !Number.isFinite(value));
  if (large >= 0) refuse(where, `frame ${Math.floor(large / pixels.length)} has a number beyond float32`);
  return tensor(out, [table.rows, height, width]);
}

interface Places {
  readonly height: number;
  readonly width: number;
  /** the place in the image, row by row, of each column */
  readonly places: readonly number[];
}

function givenPlaces(where: string, pixels: readonly string[], size: readonly [number, number]): Places {
  if (!Array.isArray(size) || size.length !== 2) refuse(where, "size needs two numbers, height and width");
  const [height, width] = size;
  checkInteger(where, "size[0]", height, 1);
  checkInteger(where, "size[1]", width, 1);
  if (height * width !== pixels.length)
    refuse(
      where,
      `size [${height}, ${width}] needs ${height * width} columns of pixels, the file has ${pixels.length}`,
    );
  return { height, width, places: pixels.map((_, i) => i) };
}

/** The row and the column that a name spells, in places 1 and 2. */
function placeOf(name: string): RegExpExecArray | null {
  return /^r(?:ow)?[ _]?(\d+)[ _]?c(?:ol(?:umn)?)?[ _]?(\d+)$/i.exec(name);
}

/** Places by names such as r0c0, row1_col2, R1C1. */
function namedPlaces(where: string, pixels: readonly string[]): Places {
  const places = pixels.map((name) => {
    const found = placeOf(name);
    if (found === null)
      refuse(
        where,
        `column "${name}" does not name a row and a column (r0c0): rename it, or give size [height, width]`,
      );
    return [Number(found[1]), Number(found[2])];
  });
  const extent = (axis: 0 | 1) => {
    const numbers = places.map((place) => place[axis]);
    const first = numbers.reduce((least, one) => Math.min(least, one));
    return { first, length: numbers.reduce((most, one) => Math.max(most, one)) - first + 1 };
  };
  const [rows, columns] = [extent(0), extent(1)];
  const flat = places.map(([row, column]) => (row - rows.first) * columns.length + column - columns.first);
  if (rows.length * columns.length !== pixels.length || new Set(flat).size !== pixels.length) {
    const span = `${rows.length} rows by ${columns.length} columns`;
    refuse(where, `${pixels.length} columns of pixels name ${span}: each pixel once is needed`);
  }
  return { height: rows.length, width: columns.length, places: flat };
}
