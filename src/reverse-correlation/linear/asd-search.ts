import type { SpikeTrain } from "../../cells/response.js";
import { type Minimum, minimise, type SmoothFunction } from "../../math/l-bfgs.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { type AsdParameters, asdHyperprior, asdRatios, asdStarts, shareOutside } from "./asd-prior.js";
import { refuseConstant } from "./estimate.js";
import { evidenceScore, heldOutScore, type Score } from "./evidence.js";
import { type RecordingSums, sumFeatures } from "./features.js";
import { withHyperprior } from "./hyperprior.js";
import { chooseModes, type FieldShape, type Modes, modesAmong, modesFor } from "./modes.js";
import { type Fold, foldsOf, type LinearMoments, momentsAbout, momentsAmong } from "./moments.js";

/** What a recording says of a field in some modes, and the smooth prior that suits it best. */
export interface AsdSearch {
  readonly modes: Modes;
  readonly sums: RecordingSums;
  readonly moments: LinearMoments;
  /** empty where evidence chooses */
  readonly folds: readonly Fold[];
  readonly parameters: AsdParameters;
  readonly ratios: Float64Array;
  readonly converged: boolean;
}

/** More than this part of the prior's variance outside the modes, and they are chosen anew for the scales that were found. */
const negligibleShare = 1e-3;
const mostRounds = 2;

/** Modes where their number is left to the search: at first, and at the most, which take tens of seconds. */
export const defaultModes = 800;
const mostModes = 2400;
/** More than this part of the prior's variance outside, and the search takes more modes by itself. */
const smallShare = 0.01;
const mostGrowths = 3;

/** Value and gradient by the parameters, of the evidence or of the error in held-out folds. */
export function asdScore(
  modes: Modes,
  score: (ratios: Float64Array) => Score,
): (parameters: Float64Array, gradient: Float64Array) => number {
  return (parameters, gradient) => {
    const { ratios, slopes } = asdRatios(modes, parameters);
    const { value, gradient: byMode } = score(ratios);
    slopes.forEach((slope, k) => {
      gradient[k] = byMode.reduce((sum, g, j) => sum + g * slope[j]!, 0);
    });
    return value;
  };
}

/** What a recording says of a field in some modes. */
export type ModeData = Pick<AsdSearch, "modes" | "moments" | "folds">;

/** The same in some of the modes. */
export function dataAmong({ modes, moments, folds }: ModeData, chosen: readonly number[]): ModeData {
  return {
    modes: modesAmong(modes, chosen),
    moments: momentsAmong(moments, chosen),
    folds: folds.map(({ train, heldOut }) => ({
      train: momentsAmong(train, chosen),
      heldOut: momentsAmong(heldOut, chosen),
    })),
  };
}

/** Modes in which searches begin: an evaluation among these costs a thirtieth of one among 800. */
export const coarse = 256;

/**
 * Searches scales and variance: in the slowest modes from the two best of several starts, then in all; where the modes left out
 * would matter under the scales found, again in modes chosen for these.
 *
 * @param most how many modes at the most; where it is not given, as many as the scales found need, within what takes tens of
 *   seconds: work grows with the third power of their number, and with that of the folds
 */
export function searchAsd(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  shape: FieldShape,
  most: number | undefined,
  parts: number,
): AsdSearch {
  let modes = chooseModes(shape, [1, 1, 1], most ?? defaultModes);
  let data = dataIn(modes, sumFeatures(stimulus, spikes, modes, parts));
  refuseConstant(where, stimulus, data.sums.constantPixels);
  let start = coarseSearch(data);
  for (let round = 1; ; round++) {
    const found = searchFrom(start, data);
    start = found.x;
    const scales = [1, 2, 3].map((k) => Math.exp(found.x[k]!));
    const enough = most === undefined ? smallShare : negligibleShare;
    const next = chooseModes(shape, scales, most ?? modesNeeded(shape, scales, parts));
    const last = round === (most === undefined ? mostGrowths : mostRounds);
    if (last || shareOutside(modes, found.x) < enough || sameModes(modes, next)) {
      const { ratios } = asdRatios(modes, found.x);
      return { ...data, parameters: found.x, ratios, converged: found.stopped !== "limit" };
    }
    modes = next;
    data = dataIn(modes, sumFeatures(stimulus, spikes, modes, parts));
  }
}

/** How many modes leave out a small share, within bounds; some more, so that slightly finer scales still do. */
function modesNeeded(shape: FieldShape, scales: readonly number[], parts: number): number {
  const needed = modesFor(shape, scales, smallShare / 2);
  return Math.max(defaultModes, Math.min(needed, Math.round(mostModes / Math.cbrt(parts))));
}

function dataIn(modes: Modes, sums: RecordingSums): ModeData & Pick<AsdSearch, "sums"> {
  const folds = sums.stretches.length > 1 ? foldsOf(sums.stretches) : [];
  return { modes, sums, moments: momentsAbout(sums.all), folds };
}

/** What the search minimises: the score of the data and that of the hyperprior. */
export function asdObjective(
  { modes, moments, folds }: ModeData,
  score = (ratios: Float64Array): Score =>
    folds.length > 0 ? heldOutScore(folds, ratios) : evidenceScore(moments, ratios),
): SmoothFunction {
  return withHyperprior(asdScore(modes, score), asdHyperprior(modes.shape));
}

function searchFrom(start: AsdParameters, data: ModeData): Minimum {
  return minimise(asdObjective(data), start, { maxIterations: 100, gradientTolerance: 1e-4, valueTolerance: 1e-5 });
}

/** The minimum in the slowest modes, from the two best of the starts under which the field explains a tenth of the variance. */
function coarseSearch(all: ModeData): AsdParameters {
  const data = all.modes.count <= coarse ? all : dataAmong(all, slowest(all.modes));
  const { n, bins, gram } = data.moments;
  const f = asdObjective(data);
  const starts = asdStarts(
    data.modes,
    (ratios) => ratios.reduce((sum, ratio, j) => sum + ratio * gram[j * n + j]!, 0) / bins,
  ).map((x) => ({ x, value: f(x, new Float64Array(x.length)) }));
  const usable = starts.filter(({ value }) => Number.isFinite(value)).sort((a, b) => a.value - b.value);
  const [first, ...others] = usable.slice(0, 2).map(({ x }) => searchFrom(x, data));
  return others.reduce((best, other) => (other.value < best.value ? other : best), first!).x;
}

function slowest({ shape, count, indices }: Modes): number[] {
  const speeds = Float64Array.from({ length: count }, (_, j) =>
    indices.reduce((sum, axis, a) => sum + (axis[j]! / shape[a as 0 | 1 | 2]) ** 2, 0),
  );
  const order = [...speeds.keys()].sort((a, b) => speeds[a]! - speeds[b]! || a - b);
  return order.slice(0, coarse).sort((a, b) => a - b);
}

function sameModes(a: Modes, b: Modes): boolean {
  return a.count === b.count && a.indices.every((axis, k) => axis.every((value, j) => value === b.indices[k]![j]));
}
