import { pixelsOf } from "../math/grid.js";
import { spaceTimeGaborValues } from "../math/space-time-gabor.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { fieldOf } from "./field-of.js";
import { type DifferenceOfGaussiansFit, fitDifferenceOfGaussians } from "./fit-difference-of-gaussians.js";
import { fitGabor } from "./fit-gabor.js";
import { fitSpaceTimeGabor, type SpaceTimeGaborFit } from "./fit-space-time-gabor.js";
import type { GaborFit } from "./gabor-fit.js";

/** What a field may be described by: an image times a time course of its own, or one function of space and time. */
export const fieldModels = ["difference-of-gaussians", "gabor", "space-time-gabor"] as const;
export type FieldModel = (typeof fieldModels)[number];
export type FieldFit = DifferenceOfGaussiansFit | GaborFit | SpaceTimeGaborFit;

/** A fit, and what it says the field is. */
export interface FittedField {
  readonly fit: FieldFit;
  /** [lags, height, width], float64 */
  readonly field: Tensor;
}

/** Parameters of a model of a field of several lags: of the image, and of a time course whose scale the image has. */
export function parametersOf(model: FieldModel, lags: number): number {
  if (model === "space-time-gabor") return 11;
  return (model === "gabor" ? 8 : 6) + lags - 1;
}

/** Fits one model to an estimate. */
export function fitFieldModel(model: FieldModel, estimate: Estimate, frameSeconds: number): FittedField {
  const { grid, kernel } = estimate;
  if (model === "space-time-gabor") {
    const fit = fitSpaceTimeGabor(estimate, { frameSeconds });
    const values = spaceTimeGaborValues(fit.gabor, { grid, lags: kernel.shape[0], frameSeconds });
    return { fit, field: tensor(values, kernel.shape) };
  }
  const fit = model === "gabor" ? fitGabor(estimate) : fitDifferenceOfGaussians(estimate);
  const image = fieldOf("fitFieldModel", estimate, undefined).data.map((value, i) => value - fit.residual.data[i]);
  return { fit, field: tensor(timesItsCourse(kernel, image, pixelsOf(grid)), kernel.shape) };
}

/** An image times the time course that fits it best, `c(k) = Σ_p K(k, p)·g(p) / Σ_p g(p)²`. */
function timesItsCourse({ data }: Tensor, image: Float64Array, pixels: number): Float64Array {
  const square = image.reduce((sum, value) => sum + value * value, 0);
  const field = new Float64Array(data.length);
  for (let start = 0; square > 0 && start < data.length; start += pixels) {
    const weight = image.reduce((sum, value, p) => sum + value * data[start + p], 0) / square;
    for (let p = 0; p < pixels; p++) field[start + p] = weight * image[p];
  }
  return field;
}
