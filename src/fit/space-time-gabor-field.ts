import { checkGrid, type Grid, gridText } from "../math/grid.js";
import { singularValueDecomposition } from "../math/singular-values.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkFinite, checkTensor, describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type ElementType, shapeText, type Tensor, typeOf } from "../tensor/tensor.js";
import type { SpaceTimeField } from "./space-time-gabor-sums.js";

/** A receptive field in space and time, as the fits take it. */
export interface CheckedField extends SpaceTimeField {
  readonly grid: Grid;
  /** of the tensor it came from */
  readonly type: ElementType;
}

/** The field of a tensor [L, H, W] or of an estimate, checked. */
export function spaceTimeFieldOf(where: string, field: Tensor | Estimate, given: Grid | undefined): CheckedField {
  const whole = !isTensor(field);
  if (whole && (typeof field !== "object" || field === null || field.kind !== "estimate"))
    refuse(where, `field is ${describe(field)}, a tensor [lags, height, width] or an estimate is needed`);
  const name = whole ? "field.kernel" : "field";
  const kernel = whole ? field.kernel : field;
  checkTensor(where, name, kernel, 3);
  const [lags, height, width] = kernel.shape;
  if (kernel.data.length === 0) refuse(where, `${name} has shape ${shapeText(kernel.shape)}, no axis may be 0`);
  checkFinite(where, name, kernel.data);
  const grid = given ?? (whole ? field.grid : { height, width });
  checkGrid(where, grid);
  if (grid.height !== height || grid.width !== width)
    refuse(where, `grid is ${gridText(grid)}, ${name} of shape ${shapeText(kernel.shape)} needs ${height}x${width}`);
  return { lags, height, width, grid, data: Float64Array.from(kernel.data), type: typeOf(kernel) };
}

/** The first spatial singular vector of a field, `[height, width]`, unit norm: its image where it separates. */
export function firstImage({ lags, height, width, data }: SpaceTimeField): Float64Array {
  return singularValueDecomposition(data, lags, height * width).right.slice(0, height * width);
}
