import { spaceTimeDrive } from "../cells/linear-drive.js";
import { gridText } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";

/** Throws unless the kernel `[lags, height, width]` covers the stimulus's grid. */
export function checkKernel(where: string, kernel: Tensor, stimulus: Stimulus): void {
  const { height, width } = stimulus.grid;
  if (kernel.shape.length !== 3 || kernel.shape[1] !== height || kernel.shape[2] !== width) {
    refuse(
      where,
      `kernel has shape ${shapeText(kernel.shape)}, the stimulus's grid of ${gridText(stimulus.grid)} needs [lags, ${height}, ${width}]`,
    );
  }
}

/**
 * What a space-time filter gives in each bin: `s(t) = Σ_k Σ_{y,x} w(k, y, x)·I(t - k, y, x)`; frames before the first count as 0.
 *
 * @param kernel w, `[lags, height, width]`, lag 0 first
 * @returns [frames], in float64; no sum depends on how the frames were split
 */
export function filterDrive(kernel: Tensor, stimulus: Stimulus): Float64Array {
  return spaceTimeDrive(stimulus, kernel.data);
}
