import { checkNumber } from "../../tensor/arguments.js";
import type { SplineNonlinearity } from "../nonlinearity/nonlinearity.js";

/** Expected spikes as a function of a filter's drive: the exponential of a smooth cubic spline. */
export interface PoissonCurve {
  readonly kind: "poisson-curve";
  /** the least and the greatest drive seen; beyond them the curve stays at its ends */
  readonly low: number;
  readonly high: number;
  /** of the B-splines between them, in ln spikes a bin */
  readonly coefficients: Float64Array;
  /** `½·smooth·Σ (second differences of the coefficients)²`, by the evidence */
  readonly smooth: number;
  readonly converged: boolean;
  /** expected spikes a bin */
  readonly expected: (drive: number) => number;
  /** the posterior standard deviation of its logarithm, given the filter */
  readonly logError: (drive: number) => number;
}

/** A spline nonlinearity by its expected spikes a bin. */
export function poissonCurve(spline: SplineNonlinearity): PoissonCurve {
  const { range, coefficients, smoothing, converged, rateAt, standardErrorAt, frameSeconds } = spline;
  return {
    kind: "poisson-curve",
    low: range[0],
    high: range[1],
    coefficients,
    smooth: smoothing,
    converged,
    expected: (z) => {
      checkNumber("expected", "drive", z);
      return rateAt(z) * frameSeconds;
    },
    logError: (z) => {
      checkNumber("logError", "drive", z);
      return standardErrorAt(z) / rateAt(z);
    },
  };
}
