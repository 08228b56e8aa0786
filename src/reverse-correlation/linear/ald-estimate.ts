import type { SpikeTrain } from "../../cells/response.js";
import { stepOf, xOfColumn, yOfRow } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger } from "../../tensor/arguments.js";
import { type StandardStimulus, standardised } from "../standard-stimulus.js";
import { aldHyperprior, places } from "./ald-prior.js";
import { type AldSearch, aldFactor, aldObjective, backgroundRatios, searchAld } from "./ald-search.js";
import type { AsdOptions } from "./asd-estimate.js";
import { type AsdSearch, dataAmong, searchAsd } from "./asd-search.js";
import { behindBackground, foldBehind, posteriorWith, withBackground } from "./background.js";
import {
  dataWarnings,
  type Hyperparameter,
  type LinearEstimate,
  lengthUnit,
  linearEstimate,
  linearOptionNames,
  linearSetting,
  priorVariance,
} from "./estimate.js";
import { heldOutErrors, type Posterior, posteriorOf } from "./evidence.js";
import { factorEvidence, factorPosterior } from "./factor-evidence.js";
import { hyperparameterRows } from "./hyperprior.js";
import { modesFindings } from "./modes-estimate.js";
import type { LinearMoments } from "./moments.js";

/** Beyond this part of the band's variance outside the waves the reader is told. */
const tellingShare = 0.1;

/**
 * Automatic locality determination: the posterior mean of a field under a Gaussian prior that is local in space-time and in
 * frequency, at places and of extents that the data choose.
 *
 * `n(t) = b + Σ w·I + noise`; w is a sum of waves with variances that fall off as Gaussians about the space-time frequencies ±κ,
 * seen through a Gaussian window about the place μ (both may be oblique), and of a background, a draw of the smooth prior that
 * `asdEstimate` finds with 1 to 1/100 of its variance: so nothing is held to be 0 for certain outside the window. The nineteen
 * parameters and the background's share maximise the evidence, or predict blocks of time held out best, times a weak prior of
 * their own; the standard deviations count what the data leave open of the nineteen, to first order. The search starts from
 * what `asdEstimate` finds and from several frequencies, in the space-time cosines that matter most, then goes on in all.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags, chooseBy, folds, modes
 * @returns the field `[lags, height, width]` in spikes a bin per contrast, with posterior standard deviations
 * @throws InputError if the lengths or frame durations differ, no spike can be used, every bin has the same count, or the
 *   stimulus is constant
 * @see Park & Pillow 2011, Receptive field inference with localized priors; Kass & Steffey 1989, for the prior's uncertainty
 */
export function aldEstimate(stimulus: Stimulus, spikes: SpikeTrain, options: AsdOptions = {}): LinearEstimate {
  const where = "aldEstimate";
  const setting = linearSetting(where, stimulus, spikes, options, [...linearOptionNames, "modes"]);
  const { modes: most } = options;
  if (most !== undefined) checkInteger(where, "modes", most, 1);
  const { height, width } = stimulus.grid;
  const standard = standardised(stimulus);
  const smooth = searchAsd(where, standard.stimulus, spikes, [setting.lags, height, width], most, setting.folds);
  const { modes, sums, moments, folds } = smooth;
  const warnings = dataWarnings(stimulus, setting, sums.constantPixels);
  const first = modesFindings(modes, sums, moments, posteriorOf(moments, smooth.ratios), undefined);
  const search = searchAld(smooth, first.kernel, first.standardErrors);
  const heldOut = heldOutErrors(folds, (train) => posteriorBehind(train, smooth, search).coefficients);
  const posterior = posteriorBehind(moments, smooth, search);
  const findings = modesFindings(modes, sums, moments, posterior, heldOut, uncertaintyRows(smooth, search));
  if (search.outside > tellingShare)
    warnings.push(`${Math.round(100 * search.outside)} % of the prior's variance is at frequencies left out`);
  return linearEstimate({
    method: "automatic-locality-determination",
    ...{ standard, spikes, setting, ...findings, warnings },
    hyperparameters: aldHyperparameters(search, findings.noiseVariance, standard, setting.lags),
    converged: search.converged,
  });
}

/** The posterior of the local field and its background. */
function posteriorBehind(moments: LinearMoments, { ratios }: AsdSearch, { share, factor }: AldSearch): Posterior {
  const background = behindBackground(moments, backgroundRatios(ratios, share));
  return posteriorWith(background, factorPosterior(background.seen, factor));
}

/** What the uncertainty of the local prior adds to that of the weights, from the modes in which the search began. */
function uncertaintyRows(smooth: AsdSearch, { waves, parameters, share, chosen }: AldSearch): Float64Array[] {
  const { modes, moments, folds } = dataAmong(smooth, chosen);
  const ratios = backgroundRatios(smooth.ratios, share);
  const own = Float64Array.from(chosen, (j) => ratios[j]!);
  const background = behindBackground(moments, own);
  const data = { modes, moments: background.seen, folds: folds.map((fold) => foldBehind(fold, own)) };
  const at = (moved: Float64Array) => {
    const gradient = new Float64Array(moved.length);
    let weights: Float64Array | undefined;
    const evidence = (factor: Float64Array) => {
      const score = factorEvidence(background.seen, factor);
      weights = score.coefficients;
      return score;
    };
    aldObjective(data, waves, folds.length > 0 ? undefined : evidence)(moved, gradient);
    const rest = weights ?? factorPosterior(background.seen, aldFactor(modes, waves, moved)).coefficients;
    return { gradient, weights: withBackground(background, rest) };
  };
  return hyperparameterRows(at, parameters, aldHyperprior(modes.shape)).map((row) => {
    const all = new Float64Array(smooth.modes.count);
    chosen.forEach((j, i) => {
      all[j] = row[i]!;
    });
    return all;
  });
}

/** Where the prior lies: the centre, the standard deviation along each axis, and the frequency. */
function aldHyperparameters(
  { parameters, waves, share }: AldSearch,
  noiseVariance: number,
  standard: StandardStimulus,
  lags: number,
): Hyperparameter[] {
  const { grid, frameSeconds } = standard.stimulus;
  const step = stepOf(grid);
  const unit = lengthUnit(grid);
  const [lag, row, column] = parameters.subarray(places.centre) as unknown as [number, number, number];
  const [t, y, x] = parameters.subarray(places.cycles) as unknown as [number, number, number];
  const [sigmaT, sigmaY, sigmaX] = deviationsOf(parameters.subarray(places.window));
  return [
    priorVariance(Math.exp(parameters[0]!) * noiseVariance, standard),
    { name: "centreTime", value: lag * frameSeconds, unit: "s" },
    { name: "centreY", value: yOfRow(grid, row), unit },
    { name: "centreX", value: xOfColumn(grid, column), unit },
    { name: "windowTime", value: sigmaT * frameSeconds, unit: "s" },
    { name: "windowY", value: sigmaY * step, unit },
    { name: "windowX", value: sigmaX * step, unit },
    { name: "frequencyTime", value: t / (lags * frameSeconds), unit: "cycles/s" },
    // rows run downwards, y runs up
    { name: "frequencyY", value: -y / (grid.height * step), unit: `cycles/${unit}` },
    { name: "frequencyX", value: x / (grid.width * step), unit: `cycles/${unit}` },
    { name: "background", value: share, unit: "of the smooth prior's variance" },
    { name: "waves", value: waves.count, unit: "waves" },
  ];
}

/** The standard deviations along the axes of a Gaussian with precision RᵀR: the row norms of R⁻¹. */
function deviationsOf(numbers: Float64Array): [number, number, number] {
  const [a, b, c, d, e, f] = [...numbers.subarray(0, 6)] as [number, number, number, number, number, number];
  const [A, B, C] = [Math.exp(-a), Math.exp(-d), Math.exp(-f)];
  return [Math.hypot(A, A * B * b, A * C * (B * b * e - c)), Math.hypot(B, B * C * e), C];
}
