import type { SpikeTrain } from "../cells/response.js";
import { spikesFrom } from "../cells/spikes.js";
import { sameGrid } from "../math/grid.js";
import type { AverageNull } from "../reverse-correlation/average/average-null.js";
import { testAverage } from "../reverse-correlation/average/test-average.js";
import { stimulusFrom } from "../stimuli/given-frames.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { refuse } from "../tensor/errors.js";
import type { Experiment } from "./experiment.js";
import { choiceOver } from "./revcor-choice.js";
import { curveOf } from "./revcor-curve.js";
import { describable, describeField, type FieldNoise } from "./revcor-field.js";
import { heldOut } from "./revcor-held-out.js";
import { type Found, type FoundFilter, isSomething } from "./revcor-method.js";
import { methods } from "./revcor-methods.js";
import type { RecordedCellInputs, RecordedCellResult, RecordedCellSettings } from "./revcor-result.js";
import { recordingSection } from "./revcor-section.js";

/** The same estimators on recorded spikes. */
export const recordedCellExperiment: Experiment<RecordedCellSettings, RecordedCellInputs, RecordedCellResult> = {
  name: "recorded-cell",
  question: "What is the space-time receptive field of a recorded cell, and how sure is it?",
  defaults: { method: "sta", lags: 16, nullDraws: 199, level: 0.05, seed: 1, filters: null, subunit: null, folds: 5 },
  smoke: { nullDraws: 39 },
  takes: ["recording"],
  sources: {},
  run(settings, { recording }, { onProgress, signal }) {
    const { frameSeconds, step, spikesOutside = 0 } = recording;
    const stimulus = stimulusFrom(recording.stimulus, { frameSeconds, ...(step === undefined ? {} : { step }) });
    const spikes = spikesFrom(recording.counts, { frameSeconds });
    if (spikes.spikes === 0 && spikesOutside > 0)
      refuse(
        "recorded-cell",
        `none of ${spikesOutside} spike times is within the frames: seconds on the frames' clock are needed`,
      );
    const { lags, nullDraws, level, seed } = settings;
    const watch = (unit: string) => ({
      signal,
      onProgress: (done: number, total: number) => onProgress?.({ done, total, unit }),
    });
    const { whole: average, weights } = testAverage(stimulus, spikes, {
      ...{ lags, nullDraws, level, seed },
      ...watch("frames against the null"),
    });
    const method = methods[settings.method];
    const fitting = watch("fits of the whole recording");
    fitting.onProgress(0, 1);
    const found = foundBy(settings, average, stimulus, spikes, signal);
    fitting.onProgress(1, 1);
    const main = found.filters.find(isSomething);
    const predicted =
      settings.folds === 0 ? null : heldOut(method, stimulus, spikes, settings, watch("blocks of time held out"));
    return {
      settings,
      source: recording.source,
      notes: recording.notes,
      grid: stimulus.grid,
      frames: stimulus.frames,
      frameSeconds,
      spikes: spikes.spikes,
      spikesOutside,
      average,
      discoveries: weights.significantWeights,
      found,
      field: main === undefined ? null : describeField(main, frameSeconds, noiseOf(main, settings, average)),
      choice:
        settings.folds === 0 || !method.linear || !describable(stimulus.grid)
          ? null
          : choiceOver(method, stimulus, spikes, settings, watch("blocks of time described")),
      curve:
        main === undefined || !sameGrid(main.grid, stimulus.grid)
          ? null
          : curveOf({ kernel: main.kernel, drive: predicted?.drive ?? null }, stimulus, spikes),
      heldOut: predicted,
    };
  },
  section: recordingSection,
};

/** The average is there already; of the other methods the functions that a record cannot carry stay behind. */
function foundBy(
  settings: RecordedCellSettings,
  { field }: AverageNull,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  signal: { readonly aborted: boolean } | undefined,
): Found {
  if (settings.method !== "sta") return methods[settings.method].fit(stimulus, spikes, settings, { signal }).found;
  const { grid, kernel, spikesUsed, spikesSkipped, warnings } = field;
  return {
    filters: [{ label: "field", grid, kernel }],
    spikesUsed,
    spikesSkipped,
    converged: true,
    warnings,
    facts: [],
  };
}

const ninetyFive = 1.96;

function noiseOf(
  { standardErrors }: FoundFilter,
  { method }: RecordedCellSettings,
  { deviation, limit }: AverageNull,
): FieldNoise | undefined {
  if (method === "sta") return { deviation, band: { limit } };
  return standardErrors && { deviation: standardErrors, band: { errors: ninetyFive } };
}
