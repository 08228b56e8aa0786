import type { Figure } from "../../plot/figure.js";

/** What plotly draws of a figure as JSON; typed arrays as lists, and what is no number as a gap. */
export function figureJson({ data, layout }: Figure): string {
  return JSON.stringify({ data, layout }, (_key, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value,
  );
}
