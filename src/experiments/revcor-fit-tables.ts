import type { ComparedModel, FieldModelChoice } from "../fit/choose-fit.js";
import type { FieldModel } from "../fit/choose-fit-models.js";
import type { DifferenceOfGaussiansFit } from "../fit/fit-difference-of-gaussians.js";
import type { SpaceTimeGaborFit } from "../fit/fit-space-time-gabor.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import type { Cell, Table } from "../plot/table.js";
import { numberText } from "../plot/text.js";
import type { FieldEllipse, Measured } from "../reverse-correlation/average/field-ellipse.js";
import { printedParameters } from "./gabor-parameters.js";
import { lengthOf } from "./length.js";
import type { FieldChoice } from "./revcor-choice.js";
import type { DescribedField } from "./revcor-field.js";

export const modelWords: Readonly<Record<FieldModel, string>> = {
  "difference-of-gaussians": "difference of Gaussians",
  gabor: "Gabor",
  "space-time-gabor": "space-time Gabor",
};

/** What describes a field, each with the standard errors of its numbers. */
export function fitTables(field: DescribedField, choice: FieldChoice | null): Table[] {
  const length = lengthOf(field.grid);
  const { differenceOfGaussians: dog, gabor, spaceTimeGabor, ellipse } = field;
  return [
    ...(choice?.kind === "chosen" ? [choiceTable(choice.choice, choice.blocks)] : []),
    ...(ellipse === null ? [] : [ellipseTable(ellipse, length)]),
    ...(dog === null ? [] : [dogTable(dog)]),
    ...(gabor === null ? [] : [gaborTable(gabor, length)]),
    ...(spaceTimeGabor === null ? [] : [spaceTimeTable(spaceTimeGabor, length)]),
  ];
}

/** A value with its standard error, or alone where none can be told. */
function estimated(value: number, error: number | undefined): Cell {
  return error !== undefined && Number.isFinite(error) ? { value, error } : { value };
}

const estimateColumns = [{ header: "parameter" }, { header: "estimate ± standard error" }];

function choiceTable({ models, none, average, chosen, warnings }: FieldModelChoice, blocks: number): Table {
  const rowOf = ({ model, parameters, error, standardError, excess, excessError }: ComparedModel): Cell[] => [
    `${modelWords[model]}${model === chosen ? " (chosen)" : ""}`,
    `${parameters}`,
    { value: error, error: standardError },
    excess === 0 ? "0 (best)" : { value: excess, error: excessError },
  ];
  return {
    kind: "table",
    title: "What describes the field, by its error on blocks of time held out",
    columns: [
      { header: "description" },
      { header: "numbers fitted" },
      { header: "mean square error" },
      { header: "more than the best" },
    ],
    rows: [
      ["nothing, a field of 0", "0", { value: none.error, error: none.standardError }, null],
      ...models.map(rowOf),
      ["the other blocks' field itself", "all", { value: average.error, error: average.standardError }, null],
    ],
    note: [
      `The field of each of ${blocks} blocks of time, against a description of the others'. Every error holds the noise of the block held out; chosen are the fewest numbers within a standard error of the best. An image times its time course, but for the space-time Gabor.`,
      ...warnings,
    ].join(" "),
  };
}

function ellipseTable(
  { x, y, major, minor, angle, level, semiAxes, centreRegion, warnings }: FieldEllipse,
  length: string,
): Table {
  const cell = ({ value, standardError }: Measured, scale = 1): Cell => ({
    value: scale * value,
    error: scale * standardError,
  });
  const percent = `${numberText(100 * level)} %`;
  return {
    kind: "table",
    title: "The ellipse of the field",
    columns: estimateColumns,
    rows: [
      [`centre x (${length})`, cell(x)],
      [`centre y (${length})`, cell(y)],
      [`σ of the envelope, long axis (${length})`, cell(major)],
      [`σ of the envelope, short axis (${length})`, cell(minor)],
      ["direction of the long axis (°)", cell(angle, 180 / Math.PI)],
      [
        `semi-axes that hold ${percent} of the envelope (${length})`,
        semiAxes.map((axis) => numberText(axis)).join(", "),
      ],
      [
        `semi-axes, along x and y, of the centre's ${percent} region (${length})`,
        centreRegion.map((axis) => numberText(axis)).join(", "),
      ],
    ],
    note: [
      "From the energy of the spatial part beyond that of its noise, without a threshold.",
      ...warnings.map(sentence),
    ].join(" "),
  };
}

function dogTable({ parameters, rSquared, warnings }: DifferenceOfGaussiansFit): Table {
  const rows = parameters.map(({ label, unit, value, standardError }): Cell[] => [
    withUnit(label, unit),
    estimated(value, standardError),
  ]);
  return fitTable("The difference of Gaussians nearest to the spatial part", rows, rSquared, warnings);
}

function gaborTable({ gabor, standardErrors, rSquared, warnings }: GaborFit, length: string): Table {
  return fitTable(
    "The Gabor nearest to the spatial part",
    gaborRows(gabor, standardErrors, length),
    rSquared,
    warnings,
  );
}

function spaceTimeTable({ gabor, standardErrors, rSquared, warnings }: SpaceTimeGaborFit, length: string): Table {
  const timed = [
    ["βt", "1/s²", "betaT", 1],
    ["lag of the peak t0", "ms", "t0", 1000],
    ["drift ω/2π, above 0 in direction τ", "Hz", "drift", 1 / (2 * Math.PI)],
  ] as const;
  const rows = [
    ...gaborRows(gabor, standardErrors, length),
    ...timed.map(([label, unit, name, scale]): Cell[] => [
      withUnit(label, unit),
      estimated(scale * gabor[name], scale * standardErrors[name]),
    ]),
  ];
  return fitTable("The drifting Gabor nearest to the field in space and time", rows, rSquared, warnings);
}

function gaborRows(gabor: GaborFit["gabor"], errors: GaborFit["gabor"], length: string): Cell[][] {
  return printedParameters.map(({ name, label, unit, scale }) => [
    withUnit(label, unit(length)),
    estimated(scale * gabor[name], scale * errors[name]),
  ]);
}

function withUnit(label: string, unit: string): string {
  return unit === "" ? label : `${label} (${unit})`;
}

function fitTable(title: string, rows: readonly Cell[][], rSquared: number, warnings: readonly string[]): Table {
  const note = [`R² = ${numberText(rSquared, 4)}, with ${rows.length} parameters.`, ...warnings].join(" ");
  return { kind: "table", title, columns: estimateColumns, rows, note };
}

/** A note as it stands in a paragraph. */
export function sentence(note: string): string {
  return `${note[0].toUpperCase()}${note.slice(1)}.`;
}
