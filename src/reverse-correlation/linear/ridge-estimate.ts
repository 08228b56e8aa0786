import type { SpikeTrain } from "../../cells/response.js";
import { pixelsOf } from "../../math/grid.js";
import { minimiseOnLine } from "../../math/line-search.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import { standardised } from "../standard-stimulus.js";
import {
  dataWarnings,
  type LinearEstimate,
  type LinearOptions,
  linearEstimate,
  linearSetting,
  priorVariance,
  refuseConstant,
} from "./estimate.js";
import { ridgeInBins } from "./ridge-bins.js";
import type { RidgeProblem } from "./ridge-problem.js";
import { ridgeInWindows } from "./ridge-windows.js";

/** The most numbers that are solved for at once: work grows with the third power, memory with the second. */
export const mostUnknowns = 4608;

/** Strengths that are looked at, relative to the mean energy of a number. */
const weakest = Math.log(1e-6);
const strongest = Math.log(1e6);

/**
 * Ridge regression: the posterior mean of a field under a Gaussian prior of one variance, which the data choose.
 *
 * `n(t) = b + Σ w·I + noise`, `w ~ N(0, v)`: `w = (XᵀX + σ²/v)⁻¹·Xᵀ·(n - n̄)`. The variance maximises the evidence, or predicts
 * blocks of time held out best. Where there are fewer bins than numbers in a window the dual form is solved.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags, chooseBy, folds
 * @returns the field `[lags, height, width]` in spikes a bin per contrast, with posterior standard deviations
 * @throws InputError if the lengths or frame durations differ, no spike can be used, every bin has the same count, the
 *   stimulus is constant, or both the bins and the numbers of a window are above 4608
 * @see Hoerl & Kennard 1970; MacKay 1992, for the evidence
 */
export function ridgeEstimate(stimulus: Stimulus, spikes: SpikeTrain, options: LinearOptions = {}): LinearEstimate {
  const where = "ridgeEstimate";
  const setting = linearSetting(where, stimulus, spikes, options);
  const numbers = pixelsOf(stimulus.grid) * setting.lags;
  const bins = stimulus.frames - setting.lags + 1;
  if (Math.min(numbers, bins) > mostUnknowns) {
    refuse(
      where,
      `a window has ${numbers} numbers and there are ${bins} bins, one of them must be at most ${mostUnknowns}: use fewer pixels or lags, or asdEstimate`,
    );
  }
  const standard = standardised(stimulus);
  const problem = (bins < numbers ? ridgeInBins : ridgeInWindows)(standard.stimulus, spikes, setting);
  refuseConstant(where, stimulus, problem.constantPixels);
  const warnings = dataWarnings(stimulus, setting, problem.constantPixels);
  const { shift, converged } = chooseShift(problem);
  const { variances, ...field } = problem.fieldAt(shift);
  const heldOut = problem.errorsAt(shift);
  const noiseVariance = heldOut ? heldOut.errors / heldOut.bins : field.noiseVariance;
  return linearEstimate({
    method: "ridge",
    ...{ standard, spikes, setting, ...field, noiseVariance, converged, warnings },
    standardErrors: variances.map((value) => Math.sqrt(noiseVariance * value)),
    ...(heldOut ? { heldOut: 1 - heldOut.errors / heldOut.power } : { logEvidence: problem.evidenceAt(shift) }),
    hyperparameters: [priorVariance(noiseVariance / shift, standard)],
  });
}

/** The best strength; one at the weak end is no answer, one at the strong end says that there is no field. */
function chooseShift({ meanEnergy, evidenceAt, errorsAt }: RidgeProblem) {
  const score = (relative: number): number => {
    const shift = meanEnergy * Math.exp(relative);
    const heldOut = errorsAt(shift);
    return heldOut ? 0.5 * heldOut.bins * Math.log(heldOut.errors / heldOut.power) : -evidenceAt(shift);
  };
  const best = minimiseOnLine(score, weakest, strongest, 29, 0.01);
  return { shift: meanEnergy * Math.exp(best.x), converged: !best.atEnd || best.x > 0 };
}
