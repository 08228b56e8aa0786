import { checkChoice, checkFinite, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, colorBarRoom, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { squareTo } from "./receptive-field.js";
import { labelText, quantityText } from "./text.js";
import { countScale, fontSize, groupColor, groupSymbol, ink } from "./theme.js";

/** Gabor shapes of one population: `nx = σx·f/2π`, `ny = σy·f/2π`, in cycles. */
export interface ShapeGroup {
  readonly label: string;
  readonly nx: ArrayLike<number>;
  readonly ny: ArrayLike<number>;
}

/** Cells of a reference counted in bins of (nx, ny). */
export interface ShapeReference {
  readonly label: string;
  /** bin edges of both axes, ascending, above 0 */
  readonly edges: readonly number[];
  /** rows nx, columns ny */
  readonly counts: readonly (readonly number[])[];
}

/** How the plane of Gabor shapes is drawn. */
export interface GaborSpaceOptions extends FigureText {
  readonly scale: "log" | "linear";
  readonly reference?: ShapeReference;
}

/** The least nx or ny that a logarithmic axis shows. */
const least = 0.05;
const most = 3;

/**
 * Gabor shapes in Ringach's plane: each kernel at its (nx, ny), over the counts of a
 * reference as greys. Shapes beyond the axes are drawn on the border, and the caption counts them.
 *
 * @throws InputError if a group's lists differ in length, hold NaN, or the reference's counts do not fit its edges
 */
export function gaborSpaceFigure(groups: readonly ShapeGroup[], options: GaborSpaceOptions): Figure {
  const where = "gaborSpaceFigure";
  checkOptions(where, options, [...figureTextOptions, "scale", "reference"]);
  checkChoice(where, "scale", options.scale, ["log", "linear"]);
  const { reference } = options;
  checkGroups(where, groups);
  if (reference) checkReference(where, reference);
  const log = options.scale === "log";
  const range = rangeOf(groups, reference, log);
  const [width, height] = [430, 430];
  const names = groups.map((group) => group.label);
  const legend = legendAbove(names, { width, height });
  const placed = groups.map((group) => placeGroup(group, range));
  const outside = placed.reduce((sum, group) => sum + group.outside, 0);
  return assembleFigure(
    textOf(options, outsideText(outside)),
    [
      ...(reference ? referenceTraces(reference) : []),
      diagonal(range),
      ...placed.map((group, i) => groupTrace(group, i)),
    ],
    {
      xaxis: shapeAxis(log, range, "nx: width along the carrier"),
      yaxis: { ...shapeAxis(log, range, "ny: length of the bars"), ...squareTo("x") },
      showlegend: names.length > 0,
      legend: legend.layout,
      hovermode: "closest",
    },
    {
      width,
      height,
      margin: { ...axesMargin, right: reference ? colorBarRoom : axesMargin.right, top: legend.height },
    },
  );
}

/** What the caption says of shapes on the border. */
function outsideText(count: number): string {
  if (count === 0) return "";
  return count === 1
    ? "1 shape lies beyond the axes and is drawn on the border."
    : `${count} shapes lie beyond the axes and are drawn on the border.`;
}

function checkGroups(where: string, groups: readonly ShapeGroup[]): void {
  groups.forEach((group, i) => {
    if (group.nx.length !== group.ny.length)
      refuse(where, `groups[${i}] has ${group.nx.length} nx and ${group.ny.length} ny, as many of both are needed`);
    checkFinite(where, `groups[${i}].nx`, group.nx);
    checkFinite(where, `groups[${i}].ny`, group.ny);
  });
}

function checkReference(where: string, { edges, counts }: ShapeReference): void {
  const bins = edges.length - 1;
  if (bins < 1 || counts.length !== bins || counts.some((row) => row.length !== bins))
    refuse(
      where,
      `reference has ${edges.length} edges and ${counts.length} rows of counts, ${bins} rows of ${bins} are needed`,
    );
  if (edges.some((edge, i) => !(edge > (i === 0 ? 0 : edges[i - 1]!))))
    refuse(where, "reference.edges are not ascending from above 0");
}

/** The ends of both axes, in cycles: the reference's bins and the groups, within [.05, 3] (linear: from 0). */
function rangeOf(
  groups: readonly ShapeGroup[],
  reference: ShapeReference | undefined,
  log: boolean,
): readonly [number, number] {
  const values = [
    ...(reference?.edges ?? [0.1, 1]),
    ...groups.flatMap((g) => [...Array.from(g.nx), ...Array.from(g.ny)]),
  ];
  const high = Math.min(most, Math.max(...values) * (log ? 1.08 : 1.04));
  return log ? [Math.max(least, Math.min(...values) / 1.08), high] : [0, high];
}

function placeGroup(group: ShapeGroup, [low, high]: readonly [number, number]) {
  const clamp = (v: number) => compact(Math.min(high, Math.max(low, v)));
  const x = Array.from(group.nx, clamp);
  const y = Array.from(group.ny, clamp);
  const outside = x.filter((v, i) => v !== compact(group.nx[i]!) || y[i] !== compact(group.ny[i]!)).length;
  return { label: group.label, x, y, outside };
}

function groupTrace(group: ReturnType<typeof placeGroup>, i: number) {
  return {
    type: "scatter",
    mode: "markers",
    name: group.label,
    x: group.x,
    y: group.y,
    cliponaxis: false,
    marker: {
      color: groupColor(i),
      symbol: groupSymbol(i),
      size: 7,
      opacity: 0.75,
      line: { color: ink.paper, width: 0.7 },
    },
    hovertemplate: "nx %{x:.3g}, ny %{y:.3g}",
  };
}

/** The reference's counts: a grey for each bin. */
function referenceTraces(reference: ShapeReference) {
  const { edges, counts, label } = reference;
  const bins = counts.length;
  const z = Array.from({ length: bins }, (_, y) => Array.from({ length: bins }, (_, x) => counts[x]![y]!));
  const total = counts.flat().reduce((sum, n) => sum + n, 0);
  return [
    {
      type: "heatmap",
      x: edges.map(compact),
      y: edges.map(compact),
      z,
      colorscale: countScale,
      zmin: 0,
      zmax: Math.max(1, ...counts.flat()),
      showscale: true,
      xgap: 1,
      ygap: 1,
      colorbar: {
        title: {
          text: labelText(`cells a bin (${label}, n = ${total})`),
          side: "right",
          font: { size: fontSize.text },
        },
        tickfont: { size: fontSize.small },
        thickness: 14,
        outlinewidth: 0,
        x: 1,
        xpad: 12,
        ypad: 0,
        len: 1,
      },
      hovertemplate: "%{z} cells<extra></extra>",
    },
  ];
}

/** nx = ny, where envelopes are round. */
function diagonal([low, high]: readonly [number, number]) {
  return {
    type: "scatter",
    mode: "lines",
    x: [low, high],
    y: [low, high],
    line: { color: ink.line, width: 1, dash: "dot" },
    hoverinfo: "skip",
    showlegend: false,
  };
}

function shapeAxis(log: boolean, [low, high]: readonly [number, number], label: string) {
  const title = { text: quantityText({ label, unit: "cycles" }) };
  if (!log) return { type: "linear", range: [low, high], constrain: "domain", title };
  const ticks = [0.05, 0.1, 0.2, 0.5, 1, 2, 3].filter((tick) => tick >= low && tick <= high);
  return {
    type: "log",
    range: [Math.log10(low), Math.log10(high)],
    tickvals: ticks,
    ticktext: ticks.map((tick) => `${tick}`),
    constrain: "domain",
    title,
  };
}
