import { checkChoice, checkFinite, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { logTicks, scales } from "./log-axis.js";
import { squareTo } from "./receptive-field.js";
import { type Quantity, quantityText } from "./text.js";
import { groupColor, groupSymbol, ink } from "./theme.js";

/** What was measured, or what theory says, at each x. */
export interface Series {
  readonly label: string;
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** standard error of each y */
  readonly error?: ArrayLike<number>;
}

/** How measurements are set beside theory. */
export interface TheoryOptions extends FigureText {
  readonly x: Quantity;
  readonly y: Quantity;
  /** drawn as lines through their points */
  readonly theory?: readonly Series[];
  /** true: the line y = x, on axes of one scale; for estimates against truths */
  readonly identity?: boolean;
  /** default linear */
  readonly xScale?: "linear" | "log";
  /** default linear */
  readonly yScale?: "linear" | "log";
}

/**
 * Measurements as points with error bars of one standard error, beside what theory predicts as lines: an estimate
 * against the number of spikes, say, or against its truth.
 *
 * @throws InputError if lists differ in length, hold NaN, or hold what a logarithmic axis cannot show
 */
export function theoryFigure(measured: readonly Series[], options: TheoryOptions): Figure {
  const where = "theoryFigure";
  checkOptions(where, options, [...figureTextOptions, "x", "y", "theory", "identity", "xScale", "yScale"]);
  for (const key of ["xScale", "yScale"] as const) checkChoice(where, key, options[key] ?? "linear", scales);
  const theory = options.theory ?? [];
  if (measured.length === 0) refuse(where, "measured is an empty list, at least one series is needed");
  for (const series of [...measured, ...theory]) checkSeries(where, series, options);
  const plot = options.identity ? { width: 380, height: 380 } : { width: 520, height: 300 };
  const lines = [
    ...theory.map((series, i) => lineTrace(series, i)),
    ...(options.identity ? [identityTrace(measured)] : []),
  ];
  const legend = legendAbove([...lines.map((line) => line.name), ...measured.map((series) => series.label)], plot);
  const bars = measured.some((series) => series.error) ? ["Error bars: one standard error."] : [];
  return assembleFigure(
    textOf(options, ...bars),
    [...lines, ...measured.map((series, i) => pointTrace(series, i))],
    {
      xaxis: {
        type: options.xScale ?? "linear",
        title: { text: quantityText(options.x) },
        ...logTicks(options.xScale),
      },
      yaxis: {
        type: options.yScale ?? "linear",
        title: { text: quantityText(options.y) },
        ...logTicks(options.yScale),
        ...(options.identity && squareTo("x")),
      },
      showlegend: true,
      legend: legend.layout,
      hovermode: "closest",
    },
    { ...plot, margin: { ...axesMargin, top: legend.height } },
  );
}

function checkSeries(where: string, series: Series, options: TheoryOptions): void {
  const { label, x, y, error } = series;
  for (const [name, list, log] of [
    ["x", x, options.xScale === "log"],
    ["y", y, options.yScale === "log"],
    ["error", error ?? y, false],
  ] as const) {
    if (list.length !== x.length || list.length === 0)
      refuse(
        where,
        `"${label}" has ${x.length} x and ${list.length} ${name}, as many of each and at least one are needed`,
      );
    checkFinite(where, `"${label}".${name}`, list);
    const low = log ? Array.from(list).findIndex((value) => value <= 0) : -1;
    if (low >= 0) refuse(where, `"${label}".${name}[${low}] is ${list[low]}, above 0 is needed on a logarithmic axis`);
  }
}

function pointTrace(series: Series, i: number) {
  return {
    type: "scatter",
    mode: "markers",
    name: series.label,
    x: Array.from(series.x, compact),
    y: Array.from(series.y, compact),
    ...(series.error && {
      error_y: {
        type: "data",
        array: Array.from(series.error, compact),
        thickness: 1.2,
        width: 3,
        color: groupColor(i),
      },
    }),
    marker: { color: groupColor(i), symbol: groupSymbol(i), size: 8, line: { color: ink.paper, width: 0.7 } },
  };
}

function lineTrace(series: Series, i: number) {
  return {
    type: "scatter",
    mode: "lines",
    name: series.label,
    x: Array.from(series.x, compact),
    y: Array.from(series.y, compact),
    line: { color: i === 0 ? ink.text : groupColor(i), width: 1.6, dash: i === 0 ? "solid" : "dash" },
  };
}

/** y = x from the least to the largest of both. */
function identityTrace(measured: readonly Series[]) {
  const all = measured.flatMap((series) => [...Array.from(series.x), ...Array.from(series.y)]).map(compact);
  const ends = [Math.min(...all), Math.max(...all)];
  return {
    type: "scatter",
    mode: "lines",
    name: "equal",
    x: ends,
    y: ends,
    line: { color: ink.line, width: 1, dash: "dot" },
    hoverinfo: "skip",
  };
}
