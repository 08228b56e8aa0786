/** A whitening, ready for any floor: λ in contrast², added to every variance of the stimulus. */
export interface WhiteningProblem {
  /** the mean variance, contrast² */
  readonly meanVariance: number;
  /** minus the log evidence of a linear cell, but for a constant */
  readonly scoreAt: (floor: number) => number;
  /** `(C + λ)⁻¹·(STA - mean)`, and the standard error of each number */
  readonly fieldAt: (floor: number) => { readonly kernel: Float64Array; readonly standardErrors: Float64Array };
}
