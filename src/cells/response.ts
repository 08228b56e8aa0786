import type { StimulusSpecification } from "../stimuli/stimulus.js";

/** What made a response, as plain JSON. */
export interface CellSpecification {
  /** the model's name: "simple-cell", "complex-cell", "function", … */
  readonly name: string;
  readonly [parameter: string]: unknown;
}

/** A cell's output after its nonlinearity, one number a frame. */
export interface Response {
  readonly kind: "response";
  /** [frames], in the units of the cell's model */
  readonly drive: Float64Array;
  /** seconds a frame */
  readonly frameSeconds: number;
  readonly cell: CellSpecification;
  readonly stimulus: StimulusSpecification;
}

/** Spike counts, one bin a frame. */
export interface SpikeTrain {
  readonly kind: "spike-train";
  /** [frames], spikes in each bin */
  readonly counts: Uint32Array;
  /** seconds a bin */
  readonly frameSeconds: number;
  /** all spikes in `counts` */
  readonly spikes: number;
  /** spikes that fell outside the stimulus and are in no bin */
  readonly spikesOutside: number;
  /** what made it, as plain JSON */
  readonly specification: { readonly name: string; readonly [parameter: string]: unknown };
}
