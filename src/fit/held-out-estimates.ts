import type { SpikeTrain } from "../cells/response.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { spikesOfRanges, stimulusOfRanges, timeBlocksIn } from "../reverse-correlation/goodness/time-blocks.js";
import { checkPairing } from "../reverse-correlation/pairing.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/**
 * A field estimated in each of several blocks of time, each as if the others had not been recorded: what a choice between
 * models of the field is made on.
 *
 * No frame counts in two blocks: a spike whose window reaches back into the block before is skipped, as at a recording's start.
 *
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @param estimate the estimator, with its lags and options
 * @param options blocks: successive parts of the recording, at least 2, default 5
 * @returns [blocks] estimates, in order of time
 * @throws InputError if the bins do not fit the frames, there are too few frames, or the estimator refuses a block
 */
export function estimatesOverTime(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  estimate: (stimulus: Stimulus, spikes: SpikeTrain) => Estimate,
  options: { readonly blocks?: number } = {},
): Estimate[] {
  const where = "estimatesOverTime";
  checkOptions(where, options, ["blocks"]);
  if (typeof estimate !== "function") refuse(where, `estimate is ${describe(estimate)}, a function is needed`);
  checkPairing(where, stimulus, spikes, 1);
  const { blocks = 5 } = options;
  checkInteger(where, "blocks", blocks, 2, stimulus.frames);
  return timeBlocksIn(where, stimulus.frames, blocks, 0).map(({ test }) =>
    estimate(stimulusOfRanges(stimulus, [test]), spikesOfRanges(spikes, [test])),
  );
}
