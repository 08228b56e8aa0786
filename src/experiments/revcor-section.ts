import { mean, standardError } from "../math/statistics.js";
import { largestMagnitude } from "../math/vectors.js";
import type { Cell, Table } from "../plot/table.js";
import { measuredText, numberText } from "../plot/text.js";
import type { FieldEllipse } from "../reverse-correlation/average/field-ellipse.js";
import type { Finding, Section } from "./experiment.js";
import { lengthOf } from "./length.js";
import type { FieldChoice } from "./revcor-choice.js";
import { recordingFigures } from "./revcor-figures.js";
import { fitTables, modelWords } from "./revcor-fit-tables.js";
import type { HeldOutResult } from "./revcor-held-out.js";
import { methods } from "./revcor-methods.js";
import type { RecordedCellResult } from "./revcor-result.js";
import { warningsOf } from "./revcor-warnings.js";

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
  const { average, found, source, grid, frames, frameSeconds, spikes, settings, heldOut } = result;
  const { pValue, nullDraws, level } = average;
  return [
    `${source}: ${spikes.toLocaleString("en")} spikes in ${frames.toLocaleString("en")} frames of ${numberText(1000 * frameSeconds, 4)} ms, ${grid.height}×${grid.width} pixels. ${found.spikesUsed.toLocaleString("en")} spikes have a full window of ${settings.lags} frames; ${found.spikesSkipped} before it are skipped.`,
    `The average's band is that of the largest weight, over all pixels and lags at once, of ${nullDraws} permutations of the spikes in blocks of a second (level ${level}). The average has p = ${numberText(pValue, 2)}.`,
    "The average is taken less the mean stimulus, so that a stimulus of 0 and 1, or of grey levels, counts by what the spikes add to it. An m-sequence has echoes: products of its frames are the sequence again at other pixels and lags, so that a cell's nonlinearity shows as isolated spots far from its field, which leave the band too.",
    ...(heldOut === null ? [] : [heldOutText(result, heldOut)]),
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
          named("held out, bits a spike", heldOutBits(heldOut), "0 (a constant rate)"),
          named(
            "held out, correlation with the spikes of a frame",
            measured(heldOut.correlation, heldOut.correlationError),
            `mean of ${heldOut.folds} blocks of time`,
          ),
        ]),
    ...oddities(result),
    ...result.notes.map((note) => named("as it was read", note)),
    ...warningsOf(result).map((warning) => named("warning", warning)),
  ];
}

/** A bit a spike worse than a constant rate is no matter of degree: the number behind it says nothing of the cell. */
const leastBits = -1;

/** Bits over a constant rate as they are told, and whether they say that the model foretells worse than such a rate. */
function heldOutBits({ bits, bitsError }: Pick<HeldOutResult, "bits" | "bitsError">): string {
  if (!(bits >= leastBits)) return `${boundedBits(bits)}, worse than a constant rate`;
  return `${measured(bits, bitsError)}${bits < -2 * bitsError ? ", worse than a constant rate" : ""}`;
}

function boundedBits(bits: number): string {
  return bits < leastBits ? `below ${leastBits}` : numberText(bits);
}

/** A frame longer than this was likely given in milliseconds. */
const longestFrame = 1;

/** What was read is possible, but is rarely meant. */
function oddities({ frameSeconds, spikes, spikesOutside }: RecordedCellResult): Finding[] {
  const all = spikes + spikesOutside;
  return [
    ...(spikesOutside === 0
      ? []
      : [named("spikes outside the frames", `${spikesOutside} of ${all}`, "0 (else: another clock, pauses)")]),
    ...(frameSeconds <= longestFrame
      ? []
      : [named("warning", `a frame lasts ${numberText(frameSeconds)} s: were milliseconds given for seconds?`)]),
  ];
}

function measured(value: number, error: number): string {
  return Number.isFinite(error) ? measuredText(value, error) : numberText(value);
}

function fieldFindings({ field, found, choice, frameSeconds }: RecordedCellResult): Finding[] {
  if (field === null) return [named("filters other than 0 that are significant", "none")];
  const { separability, noiseEdge, gabor, differenceOfGaussians: dog, ellipse } = field;
  const peakLag = separability.time.indexOf(Math.max(...separability.time));
  const { singularValues } = separability;
  return [
    ...(found.filters.length > 1
      ? [named("the filter described here", field.label, `of ${found.filters.length}`)]
      : []),
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
    ...(ellipse === null ? [] : [ellipseFinding(ellipse, lengthOf(field.grid))]),
    ...(choice === null ? [] : [choiceFinding(choice)]),
  ];
}

function ellipseFinding({ x, y }: FieldEllipse, length: string): Finding {
  const place = [x, y].map(({ value, standardError }) => measuredText(value, standardError)).join(", ");
  return named(`centre x, y of the field (${length})`, place);
}

function choiceFinding(choice: FieldChoice): Finding {
  const name = "described best, by held-out error";
  if (choice.kind === "none") return named(name, "not told", choice.why);
  const { models, none, chosen } = choice.choice;
  const { error, errors } = models.find(({ model }) => model === chosen)!;
  const beside = `${numberText(none.error)} (a field of 0)`;
  const gains = none.errors.map((empty, i) => empty - errors[i]);
  // A description that foretells no better than an empty field describes noise.
  const better = mean(gains) > 2 * standardError(gains);
  return named(name, better ? `${modelWords[chosen]}, ${numberText(error)}` : "by nothing", beside);
}

function tablesOf(result: RecordedCellResult): Table[] {
  const { field, choice, heldOut } = result;
  return [...(field === null ? [] : fitTables(field, choice)), ...(heldOut === null ? [] : [heldOutTable(heldOut)])];
}

function heldOutTable({ foldBits, foldCorrelations }: NonNullable<RecordedCellResult["heldOut"]>): Table {
  return {
    kind: "table",
    title: "Every block of time, foretold from the others",
    columns: [{ header: "block" }, { header: "bits a spike" }, { header: "correlation with the spikes" }],
    rows: Array.from(foldBits, (bits, i): Cell[] => [
      `${i + 1} of ${foldBits.length}`,
      bits >= leastBits && Number.isFinite(bits) ? bits : boundedBits(bits),
      Number.isFinite(foldCorrelations[i]) ? foldCorrelations[i] : null,
    ]),
  };
}
