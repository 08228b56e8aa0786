import { checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText } from "../tensor/tensor.js";
import type { MatValue } from "./mat-variables.js";
import type { NumericArray } from "./numeric-array.js";

/** What a file says of several cells at once, and which one is wanted. */
interface Trains {
  readonly where: string;
  /** the variable that holds them */
  readonly name: string;
  /** from 0 */
  readonly cell: number | undefined;
}

/** The counts of one cell: a list as it is, of [cells, frames] or [frames, cells] the line asked for. */
export function countsTrain(
  trains: Trains,
  value: MatValue,
  frames: number,
  frameAxis: "first" | "last",
): NumericArray {
  const array = numbersOf(trains, value);
  const long = array.shape.filter((length) => length !== 1);
  if (long.length !== 2) return onlyOne(trains, array);
  const [rows, columns] = long;
  // Where both axes are as long as the frames, they lie as the stimulus's own.
  const along = rows === columns ? frameAxis : rows === frames ? "first" : "last";
  const cells = along === "first" ? columns : rows;
  if ((along === "first" ? rows : columns) !== frames)
    refuse(
      trains.where,
      `${trains.name} has shape ${shapeText(array.shape)}, one count a frame of ${frames} is needed, of one cell or of several`,
    );
  const at = chosen(trains, cells);
  const [rowStep, columnStep] = array.order === "row-major" ? [columns, 1] : [1, rows];
  const [frameStep, cellStep] = along === "first" ? [rowStep, columnStep] : [columnStep, rowStep];
  const data = Float64Array.from({ length: frames }, (_, t) => array.data[t * frameStep + at * cellStep]);
  return { kind: "array", type: "number", shape: [frames], order: "row-major", data };
}

/** The spike times of one cell: a list as it is, of MATLAB's cell array of lists the one asked for. */
export function timesTrain(trains: Trains, value: MatValue): NumericArray {
  if (value.kind !== "cell") return onlyOne(trains, numbersOf(trains, value));
  const at = chosen(trains, value.values.length);
  return numbersOf({ ...trains, name: `${trains.name}{${at + 1}}` }, value.values[at]);
}

function chosen({ where, name, cell }: Trains, cells: number): number {
  const all = cells > 1 ? `0 to ${cells - 1}` : "0";
  if (cells === 0) refuse(where, `${name} is empty, spikes of at least one cell are needed`);
  if (cell === undefined && cells > 1) refuse(where, `${name} holds ${cells} cells, cell is needed: ${all}`);
  const at = cell ?? 0;
  if (at >= cells) refuse(where, `cell is ${at}, ${name} holds ${cells > 1 ? `${cells} cells` : "one cell"}, ${all}`);
  return at;
}

function onlyOne(trains: Trains, array: NumericArray): NumericArray {
  chosen(trains, 1);
  return array;
}

function numbersOf({ where, name }: Trains, value: MatValue): NumericArray {
  if (value.kind !== "array") refuse(where, `${name} is of kind ${value.kind}, numbers are needed`);
  return value;
}

export function checkCell(where: string, cell: number | undefined): void {
  if (cell !== undefined) checkInteger(where, "cell", cell);
}
