/** A value, with its standard error where it has one. */
export interface Measured {
  readonly value: number;
  readonly error?: number;
  /** significant digits where there is no error; default 3 */
  readonly digits?: number;
}

/** One cell: a text, a number, a value ± standard error, or nothing (drawn as –). */
export type Cell = string | number | Measured | null;

/** One column: what it holds, in which unit. */
export interface Column {
  readonly header: string;
  /** shown beside the header; absent for texts and pure numbers */
  readonly unit?: string;
}

/** Rows of findings, for the terminal and for the page. The first cell of a row names it. */
export interface Table {
  readonly kind: "table";
  readonly title: string;
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Cell[])[];
  /** what a reader must know to read it: sample sizes, what ± is, where the reference is from */
  readonly note?: string;
}
