import { checkInteger, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/** A patch of the visual field, sampled in square pixels; its origin is the centre of the patch, x to the right, y up. */
export interface Grid {
  /** rows */
  readonly height: number;
  /** columns */
  readonly width: number;
  /** degrees of visual angle per pixel; default 1, so that lengths are in pixels */
  readonly step?: number;
}

/** The degrees per pixel of a grid, 1 where it names none. */
export function stepOf(grid: Grid): number {
  return grid.step ?? 1;
}

/** The number of pixels of a grid. */
export function pixelsOf(grid: Grid): number {
  return grid.height * grid.width;
}

/** The x of a column: `(c - (W-1)/2)·step`. */
export function xOfColumn(grid: Grid, column: number): number {
  return (column - (grid.width - 1) / 2) * stepOf(grid);
}

/** The y of a row, up: `((H-1)/2 - r)·step`. */
export function yOfRow(grid: Grid, row: number): number {
  return ((grid.height - 1) / 2 - row) * stepOf(grid);
}

/** Whether two grids have the same pixels and the same step. */
export function sameGrid(a: Grid, b: Grid): boolean {
  return a.height === b.height && a.width === b.width && stepOf(a) === stepOf(b);
}

/** A grid as it is printed in errors: `16x16 (step 1)`. */
export function gridText(grid: Grid): string {
  return `${grid.height}x${grid.width} (step ${stepOf(grid)})`;
}

/** A grid's own fields, without a step where it names none: then lengths are in pixels, and said to be. */
export function gridOf({ height, width, step }: Grid): Grid {
  return step === undefined ? { height, width } : { height, width, step };
}

/** Throws unless `value` is a grid of at least one pixel with a step above 0. */
export function checkGrid(where: string, value: unknown): asserts value is Grid {
  if (typeof value !== "object" || value === null)
    refuse(where, `grid is ${describe(value)}, { height, width, step? } is needed`);
  const grid = value as Partial<Grid>;
  checkInteger(where, "grid.height", grid.height, 1);
  checkInteger(where, "grid.width", grid.width, 1);
  if (grid.step !== undefined) checkPositive(where, "grid.step", grid.step);
}
