import type { SpikeTrain } from "../../cells/response.js";
import { checkInteger, checkOptions, checkPositive, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import type { Prediction } from "../prediction.js";

export interface BitsPerSpikeOptions {
  /** the first bin that is scored; default the prediction's first */
  readonly first?: number;
  /** the bin after the last that is scored; default the number of bins */
  readonly end?: number;
  /** spikes/s of the constant model that is compared with: the mean rate of the training data; default that of the same bins */
  readonly meanRate?: number;
}

/** How much better than a constant rate a model foretells spikes. */
export interface BitsPerSpike {
  readonly kind: "bits-per-spike";
  /** `(ln L - ln L0) / (spikes · ln 2)`; -Infinity where a bin holds a spike that the model excludes */
  readonly bits: number;
  /** of `bits`, the bins taken as independent; NaN where `bits` is not finite */
  readonly standardError: number;
  /** `ln L = Σ n·ln λ - λ - ln n!`, nats */
  readonly logLikelihood: number;
  /** `ln L0`, of the constant rate, nats */
  readonly meanLogLikelihood: number;
  /** spikes/s of the constant model */
  readonly meanRate: number;
  /** where the constant rate came from */
  readonly meanFrom: "same bins" | "given";
  readonly spikes: number;
  readonly bins: number;
  readonly warnings: readonly string[];
}

/**
 * The Poisson log-likelihood of spikes under a prediction, over that of a constant rate, in bits a spike:
 * `Σ_t [n_t·ln(λ_t/λ0) - (λ_t - λ0)] / (N·ln 2)`.
 *
 * Held out only where the bins are: give bins that the model was not fitted on, and as `meanRate` the training data's.
 *
 * @param prediction λ, expected spikes a bin
 * @param spikes n, one bin a frame
 * @returns bits a spike with its standard error, both log-likelihoods, the bins and spikes scored
 * @throws InputError if the bins do not fit each other, a prediction is negative or not finite, or no spike is scored
 * @see Paninski, Shoham, Fellows, Hatsopoulos & Donoghue 2004, J Neurosci 24:8551; Pillow et al. 2008, Nature 454:995
 */
export function bitsPerSpike(
  prediction: Prediction,
  spikes: SpikeTrain,
  options: BitsPerSpikeOptions = {},
): BitsPerSpike {
  const where = "bitsPerSpike";
  checkOptions(where, options, ["first", "end", "meanRate"]);
  checkPrediction(where, prediction, spikes);
  const { first = prediction.first, end = spikes.counts.length } = options;
  checkInteger(where, "first", first, prediction.first, spikes.counts.length - 1);
  checkInteger(where, "end", end, first + 1, spikes.counts.length);
  const counts = spikes.counts.subarray(first, end);
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total === 0) refuse(where, `bins ${first} to ${end - 1} hold no spike, at least one is needed`);
  const sameBins = total / counts.length / spikes.frameSeconds;
  const { meanRate = sameBins } = options;
  checkPositive(where, "meanRate", meanRate);
  const sums = likelihoods(prediction.expected.subarray(first, end), counts, meanRate * spikes.frameSeconds);
  return {
    kind: "bits-per-spike",
    bits: (sums.model - sums.constant) / (total * Math.LN2),
    standardError: sums.spread / (total * Math.LN2),
    logLikelihood: sums.model,
    meanLogLikelihood: sums.constant,
    meanRate,
    meanFrom: options.meanRate === undefined ? "same bins" : "given",
    spikes: total,
    bins: counts.length,
    warnings: sums.excluded > 0 ? [`${sums.excluded} bins hold spikes where the model expects none`] : [],
  };
}

/** `ln L` of the model and of the constant rate, and the standard error of their difference for a given number of spikes. */
function likelihoods(expected: Float64Array, counts: Uint32Array, constant: number) {
  const gains = new Float64Array(counts.length);
  let [model, mean, excluded, total] = [0, 0, 0, 0];
  for (let t = 0; t < counts.length; t++) {
    const n = counts[t];
    const factorial = lnFactorial(n);
    const ofModel = (n > 0 ? n * Math.log(expected[t]) : 0) - expected[t] - factorial;
    const ofMean = n * Math.log(constant) - constant - factorial;
    if (n > 0 && expected[t] === 0) excluded++;
    gains[t] = ofModel - ofMean;
    model += ofModel;
    mean += ofMean;
    total += n;
  }
  // A ratio's standard error: the scatter of what each bin adds beyond its spikes' share.
  const share = (model - mean) / total;
  let squares = 0;
  for (let t = 0; t < counts.length; t++) squares += (gains[t] - share * counts[t]) ** 2;
  return { model, constant: mean, excluded, spread: excluded > 0 ? Number.NaN : Math.sqrt(squares) };
}

/** `ln n!` of the counts that most bins hold. */
const factorials = [0, 0];
while (factorials.length < 256) factorials.push(factorials[factorials.length - 1] + Math.log(factorials.length));

/** `ln n!`, of larger counts by Stirling's series, whose next term `1/(1260·n⁵)` is below 1e-15 there. */
export function lnFactorial(n: number): number {
  if (n < factorials.length) return factorials[n];
  return (n + 0.5) * Math.log(n) - n + 0.5 * Math.log(2 * Math.PI) + 1 / (12 * n) - 1 / (360 * n ** 3);
}

/** Throws unless the prediction and the spikes have the same bins, and every scored prediction is a count of at least 0. */
export function checkPrediction(where: string, prediction: Prediction, spikes: SpikeTrain): void {
  if (prediction?.kind !== "prediction")
    refuse(where, `prediction is ${describe(prediction)}, a model's prediction is needed`);
  if (spikes?.kind !== "spike-train") refuse(where, `spikes is ${describe(spikes)}, a spike train is needed`);
  const { expected, first, frameSeconds } = prediction;
  if (expected.length !== spikes.counts.length)
    refuse(where, `spikes has ${spikes.counts.length} bins, the prediction has ${expected.length}`);
  if (Math.abs(spikes.frameSeconds - frameSeconds) > 1e-9 * frameSeconds)
    refuse(where, `spikes has bins of ${spikes.frameSeconds} s, the prediction has ${frameSeconds} s`);
  for (let t = first; t < expected.length; t++) {
    if (!(expected[t] >= 0 && expected[t] < Number.POSITIVE_INFINITY))
      refuse(where, `prediction.expected[${t}] is ${expected[t]}, finite numbers of at least 0 are needed`);
  }
}
