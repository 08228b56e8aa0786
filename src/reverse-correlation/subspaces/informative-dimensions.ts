import type { SpikeTrain } from "../../cells/response.js";
import { fillNormal } from "../../math/random.js";
import { checkSeed, randomStream } from "../../math/random-streams.js";
import { dot, norm } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { checkKernel, filterDrive } from "../filter-drive.js";
import { centredDrives } from "../likelihood/quadratic-likelihood.js";
import { windowsIn } from "../likelihood/quadratic-windows.js";
import { checkPairing } from "../pairing.js";
import { checkShown, type Prediction, type SpikeModel } from "../prediction.js";
import { atBins, binnedInformation, type SoftBins } from "./informative-dimensions-density.js";
import { mostInformative } from "./informative-dimensions-search.js";
import { ensemblesOf } from "./istac-ensembles.js";
import { bestDirection, remove, restOf } from "./istac-rounds.js";
import { unitVector } from "./istac-spans.js";
import { checkLeastVariance, filterFromWhite, rounding, type Whitening } from "./istac-whitening.js";
import { nullShifts, shiftedCount } from "./null-shifts.js";
import type { Moments } from "./stc-moments.js";

export interface InformativeDimensionsOptions {
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** filters sought together; default 1 */
  readonly dimensions?: 1 | 2;
  /** bins along each filter, from -4 to 4 standard deviations; default 25 for one filter, 13 for two */
  readonly bins?: number;
  /** points from which a maximum is sought, at least 1; default 4: two from the moments, the others random */
  readonly starts?: number;
  /** fits of shifted spikes, whose information is chance; default 5 */
  readonly nullDraws?: number;
  /** directions of less than this share of the stimulus's largest variance are left out; default 1e-5 */
  readonly leastVariance?: number;
  /** of the last search; default 200 */
  readonly maxIterations?: number;
  /** of the random starts and the shifts */
  readonly seed: number;
}

/** The filters whose outputs tell most about a spike; `kernel` is the first. */
export interface InformativeDimensions extends Estimate, SpikeModel {
  /** [lags, height, width] each, unit norm; of two only the plane is determined, not the axes in it */
  readonly filters: readonly Tensor[];
  /** bits a spike that the binned outputs tell; chance included */
  readonly information: number;
  /** [draws], bits a spike of filters fitted to shifted spikes: what chance alone tells after as much search */
  readonly nullInformation: Float64Array;
  /** `(1 + #{null >= information}) / (1 + draws)` */
  readonly pValue: number;
  /** [starts], bits a spike after the first steps from each start, of which the best went on */
  readonly reached: Float64Array;
  /** spike rate over the mean rate by bin, `[bins]` or `[bins, bins]` */
  readonly relativeRate: Tensor;
  /** centres of the bins, in standard deviations of a filter's output, `[bins]` */
  readonly centres: Float64Array;
  readonly converged: boolean;
}

const reach = 4;

/**
 * Maximally informative dimensions: the filters whose outputs s share most information with single spikes,
 * `I = Σ_s P(s|spike)·log2(P(s|spike) / P(s))` bits a spike, whatever the distribution of the stimulus.
 *
 * Densities are histograms with soft edges, so that the information has an exact gradient; maxima are sought by L-BFGS in white
 * coordinates. A finite recording tells too much: `nullInformation` is what the same search finds in spikes shifted in time.
 *
 * @param stimulus what was shown, contrast; windows of `lags` frames are the coordinates
 * @param spikes one bin a frame; a bin of n spikes weighs n
 * @returns filters, what they tell, and the rate by their outputs, which predicts the spikes of any stimulus on the same grid
 * @throws InputError if lengths or frame durations differ, the stimulus is constant, there are not more spikes (in more bins)
 *   than dimensions, or the recording is too short to shift
 * @see Sharpee, Rust & Bialek 2004, Neural Computation 16:223
 */
export function maximallyInformativeDimensions(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: InformativeDimensionsOptions,
): InformativeDimensions {
  const where = "maximallyInformativeDimensions";
  const settings = checked(where, stimulus, spikes, options);
  const { lags, dimensions, nullDraws, starts, maxIterations, seed } = settings;
  const bins: SoftBins = { count: settings.bins, reach };
  const windows = windowsIn(where, stimulus, spikes, lags);
  const shifts = nullDraws === 0 ? [] : nullShifts(where, stimulus, lags, nullDraws, seed);
  const ensembles = ensemblesOf(where, stimulus, spikes, settings, shifts);
  const { white, used, skipped } = ensembles;
  if (dimensions > white.kept)
    refuse(where, `dimensions is ${dimensions}, the stimulus varies in ${white.kept} directions`);
  const search = (counts: ArrayLike<number>, from: readonly Float64Array[]) =>
    mostInformative(windows, white, counts, bins, from, maxIterations);
  const found = search(windows.counts, startsOf(ensembles.spikes, dimensions, starts, seed));
  const nullInformation = Float64Array.from(ensembles.draws, (draw) => {
    const counts = windows.counts.map((_, i) => shiftedCount(spikes.counts, lags, draw.shift, i + lags - 1));
    return search(counts, startsOf(draw.spikes, dimensions, Math.min(2, starts), seed)).information / Math.LN2;
  });
  const beyond = nullInformation.filter((value) => value >= found.information / Math.LN2).length;
  const warnings = [...ensembles.warnings];
  const bias = nullInformation.reduce((sum, value) => sum + value, 0) / nullInformation.length;
  if (bias > 0.5 * (found.information / Math.LN2))
    warnings.push(
      `chance alone tells ${bias.toPrecision(2)} of the ${(found.information / Math.LN2).toPrecision(2)} bits a spike`,
    );
  if (!found.converged) warnings.push(`the search ran out of its ${maxIterations} iterations`);
  const directions = found.directions.map((u) => (dot(u, ensembles.spikes.mean) < 0 ? u.map((value) => -value) : u));
  const projections = directions.map((u) => centredDrives(windows, white, u));
  const shares = binnedInformation(projections, windows.counts, bins);
  const rate = relativeRateOf(shares.spikes, shares.all, used);
  const model = asModel(directions, white, stimulus, lags, rate, bins, used / windows.bins);
  return {
    kind: "estimate",
    method: "maximally-informative-dimensions",
    grid: stimulus.grid,
    lags,
    ...model,
    information: found.information / Math.LN2,
    nullInformation,
    pValue: (1 + beyond) / (1 + nullInformation.length),
    reached: Float64Array.from(found.reached, (nats) => nats / Math.LN2),
    relativeRate: tensor(rate, new Array(dimensions).fill(bins.count)),
    centres: Float64Array.from({ length: bins.count }, (_, j) => -reach + (2 * reach * j) / (bins.count - 1)),
    spikesUsed: used,
    spikesSkipped: skipped,
    converged: found.converged,
    warnings,
  };
}

function checked(where: string, stimulus: Stimulus, spikes: SpikeTrain, options: InformativeDimensionsOptions) {
  const known = ["lags", "dimensions", "bins", "starts", "nullDraws", "leastVariance", "maxIterations", "seed"];
  checkOptions(where, options, known);
  const { lags = 1, dimensions = 1, starts = 4, nullDraws = 5, leastVariance = rounding } = options ?? {};
  const { bins = dimensions === 1 ? 25 : 13, maxIterations = 200, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkInteger(where, "dimensions", dimensions, 1, 2);
  checkInteger(where, "bins", bins, 3);
  checkInteger(where, "starts", starts, 1);
  checkInteger(where, "nullDraws", nullDraws);
  checkLeastVariance(where, leastVariance);
  checkInteger(where, "maxIterations", maxIterations, 1);
  checkSeed(where, seed);
  return { lags, dimensions, bins, starts, nullDraws, leastVariance, maxIterations, seed };
}

/** Where searches start: what tells most of Gaussians, the spikes' mean with it, then random directions; [k, P] each. */
function startsOf(spikes: Moments, k: number, count: number, seed: number): Float64Array[] {
  const P = spikes.mean.length;
  const rest = restOf(spikes);
  const directions: Float64Array[] = [];
  for (let i = 0; i < Math.min(2, P); i++) {
    directions.push(bestDirection(rest).direction);
    remove(rest, directions[i]);
  }
  const join = (parts: readonly Float64Array[]) => Float64Array.from(parts.flatMap((part) => Array.from(part)));
  const starts = [join(directions.slice(0, k))];
  if (norm(spikes.mean) > 0) starts.push(join([spikes.mean, directions[directions.length - 1]].slice(0, k)));
  const stream = randomStream(seed, "fitStarts");
  for (let row = 0; starts.length < count; row++) {
    const random = new Float32Array(k * P);
    fillNormal(random, stream, row);
    starts.push(Float64Array.from(random));
  }
  return starts.slice(0, count);
}

/** Q/P of each bin with one spike more, spread as all windows are, so that no bin excludes a spike; 1 where no window was. */
function relativeRateOf(spikes: Float64Array, all: Float64Array, used: number): Float64Array {
  return all.map((share, j) => (share > 0 ? (used * (spikes[j] / share) + 1) / (used + 1) : 1));
}

/** Filters on pixels and the prediction of the expected spikes. */
function asModel(
  directions: readonly Float64Array[],
  white: Whitening,
  { grid, frameSeconds }: Stimulus,
  lags: number,
  rate: Float64Array,
  bins: SoftBins,
  meanCount: number,
) {
  const raw = directions.map((u) => filterFromWhite(white, u));
  const filters = raw.map((filter) => tensor(unitVector(filter), [lags, grid.height, grid.width]));
  const predict = (stimulus: Stimulus): Prediction => {
    checkShown("predict", stimulus, frameSeconds);
    checkKernel("predict", filters[0], stimulus);
    const projections = filters.map((filter, k) => {
      const [length, offset] = [norm(raw[k]), dot(raw[k], white.mean)];
      return filterDrive(filter, stimulus).map((value) => value * length - offset);
    });
    const relative = atBins(projections, rate, bins);
    return {
      kind: "prediction",
      expected: relative.map((value, t) => (t < lags - 1 ? 0 : value * meanCount)),
      first: Math.min(lags - 1, stimulus.frames),
      frameSeconds,
      method: "maximally-informative-dimensions",
    };
  };
  return { kernel: filters[0], filters, predict };
}
