import type { SpikeTrain } from "../../cells/response.js";
import { checkSeed } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkShare } from "../../tensor/arguments.js";
import { checkPairing } from "../pairing.js";
import { type AverageNull, averageNullOf } from "./average-null.js";
import { type PermutationTest, permutationTestOf } from "./permutation-test.js";
import { permutedFields, type SumControl } from "./permutation-test-sums.js";

export interface TestAverageOptions extends SumControl {
  /** lags of the average; default 1 */
  readonly lags?: number;
  /** permutations, default 199; at least 19 and `1/level - 1` */
  readonly nullDraws?: number;
  /** of the band: chance of leaving it anywhere; of the weights: share of false discoveries; default .05 */
  readonly level?: number;
  readonly seed: number;
}

/**
 * A spike-triggered average as a whole and weight by weight against the same permuted spikes: `spikeTriggeredAverageNull` and
 * `permutationTest` for the price of one.
 *
 * @returns `whole`, the average with its band, and `weights`, the test of each weight
 * @throws InputError as either of them
 */
export function testAverage(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: TestAverageOptions,
): { readonly whole: AverageNull; readonly weights: PermutationTest } {
  const where = "testAverage";
  checkOptions(where, options, ["lags", "nullDraws", "level", "seed", "onProgress", "signal"]);
  const { lags = 1, nullDraws = 199, level = 0.05, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkShare(where, "level", level);
  checkInteger(where, "nullDraws", nullDraws, Math.max(19, Math.ceil(1 / level - 1)));
  checkSeed(where, seed);
  const found = permutedFields(where, stimulus, spikes, { lags, nullDraws, seed }, options);
  return { whole: averageNullOf(found, level), weights: permutationTestOf(found, stimulus, level) };
}
