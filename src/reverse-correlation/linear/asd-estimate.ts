import type { SpikeTrain } from "../../cells/response.js";
import { stepOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger } from "../../tensor/arguments.js";
import { type StandardStimulus, standardised } from "../standard-stimulus.js";
import { asdHyperprior, asdRatios, shareOutside } from "./asd-prior.js";
import { type AsdSearch, asdObjective, searchAsd } from "./asd-search.js";
import {
  dataWarnings,
  type Hyperparameter,
  type LinearEstimate,
  type LinearOptions,
  lengthUnit,
  linearEstimate,
  linearOptionNames,
  linearSetting,
  priorVariance,
} from "./estimate.js";
import { evidenceScore, heldOutErrors, posteriorOf } from "./evidence.js";
import { hyperparameterRows } from "./hyperprior.js";
import { modesFindings } from "./modes-estimate.js";

export interface AsdOptions extends LinearOptions {
  /** the most space-time cosines that the field is made of; default as many as it needs, up to 2400 */
  readonly modes?: number;
}

/** Beyond this part of the prior's variance outside the modes the reader is told. */
const tellingShare = 0.05;

/**
 * Automatic smoothness determination: the posterior mean of a field under a smooth Gaussian prior whose length scales in time, y
 * and x the data choose.
 *
 * `n(t) = b + Σ w·I + noise`, `cov(w, w') = v·exp(-Σ_a Δ_a²/2ℓ_a²)`, mirrored at the sides of the patch and of the lags. In
 * space-time cosines the prior is diagonal; of these the `modes` are kept to which it gives most. By default it begins with 800
 * and takes as many as leave out less than a hundredth of the prior's variance, 2400 at the most (over the cube root of the
 * folds): a search takes tens of seconds at that number, and with the third power of it. Variance and scales maximise the evidence, or predict blocks of time held out best, times a weak prior of their own:
 * `ln ℓ_a ~ N(0, 1)`, ℓ_a in samples, and `ln ℓ_y - ln ℓ_x ~ N(0, ½²)`. The standard deviations count what the data leave open
 * of all four, to first order.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags, chooseBy, folds, modes
 * @returns the field `[lags, height, width]` in spikes a bin per contrast, with posterior standard deviations
 * @throws InputError if the lengths or frame durations differ, no spike can be used, every bin has the same count, or the
 *   stimulus is constant
 * @see Sahani & Linden 2003; Aoi & Pillow 2017, for the Fourier domain; Kass & Steffey 1989, for the uncertainty of the prior
 */
export function asdEstimate(stimulus: Stimulus, spikes: SpikeTrain, options: AsdOptions = {}): LinearEstimate {
  const where = "asdEstimate";
  const setting = linearSetting(where, stimulus, spikes, options, [...linearOptionNames, "modes"]);
  const { modes: most } = options;
  if (most !== undefined) checkInteger(where, "modes", most, 1);
  const { height, width } = stimulus.grid;
  const standard = standardised(stimulus);
  const search = searchAsd(where, standard.stimulus, spikes, [setting.lags, height, width], most, setting.folds);
  const posterior = posteriorOf(search.moments, search.ratios);
  const heldOut = heldOutErrors(search.folds, (train) => posteriorOf(train, search.ratios).coefficients);
  const findings = modesFindings(
    search.modes,
    search.sums,
    search.moments,
    posterior,
    heldOut,
    uncertaintyRows(search),
  );
  return linearEstimate({
    method: "automatic-smoothness-determination",
    ...{ standard, spikes, setting, ...findings },
    hyperparameters: asdHyperparameters(search, findings.noiseVariance, standard),
    converged: search.converged,
    warnings: [...dataWarnings(stimulus, setting, search.sums.constantPixels), ...modeWarnings(search)],
  });
}

/** What the uncertainty of variance and scales adds to that of the weights. */
function uncertaintyRows(search: AsdSearch): Float64Array[] {
  const { modes, moments, folds, parameters } = search;
  const at = (moved: Float64Array) => {
    const gradient = new Float64Array(moved.length);
    let weights: Float64Array | undefined;
    const evidence = (ratios: Float64Array) => {
      const score = evidenceScore(moments, ratios);
      weights = score.coefficients;
      return score;
    };
    asdObjective(search, folds.length > 0 ? undefined : evidence)(moved, gradient);
    return { gradient, weights: weights ?? posteriorOf(moments, asdRatios(modes, moved).ratios).coefficients };
  };
  return hyperparameterRows(at, parameters, asdHyperprior(modes.shape));
}

/** Prior variance and length scales, in the stimulus's units. */
function asdHyperparameters(
  { modes, parameters }: AsdSearch,
  noiseVariance: number,
  standard: StandardStimulus,
): Hyperparameter[] {
  const [ratio, time, y, x] = Array.from(parameters, Math.exp) as [number, number, number, number];
  const { grid, frameSeconds } = standard.stimulus;
  const step = stepOf(grid);
  const unit = lengthUnit(grid);
  const scales = [
    { name: "lengthScaleTime", value: time * frameSeconds, unit: "s" },
    { name: "lengthScaleY", value: y * step, unit },
    { name: "lengthScaleX", value: x * step, unit },
  ];
  return [
    priorVariance(ratio * noiseVariance, standard),
    ...scales.filter((_, axis) => modes.shape[axis as 0 | 1 | 2] > 1),
    { name: "modes", value: modes.count, unit: "cosines" },
  ];
}

function modeWarnings({ modes, parameters }: AsdSearch): string[] {
  const share = shareOutside(modes, parameters);
  if (share < tellingShare) return [];
  return [
    `${modes.count} modes leave out ${Math.round(100 * share)} % of the prior's variance: give more modes if the field is this fine`,
  ];
}
