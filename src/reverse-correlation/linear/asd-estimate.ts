import type { SpikeTrain } from "../../cells/response.js";
import { stepOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger } from "../../tensor/arguments.js";
import { asdHyperprior, asdRatios, shareOutside } from "./asd-prior.js";
import { type AsdSearch, asdObjective, searchAsd } from "./asd-search.js";
import {
  dataWarnings,
  type Hyperparameter,
  type LinearEstimate,
  type LinearOptions,
  linearEstimate,
  linearOptionNames,
  linearSetting,
} from "./estimate.js";
import { evidenceScore, heldOutErrors, posteriorOf } from "./evidence.js";
import { hyperparameterRows } from "./hyperprior.js";
import { modesFindings } from "./modes-estimate.js";

export interface AsdOptions extends LinearOptions {
  /** the most space-time cosines that the field is made of; default 800 */
  readonly modes?: number;
}

/** Work grows with the third power of it: a few seconds a search at this number. */
export const defaultModes = 800;

/** Beyond this part of the prior's variance outside the modes the reader is told. */
const tellingShare = 0.05;

/**
 * Automatic smoothness determination: the posterior mean of a field under a smooth Gaussian prior whose length scales in time, y
 * and x the data choose.
 *
 * `n(t) = b + Σ w·I + noise`, `cov(w, w') = v·exp(-Σ_a Δ_a²/2ℓ_a²)`, mirrored at the sides of the patch and of the lags. In
 * space-time cosines the prior is diagonal; of these the `modes` are kept to which it gives most, so that large fields take
 * seconds. Variance and scales maximise the evidence, or predict blocks of time held out best, times a weak prior of their own:
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
  const { modes: most = defaultModes } = options;
  checkInteger(where, "modes", most, 1);
  const { height, width } = stimulus.grid;
  const search = searchAsd(where, stimulus, spikes, [setting.lags, height, width], most, setting.folds);
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
    ...{ stimulus, spikes, setting, ...findings },
    hyperparameters: asdHyperparameters(search, findings.noiseVariance, stimulus),
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
  { grid, frameSeconds }: Stimulus,
): Hyperparameter[] {
  const [ratio, time, y, x] = Array.from(parameters, Math.exp) as [number, number, number, number];
  const step = stepOf(grid);
  const scales = [
    { name: "lengthScaleTime", value: time * frameSeconds, unit: "s" },
    { name: "lengthScaleY", value: y * step, unit: "deg" },
    { name: "lengthScaleX", value: x * step, unit: "deg" },
  ];
  return [
    { name: "priorVariance", value: ratio * noiseVariance, unit: "(spikes/bin/contrast)²" },
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
