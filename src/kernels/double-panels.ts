/** Float64 matrices in panels of 4: how they are packed, multiplied and taken back. Addresses are in bytes. */
import type { DoubleFunctions } from "./double-functions.js";
import { doubleModule, doubleTile } from "./double-kernels.js";
import { doubleTwins } from "./double-twins.js";
import type { Panels } from "./panels.js";
import { noSkew } from "./product.js";
import { instantiate } from "./webassembly.js";

const made = new WeakMap<Panels, DoubleFunctions>();

/** The kernels that work in the arena of `k`, made at the first call: in WebAssembly where `k` is, else plain. */
export function doubleFunctions(k: Panels): DoubleFunctions {
  const known = made.get(k);
  if (known) return known;
  const { memory, fused, arena } = k;
  const wasm = memory && instantiate<DoubleFunctions>(doubleModule(fused), { env: { memory } });
  const functions = wasm ?? doubleTwins(arena);
  made.set(k, functions);
  return functions;
}

/**
 * The most steps of a panel: one of 256 takes 8 KiB, so that it and the one it meets fill half of the first level of the cache.
 * With half as many a large factor takes an eighth longer, since each number of the rest is loaded and stored twice as often.
 */
export const doubleDepth = 256;

/** Rows of a band: its panels, 128 KiB, stay in the second level of the cache while those of the columns pass. */
const bandRows = 64;

/** A rectangle of a row-major matrix, `pitch` numbers a row. */
export interface Rectangle {
  readonly M: Float64Array;
  readonly pitch: number;
  readonly row: number;
  readonly rows: number;
  readonly column: number;
  readonly columns: number;
}

/** `count` filled up to whole panels. */
export function wholePanels(count: number): number {
  return doubleTile * Math.ceil(count / doubleTile);
}

/** Makes room for `count` numbers and shows the arena as float64; what is reserved later may leave the view empty. */
export function reserveDoubles({ arena }: Panels, count: number): Float64Array {
  arena.reserve(8 * count);
  return new Float64Array(arena.floats.buffer);
}

/** Packs a rectangle in panels of 4 rows, `[rows][depth][4]`; what lacks is 0. */
export function packRows(D: Float64Array, address: number, from: Rectangle, depth: number): void {
  const { M, pitch, row, rows, column, columns } = from;
  if (rows % doubleTile > 0 || columns < depth) {
    const to = address / 8 + wholePanels(rows) * depth;
    D.fill(0, columns < depth ? address / 8 : to - doubleTile * depth, to);
  }
  for (let i = 0; i < rows; i++) {
    let to = address / 8 + (i >> 2) * doubleTile * depth + (i & 3);
    const start = (row + i) * pitch + column;
    for (let at = start; at < start + columns; at++, to += doubleTile) D[to] = M[at]!;
  }
}

/** Takes back what `packRows` packed. */
export function unpackRows(D: Float64Array, address: number, into: Rectangle, depth: number): void {
  const { M, pitch, row, rows, column, columns } = into;
  for (let i = 0; i < rows; i++) {
    let from = address / 8 + (i >> 2) * doubleTile * depth + (i & 3);
    const start = (row + i) * pitch + column;
    for (let at = start; at < start + columns; at++, from += doubleTile) M[at] = D[from]!;
  }
}

/** Packs a rectangle in panels of 4 columns, `[columns][depth][4]`; what lacks is 0. */
export function packColumns(D: Float64Array, address: number, from: Rectangle, depth: number): void {
  const { M, pitch, row, rows, column, columns } = from;
  D.fill(0, address / 8, address / 8 + (columns % doubleTile > 0 || rows < depth ? wholePanels(columns) * depth : 0));
  for (let k = 0; k < rows; k++) {
    const start = (row + k) * pitch + column;
    let [to, at] = [address / 8 + doubleTile * k, start];
    for (; at + doubleTile <= start + columns; at += doubleTile, to += doubleTile * depth) {
      D[to] = M[at]!;
      D[to + 1] = M[at + 1]!;
      D[to + 2] = M[at + 2]!;
      D[to + 3] = M[at + 3]!;
    }
    for (; at < start + columns; at++, to++) D[to] = M[at]!;
  }
}

/** Takes back what `packColumns` packed. */
export function unpackColumns(D: Float64Array, address: number, into: Rectangle, depth: number): void {
  const { M, pitch, row, rows, column, columns } = into;
  for (let k = 0; k < rows; k++) {
    const start = (row + k) * pitch + column;
    const from = address / 8 + doubleTile * k;
    for (let j = 0; j < columns; j++) M[start + j] = D[from + (j >> 2) * doubleTile * depth + (j & 3)]!;
  }
}

/** The numbers that `addPanels` needs at `scratch` for so many columns. */
export function scratchOf(columns: number): number {
  return bandRows * wholePanels(columns);
}

/** Two packed operands and where their product is put before it is added. */
export interface Packed {
  readonly A: number;
  readonly B: number;
  readonly scratch: number;
  readonly depth: number;
}

/**
 * Adds the product A·B of panels, times `sign`, to a rectangle, band by band. With `lower` only what lies on or below the
 * diagonal of the matrix is added; row and column of the rectangle are then whole panels apart.
 */
export function addPanels(k: Panels, packed: Packed, into: Rectangle, sign: 1 | -1, lower: boolean): void {
  const { A, B, scratch, depth } = packed;
  const { multiplyDoubles } = doubleFunctions(k);
  const D = new Float64Array(k.arena.floats.buffer);
  for (let first = 0; first < into.rows; first += bandRows) {
    const rows = Math.min(bandRows, into.rows - first);
    const below = into.row + first - into.column;
    const columns = lower ? Math.min(into.columns, below + rows) : into.columns;
    const pitch = wholePanels(columns);
    const panels = [Math.ceil(rows / doubleTile), pitch / doubleTile] as const;
    multiplyDoubles(
      A + 8 * first * depth,
      B,
      scratch,
      ...panels,
      depth,
      8 * pitch,
      lower ? below / doubleTile : noSkew,
    );
    for (let i = 0; i < rows; i++) {
      const count = lower ? Math.min(columns, below + i + 1) : columns;
      const at = (into.row + first + i) * into.pitch + into.column;
      addRun(D, scratch / 8 + i * pitch, into.M, at, count, sign);
    }
  }
}

/** Adds a run of numbers, four at once: one after the other each would wait for the memory of the last. */
function addRun(D: Float64Array, from: number, M: Float64Array, at: number, count: number, sign: number): void {
  const end = at + count;
  for (; at + 4 <= end; at += 4, from += 4) {
    const a = M[at]! + sign * D[from]!;
    const b = M[at + 1]! + sign * D[from + 1]!;
    const c = M[at + 2]! + sign * D[from + 2]!;
    const d = M[at + 3]! + sign * D[from + 3]!;
    M[at] = a;
    M[at + 1] = b;
    M[at + 2] = c;
    M[at + 3] = d;
  }
  for (; at < end; at++, from++) M[at]! += sign * D[from]!;
}
