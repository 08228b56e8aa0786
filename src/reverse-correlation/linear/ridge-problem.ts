import { rotatedBack, type ShiftedSystems, solveShifted } from "../../math/shifted-systems.js";
import { dot } from "../../math/vectors.js";
import type { HeldOut } from "./evidence.js";

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

/** The equations `(A + λ)·x = b` of any shift λ. */
export interface RidgeSystems {
  readonly systems: ShiftedSystems;
  /** b, rotated */
  readonly target: Float64Array;
}

/** The solution at a shift; NaN where there is none. */
export function weightsAt({ systems, target }: RidgeSystems, shift: number): Float64Array {
  const solution = solveShifted(systems, shift, target);
  return solution === undefined ? target.map(() => Number.NaN) : rotatedBack(systems, solution.x);
}

/** The diagonal of `R·Rᵀ`, R [n, n]. */
export function squaredRows(R: Float64Array, n: number): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    const row = R.subarray(i * n, (i + 1) * n);
    return dot(row, row);
  });
}
