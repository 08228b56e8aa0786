import type { Grid } from "../math/grid.js";

/** What made a stimulus, as plain JSON: enough to make it again. */
export interface StimulusSpecification {
  /** the maker's name: "white-noise", "frames", … */
  readonly name: string;
  readonly [parameter: string]: unknown;
}

/** A sequence of contrast images, of which any run of frames can be made without making the ones before it. */
export interface Stimulus {
  readonly kind: "stimulus";
  readonly grid: Grid;
  /** number of frames */
  readonly frames: number;
  /** seconds that a frame is shown */
  readonly frameSeconds: number;
  readonly specification: StimulusSpecification;
  /**
   * Writes `count` frames from frame `start` on into `into`, `[count, height, width]`, contrast (0 mean grey).
   * Returns the filled part of `into`; a fresh array where none is given.
   */
  readonly read: (start: number, count: number, into?: Float32Array) => Float32Array;
}
