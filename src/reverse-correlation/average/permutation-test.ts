import type { SpikeTrain } from "../../cells/response.js";
import { checkSeed } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkShare } from "../../tensor/arguments.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import { constancyOf } from "../accumulators/constancy.js";
import type { Estimate } from "../estimate.js";
import { checkPairing } from "../pairing.js";
import { falseDiscovery } from "./false-discovery.js";
import { type PermutedFields, permutedFields, type SumControl } from "./permutation-test-sums.js";

export interface PermutationTestOptions extends SumControl {
  /** lags of the average; default 1 */
  readonly lags?: number;
  /** permutations, default 199; at least 19 */
  readonly nullDraws?: number;
  /** expected share of false ones among the weights that are called significant; default .05 */
  readonly level?: number;
  readonly seed: number;
}

/** Every pixel and lag of a spike-triggered average, tested by itself. */
export interface PermutationTest {
  readonly kind: "permutation-test";
  /** the average less the mean stimulus, with the null's deviations as standard errors */
  readonly field: Estimate;
  /** [lags, height, width], two-sided p values */
  readonly pValues: Tensor;
  /** [lags, height, width], the smallest false-discovery level at which the weight would be significant */
  readonly adjusted: Tensor;
  /** [lags, height, width], the field where it is significant at the level, else 0 */
  readonly significantField: Tensor;
  readonly significantWeights: number;
  readonly level: number;
  readonly nullDraws: number;
}

/**
 * Tests each weight of a spike-triggered average against permuted spikes, with the false discoveries among them controlled.
 *
 * Blocks of the spikes change places, a second long and at least the longest lag: the train keeps its own statistics. A weight
 * is divided by its root mean square over the draws and the observation, and its p value is the share of all weights of all of
 * them that are as far from 0; so p reaches far below 1 / draws, as thousands of tests need. It holds where the weights have
 * null distributions of one shape, as stimuli of alike pixels give.
 *
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @returns p values, adjusted ones, and the significant part of the field
 * @throws InputError as `spikeTriggeredAverage`, or if there are fewer than ten blocks to permute
 * @see Benjamini & Hochberg 1995, J R Stat Soc B 57:289; Nichols & Holmes 2002, Hum Brain Mapp 15:1
 */
export function permutationTest(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: PermutationTestOptions,
): PermutationTest {
  const where = "permutationTest";
  checkOptions(where, options, ["lags", "nullDraws", "level", "seed", "onProgress", "signal"]);
  const { lags = 1, nullDraws = 199, level = 0.05, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkInteger(where, "nullDraws", nullDraws, 19);
  checkShare(where, "level", level);
  checkSeed(where, seed);
  const found = permutedFields(where, stimulus, spikes, { lags, nullDraws, seed }, options);
  return permutationTestOf(found, stimulus, level);
}

/** The test from fields of permuted spikes. */
export function permutationTestOf(found: PermutedFields, stimulus: Stimulus, level: number): PermutationTest {
  const { estimate, nullDraws } = found;
  const size = estimate.kernel.data.length;
  const fields = withoutConstant(found.fields, stimulus);
  const field = fields.slice(nullDraws * size);
  const deviations = rootMeanSquares(fields, size, nullDraws);
  const pValues = pooledShares(fields, size);
  const { shape } = estimate.kernel;
  const { discovered, discoveries, adjusted } = falseDiscovery(pValues, level);
  return {
    kind: "permutation-test",
    field: {
      ...estimate,
      method: "spike-triggered-average less the mean stimulus",
      kernel: tensor(field, shape),
      standardErrors: tensor(deviations, shape),
    },
    pValues: tensor(pValues, shape),
    adjusted: tensor(adjusted, shape),
    significantField: tensor(
      field.map((value, i) => (discovered[i] === 1 ? value : 0)),
      shape,
    ),
    significantWeights: discoveries,
    level,
    nullDraws,
  };
}

/** The fields with 0 for the weights of pixels that never change: the sums' rounding is all that they hold. */
function withoutConstant(fields: Float64Array, stimulus: Stimulus): Float64Array {
  const { varies } = constancyOf(stimulus);
  return fields.map((value, i) => (varies[i % varies.length] === 0 ? 0 : value));
}

/** Of each weight over the first `rows` rows of [rows, size]. */
function rootMeanSquares(fields: Float64Array, size: number, rows: number): Float64Array {
  const squares = new Float64Array(size);
  for (let i = 0; i < rows * size; i++) squares[i % size] += fields[i] ** 2;
  return squares.map((sum) => Math.sqrt(sum / rows));
}

/**
 * For each weight of the last row of [rows, size]: the share of all rows' weights that are as large, each weight over its root
 * mean square. The observation is one of the rows, so that under the null all rows are alike; a weight that is 0 in every row
 * (a pixel that never changes) has p = 1.
 */
function pooledShares(fields: Float64Array, size: number): Float64Array {
  const rows = fields.length / size;
  const scales = rootMeanSquares(fields, size, rows);
  const sizes = fields.map((value, i) => (scales[i % size] > 0 ? Math.abs(value) / scales[i % size] : 0));
  const observed = sizes.slice((rows - 1) * size);
  sizes.sort();
  return observed.map((value) => (value > 0 ? (sizes.length - firstAtLeast(sizes, value)) / sizes.length : 1));
}

/** The index of the first of the sorted numbers that is at least `value`. */
function firstAtLeast(sorted: Float64Array, value: number): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
