import { singularValueDecomposition } from "../../math/singular-values.js";
import { checkTensor, isTensor } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { shapeText, type Tensor, tensor } from "../../tensor/tensor.js";

import type { Estimate } from "../estimate.js";

/** How far a space-time field is one image times one time course. */
export interface Separability {
  readonly kind: "separability";
  /** `σ1² / Σ σi²`, 1 for a field that separates exactly */
  readonly index: number;
  /** descending, in the field's unit */
  readonly singularValues: Float64Array;
  /** [height, width], the first spatial vector, of unit norm */
  readonly space: Tensor;
  /** [lags], the first temporal vector times its singular value: its weight largest in magnitude is positive */
  readonly time: Float64Array;
}

/**
 * Separates a space-time field: `K(k, y, x) = Σ_i σi·u_i(k)·v_i(y, x)`, of which the first term is the best
 * approximation by one image times one time course.
 *
 * The sign is chosen so that the temporal weight largest in magnitude is positive: the image then looks as it does
 * when it drives the cell most.
 *
 * @param field [lags, height, width], or an estimate
 * @throws InputError if the kernel has another number of axes or is 0 throughout
 * @see DeAngelis, Ohzawa & Freeman 1995, Trends Neurosci 18:451, for separable and inseparable fields of V1
 */
export function spaceTimeSeparability(field: Tensor | Estimate): Separability {
  return separated("spaceTimeSeparability", "kernel", isTensor(field) ? field : field?.kernel);
}

/** The same for a public function named `where`, whose argument is called `name`. */
export function separated(where: string, name: string, kernel: Tensor): Separability {
  checkTensor(where, name, kernel, 3);
  const [lags, height, width] = kernel.shape;
  if (kernel.data.length === 0) refuse(where, `${name} has shape ${shapeText(kernel.shape)}, no axis may be 0`);
  const { values, left, right } = singularValueDecomposition(kernel.data, lags, height * width);
  const energy = values.reduce((sum, value) => sum + value * value, 0);
  if (energy === 0) refuse(where, `${name} is 0 throughout, it has no direction in space or time`);
  const largest = left.subarray(0, lags).reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  const sign = Math.sign(largest);
  return {
    kind: "separability",
    index: values[0] ** 2 / energy,
    singularValues: values,
    space: tensor(
      right.slice(0, height * width).map((value) => sign * value),
      [height, width],
    ),
    time: left.slice(0, lags).map((value) => sign * values[0] * value),
  };
}
