import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { checkPairing } from "../pairing.js";
import type { Prediction, SpikeModel } from "../prediction.js";
import { type BitsPerSpike, bitsPerSpike } from "./bits-per-spike.js";
import {
  shownWithout,
  spikesIn,
  spikesOfRanges,
  stimulusOfRanges,
  type TimeBlock,
  timeBlocksIn,
  withoutTest,
} from "./time-blocks.js";

export interface CrossValidateOptions {
  /** blocks of time, each held out once; default 5 */
  readonly folds?: number;
  /** frames between training and test, at least the model's lags and its spike history; also the frames shown before a test */
  readonly gap: number;
  /** spikes of other cells, one bin a frame, which a model with coupling is fitted on and predicts from */
  readonly trains?: readonly SpikeTrain[];
}

/** Fits a model; `trains` are those of the options, cut like the cell's own spikes. */
export type FitModel = (stimulus: Stimulus, spikes: SpikeTrain, trains: readonly SpikeTrain[]) => SpikeModel;

/** What a model foretells of every part of a recording, fitted on the rest. */
export interface CrossValidation {
  readonly kind: "cross-validation";
  readonly folds: readonly { readonly block: TimeBlock; readonly bits: BitsPerSpike }[];
  /** of each fold's model over its own held-out bins; bins before `first` are never scored */
  readonly prediction: Prediction;
  /** all folds together, `Σ (ln L - ln L0) / (Σ spikes · ln 2)`, L0 of each fold's training rate */
  readonly bits: number;
  /** of `bits`, the bins taken as independent */
  readonly standardError: number;
  readonly spikes: number;
  readonly warnings: readonly string[];
}

/**
 * Fits a model on all but one block of time and scores it on that block, for every block in turn.
 *
 * A fit sees the frames before the test's gap and the frames after the test, joined. In the first `gap` bins after the joint,
 * whose windows may cross it, it sees no spike: an average over spikes leaves them out, a rate is lowered by the share
 * `gap / frames`.
 *
 * @param fitModel a stimulus and its spikes to a model; third come the same bins of `options.trains`
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @returns bits a spike over the mean rate of the training bins, of each fold and of all, and the held-out prediction
 * @throws InputError if the bins do not fit, the gap is shorter than the model's lags, or a fold holds no spike to fit or score
 */
export function crossValidate(
  fitModel: FitModel,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: CrossValidateOptions,
): CrossValidation {
  const where = "crossValidate";
  if (typeof fitModel !== "function") refuse(where, `fitModel is ${describe(fitModel)}, a function is needed`);
  checkOptions(where, options, ["folds", "gap", "trains"]);
  const { folds = 5, gap, trains = [] } = options ?? {};
  checkInteger(where, "gap", gap, 1);
  checkPairing(where, stimulus, spikes, 1);
  if (!Array.isArray(trains)) refuse(where, `trains is ${describe(trains)}, a list of spike trains is needed`);
  for (const train of trains) checkPairing(where, stimulus, train, 1);
  const expected = new Float64Array(stimulus.frames);
  let first = 0;
  const scored = timeBlocksIn(where, stimulus.frames, folds, gap).map((block, i) => {
    const { model, meanRate } = fitted(fitModel, { stimulus, spikes, trains }, block, gap, i);
    const from = Math.max(0, block.test.start - gap);
    const shown = [{ start: from, end: block.test.end }];
    const part = spikesOfRanges(spikes, shown);
    const coupled = trains.map((train) => spikesOfRanges(train, shown));
    const prediction = model.predict(stimulusOfRanges(stimulus, shown), part, coupled);
    const start = Math.max(block.test.start - from, prediction.first);
    if (i === 0) first = start;
    expected.set(prediction.expected.subarray(start), from + start);
    return { block, bits: bitsPerSpike(prediction, part, { first: start, meanRate }), method: prediction.method };
  });
  return {
    kind: "cross-validation",
    folds: scored.map(({ block, bits }) => ({ block, bits })),
    prediction: {
      kind: "prediction",
      expected,
      first,
      frameSeconds: stimulus.frameSeconds,
      method: scored[0].method,
    },
    ...pooled(scored.map(({ bits }) => bits)),
  };
}

/** The model of one fold, and the mean rate of its training bins in spikes/s. */
function fitted(
  fitModel: FitModel,
  { stimulus, spikes, trains }: { stimulus: Stimulus; spikes: SpikeTrain; trains: readonly SpikeTrain[] },
  { test, train: ranges }: TimeBlock,
  gap: number,
  fold: number,
): { model: SpikeModel; meanRate: number } {
  const where = "crossValidate";
  const bins = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const count = spikesIn(spikes, ranges);
  if (count === 0) refuse(where, `fold ${fold} leaves no spike to train on, at least one is needed`);
  if (spikesIn(spikes, [test]) === 0) refuse(where, `fold ${fold} holds no spike to score, at least one is needed`);
  const rest = withoutTest(stimulus, spikes, { test, train: ranges }, gap);
  const others = trains.map((train) => spikesOfRanges(train, shownWithout({ test, train: ranges })));
  const model = fitModel(rest.stimulus, rest.spikes, others);
  if (typeof model?.predict !== "function")
    refuse(where, `fitModel gives ${describe(model)}, a model with lags and predict is needed`);
  if (model.lags > gap)
    refuse(where, `gap is ${gap}, the model looks at ${model.lags} frames: at least as many are needed`);
  return { model, meanRate: count / bins / stimulus.frameSeconds };
}

function pooled(folds: readonly BitsPerSpike[]) {
  const spikes = folds.reduce((sum, fold) => sum + fold.spikes, 0);
  const gain = folds.reduce((sum, fold) => sum + fold.logLikelihood - fold.meanLogLikelihood, 0);
  const squares = folds.reduce((sum, fold) => sum + (fold.standardError * fold.spikes) ** 2, 0);
  return {
    bits: gain / (spikes * Math.LN2),
    standardError: Math.sqrt(squares) / spikes,
    spikes,
    warnings: folds.flatMap((fold, i) => fold.warnings.map((text) => `fold ${i}: ${text}`)),
  };
}
