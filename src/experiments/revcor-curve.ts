import type { SpikeTrain } from "../cells/response.js";
import { norm } from "../math/vectors.js";
import { filterDrive } from "../reverse-correlation/filter-drive.js";
import { estimateNonlinearity } from "../reverse-correlation/nonlinearity/estimate.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import type { Tensor } from "../tensor/tensor.js";

/** The rate as a function of what a filter gives, plain data. */
export interface Curve {
  /** whether each frame's filter was fitted on other blocks of time */
  readonly heldOut: boolean;
  /** in bins of equally many frames: the mean output of the filter of unit norm, the rate in spikes/s, its standard error */
  readonly output: Float64Array;
  readonly rate: Float64Array;
  readonly rateError: Float64Array;
  /** a penalised spline of the logarithm of the rate */
  readonly spline: { readonly output: Float64Array; readonly rate: Float64Array };
  readonly warnings: readonly string[];
}

const splinePoints = 60;

/** The curve after a filter, or after its output where that is known from other blocks of time. */
export function curveOf(
  source: { readonly kernel: Tensor; readonly drive: Float64Array | null },
  stimulus: Stimulus,
  spikes: SpikeTrain,
): Curve {
  const { kernel, drive } = source;
  const first = kernel.shape[0] - 1;
  const output = drive ?? unitDrive(kernel, stimulus);
  const bins = estimateNonlinearity(output, stimulus, spikes, { kind: "histogram", first });
  const spline = estimateNonlinearity(output, stimulus, spikes, { kind: "spline", first });
  const [low, high] = spline.range;
  const at = Float64Array.from({ length: splinePoints }, (_, i) => low + ((high - low) * i) / (splinePoints - 1));
  return {
    heldOut: drive !== null,
    output: Float64Array.from(bins.centres[0]),
    rate: bins.rates,
    rateError: bins.standardErrors,
    spline: { output: at, rate: at.map((z) => spline.rateAt(z)) },
    warnings: [...bins.warnings, ...spline.warnings],
  };
}

function unitDrive(kernel: Tensor, stimulus: Stimulus): Float64Array {
  const length = norm(kernel.data);
  return filterDrive(kernel, stimulus).map((value) => value / length);
}
