import { checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { labelText, measuredText, numberText, quantityText } from "./text.js";
import { bandColor, groupColor, groupSymbol, ink } from "./theme.js";

/** One parameter: what it is, what was found, and what theory expects to be found where that is not the truth. */
export interface ParameterRow {
  /** with its unit, such as `frequency (cycles/degree)` */
  readonly label: string;
  readonly truth: number;
  readonly estimate: number;
  readonly standardError: number;
  /** the expected estimate, where it differs from the truth */
  readonly theory?: number;
}

/** The parameters of one cell or fit. */
export interface ParameterGroup {
  readonly label: string;
  readonly rows: readonly ParameterRow[];
}

/**
 * How far estimates lie from their truth, in their own standard errors, so that parameters of different units share
 * an axis: about 95 of 100 lie within the band of ±2. A vertical tick marks theory's prediction.
 *
 * A parameter without a finite standard error above 0 is not identifiable; it is not drawn, and the caption names it.
 *
 * @throws InputError if there is no row that can be drawn
 */
export function parameterErrorsFigure(groups: readonly ParameterGroup[], options: FigureText): Figure {
  const where = "parameterErrorsFigure";
  checkOptions(where, options, figureTextOptions);
  const drawn = groups.map((group) => ({ ...group, rows: group.rows.filter(isDrawable) }));
  const labels = [...new Set(drawn.flatMap((group) => group.rows.map((row) => row.label)))];
  if (labels.length === 0)
    refuse(where, "no row has a finite truth, estimate and standard error above 0, one is needed");
  const left = 24 + Math.max(...labels.map((label) => label.length)) * 7.6;
  const plot = { width: 430, height: 34 * labels.length + 12 };
  const theory = theoryTraces(drawn, labels);
  const legend = legendAbove([...drawn.map((group) => group.label), ...theory.map((trace) => trace.name)], plot);
  return assembleFigure(
    textOf(options, missingText(groups)),
    [...drawn.map((group, i) => groupTrace(group, i, labels, drawn.length)), ...theory],
    {
      xaxis: {
        title: { text: quantityText({ label: "estimate minus truth", unit: "standard errors" }) },
        range: rangeOf(drawn),
        nticks: 9,
      },
      yaxis: rowAxis(labels),
      shapes: [band(-2, 2), band(-1, 1), zeroLine],
      showlegend: true,
      legend: legend.layout,
      hovermode: "closest",
    },
    { ...plot, margin: { ...axesMargin, left, top: legend.height } },
  );
}

/** Names on the axis, the first one on top; they say what they are, so the axis has no title. */
function rowAxis(labels: readonly string[]) {
  return {
    range: [labels.length - 0.5, -0.5],
    tickvals: labels.map((_, i) => i),
    ticktext: labels.map(labelText),
    title: { text: "" },
    showgrid: false,
    ticks: "",
  };
}

const zeroLine = {
  type: "line",
  yref: "paper",
  x0: 0,
  x1: 0,
  y0: 0,
  y1: 1,
  line: { color: ink.line, width: 1 },
} as const;

/** What the caption says of rows that are not drawn. */
function missingText(groups: readonly ParameterGroup[]): string {
  const missing = groups.flatMap((group) =>
    group.rows.filter((row) => !isDrawable(row)).map((row) => `${row.label} of ${group.label}`),
  );
  return missing.length > 0 ? `Not identifiable, so not drawn: ${missing.join(", ")}.` : "";
}

function isDrawable(row: ParameterRow): boolean {
  return row.standardError > 0 && [row.truth, row.estimate, row.standardError].every(Number.isFinite);
}

function inErrors(row: ParameterRow, value: number): number {
  return compact((value - row.truth) / row.standardError);
}

/** Symmetric about 0, and at least ±3. */
function rangeOf(groups: readonly ParameterGroup[]): [number, number] {
  const values = groups.flatMap((group) =>
    group.rows.flatMap((row) => [
      inErrors(row, row.estimate),
      row.theory === undefined ? 0 : inErrors(row, row.theory),
    ]),
  );
  const end = Math.max(3.2, ...values.map((v) => Math.abs(v) + 1.3));
  return [-end, end];
}

/** Groups stand a little above each other in a row. */
function heightOf(labels: readonly string[], label: string, i: number, groups: number): number {
  return compact(labels.indexOf(label) + ((i - (groups - 1) / 2) * 0.6) / groups);
}

function groupTrace(group: ParameterGroup, i: number, labels: readonly string[], groups: number) {
  return {
    type: "scatter",
    mode: "markers",
    name: group.label,
    x: group.rows.map((row) => inErrors(row, row.estimate)),
    y: group.rows.map((row) => heightOf(labels, row.label, i, groups)),
    error_x: { type: "constant", value: 1, thickness: 1.2, width: 3, color: groupColor(i) },
    marker: { color: groupColor(i), symbol: groupSymbol(i), size: 9, line: { color: ink.paper, width: 0.7 } },
    text: group.rows.map(
      (row) =>
        `${labelText(row.label)}: ${measuredText(row.estimate, row.standardError)}, truth ${numberText(row.truth, 4)}`,
    ),
    hovertemplate: "%{text}<extra></extra>",
  };
}

/** Theory's predictions of all groups as one trace of vertical ticks. */
function theoryTraces(groups: readonly ParameterGroup[], labels: readonly string[]) {
  const rows = groups.flatMap((group, i) =>
    group.rows
      .filter((row) => row.theory !== undefined)
      .map((row) => ({ row, y: heightOf(labels, row.label, i, groups.length) })),
  );
  if (rows.length === 0) return [];
  return [
    {
      type: "scatter",
      mode: "markers",
      name: "theory",
      x: rows.map(({ row }) => inErrors(row, row.theory!)),
      y: rows.map(({ y }) => y),
      marker: { symbol: "line-ns-open", size: 17, color: ink.text, line: { width: 2.5 } },
      hovertemplate: "theory: %{x:.2f} standard errors<extra></extra>",
    },
  ];
}

function band(x0: number, x1: number) {
  return {
    type: "rect",
    yref: "paper",
    x0,
    x1,
    y0: 0,
    y1: 1,
    layer: "below",
    line: { width: 0 },
    fillcolor: bandColor,
  };
}
