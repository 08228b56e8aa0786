import { refuse } from "../tensor/errors.js";
import type { Figure, Trace } from "./figure.js";
import { labelText, wrapText } from "./text.js";
import { fontSize, template } from "./theme.js";

/** What every figure is given: its file name, its title, and what a reader needs to know. */
export interface FigureText {
  /** file name without ending, kebab-case */
  readonly name: string;
  readonly title: string;
  /** one to three sentences: what is shown, the units, what to see */
  readonly caption: string;
}

/** The room around the plot, pixels; `top` is what lies between the plot and the title. */
export interface Margin {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** The options of `FigureText`, for the checks at the doors. */
export const figureTextOptions = ["name", "title", "caption"] as const;

/** Room for tick labels and titles of both axes, and for a colour bar at the right. */
export const axesMargin: Margin = { left: 76, right: 24, top: 12, bottom: 58 };
export const colorBarRoom = 104;

const titleLine = Math.round(fontSize.title * 1.35);
/** A bold letter of DejaVu Sans is .65 of its size wide in the mean. */
const titleLetter = fontSize.title * 0.65;

/**
 * A figure whose plot area has the given size: everything is laid out in pixels, so that nothing is cut or overlaps
 * whatever the title's length.
 *
 * @throws InputError if the name is not kebab-case
 */
export function assembleFigure(
  text: FigureText,
  data: readonly Trace[],
  layout: Readonly<Record<string, unknown>>,
  plot: { readonly width: number; readonly height: number; readonly margin: Margin },
): Figure {
  checkFigureText("figure", text);
  const { margin } = plot;
  const width = Math.round(plot.width + margin.left + margin.right);
  const title = wrapText(text.title, Math.floor((width - 32) / titleLetter));
  const top = 14 + title.length * titleLine + margin.top;
  const height = Math.round(plot.height + top + margin.bottom);
  return {
    kind: "figure",
    ...text,
    data,
    layout: {
      template,
      width,
      height,
      margin: { l: margin.left, r: margin.right, t: top, b: margin.bottom, pad: 0 },
      title: {
        text: title.map((line) => `<b>${labelText(line)}</b>`).join("<br>"),
        font: { size: fontSize.title },
        x: 16 / width,
        xanchor: "left",
        // The baseline of the first line: of all anchors, plotly keeps only this one at several lines.
        y: 1 - (14 + 0.75 * fontSize.title) / height,
        yref: "container",
        yanchor: "bottom",
      },
      showlegend: false,
      ...layout,
    },
    width,
    height,
  };
}

/** Throws unless the texts are there and the name can be a file's. */
export function checkFigureText(where: string, text: FigureText): void {
  if (!/^[a-z0-9]+(-[a-z0-9]+)*$/.test(text.name))
    refuse(where, `name is ${JSON.stringify(text.name)}, kebab-case (a-z, 0-9, -) is needed`);
  for (const key of ["title", "caption"] as const) {
    if (typeof text[key] !== "string" || text[key].trim() === "")
      refuse(where, `${key} is ${JSON.stringify(text[key])}, a text is needed`);
  }
}

/** The name, title and caption of a figure's options, with sentences that the figure itself adds to the caption. */
export function textOf(options: FigureText, ...added: readonly string[]): FigureText {
  return { name: options.name, title: options.title, caption: [options.caption, ...added].filter(Boolean).join(" ") };
}
