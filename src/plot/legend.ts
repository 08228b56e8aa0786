import { fontSize } from "./theme.js";

const rowHeight = 21;

/** A legend in rows above a plot: the layout's entry, and the pixels that its rows take. */
export interface Legend {
  readonly layout: Readonly<Record<string, unknown>>;
  readonly height: number;
}

/** The mean letter of DejaVu Sans over its size, and what stands beside a label: its symbol and the gap. */
const letter = fontSize.text * 0.62;
const symbolRoom = 46;

/**
 * A horizontal legend between the plot and the title.
 *
 * Entries that do not fit in one row get the width of the longest one each, as plotly lays them out.
 */
export function legendAbove(labels: readonly string[], plot: { width: number; height: number }, lift = 0): Legend {
  const widths = labels.map((label) => symbolRoom + label.length * letter);
  const inOneRow = widths.reduce((sum, width) => sum + width, 0) <= plot.width;
  const perRow = inOneRow ? labels.length : Math.max(1, Math.floor(plot.width / Math.max(...widths)));
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
