import type { Gabor } from "../math/gabor.js";
import type { Stopped } from "../math/levenberg-marquardt.js";
import type { Tensor } from "../tensor/tensor.js";

/** A receptive field described by the Gabor function nearest to it. */
export interface GaborFit {
  readonly kind: "gabor-fit";
  /** the canonical parameters, in the grid's unit of length */
  readonly gabor: Gabor;
  /**
   * the square root of the diagonal of `σ²·(JᵀJ)⁻¹`, σ² the residuals' variance, in the units of the parameters; NaN where a
   * parameter ended on a bound or is not identified, and throughout for an estimate under a prior that biases and correlates its
   * errors
   */
  readonly standardErrors: Gabor;
  /** 1 - Σ(field - fit)² / Σ(field - its mean)²; NaN for a constant field */
  readonly rSquared: number;
  /** [H, W], field minus fit */
  readonly residual: Tensor;
  /** steps tried from the start that won */
  readonly iterations: number;
  /**
   * `gradient`: the residuals are orthogonal to every derivative of the function; `step`: no step changed anything more;
   * `limit`: the iterations ran out; `singular`: the parameters are not identified one by one
   */
  readonly stopped: Stopped;
  readonly warnings: readonly string[];
}
