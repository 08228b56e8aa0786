import { addWeightedGram, gramBlock } from "../../math/gram.js";
import { dotAt } from "../../math/vectors.js";

/** A design matrix that is made in runs of rows: one row a bin, one column a parameter. */
export interface Rows {
  readonly count: number;
  readonly columns: number;
  /** Rows `start` to `start + count`, `[count, columns]`, in `into` or in memory of its own. */
  readonly read: (start: number, count: number, into?: Float32Array) => Float32Array;
  /** whether `read` gives parts of an array in memory, and needs no `into` */
  readonly held?: boolean;
}

/** Numbers that are kept rather than made anew for each pass: 512 MiB. */
const keptNumbers = 2 ** 27;

/** Numbers of one block, 16 MiB, where a whole block of the products' sums is not more. */
const blockNumbers = 2 ** 22;

/** The same rows, made once where they fit into memory. */
export function kept(rows: Rows, most = keptNumbers): Rows {
  const { count, columns } = rows;
  if (count * columns > most) return rows;
  const all = new Float32Array(count * columns);
  const step = blockRows(columns);
  for (let start = 0; start < count; start += step) {
    const size = Math.min(step, count - start);
    const target = all.subarray(start * columns, (start + size) * columns);
    const made = rows.read(start, size, target);
    if (made !== target) target.set(made);
  }
  return { count, columns, held: true, read: (start, size) => all.subarray(start * columns, (start + size) * columns) };
}

/** Rows of a block: a whole number of the blocks whose sums are float32, or a part of one. */
function blockRows(columns: number): number {
  return gramBlock * Math.max(1, Math.floor(blockNumbers / (gramBlock * columns)));
}

/** Calls `visit` with the rows in order, block by block. */
function eachRows(rows: Rows, visit: (X: Float32Array, start: number, count: number) => void): void {
  const step = Math.min(rows.count, blockRows(rows.columns));
  const buffer = rows.held ? undefined : new Float32Array(step * rows.columns);
  for (let start = 0; start < rows.count; start += step) {
    const count = Math.min(step, rows.count - start);
    visit(rows.read(start, count, buffer?.subarray(0, count * rows.columns)), start, count);
  }
}

function addRow(into: Float64Array, X: Float32Array, at: number, by: number): void {
  for (let j = 0; j < into.length; j++) into[j] += by * X[at + j];
}

/** `X·v`, [count], in float64. */
export function timesVector(rows: Rows, v: Float64Array): Float64Array {
  const product = new Float64Array(rows.count);
  eachRows(rows, (X, start, count) => {
    for (let t = 0; t < count; t++) product[start + t] = dotAt(v, X, t * rows.columns);
  });
  return product;
}

/** `Xᵀ·r`, [columns], in float64. */
export function transposeTimes(rows: Rows, r: Float64Array): Float64Array {
  const sum = new Float64Array(rows.columns);
  eachRows(rows, (X, start, count) => {
    for (let t = 0; t < count; t++) if (r[start + t] !== 0) addRow(sum, X, t * rows.columns, r[start + t]);
  });
  return sum;
}

/** `Xᵀ·W·X·v` with a diagonal W, [columns], in float64: one pass, the matrix is never made. */
export function curvatureTimes(rows: Rows, weights: Float64Array, v: Float64Array): Float64Array {
  const sum = new Float64Array(rows.columns);
  eachRows(rows, (X, start, count) => {
    for (let t = 0; t < count; t++) {
      const at = t * rows.columns;
      if (weights[start + t] > 0) addRow(sum, X, at, weights[start + t] * dotAt(v, X, at));
    }
  });
  return sum;
}

/** The diagonal of `Xᵀ·W·X`, [columns]. */
export function curvatureDiagonal(rows: Rows, weights: Float64Array): Float64Array {
  const sum = new Float64Array(rows.columns);
  eachRows(rows, (X, start, count) => {
    for (let t = 0; t < count; t++) {
      const weight = weights[start + t];
      if (weight > 0)
        for (let j = 0, at = t * rows.columns; j < sum.length; j++) sum[j] += weight * X[at + j] * X[at + j];
    }
  });
  return sum;
}

/** `Xᵀ·W·X`, [columns, columns]; sums within a block of frames are float32. */
export function curvature(rows: Rows, weights: Float64Array): Float64Array {
  const H = new Float64Array(rows.columns ** 2);
  eachRows(rows, (X, start, count) => {
    addWeightedGram(X, weights.subarray(start, start + count), count, rows.columns, H);
  });
  return H;
}

/** The columns that have one value in every row. */
export function constantColumns(rows: Rows): Uint8Array {
  const constant = new Uint8Array(rows.columns).fill(1);
  let first: Float32Array | undefined;
  eachRows(rows, (X, _start, count) => {
    first ??= X.slice(0, rows.columns);
    for (let t = 0; t < count; t++)
      for (let j = 0, at = t * rows.columns; j < constant.length; j++) if (X[at + j] !== first[j]) constant[j] = 0;
  });
  return constant;
}
