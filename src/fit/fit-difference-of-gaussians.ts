import { type Grid, stepOf } from "../math/grid.js";
import { type LeastSquaresFit, levenbergMarquardt, type Stopped } from "../math/levenberg-marquardt.js";
import { inverseOfFree } from "../math/levenberg-marquardt-step.js";
import { largestMagnitude } from "../math/vectors.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { bestAmplitudes, dogParameterCount, dogProblem, dogSigmaBounds, dogValues, leastRatio } from "./dog-problem.js";
import { fieldOf, type SpatialField } from "./field-of.js";
import { withHonestErrors } from "./honest-errors.js";
import { rSquaredOf } from "./r-squared.js";

/** The six parameters of a difference of Gaussians: `w = Kc·exp(-r²/2σc²) - Ks·exp(-r²/2σs²)`, r from (x0, y0). */
export interface DifferenceOfGaussians {
  /** Kc, in the field's unit: below 0 for an OFF centre */
  readonly centre: number;
  /** Ks, of the same sign as Kc where the surround opposes the centre */
  readonly surround: number;
  readonly x0: number;
  readonly y0: number;
  /** σc, units of length */
  readonly sigmaCentre: number;
  /** σs, units of length, above σc */
  readonly sigmaSurround: number;
}

/** One parameter as a table shows it. */
export interface FittedParameter {
  readonly name: keyof DifferenceOfGaussians;
  readonly label: string;
  readonly unit: string;
  readonly value: number;
  /** NaN where it ended on a bound or is not identified, and of an estimate whose prior biases and correlates its errors */
  readonly standardError: number;
}

export interface DifferenceOfGaussiansFit {
  readonly kind: "difference-of-gaussians-fit";
  readonly function: DifferenceOfGaussians;
  readonly standardErrors: DifferenceOfGaussians;
  readonly parameters: readonly FittedParameter[];
  /** about the field's mean */
  readonly rSquared: number;
  /** [height, width], field minus fit */
  readonly residual: Tensor;
  readonly iterations: number;
  readonly stopped: Stopped;
  readonly warnings: readonly string[];
}

const names = ["centre", "surround", "x0", "y0", "sigmaCentre", "sigmaSurround"] as const;
const labels = ["centre Kc", "surround Ks", "x0", "y0", "σ of the centre", "σ of the surround"];
/** How many of the screened starts are refined. */
const refined = 4;

/**
 * Fits a difference of two concentric round Gaussians: the parameters that minimise `Σ (field - w)²`,
 * `w = Kc·exp(-r²/2σc²) - Ks·exp(-r²/2σs²)`.
 *
 * Bounds in pixels: the centre in the patch, both σ from .4 to 2 patch widths, σs at least 1.1 σc. Starts are the strongest
 * pixel and the centre of mass at several widths, screened by their best amplitudes, in which the function is linear. What its
 * standard errors take for granted stands at `fitGabor`.
 *
 * @param field [height, width], or an estimate: of several lags its first spatial singular vector, as for `fitGabor`
 * @param options grid: the patch; default the estimate's, else the field's shape with step 1
 * @returns parameters with standard errors from the residual's covariance, R², residual and what to be warned of
 * @throws InputError if the field is constant, has fewer pixels than parameters, or is not one
 * @see Rodieck 1965, Vision Res 5:583; Enroth-Cugell & Robson 1966
 */
export function fitDifferenceOfGaussians(
  field: Tensor | Estimate,
  options: { readonly grid?: Grid } = {},
): DifferenceOfGaussiansFit {
  const where = "fitDifferenceOfGaussians";
  checkOptions(where, options, ["grid"]);
  const spatial = fieldOf(where, field, options.grid);
  const { data, grid } = spatial;
  if (data.length <= dogParameterCount) {
    refuse(where, `field has ${data.length} pixels, more than the ${dogParameterCount} parameters are needed`);
  }
  if (data.every((value) => value === data[0]))
    refuse(where, "field is constant, it must vary for a function to be fitted");
  const scale = largestMagnitude(data);
  const unit = { ...spatial, data: data.map((value) => value / scale) };
  const fits = startsOf(unit).map((start) => levenbergMarquardt(dogProblem(unit), start));
  const best = fits.reduce((least, fit) => (fit.sumOfSquares < least.sumOfSquares ? fit : least));
  const fit = described(spatial, scale, best, grid);
  const parameters = fit.parameters.map((parameter) => ({ ...parameter, standardError: NaN }));
  return withHonestErrors(fit, field, { parameters, standardErrors: record(names.map(() => NaN)) });
}

/** The screened starts of the least squares left. */
function startsOf(field: SpatialField): number[][] {
  const { data, grid } = field;
  const x = (i: number) => (i % grid.width) - (grid.width - 1) / 2;
  const y = (i: number) => (grid.height - 1) / 2 - Math.floor(i / grid.width);
  let [peak, weight, massX, massY] = [0, 0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    if (Math.abs(data[i]) > Math.abs(data[peak])) peak = i;
    weight += data[i] ** 4;
    massX += data[i] ** 4 * x(i);
    massY += data[i] ** 4 * y(i);
  }
  const places = [
    [x(peak), y(peak)],
    [massX / weight, massY / weight],
  ];
  const width = Math.max(grid.width, grid.height);
  const widths = [0.7, 1, 1.5, 2.2, 3.3, 5].filter((sigma) => sigma < width / 2);
  const screened = places.flatMap(([x0, y0]) =>
    widths.flatMap((sigma) =>
      [1.3, 2, 3.5].map((ratio) => bestAmplitudes(field, x0, y0, sigma, Math.min(ratio * sigma, width))),
    ),
  );
  const usable = screened.filter((one) => one !== undefined).sort((a, b) => a.left - b.left);
  return usable.slice(0, refined).map(({ start }) => start);
}

function described(field: SpatialField, scale: number, fit: LeastSquaresFit, grid: Grid): DifferenceOfGaussiansFit {
  const n = dogParameterCount;
  const step = stepOf(grid);
  const p = fit.parameters;
  const sigmas = [Math.exp(p[4]), Math.exp(p[5])];
  const units = [scale, scale, step, step, step * sigmas[0], step * sigmas[1]];
  const values = [p[0] * scale, p[1] * scale, p[2] * step, p[3] * step, sigmas[0] * step, sigmas[1] * step];
  const free = Array.from(fit.atBound.keys()).filter((i) => fit.atBound[i] === 0);
  const inverse = inverseOfFree(fit.normal, n, free);
  const variance = fit.sumOfSquares / (field.data.length - n);
  const errors = names.map((_, i) =>
    inverse === undefined ? NaN : units[i] * Math.sqrt(variance * inverse[i * n + i]),
  );
  const residual = dogValues(p, grid).map((value, i) => field.data[i] - scale * value);
  const length = grid.step === undefined ? "pixel" : "degree";
  return {
    kind: "difference-of-gaussians-fit",
    function: record(values),
    standardErrors: record(errors),
    parameters: names.map((name, i) => ({
      name,
      label: labels[i],
      unit: i < 2 ? "" : length,
      value: values[i],
      standardError: errors[i],
    })),
    rSquared: rSquaredOf(
      field.data,
      field.data.map((value, i) => value - residual[i]),
    ),
    residual: tensor(residual, [grid.height, grid.width], field.type),
    iterations: fit.iterations,
    stopped: fit.stopped,
    warnings: warningsOf(fit, values, errors),
  };
}

function record(values: readonly number[]): DifferenceOfGaussians {
  return Object.fromEntries(names.map((name, i) => [name, values[i]])) as unknown as DifferenceOfGaussians;
}

function warningsOf(
  { atBound, stopped, iterations }: LeastSquaresFit,
  values: readonly number[],
  errors: readonly number[],
): string[] {
  const warnings: string[] = [];
  if (atBound[2] !== 0 || atBound[3] !== 0) warnings.push("the centre ended on its bound, an edge of the patch");
  if (atBound[4] === -1) warnings.push(`sigmaCentre ended on its lower bound, ${dogSigmaBounds.least} pixels`);
  if (atBound[4] === 1) warnings.push("sigmaCentre ended on its upper bound");
  if (atBound[5] === -1)
    warnings.push(
      `sigmaSurround ended on its lower bound, ${leastRatio} times sigmaCentre: the two Gaussians are not told apart`,
    );
  if (atBound[5] === 1)
    warnings.push(`sigmaSurround ended on its upper bound, ${dogSigmaBounds.mostWidths} patch widths`);
  if (stopped === "singular") warnings.push("the parameters are not identified one by one (JᵀJ is singular)");
  if (stopped === "limit") warnings.push(`not converged: the fit ran into its limit of ${iterations} steps`);
  // Two standard errors: a surround that may as well be 0.
  if (!(Math.abs(values[1]) > 2 * errors[1]))
    warnings.push("the surround is not resolved: its amplitude is within two standard errors of 0");
  return warnings;
}
