import { complexCell } from "../cells/complex-cell.js";
import { poissonSpikes } from "../cells/poisson-spikes.js";
import { fitGabor } from "../fit/fit-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { quadraturePair, renderGabor } from "../math/gabor.js";
import { type Grid, pixelsOf } from "../math/grid.js";
import { principalAngles } from "../math/principal-angles.js";
import { norm } from "../math/vectors.js";
import { eigenvalueFigure } from "../plot/eigenvalues.js";
import { fieldPanelsFigure } from "../plot/field-panels.js";
import { numberText } from "../plot/text.js";
import {
  complexCellExcess,
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedBulk,
  expectedCovarianceAngle,
} from "../reverse-correlation/goodness/theory.js";
import {
  type SpikeTriggeredCovariance,
  spikeTriggeredCovariance,
} from "../reverse-correlation/subspaces/spike-triggered-covariance.js";
import { tensor } from "../tensor/tensor.js";
import {
  expectedCounts,
  type ProtocolInputs,
  type SimulatedCellSettings,
  shownStimulus,
  watchedStimulus,
} from "./cell-setup.js";
import type { Experiment, Finding, Section } from "./experiment.js";
import { type ComparedParameter, compareParameters, parameterTable } from "./gabor-parameters.js";
import { lengthOf } from "./length.js";

export interface ComplexCellSettings extends SimulatedCellSettings {
  /** circular shifts of the spikes that make up the null */
  readonly nullDraws: number;
  /** two-sided level of each round */
  readonly level: number;
}

/** What a simulated complex cell gave, and what theory says it would. */
export interface ComplexCellResult {
  readonly settings: ComplexCellSettings;
  readonly grid: Grid;
  readonly frames: number;
  readonly frameSeconds: number;
  readonly spikes: number;
  readonly covariance: SpikeTriggeredCovariance;
  /** one a significant filter */
  readonly fits: readonly GaborFit[];
  /** the parameters that a quadrature pair shares, of each fit */
  readonly parameters: readonly (readonly ComparedParameter[])[];
  /** radians, between the plane of the filters and the true one, ascending; empty unless two filters were found */
  readonly angles: Float64Array;
  /** degrees: of two fits, their phases' distance modulo 180°, with its standard error */
  readonly phaseDifference: { readonly value: number; readonly error: number } | null;
  readonly theory: {
    readonly effectiveSpikes: number;
    /** variance among spikes beyond 1 along the two axes of the plane */
    readonly excess: readonly [number, number];
    /** radians, for the weaker axis */
    readonly angle: number;
    /** where the bulk of the eigenvalues of `C_spike - C_all` ends */
    readonly bulk: { readonly low: number; readonly high: number };
  };
}

/** A complex cell has no average, and two filters in its covariance. */
export const complexCellExperiment: Experiment<ComplexCellSettings, ProtocolInputs, ComplexCellResult> = {
  name: "complex-cell",
  question: "Does spike-triggered covariance find the two filters of a complex cell, whose average is empty?",
  defaults: {
    seed: 1,
    gabor: {
      amplitude: 1,
      betaX: 12.5,
      betaY: 8,
      frequency: 2 * Math.PI * 1.7,
      phase: 0.6,
      x0: 0.05,
      y0: -0.05,
      tau: 0.5,
    },
    frames: null,
    peakRate: 100,
    nullDraws: 99,
    level: 0.05,
  },
  smoke: { frames: 30_000, nullDraws: 39 },
  takes: ["protocol"],
  sources: { protocol: "white-noise-16x16" },
  run(settings, inputs, { onProgress, signal }) {
    const stimulus = shownStimulus(inputs, settings);
    const { grid, frames, frameSeconds } = stimulus;
    const { gabor, peakRate, seed, nullDraws, level } = settings;
    const response = complexCell(gabor).respond(watchedStimulus(stimulus, onProgress, "frames shown"));
    const spikes = poissonSpikes(response, { peakRate, seed });
    const watched = watchedStimulus(stimulus, onProgress, "frames against the null");
    const covariance = spikeTriggeredCovariance(watched, spikes, { seed, nullDraws, level, signal });
    const fits = covariance.significant.map(({ filter }) =>
      fitGabor(tensor(filter.data, [grid.height, grid.width]), { grid }),
    );
    const pair = quadraturePair(gabor).map((g) => renderGabor(g, grid).data);
    const filters = covariance.significant.map(({ filter }) => filter.data);
    const effective = effectiveSpikes(expectedCounts(response, peakRate));
    const excess = complexCellExcess(gabor, grid);
    const beside = effectiveSpikesBesideAll(effective, frames);
    const bulk = expectedBulk(pixelsOf(grid), beside);
    return {
      settings,
      grid,
      frames,
      frameSeconds,
      spikes: spikes.spikes,
      covariance,
      fits,
      parameters: fits.map((fit) =>
        compareParameters(gabor, fit, lengthOf(grid), Number.NaN).filter(
          ({ name }) => name !== "amplitude" && name !== "phase",
        ),
      ),
      angles: filters.length === 2 ? principalAngles(filters, pair) : new Float64Array(0),
      phaseDifference: phaseDifferenceOf(fits),
      theory: {
        effectiveSpikes: effective,
        excess,
        angle: expectedCovarianceAngle(excess[1], pixelsOf(grid), beside),
        bulk: { low: bulk.low - 1, high: bulk.high - 1 },
      },
    };
  },
  section,
};

/** The phases of two filters modulo 180°, since a filter's sign is free: 90° for a quadrature pair. */
function phaseDifferenceOf(fits: readonly GaborFit[]): ComplexCellResult["phaseDifference"] {
  if (fits.length !== 2) return null;
  const [a, b] = fits;
  // Opposite directions of the carrier turn the sign of the phase.
  const sameWay = Math.cos(a.gabor.tau - b.gabor.tau) >= 0 ? 1 : -1;
  const degrees = (Math.abs(a.gabor.phase - sameWay * b.gabor.phase) * 180) / Math.PI;
  const folded = degrees % 180;
  return {
    value: folded,
    error: (Math.hypot(a.standardErrors.phase, b.standardErrors.phase) * 180) / Math.PI,
  };
}

const inDegrees = (radians: number) => `${numberText((radians * 180) / Math.PI, 3)}°`;

function section(result: ComplexCellResult): Section {
  return {
    title: "A complex cell, recovered by its spike-triggered covariance",
    text: textOf(result),
    findings: findingsOf(result),
    tables: result.parameters.map((rows, i) =>
      parameterTable(
        `The complex cell's filter ${i + 1}: what the pair shares, truth and fit`,
        rows,
        `Gabor fit of eigenvector ${i + 1}, R² = ${numberText(result.fits[i].rSquared, 4)}. Amplitude and phase are left out: a filter has unit norm and a free sign, and its phase is the rotation within the plane.`,
      ),
    ),
    figures: figuresOf(result),
  };
}

function textOf({ settings, frames, frameSeconds, spikes, covariance, theory }: ComplexCellResult): string[] {
  const { average, level, nullDraws } = covariance;
  const { low, high } = theory.bulk;
  const [first, second] = theory.excess.map((excess) => numberText(excess, 3));
  const empty =
    average.pValue > level ? "no more than shifted spikes reach" : "more than shifted spikes reach, by chance";
  return [
    `A simulated complex cell (the chapter's c = √(s0² + s1²) of a quadrature pair, Poisson spikes of at most ${settings.peakRate} spikes/s) saw ${frames.toLocaleString("en")} frames of Gaussian white noise at ${(1 / frameSeconds).toFixed(0)} Hz and fired ${spikes.toLocaleString("en")} spikes.`,
    `Its average is empty: a stimulus and its negative drive the cell alike, so they cancel in the mean. The norm of the average is ${numberText(average.norm, 3)}, ${empty} (p = ${numberText(average.pValue, 2)}). What the filters change is the variance: by theory it is larger among spikes by ${first} and ${second} along the two axes of their plane, while the bulk of the eigenvalues lies between ${numberText(low, 2)} and ${numberText(high, 2)}.`,
    `The two eigenvalues of a pair are equal, so its eigenvectors are any rotation within the plane. What can be compared with the truth is the plane (the angles between it and the true one), the envelope, the frequency, the direction, and the phases' difference of 90°. Each null draw shifts the spikes by its own random time; each round tests at a level of ${level} (${nullDraws} draws).`,
    ...covariance.warnings,
  ];
}

function findingsOf({ covariance, angles, phaseDifference, theory }: ComplexCellResult): Finding[] {
  const { average, significant } = covariance;
  return [
    { name: "complex cell: significant filters", value: `${significant.length}`, expected: "2 (truth)" },
    {
      name: "complex cell: largest angle between their plane and the true one",
      value: angles.length === 2 ? inDegrees(angles[1]) : "–",
      expected: `${inDegrees(theory.angle)} (theory, one axis)`,
    },
    {
      name: "complex cell: norm of the average, contrast (p)",
      value: `${numberText(average.norm, 3)} (${numberText(average.pValue, 2)})`,
      expected: `below ${numberText(average.nullNorm, 3)} (null)`,
    },
    {
      name: "complex cell: difference of the two phases, modulo 180°",
      value:
        phaseDifference === null ? "–" : `${phaseDifference.value.toFixed(1)} ± ${phaseDifference.error.toFixed(1)}°`,
      expected: "90° (truth)",
    },
  ];
}

function figuresOf({ grid, covariance, settings }: ComplexCellResult) {
  const pair = quadraturePair(settings.gabor).map((g) => renderGabor(g, grid));
  const panels = [
    ...pair.map((kernel, i) => ({
      label: i === 0 ? "truth, φ" : "truth, φ − 90°",
      grid,
      kernel: unitNorm(kernel.data, grid),
    })),
    ...covariance.significant.map(({ filter }, i) => ({
      label: `filter ${i + 1} found`,
      grid,
      kernel: unitNorm(filter.data, grid),
    })),
    { label: "average, as a share of its norm", grid, kernel: unitNorm(covariance.average.kernel.data, grid) },
  ];
  return [
    eigenvalueFigure(covariance, {
      name: "complex-cell-eigenvalues",
      title: "The complex cell's eigenvalues, and the null's band",
      caption:
        "Eigenvalues of C_spike − C_all beside the band of time-shifted spikes; what leaves it is projected out, and the rest is tested again.",
    }),
    fieldPanelsFigure(panels, {
      name: "complex-cell-filters",
      title: "The complex cell's filters: truth, found, and the empty average",
      caption:
        "All of unit norm, in one colour scale. The filters found span the plane of the true pair, rotated within it; the average, scaled up to the same norm, is noise.",
      value: { label: "weight (unit norm)", unit: "" },
      columns: 3,
    }),
  ];
}

function unitNorm(data: ArrayLike<number>, grid: Grid) {
  const length = norm(data);
  return tensor(
    Float64Array.from(data, (value) => value / length),
    [grid.height, grid.width],
  );
}
