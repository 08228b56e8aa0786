import { checkFinite, checkInteger, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { type Quantity, quantityText } from "./text.js";
import { groupColors, ink } from "./theme.js";

/** How singular values are drawn. */
export interface SingularValuesOptions extends FigureText {
  /** default `singular value`, without a unit */
  readonly value?: Quantity;
  /** what a null gives for each value, such as the 95th percentile of permutations */
  readonly nullLimit?: { readonly label: string; readonly values: ArrayLike<number> };
  /** how many are drawn; default up to 12 */
  readonly shown?: number;
}

/**
 * The singular values of a space-time field as bars, with the share of the energy below each (`s² / Σ s²` over all of them): one that
 * stands alone means that space and time separate.
 *
 * @param values descending, at least 0
 * @throws InputError if the values are not descending or not at least 0, or are all 0
 */
export function singularValuesFigure(values: ArrayLike<number>, options: SingularValuesOptions): Figure {
  const where = "singularValuesFigure";
  checkOptions(where, options, [...figureTextOptions, "value", "nullLimit", "shown"]);
  checkValues(where, values);
  if (options.shown !== undefined) checkInteger(where, "shown", options.shown, 1);
  const count = Math.min(values.length, options.shown ?? 12);
  const x = Array.from({ length: count }, (_, i) => i + 1);
  const plot = { width: Math.max(320, 44 * count), height: 260 };
  const { nullLimit } = options;
  if (nullLimit) checkLimit(where, nullLimit.values, count);
  const legend = nullLimit ? legendAbove(["singular values", nullLimit.label], plot) : undefined;
  return assembleFigure(
    textOf(options, "Below each rank: its share of the energy."),
    [
      {
        type: "bar",
        name: "singular values",
        x,
        y: x.map((i) => compact(values[i - 1]!)),
        width: 0.7,
        marker: { color: groupColors[0] },
        hovertemplate: "%{x}: %{y:.4g}<extra></extra>",
      },
      ...(nullLimit ? [limitTrace(nullLimit, x)] : []),
    ],
    {
      xaxis: rankAxis(values, x),
      yaxis: {
        title: { text: quantityText(options.value ?? { label: "singular value", unit: "" }) },
        rangemode: "tozero",
      },
      showlegend: legend !== undefined,
      ...(legend && { legend: legend.layout }),
    },
    { ...plot, margin: { ...axesMargin, bottom: axesMargin.bottom + 16, top: (legend?.height ?? 0) + 6 } },
  );
}

function checkValues(where: string, values: ArrayLike<number>): void {
  checkFinite(where, "values", values);
  for (let i = 0; i < values.length; i++) {
    if (values[i]! < 0 || (i > 0 && values[i]! > values[i - 1]!))
      refuse(where, `values[${i}] is ${values[i]}, at least 0 and descending is needed`);
  }
  if (!(values[0]! > 0)) refuse(where, "values holds none above 0, one is needed");
}

function checkLimit(where: string, limit: ArrayLike<number>, count: number): void {
  checkFinite(where, "nullLimit.values", limit);
  if (limit.length < count) refuse(where, `nullLimit has ${limit.length} values, one for each of ${count} is needed`);
}

/** Ranks, and below each its share of the energy of all values. */
function rankAxis(values: ArrayLike<number>, ranks: readonly number[]) {
  const energy = Array.from(values).reduce((sum, s) => sum + s * s, 0);
  return {
    title: { text: "rank (1 = largest), share of the energy (%)" },
    tickvals: ranks,
    ticktext: ranks.map((i) => `${i}<br>${shareText(values[i - 1]! ** 2 / energy)}`),
    range: [0.4, ranks.length + 0.6],
    showgrid: false,
  };
}

function shareText(share: number): string {
  return share < 0.0005 ? "&lt; 0.1" : (share * 100).toFixed(share < 0.0995 ? 1 : 0);
}

function limitTrace(limit: NonNullable<SingularValuesOptions["nullLimit"]>, x: readonly number[]) {
  return {
    type: "scatter",
    mode: "markers",
    name: limit.label,
    x,
    y: x.map((i) => compact(limit.values[i - 1]!)),
    marker: { symbol: "line-ew-open", size: 26, color: ink.text, line: { width: 2.5 } },
    hovertemplate: "null: %{y:.4g}<extra></extra>",
  };
}
