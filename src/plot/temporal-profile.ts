import { checkFinite, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact, weight } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { type Quantity, quantityText } from "./text.js";
import { bandColor, groupColors, ink } from "./theme.js";

/** A value at each lag, with what a null gives there. */
export interface TemporalProfile {
  /** [lags], lag 0 first */
  readonly values: ArrayLike<number>;
  /** the null's limits at each lag, from permutations say */
  readonly band?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** How a temporal profile is drawn. */
export interface TemporalProfileOptions extends FigureText {
  /** seconds a frame */
  readonly frameSeconds: number;
  /** default `weight`, without a unit */
  readonly value?: Quantity;
  /** what the band is, for the legend; needed with a band: "95 % of 999 shifts" */
  readonly bandLabel?: string;
}

/**
 * The weight of each lag before the spike, over the band that a null gives; what leaves the band is filled.
 *
 * @throws InputError if lists differ in length or hold NaN, or a band has no label
 */
export function temporalProfileFigure(profile: TemporalProfile, options: TemporalProfileOptions): Figure {
  const where = "temporalProfileFigure";
  checkOptions(where, options, [...figureTextOptions, "frameSeconds", "value", "bandLabel"]);
  checkPositive(where, "frameSeconds", options.frameSeconds);
  checkProfile(where, profile, options.bandLabel);
  const { values, band } = profile;
  const x = Array.from(values, (_, lag) => compact(lag * options.frameSeconds * 1000));
  const inside = (i: number) => band !== undefined && values[i]! >= band.low[i]! && values[i]! <= band.high[i]!;
  const plot = { width: 480, height: 260 };
  const value = options.value ?? weight;
  const legend = legendAbove([value.label, options.bandLabel ?? ""], plot);
  return assembleFigure(
    textOf(options, ...(band ? ["Filled points lie outside the band."] : [])),
    [
      ...(band ? [bandTrace(band, x, options.bandLabel!)] : []),
      {
        type: "scatter",
        mode: "lines+markers",
        name: value.label,
        x,
        y: Array.from(values, compact),
        line: { color: groupColors[0], width: 1.8 },
        marker: {
          // points of many lags would run into one thick line
          size: Math.min(8, Math.max(3, plot.width / x.length)),
          color: x.map((_, i) => (inside(i) ? ink.paper : groupColors[0])),
          line: { color: groupColors[0], width: 1.5 },
        },
        hovertemplate: "%{x:.4g} ms: %{y:.4g}<extra></extra>",
      },
    ],
    {
      xaxis: { title: { text: quantityText({ label: "lag before the spike", unit: "ms" }) }, showgrid: false },
      yaxis: { title: { text: quantityText(value) }, zeroline: true, zerolinecolor: ink.line },
      showlegend: true,
      legend: legend.layout,
    },
    { ...plot, margin: { ...axesMargin, top: legend.height } },
  );
}

function checkProfile(where: string, { values, band }: TemporalProfile, bandLabel: string | undefined): void {
  if (values.length === 0) refuse(where, "values is empty, at least one lag is needed");
  checkFinite(where, "values", values);
  if (band && !bandLabel) refuse(where, "bandLabel is not given, a text is needed with a band");
  for (const end of ["low", "high"] as const) {
    if (!band) return;
    if (band[end].length !== values.length)
      refuse(where, `band.${end} has ${band[end].length} entries, one for each of ${values.length} lags is needed`);
    checkFinite(where, `band.${end}`, band[end]);
  }
}

function bandTrace(band: NonNullable<TemporalProfile["band"]>, x: readonly number[], name: string) {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: [...x, ...[...x].reverse()],
    y: [...Array.from(band.low, compact), ...Array.from(band.high, compact).reverse()],
    fill: "toself",
    fillcolor: bandColor,
    line: { width: 0 },
    hoverinfo: "skip",
  };
}
