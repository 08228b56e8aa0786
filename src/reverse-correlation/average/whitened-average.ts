import type { SpikeTrain } from "../../cells/response.js";
import { pixelsOf } from "../../math/grid.js";
import { minimiseOnLine } from "../../math/line-search.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkOptions, checkPositive } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { mostUnknowns } from "../linear/ridge-estimate.js";
import { averageFor } from "./spike-triggered-average.js";
import { whitenedByCovariance } from "./whitened-average-covariance.js";
import type { WhiteningProblem } from "./whitened-average-problem.js";
import { whitenedBySpectrum } from "./whitened-average-spectrum.js";

export const whitenings = ["covariance", "fourier"] as const;
export type Whitening = (typeof whitenings)[number];

export interface WhitenedAverageOptions {
  /** frames before and including the spike's own, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** default "covariance"; "fourier" for stationary stimuli and for windows of more than 4608 numbers */
  readonly by?: Whitening;
  /** what is added to every variance of the stimulus, relative to their mean; default the one of most evidence */
  readonly ridge?: number;
}

/** An average with the stimulus's correlations taken out. */
export interface WhitenedAverage extends Estimate {
  readonly by: Whitening;
  /** what was added to every variance, relative to their mean */
  readonly ridge: number;
  /** the same in contrast² */
  readonly floor: number;
  readonly converged: boolean;
}

/**
 * The spike-triggered average divided by the stimulus's covariance: `w = (C + λ)⁻¹·(STA - mean)`.
 *
 * For a stimulus with correlations, such as photographs, the average alone is the field seen through them. "covariance" takes
 * C as measured, pixels and lags together. "fourier" takes the stimulus as stationary and periodic in the window: C is then its
 * power spectrum, averaged over windows, and the division one by frequency. Frequencies that the stimulus hardly has are noise
 * divided by nothing; the floor λ stops that. By default it is the one of most evidence were the cell linear.
 * The standard errors are those of an average of as many spikes that owe nothing to the stimulus; they leave out what the floor
 * biases.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags, by, ridge
 * @returns the field `[lags, height, width]`, per contrast, relative to the mean count
 * @throws InputError if the lengths or frame durations differ, no spike can be used, the stimulus is constant, or for
 *   "covariance" a window has more than 4608 numbers
 * @see Theunissen et al. 2001; Willmore & Smyth 2003
 */
export function whitenedAverage(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: WhitenedAverageOptions = {},
): WhitenedAverage {
  const where = "whitenedAverage";
  checkOptions(where, options, ["lags", "by", "ridge"]);
  const { lags = 1, by = "covariance", ridge } = options;
  checkChoice(where, "by", by, whitenings);
  if (ridge !== undefined) checkPositive(where, "ridge", ridge);
  const average = averageFor(where, stimulus, spikes, lags);
  const numbers = pixelsOf(stimulus.grid) * lags;
  if (by === "covariance" && numbers > mostUnknowns)
    refuse(
      where,
      `a window has ${numbers} numbers, at most ${mostUnknowns} fit: use fewer pixels or lags, or by: "fourier"`,
    );
  const problem = (by === "covariance" ? whitenedByCovariance : whitenedBySpectrum)(stimulus, spikes, average);
  const { relative, converged } = chooseRidge(problem, ridge);
  const floor = relative * problem.meanVariance;
  const { kernel, standardErrors } = problem.fieldAt(floor);
  return {
    ...average,
    method: "whitened-average",
    kernel: tensor(kernel, average.kernel.shape),
    standardErrors: tensor(standardErrors, average.kernel.shape),
    ...{ by, ridge: relative, floor, converged },
    warnings: [...average.warnings, ...warningsOf(stimulus.frames - lags + 1, numbers, converged)],
  };
}

function chooseRidge({ meanVariance, scoreAt }: WhiteningProblem, ridge: number | undefined) {
  if (ridge !== undefined) return { relative: ridge, converged: true };
  const best = minimiseOnLine((log) => scoreAt(meanVariance * Math.exp(log)), Math.log(1e-6), Math.log(1e6), 29, 0.01);
  return { relative: Math.exp(best.x), converged: !best.atEnd };
}

function warningsOf(bins: number, numbers: number, converged: boolean): string[] {
  const warnings: string[] = [];
  if (bins <= numbers) warnings.push(`${bins} bins for ${numbers} numbers: the floor decides what the data leave open`);
  if (!converged)
    warnings.push("no floor is better than none or an endless one: the data do not tell a field from none");
  return warnings;
}
