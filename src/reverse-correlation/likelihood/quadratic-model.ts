import type { SpikeTrain } from "../../cells/response.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { checkKernel, filterDrive } from "../filter-drive.js";
import { checkPairing } from "../pairing.js";
import { checkShown, type Prediction, type SpikeModel } from "../prediction.js";
import { ensemblesOf } from "../subspaces/istac-ensembles.js";
import { checkLeastVariance, rounding } from "../subspaces/istac-whitening.js";
import { etaOf, expectedAt, poissonLinks } from "./poisson-link.js";
import { mostLikely, type WhiteQuadratic } from "./quadratic-likelihood.js";
import { expectedOptimum } from "./quadratic-moments.js";
import { type OutputNonlinearity, relativeSlope } from "./quadratic-output.js";
import { onPixels, type PixelQuadratic } from "./quadratic-pixels.js";
import { windowsIn } from "./quadratic-windows.js";

export interface QuadraticModelOptions {
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** squared filters, excitatory and suppressive together, at least 0; default 2 */
  readonly rank?: number;
  /** default exponential */
  readonly output?: OutputNonlinearity;
  /** likelihood: of the spikes, by search; expected: in closed form, for Gaussian stimuli and the exponential. Default likelihood */
  readonly method?: "likelihood" | "expected";
  /** directions of less than this share of the stimulus's largest variance are left out; default 1e-5 */
  readonly leastVariance?: number;
  /** of the search; default 500 */
  readonly maxIterations?: number;
}

/** A filter whose output counts squared. */
export interface SquaredFilter {
  /** eigenvalue of C; below 0 where the filter suppresses */
  readonly weight: number;
  readonly sign: 1 | -1;
  /** [lags, height, width], unit norm */
  readonly filter: Tensor;
}

/**
 * `λ = f(½·zᵀCz + b·z + a)` spikes a bin, `z = x - mean` the contrasts about the mean stimulus; `kernel` is b, the gradient at the
 * mean stimulus, which a constant added to the frames does not change.
 */
export interface QuadraticModel extends Estimate, SpikeModel {
  readonly output: OutputNonlinearity;
  /** a, the drive of the mean stimulus */
  readonly constant: number;
  /** [lags, height, width], the mean of the windows that were fitted */
  readonly mean: Tensor;
  /** eigenvectors of C, the largest weight in magnitude first; orthogonal */
  readonly squared: readonly SquaredFilter[];
  /** Poisson log-likelihood over that of the mean rate, bits a spike, on the data of the fit; NaN for the expected optimum */
  readonly bitsPerSpike: number;
  readonly converged: boolean;
  readonly iterations: number;
}

/**
 * A generalised quadratic model: expected spikes a bin `λ = f(½·zᵀCz + bᵀz + a)` of windows z about the mean stimulus, C of low
 * rank, f an exponential or softplus.
 *
 * C starts from the spikes' covariance in white coordinates, the closed optimum for Gaussian stimuli, which also decides how
 * many of its filters excite. For other stimuli the likelihood makes up for their form, where the covariance would not.
 *
 * @param stimulus what was shown, contrast; windows of `lags` frames, less their mean, are z
 * @param spikes one bin a frame
 * @returns the model, which predicts the spikes of any stimulus on the same grid
 * @throws InputError if lengths or frame durations differ, the stimulus is constant, there are not more spikes (in more bins)
 *   than dimensions, `rank` exceeds them, or an expected optimum is asked of another output than the exponential
 * @see Park & Pillow 2011, NIPS 24:1692; Rajan, Marre & Tkačik 2013, Neural Computation 25:1661
 */
export function fitQuadraticModel(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: QuadraticModelOptions = {},
): QuadraticModel {
  const where = "fitQuadraticModel";
  const { lags, rank, output, method, leastVariance, maxIterations } = checked(where, stimulus, spikes, options);
  const windows = windowsIn(where, stimulus, spikes, lags);
  const ensembles = ensemblesOf(where, stimulus, spikes, { lags, leastVariance });
  const { white, used, skipped } = ensembles;
  if (rank > white.kept) refuse(where, `rank is ${rank}, the stimulus varies in ${white.kept} directions`);
  const meanCount = used / windows.bins;
  const closed = expectedOptimum(ensembles.spikes, meanCount, rank);
  const start = adapted(closed, output, meanCount);
  const fitted = method === "expected" ? undefined : mostLikely(windows, white, output, start, { maxIterations });
  const converged = fitted?.search.stopped !== "limit";
  const warnings = [...ensembles.warnings];
  const parameters = 1 + (1 + rank) * white.kept;
  if (used < 10 * parameters)
    warnings.push(`${used} spikes for ${parameters} parameters: expect the fit to follow chance`);
  if (!converged) warnings.push(`the search ran out of its ${maxIterations} iterations`);
  return {
    kind: "estimate",
    method: method === "expected" ? "quadratic-model-expected" : "quadratic-model",
    grid: stimulus.grid,
    lags,
    output,
    ...asModel(onPixels(fitted?.model ?? start, white), stimulus, lags, output),
    bitsPerSpike: fitted ? (1 - Math.log(meanCount) - fitted.search.value) / Math.LN2 : Number.NaN,
    spikesUsed: used,
    spikesSkipped: skipped,
    converged,
    iterations: fitted?.search.iterations ?? 0,
    warnings,
  };
}

function checked(where: string, stimulus: Stimulus, spikes: SpikeTrain, options: QuadraticModelOptions) {
  checkOptions(where, options, ["lags", "rank", "output", "method", "leastVariance", "maxIterations"]);
  const { lags = 1, rank = 2, output = "exponential", method = "likelihood" } = options;
  const { leastVariance = rounding, maxIterations = 500 } = options;
  checkPairing(where, stimulus, spikes, lags);
  checkInteger(where, "rank", rank);
  checkChoice(where, "output", output, poissonLinks);
  checkChoice(where, "method", method, ["likelihood", "expected"]);
  if (method === "expected" && output !== "exponential")
    refuse(where, `method is "expected", which the output "exponential" alone has in closed form, not "${output}"`);
  checkLeastVariance(where, leastVariance);
  checkInteger(where, "maxIterations", maxIterations, 1);
  return { lags, rank, output, method, leastVariance, maxIterations };
}

/** The drive of the exponential brought to another output: the same mean count, and the same relative slope there. */
function adapted(drive: WhiteQuadratic, output: OutputNonlinearity, meanCount: number): WhiteQuadratic {
  if (output === "exponential") return drive;
  const constant = etaOf(output, meanCount);
  const factor = 1 / relativeSlope(output, constant);
  return {
    ...drive,
    constant,
    linear: drive.linear.map((value) => value * factor),
    squared: drive.squared.map((w) => w.map((value) => value * Math.sqrt(factor))),
  };
}

/** The fields of the record that describe the drive, and its prediction. */
function asModel(
  { mean, constant, linear, squared }: PixelQuadratic,
  { grid, frameSeconds }: Stimulus,
  lags: number,
  output: OutputNonlinearity,
) {
  const shape = [lags, grid.height, grid.width];
  const kernel = tensor(linear, shape);
  const filters = squared.map(({ weight, filter }): SquaredFilter => {
    return { weight, sign: weight < 0 ? -1 : 1, filter: tensor(filter, shape) };
  });
  const aboutMean = (filter: Tensor, stimulus: Stimulus) => {
    const offset = dot(Float64Array.from(filter.data), mean);
    return filterDrive(filter, stimulus).map((value) => value - offset);
  };
  const predict = (stimulus: Stimulus): Prediction => {
    checkShown("predict", stimulus, frameSeconds);
    checkKernel("predict", kernel, stimulus);
    const drive = aboutMean(kernel, stimulus);
    for (const { weight, filter } of filters) {
      const along = aboutMean(filter, stimulus);
      for (let t = 0; t < drive.length; t++) drive[t] += 0.5 * weight * along[t] ** 2;
    }
    const first = Math.min(lags - 1, stimulus.frames);
    const expected = drive.map((q, t) => (t < first ? 0 : expectedAt(output, q + constant)));
    return { kind: "prediction", expected, first, frameSeconds, method: "quadratic-model" };
  };
  return { constant, mean: tensor(mean, shape), kernel, squared: filters, predict };
}
