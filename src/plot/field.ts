import { checkGrid, type Grid, xOfColumn, yOfRow } from "../math/grid.js";
import { checkFinite, checkInteger, checkTensor, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import type { Quantity } from "./text.js";
import { quantityText, wrapText } from "./text.js";
import { divergingScale, fontSize } from "./theme.js";

/** A receptive field to draw: an Estimate is one, and so is `{ kernel: renderGabor(gabor, grid), grid }`. */
export interface Field {
  /** [height, width] or [lags, height, width], lag 0 first */
  readonly kernel: Tensor;
  /** default: the kernel's shape, with lengths in pixels */
  readonly grid?: Grid;
}

/** One lag of a field, checked. */
export interface Plane {
  readonly values: Float32Array | Float64Array;
  readonly grid: Grid;
  readonly lag: number;
}

/** What a field's values are where nobody says. */
export const weight: Quantity = { label: "weight", unit: "" };

/** The lags of a field as planes, after the checks of its shape and values. */
export function planesOf(where: string, field: Field): Plane[] {
  if (typeof field !== "object" || field === null)
    refuse(where, `field is ${describe(field)}, { kernel, grid? } is needed`);
  const { kernel } = field;
  checkTensor(where, "kernel", kernel);
  const rank = kernel.shape.length;
  if ((rank !== 2 && rank !== 3) || kernel.data.length === 0)
    refuse(where, `kernel has shape ${shapeText(kernel.shape)}, [height, width] or [lags, height, width] is needed`);
  checkFinite(where, "kernel", kernel.data);
  const [height, width] = kernel.shape.slice(-2) as [number, number];
  const grid = field.grid ?? { height, width };
  checkGrid(where, grid);
  if (grid.height !== height || grid.width !== width)
    refuse(where, `kernel has shape ${shapeText(kernel.shape)}, the grid is ${grid.height}x${grid.width}`);
  const size = height * width;
  return Array.from({ length: kernel.data.length / size }, (_, lag) => ({
    values: kernel.data.subarray(lag * size, (lag + 1) * size),
    grid,
    lag,
  }));
}

/** The plane at `lag`; without one, the plane of most energy, the first among equals. */
export function planeAt(where: string, field: Field, lag?: number): Plane {
  const planes = planesOf(where, field);
  if (lag !== undefined) {
    checkInteger(where, "lag", lag, 0, planes.length - 1);
    return planes[lag]!;
  }
  const energies = planes.map((plane) => energyOf(plane.values));
  return planes[energies.indexOf(Math.max(...energies))]!;
}

function energyOf(values: Float32Array | Float64Array): number {
  let energy = 0;
  for (const value of values) energy += value * value;
  return energy;
}

/** The rows of a plane for a heatmap, row 0 first, to six digits. */
export function rowsOf(plane: Plane): number[][] {
  const { height, width } = plane.grid;
  return Array.from({ length: height }, (_, r) =>
    Array.from(plane.values.subarray(r * width, (r + 1) * width), compact),
  );
}

/** Six significant digits: more than a colour can show, a third of the bytes. */
export function compact(value: number): number {
  return Number(value.toPrecision(6));
}

/** The largest magnitude among arrays, 1 where all is 0: the end of a scale that is symmetric about 0. */
export function symmetricLimit(arrays: readonly ArrayLike<number>[]): number {
  let most = 0;
  for (const values of arrays) for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most === 0 ? 1 : compact(most);
}

/** The name of a grid's unit of length, as axes show it. */
export function lengthUnit(grid: Grid): "degrees" | "pixels" {
  return grid.step === undefined ? "pixels" : "degrees";
}

/** Where a grid's columns and rows lie, as a heatmap takes them: x to the right, y up, row 0 at the top. */
export function coordinatesOf(grid: Grid): { x: number[]; y: number[] } {
  return {
    x: Array.from({ length: grid.width }, (_, c) => compact(xOfColumn(grid, c))),
    y: Array.from({ length: grid.height }, (_, r) => compact(yOfRow(grid, r))),
  };
}

/** A quantity beside a colour bar, in lines no longer than the bar where its words allow. */
function barTitle(value: Quantity, barPixels: number): string {
  return wrapText(quantityText(value), Math.max(16, Math.floor(barPixels / (fontSize.text * 0.58)))).join("<br>");
}

/** A colour axis, diverging and symmetric about 0, with its bar at the right of the plot. */
export function divergingAxis(limit: number, value: Quantity, barPixels: number) {
  return {
    colorscale: divergingScale,
    cmin: -limit,
    cmax: limit,
    cmid: 0,
    colorbar: {
      title: { text: barTitle(value, barPixels), side: "right", font: { size: fontSize.text } },
      tickfont: { size: fontSize.small },
      nticks: 7,
      thickness: 14,
      outlinewidth: 0,
      x: 1,
      xpad: 12,
      ypad: 0,
      lenmode: "pixels",
      len: barPixels,
      yanchor: "middle",
      y: 0.5,
    },
  };
}
