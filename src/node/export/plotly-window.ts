import { createRequire } from "node:module";
import type { Figure } from "../../plot/figure.js";
import { plotConfig } from "../../plot/theme.js";
import type { DomWindow } from "./dom.js";
import { figureJson } from "./figure-json.js";
import { textMeasure } from "./fonts.js";
import { escapeMarkup } from "./markup.js";
import { plotlyBundle } from "./plotly-bundle.js";
import { installCanvas } from "./shim-canvas.js";
import { installPaths } from "./shim-paths.js";
import { installBoxes } from "./shim-text.js";

/** A window in which plotly is loaded. */
export interface PlotlyWindow {
  /** the figure as an SVG document */
  readonly draw: (figure: Figure) => Promise<string>;
  readonly close: () => void;
}

interface Plotly {
  toImage(figure: object, options: object): Promise<string>;
}

interface Jsdom {
  readonly JSDOM: new (html: string, options: object) => { readonly window: DomWindow & { readonly Plotly: Plotly } };
}

/**
 * Opens a window without a browser and evaluates plotly in it, which takes about a second. plotly cannot be imported: it
 * wants a window to be there when it is loaded.
 */
export function openPlotlyWindow(): PlotlyWindow {
  const { JSDOM } = createRequire(import.meta.url)("jsdom") as Jsdom;
  // Only what we evaluate runs, and nothing is fetched: no page's scripts, no resources.
  const { window } = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only" });
  installCanvas(window);
  installPaths(window);
  installBoxes(window, textMeasure());
  window.eval(plotlyBundle());
  return {
    async draw(figure) {
      // plotly names clip paths by random numbers; the same ones for every figure make the same bytes.
      window.Math.random = countingRandom();
      // Parsed inside the window, since plotly tests what it is given with the window's own Array and Object; and a copy,
      // since plotly writes into it.
      const copy = window.JSON.parse(figureJson(figure));
      const config = { ...plotConfig, staticPlot: true };
      const size = { width: figure.width, height: figure.height };
      const svg = await window.Plotly.toImage({ ...copy, config }, { format: "svg", imageDataOnly: true, ...size });
      return withText(svg, figure);
    },
    close: () => window.close(),
  };
}

/** The document with the figure's title and caption as its alternative text. */
function withText(svg: string, { title, caption }: Figure): string {
  const text = `<title>${escapeMarkup(title)}</title><desc>${escapeMarkup(caption)}</desc>`;
  return svg.replace(/^<svg ([^>]*)>/, (_, attributes: string) => `<svg role="img" ${attributes}>${text}`);
}

/** Numbers in [0, 1) that differ from each other; only names are made of them. */
function countingRandom(): () => number {
  let count = 0;
  return () => {
    count += 1;
    return (count * 0.6180339887498949) % 1;
  };
}
