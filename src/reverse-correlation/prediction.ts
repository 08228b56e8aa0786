import type { Stimulus } from "../stimuli/stimulus.js";

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

/** A fitted model of how a stimulus makes spikes, whatever its form. */
export interface SpikeModel {
  /** frames before and including a bin's own that it looks at */
  readonly lags: number;
  /** expected spikes in each bin; of a model with spike history: given the spikes of the bins before, where they are handed in */
  readonly predict: (stimulus: Stimulus, spikes?: { readonly counts: ArrayLike<number> }) => Prediction;
}
