import type { MeasureComparison } from "../compare/compare-with-v1.js";
import { leastRSquared, type Share } from "../compare/kernel-classes.js";
import type { Cell, Table } from "../plot/table.js";
import { numberText } from "../plot/text.js";
import type { Finding, Section } from "./experiment.js";
import { learnedKernelsFigures } from "./learned-kernels-figures.js";
import type { KernelSet, LearnedKernelsResult } from "./learned-kernels-result.js";

/** What the network learned, in words, tables and figures. */
export function learnedKernelsSection(result: LearnedKernelsResult): Section {
  const { training, learned, settings } = result;
  const names = namesText(training.photographs.map(({ name }) => name));
  const { kernelSize, crops, cropSize } = training.settings;
  return {
    title: "Kernels that a network learns, beside macaque V1",
    text: [
      `A tied convolutional autoencoder with a hard threshold (A = c(K, V); H = A where |A| > θ, else 0; R = h(K, H); the kernels move along g(H, V − R)) learned ${settings.kernels} kernels of ${kernelSize}×${kernelSize} pixels in ${training.steps} steps of ${crops} crops of ${cropSize}×${cropSize} pixels from ${training.photographs.length} photographs (${names}).${heldOutText(result)}`,
      "A Gabor is fitted to every kernel, and in the same way to the kernels with which the network began and to the learned ones with their Fourier phases scrambled: only what these two controls lack is learned. Kernels that no Gabor describes, and fits that end on a bound, are counted.",
      "The similarity of two distributions is 1 minus the largest difference of the cumulative ones, with a 95 % bootstrap interval.",
      ...(settings.degreesPerPixel === null
        ? [
            "A photograph's pixel has no size in degrees of visual angle unless one is given, so frequency is compared by its spread about its median.",
          ]
        : []),
      ...learned.comparison.warnings,
    ],
    findings: findingsOf(result),
    tables: [classTable(result), leftOverTable(learned), ...measureTables(learned)],
    figures: learnedKernelsFigures(result),
  };
}

/** Some names, and how many more. */
function namesText(names: readonly string[]): string {
  const shown = names.slice(0, 6).join(", ");
  return names.length > 6 ? `${shown} and ${names.length - 6} more` : shown;
}

function heldOutText({ training: { heldOut } }: LearnedKernelsResult): string {
  if (heldOut === undefined) return "";
  return ` Of ${heldOut.crops} crops that were held out it explains ${numberText(100 * heldOut.explained, 3)} % of the variance.`;
}

function shareText({ count, of, share, interval }: Share): string {
  if (share === null || interval === null) return `${count} of ${of}`;
  const percent = (x: number) => (100 * x).toFixed(0);
  return `${count} of ${of}: ${percent(share)} % [${percent(interval.low)}, ${percent(interval.high)}]`;
}

function findingsOf({ learned, initial, scrambled }: LearnedKernelsResult): Finding[] {
  const controls = (of: "gaborLike" | "strict") =>
    `initial ${initial.comparison.classes[of].count}, phase-scrambled ${scrambled.comparison.classes[of].count}`;
  const { classes, joint } = learned.comparison;
  const shape = joint.similarity;
  return [
    {
      name: "learned kernels: described by a Gabor (R² ≥ .7)",
      value: shareText(classes.gaborLike),
      expected: controls("gaborLike"),
    },
    { name: "learned kernels: strict", value: shareText(classes.strict), expected: controls("strict") },
    {
      name: "learned kernels: similarity to V1 in (nx, ny)",
      value:
        shape === null
          ? "–"
          : `${numberText(shape.value, 2)} [${numberText(shape.low, 2)}, ${numberText(shape.high, 2)}]`,
      expected: shape === null ? "" : `${numberText(shape.ofOneDistribution.median, 2)} (two samples of V1)`,
    },
  ];
}

function classTable({ learned, initial, scrambled }: LearnedKernelsResult): Table {
  const sets = [learned, initial, scrambled];
  const rows = (
    [
      ["described by a Gabor, R² ≥ .7", "gaborLike"],
      ["no Gabor describes it, R² < .7", "notGabor"],
      ["strict: also .04 to .45 cycles/pixel, σx > .7 pixel, both σ < .6 of the width", "strict"],
      ["of those described: blobs", "blobs"],
      ["of the strict: no blob, nx .2 to .6 and ny .2 to .8, where most simple cells lie", "inV1Box"],
      ["fit ended on a bound", "onBound"],
    ] as const
  ).map(([label, key]): Cell[] => [label, ...sets.map(({ comparison }) => shareText(comparison.classes[key]))]);
  const medians: Cell[] = ["median R²", ...sets.map(medianRSquared)];
  return {
    kind: "table",
    title: "How many kernels a Gabor describes, and how many of the controls",
    columns: [{ header: "kernels" }, ...sets.map(({ name }) => ({ header: name }))],
    rows: [...rows, medians],
    note: "Counts, shares, and Wilson's 95 % intervals in brackets.",
  };
}

/** Every learned kernel that no Gabor describes or whose fit came with a warning, by its number in the figure. */
function leftOverTable({ fits }: KernelSet): Table {
  const rows = fits.flatMap((fit, i): Cell[][] => {
    const described = fit.rSquared >= leastRSquared;
    if (described && fit.warnings.length === 0) return [];
    const what = [...(described ? [] : ["no Gabor describes it"]), ...fit.warnings];
    return [[`${i + 1}`, { value: fit.rSquared, digits: 3 }, what.join("; ")]];
  });
  return {
    kind: "table",
    title: "Learned kernels that no Gabor describes, and fits that come with a warning",
    columns: [{ header: "kernel" }, { header: "R²" }, { header: "what" }],
    rows,
    note: `${rows.length} of ${fits.length}; the numbers are those of the figure, row by row. They stay in the counts above.`,
  };
}

function medianRSquared({ fits }: KernelSet): Cell {
  const sorted = fits.map(({ rSquared }) => rSquared).sort((a, b) => a - b);
  return { value: (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2, digits: 3 };
}

/** One table of the measures that have a published distribution, one of those that have none. */
function measureTables({ comparison }: KernelSet): Table[] {
  const { measures, joint } = comparison;
  const withReference = measures.filter(({ reference }) => reference !== null);
  const jointRow: Cell[] = [
    "(nx, ny) at once",
    joint.n,
    null,
    null,
    joint.reference.n,
    null,
    similarityText(joint.similarity),
  ];
  return [
    {
      kind: "table",
      title: "The learned kernels beside macaque V1",
      columns: ["measure", "n", "median", "quartiles", "n of V1", "median of V1", "similarity"].map((header) => ({
        header,
      })),
      rows: [jointRow, ...withReference.map(referenceRow)],
      note: `Gabor-like kernels, R² ≥ .7. In brackets 95 % bootstrap intervals, both samples drawn anew; “alike”, what the median pair of samples of these sizes from one distribution reaches. V1: ${sourcesText(comparison)}.`,
    },
    {
      kind: "table",
      title: "Measures without a published distribution here",
      columns: ["measure", "n", "median", "quartiles", "definition"].map((header) => ({ header })),
      rows: measures
        .filter(({ reference }) => reference === null)
        .map((measure): Cell[] => [...ownCells(measure), measure.note]),
    },
  ];
}

/** Where the references are from, each once. */
function sourcesText({ measures, joint }: KernelSet["comparison"]): string {
  const sources = measures.flatMap(({ reference }) =>
    reference === null ? [] : [`${reference.cells}, ${reference.source}`],
  );
  return [...new Set([`${joint.reference.cells}, ${joint.reference.source}`, ...sources])].join("; ");
}

function ownCells({ label, unit, ours }: MeasureComparison): Cell[] {
  const quartiles = ours.quartiles === null ? null : ours.quartiles.map((value) => numberText(value, 3)).join(" to ");
  return [
    unit === "" ? label : `${label} (${unit})`,
    ours.n,
    ours.median === null ? null : { value: ours.median, digits: 3 },
    quartiles,
  ];
}

function referenceRow(measure: MeasureComparison): Cell[] {
  const { reference, similarity } = measure;
  const median = reference?.median ?? null;
  return [
    ...ownCells(measure),
    reference?.n ?? null,
    median === null ? null : { value: median, digits: 3 },
    similarityText(similarity),
  ];
}

function similarityText(similarity: MeasureComparison["similarity"]): string {
  if (similarity === null) return "–";
  const { value, low, high, ofOneDistribution } = similarity;
  const text = (x: number) => numberText(x, 2);
  return `${text(value)} [${text(low)}, ${text(high)}], alike ${text(ofOneDistribution.median)}`;
}
