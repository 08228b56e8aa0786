import type { GaborFit } from "../fit/gabor-fit.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import type { SpikeTriggeredCovariance } from "../reverse-correlation/subspaces/spike-triggered-covariance.js";
import type { Tensor } from "../tensor/tensor.js";

export interface NetworkUnitSettings {
  /** of the network and the noise; the next two of the tests and of the models' spikes */
  readonly seed: number;
  /** updates of each layer's kernels */
  readonly steps: number;
  /** frames shown of noise and, for a model of their own, of photographs */
  readonly frames: number;
  /** spikes/s at the largest drive of the noise */
  readonly peakRate: number;
  readonly nullDraws: number;
  readonly level: number;
  /** kernel of the second layer; null: the one whose unit a linear function describes least */
  readonly channel: number | null;
}

export type StimulusClass = "noise" | "photographs";

/** How well a model fitted on one class of stimulus predicts another. */
export interface TransferScore {
  readonly fittedOn: StimulusClass;
  readonly predicts: StimulusClass;
  /** with the unit's own output */
  readonly correlation: number;
  readonly error: number;
}

/** What reverse correlation found of a hidden unit, beside what the network itself says. */
export interface NetworkUnitResult {
  readonly settings: NetworkUnitSettings;
  /** kernels of each layer, [kernels, channels, height, width] */
  readonly layers: readonly Tensor[];
  readonly unit: {
    readonly channel: number;
    readonly row: number;
    readonly column: number;
    /** of the output's variance, explained by a linear function of the image */
    readonly linearShare: number;
  };
  readonly spikes: number;
  readonly estimate: Estimate;
  /** [height, width], the mean gradient of the output over its mean */
  readonly expected: Tensor;
  /** between the average and the mean gradient */
  readonly correlation: number;
  /** the correlation that theory gives for this many spikes */
  readonly theory: number;
  /** the average along the mean gradient's direction, contrast */
  readonly gain: { readonly found: number; readonly theory: number };
  readonly view: {
    readonly top: number;
    readonly left: number;
    readonly height: number;
    readonly width: number;
    /** mean square of the average outside, over what noise leaves */
    readonly noiseOutside: number;
    readonly noiseError: number;
  };
  readonly gabor: GaborFit;
  readonly covariance: SpikeTriggeredCovariance;
  /** of each significant filter, the share of its energy within the field of view */
  readonly filtersInView: readonly number[];
  /** what a filter without a place would have there */
  readonly shareByChance: number;
  readonly transfer: readonly TransferScore[];
}
