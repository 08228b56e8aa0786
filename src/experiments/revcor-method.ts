import type { SpikeTrain } from "../cells/response.js";
import type { Grid } from "../math/grid.js";
import type { SpikeModel } from "../reverse-correlation/prediction.js";
import type { SpikeTriggeredCovariance } from "../reverse-correlation/subspaces/spike-triggered-covariance.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import type { Tensor } from "../tensor/tensor.js";

/** What a method is told. */
export interface MethodSettings {
  /** frames before and including the spike's own */
  readonly lags: number;
  /** permutations or shifts of the spikes that make up a null */
  readonly nullDraws: number;
  readonly level: number;
  readonly seed: number;
  /** filters of a method with several; null leaves it to the method */
  readonly filters: number | null;
  /** pixels along each side of a subunit's filter; null for half the patch */
  readonly subunit: number | null;
  /** the most space-time cosines of a smooth or local prior; absent leaves it to the method */
  readonly modes?: number;
}

/** A filter of a recording's windows. */
export interface FoundFilter {
  readonly label: string;
  readonly grid: Grid;
  /** [lags, height, width] */
  readonly kernel: Tensor;
  readonly standardErrors?: Tensor;
  /** of the estimate: under a prior the errors of fits do not hold, and the fits say so */
  readonly method?: string;
  /** of the weights, where it is another than the method's */
  readonly unit?: string;
}

/** Whether a filter is other than 0 throughout, which a method with a penalty may leave. */
export function isSomething({ kernel }: FoundFilter): boolean {
  return kernel.data.some((weight) => weight !== 0);
}

/** What a method found, plain data. */
export interface Found {
  /** the one that is described first; none where nothing was significant */
  readonly filters: readonly FoundFilter[];
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
  /** false where a search ended early */
  readonly converged: boolean;
  readonly warnings: readonly string[];
  /** what the method says of itself: name, value, and what to hold it against */
  readonly facts: readonly (readonly [name: string, value: string, beside: string])[];
  readonly spectrum?: SpikeTriggeredCovariance;
}

/** What was found, and the method's own prediction where it has one. */
export interface Fitted {
  readonly found: Found;
  /** of a method that predicts */
  readonly model?: SpikeModel;
}

export interface Watched {
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: { readonly aborted: boolean };
}

/** One way to infer filters. */
export interface Method {
  /** as the report calls it */
  readonly words: string;
  /** the unit of the filter's weights */
  readonly unit: string;
  /** whether it gives one filter of a fixed sign, so that filters of parts of the recording can be set beside each other */
  readonly linear: boolean;
  /** whether what it fits foretells spikes by itself, without a curve after its filters */
  readonly predicts: boolean;
  readonly fit: (stimulus: Stimulus, spikes: SpikeTrain, settings: MethodSettings, watched: Watched) => Fitted;
}

/** What every record of an estimator says of its spikes. */
export function spikesOf({
  spikesUsed,
  spikesSkipped,
  warnings,
}: Pick<Found, "spikesUsed" | "spikesSkipped" | "warnings">) {
  return { spikesUsed, spikesSkipped, warnings };
}
