import { wilsonInterval } from "../math/intervals.js";
import { checkChoice, checkFinite, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { scales } from "./log-axis.js";
import { type Quantity, quantityText, tickText } from "./text.js";
import { groupColor, groupSymbol, ink, referenceColor } from "./theme.js";

/** Counts of one population in the figure's bins. */
export interface CountGroup {
  readonly label: string;
  /** one a bin */
  readonly counts: ArrayLike<number>;
  /** the interval of each bin's share (0 to 1), from a bootstrap say; default Wilson's 95 % */
  readonly interval?: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
}

/** How distributions are set beside each other. */
export interface DistributionOptions extends FigureText {
  /** what the bins are of */
  readonly quantity: Quantity;
  /** bin edges, ascending, one more than there are bins */
  readonly edges: readonly number[];
  /** default linear */
  readonly scale?: "linear" | "log";
  /** drawn as bars behind the groups */
  readonly reference?: CountGroup;
  /** what the intervals are, for the caption; default "95 % intervals of a share (Wilson)" */
  readonly intervalMeaning?: string;
}

/**
 * Shares of populations in common bins, as points with error bars, beside a reference as grey bars with theirs.
 *
 * @param groups each `{ label, counts, interval? }`, counts [bins]; a share is a count over its group's sum
 * @throws InputError if counts do not fit the edges, are negative, or sum to 0
 */
export function distributionFigure(groups: readonly CountGroup[], options: DistributionOptions): Figure {
  const where = "distributionFigure";
  checkOptions(where, options, [...figureTextOptions, "quantity", "edges", "scale", "reference", "intervalMeaning"]);
  const { edges, reference } = options;
  checkChoice(where, "scale", options.scale ?? "linear", scales);
  const log = options.scale === "log";
  checkEdges(where, edges, log);
  for (const group of reference ? [reference, ...groups] : groups) checkCounts(where, group, edges.length - 1);
  const [width, height] = [Math.min(720, Math.max(440, 44 * edges.length)), 300];
  const names = [...(reference ? [nameOf(reference)] : []), ...groups.map(nameOf)];
  const legend = legendAbove(names, { width, height });
  const places = (slot: number) => placesIn(edges, log, (slot + 1) / (names.length + 1));
  const meaning = options.intervalMeaning ?? "95 % intervals of a share (Wilson)";
  return assembleFigure(
    textOf(options, `Error bars: ${meaning}.`),
    [
      ...(reference ? referenceTraces(reference, places(0), edges) : []),
      ...groups.map((group, i) => groupTrace(group, places(i + (reference ? 1 : 0)), i)),
    ],
    {
      xaxis: { ...edgeAxis(edges, log), title: { text: quantityText(options.quantity) }, showgrid: false },
      yaxis: { title: { text: quantityText({ label: "share", unit: "%" }) }, rangemode: "tozero" },
      bargap: 0,
      showlegend: true,
      legend: legend.layout,
      hovermode: "closest",
    },
    { width, height, margin: { ...axesMargin, top: legend.height } },
  );
}

function checkEdges(where: string, edges: readonly number[], log: boolean): void {
  checkFinite(where, "edges", edges);
  if (edges.length < 2) refuse(where, `edges has ${edges.length} entries, at least 2 are needed`);
  const wrong = edges.findIndex((edge, i) => i > 0 && edge <= edges[i - 1]!);
  if (wrong > 0) refuse(where, `edges[${wrong}] is ${edges[wrong]}, above ${edges[wrong - 1]} is needed`);
  if (log && edges[0]! <= 0) refuse(where, `edges[0] is ${edges[0]}, above 0 is needed on a logarithmic axis`);
}

function checkCounts(where: string, group: CountGroup, bins: number): void {
  const { counts, label, interval } = group;
  for (const list of [counts, ...(interval ? [interval.low, interval.high] : [])]) {
    if (list.length !== bins)
      refuse(where, `"${label}" has ${list.length} entries, one for each of ${bins} bins is needed`);
    checkFinite(where, `"${label}"`, list);
  }
  if (Array.from(counts).some((n) => n < 0)) refuse(where, `"${label}" has a negative count`);
  if (totalOf(group) === 0) refuse(where, `"${label}" has no counts at all, at least one is needed`);
}

function totalOf(group: CountGroup): number {
  return Array.from(group.counts).reduce((sum, n) => sum + n, 0);
}

function nameOf(group: CountGroup): string {
  return `${group.label}, n = ${totalOf(group)}`;
}

/** Shares in %, with the distances to the ends of their intervals. */
function sharesOf(group: CountGroup) {
  const total = totalOf(group);
  const y = Array.from(group.counts, (n) => compact((100 * n) / total));
  const ends = Array.from(group.counts, (n, i) => {
    if (group.interval) return [group.interval.low[i]!, group.interval.high[i]!];
    const { low, high } = wilsonInterval(n, total);
    return [low, high];
  });
  return {
    y,
    error_y: {
      type: "data",
      symmetric: false,
      array: ends.map(([, high], i) => compact(Math.max(0, 100 * high! - y[i]!))),
      arrayminus: ends.map(([low], i) => compact(Math.max(0, y[i]! - 100 * low!))),
      thickness: 1.2,
      width: 3,
    },
    hovertemplate: "%{y:.1f} %",
  };
}

/** Bars over the bins, and their error bars at a place of their own, where no group's lie. */
function referenceTraces(group: CountGroup, x: readonly number[], edges: readonly number[]) {
  const { y, error_y, hovertemplate } = sharesOf(group);
  return [
    {
      type: "bar",
      name: nameOf(group),
      x: edges.slice(1).map((edge, i) => compact((edge + edges[i]!) / 2)),
      width: edges.slice(1).map((edge, i) => compact(edge - edges[i]!)),
      y,
      hovertemplate,
      marker: { color: "#d9d9d9", line: { color: referenceColor, width: 1 } },
    },
    {
      type: "scatter",
      mode: "markers",
      x,
      y,
      error_y: { ...error_y, color: ink.line },
      marker: { color: ink.line, size: 4 },
      hoverinfo: "skip",
      showlegend: false,
    },
  ];
}

function groupTrace(group: CountGroup, x: readonly number[], index: number) {
  const shares = sharesOf(group);
  return {
    type: "scatter",
    mode: "markers",
    name: nameOf(group),
    x,
    ...shares,
    error_y: { ...shares.error_y, color: groupColor(index) },
    marker: { color: groupColor(index), symbol: groupSymbol(index), size: 8, line: { color: ink.paper, width: 0.7 } },
  };
}

/** The place at a part (0 to 1) of each bin: side by side, error bars do not hide each other. */
function placesIn(edges: readonly number[], log: boolean, part: number): number[] {
  return edges.slice(1).map((b, i) => {
    const a = edges[i]!;
    return compact(log ? a * (b / a) ** part : a + (b - a) * part);
  });
}

/** Ticks at the bins' edges, every second or third one where they are many. */
function edgeAxis(edges: readonly number[], log: boolean) {
  const every = Math.ceil(edges.length / 14);
  const ticks = edges.filter((_, i) => i % every === 0);
  const [low, high] = [edges[0]!, edges.at(-1)!];
  return {
    type: log ? "log" : "linear",
    range: log ? [Math.log10(low), Math.log10(high)] : [low, high],
    tickvals: ticks.map(compact),
    ticktext: ticks.map(tickText),
  };
}
