import type { SpikeTrain } from "../../cells/response.js";
import { type ElasticNet, elasticNet } from "../../math/elastic-net.js";
import { pixelsOf } from "../../math/grid.js";
import { dot, largestMagnitude } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkChoice, checkInteger, checkNumber, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { standardised } from "../standard-stimulus.js";
import { defaultModes } from "./asd-search.js";
import {
  dataWarnings,
  type LinearEstimate,
  type LinearFindings,
  linearEstimate,
  linearSetting,
  refuseConstant,
} from "./estimate.js";
import { heldOutErrors, type Posterior } from "./evidence.js";
import { type RecordingSums, sumFeatures } from "./features.js";
import { chooseModes, coefficientsOf, fieldOf, type Modes } from "./modes.js";
import { foldsOf, type LinearMoments, momentsAbout } from "./moments.js";
import { mostUnknowns } from "./ridge-estimate.js";
import { sparsePosterior } from "./sparse-posterior.js";
import { sumWindows } from "./windows.js";

const sparseBases = ["pixels", "cosines"] as const;

export interface SparseOptions {
  /** frames before and including the spike's own, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** what few of are wanted: pixels at their lags, or space-time cosines; default "pixels" */
  readonly basis?: (typeof sparseBases)[number];
  /** the most cosines, where they are the basis; default 800 */
  readonly modes?: number;
  /** a: the part of the penalty that goes by magnitude, above 0 to 1 (the lasso); default 0.9 */
  readonly mixing?: number;
  /** blocks of time of equal length with `lags - 1` bins between them, each held out once; default 5 */
  readonly folds?: number;
}

/** Penalties that are tried, each a constant part of the one before, from the least that leaves no field. */
const penalties = 25;
const weakest = 1e-3;

/**
 * A field of few numbers: the elastic net, with the penalty that predicts blocks of time held out best.
 *
 * The least of `½·Σ(n - b - w·z)² + λ·(a·Σ|w| + ½·(1 - a)·Σw²)`, z the windows' pixels or their cosines, about the
 * mean frame and in units of the stimulus's spread (the root of the pixels' mean variance): the mode of the
 * posterior under the prior that the penalty stands for. The standard errors are the root mean squares of that posterior about
 * it, by a Gaussian approximation at the chosen penalty: a number that is 0 has one too.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags, basis, modes, mixing, folds
 * @returns the field `[lags, height, width]` in spikes a bin per contrast
 * @throws InputError if the lengths or frame durations differ, no spike can be used, every bin has the same count, the
 *   stimulus is constant, or a window has more than 4608 pixels and they are the basis
 * @see Zou & Hastie 2005, for the elastic net; Park & Casella 2008, for its prior
 */
export function sparseEstimate(stimulus: Stimulus, spikes: SpikeTrain, options: SparseOptions = {}): LinearEstimate {
  const where = "sparseEstimate";
  checkOptions(where, options, ["lags", "basis", "modes", "mixing", "folds"]);
  const { basis = "pixels", mixing = 0.9, modes: most, lags, folds: parts } = options;
  checkChoice(where, "basis", basis, sparseBases);
  checkNumber(where, "mixing", mixing);
  if (mixing <= 0 || mixing > 1) refuse(where, `mixing is ${mixing}, a number above 0 and at most 1 is needed`);
  if (most !== undefined && basis === "pixels") refuse(where, `modes is ${most}, they apply where basis is "cosines"`);
  checkInteger(where, "modes", most ?? defaultModes, 1);
  const setting = linearSetting(where, stimulus, spikes, { lags, folds: parts, chooseBy: "cross-validation" });
  const standard = standardised(stimulus);
  const { modes, sums } = dataIn(where, standard.stimulus, spikes, setting, basis, most ?? defaultModes);
  refuseConstant(where, stimulus, sums.constantPixels);
  const warnings = dataWarnings(stimulus, setting, sums.constantPixels);
  const moments = momentsAbout(sums.all);
  const folds = foldsOf(sums.stretches);
  const path = penaltyPath(moments, mixing);
  const trained = folds.map(({ train }) => fitPath(train, path, mixing));
  const scores = path.map((_, k) => heldOutErrors(folds, (_train, f) => trained[f]![k]!.weights)!);
  const best = scores.reduce((at, { errors }, k) => (errors < scores[at]!.errors ? k : at), 0);
  const fit = fitPath(moments, path.slice(0, best + 1), mixing)[best]!;
  const heldOut = scores[best]!;
  const noise = heldOut.errors / heldOut.bins;
  return linearEstimate({
    method: "sparse",
    ...{ standard, spikes, setting, warnings },
    ...fieldFindings(
      modes,
      sums,
      moments,
      fit.weights,
      sparsePosterior(moments, fit.weights, path[best]!, mixing, noise),
    ),
    noiseVariance: noise,
    heldOut: 1 - heldOut.errors / heldOut.power,
    hyperparameters: [
      { name: "penalty", value: path[best]! / moments.bins, unit: "spikes/bin" },
      { name: "mixing", value: mixing, unit: "" },
    ],
    converged: fit.converged && best < path.length - 1,
  });
}

/** The sums over windows, in pixels or in cosines. */
function dataIn(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, folds }: { readonly lags: number; readonly folds: number },
  basis: (typeof sparseBases)[number],
  most: number,
): { readonly modes: Modes | undefined; readonly sums: RecordingSums } {
  const { height, width } = stimulus.grid;
  if (basis === "cosines") {
    const modes = chooseModes([lags, height, width], [1, 1, 1], most);
    return { modes, sums: sumFeatures(stimulus, spikes, modes, folds) };
  }
  const numbers = pixelsOf(stimulus.grid) * lags;
  if (numbers > mostUnknowns)
    refuse(
      where,
      `a window has ${numbers} numbers, at most ${mostUnknowns} fit: use fewer pixels or lags, or basis: "cosines"`,
    );
  return { modes: undefined, sums: sumWindows(stimulus, spikes, lags, folds) };
}

function penaltyPath({ cross }: LinearMoments, mixing: number): number[] {
  const first = largestMagnitude(cross) / mixing;
  return Array.from({ length: penalties }, (_, k) => first * weakest ** (k / (penalties - 1)));
}

/** The weights at every penalty, each search from the one before. */
function fitPath(moments: LinearMoments, path: readonly number[], mixing: number): ElasticNet[] {
  let start: Float64Array = new Float64Array(moments.n);
  return path.map((penalty) => {
    const net = elasticNet(moments, penalty, mixing, start);
    start = net.weights;
    return net;
  });
}

/** The field, the root mean squares of its posterior about it, and the constant. */
function fieldFindings(
  modes: Modes | undefined,
  { centre }: RecordingSums,
  { means, n }: LinearMoments,
  weights: Float64Array,
  { coefficients, root, noiseVariance }: Posterior,
): Pick<LinearFindings, "kernel" | "standardErrors" | "offset" | "effectiveParameters"> {
  const fieldFrom = (values: Float64Array) => (modes ? fieldOf(modes, values) : values);
  const kernel = fieldFrom(weights);
  const squares = fieldFrom(coefficients.map((w, j) => w - weights[j]!)).map((bias) => bias * bias);
  for (let row = 0; row < root.length; row += n) {
    const field = fieldFrom(root.subarray(row, row + n));
    for (let d = 0; d < field.length; d++) squares[d]! += noiseVariance * field[d]! ** 2;
  }
  const standardErrors = squares.map(Math.sqrt);
  const window = Float64Array.from({ length: kernel.length }, (_, d) => centre[d % centre.length]!);
  const middle = modes ? coefficientsOf(modes, window) : window;
  return {
    kernel,
    standardErrors,
    offset: means.count - dot(weights, means.features) - dot(weights, middle),
    effectiveParameters: weights.reduce((sum, w) => sum + (w === 0 ? 0 : 1), 0),
  };
}
