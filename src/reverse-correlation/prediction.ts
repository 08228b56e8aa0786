import type { Stimulus } from "../stimuli/stimulus.js";
import { describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/** The spikes that a fitted model expects in each bin of a stimulus. */
export interface Prediction {
  readonly kind: "prediction";
  /** [frames], expected spikes in a bin; bins before `first` hold 0 and are never scored */
  readonly expected: Float64Array;
  /** the first bin whose whole window of frames was shown */
  readonly first: number;
  /** seconds a bin */
  readonly frameSeconds: number;
  /** the model's name */
  readonly method: string;
}

/** The stimulus, if it is one; where the frames that a model was fitted on are known, one with frames as long. */
export function checkShown(where: string, stimulus: Stimulus, frameSeconds = stimulus?.frameSeconds): Stimulus {
  if (stimulus?.kind !== "stimulus") refuse(where, `stimulus is ${describe(stimulus)}, a stimulus is needed`);
  if (Math.abs(stimulus.frameSeconds - frameSeconds) > 1e-9 * frameSeconds)
    refuse(
      where,
      `the stimulus has frames of ${stimulus.frameSeconds} s, the model was fitted on frames of ${frameSeconds} s`,
    );
  return stimulus;
}

/** A fitted model of how a stimulus makes spikes, whatever its form. */
export interface SpikeModel {
  /** frames before and including a bin's own that it looks at */
  readonly lags: number;
  /**
   * expected spikes in each bin; of a model with spike history: given the spikes of the bins before, where they are handed in; of a
   * model with coupling: given those of the other cells
   */
  readonly predict: (stimulus: Stimulus, spikes?: Counts, coupled?: readonly Counts[]) => Prediction;
}

/** Spikes in each bin. */
export interface Counts {
  readonly counts: ArrayLike<number>;
}
