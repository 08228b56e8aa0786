import { fontSize } from "./theme.js";

const rowHeight = 21;

/** A legend in rows above a plot: the layout's entry, and the pixels that its rows take. */
export interface Legend {
  readonly layout: Readonly<Record<string, unknown>>;
  readonly height: number;
}

/**
 * A horizontal legend between the plot and the title.
 *
 * plotly gives every entry the width of the longest one, so the rows are counted by it.
 */
export function legendAbove(labels: readonly string[], plot: { width: number; height: number }, lift = 0): Legend {
  const longest = Math.max(...labels.map((label) => label.length));
  const entry = 48 + longest * fontSize.text * 0.62;
  const perRow = Math.max(1, Math.floor(plot.width / entry));
  const height = Math.ceil(labels.length / perRow) * rowHeight + 6;
  return {
    height,
    layout: {
      orientation: "h",
      x: 0,
      xanchor: "left",
      y: 1 + (4 + lift) / plot.height,
      yanchor: "bottom",
      font: { size: fontSize.text },
      bgcolor: "rgba(0,0,0,0)",
      itemsizing: "constant",
    },
  };
}
