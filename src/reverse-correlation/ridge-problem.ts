import type { HeldOut } from "./linear-evidence.js";

/** A ridge regression, ready for any strength: the shift λ is the noise's variance over the prior's. */
export interface RidgeProblem {
  /** `Σ x²` over all bins, of a mean number of the window */
  readonly meanEnergy: number;
  readonly constantPixels: number;
  /** the log evidence, NaN where it cannot be had */
  readonly evidenceAt: (shift: number) => number;
  /** undefined without folds */
  readonly errorsAt: (shift: number) => HeldOut | undefined;
  readonly fieldAt: (shift: number) => RidgeField;
}

/** The posterior at one strength. */
export interface RidgeField {
  /** [D] */
  readonly kernel: Float64Array;
  readonly offset: number;
  /** the one of most evidence */
  readonly noiseVariance: number;
  /** [D], posterior variances over the noise's */
  readonly variances: Float64Array;
  readonly effectiveParameters: number;
}
