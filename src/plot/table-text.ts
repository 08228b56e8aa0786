import type { Cell, Column, Table } from "./table.js";
import { measuredText, numberText, wrapText } from "./text.js";

/** A cell as it is read, in the terminal and on the page. */
export function cellText(cell: Cell): string {
  if (cell === null) return "–";
  if (typeof cell === "string") return cell;
  if (typeof cell === "number") return numberText(cell);
  return cell.error === undefined ? numberText(cell.value, cell.digits) : measuredText(cell.value, cell.error);
}

/** A column's header with its unit: `frequency (cycles/degree)`. */
export function headerText(column: Column): string {
  return column.unit ? `${column.header} (${column.unit})` : column.header;
}

/** Whether a column holds numbers only, which stand at its right. */
export function isNumeric(table: Table, column: number): boolean {
  const cells = table.rows.map((row) => row[column] ?? null).filter((cell) => cell !== null);
  return cells.length > 0 && cells.every((cell) => typeof cell !== "string");
}

/** Letters of a cell in one line: a sentence among the cells goes on below, so that the other columns stay in sight. */
const mostInLine = 64;

/**
 * A table as plain lines for a terminal: its title, a header, a rule, the rows, the note; numbers at the right.
 *
 * @returns lines ending in "\n", without trailing spaces
 */
export function tableText(table: Table): string {
  const cells = [
    table.columns.map(headerText),
    ...table.rows.flatMap((row) => linesOf(table.columns.map((_, i) => cellText(row[i] ?? null)))),
  ];
  const widths = table.columns.map((_, i) => Math.max(...cells.map((row) => lengthOf(row[i]!))));
  const line = (row: readonly string[]) =>
    row
      .map((text, i) => pad(text, widths[i]!, isNumeric(table, i)))
      .join("  ")
      .trimEnd();
  const rule = widths.map((width) => "─".repeat(width)).join("  ");
  const [header, ...rows] = cells.map(line);
  return [table.title, "", header!, rule, ...rows, ...(table.note ? ["", table.note] : [])]
    .map((text) => `${text}\n`)
    .join("");
}

/** The lines of a row, of which only its long cells fill more than the first. */
function linesOf(row: readonly string[]): string[][] {
  const parts = row.map((text) => (lengthOf(text) > mostInLine ? wrapText(text, mostInLine) : [text]));
  const lines = Math.max(...parts.map(({ length }) => length));
  return Array.from({ length: lines }, (_, line) => parts.map((part) => part[line] ?? ""));
}

/** Letters as a terminal counts them: combining marks take no place. */
function lengthOf(text: string): number {
  return [...text.replace(/\p{M}/gu, "")].length;
}

function pad(text: string, width: number, right: boolean): string {
  const space = " ".repeat(width - lengthOf(text));
  return right ? space + text : text + space;
}
