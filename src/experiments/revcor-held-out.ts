import type { SpikeTrain } from "../cells/response.js";
import { correlation, mean, standardError } from "../math/statistics.js";
import { norm } from "../math/vectors.js";
import { filterDrive } from "../reverse-correlation/filter-drive.js";
import { spikesOfRanges, stimulusOfRanges } from "../reverse-correlation/goodness/time-blocks.js";
import { crossValidate } from "../reverse-correlation/goodness/time-blocks-cross-validate.js";
import { estimateNonlinearity } from "../reverse-correlation/nonlinearity/estimate.js";
import { linearNonlinearModel } from "../reverse-correlation/nonlinearity/model.js";
import type { SpikeModel } from "../reverse-correlation/prediction.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { type FoundFilter, isSomething, type Method, type MethodSettings, type Watched } from "./revcor-method.js";

/** How well a method foretells time that it was not fitted to. */
export interface HeldOutResult {
  /** blocks of time, each held out once */
  readonly folds: number;
  /** bits a spike over a constant rate, of all blocks together, and of each */
  readonly bits: number;
  readonly bitsError: number;
  readonly foldBits: Float64Array;
  /** of the prediction and the spike counts, frame by frame, in each block; NaN where the prediction is constant */
  readonly foldCorrelations: Float64Array;
  readonly correlation: number;
  /** from the scatter over the blocks */
  readonly correlationError: number;
  /** whether the method predicts by itself, or a curve was fitted after its filters */
  readonly by: "model" | "filters and curve";
  /** [frames], what each block's filter, of unit norm, fitted on the others, gives in it; only where filters have a fixed sign */
  readonly drive: Float64Array | null;
  readonly warnings: readonly string[];
}

/** The part of the training frames on which a filter is estimated; the curve after it is fitted on the rest. */
const filterShare = 0.75;
/** A rate of 0 would make any spike impossible: no prediction falls below this part of the mean. */
const leastRate = 0.01;
/** Bins of each of two filters. */
const mapBins = 6;

/** Fits a method on all blocks of time but one and scores it there, for every block. */
export function heldOut(
  method: Method,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: MethodSettings & { readonly folds: number },
  watching: Watched,
): HeldOutResult {
  const { folds, lags } = settings;
  const filters: (FoundFilter | undefined)[] = [];
  const fitModel = (shown: Stimulus, fired: SpikeTrain): SpikeModel => {
    // Where a fit begins, the blocks before it are done: fitted and foretold.
    watching.onProgress?.(filters.length, folds);
    const { model, filter } = foldModel(method, shown, fired, settings, watching);
    filters.push(filter);
    return model;
  };
  const result = crossValidate(fitModel, stimulus, spikes, { folds, gap: lags });
  watching.onProgress?.(folds, folds);
  const { expected, first } = result.prediction;
  const blocks = result.folds.map(({ block }) => block.test);
  const foldCorrelations = Float64Array.from(blocks, ({ start, end }) =>
    agreement(expected.subarray(Math.max(first, start), end), spikes.counts.subarray(Math.max(first, start), end)),
  );
  const known = foldCorrelations.filter(Number.isFinite);
  const kernels = filters.map((filter) => filter?.kernel);
  return {
    folds,
    bits: result.bits,
    bitsError: result.standardError,
    foldBits: Float64Array.from(result.folds, ({ bits }) => bits.bits),
    foldCorrelations,
    correlation: known.length > 0 ? mean(known) : Number.NaN,
    correlationError: known.length > 1 ? standardError(known) : Number.NaN,
    by: method.predicts ? "model" : "filters and curve",
    drive: method.linear ? crossedDrive(stimulus, kernels, blocks) : null,
    warnings: result.warnings,
  };
}

/** What is fitted on the frames of one fold: a model, and the first filter, where one is found. */
function foldModel(
  method: Method,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: MethodSettings,
  { signal }: Watched,
): { readonly model: SpikeModel; readonly filter: FoundFilter | undefined } {
  const { frames } = stimulus;
  const cut = method.predicts ? frames : Math.floor(filterShare * frames);
  const [first, rest] = [[{ start: 0, end: cut }], [{ start: cut, end: frames }]];
  // A fold needs the filters, and only so many draws as the level asks for.
  const quick = { ...settings, nullDraws: Math.ceil(2 / settings.level - 1) };
  const { found, model } = method.fit(stimulusOfRanges(stimulus, first), spikesOfRanges(spikes, first), quick, {
    signal,
  });
  const filters = found.filters.filter(isSomething);
  const [filter] = filters;
  if (model !== undefined) return { model, filter };
  const kernels = filters.slice(0, 2).map(({ kernel }) => kernel);
  return {
    model: curveAfter(kernels, stimulusOfRanges(stimulus, rest), spikesOfRanges(spikes, rest), settings.lags),
    filter,
  };
}

/** A curve after one filter (a spline), after two (a histogram), or the mean rate where there is none. */
function curveAfter(kernels: readonly Tensor[], stimulus: Stimulus, spikes: SpikeTrain, lags: number): SpikeModel {
  const { frames } = stimulus;
  const meanCount = spikes.spikes / frames;
  const [one, two] = kernels;
  if (one === undefined) return constantModel(meanCount, lags);
  if (two === undefined)
    return softened(
      linearNonlinearModel(one, estimateNonlinearity(one, stimulus, spikes, { kind: "spline" })),
      (count) => Math.max(leastRate * meanCount, count),
    );
  const map = estimateNonlinearity([one, two], stimulus, spikes, { kind: "histogram", bins: mapBins });
  // As if each bin of the map held one spike more, at the mean rate: few frames say little.
  const [held, more] = [frames / mapBins ** 2, 1 / meanCount];
  return softened(linearNonlinearModel([one, two], map), (count) => (count * held + 1) / (held + more));
}

function softened(model: SpikeModel, soften: (count: number) => number): SpikeModel {
  const predict: SpikeModel["predict"] = (shown) => {
    const prediction = model.predict(shown);
    const { first } = prediction;
    return { ...prediction, expected: prediction.expected.map((count, t) => (t < first ? 0 : soften(count))) };
  };
  return { lags: model.lags, predict };
}

function constantModel(meanCount: number, lags: number): SpikeModel {
  return {
    lags,
    predict: ({ frames, frameSeconds }) => {
      const first = Math.min(lags - 1, frames);
      const expected = new Float64Array(frames).fill(meanCount, first);
      return { kind: "prediction", expected, first, frameSeconds, method: "constant" };
    },
  };
}

function agreement(expected: Float64Array, counts: Uint32Array): number {
  const constant = (values: ArrayLike<number>) => Array.prototype.every.call(values, (value) => value === values[0]);
  return expected.length < 3 || constant(expected) || constant(counts) ? Number.NaN : correlation(expected, counts);
}

function crossedDrive(
  stimulus: Stimulus,
  kernels: readonly (Tensor | undefined)[],
  blocks: readonly { readonly start: number; readonly end: number }[],
): Float64Array | null {
  const drive = new Float64Array(stimulus.frames);
  for (const [i, { start, end }] of blocks.entries()) {
    const kernel = kernels[i];
    const length = kernel === undefined ? 0 : norm(kernel.data);
    if (kernel === undefined || length === 0) return null;
    const from = Math.max(0, start - kernel.shape[0] + 1);
    const unit = tensor(
      Float64Array.from(kernel.data, (value) => value / length),
      kernel.shape,
    );
    const values = filterDrive(unit, stimulusOfRanges(stimulus, [{ start: from, end }]));
    drive.set(values.subarray(start - from), start);
  }
  return drive;
}
