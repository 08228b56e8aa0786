/** The record of a plan in the arena: what the kernels that work on whole planes read. */
import type { Expr, Local } from "./assembler.js";
import { i32 } from "./instructions.js";

/**
 * The numbers of a plan, one integer each. A plane of `ny` rows of `nx` complex numbers lies strip by strip: `strips` strips of
 * `strip` columns, each row by row, so that the passes along columns and the products find a strip side by side in memory. Rows
 * are transformed in a scratch of `block` rows. The rest are addresses, and how many passes the records
 * tell: `table` names the eight planes that are read, with what their windows lack at `margins`, `targets` those that are written.
 */
export const planFields = [
  "ny",
  "nx",
  "strip",
  "strips",
  "block",
  "scratch",
  "rows",
  "rowPasses",
  "columns",
  "columnPasses",
  "rowsBack",
  "rowBackPasses",
  "columnsBack",
  "columnBackPasses",
  "oppositeRows",
  "oppositeColumns",
  "table",
  "margins",
  "targets",
] as const;

export type PlanField = (typeof planFields)[number];

/** The offset of a field in a record, in bytes. */
export function offsetOf(field: PlanField): number {
  return 4 * planFields.indexOf(field);
}

/** Reads a field of the record at `plan`. */
export function field(plan: Local<"i32">, name: PlanField): Expr<"i32"> {
  return i32.load(plan, offsetOf(name));
}
