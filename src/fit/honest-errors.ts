import type { Estimate } from "../reverse-correlation/estimate.js";
import { isTensor } from "../tensor/arguments.js";
import type { Tensor } from "../tensor/tensor.js";

/** Estimates that a prior smooths, places or thins, by their method. */
const shrunk: readonly string[] = ["automatic-smoothness-determination", "automatic-locality-determination", "sparse"];

/** What every fit says of itself. */
interface Described {
  readonly rSquared: number;
  /** [..., height, width] */
  readonly residual: Tensor;
  readonly warnings: readonly string[];
}

/**
 * The record of a fit, without standard errors where they would not hold: what a fit leaves of an estimate under a prior is not
 * the estimate's error, most of which the prior hides, correlates from pixel to pixel and turns into a bias.
 *
 * @param withheld what takes the errors' place there
 */
export function withHonestErrors<Fit extends Described>(
  fit: Fit,
  field: Tensor | Estimate,
  withheld: Partial<Fit>,
): Fit {
  if (isTensor(field) || !shrunk.includes(field.method))
    return { ...fit, warnings: [...fit.warnings, ...correlationWarnings(fit.residual, 1 - fit.rSquared)] };
  const why = `no standard errors: those of an estimate by "${field.method}" are not in what the fit leaves of it, since its prior biases and correlates them; for errors fit spikeTriggeredAverage or ridgeEstimate, of white noise`;
  return { ...fit, ...withheld, warnings: [why, ...fit.warnings] };
}

/** Neighbours' correlation in white residuals lies within this many of its standard errors but in 1 of 30,000. */
const beyondChance = 4;
/** What is left of less than this share of the field is rounding. */
const leastLeft = 1e-9;

/**
 * Says where the residual is not white, as `σ²·(JᵀJ)⁻¹` takes it to be: by the correlation of pixels side by side,
 * `r = (Σ e(p)·e(q) / pairs) / (Σ e² / pixels)`, whose standard error is `1/√pairs`.
 *
 * @param residual [..., height, width]
 * @param share of the field's variance that is left, `1 - R²`
 * @see Moran 1950, Biometrika 37:17
 */
export function correlationWarnings(residual: Tensor, share: number): string[] {
  if (!(share > leastLeft)) return [];
  const { correlation, pairs } = neighbourCorrelation(residual);
  if (correlation * Math.sqrt(pairs) <= beyondChance) return [];
  return [
    `the residual is correlated from pixel to pixel (by ${correlation.toFixed(2)}): the field is smoothed or holds more than this function, and the standard errors, which take the residual for white, may be far too small`,
  ];
}

function neighbourCorrelation({ data, shape }: Tensor): { readonly correlation: number; readonly pairs: number } {
  const [height, width] = shape.slice(-2);
  let [products, pairs, squares] = [0, 0, 0];
  for (let i = 0; i < data.length; i++) {
    const [row, column] = [Math.floor(i / width) % height, i % width];
    squares += data[i] * data[i];
    if (column + 1 < width) {
      products += data[i] * data[i + 1];
      pairs++;
    }
    if (row + 1 < height) {
      products += data[i] * data[i + width];
      pairs++;
    }
  }
  return { correlation: (products / pairs) * (data.length / squares), pairs };
}
