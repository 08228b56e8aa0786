import { assembleFigure, type FigureText } from "../../../src/plot/assemble.js";
import { compact } from "../../../src/plot/field.js";
import type { Figure } from "../../../src/plot/figure.js";
import { legendAbove } from "../../../src/plot/legend.js";
import { axisId, axisKey, layPanels, panelLabel, panelLabelHeight } from "../../../src/plot/panels.js";

/** Lines and points over one or several panels side by side. */
export interface Series {
  readonly label: string;
  readonly x: readonly number[];
  readonly y: readonly number[];
  readonly color: string;
  readonly mode: "lines" | "markers" | "lines+markers";
  readonly dash?: "dash" | "dot";
  readonly symbol?: string;
  /** of the symbols, pixels; default 7 */
  readonly size?: number;
  /** index into `panels`; default 0 */
  readonly panel?: number;
  /** default true */
  readonly legend?: boolean;
}

/** The axes of one panel. */
export interface Axes {
  readonly label?: string;
  readonly x: Readonly<Record<string, unknown>> & { readonly title: string };
  readonly y: Readonly<Record<string, unknown>> & { readonly title: string };
}

/** Series in panels side by side, one legend above. */
export function seriesFigure(
  series: readonly Series[],
  panels: readonly Axes[],
  options: FigureText & { readonly panelWidth: number; readonly panelHeight: number },
): Figure {
  const { name, title, caption, panelWidth, panelHeight } = options;
  const layout = layPanels({
    count: panels.length,
    columns: panels.length,
    panelWidth,
    panelHeight,
    gapX: 76,
    gapY: 0,
  });
  const labels = panels.flatMap(({ label }) => (label ? [label] : []));
  const lift = labels.length > 0 ? panelLabelHeight(labels, panelWidth) : 0;
  const named = series.filter(({ legend }) => legend !== false).map(({ label }) => label);
  const legend = legendAbove(named, layout, lift);
  const axes: Record<string, unknown> = {};
  panels.forEach(({ x, y }, i) => {
    axes[axisKey("x", i)] = { ...x, title: { text: x.title }, domain: layout.domains[i]!.x, anchor: axisId("y", i) };
    axes[axisKey("y", i)] = { ...y, title: { text: y.title }, domain: layout.domains[i]!.y, anchor: axisId("x", i) };
  });
  return assembleFigure(
    { name, title, caption },
    series.map(({ label, x, y, color, mode, dash, symbol, size, panel = 0, legend: shown }) => ({
      type: "scatter",
      mode,
      name: label,
      x: x.map(compact),
      y: y.map(compact),
      line: { color, width: 1.8, dash: dash ?? "solid" },
      marker: { color, size: size ?? 7, symbol: symbol ?? "circle" },
      showlegend: shown !== false,
      xaxis: axisId("x", panel),
      yaxis: axisId("y", panel),
      cliponaxis: false,
    })),
    {
      ...axes,
      showlegend: named.length > 0,
      legend: legend.layout,
      annotations: panels.flatMap(({ label }, i) => (label ? [panelLabel(label, layout.domains[i]!, panelWidth)] : [])),
    },
    {
      width: layout.width,
      height: layout.height,
      margin: { left: 76, right: 24, top: lift + (named.length > 0 ? legend.height : 0) + 8, bottom: 58 },
    },
  );
}

/** Ticks at powers of ten, for a logarithmic axis. */
export function powersOfTen(exponents: readonly number[]) {
  const raised = (exponent: number) => `${exponent}`.replace(/./g, (letter) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(letter)] ?? "⁻");
  return {
    type: "log",
    tickvals: exponents.map((e) => 10 ** e),
    ticktext: exponents.map((e) => (e === 0 ? "1" : `10${raised(e)}`)),
  };
}
