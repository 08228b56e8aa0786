import {
  addPanels,
  doubleDepth,
  doubleFunctions,
  packRows,
  reserveDoubles,
  scratchOf,
  unpackRows,
  wholePanels,
} from "../kernels/double-panels.js";
import type { Panels } from "../kernels/panels.js";
import { noSkew } from "../kernels/product.js";

/**
 * Cholesky's factor in place, by blocks of columns: a block is packed and factored, four rows at once, and its products are
 * taken off what lies right of it. What is above the diagonal is neither used nor meant.
 *
 * @param L [n, n], row-major, of which the lower triangle is replaced
 * @param least [n], the pivots must be above
 * @returns whether they are
 */
export function factorBlocks(k: Panels, L: Float64Array, n: number, least: Float64Array): boolean {
  const { solveDoubles } = doubleFunctions(k);
  const width = Math.min(doubleDepth, wholePanels(n));
  const scratch = 8 * wholePanels(n) * width;
  const D = reserveDoubles(k, scratch / 8 + scratchOf(n));
  for (let from = 0; from < n; from += width) {
    const to = Math.min(n, from + width);
    const depth = wholePanels(to - from);
    const block = { M: L, pitch: n, row: from, rows: n - from, column: from, columns: to - from };
    packRows(D, 0, block, depth);
    padDiagonal(D, to - from, depth);
    if (!factorDiagonal(k, D, depth, scratch, least.subarray(from, to))) return false;
    const below = 8 * depth * depth;
    solveDoubles(below, 0, Math.ceil((n - to) / 4), depth / 4, depth, noSkew);
    unpackRows(D, 0, block, depth);
    const rest = { M: L, pitch: n, row: to, rows: n - to, column: to, columns: n - to };
    addPanels(k, { A: below, B: below, scratch, depth }, rest, -1, true);
  }
  return true;
}

/** Puts 1 on the diagonal of the rows that fill up the last panel, so that their pivots are above 0. */
function padDiagonal(D: Float64Array, size: number, depth: number): void {
  for (let i = size; i < depth; i++) D[(i >> 2) * 4 * depth + 4 * i + (i & 3)] = 1;
}

/** The square on the diagonal, packed at 0. */
function factorDiagonal(k: Panels, D: Float64Array, depth: number, scratch: number, least: Float64Array): boolean {
  const { multiplyDoubles, solveDoubles } = doubleFunctions(k);
  for (let i = 0; i < depth; i += 4) {
    const panel = 8 * i * depth;
    solveDoubles(panel, 0, 1, i / 4, depth, noSkew);
    multiplyDoubles(panel, panel, scratch, 1, 1, i, 32, noSkew);
    if (!factorTile(D, panel / 8 + 4 * i, scratch / 8, least.subarray(i, i + 4))) return false;
  }
  return true;
}

/** The tile at `t`, column by column, less the products of earlier columns at `s`. */
function factorTile(D: Float64Array, t: number, s: number, least: Float64Array): boolean {
  for (let c = 0; c < 4; c++) {
    for (let row = c; row < 4; row++) {
      let sum = D[t + 4 * c + row]! - D[s + 4 * row + c]!;
      for (let k = 0; k < c; k++) sum -= D[t + 4 * k + row]! * D[t + 4 * k + c]!;
      if (row > c) D[t + 4 * c + row] = sum / D[t + 5 * c]!;
      else if (sum > (least[c] ?? 0)) D[t + 5 * c] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}
