import { type Tensor, typeOf, zeros } from "../tensor/tensor.js";

/** The loss `½ Σ (R - V)²` over a batch, divided by its examples, and what a reader wants of it. */
export interface SquaredError {
  readonly loss: number;
  /** `Σ (R - V)² / Σ V²`, the share of the target's power that is left over; 0 where the target is 0 everywhere */
  readonly unexplained: number;
  /** the gradient with respect to R, `(R - V) / batch` */
  readonly gradient: Tensor;
}

/** The squared error of a reconstruction R of a target V, [batch, ...], with its gradient. */
export function squaredError(reconstruction: Tensor, target: Tensor): SquaredError {
  const gradient = zeros(target.shape, typeOf(target));
  const batch = target.shape[0];
  let left = 0;
  let power = 0;
  for (let i = 0; i < target.data.length; i++) {
    const difference = reconstruction.data[i] - target.data[i];
    left += difference * difference;
    power += target.data[i] * target.data[i];
    gradient.data[i] = difference / batch;
  }
  return { loss: left / (2 * batch), unexplained: power > 0 ? left / power : 0, gradient };
}
