import type { SpikeTrain } from "../../cells/response.js";
import { type Grid, gridText } from "../../math/grid.js";
import { type Minimum, minimise } from "../../math/l-bfgs.js";
import { checkSeed } from "../../math/random-streams.js";
import { norm } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import { constantWarnings } from "../accumulators/constancy.js";
import { checkPairing, countSpikes, refuseConstantCounts, timingWarnings } from "../pairing.js";
import { checkShown, type Prediction, type SpikeModel } from "../prediction.js";
import { windowMoments } from "../subspaces/stc-moments.js";
import { expectedAt, poissonLinks } from "./poisson-link.js";
import type { OutputNonlinearity } from "./quadratic-output.js";
import { allWindows, windowsIn } from "./quadratic-windows.js";
import {
  degreeOf,
  type SubunitNonlinearity,
  type SubunitParameters,
  type SubunitShape,
  subunitDrives,
  subunitLoss,
  subunitNonlinearities,
  unpacked,
} from "./subunit-drive.js";
import { subunitStarts } from "./subunit-starts.js";

export interface SubunitModelOptions {
  /** pixels of a subunit's filter, within the grid */
  readonly kernel: { readonly height: number; readonly width: number };
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** shared filters; default 1 */
  readonly filters?: number;
  /** pixels from one place to the next; default 1 */
  readonly stride?: number;
  /** of each subunit; default rectified-squared */
  readonly nonlinearity?: SubunitNonlinearity;
  /** of the sum; default softplus */
  readonly output?: OutputNonlinearity;
  /** points from which the search starts, at least 1; default 4: three from the moments, the others random */
  readonly starts?: number;
  /** of the last search; default 300 */
  readonly maxIterations?: number;
  /** of the random starts */
  readonly seed: number;
}

/** `λ = f(a + Σ_c Σ_p v(c, p)·g((K_c ⋆ x)(p)))` spikes a bin. */
export interface SubunitModel extends SpikeModel {
  readonly kind: "subunit-model";
  readonly method: "subunit-model";
  readonly grid: Grid;
  /** K, [filters, lags, height, width], each filter of unit norm */
  readonly kernels: Tensor;
  /** v, [filters, places down, places across] */
  readonly weights: Tensor;
  /** a */
  readonly constant: number;
  readonly stride: number;
  readonly nonlinearity: SubunitNonlinearity;
  readonly output: OutputNonlinearity;
  /** Poisson log-likelihood over that of the mean rate, bits a spike, on the data of the fit */
  readonly bitsPerSpike: number;
  /** [starts], the same after the first steps from each start */
  readonly reached: Float64Array;
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
  readonly converged: boolean;
  readonly iterations: number;
  readonly warnings: readonly string[];
}

/** Steps from each start before the best goes on alone. */
const firstSteps = 15;

/**
 * A convolutional subunit model: the same few filters at every place, each output rectified, all summed with a weight for its
 * place: `λ(t) = f(a + Σ_c Σ_p v(c, p)·g((K_c ⋆ x_t)(p)))`, the convolution of the conv core without flip or padding.
 *
 * All parameters are fitted together by maximum likelihood from several starts. Only K and v together have a scale: K is
 * returned with unit norm.
 *
 * @param stimulus what was shown, contrast; x_t are `lags` frames
 * @param spikes one bin a frame
 * @returns the model, which predicts the spikes of any stimulus on the same grid
 * @throws InputError if lengths or frame durations differ, no spike can be used, the stimulus is constant, or the kernel does not
 *   fit into the grid
 * @see Vintch, Movshon & Simoncelli 2015, J Neurosci 35:14829
 */
export function fitSubunitModel(stimulus: Stimulus, spikes: SpikeTrain, options: SubunitModelOptions): SubunitModel {
  const where = "fitSubunitModel";
  const { lags, shape, output, starts, maxIterations, seed } = checked(where, stimulus, spikes, options);
  const { used, skipped } = countSpikes(spikes, lags);
  const windows = windowsIn(where, stimulus, spikes, lags);
  refuseConstantCounts(where, spikes, lags - 1);
  const moments = windowMoments(where, stimulus, spikes.counts, lags, [], {});
  const D = moments.all.mean.length;
  if (moments.constantEntries === D) refuse(where, "stimulus is constant, it must vary for filters to be inferred");
  const meanCount = used / windows.bins;
  const loss = (x: Float64Array, gradient: Float64Array) => subunitLoss(windows, shape, output, x, gradient);
  const search = (start: Float64Array, steps: number) =>
    minimise(loss, start, { maxIterations: steps, gradientTolerance: 1e-5, valueTolerance: 1e-8 });
  const bits = ({ value }: Minimum) => (1 - Math.log(meanCount) - value) / Math.LN2;
  const first = subunitStarts(moments, shape, output, meanCount, starts, seed).map((start) =>
    search(start, Math.min(firstSteps, maxIterations)),
  );
  const leader = first.reduce((best, found) => (found.value < best.value ? found : best));
  const last = leader.stopped === "limit" ? search(leader.x, maxIterations) : leader;
  const warnings = [...constantWarnings(moments.constantEntries, D), ...timingWarnings(spikes)];
  if (used < 10 * last.x.length)
    warnings.push(`${used} spikes for ${last.x.length} parameters: expect the fit to follow chance`);
  const converged = last.stopped !== "limit";
  if (!converged) warnings.push(`the search ran out of its ${maxIterations} iterations`);
  return {
    kind: "subunit-model",
    method: "subunit-model",
    grid: stimulus.grid,
    lags,
    ...asModel(unitFilters(unpacked(last.x, shape), shape), stimulus, shape, output),
    stride: shape.stride,
    nonlinearity: shape.nonlinearity,
    output,
    bitsPerSpike: bits(last),
    reached: Float64Array.from(first, bits),
    spikesUsed: used,
    spikesSkipped: skipped,
    converged,
    iterations: last.iterations,
    warnings,
  };
}

function checked(where: string, stimulus: Stimulus, spikes: SpikeTrain, options: SubunitModelOptions) {
  const known = ["kernel", "lags", "filters", "stride", "nonlinearity", "output", "starts", "maxIterations", "seed"];
  checkOptions(where, options, known);
  const { kernel, lags = 1, filters = 1, stride = 1, nonlinearity = "rectified-squared" } = options ?? {};
  const { output = "softplus", starts = 4, maxIterations = 300, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  const { height, width } = stimulus.grid;
  checkOptions(where, kernel, ["height", "width"]);
  checkInteger(where, "kernel.height", kernel?.height, 1, height);
  checkInteger(where, "kernel.width", kernel?.width, 1, width);
  checkInteger(where, "filters", filters, 1);
  checkInteger(where, "stride", stride, 1);
  checkChoice(where, "nonlinearity", nonlinearity, subunitNonlinearities);
  checkChoice(where, "output", output, poissonLinks);
  checkInteger(where, "starts", starts, 1);
  checkInteger(where, "maxIterations", maxIterations, 1);
  checkSeed(where, seed);
  const shape: SubunitShape = {
    height,
    width,
    kernel: [filters, lags, kernel.height, kernel.width],
    places: [filters, ...places(height, width, kernel, stride)],
    stride,
    nonlinearity,
  };
  return { lags, shape, output, starts, maxIterations, seed };
}

function places(height: number, width: number, kernel: SubunitModelOptions["kernel"], stride: number) {
  const along = (length: number, own: number) => Math.floor((length - own) / stride) + 1;
  return [along(height, kernel.height), along(width, kernel.width)] as const;
}

/** The same model with filters of unit norm: what a filter loses the weights of its places gain. */
function unitFilters({ constant, kernel, weights }: SubunitParameters, shape: SubunitShape): SubunitParameters {
  const filters = shape.kernel[0];
  const [d, n] = [kernel.length / filters, weights.length / filters];
  const lengths = Array.from({ length: filters }, (_, c) => norm(kernel.subarray(c * d, (c + 1) * d)) || 1);
  const degree = degreeOf(shape.nonlinearity);
  return {
    constant,
    kernel: kernel.map((value, i) => value / lengths[Math.floor(i / d)]),
    weights: weights.map((value, i) => value * lengths[Math.floor(i / n)] ** degree),
  };
}

/** The fields of the record that describe the drive, and its prediction. */
function asModel(
  parameters: SubunitParameters,
  { grid, frameSeconds }: Stimulus,
  shape: SubunitShape,
  output: OutputNonlinearity,
) {
  const lags = shape.kernel[1];
  const predict = (stimulus: Stimulus): Prediction => {
    checkShown("predict", stimulus, frameSeconds);
    if (stimulus.grid.height !== grid.height || stimulus.grid.width !== grid.width)
      refuse("predict", `stimulus has a grid of ${gridText(stimulus.grid)}, the model has ${gridText(grid)}`);
    checkInteger("predict", "stimulus.frames", stimulus.frames, lags);
    const expected = new Float64Array(stimulus.frames);
    const drives = subunitDrives(allWindows("predict", stimulus, lags), shape, parameters);
    for (let i = 0; i < drives.length; i++) expected[i + lags - 1] = expectedAt(output, drives[i]);
    return {
      kind: "prediction",
      expected,
      first: lags - 1,
      frameSeconds,
      method: "subunit-model",
    };
  };
  return {
    kernels: tensor(parameters.kernel, shape.kernel),
    weights: tensor(parameters.weights, shape.places),
    constant: parameters.constant,
    predict,
  };
}
