import type { Table } from "../../../src/plot/table.js";
import { cellText, headerText } from "../../../src/plot/table-text.js";

/** What reads as a number, with its sign, error and unit, or as none. */
const number = /^(–|-?\d[\d,.]*(e[+-]?\d+)?( ± [\d.]+)?( %)?)$/;

/** A table as Markdown: its columns as wide as their longest cell, numbers at the right, the note below. */
export function markdownTable(table: Table): string {
  const rows = [
    table.columns.map(headerText),
    ...table.rows.map((row) => table.columns.map((_, i) => cellText(row[i] ?? null))),
  ];
  const widths = table.columns.map((_, i) => Math.max(3, ...rows.map((row) => row[i]!.length)));
  const right = table.columns.map((_, i) => rows.slice(1).every((row) => number.test(row[i]!)));
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, i) => (right[i] ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!))).join(" | ")} |`;
  const rule = `| ${widths.map((width, i) => "-".repeat(width - 1) + (right[i] ? ":" : "-")).join(" | ")} |`;
  const [header, ...body] = rows.map(line);
  return [`**${table.title}**`, "", header, rule, ...body, ...(table.note ? ["", table.note] : [])].join("\n");
}
