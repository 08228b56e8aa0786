/**
 * The looks of every figure: one font, one set of sizes, and colours that are told apart with any of the common
 * colour-vision deficiencies.
 */

/** DejaVu Sans is what texts are measured and drawn in; Verdana is as wide, the others are narrower. */
export const fontFamily = '"DejaVu Sans", Verdana, "Noto Sans", Arial, sans-serif';

/** Font sizes, pixels. */
export const fontSize = { title: 16, text: 12, small: 11 } as const;

/** Lines and letters, the plot's ground, and the gaps between tiles. */
export const ink = { text: "#222222", line: "#666666", grid: "#e4e4e4", paper: "#ffffff", gap: "#b5b5b5" } as const;

/** Colours of groups in their order (Okabe and Ito's set without yellow and black), and the symbols beside them. */
export const groupColors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;
export const groupSymbols = ["circle", "diamond", "square", "triangle-up", "x", "star-triangle-down"] as const;

/** A reference that groups are set beside: the same grey everywhere. */
export const referenceColor = "#9a9a9a";

/** A null's band: translucent, so that what lies in it stays visible. */
export const bandColor = "rgba(120, 120, 120, 0.22)";

/** Diverging, blue below 0 and red above, white at 0 (ColorBrewer's RdBu, reversed). */
export const divergingScale = scaleOf([
  "#053061",
  "#2166ac",
  "#4393c3",
  "#92c5de",
  "#d1e5f0",
  "#ffffff",
  "#fddbc7",
  "#f4a582",
  "#d6604d",
  "#b2182b",
  "#67001f",
]);

/** Sequential, white at 0, for counts (light enough that points stay visible on its end). */
export const countScale = scaleOf(["#ffffff", "#e9e9e9", "#d3d3d3", "#bababa", "#a0a0a0"]);

/** What plotly is started with: no button that uploads a figure, no logo. */
export const plotConfig = { showSendToCloud: false, displaylogo: false } as const;

/** The colour of group `index`, from the start again after the last. */
export function groupColor(index: number): string {
  return groupColors[index % groupColors.length]!;
}

/** The symbol of group `index`, from the start again after the last. */
export function groupSymbol(index: number): string {
  return groupSymbols[index % groupSymbols.length]!;
}

const axis = {
  showline: true,
  linecolor: ink.line,
  linewidth: 1,
  ticks: "outside",
  ticklen: 4,
  tickcolor: ink.line,
  gridcolor: ink.grid,
  zeroline: false,
  tickfont: { size: fontSize.small },
  title: { font: { size: fontSize.text }, standoff: 8 },
} as const;

/** plotly's template: what a figure does not say itself. */
export const template = {
  layout: {
    font: { family: fontFamily, size: fontSize.text, color: ink.text },
    paper_bgcolor: ink.paper,
    plot_bgcolor: ink.paper,
    colorway: [...groupColors],
    xaxis: axis,
    yaxis: axis,
    hoverlabel: { font: { family: fontFamily } },
  },
} as const;

function scaleOf(colors: readonly string[]): (readonly [number, string])[] {
  return colors.map((color, i) => [i / (colors.length - 1), color]);
}
