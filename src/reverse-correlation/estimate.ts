import type { Grid } from "../math/grid.js";
import type { Tensor } from "../tensor/tensor.js";

/** A receptive field as an experimenter infers it. */
export interface Estimate {
  readonly kind: "estimate";
  /** "spike-triggered-average", … */
  readonly method: string;
  readonly grid: Grid;
  /** [lags, height, width]; lag 0, the frame shown in the spike's bin, first */
  readonly kernel: Tensor;
  readonly spikesUsed: number;
  /** spikes before the first full window of lags */
  readonly spikesSkipped: number;
  /** [lags, height, width]: the standard error of each number of the kernel, or its posterior standard deviation */
  readonly standardErrors?: Tensor;
  /** false where a search ended before it met its tolerance; absent where nothing was searched */
  readonly converged?: boolean;
  readonly warnings: readonly string[];
}
