import { type Gabor, gaborValues } from "../math/gabor.js";
import { type SpaceTimeGabor, spaceTimeGaborValues } from "../math/space-time-gabor.js";
import { norm } from "../math/vectors.js";
import { checkInteger, checkPositive } from "../tensor/arguments.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { outer } from "./space-time-cell.js";

/**
 * A biphasic time course of cells in V1: `(r·t)^5·e^(-r·t)·(1/5! - (r·t)²/7!)`, scaled to unit norm; it rises within
 * `5/r` and turns its sign at `√42/r`.
 *
 * @param lags lags 0 to lags - 1
 * @param frameSeconds seconds from one lag to the next
 * @param rate r, per second; default 100, for a peak near 40 ms and a turn at 65 ms
 * @returns [lags], lag 0 first
 * @throws InputError if an argument is not a number above 0
 * @see Adelson & Bergen 1985, J Opt Soc Am A 2:284, equation 9
 */
export function biphasicTimeCourse(lags: number, frameSeconds: number, rate = 100): Float64Array {
  const where = "biphasicTimeCourse";
  checkInteger(where, "lags", lags, 2);
  checkPositive(where, "frameSeconds", frameSeconds);
  checkPositive(where, "rate", rate);
  const values = Float64Array.from({ length: lags }, (_, k) => {
    const s = rate * k * frameSeconds;
    return s ** 5 * Math.exp(-s) * (1 / 120 - (s * s) / 5040);
  });
  const length = norm(values);
  return values.map((value) => value / length);
}

/** The frame of the examples, seconds. */
export const exampleFrameSeconds = 1 / 60;
export const exampleGrid = { height: 16, width: 16 } as const;
export const exampleLags = 12;

/** The image of both examples, in pixels. */
export const exampleGabor: Gabor = {
  amplitude: 1,
  betaX: 0.08,
  betaY: 0.045,
  frequency: 1.05,
  phase: 0.6,
  x0: 0.7,
  y0: -0.4,
  tau: 0.5,
};

/** A direction-selective field: the bars move in direction τ at 5 Hz, best 70 ms before the response. */
export const exampleDriftingGabor: SpaceTimeGabor = {
  ...exampleGabor,
  betaT: 0.5 / 0.03 ** 2,
  t0: 0.07,
  drift: 2 * Math.PI * 5,
};

/** Two filters of unit norm in `[12, 16, 16]` at 60 Hz, of one image: separable with a biphasic time course, and drifting. */
export function exampleSpaceTimeKernels(): { readonly separable: Tensor; readonly drifting: Tensor } {
  const time = biphasicTimeCourse(exampleLags, exampleFrameSeconds);
  const separable = outer(time, gaborValues(exampleGabor, exampleGrid));
  const drifting = spaceTimeGaborValues(exampleDriftingGabor, {
    grid: exampleGrid,
    lags: exampleLags,
    frameSeconds: exampleFrameSeconds,
  });
  return { separable: ofUnitNorm(separable), drifting: ofUnitNorm(drifting) };
}

function ofUnitNorm(values: Float64Array): Tensor {
  const length = norm(values);
  return tensor(
    Float32Array.from(values, (value) => value / length),
    [exampleLags, exampleGrid.height, exampleGrid.width],
  );
}
