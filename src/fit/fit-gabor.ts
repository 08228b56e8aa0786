import { canonicalGabor, type Gabor, gaborParameters, gaborValues } from "../math/gabor.js";
import { type Grid, stepOf } from "../math/grid.js";
import { checkSeed } from "../math/random-streams.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkInteger, checkOptions } from "../tensor/arguments.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { fieldOf, type SpatialField } from "./field-of.js";
import type { GaborFit } from "./gabor-fit.js";
import { type Found, searchGabor } from "./gabor-search.js";
import { gaborOf, standardErrorsOf } from "./gabor-solution.js";
import { parameterCount, prepareField } from "./gabor-sums.js";
import { warningsOf } from "./gabor-warnings.js";
import { withHonestErrors } from "./honest-errors.js";
import { rSquaredOf } from "./r-squared.js";

export interface FitGaborOptions {
  /** the patch; default the estimate's, else the field's shape with step 1 */
  readonly grid?: Grid;
  /** how many start points are refined; default 3 */
  readonly starts?: number;
  /** of the random starts that follow when the screened ones are used up; default 0 */
  readonly seed?: number;
}

const defaultStarts = 3;

/**
 * Fits the Gabor function to a receptive field: the parameters that minimise `Σ (field - w)²` over the pixels.
 *
 * Starts come from the peak and the spread of the power spectrum, are screened by their best amplitude and phase (in which
 * the function is linear), and the best are refined by Levenberg and Marquardt's method within bounds: the centre in the
 * patch, `0.4 <= σ <= 2` patch widths in pixels, the carrier below Nyquist along both axes. Without `starts` and `seed` the
 * fit is a function of the field alone.
 *
 * Standard errors are `√(σ²·(JᵀJ)⁻¹)`, σ² the residual's variance: they hold where the field's errors are equal and independent,
 * as those of an average or a ridge of white noise. Under the priors of `asdEstimate`, `aldEstimate` and `sparseEstimate` they
 * are biased and correlated: such fits have no standard errors, nor are they nearer to the truth, of white noise and above an R²
 * of .5, than fits of a ridge. A residual that is correlated from pixel to pixel is warned of. Where little is resolved, the
 * function bends within its errors and 95 % intervals shrink: of 12x12 pixels they held .94 to .95 of the truth at an R² of .8,
 * .93 at .5, .90 at .35 and .8 at .25.
 *
 * @param field [H, W], or an estimate [L, H, W]: of several lags its first spatial singular vector times the singular value,
 * signed so that the temporal weight largest in magnitude is positive
 * @param options the grid, the number of starts, the seed
 * @returns the canonical Gabor with standard errors in the grid's units, R², the residual and what to be warned of; a constant
 * field comes back with amplitude 0, NaN errors and R², and a warning
 * @throws InputError if the field is neither, holds a value that is not finite, or does not fit the grid
 * Source: Jones & Palmer, J Neurophysiol 58:1233 (1987), for the function and its fit to receptive fields.
 */
export function fitGabor(field: Tensor | Estimate, options: FitGaborOptions = {}): GaborFit {
  const where = "fitGabor";
  checkOptions(where, options, ["grid", "starts", "seed"]);
  const { starts = defaultStarts, seed = 0 } = options;
  checkInteger(where, "starts", starts, 1);
  checkSeed(where, seed);
  const spatial = fieldOf(where, field, options.grid);
  const { data } = spatial;
  if (data.every((x) => x === data[0])) return unidentified(spatial);
  const scale = data.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const { height, width } = spatial.grid;
  const found = searchGabor(
    prepareField(
      data.map((x) => x / scale),
      height,
      width,
    ),
    starts,
    seed,
  );
  return withHonestErrors(described(spatial, scale, found), field, { standardErrors: noErrors() });
}

/** The record of a fit to `field / scale` in pixels: canonical, in the field's and the grid's units. */
function described(field: SpatialField, scale: number, { fit, blob }: Found): GaborFit {
  const { data, grid } = field;
  const step = stepOf(grid);
  // a round blob has no direction
  const round = blob && Math.abs(fit.parameters[2] - fit.parameters[3]) < 1e-5;
  if (round) fit.parameters[2] = fit.parameters[3] = (fit.parameters[2] + fit.parameters[3]) / 2;
  const raw = gaborOf(fit.parameters, blob);
  const canonical = canonicalGabor(raw);
  const freedom = data.length - (blob ? parameterCount - 2 : parameterCount);
  const variance = freedom > 0 ? fit.sumOfSquares / freedom : NaN;
  const errors = standardErrorsOf(fit, blob, variance, round ? [7] : []);
  const exchanged = canonical.betaX !== raw.betaX;
  if (exchanged) [errors[1], errors[2]] = [errors[2], errors[1]];
  const gabor = inUnits(
    gaborParameters.map((name) => canonical[name]),
    scale,
    step,
  );
  const standardErrors = inUnits(errors, scale, step);
  const model = gaborValues(gabor, grid);
  return {
    kind: "gabor-fit",
    gabor,
    standardErrors,
    rSquared: rSquaredOf(data, model),
    residual: tensor(
      data.map((x, i) => x - model[i]),
      [grid.height, grid.width],
      field.type,
    ),
    iterations: fit.iterations,
    stopped: fit.stopped,
    warnings: warningsOf(fit, { blob, round, exchanged, pixels: data.length, largest: scale, gabor, standardErrors }),
  };
}

/** Parameters of `field / scale` in pixels, or their errors, in the field's and the grid's units. */
function inUnits(values: ArrayLike<number>, scale: number, step: number): Gabor {
  return {
    amplitude: values[0] * scale,
    betaX: values[1] / step ** 2,
    betaY: values[2] / step ** 2,
    frequency: values[3] / step,
    phase: values[4],
    x0: values[5] * step,
    y0: values[6] * step,
    tau: values[7],
  };
}

const noErrors = () => inUnits(new Float64Array(parameterCount).fill(NaN), 1, 1);

function unidentified({ data, grid, type }: SpatialField): GaborFit {
  const beta = 0.5 / (Math.max(grid.height, grid.width) * stepOf(grid)) ** 2;
  return {
    kind: "gabor-fit",
    gabor: { amplitude: 0, betaX: beta, betaY: beta, frequency: 0, phase: 0, x0: 0, y0: 0, tau: 0 },
    standardErrors: noErrors(),
    rSquared: NaN,
    residual: tensor(data, [grid.height, grid.width], type),
    iterations: 0,
    stopped: "singular",
    warnings: [`the field is constant (${data[0]} in every pixel): no parameter is identified`],
  };
}
