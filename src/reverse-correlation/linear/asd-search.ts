import type { SpikeTrain } from "../../cells/response.js";
import { type Minimum, minimise } from "../../math/l-bfgs.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { type AsdParameters, asdRatios, asdStarts, shareOutside } from "./asd-prior.js";
import { refuseConstant } from "./estimate.js";
import { evidenceScore, heldOutScore, type Score } from "./evidence.js";
import { type RecordingSums, sumFeatures } from "./features.js";
import { chooseModes, type FieldShape, type Modes } from "./modes.js";
import { type Fold, foldsOf, type LinearMoments, momentsAbout } from "./moments.js";

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

/**
 * Searches scales and variance; where the modes left out would matter under the scales found, again in modes chosen for these.
 */
export function searchAsd(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  shape: FieldShape,
  most: number,
  parts: number,
): AsdSearch {
  let modes = chooseModes(shape, [1, 1, 1], most);
  let data = dataIn(modes, sumFeatures(stimulus, spikes, modes, parts));
  refuseConstant(where, stimulus, data.sums.constantPixels);
  let start = bestStart(data);
  for (let round = 1; ; round++) {
    const found = searchFrom(start, data);
    start = found.x;
    const next = chooseModes(
      shape,
      [1, 2, 3].map((k) => Math.exp(found.x[k]!)),
      most,
    );
    if (round === mostRounds || shareOutside(modes, found.x) < negligibleShare || sameModes(modes, next)) {
      const { ratios } = asdRatios(modes, found.x);
      return { ...data, parameters: found.x, ratios, converged: found.stopped !== "limit" };
    }
    modes = next;
    data = dataIn(modes, sumFeatures(stimulus, spikes, modes, parts));
  }
}

type AsdData = Pick<AsdSearch, "modes" | "sums" | "moments" | "folds">;

function dataIn(modes: Modes, sums: RecordingSums): AsdData {
  const folds = sums.stretches.length > 1 ? foldsOf(sums.stretches) : [];
  return { modes, sums, moments: momentsAbout(sums.all), folds };
}

function scoreIn({ modes, moments, folds }: AsdData) {
  return asdScore(modes, (ratios) => (folds.length > 0 ? heldOutScore(folds, ratios) : evidenceScore(moments, ratios)));
}

function searchFrom(start: AsdParameters, data: AsdData): Minimum {
  return minimise(scoreIn(data), start, { maxIterations: 100, gradientTolerance: 1e-4, valueTolerance: 1e-7 });
}

/** Of the starts under which the field explains a tenth of the variance the best. */
function bestStart(data: AsdData): AsdParameters {
  const { n, bins, gram } = data.moments;
  const f = scoreIn(data);
  const starts = asdStarts(
    data.modes,
    (ratios) => ratios.reduce((sum, ratio, j) => sum + ratio * gram[j * n + j]!, 0) / bins,
  );
  const values = starts.map((start) => f(start, new Float64Array(start.length)));
  return starts[values.indexOf(Math.min(...values.filter(Number.isFinite)))]!;
}

function sameModes(a: Modes, b: Modes): boolean {
  return a.count === b.count && a.indices.every((axis, k) => axis.every((value, j) => value === b.indices[k]![j]));
}
