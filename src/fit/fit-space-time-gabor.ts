import { type Grid, stepOf } from "../math/grid.js";
import type { Stopped } from "../math/levenberg-marquardt.js";
import {
  canonicalSpaceTimeGabor,
  type SpaceTimeGabor,
  spaceTimeGaborParameters,
  spaceTimeGaborValues,
} from "../math/space-time-gabor.js";
import { largestMagnitude } from "../math/vectors.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkInteger, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { withHonestErrors } from "./honest-errors.js";
import { rSquaredOf } from "./r-squared.js";
import { type CheckedField, spaceTimeFieldOf } from "./space-time-gabor-field.js";
import { refineSpaceTime, spaceTimeProblem } from "./space-time-gabor-problem.js";
import {
  recordOf,
  spaceTimeErrorsOf,
  spaceTimeGaborOf,
  spaceTimeWarnings,
  unitsOf,
} from "./space-time-gabor-solution.js";
import { spaceTimeStarts } from "./space-time-gabor-starts.js";
import { spaceTimeParameterCount, spaceTimeRoom } from "./space-time-gabor-sums.js";

/** A receptive field in space and time described by the drifting Gabor nearest to it. */
export interface SpaceTimeGaborFit {
  readonly kind: "space-time-gabor-fit";
  /** the canonical parameters, in the grid's unit of length and the unit of time of `frameSeconds` */
  readonly gabor: SpaceTimeGabor;
  /** the square root of the diagonal of `σ²·(JᵀJ)⁻¹`, σ² the residuals' variance; NaN as for `GaborFit` */
  readonly standardErrors: SpaceTimeGabor;
  /** 1 - Σ(field - fit)² / Σ(field - its mean)² */
  readonly rSquared: number;
  /** [lags, height, width], field minus fit */
  readonly residual: Tensor;
  /** steps tried from the start that won */
  readonly iterations: number;
  /** as for `GaborFit` */
  readonly stopped: Stopped;
  readonly warnings: readonly string[];
}

export interface FitSpaceTimeGaborOptions {
  /** the patch; default the estimate's, else the field's shape with step 1 */
  readonly grid?: Grid;
  /** time from one lag to the next; default 1, so that times are in frames */
  readonly frameSeconds?: number;
  /** how many start points are refined; default 3 */
  readonly starts?: number;
}

const defaultStarts = 3;
/** Amplitude, time and width of an envelope need this many lags. */
const leastLags = 3;
const noErrors = new Float64Array(spaceTimeParameterCount).fill(NaN);

/**
 * Fits a Gabor with a drifting carrier to a field in space and time: the parameters that minimise `Σ (field - w)²` over lags
 * and pixels, `w = α·exp(-βx·x'² - βy·y'² - βt·(t-t0)²)·cos(f·x' + φ + ω·(t-t0))`, t the lag.
 *
 * Starts come from a Gabor fit to the field's first spatial singular vector and from the time course of the field along each
 * start's carrier. Bounds: those of `fitGabor` in space; t0 within the lags, `0.4 <= σt` frames `<= 2` windows, `|ω|` at most
 * half a turn a frame. The fit is a function of the field alone. What its standard errors take for granted stands at `fitGabor`.
 *
 * @param field [lags, height, width], lag 0 first, at least 3 lags; or an estimate
 * @param options grid, frameSeconds, starts
 * @returns the canonical parameters with standard errors, R², the residual and what to be warned of
 * @throws InputError if the field is not one or constant, has too few lags or numbers, or does not fit the grid
 * @see DeAngelis, Ohzawa & Freeman 1993, J Neurophysiol 69:1091; Jones & Palmer 1987
 */
export function fitSpaceTimeGabor(field: Tensor | Estimate, options: FitSpaceTimeGaborOptions = {}): SpaceTimeGaborFit {
  const where = "fitSpaceTimeGabor";
  checkOptions(where, options, ["grid", "frameSeconds", "starts"]);
  const { starts = defaultStarts, frameSeconds = 1 } = options;
  checkInteger(where, "starts", starts, 1);
  checkPositive(where, "frameSeconds", frameSeconds);
  const checked = spaceTimeFieldOf(where, field, options.grid);
  const { lags, data } = checked;
  if (lags < leastLags) refuse(where, `field has ${lags} lags, at least ${leastLags} are needed to tell a drift`);
  if (data.length <= spaceTimeParameterCount)
    refuse(where, `field has ${data.length} numbers, more than the ${spaceTimeParameterCount} parameters are needed`);
  if (data.every((value) => value === data[0]))
    refuse(where, "field is constant, it must vary for a function to be fitted");
  return withHonestErrors(search(checked, starts, frameSeconds), field, { standardErrors: recordOf(noErrors) });
}

function search(field: CheckedField, starts: number, frameSeconds: number): SpaceTimeGaborFit {
  const { lags, grid, data } = field;
  const scale = largestMagnitude(data);
  const unit = { ...field, data: data.map((value) => value / scale) };
  const room = spaceTimeRoom(unit);
  const problem = spaceTimeProblem(unit, room);
  const [first, ...others] = spaceTimeStarts(unit, room).slice(0, starts);
  let fit = refineSpaceTime(problem, first, Infinity);
  for (const start of others) {
    const other = refineSpaceTime(problem, start, fit.sumOfSquares);
    if (other.sumOfSquares < fit.sumOfSquares) fit = other;
  }
  const units = unitsOf(scale, stepOf(grid), frameSeconds);
  const canonical = canonicalSpaceTimeGabor(spaceTimeGaborOf(fit.parameters));
  const gabor = recordOf(spaceTimeGaborParameters.map((name, i) => canonical[name] * units[i]));
  const errors = spaceTimeErrorsOf(fit, fit.sumOfSquares / (data.length - spaceTimeParameterCount));
  const standardErrors = recordOf(errors.map((error, i) => error * units[i]));
  const model = spaceTimeGaborValues(gabor, { grid, lags, frameSeconds });
  return {
    kind: "space-time-gabor-fit",
    gabor,
    standardErrors,
    rSquared: rSquaredOf(data, model),
    residual: tensor(
      data.map((value, i) => value - model[i]),
      [lags, grid.height, grid.width],
      field.type,
    ),
    iterations: fit.iterations,
    stopped: fit.stopped,
    warnings: spaceTimeWarnings(fit, scale, gabor, standardErrors),
  };
}
