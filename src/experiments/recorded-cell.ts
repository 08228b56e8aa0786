import { spikesFrom } from "../cells/spikes.js";
import { type DifferenceOfGaussiansFit, fitDifferenceOfGaussians } from "../fit/fit-difference-of-gaussians.js";
import { fitGabor } from "../fit/fit-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import type { Recording } from "../formats/recording.js";
import { type Grid, pixelsOf } from "../math/grid.js";
import { largestMagnitude, norm } from "../math/vectors.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import { singularValuesFigure } from "../plot/singular-values.js";
import { spaceTimeFigure } from "../plot/space-time.js";
import type { Cell, Table } from "../plot/table.js";
import { temporalProfileFigure } from "../plot/temporal-profile.js";
import { numberText } from "../plot/text.js";
import { type AverageNull, spikeTriggeredAverageNull } from "../reverse-correlation/average-null.js";
import { type Separability, spaceTimeSeparability } from "../reverse-correlation/separability.js";
import { stimulusFrom } from "../stimuli/given-frames.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import type { Experiment, Finding, Section } from "./experiment.js";

export interface RecordedCellSettings {
  /** frames before and including the spike's own */
  readonly lags: number;
  /** permutations of the spikes that make up the null */
  readonly draws: number;
  /** of the band over all pixels and lags at once */
  readonly level: number;
  readonly seed: number;
}

export interface RecordedCellInputs {
  readonly recording: Recording;
}

/** What a recording gave. */
export interface RecordedCellResult {
  readonly settings: RecordedCellSettings;
  readonly source: string;
  readonly notes: readonly string[];
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly spikes: number;
  readonly average: AverageNull;
  readonly separability: Separability;
  /** the spatial part at its own scale, [height, width] */
  readonly space: Tensor;
  /** the largest singular value that noise alone is expected to reach */
  readonly noiseEdge: number;
  readonly gabor: GaborFit;
  readonly differenceOfGaussians: DifferenceOfGaussiansFit;
  /** [lags], the average at its strongest pixel */
  readonly strongest: { readonly row: number; readonly column: number; readonly profile: Float64Array };
}

/** The fits have up to eight parameters. */
const leastPixels = 9;

/** The same estimator on recorded spikes. */
export const recordedCellExperiment: Experiment<RecordedCellSettings, RecordedCellInputs, RecordedCellResult> = {
  name: "recorded-cell",
  question: "What is the space-time receptive field of a recorded cell, and how sure is it?",
  defaults: { lags: 16, draws: 199, level: 0.05, seed: 1 },
  smoke: { draws: 39 },
  takes: ["recording"],
  sources: {},
  run(settings, { recording }, { onProgress, signal }) {
    const { frameSeconds } = recording;
    const [, height, width] = recording.stimulus.shape;
    if (height * width < leastPixels) {
      refuse(
        "recorded-cell",
        `the recording has ${height}x${width} pixels, a field in space needs at least ${leastPixels}`,
      );
    }
    const stimulus = stimulusFrom(recording.stimulus, { frameSeconds });
    const spikes = spikesFrom(recording.counts, { frameSeconds });
    const average = spikeTriggeredAverageNull(stimulus, spikes, {
      ...settings,
      signal,
      onProgress: (done, total) => onProgress?.({ done, total, unit: "frames against the null" }),
    });
    const { kernel } = average.field;
    const { grid } = stimulus;
    const separability = spaceTimeSeparability(kernel);
    const space = tensor(
      separability.space.data.map((value) => value * separability.singularValues[0]),
      [grid.height, grid.width],
    );
    return {
      settings,
      source: recording.source,
      notes: recording.notes,
      grid,
      frames: stimulus.frames,
      frameSeconds,
      spikes: spikes.spikes,
      average,
      separability,
      space,
      noiseEdge: noiseEdgeOf(average, settings.lags, pixelsOf(grid)),
      gabor: fitGabor(space, { grid }),
      differenceOfGaussians: fitDifferenceOfGaussians(space, { grid }),
      strongest: strongestPixel(kernel),
    };
  },
  section,
};

/** The largest singular value of [lags, pixels] of independent noise of the null's deviation: about `σ(√L + √P)`. */
function noiseEdgeOf({ deviation }: AverageNull, lags: number, pixels: number): number {
  return (norm(deviation.data) / Math.sqrt(deviation.data.length)) * (Math.sqrt(lags) + Math.sqrt(pixels));
}

function strongestPixel({ data, shape }: Tensor): RecordedCellResult["strongest"] {
  const [lags, height, width] = shape;
  let at = 0;
  for (let i = 0; i < data.length; i++) if (Math.abs(data[i]) > Math.abs(data[at])) at = i;
  const pixel = at % (height * width);
  const profile = Float64Array.from({ length: lags }, (_, k) => data[k * height * width + pixel]);
  return { row: Math.floor(pixel / width), column: pixel % width, profile };
}

function section(result: RecordedCellResult): Section {
  return {
    title: "A recorded cell, recovered by its spike-triggered average",
    text: textOf(result),
    findings: findingsOf(result),
    tables: [dogTable(result)],
    figures: figuresOf(result),
  };
}

function textOf({
  average,
  source,
  notes,
  grid,
  frames,
  frameSeconds,
  spikes,
  settings,
}: RecordedCellResult): string[] {
  const { estimate, pValue, draws, level } = average;
  return [
    `${source}: ${spikes.toLocaleString("en")} spikes in ${frames.toLocaleString("en")} frames of ${numberText(1000 * frameSeconds, 4)} ms, ${grid.height}×${grid.width} pixels. ${estimate.spikesUsed.toLocaleString("en")} spikes have a full window of ${settings.lags} frames; ${estimate.spikesSkipped} before it are skipped.`,
    `The band is that of the largest weight, over all pixels and lags at once, of ${draws} permutations of the spikes in blocks of a second (level ${level}). The field has p = ${numberText(pValue, 2)}.`,
    "The field is the average less the mean stimulus, so that a stimulus of 0 and 1, or of grey levels, counts by what the spikes add to it. An m-sequence has echoes: products of its frames are the sequence again at other pixels and lags, so that a cell's nonlinearity shows as isolated spots far from its field, which leave the band too.",
    ...notes.map(asSentence),
    ...estimate.warnings.map(asSentence),
  ];
}

/** A note as it stands in a paragraph. */
function asSentence(note: string): string {
  return `${note[0].toUpperCase()}${note.slice(1)}.`;
}

function findingsOf(result: RecordedCellResult): Finding[] {
  const { average, separability, frameSeconds, gabor, differenceOfGaussians: dog } = result;
  const { field, limit, level, significantWeights } = average;
  const peakLag = separability.time.indexOf(Math.max(...separability.time));
  const aboveNoise = separability.singularValues.filter((value) => value > result.noiseEdge).length;
  return [
    {
      name: "recorded cell: largest weight of the field (stimulus units)",
      value: numberText(largestMagnitude(field.kernel.data), 3),
      expected: `below ${numberText(limit, 3)} (permuted spikes, level ${level})`,
    },
    {
      name: "recorded cell: weights outside the band",
      value: `${significantWeights} of ${field.kernel.data.length}`,
      expected: "0 (permuted spikes)",
    },
    {
      name: "recorded cell: space-time separability, σ1²/Σσ²",
      value: numberText(separability.index, 3),
      expected: `${aboveNoise} of ${separability.singularValues.length} singular values above noise`,
    },
    {
      name: "recorded cell: strongest lag",
      value: `${numberText(1000 * peakLag * frameSeconds, 3)} ms (frame ${peakLag} before the spike's)`,
      expected: "",
    },
    {
      name: "recorded cell: R² of a difference of Gaussians, of a Gabor",
      value: `${numberText(dog.rSquared, 3)}, ${numberText(gabor.rSquared, 3)}`,
      expected: "",
    },
    ...average.estimate.warnings.map((warning) => ({ name: "recorded cell: warning", value: warning, expected: "" })),
  ];
}

const value = { label: "stimulus before a spike, less its mean", unit: "stimulus units" };

function dogTable({ differenceOfGaussians: fit, gabor }: RecordedCellResult): Table {
  const rows = fit.parameters.map(({ label, unit, value, standardError }): Cell[] => [
    unit === "" ? label : `${label} (${unit})`,
    { value, error: standardError },
  ]);
  return {
    kind: "table",
    title: "The difference of Gaussians nearest to the spatial part",
    columns: [{ header: "parameter" }, { header: "estimate ± standard error" }],
    rows,
    note: [
      `R² = ${numberText(fit.rSquared, 4)}; of the Gabor nearest to it, with eight parameters, ${numberText(gabor.rSquared, 4)}.`,
      ...fit.warnings,
      ...gabor.warnings,
    ].join(" "),
  };
}

function figuresOf(result: RecordedCellResult) {
  const { average, separability, frameSeconds, strongest } = result;
  const { field, limit, draws, level } = average;
  const band = new Float64Array(strongest.profile.length).fill(limit);
  return [
    spaceTimeFigure(field, {
      name: "recorded-cell-space-time",
      title: "The recorded cell's field in space and time",
      caption:
        "The average less the mean stimulus; one tile a lag, from the spike's own frame back into the past, all in one colour scale. With an m-sequence as stimulus, isolated spots far from the field are echoes: products of its frames are the sequence again, elsewhere.",
      frameSeconds,
      value,
    }),
    temporalProfileFigure(
      { values: strongest.profile, band: { low: band.map((x) => -x), high: band } },
      {
        name: "recorded-cell-time-course",
        title: "The recorded cell's strongest pixel over time, and the permutation band",
        caption: `Row ${strongest.row}, column ${strongest.column} of the patch. The band holds for all pixels and lags at once.`,
        frameSeconds,
        value: { label: "stimulus less its mean", unit: "stimulus units" },
        bandLabel: `${100 * (1 - level)} % of ${draws} permutations`,
      },
    ),
    singularValuesFigure(separability.singularValues, {
      name: "recorded-cell-separability",
      title: "How far the recorded cell's field is one image times one time course",
      caption: "Singular values of the field as a matrix of lags by pixels; noise alone would reach the edge.",
      nullLimit: {
        label: "edge of noise, σ(√lags + √pixels)",
        values: new Float64Array(separability.singularValues.length).fill(result.noiseEdge),
      },
    }),
    fitsFigure(result),
  ];
}

function fitsFigure({ grid, space, gabor, differenceOfGaussians: dog }: RecordedCellResult) {
  const modelOf = (fit: { readonly residual: Tensor }) =>
    tensor(
      space.data.map((x, i) => x - fit.residual.data[i]),
      space.shape,
    );
  return fieldPanelsFigure(
    [
      { label: "spatial part", grid, kernel: space },
      { label: "difference of Gaussians (DoG)", grid, kernel: modelOf(dog) },
      { label: "Gabor", grid, kernel: modelOf(gabor) },
      { label: "residual of the DoG", grid, kernel: dog.residual },
    ],
    {
      name: "recorded-cell-fits",
      title: "The recorded cell's spatial part and what describes it",
      caption: "The first spatial singular vector times its singular value, and the nearest of two functions.",
      value,
    },
  );
}
