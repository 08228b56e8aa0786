import type { Figure } from "../../plot/figure.js";
import type { PlotlyWindow } from "./plotly-window.js";

/** A figure as files. */
export interface ExportedFigure {
  /** a document of the figure's width and height */
  readonly svg: string;
  /** twice the figure's width and height */
  readonly png: Uint8Array;
}

let opened: Promise<PlotlyWindow> | undefined;
let drawn: Promise<unknown> = Promise.resolve();

/**
 * Draws a figure as SVG and as PNG, without a browser. The same figure gives the same bytes.
 *
 * The first call loads plotly, about a second; it stays loaded until `closeExport`. Calls may overlap: they are drawn
 * one after the other.
 *
 * @param figure as the figure builders make it; width and height in pixels
 * @returns the SVG document and the PNG's bytes, the latter at two pixels a pixel
 * @throws Error if plotly cannot draw the figure, naming it
 */
export function exportFigure(figure: Figure): Promise<ExportedFigure> {
  const result = drawn.then(() => draw(figure));
  drawn = result.catch(() => undefined);
  return result;
}

/** Gives back the memory that drawing holds (about 200 MB); a later `exportFigure` starts anew. */
export async function closeExport(): Promise<void> {
  await drawn;
  const window = opened;
  opened = undefined;
  (await window)?.close();
}

async function draw(figure: Figure): Promise<ExportedFigure> {
  // Loaded at the first figure: jsdom and the renderer take longer than a whole run without figures.
  opened ??= import("./plotly-window.js").then(({ openPlotlyWindow }) => openPlotlyWindow());
  const { svgToPng } = await import("./png.js");
  try {
    const svg = await (await opened).draw(figure);
    return { svg, png: await svgToPng(svg) };
  } catch (cause) {
    throw new Error(`exportFigure: ${figure.name} cannot be drawn: ${(cause as Error).message}`, { cause });
  }
}
