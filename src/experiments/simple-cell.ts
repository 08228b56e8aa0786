import { poissonSpikes } from "../cells/poisson-spikes.js";
import { simpleCell } from "../cells/simple-cell.js";
import { fitGabor } from "../fit/fit-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { renderGabor } from "../math/gabor.js";
import { type Grid, pixelsOf, stepOf } from "../math/grid.js";
import { correlation } from "../math/statistics.js";
import { dot, norm } from "../math/vectors.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import { parameterErrorsFigure } from "../plot/parameter-errors.js";
import type { Table } from "../plot/table.js";
import { numberText } from "../plot/text.js";
import { spikeTriggeredAverage } from "../reverse-correlation/average/spike-triggered-average.js";
import type { Estimate } from "../reverse-correlation/estimate.js";
import { averageGain, effectiveSpikes, expectedAverageCorrelation } from "../reverse-correlation/goodness/theory.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import {
  expectedCounts,
  type ProtocolInputs,
  type SimulatedCellSettings,
  shownStimulus,
  watchedStimulus,
} from "./cell-setup.js";
import type { Experiment, Section } from "./experiment.js";
import { type ComparedParameter, compareParameters, parameterTable } from "./gabor-parameters.js";
import { lengthOf } from "./length.js";

/** What a simulated simple cell gave, and what theory says it would. */
export interface SimpleCellResult {
  readonly settings: SimulatedCellSettings;
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly spikes: number;
  readonly truth: Tensor;
  readonly estimate: Estimate;
  readonly fit: GaborFit;
  readonly parameters: readonly ComparedParameter[];
  /** between the average and the true filter */
  readonly correlation: number;
  /** the average's projection onto the unit-norm true filter, contrast */
  readonly gain: number;
  readonly theory: {
    /** m = E[zλ]/E[λ] */
    readonly gain: number;
    readonly effectiveSpikes: number;
    readonly correlation: number;
  };
}

/** White noise in, receptive field out: a simple cell recovered by its spike-triggered average. */
export const simpleCellExperiment: Experiment<SimulatedCellSettings, ProtocolInputs, SimpleCellResult> = {
  name: "simple-cell",
  question: "Does the spike-triggered average of a simulated simple cell find its filter as well as theory says?",
  defaults: {
    seed: 1,
    gabor: {
      amplitude: 1,
      betaX: 5.5,
      betaY: 3,
      frequency: 2 * Math.PI * 1.5,
      phase: 0.7,
      x0: 0.12,
      y0: -0.08,
      tau: 0.6,
    },
    frames: null,
    peakRate: 100,
  },
  smoke: { frames: 20_000 },
  takes: ["protocol"],
  sources: { protocol: "white-noise-24x24" },
  run(settings, inputs, { onProgress }) {
    const stimulus = shownStimulus(inputs, settings);
    const { grid, frames, frameSeconds } = stimulus;
    const { gabor, peakRate, seed } = settings;
    const response = simpleCell(gabor).respond(watchedStimulus(stimulus, onProgress, "frames shown"));
    const spikes = poissonSpikes(response, { peakRate, seed });
    const unit = "frames averaged";
    const estimate = spikeTriggeredAverage(watchedStimulus(stimulus, onProgress, unit), spikes);
    // Frames after the last spike are not read.
    onProgress?.({ done: stimulus.frames, total: stimulus.frames, unit });
    const fit = fitGabor(estimate);
    const truth = renderGabor(gabor, grid);
    const length = norm(truth.data);
    const gain = averageGain.squared;
    const effective = effectiveSpikes(expectedCounts(response, peakRate));
    return {
      settings,
      grid,
      frames,
      frameSeconds,
      spikes: spikes.spikes,
      truth,
      estimate,
      fit,
      parameters: compareParameters(gabor, fit, lengthOf(grid), (gain * gabor.amplitude) / length),
      correlation: correlation(estimate.kernel.data, truth.data),
      gain: dot(truth.data, estimate.kernel.data) / length,
      theory: {
        gain,
        effectiveSpikes: effective,
        correlation: expectedAverageCorrelation(gain, pixelsOf(grid), effective),
      },
    };
  },
  section,
};

function section(result: SimpleCellResult): Section {
  const { settings, frames, frameSeconds, spikes, estimate, theory } = result;
  const minutes = (frames * frameSeconds) / 60;
  return {
    title: "A simple cell, recovered by its spike-triggered average",
    text: [
      `A simulated simple cell (a Gabor, half-squared, Poisson spikes of at most ${settings.peakRate} spikes/s) saw ${frames.toLocaleString("en")} frames of Gaussian white noise, ${minutes.toFixed(0)} minutes at ${(1 / frameSeconds).toFixed(0)} Hz, and fired ${spikes.toLocaleString("en")} spikes. The average stimulus before a spike is proportional to the filter; its scale is not the filter's but m = E[zλ]/E[λ] = ${numberText(theory.gain, 4)} per unit norm.`,
      ...estimate.warnings,
      ...result.fit.warnings,
    ],
    findings: [
      {
        name: "simple cell: correlation of the STA with the true filter",
        value: numberText(result.correlation, 4),
        expected: `${numberText(theory.correlation, 4)} (theory)`,
      },
      {
        name: "simple cell: norm of the STA along the filter (contrast)",
        value: numberText(result.gain, 4),
        expected: `${numberText(theory.gain, 4)} (theory)`,
      },
      {
        name: "simple cell: Gabor parameters within 2 standard errors",
        value: `${result.parameters.filter(isWithinTwo).length} of ${result.parameters.length}`,
        expected: "about 95 % (theory)",
      },
    ],
    tables: [recoveryTable(result)],
    figures: figuresOf(result),
  };
}

function isWithinTwo(row: ComparedParameter): boolean {
  return Math.abs(row.estimate - row.expected) <= 2 * row.standardError;
}

function recoveryTable({ parameters, fit, estimate }: SimpleCellResult): Table {
  return parameterTable(
    "The simple cell's Gabor: truth and fit of the spike-triggered average",
    parameters,
    `Fit to ${estimate.grid.height}×${estimate.grid.width} pixels, R² = ${numberText(fit.rSquared, 4)}; standard errors from the residual's covariance. The amplitude is expected at m·α/‖w‖, the others at their truth.`,
  );
}

function figuresOf({ grid, truth, estimate, fit, parameters, theory }: SimpleCellResult) {
  const scale = theory.gain / norm(truth.data);
  const plane = (data: ArrayLike<number>) => ({ grid, kernel: tensor(data, [grid.height, grid.width]) });
  const { height, width } = grid;
  return [
    fieldPanelsFigure(
      [
        { label: "truth · m/‖w‖", ...plane(truth.data.map((value) => scale * value)) },
        { label: "spike-triggered average", ...plane(estimate.kernel.data) },
        { label: "Gabor fit", grid, kernel: renderGabor(fit.gabor, { height, width, step: stepOf(grid) }) },
        { label: "residual", ...plane(fit.residual.data) },
      ],
      {
        name: "simple-cell-field",
        title: "A simple cell's field: truth, estimate, fit, residual",
        caption: "One colour scale for all; the truth is drawn at the scale that theory gives the average.",
        value: { label: "mean contrast before a spike", unit: "" },
      },
    ),
    parameterErrorsFigure(
      [
        {
          label: "simple cell",
          rows: parameters.map((row) => ({ ...row, truth: row.expected })),
        },
      ],
      {
        name: "simple-cell-parameters",
        title: "The simple cell's parameters, in standard errors from their expectation",
        caption: "Each dot is one of the eight parameters of the fit; the amplitude is held against m·α/‖w‖.",
      },
    ),
  ];
}
