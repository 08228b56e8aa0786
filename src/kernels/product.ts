import { tileColumns, tileRows } from "./panel-kernels.js";
import { type Panels, panels } from "./panels.js";

/**
 * Writes panels of one operand: lanes `first` to `first + count` (rows of A in fours, columns of B in eights; what fills up the
 * last panel is not looked at) for the steps `from` to `from + depth`, to the arena at `address`.
 */
export type Packer = (address: number, first: number, count: number, from: number, depth: number) => void;

/** A product C = A·B, by how its operands are packed and where each entry of C goes in the arena. */
export interface Product {
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  readonly packRows: Packer;
  readonly packColumns: Packer;
  /** addresses of the columns of C, and how far from there each row lies, in bytes */
  readonly laneAddresses: Int32Array;
  readonly stepOffsets: Int32Array;
  /** whether C adds to what is there; no two columns of one row share a place */
  readonly add: boolean;
}

/**
 * The most steps that are summed in a row before their sum is added to C. A column panel of 256 steps takes 8 KiB and a row
 * panel 4 KiB: both stay in the first level of the cache. It also bounds the rounding: a sum of n products is off by at most
 * about (256 + n/256)·2⁻²⁴ of the sum of their magnitudes, not n·2⁻²⁴.
 */
export const depthBlock = 256;
const rowBlock = 512;
const columnBlock = 1024;

/** A large skew: every row panel takes part (see `multiplyPanels`). */
export const noSkew = 1 << 28;

/** Where the fixed parts of the arena start: the offset tables, a tile, the packed operands, and what callers stage. */
export const layout = (() => {
  const laneTable = 0;
  const stepTable = laneTable + 4 * columnBlock;
  const laneAddresses = stepTable + 4 * Math.max(rowBlock, depthBlock);
  const stepOffsets = laneAddresses + 4 * columnBlock;
  const tile = stepOffsets + 4 * rowBlock;
  const rowPanels = tile + 256;
  // 64 bytes more than a whole number of pages keep the parts from sharing the same sets of the cache.
  const columnPanels = rowPanels + 4 * rowBlock * depthBlock + 64;
  const stage = columnPanels + 4 * columnBlock * depthBlock + 64;
  return { laneTable, stepTable, laneAddresses, stepOffsets, tile, rowPanels, columnPanels, stage } as const;
})();

/** Splits `total` into equal blocks of at most `most`, in multiples of `unit`: a short last block wastes the tile's set-up. */
export function evenBlock(total: number, most: number, unit: number): number {
  const blocks = Math.ceil(total / most);
  return Math.ceil(total / blocks / unit) * unit;
}

/** Makes room for `floats` numbers that callers stage at `layout.stage`, with slack for vectors that read past the end. */
export function reserveStage(k: Panels, floats: number): void {
  k.arena.reserve(layout.stage + 4 * floats + 64);
}

/**
 * Runs a product block by block: for each block of depth the columns are packed, then the rows.
 *
 * Each entry of C is summed over blocks of depth that depend on the depth alone, and blocks of columns have one length, so that
 * neither the other operand nor more columns at the end change a bit.
 */
export function runProduct(k: Panels, product: Product): void {
  const { rows, columns, depth, packRows, packColumns, laneAddresses, stepOffsets, add } = product;
  const rowStep = evenBlock(rows, rowBlock, tileRows);
  const depthStep = evenBlock(depth, depthBlock, 1);
  for (let column = 0; column < columns; column += columnBlock) {
    const width = Math.min(columnBlock, columns - column);
    writeTable(k, layout.laneAddresses, laneAddresses, column, width, width);
    for (let row = 0; row < rows; row += rowStep) {
      const height = Math.min(rowStep, rows - row);
      writeTable(k, layout.stepOffsets, stepOffsets, row, height, height);
      for (let from = 0; from < depth; from += depthStep) {
        const steps = Math.min(depthStep, depth - from);
        packColumns(layout.columnPanels, column, width, from, steps);
        packRows(layout.rowPanels, row, height, from, steps);
        const { rowPanels: A, columnPanels: B, laneAddresses: to, stepOffsets: by, tile } = layout;
        k.multiplyInto(A, B, height, width, steps, to, by, add || from > 0 ? 1 : 0, tile);
      }
    }
  }
}

/**
 * A packer that reads `source` (an address in the arena) at the sum of a lane's and a step's offset, both in bytes: any strided
 * matrix, and the windows of a convolution.
 */
export function tablePacker(
  k: Panels,
  source: number,
  laneOffsets: Int32Array,
  stepOffsets: Int32Array,
  width: typeof tileRows | typeof tileColumns,
): Packer {
  const gather = width === tileRows ? k.gather4 : k.gather8;
  return (address, first, count, from, depth) => {
    const padded = Math.ceil(count / width) * width;
    writeTable(k, layout.laneTable, laneOffsets, first, count, padded);
    writeTable(k, layout.stepTable, stepOffsets, from, depth, depth);
    gather(address, source, layout.laneTable, layout.stepTable, padded / width, depth);
  };
}

/** Writes offsets `first` to `first + count` to a table, the last one repeated up to `padded`. */
export function writeTable(
  k: Panels,
  address: number,
  offsets: Int32Array,
  first: number,
  count: number,
  padded: number,
): void {
  const table = k.arena.integers;
  const start = address >> 2;
  table.set(offsets.subarray(first, first + count), start);
  table.fill(offsets[first + count - 1]!, start + count, start + padded);
}

/** Offsets in bytes of `count` elements that lie `stride` elements apart, from an address on. */
export function strided(count: number, stride: number, address = 0): Int32Array {
  const offsets = new Int32Array(count);
  for (let i = 0; i < count; i++) offsets[i] = address + 4 * i * stride;
  return offsets;
}

/** Adds a run of numbers, four at once: one after the other each would wait for the memory of the last. */
function addRun(from: Float32Array, first: number, into: Float32Array, at: number, count: number): void {
  let i = 0;
  for (; i + 4 <= count; i += 4) {
    const a = into[at + i]! + from[first + i]!;
    const b = into[at + i + 1]! + from[first + i + 1]!;
    const c = into[at + i + 2]! + from[first + i + 2]!;
    const d = into[at + i + 3]! + from[first + i + 3]!;
    into[at + i] = a;
    into[at + i + 1] = b;
    into[at + i + 2] = c;
    into[at + i + 3] = d;
  }
  for (; i < count; i++) into[at + i]! += from[first + i]!;
}

/**
 * C += A·B for row-major float32 matrices; sums run in float32 as told at `depthBlock`.
 *
 * @param A `[rows, depth]`, or with `transposeA` `[depth, rows]`
 * @param B `[depth, columns]`, or with `transposeB` `[columns, depth]`
 * @param C `[rows, columns]`
 */
export function addProduct(
  A: Float32Array,
  B: Float32Array,
  C: Float32Array,
  size: {
    readonly rows: number;
    readonly columns: number;
    readonly depth: number;
    readonly transposeA?: boolean;
    readonly transposeB?: boolean;
  },
  k: Panels = panels(),
): void {
  const { rows, columns, depth, transposeA = false, transposeB = false } = size;
  if (rows === 0 || columns === 0 || depth === 0) return;
  reserveStage(k, A.length + B.length + C.length);
  const sourceA = layout.stage;
  const sourceB = sourceA + 4 * A.length;
  const product = sourceB + 4 * B.length;
  k.arena.floats.set(A, sourceA >> 2);
  k.arena.floats.set(B, sourceB >> 2);
  const [lanesA, stepsA] = transposeA ? [1, rows] : [depth, 1];
  const [lanesB, stepsB] = transposeB ? [depth, 1] : [1, columns];
  runProduct(k, {
    rows,
    columns,
    depth,
    packRows: tablePacker(k, sourceA, strided(rows, lanesA), strided(depth, stepsA), tileRows),
    packColumns: tablePacker(k, sourceB, strided(columns, lanesB), strided(depth, stepsB), tileColumns),
    laneAddresses: strided(columns, 1, product),
    stepOffsets: strided(rows, columns),
    add: false,
  });
  addRun(k.arena.floats, product >> 2, C, 0, rows * columns);
}
