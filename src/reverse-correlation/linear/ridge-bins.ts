import type { SpikeTrain } from "../../cells/response.js";
import { addProduct } from "../../kernels/product.js";
import { inverseRoot, rotated, shiftedSystems, solveShifted } from "../../math/shifted-systems.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import type { LinearSetting } from "./estimate.js";
import { type HeldOut, logEvidenceOf } from "./evidence.js";
import { stretchesOf } from "./features.js";
import { type BinKernel, binKernel, centredKernel, fieldOfBins } from "./kernel.js";
import { type RidgeField, type RidgeProblem, type RidgeSystems, weightsAt } from "./ridge-problem.js";

/**
 * The ridge in the bins of a recording, its dual form: where there are fewer bins than numbers in a window.
 * `w = Xᵀ·(X·Xᵀ + λ)⁻¹·y` is the same as `(Xᵀ·X + λ)⁻¹·Xᵀ·y`.
 */
export function ridgeInBins(stimulus: Stimulus, spikes: SpikeTrain, setting: LinearSetting): RidgeProblem {
  const { lags } = setting;
  const data = binKernel(stimulus, spikes, lags);
  const all = Array.from({ length: data.bins }, (_, t) => t);
  const whole = preparedIn(data, all);
  const { stretches } = stretchesOf(stimulus.frames, lags, setting.folds);
  const parts = stretches.map(({ start, end }) => all.slice(start - lags + 1, end - lags + 1));
  const folds =
    setting.folds === 1
      ? []
      : parts.map((heldOut) => {
          return { heldOut, train: preparedIn(data, parts.filter((part) => part !== heldOut).flat()) };
        });
  const freedom = data.bins - 1;
  return {
    meanEnergy: whole.energy / (lags * data.centre.length),
    constantPixels: data.constantPixels,
    evidenceAt: (shift) => {
      const solution = solveShifted(whole.systems, shift, whole.target);
      if (solution === undefined) return Number.NaN;
      const left = shift * dot(solution.x, whole.target);
      return logEvidenceOf(freedom, left / freedom, solution.logDeterminant - data.bins * Math.log(shift));
    },
    errorsAt: (shift) => (folds.length === 0 ? undefined : errorsIn(data, folds, shift)),
    fieldAt: (shift) => fieldIn(data, whole, lags, shift),
  };
}

interface Prepared extends RidgeSystems {
  readonly chosen: readonly number[];
  /** [bins], the mean of a row of K over the chosen bins */
  readonly means: Float64Array;
  readonly count: number;
  /** the trace of K about the mean */
  readonly energy: number;
}

function preparedIn(data: BinKernel, chosen: readonly number[]): Prepared {
  const { K, means, count, target } = centredKernel(data, chosen);
  let energy = 0;
  for (let i = 0; i < chosen.length; i++) energy += K[i * chosen.length + i]!;
  const systems = shiftedSystems(K, chosen.length);
  return { chosen, systems, target: rotated(systems, target), means, count, energy };
}

function errorsIn(
  { bins: columns, kernel, counts }: BinKernel,
  folds: readonly { readonly heldOut: readonly number[]; readonly train: Prepared }[],
  shift: number,
): HeldOut {
  let [errors, power, bins] = [0, 0, 0];
  for (const { heldOut, train } of folds) {
    // (K + λ)⁻¹·(y - ȳ), which add up to 0
    const weights = weightsAt(train, shift);
    const middle = dot(weights, train.means);
    for (const t of heldOut) {
      const drive =
        train.chosen.reduce((sum, other, i) => sum + weights[i]! * kernel[t * columns + other]!, 0) - middle;
      errors += (counts[t]! - train.count - drive) ** 2;
      power += (counts[t]! - train.count) ** 2;
    }
    bins += heldOut.length;
  }
  return { errors, power, bins };
}

function fieldIn(data: BinKernel, whole: Prepared, lags: number, shift: number): RidgeField {
  const weights = weightsAt(whole, shift);
  const kernel = fieldOfBins(data, weights, lags);
  const explained = explainedBy(data, inverseRoot(whole.systems, shift), lags);
  const meanWindow = fieldOfBins(data, new Float64Array(data.bins).fill(1 / data.bins), lags);
  const middle = kernel.reduce((sum, w, d) => sum + w * (meanWindow[d]! + data.centre[d % data.centre.length]!), 0);
  const left = shift * dot(weights, data.counts);
  return {
    kernel,
    offset: whole.count - middle,
    noiseVariance: left / (data.bins - 1),
    variances: explained.map((part) => Math.max(0, 1 - part) / shift),
    effectiveParameters: explained.reduce((sum, part) => sum + part, 0),
  };
}

/** `x_dᵀ·(K + λ)⁻¹·x_d` for every number d of the window, x_d its values in all bins about their mean: `|Rᵀ·x_d|²`. */
function explainedBy({ bins, frames, centre }: BinKernel, root: Float64Array, lags: number): Float64Array {
  const pixels = centre.length;
  const explained = new Float64Array(lags * pixels);
  const R = Float32Array.from(root);
  for (let k = 0; k < lags; k++) {
    const values = frames.slice((lags - 1 - k) * pixels, (lags - 1 - k + bins) * pixels);
    const means = new Float64Array(pixels);
    for (let i = 0; i < values.length; i++) means[i % pixels]! += values[i]! / bins;
    for (let i = 0; i < values.length; i++) values[i]! -= means[i % pixels]!;
    const product = new Float32Array(bins * pixels);
    addProduct(R, values, product, { rows: bins, columns: pixels, depth: bins, transposeA: true });
    for (let i = 0; i < product.length; i++) explained[k * pixels + (i % pixels)]! += product[i]! ** 2;
  }
  return explained;
}
