import type { SpikeTrain } from "../../cells/response.js";
import { correlation, standardError, variance } from "../../math/statistics.js";
import { checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import type { Prediction } from "../prediction.js";
import { checkPrediction } from "./bits-per-spike.js";
import { ceilingOf, checkRepeats, leftOutErrors, meanOf, powersOf } from "./noise-ceiling.js";

/** The peristimulus time histogram: what repeats of one stimulus have in common. */
export interface Psth {
  readonly kind: "psth";
  /** [frames], spikes/s */
  readonly rate: Float64Array;
  /** [frames], of `rate` over the repeats; NaN for a single one */
  readonly standardErrors: Float64Array;
  readonly frameSeconds: number;
  readonly repeats: number;
  readonly spikes: number;
}

/**
 * The mean rate in each bin over repeats of one stimulus: `r(t) = mean_n y_n(t) / dt`.
 *
 * @param repeats spike trains of the same frames
 * @returns spikes/s with the standard error over the repeats
 * @throws InputError if there is none or they differ in bins
 */
export function psth(repeats: readonly SpikeTrain[]): Psth {
  checkRepeats("psth", repeats, 1);
  const { frameSeconds } = repeats[0];
  const several = repeats.length > 1;
  return {
    kind: "psth",
    rate: meanOf(repeats.map(({ counts }) => counts)).map((count) => count / frameSeconds),
    standardErrors: Float64Array.from(repeats[0].counts, (_, t) =>
      several ? standardError(repeats.map(({ counts }) => counts[t])) / frameSeconds : Number.NaN,
    ),
    frameSeconds,
    repeats: repeats.length,
    spikes: repeats.reduce((sum, train) => sum + train.spikes, 0),
  };
}

/** How well a prediction follows the mean of repeats, beside the best that any prediction could do. */
export interface ResponseGoodness {
  readonly kind: "response-goodness";
  /** CC of the prediction with the mean of the repeats */
  readonly correlation: number;
  /** the CC that a perfect model would have with it: `√(SP / Var(ȳ))` */
  readonly ceiling: number;
  /** `Cov(λ, ȳ) / √(Var(λ)·SP)`, 1 for a perfect model whatever the noise; its estimate may exceed 1 */
  readonly normalizedCorrelation: number;
  /** `(Var(ȳ) - Var(ȳ - λ)) / SP`, 1 for a perfect model; unlike a correlation it knows the scale */
  readonly signalPowerExplained: number;
  /** of each, from the estimates with one block of time left out */
  readonly standardErrors: {
    readonly correlation: number;
    readonly ceiling: number;
    readonly normalizedCorrelation: number;
    readonly signalPowerExplained: number;
  };
  readonly repeats: number;
  readonly bins: number;
  readonly warnings: readonly string[];
}

/**
 * Sets a prediction beside repeats of the same stimulus, from the prediction's first bin on.
 *
 * @param prediction λ, expected spikes a bin
 * @param repeats N >= 2 spike trains of the predicted frames
 * @param options blocks: of time, for the standard errors; default 40
 * @returns the correlation with the mean ȳ of the repeats, raw and over its ceiling, and the signal power explained
 * @throws InputError as `noiseCeiling`, or if prediction or mean are constant
 * @see Sahani & Linden 2003, NIPS 15:317, for the power; Schoppe et al. 2016, Front Comput Neurosci 10:10, for the correlation
 */
export function responseGoodness(
  prediction: Prediction,
  repeats: readonly SpikeTrain[],
  options: { readonly blocks?: number } = {},
): ResponseGoodness {
  const where = "responseGoodness";
  checkOptions(where, options, ["blocks"]);
  checkRepeats(where, repeats, 2);
  checkPrediction(where, prediction, repeats[0]);
  const { first, expected } = prediction;
  const { blocks = 40 } = options;
  const noise = ceilingOf(where, repeats, { first, blocks });
  const lambda = expected.slice(first);
  if (!varies(lambda)) refuse(where, "prediction is constant, it must vary to be compared");
  const counts = repeats.map((train) => Float64Array.from(train.counts.subarray(first)));
  if (!varies(meanOf(counts))) refuse(where, "repeats have a constant mean, it must vary to be compared");
  const bins = lambda.length;
  const measured = (keep: (value: number, bin: number) => boolean) =>
    measuresOf(
      lambda.filter(keep),
      counts.map((train) => train.filter(keep)),
    );
  return {
    kind: "response-goodness",
    ...measured(() => true),
    standardErrors: leftOutErrors(bins, blocks, measured),
    repeats: repeats.length,
    bins,
    warnings: noise.warnings,
  };
}

function varies(values: Float64Array): boolean {
  return values.some((value) => value !== values[0]);
}

/** The four numbers of `ResponseGoodness`; NaN where there is no signal to compare with. */
function measuresOf(lambda: Float64Array, repeats: readonly Float64Array[]) {
  const mean = meanOf(repeats);
  const { signalPower, averagedPower, ceiling } = powersOf(repeats);
  // Without a block of time that holds all spikes nothing varies.
  const raw = varies(lambda) && varies(mean) ? correlation(lambda, mean) : Number.NaN;
  const residual = variance(mean.map((y, t) => y - lambda[t]));
  return {
    correlation: raw,
    ceiling,
    normalizedCorrelation: raw / ceiling,
    signalPowerExplained: signalPower > 0 ? (averagedPower - residual) / signalPower : Number.NaN,
  };
}
