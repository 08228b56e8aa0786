import type { SpikeTrain } from "../../cells/response.js";
import { type Grid, pixelsOf } from "../../math/grid.js";
import { checkSeed } from "../../math/random-streams.js";
import { symmetricEigenvalues } from "../../math/symmetric-eigen.js";
import { norm as vectorNorm } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkShare, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";
import { rankWarnings } from "../accumulators/moments-accumulator.js";
import {
  binsWithSpikes,
  checkPairing,
  constantCountWarnings,
  countSpikes,
  refuseSilence,
  timingWarnings,
} from "../pairing.js";
import { nullShifts } from "./null-shifts.js";
import { type AllMoments, stopIfAborted, type Watch, windowMoments } from "./stc-moments.js";
import { allowedBeyond, nestedRounds, projectOut, type Round } from "./stc-rounds.js";

export interface SpikeTriggeredCovarianceOptions extends Watch {
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** circular shifts of the spikes that make up the null; default 99, at least `2/level - 1` */
  readonly nullDraws?: number;
  /** two-sided level of each round's test; default .05 */
  readonly level?: number;
  readonly seed: number;
  /** whether the stimulus is first projected orthogonally to the STA; default where the STA is itself significant */
  readonly projectOutAverage?: boolean | "if-significant";
}

/** A filter along which the variance among spikes differs from that of the stimulus. */
export interface SignificantFilter {
  /** into `eigenvalues` */
  readonly index: number;
  /** 1: larger variance among spikes (excitatory), -1: smaller (suppressive) */
  readonly sign: 1 | -1;
  /** [lags, height, width], unit norm */
  readonly filter: Tensor;
}

export interface SpikeTriggeredCovariance {
  readonly kind: "stc";
  readonly grid: Grid;
  readonly lags: number;
  /** [D], ascending, of `C_spike - C_all`, contrast²; a direction projected out counts with 0 */
  readonly eigenvalues: Float64Array;
  /** what an extreme eigenvalue must leave to be significant, one pair a round */
  readonly nullBand: { readonly low: Float64Array; readonly high: Float64Array };
  /** in the order found */
  readonly significant: readonly SignificantFilter[];
  /** p of the bottom and the top eigenvalue of each round */
  readonly pValues: { readonly low: Float64Array; readonly high: Float64Array };
  /** mean and standard deviation of the draws' bottom and top eigenvalues, one of each a round */
  readonly nullMean: { readonly low: Float64Array; readonly high: Float64Array };
  readonly nullDeviation: { readonly low: Float64Array; readonly high: Float64Array };
  /** the mean of the spikes' windows less that of all windows, and whether its norm is significant against the same shifts */
  readonly average: {
    readonly kernel: Tensor;
    readonly norm: number;
    /** the norm that a draw exceeds with probability `level` */
    readonly nullNorm: number;
    readonly pValue: number;
    readonly projectedOut: boolean;
  };
  readonly nullDraws: number;
  readonly level: number;
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
  readonly warnings: readonly string[];
}

/** Numbers that the draws' matrices may take: 6 GiB. */
const mostNumbers = (6 * 2 ** 30) / 8;

/**
 * Spike-triggered covariance with a nested test of significance: the eigenvectors of `C_spike - C_all`,
 * `C_spike = Σ n(t)·(x(t) - x̄)(x(t) - x̄)ᵀ / Σ n(t)` about the spikes' own mean, `C_all` that of all windows about theirs.
 *
 * Each null draw shifts the spikes circularly by its own random amount. Round by round the top and the bottom eigenvalue are
 * held against the same extreme of the draws, each at half the level, `p = (1 + #{null beyond}) / (1 + draws)`; what is
 * significant is projected out of data and draws, and the rest is tested again.
 *
 * @param stimulus what was shown, contrast; windows of `lags` frames are its D = lags·height·width coordinates
 * @param spikes one bin a frame; a bin of n spikes weighs n
 * @returns eigenvalues, the null's bands, and the significant filters
 * @throws InputError if lengths or frame durations differ, fewer than two spikes in two bins can be used, the stimulus is constant, there
 *   are too few draws for the level, the recording is too short to shift, or the matrices would not fit into memory
 * @see Schwartz, Pillow, Rust & Simoncelli 2006, J Vision 6:484; Rust, Schwartz, Movshon & Simoncelli 2005
 */
export function spikeTriggeredCovariance(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: SpikeTriggeredCovarianceOptions,
): SpikeTriggeredCovariance {
  const where = "spikeTriggeredCovariance";
  const { lags, nullDraws, level, seed, projectOutAverage } = checkedOptions(where, stimulus, spikes, options);
  const counted = countSpikes(spikes, lags);
  const { used, skipped } = counted;
  refuseSilence(where, counted, lags - 1);
  if (used < 2) refuse(where, `spikes has ${used} spikes from bin ${lags - 1} on, at least two are needed`);
  const bins = binsWithSpikes(spikes, lags);
  if (bins < 2) refuse(where, `spikes has its ${used} spikes in one bin: one stimulus has no covariance`);
  const D = lags * pixelsOf(stimulus.grid);
  const shifts = nullShifts(where, stimulus, lags, nullDraws, seed);
  const moments = windowMoments(where, stimulus, spikes.counts, lags, shifts, options);
  if (moments.constantEntries === D) refuse(where, "stimulus is constant, it must vary for filters to be inferred");

  const shape = [lags, stimulus.grid.height, stimulus.grid.width];
  const average = averageAgainstNull(moments, level, projectOutAverage, shape);
  const draws = moments.draws.map(({ covariance }) => lessAll(covariance, moments));
  const observed = lessAll(moments.spikes.covariance, moments);
  if (average.projectedOut) {
    const direction = average.kernel.data.map((value) => value / average.norm);
    for (const matrix of [observed, ...draws]) projectOut(matrix, direction);
  }
  const eigenvalues = symmetricEigenvalues(observed, D);
  const most = D - moments.constantEntries - (average.projectedOut ? 1 : 0);
  const rounds = nestedRounds(observed, draws, D, level, most, () => stopIfAborted(options));
  return {
    kind: "stc",
    grid: stimulus.grid,
    lags,
    eigenvalues,
    nullBand: eachRound(rounds, "band"),
    significant: significantOf(rounds, eigenvalues, shape),
    pValues: eachRound(rounds, "pValue"),
    nullMean: eachRound(rounds, "nullMean"),
    nullDeviation: eachRound(rounds, "nullDeviation"),
    average,
    nullDraws,
    level,
    spikesUsed: used,
    spikesSkipped: skipped,
    warnings: [
      ...warningsOf(used, D, moments, stimulus.frames - lags + 1),
      ...constantCountWarnings(spikes, lags - 1),
      ...timingWarnings(spikes),
    ],
  };
}

function checkedOptions(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: SpikeTriggeredCovarianceOptions,
) {
  const known = ["lags", "nullDraws", "level", "seed", "projectOutAverage", "onProgress", "signal"];
  checkOptions(where, options, known);
  const { lags = 1, nullDraws = 99, level = 0.05, seed, projectOutAverage = "if-significant" } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkShare(where, "level", level);
  checkInteger(where, "nullDraws", nullDraws, 1);
  if (allowedBeyond(level, nullDraws) < 1) {
    refuse(where, `nullDraws is ${nullDraws}, a level of ${level} needs at least ${Math.ceil(2 / level - 1 - 1e-9)}`);
  }
  checkSeed(where, seed);
  if (typeof projectOutAverage !== "boolean" && projectOutAverage !== "if-significant") {
    refuse(where, `projectOutAverage is ${describe(projectOutAverage)}, true, false or "if-significant" is needed`);
  }
  const D = lags * pixelsOf(stimulus.grid);
  if ((nullDraws + 2) * D * D > mostNumbers) {
    const gigabytes = ((nullDraws + 2) * D * D * 8) / 2 ** 30;
    refuse(
      where,
      `${D} pixels times lags and ${nullDraws} draws need ${gigabytes.toFixed(0)} GiB, at most 6 are taken: show fewer`,
    );
  }
  return { lags, nullDraws, level, seed, projectOutAverage };
}

/** The difference of the means, its norm against those of the draws, and whether it is to be projected out. */
function averageAgainstNull(
  { all, spikes, draws }: AllMoments,
  level: number,
  projectOutAverage: boolean | "if-significant",
  shape: readonly number[],
): SpikeTriggeredCovariance["average"] {
  const difference = spikes.mean.map((value, i) => value - all.mean[i]);
  const norm = vectorNorm(difference);
  const norms = Float64Array.from(draws, ({ mean }) => vectorNorm(mean.map((value, i) => value - all.mean[i]))).sort();
  const pValue = (1 + norms.filter((value) => value >= norm).length) / (1 + norms.length);
  const wanted = projectOutAverage === "if-significant" ? pValue <= level : projectOutAverage;
  return {
    kernel: tensor(difference, shape),
    norm,
    nullNorm: norms[norms.length - allowedBeyond(2 * level, norms.length)],
    pValue,
    projectedOut: wanted && norm > 0,
  };
}

/** `C - C_all`, in place. */
function lessAll(covariance: Float64Array, { all }: AllMoments): Float64Array {
  for (let i = 0; i < covariance.length; i++) covariance[i] -= all.covariance[i];
  return covariance;
}

/** One number of the bottom's and of the top's test, round by round. */
function eachRound(rounds: readonly Round[], name: "band" | "pValue" | "nullMean" | "nullDeviation") {
  return {
    low: Float64Array.from(rounds, ({ low }) => low[name]),
    high: Float64Array.from(rounds, ({ high }) => high[name]),
  };
}

/** The filters found; each takes the eigenvalue nearest to its own that no earlier one took. */
function significantOf(
  rounds: readonly Round[],
  eigenvalues: Float64Array,
  shape: readonly number[],
): SignificantFilter[] {
  const taken = new Set<number>();
  return rounds.flatMap(({ found }) => {
    if (found === undefined) return [];
    let index = -1;
    for (let i = 0; i < eigenvalues.length; i++) {
      const nearer =
        index < 0 || Math.abs(eigenvalues[i] - found.eigenvalue) < Math.abs(eigenvalues[index] - found.eigenvalue);
      if (!taken.has(i) && nearer) index = i;
    }
    taken.add(index);
    return [{ index, sign: found.sign, filter: tensor(found.direction, shape) }];
  });
}

function warningsOf(used: number, D: number, { all, constantEntries }: AllMoments, windows: number): string[] {
  const warnings = rankWarnings(D, windows, used, constantEntries);
  const variances = symmetricEigenvalues(all.covariance, D);
  const largest = variances[D - 1];
  // The float32 product of a block leaves some 1e-6 of the variance in a direction that has none.
  const varying = variances.filter((value) => value > 1e-5 * largest);
  if (varying.length < D - constantEntries && windows > D)
    warnings.push(`the stimulus varies in ${varying.length} of ${D} directions: nothing is known of the others`);
  const ratio = (largest * varying.length) / varying.reduce((sum, value) => sum + value, 0);
  // Chance alone spreads the variances of white noise up to this (Marchenko & Pastur 1967); a quarter beyond is structure.
  const chance = (1 + Math.sqrt(D / windows)) ** 2;
  if (ratio > 1.25 * chance)
    warnings.push(
      `the stimulus is not white: its largest variance is ${ratio.toPrecision(3)} times the mean, by chance ${chance.toPrecision(3)}; filters are seen through its correlations`,
    );
  return warnings;
}
