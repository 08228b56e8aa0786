import type { DifferenceOfGaussiansFit } from "../fit/fit-difference-of-gaussians.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import { largestMagnitude } from "../math/vectors.js";
import type { Cell, Table } from "../plot/table.js";
import { measuredText, numberText } from "../plot/text.js";
import type { Finding, Section } from "./experiment.js";
import { printedParameters } from "./gabor-parameters.js";
import { lengthOf } from "./length.js";
import { recordingFigures } from "./revcor-figures.js";
import { methods } from "./revcor-methods.js";
import type { RecordedCellResult } from "./revcor-result.js";

/** What is reported of a recording. */
export function recordingSection(result: RecordedCellResult): Section {
  const { method } = result.settings;
  return {
    title: `A recorded cell, recovered by ${method === "sta" ? "its " : ""}${methods[method].words}`,
    text: textOf(result),
    findings: findingsOf(result),
    tables: tablesOf(result),
    figures: recordingFigures(result),
  };
}

function textOf(result: RecordedCellResult): string[] {
  const { average, found, source, notes, grid, frames, frameSeconds, spikes, settings, heldOut } = result;
  const { pValue, draws, level } = average;
  return [
    `${source}: ${spikes.toLocaleString("en")} spikes in ${frames.toLocaleString("en")} frames of ${numberText(1000 * frameSeconds, 4)} ms, ${grid.height}×${grid.width} pixels. ${found.spikesUsed.toLocaleString("en")} spikes have a full window of ${settings.lags} frames; ${found.spikesSkipped} before it are skipped.`,
    `The average's band is that of the largest weight, over all pixels and lags at once, of ${draws} permutations of the spikes in blocks of a second (level ${level}). The average has p = ${numberText(pValue, 2)}.`,
    "The average is taken less the mean stimulus, so that a stimulus of 0 and 1, or of grey levels, counts by what the spikes add to it. An m-sequence has echoes: products of its frames are the sequence again at other pixels and lags, so that a cell's nonlinearity shows as isolated spots far from its field, which leave the band too.",
    ...(heldOut === null ? [] : [heldOutText(result, heldOut)]),
    ...notes.map(asSentence),
    ...new Set([...found.warnings, ...(heldOut?.warnings ?? [])].map(asSentence)),
  ];
}

function heldOutText(
  { settings }: RecordedCellResult,
  { folds, by }: NonNullable<RecordedCellResult["heldOut"]>,
): string {
  const how =
    by === "model"
      ? "the model's own prediction"
      : "its first filters, estimated on the first three quarters of the frames left, and a curve after them, fitted on the last quarter, so that the curve never follows the filter's own noise";
  return `Held out: the recording is cut into ${folds} blocks of time. Each is foretold from the others, ${settings.lags} frames beside it left out, by ${how}. Bits a spike are the gain of log-likelihood over the mean rate of the frames left; the correlation is that of prediction and spikes, frame by frame, which noise alone keeps far below 1.`;
}

/** A note as it stands in a paragraph. */
function asSentence(note: string): string {
  return `${note[0].toUpperCase()}${note.slice(1)}.`;
}

const named = (name: string, value: string, expected = ""): Finding => ({
  name: `recorded cell: ${name}`,
  value,
  expected,
});

function findingsOf(result: RecordedCellResult): Finding[] {
  const { average, discoveries, found, heldOut } = result;
  const { field, limit, level, significantWeights } = average;
  return [
    named(
      "largest weight of the average (stimulus units)",
      numberText(largestMagnitude(field.kernel.data), 3),
      `below ${numberText(limit, 3)} (permuted spikes, level ${level})`,
    ),
    named(
      "weights of the average outside the band",
      `${significantWeights} of ${field.kernel.data.length}`,
      "0 (permuted spikes)",
    ),
    named(
      "weights of the average at a false discovery rate",
      `${discoveries} of ${field.kernel.data.length}`,
      `of them ${numberText(100 * level)} % by chance`,
    ),
    ...found.facts.map(([name, value, beside]) => named(name, value, beside)),
    ...fieldFindings(result),
    ...(heldOut === null
      ? []
      : [
          named("held out, bits a spike", measured(heldOut.bits, heldOut.bitsError), "0 (a constant rate)"),
          named(
            "held out, correlation with the spikes of a frame",
            measured(heldOut.correlation, heldOut.correlationError),
            `mean of ${heldOut.folds} blocks of time`,
          ),
        ]),
    ...(found.converged ? [] : [named("warning", "the search ended before it converged")]),
    ...found.warnings.map((warning) => named("warning", warning)),
  ];
}

function measured(value: number, error: number): string {
  return Number.isFinite(error) ? measuredText(value, error) : numberText(value);
}

function fieldFindings({ field, frameSeconds }: RecordedCellResult): Finding[] {
  if (field === null) return [named("significant filters", "none")];
  const { separability, noiseEdge, gabor, differenceOfGaussians: dog } = field;
  const peakLag = separability.time.indexOf(Math.max(...separability.time));
  const { singularValues } = separability;
  return [
    ...(singularValues.length > 1
      ? [
          named(
            "space-time separability, σ1²/Σσ²",
            numberText(separability.index, 3),
            noiseEdge === null
              ? ""
              : `${singularValues.filter((value) => value > noiseEdge).length} of ${singularValues.length} singular values above noise`,
          ),
        ]
      : []),
    named("strongest lag", `${numberText(1000 * peakLag * frameSeconds, 3)} ms (frame ${peakLag} before the spike's)`),
    ...(gabor === null || dog === null
      ? []
      : [
          named(
            "R² of a difference of Gaussians, of a Gabor",
            `${numberText(dog.rSquared, 3)}, ${numberText(gabor.rSquared, 3)}`,
          ),
        ]),
  ];
}

function tablesOf(result: RecordedCellResult): Table[] {
  const { field, heldOut } = result;
  const tables: Table[] = [];
  if (field !== null && field.differenceOfGaussians !== null && field.gabor !== null)
    tables.push(dogTable(field.differenceOfGaussians), gaborTable(field.gabor, lengthOf(field.grid)));
  if (heldOut !== null) tables.push(heldOutTable(heldOut));
  return tables;
}

function dogTable({ parameters, rSquared, warnings }: DifferenceOfGaussiansFit): Table {
  const rows = parameters.map(({ label, unit, value, standardError }): Cell[] => [
    unit === "" ? label : `${label} (${unit})`,
    { value, error: standardError },
  ]);
  return fitTable("difference of Gaussians", rows, rSquared, warnings);
}

function gaborTable({ gabor, standardErrors, rSquared, warnings }: GaborFit, length: string): Table {
  const rows = printedParameters.map(({ name, label, unit, scale }): Cell[] => [
    unit(length) === "" ? label : `${label} (${unit(length)})`,
    { value: scale * gabor[name], error: scale * standardErrors[name] },
  ]);
  return fitTable("Gabor", rows, rSquared, warnings);
}

function fitTable(name: string, rows: readonly Cell[][], rSquared: number, warnings: readonly string[]): Table {
  return {
    kind: "table",
    title: `The ${name} nearest to the spatial part`,
    columns: [{ header: "parameter" }, { header: "estimate ± standard error" }],
    rows,
    note: [`R² = ${numberText(rSquared, 4)}, with ${rows.length} parameters.`, ...warnings].join(" "),
  };
}

function heldOutTable({ foldBits, foldCorrelations }: NonNullable<RecordedCellResult["heldOut"]>): Table {
  return {
    kind: "table",
    title: "Every block of time, foretold from the others",
    columns: [{ header: "block" }, { header: "bits a spike" }, { header: "correlation with the spikes" }],
    rows: Array.from(foldBits, (bits, i): Cell[] => [
      `${i + 1} of ${foldBits.length}`,
      Number.isFinite(bits) ? bits : numberText(bits),
      Number.isFinite(foldCorrelations[i]) ? foldCorrelations[i] : null,
    ]),
  };
}
