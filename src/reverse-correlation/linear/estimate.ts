import type { SpikeTrain } from "../../cells/response.js";
import { type Grid, gridText, pixelsOf, sameGrid } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { filterDrive } from "../filter-drive.js";
import { checkPairing, countSpikes, refuseSilence } from "../pairing.js";
import { checkShown, type Prediction, type SpikeModel } from "../prediction.js";
import type { StandardStimulus } from "../standard-stimulus.js";
import { logEvidenceOf } from "./evidence.js";

/** How hyperparameters are chosen. */
export const choices = ["evidence", "cross-validation"] as const;
export type ChosenBy = (typeof choices)[number];

/** A number of the prior. */
export interface Hyperparameter {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

/**
 * A field of the linear-Gaussian model `n(t) = b + Σ w·I + noise`.
 *
 * Its standard errors are posterior standard deviations. Their intervals hold over fields of the prior; for one given field they
 * leave out what the prior biases, where the data say little.
 *
 * The noise has one variance. A Poisson count's is its mean, but the mean that few spikes predict is itself mostly noise: to weigh
 * bins by it does not better the estimate.
 */
export interface LinearEstimate extends Estimate, SpikeModel {
  /** b, spikes a bin at a mean grey stimulus */
  readonly offset: number;
  /** variance of the counts about the prediction, spikes² a bin */
  readonly noiseVariance: number;
  readonly hyperparameters: readonly Hyperparameter[];
  readonly chosenBy: ChosenBy;
  /** natural logarithm, at the chosen hyperparameters; absent where they were cross-validated */
  readonly logEvidence?: number;
  /** the part of the counts' variance that is predicted in bins held out, by blocks of time; absent where evidence chose */
  readonly heldOut?: number;
  /** how many numbers the data decide, the prior the others */
  readonly effectiveParameters: number;
  readonly converged: boolean;
}

/** What every regularised estimator takes. */
export interface LinearOptions {
  /** frames before and including the spike's own, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** default "evidence" */
  readonly chooseBy?: ChosenBy;
  /** blocks of time of equal length with `lags - 1` bins between them, each held out once, where cross-validation chooses; default 5 */
  readonly folds?: number;
}

export const linearOptionNames = ["lags", "chooseBy", "folds"] as const;

/** The options with their defaults, and the spikes that they leave. */
export interface LinearSetting {
  readonly lags: number;
  readonly chooseBy: ChosenBy;
  /** blocks of time that are summed apart: 1 where evidence chooses */
  readonly folds: number;
  readonly used: number;
  readonly skipped: number;
}

const fewestBinsAFold = 2;

/** Checks what every regularised estimator is given. */
export function linearSetting(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: LinearOptions,
  names: readonly string[] = linearOptionNames,
): LinearSetting {
  checkOptions(where, options, names);
  const { lags = 1, chooseBy = "evidence", folds } = options;
  checkPairing(where, stimulus, spikes, lags);
  checkChoice(where, "chooseBy", chooseBy, choices);
  if (folds !== undefined && chooseBy === "evidence")
    refuse(where, `folds is ${folds}, they apply where chooseBy is "cross-validation"`);
  checkInteger(where, "folds", folds ?? 5, 2);
  const bins = stimulus.frames - lags + 1;
  const parts = chooseBy === "evidence" ? 1 : (folds ?? 5);
  const least = Math.max(3, fewestBinsAFold * parts + (parts - 1) * (lags - 1));
  if (bins < least) refuse(where, `stimulus has ${bins} bins with a full window, at least ${least} are needed`);
  const { used, skipped } = countSpikes(spikes, lags);
  refuseSilence(where, { used, skipped }, lags - 1);
  const counts = spikes.counts.subarray(lags - 1);
  if (counts.every((count) => count === counts[0]))
    refuse(where, `every bin has ${counts[0]} spikes, they must vary for a field to be inferred`);
  return { lags, chooseBy, folds: parts, used, skipped };
}

/** Throws where no pixel changes. */
export function refuseConstant(where: string, { grid }: Stimulus, constantPixels: number): void {
  if (constantPixels === pixelsOf(grid)) refuse(where, "stimulus is constant, it must vary for a field to be inferred");
}

/** What a reader must know where some pixels do not change, or where data are few. */
export function dataWarnings(stimulus: Stimulus, { lags, used }: LinearSetting, constantPixels: number): string[] {
  const pixels = pixelsOf(stimulus.grid);
  const warnings: string[] = [];
  if (constantPixels > 0)
    warnings.push(`${constantPixels} of ${pixels} pixels never change: what is said of them is the prior's`);
  if (used < 2) warnings.push("one spike: the estimate is that one stimulus, smoothed by the prior");
  const bins = stimulus.frames - lags + 1;
  if (bins <= pixels * lags)
    warnings.push(`${bins} bins for ${pixels * lags} numbers: the prior decides what the data leave open`);
  return warnings;
}

/** The part of the mean rate below which no prediction falls. */
const leastRate = 0.01;

/**
 * The prediction of a linear model: `b + Σ w·I` spikes a bin, but at least a hundredth of the mean count, since no rate is
 * negative and a rate of 0 would make any spike impossible.
 */
function linearPrediction(
  model: Estimate & { readonly offset: number },
  meanCount: number,
  frameSeconds: number,
): (stimulus: Stimulus) => Prediction {
  return (stimulus) => {
    checkShown("predict", stimulus, frameSeconds);
    if (!sameGrid(stimulus.grid, model.grid))
      refuse("predict", `stimulus has a grid of ${gridText(stimulus.grid)}, the model has ${gridText(model.grid)}`);
    const first = Math.min(model.kernel.shape[0]! - 1, stimulus.frames);
    const expected = filterDrive(model.kernel, stimulus);
    for (let t = 0; t < expected.length; t++)
      expected[t] = t < first ? 0 : Math.max(leastRate * meanCount, model.offset + expected[t]!);
    return { kind: "prediction", expected, first, frameSeconds, method: model.method };
  };
}

/** What an estimator found, before it is a record: in the standard stimulus but for the hyperparameters. */
export interface LinearFindings {
  readonly method: string;
  readonly standard: StandardStimulus;
  readonly spikes: SpikeTrain;
  readonly setting: LinearSetting;
  /** [D], spikes a bin per spread of the stimulus */
  readonly kernel: Float64Array;
  /** [D] */
  readonly standardErrors: Float64Array;
  readonly offset: number;
  readonly noiseVariance: number;
  readonly hyperparameters: readonly Hyperparameter[];
  readonly logEvidence?: number;
  readonly heldOut?: number;
  readonly effectiveParameters: number;
  readonly converged: boolean;
  readonly warnings: readonly string[];
}

/** A factor of 20 in favour of a field is strong (Kass & Raftery 1995, Bayes factors); fitted to noise, a hyperparameter gains ½. */
const strongGain = Math.log(20);

/** The log evidence of a field over none; where bins were held out, the gain of their log likelihood. */
function gainOver({ spikes, setting, logEvidence, heldOut = 0 }: LinearFindings): number {
  const counts = spikes.counts.subarray(setting.lags - 1);
  if (logEvidence === undefined) return -0.5 * counts.length * Math.log(1 - heldOut);
  const mean = setting.used / counts.length;
  const power = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0);
  return logEvidence - logEvidenceOf(counts.length - 1, power / (counts.length - 1), 0);
}

/** The prior variance of a weight, from that of one in the standard stimulus. */
export function priorVariance(value: number, { spread }: StandardStimulus): Hyperparameter {
  return { name: "priorVariance", value: value / spread ** 2, unit: "(spikes/bin/contrast)²" };
}

/** The unit of a grid's lengths: pixels where it names no step. */
export function lengthUnit({ step }: Grid): string {
  return step === undefined ? "pixel" : "deg";
}

/** The record of an estimate. */
export function linearEstimate(findings: LinearFindings): LinearEstimate {
  const { spikes, setting, converged, standard, ...rest } = findings;
  const { stimulus, mean, spread } = standard;
  const { lags, used, skipped, chooseBy } = setting;
  const kernel = findings.kernel.map((w) => w / spread);
  const shape = [lags, stimulus.grid.height, stimulus.grid.width];
  const warnings = [...findings.warnings];
  if (!converged) warnings.push("the search for hyperparameters ended before it converged");
  if (gainOver(findings) < strongGain + 0.5 * findings.hyperparameters.length)
    warnings.push("the data do not tell a field from none: what the estimate shows may be noise");
  const estimate = {
    ...rest,
    offset: findings.offset - kernel.reduce((sum, w, d) => sum + w * mean[d % mean.length]!, 0),
    kind: "estimate" as const,
    grid: stimulus.grid,
    kernel: tensor(kernel, shape),
    standardErrors: tensor(
      findings.standardErrors.map((error) => error / spread),
      shape,
    ),
    spikesUsed: used,
    spikesSkipped: skipped,
    lags,
    chosenBy: chooseBy,
    converged,
    warnings,
  };
  const meanCount = used / (spikes.counts.length - lags + 1);
  return { ...estimate, predict: linearPrediction(estimate, meanCount, stimulus.frameSeconds) };
}
