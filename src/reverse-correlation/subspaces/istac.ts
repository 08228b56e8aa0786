import type { SpikeTrain } from "../../cells/response.js";
import { type Grid, pixelsOf } from "../../math/grid.js";
import { minimise } from "../../math/l-bfgs.js";
import { timesVector } from "../../math/matrix-product.js";
import { checkSeed } from "../../math/random-streams.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkShare } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import { checkPairing } from "../pairing.js";
import { type Draw, ensemblesOf } from "./istac-ensembles.js";
import { bestDirection, remove, restOf, spanInformation } from "./istac-rounds.js";
import { combination, orthonormalBasis, unitVector } from "./istac-spans.js";
import { checkLeastVariance, filterFromWhite, rounding } from "./istac-whitening.js";
import { nullShifts } from "./null-shifts.js";
import type { Moments, Watch } from "./stc-moments.js";

export interface InformationTheoreticSubspaceOptions extends Watch {
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** as many filters, without a test; default: as many as pass the test */
  readonly dimensions?: number;
  /** circular shifts of the spikes that make up the null; default 99, at least `1/level - 1` */
  readonly nullDraws?: number;
  /** of each round's test; default .05 */
  readonly level?: number;
  /** directions of less than this share of the stimulus's largest variance are left out; default 1e-5 */
  readonly leastVariance?: number;
  readonly seed: number;
}

/** The subspace of the stimulus that tells most about a spike. */
export interface InformationTheoreticSubspace {
  readonly kind: "istac";
  readonly grid: Grid;
  readonly lags: number;
  /** [lags, height, width] each, unit norm; the first tells most, each later one most beside those before it */
  readonly filters: readonly Tensor[];
  /** bits a spike that the first filter, the first two, … tell; chance included */
  readonly information: Float64Array;
  /** round by round; the last round's direction did not pass, unless all directions did or `dimensions` was given */
  readonly rounds: readonly InformationRound[];
  readonly nullDraws: number;
  readonly level: number;
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
  /** false where a search ended before it met its tolerance */
  readonly converged: boolean;
  readonly warnings: readonly string[];
}

/** What one more direction adds, beside what chance adds. */
export interface InformationRound {
  /** bits a spike */
  readonly gain: number;
  /** mean of the draws' own best gains, bits a spike: how much of `gain` is chance; NaN without draws */
  readonly nullMean: number;
  /** `(1 + #{null >= gain}) / (1 + draws)` */
  readonly pValue: number;
}

/**
 * Information-theoretic spike-triggered average and covariance: the subspace B that maximises the divergence of the spikes'
 * stimuli, N(μ, Λ), from all stimuli, N(0, I), both taken as Gaussian and in white coordinates:
 * `D(B) = [tr B(Λ + μμᵀ)Bᵀ - ln det BΛBᵀ - k] / (2 ln 2)` bits a spike. Average and covariance are weighed in one unit.
 *
 * Directions are added one by one, each with the most to add. The next is kept where it adds more than the best direction
 * does to the same subspace with spikes that are shifted in time. All directions kept are then improved together.
 *
 * @param stimulus what was shown, contrast; windows of `lags` frames are its D = lags·height·width coordinates
 * @param spikes one bin a frame; a bin of n spikes weighs n
 * @returns filters in order of what they tell, and bits a spike
 * @throws InputError if lengths or frame durations differ, the stimulus is constant, there are not more spikes (in more bins)
 *   than dimensions, too few draws for the level, or the recording is too short to shift
 * @see Pillow & Simoncelli 2006, J Vision 6:414
 */
export function informationTheoreticSpikeTriggeredSubspace(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: InformationTheoreticSubspaceOptions,
): InformationTheoreticSubspace {
  const where = "informationTheoreticSpikeTriggeredSubspace";
  const { lags, dimensions, nullDraws, level, leastVariance, seed } = checked(where, stimulus, spikes, options);
  const shifts = nullDraws === 0 ? [] : nullShifts(where, stimulus, lags, nullDraws, seed);
  const ensembles = ensemblesOf(where, stimulus, spikes, { lags, leastVariance }, shifts, options);
  const { white, spikes: own, draws, used, skipped } = ensembles;
  const most = Math.min(dimensions ?? white.kept, white.kept);
  const found = addDirections(own, draws, most, dimensions === undefined ? level : undefined);
  const { filters, information, converged } = improved(own, found.directions);
  const shape = [lags, stimulus.grid.height, stimulus.grid.width];
  const warnings = [...ensembles.warnings];
  if (used < 10 * white.kept)
    warnings.push(`${used} spikes for ${white.kept} dimensions: much of the information is chance, see nullMean`);
  if (dimensions !== undefined && dimensions > white.kept)
    warnings.push(`${dimensions} dimensions were asked for, the stimulus has ${white.kept}`);
  if (!(converged && found.converged)) warnings.push("a search for a direction ran out of iterations");
  return {
    kind: "istac",
    grid: stimulus.grid,
    lags,
    filters: filters.map((u) => tensor(unitVector(filterFromWhite(white, u)), shape)),
    information,
    rounds: found.rounds,
    nullDraws,
    level,
    spikesUsed: used,
    spikesSkipped: skipped,
    converged: converged && found.converged,
    warnings,
  };
}

/** Numbers that the draws' matrices may take: 6 GiB. */
const mostNumbers = (6 * 2 ** 30) / 8;

function checked(where: string, stimulus: Stimulus, spikes: SpikeTrain, options: InformationTheoreticSubspaceOptions) {
  const known = ["lags", "dimensions", "nullDraws", "level", "leastVariance", "seed", "onProgress", "signal"];
  checkOptions(where, options, known);
  const { lags = 1, dimensions, level = 0.05, leastVariance = rounding, seed } = options ?? {};
  const nullDraws = options?.nullDraws ?? (dimensions === undefined ? 99 : 0);
  checkPairing(where, stimulus, spikes, lags);
  if (dimensions !== undefined) checkInteger(where, "dimensions", dimensions, 1);
  checkInteger(where, "nullDraws", nullDraws);
  checkShare(where, "level", level);
  checkLeastVariance(where, leastVariance);
  if (dimensions === undefined && level * (1 + nullDraws) < 1 - 1e-9)
    refuse(where, `nullDraws is ${nullDraws}, a level of ${level} needs at least ${Math.ceil(1 / level - 1 - 1e-9)}`);
  checkSeed(where, seed);
  const D = lags * pixelsOf(stimulus.grid);
  if (4 * (nullDraws + 2) * D * D > mostNumbers)
    refuse(where, `${D} pixels times lags and ${nullDraws} draws need more than 6 GiB: show fewer of either`);
  return { lags, dimensions, nullDraws, level, leastVariance, seed };
}

/** Adds directions until `most`, or with a level until one does not pass. */
function addDirections(own: Moments, draws: readonly Draw[], most: number, level: number | undefined) {
  const rest = restOf(own);
  const nulls = draws.map((draw) => restOf(draw.spikes));
  const directions: Float64Array[] = [];
  const rounds: InformationRound[] = [];
  let converged = true;
  while (directions.length < most) {
    const best = bestDirection(rest);
    const gains = nulls.map((draw) => bestDirection(draw).gain);
    const pValue = (1 + gains.filter((gain) => gain >= best.gain).length) / (1 + gains.length);
    const nullMean = gains.reduce((sum, gain) => sum + gain, 0) / gains.length;
    rounds.push({ gain: best.gain / Math.LN2, nullMean: nullMean / Math.LN2, pValue });
    if (level !== undefined && pValue > level + 1e-9) break;
    converged &&= best.converged;
    directions.push(best.direction);
    for (const each of [rest, ...nulls]) remove(each, best.direction);
  }
  return { directions, rounds, converged };
}

/** The best span of as many directions, and within it directions in order of what they tell. */
function improved(own: Moments, directions: readonly Float64Array[]) {
  const k = directions.length;
  const P = own.mean.length;
  if (k === 0) return { filters: [], information: new Float64Array(0), converged: true };
  const start = Float64Array.from(directions.flatMap((direction) => Array.from(direction)));
  const found = minimise((W, gradient) => -spanInformation(own, W, k, gradient), start);
  const basis = orthonormalBasis(Array.from({ length: k }, (_, i) => found.x.slice(i * P, (i + 1) * P)));
  const rest = restOf(within(own, basis));
  const information = new Float64Array(k);
  const filters: Float64Array[] = [];
  let total = 0;
  for (let i = 0; i < k; i++) {
    const best = bestDirection(rest);
    total += best.gain;
    information[i] = total / Math.LN2;
    filters.push(combination(basis, best.direction));
    remove(rest, best.direction);
  }
  return { filters, information, converged: found.stopped !== "limit" };
}

/** The moments of the coordinates along an orthonormal basis. */
function within({ mean, covariance }: Moments, basis: readonly Float64Array[]): Moments {
  const products = basis.map((b) => timesVector(covariance, b));
  return {
    mean: Float64Array.from(basis, (b) => dot(b, mean)),
    covariance: Float64Array.from(
      basis.flatMap((_, i) => basis.map((_, j) => (dot(products[i], basis[j]) + dot(products[j], basis[i])) / 2)),
    ),
  };
}
