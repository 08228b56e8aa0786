import type { SpikeTrain } from "../../cells/response.js";
import { checkSeed } from "../../math/random-streams.js";
import { largestMagnitude } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkShare } from "../../tensor/arguments.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { checkPairing } from "../pairing.js";
import { type PermutedFields, permutedFields, type SumControl } from "./permutation-test-sums.js";

export interface AverageNullOptions extends SumControl {
  /** lags of the average; default 1 */
  readonly lags?: number;
  /** null draws, default 199; at least `1/level - 1` */
  readonly nullDraws?: number;
  /** chance that a cell which ignores the stimulus leaves the band anywhere; default .05 */
  readonly level?: number;
  readonly seed: number;
}

/** A spike-triggered average beside those of spikes that have lost their stimulus. */
export interface AverageNull {
  readonly kind: "average-null";
  /** the raw average, as `spikeTriggeredAverage` gives it */
  readonly estimate: Estimate;
  /** the average less the mean stimulus of all bins with a full window: what the spikes add; the numbers below are of it */
  readonly field: Estimate;
  readonly nullDraws: number;
  readonly level: number;
  /** largest magnitude of the draw's field over all pixels and lags, one a draw */
  readonly peaks: Float64Array;
  /** the `level` quantile of `peaks` from above: what leaves ±limit is significant over all pixels and lags at once */
  readonly limit: number;
  /** `(1 + #{null peak >= observed peak}) / (1 + nullDraws)` */
  readonly pValue: number;
  /** [lags, height, width], each weight's standard deviation over the draws */
  readonly deviation: Tensor;
  /** pixels times lags whose field leaves ±limit */
  readonly significantWeights: number;
}

/**
 * The spike-triggered average with a permutation band.
 *
 * `field(k) = STA(k) - mean_t I(t - k)`: a stimulus need not have the mean 0 (0 and 1 for black and white, grey levels), and
 * even that of finite noise is not quite 0. A draw permutes blocks of the spike counts, a second long and at least the
 * longest lag: spikes keep their own statistics and lose their stimulus. The band is that of the largest magnitude over all
 * pixels and lags, so that it holds for the field as a whole.
 *
 * @returns the average, the field, the band `limit`, a p value for the field, the null's standard deviation of each weight
 * @throws InputError as `spikeTriggeredAverage`, if there are too few draws for the level, or fewer than ten blocks to permute
 * @see Nichols & Holmes 2002, Hum Brain Mapp 15:1, for the largest statistic of permutations
 */
export function spikeTriggeredAverageNull(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: AverageNullOptions,
): AverageNull {
  const where = "spikeTriggeredAverageNull";
  checkOptions(where, options, ["lags", "nullDraws", "level", "seed", "onProgress", "signal"]);
  const { lags = 1, nullDraws = 199, level = 0.05, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkShare(where, "level", level);
  checkInteger(where, "nullDraws", nullDraws, Math.ceil(1 / level - 1));
  checkSeed(where, seed);
  return averageNullOf(permutedFields(where, stimulus, spikes, { lags, nullDraws, seed }, options), level);
}

/** The band from fields of permuted spikes. */
export function averageNullOf({ estimate, fields, nullDraws }: PermutedFields, level: number): AverageNull {
  const size = estimate.kernel.data.length;
  const field = tensor(fields.slice(nullDraws * size), estimate.kernel.shape);
  const peaks = Float64Array.from({ length: nullDraws }, (_, d) =>
    largestMagnitude(fields.subarray(d * size, (d + 1) * size)),
  );
  const sorted = peaks.slice().sort();
  // The smallest limit that at most a share `level` of the draws reach.
  const limit = sorted[Math.ceil((1 - level) * (nullDraws + 1)) - 1];
  const observed = largestMagnitude(field.data);
  const reached = peaks.filter((peak) => peak >= observed).length;
  return {
    kind: "average-null",
    estimate,
    field: { ...estimate, method: "spike-triggered-average less the mean stimulus", kernel: field },
    nullDraws,
    level,
    peaks,
    limit,
    pValue: (1 + reached) / (1 + nullDraws),
    deviation: tensor(deviations(fields, nullDraws, size), estimate.kernel.shape),
    significantWeights: field.data.filter((value) => Math.abs(value) > limit).length,
  };
}

/** The standard deviation of each weight over the draws, about their mean. */
function deviations(fields: Float64Array, nullDraws: number, size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, i) => {
    let mean = 0;
    for (let d = 0; d < nullDraws; d++) mean += fields[d * size + i] / nullDraws;
    let squares = 0;
    for (let d = 0; d < nullDraws; d++) squares += (fields[d * size + i] - mean) ** 2;
    return Math.sqrt(squares / (nullDraws - 1));
  });
}
