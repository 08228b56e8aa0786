import { checkFinite, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { assembleFigure, axesMargin, type FigureText, figureTextOptions, textOf } from "./assemble.js";
import { compact } from "./field.js";
import type { Figure } from "./figure.js";
import { legendAbove } from "./legend.js";
import { panelLabel } from "./panels.js";
import { type Quantity, quantityText } from "./text.js";
import { bandColor, groupColors, ink, referenceColor } from "./theme.js";

/** The part of a SpikeTriggeredCovariance that is drawn. */
export interface Spectrum {
  /** ascending */
  readonly eigenvalues: ArrayLike<number>;
  /** the null's extremes at the stated level, one pair a round */
  readonly nullBand: { readonly low: ArrayLike<number>; readonly high: ArrayLike<number> };
  /** in the order found: `index` into `eigenvalues`, +1 where variance among spikes is larger, -1 where smaller */
  readonly significant: readonly { readonly index: number; readonly sign: 1 | -1 }[];
}

/** How a spectrum is drawn. */
export interface EigenvalueOptions extends FigureText {
  /** the eigenvalues' unit; default contrast² */
  readonly unit?: string;
}

const found = {
  1: { name: "significant, variance larger", color: groupColors[1], symbol: "triangle-up" },
  [-1]: { name: "significant, variance smaller", color: groupColors[0], symbol: "triangle-down" },
} as const;

/**
 * The eigenvalues of a spike-triggered covariance: on the left all of them in their order with the null's band of the
 * first round, on the right the band of every round with the eigenvalues that are left in it, the significant one marked.
 *
 * @param spectrum `{ eigenvalues, nullBand: { low, high }, significant }`; a SpikeTriggeredCovariance is one
 * @throws InputError if there is no eigenvalue, no round, or an index that is none of theirs
 */
export function eigenvalueFigure(spectrum: Spectrum, options: EigenvalueOptions): Figure {
  checkOptions("eigenvalueFigure", options, [...figureTextOptions, "unit"]);
  checkSpectrum("eigenvalueFigure", spectrum);
  const data = [...spectrumTraces(spectrum), ...roundTraces(spectrum)];
  const [left, right, gap, height] = [400, Math.min(260, 70 + 46 * spectrum.nullBand.low.length), 40, 320];
  const width = left + gap + right;
  const domains = { left: [0, left / width], right: [(left + gap) / width, 1] } as const;
  const names = data.filter((trace) => trace.showlegend).map((trace) => trace.name);
  const legend = legendAbove(names, { width, height }, 24);
  return assembleFigure(
    textOf(options),
    data,
    {
      ...spectrumAxes(spectrum, domains, { label: "eigenvalue", unit: options.unit ?? "contrast²" }),
      shapes: ["x", "x2"].map(zeroLine),
      annotations: [
        panelLabel("all eigenvalues, null band of round 1", { x: domains.left, y: [0, 1] }, left),
        panelLabel("round by round", { x: domains.right, y: [0, 1] }, right),
      ],
      showlegend: true,
      legend: legend.layout,
      hovermode: "closest",
    },
    { width, height, margin: { ...axesMargin, top: legend.height + 28 } },
  );
}

/** One value axis for both panels; ranks on the left, rounds on the right. */
function spectrumAxes(
  spectrum: Spectrum,
  domains: { readonly left: readonly [number, number]; readonly right: readonly [number, number] },
  value: Quantity,
) {
  return {
    xaxis: {
      domain: domains.left,
      title: { text: "rank (1 = smallest)" },
      range: rankRange(spectrum),
      showgrid: false,
    },
    yaxis: { title: { text: quantityText(value) } },
    xaxis2: {
      domain: domains.right,
      anchor: "y2",
      title: { text: "round of the test" },
      dtick: 1,
      range: [0.4, spectrum.nullBand.low.length + 0.6],
      showgrid: false,
    },
    yaxis2: { anchor: "x2", matches: "y", showticklabels: false, title: { text: "" } },
  };
}

function checkSpectrum(where: string, { eigenvalues, nullBand, significant }: Spectrum): void {
  if (eigenvalues.length === 0) refuse(where, "eigenvalues is empty, at least one is needed");
  checkFinite(where, "eigenvalues", eigenvalues);
  if (nullBand.low.length === 0 || nullBand.low.length !== nullBand.high.length)
    refuse(
      where,
      `nullBand has ${nullBand.low.length} lows and ${nullBand.high.length} highs, one of each a round is needed`,
    );
  checkFinite(where, "nullBand.low", nullBand.low);
  checkFinite(where, "nullBand.high", nullBand.high);
  for (const { index } of significant) {
    if (!(index in eigenvalues))
      refuse(where, `significant has index ${index}, there are ${eigenvalues.length} eigenvalues`);
  }
}

/** The ranks with room beside them, so that the outermost symbols stay whole. */
function rankRange({ eigenvalues }: Pick<Spectrum, "eigenvalues">): readonly [number, number] {
  const room = 1 + 0.03 * eigenvalues.length;
  return [1 - room, eigenvalues.length + room];
}

/** The left panel: the first band, the eigenvalues in it, the significant ones by their sign. */
function spectrumTraces({ eigenvalues, nullBand, significant }: Spectrum) {
  const ends = rankRange({ eigenvalues });
  const [low, high] = [compact(nullBand.low[0]!), compact(nullBand.high[0]!)];
  const marked = new Set(significant.map((one) => one.index));
  const others = Array.from(eigenvalues, (_, i) => i).filter((i) => !marked.has(i));
  return [
    {
      type: "scatter",
      mode: "lines",
      name: "null band",
      x: [...ends, ...[...ends].reverse(), ends[0]!],
      y: [low, low, high, high, low],
      fill: "toself",
      fillcolor: bandColor,
      line: { width: 0 },
      hoverinfo: "skip",
      showlegend: true,
    },
    points(
      "not significant",
      others.map((i) => i + 1),
      others.map((i) => eigenvalues[i]!),
      { color: ink.line, size: 4, symbol: "circle" },
    ),
    ...([1, -1] as const).flatMap((sign) => {
      const ours = significant.filter((one) => one.sign === sign).map((one) => one.index);
      if (ours.length === 0) return [];
      const { name, ...marker } = found[sign];
      return [
        points(
          name,
          ours.map((i) => i + 1),
          ours.map((i) => eigenvalues[i]!),
          { ...marker, size: 10 },
        ),
      ];
    }),
  ];
}

/** The right panel: a bar of the band a round, the extremes of what is left, and the one found. */
function roundTraces(spectrum: Spectrum) {
  const { eigenvalues, nullBand } = spectrum;
  const rounds = Array.from(nullBand.low, (_, i) => i);
  const panel = { xaxis: "x2", yaxis: "y2", showlegend: false };
  const extremes = extremesLeft(spectrum);
  const shown = spectrum.significant.slice(0, rounds.length);
  const looks = shown.map((one) => found[one.sign]);
  const bar = {
    type: "bar",
    name: "null band",
    x: rounds.map((round) => round + 1),
    base: rounds.map((round) => compact(nullBand.low[round]!)),
    y: rounds.map((round) => compact(nullBand.high[round]! - nullBand.low[round]!)),
    width: 0.7,
    marker: { color: bandColor },
    hoverinfo: "skip",
  };
  const others = points(
    "not significant",
    extremes.map((one) => one.round + 1),
    extremes.map((one) => eigenvalues[one.index]!),
    { color: referenceColor, size: 6, symbol: "circle-open" },
  );
  const ours = points(
    "significant",
    shown.map((_, round) => round + 1),
    shown.map((one) => eigenvalues[one.index]!),
    { color: looks.map((look) => look.color), symbol: looks.map((look) => look.symbol), size: 10 },
  );
  return [bar, others, ours].map((trace) => ({ ...trace, ...panel }));
}

/** The smallest and largest eigenvalue of each round that earlier rounds did not take and this one does not. */
function extremesLeft({ eigenvalues, nullBand, significant }: Spectrum): { round: number; index: number }[] {
  return Array.from(nullBand.low, (_, round) => {
    const taken = new Set(significant.slice(0, round).map((one) => one.index));
    const left = Array.from(eigenvalues, (_, i) => i).filter((i) => !taken.has(i));
    const ends = new Set([...left.slice(0, 1), ...left.slice(-1)]);
    return [...ends].filter((index) => index !== significant[round]?.index).map((index) => ({ round, index }));
  }).flat();
}

function points(name: string, x: number[], y: number[], marker: Record<string, unknown>) {
  return {
    type: "scatter",
    mode: "markers",
    name,
    x,
    y: y.map(compact),
    marker,
    hovertemplate: "%{y:.4g}<extra></extra>",
    showlegend: true,
  };
}

function zeroLine(axis: string) {
  return {
    type: "line",
    xref: `${axis} domain`,
    yref: "y",
    x0: 0,
    x1: 1,
    y0: 0,
    y1: 0,
    layer: "below",
    line: { color: ink.line, width: 1, dash: "dot" },
  };
}
