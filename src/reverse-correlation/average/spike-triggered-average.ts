import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkOptions } from "../../tensor/arguments.js";
import { averageCounting, emptyAverage } from "../accumulators/average-accumulator.js";
import { blocksOf } from "../accumulators/state.js";
import type { Estimate } from "../estimate.js";
import { checkPairing, constantCountWarnings, countSpikes, refuseSilence, timingWarnings } from "../pairing.js";

export interface SpikeTriggeredAverageOptions {
  /** frames before and including the spike's own, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
}

/**
 * The mean stimulus before a spike:
 * `STA(k, y, x) = Σ_t n(t)·I(t - k, y, x) / Σ_t n(t)`, over the bins `t >= lags - 1`, whose whole window was shown.
 *
 * A bin of n spikes weighs n. For Gaussian white noise and a linear filter before any nonlinearity
 * the expected STA is proportional to the filter.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @returns the average, `[lags, height, width]`, in the stimulus's contrast, lag 0 first; `warnings` tell of too few bins, and of
 *   spikes that are the same in every bin
 * @throws InputError if the lengths or frame durations differ, no spike can be used, or the stimulus is constant
 * @see de Boer & Kuyper 1968; Chichilnisky 2001
 */
export function spikeTriggeredAverage(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: SpikeTriggeredAverageOptions = {},
): Estimate {
  const where = "spikeTriggeredAverage";
  checkOptions(where, options, ["lags"]);
  return averageFor(where, stimulus, spikes, options.lags ?? 1);
}

/** The average for a public function named `where`, which its errors name. */
export function averageFor(where: string, stimulus: Stimulus, spikes: SpikeTrain, lags: number): Estimate {
  checkPairing(where, stimulus, spikes, lags);
  refuseSilence(where, countSpikes(spikes, lags), lags - 1);
  const { grid, frameSeconds } = stimulus;
  const { block, addBlock, result } = averageCounting(where);
  const empty = emptyAverage(where, { grid, lags, frameSeconds });
  const blocks = blocksOf(where, { stimulus, spikes }, empty, block);
  const average = result(
    where,
    blocks.reduce((state, bins) => addBlock(where, state, bins), empty),
  );
  const warnings = [...average.warnings, ...constantCountWarnings(spikes, lags - 1), ...timingWarnings(spikes)];
  return { ...average, warnings };
}
