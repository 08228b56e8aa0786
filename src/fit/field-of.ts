import { checkGrid, type Grid, gridText } from "../math/grid.js";
import { singularValueDecomposition } from "../math/singular-values.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkFinite, checkTensor, describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type ElementType, shapeText, type Tensor, typeOf } from "../tensor/tensor.js";

/** A receptive field in space, as the fits take it. */
export interface SpatialField {
  /** [H, W], float64 */
  readonly data: Float64Array;
  readonly grid: Grid;
  /** of the tensor it came from */
  readonly type: ElementType;
}

/**
 * The spatial field of a tensor [H, W] or of an estimate [L, H, W]: of several lags the first spatial singular vector times
 * its singular value, signed so that the temporal weight largest in magnitude is positive.
 */
export function fieldOf(where: string, field: Tensor | Estimate, grid: Grid | undefined): SpatialField {
  if (grid !== undefined) checkGrid(where, grid);
  if (isTensor(field)) {
    checkTensor(where, "field", field, 2);
    const [height, width] = field.shape;
    return spatial(where, field, grid ?? { height, width }, field.data);
  }
  if (typeof field !== "object" || field === null || field.kind !== "estimate")
    refuse(where, `field is ${describe(field)}, a tensor [H, W] or an estimate is needed`);
  checkTensor(where, "field.kernel", field.kernel, 3);
  const [lags, height, width] = field.kernel.shape;
  if (lags < 1) refuse(where, `field.kernel has shape ${shapeText(field.kernel.shape)}, at least one lag is needed`);
  checkFinite(where, "field.kernel", field.kernel.data);
  const data = lags === 1 ? field.kernel.data : firstSpatial(field.kernel.data, lags, height * width);
  return spatial(where, { ...field.kernel, shape: [height, width] }, grid ?? field.grid, data);
}

function firstSpatial(kernel: ArrayLike<number>, lags: number, pixels: number): Float64Array {
  const { values, right } = singularValueDecomposition(kernel, lags, pixels);
  return right.slice(0, pixels).map((x) => x * values[0]);
}

function spatial(where: string, field: Tensor, grid: Grid, data: ArrayLike<number>): SpatialField {
  checkGrid(where, grid);
  const [height, width] = field.shape;
  if (grid.height !== height || grid.width !== width)
    refuse(where, `grid is ${gridText(grid)}, the field of shape ${shapeText(field.shape)} needs ${height}x${width}`);
  checkFinite(where, "field", data);
  return { data: Float64Array.from(data), grid, type: typeOf(field) };
}
