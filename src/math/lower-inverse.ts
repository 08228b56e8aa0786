import {
  addPanels,
  doubleDepth,
  doubleFunctions,
  packColumns,
  packRows,
  reserveDoubles,
  scratchOf,
  unpackColumns,
  wholePanels,
} from "../kernels/double-panels.js";
import { type Panels, panels } from "../kernels/panels.js";

/**
 * The inverse of a lower triangular matrix, by rows: `X_i = (e_i - Σ_{k<i} L_ik·X_k)/L_ii`. A block of rows is solved for, four
 * columns at once, and its products are taken off all rows below.
 *
 * @param L [n, n], row-major, no zero on the diagonal; what is above it is not looked at
 * @returns [n, n], lower triangular
 */
export function lowerInverse(L: Float64Array, n: number, k: Panels = panels()): Float64Array {
  const X = new Float64Array(n * n);
  for (let i = 0; i < n; i++) X[i * n + i] = 1;
  const width = Math.min(doubleDepth, wholePanels(n));
  const [rows, scratch] = [8 * wholePanels(n) * width, 16 * wholePanels(n) * width];
  const D = reserveDoubles(k, scratch / 8 + scratchOf(n));
  for (let from = 0; from < n; from += width) {
    const to = Math.min(n, from + width);
    const depth = wholePanels(to - from);
    packRows(D, rows, { M: L, pitch: n, row: from, rows: n - from, column: from, columns: to - from }, depth);
    // The rows that fill up the last panel divide by 0: they come last, and nobody takes them back.
    const block = { M: X, pitch: n, row: from, rows: to - from, column: 0, columns: to };
    packColumns(D, 0, block, depth);
    doubleFunctions(k).solveDoubles(0, rows, Math.ceil(to / 4), depth / 4, depth, from / 4);
    unpackColumns(D, 0, block, depth);
    const below = { M: X, pitch: n, row: to, rows: n - to, column: 0, columns: to };
    addPanels(k, { A: rows + 8 * depth * depth, B: 0, scratch, depth }, below, -1, false);
  }
  return X;
}

/**
 * XᵀX, both triangles, of a lower triangular X: the inverse of L·Lᵀ from that of L.
 *
 * @param X [n, n], row-major, 0 above the diagonal
 */
export function lowerSquare(X: Float64Array, n: number, k: Panels = panels()): Float64Array {
  const S = new Float64Array(n * n);
  const width = Math.min(doubleDepth, wholePanels(n));
  const scratch = 8 * wholePanels(n) * width;
  const D = reserveDoubles(k, scratch / 8 + scratchOf(n));
  for (let from = 0; from < n; from += width) {
    const to = Math.min(n, from + width);
    packColumns(D, 0, { M: X, pitch: n, row: from, rows: to - from, column: 0, columns: to }, width);
    const into = { M: S, pitch: n, row: 0, rows: to, column: 0, columns: to };
    addPanels(k, { A: 0, B: 0, scratch, depth: width }, into, 1, true);
  }
  for (let i = 1; i < n; i++) for (let j = 0; j < i; j++) S[j * n + i] = S[i * n + j]!;
  return S;
}
