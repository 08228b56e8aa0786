import {
  addPanels,
  doubleDepth,
  packColumns,
  packRows,
  type Rectangle,
  reserveDoubles,
  scratchOf,
  wholePanels,
} from "./double-panels.js";
import { type Panels, panels } from "./panels.js";
import { evenBlock } from "./product.js";

/** Rows and columns that are packed at once: two operands of 256 steps and a band take 4.5 MiB. */
const sideBlock = 1024;

/**
 * C += sign·A·B of float64 rectangles: sums of up to 256 steps, which are then added up.
 *
 * @param product.A [rows, depth], or with `transposeA` [depth, rows]; rows are those of C
 * @param product.B [depth, columns]
 */
export function addDoubleProduct(
  product: {
    readonly A: Rectangle;
    readonly B: Rectangle;
    readonly C: Rectangle;
    readonly sign: 1 | -1;
    readonly transposeA?: boolean;
  },
  k: Panels = panels(),
): void {
  const { A, B, C, sign, transposeA = false } = product;
  const { rows, columns } = C;
  const depth = B.rows;
  if (rows === 0 || columns === 0 || depth === 0) return;
  const steps = evenBlock(depth, doubleDepth, 1);
  const packedRows = 8 * wholePanels(Math.min(columns, sideBlock)) * steps;
  const scratch = packedRows + 8 * wholePanels(Math.min(rows, sideBlock)) * steps;
  const D = reserveDoubles(k, scratch / 8 + scratchOf(Math.min(columns, sideBlock)));
  for (let column = 0; column < columns; column += sideBlock) {
    const width = Math.min(sideBlock, columns - column);
    for (let from = 0; from < depth; from += steps) {
      const some = Math.min(steps, depth - from);
      packColumns(D, 0, part(B, from, some, column, width), some);
      for (let row = 0; row < rows; row += sideBlock) {
        const height = Math.min(sideBlock, rows - row);
        if (transposeA) packColumns(D, packedRows, part(A, from, some, row, height), some);
        else packRows(D, packedRows, part(A, row, height, from, some), some);
        addPanels(k, { A: packedRows, B: 0, scratch, depth: some }, part(C, row, height, column, width), sign, false);
      }
    }
  }
}

/** A part of a rectangle. */
function part({ M, pitch, ...at }: Rectangle, row: number, rows: number, column: number, columns: number): Rectangle {
  return { M, pitch, row: at.row + row, rows, column: at.column + column, columns };
}

/** A whole row-major matrix as a rectangle. */
export function wholeMatrix(M: Float64Array, rows: number, columns: number): Rectangle {
  return { M, pitch: columns, row: 0, rows, column: 0, columns };
}
