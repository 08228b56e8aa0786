import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { installCanvas } from "./canvas-shim.js";
import { installPaths } from "./path-shim.js";
import type { SvgWindow } from "./svg-element.js";
import { installBoxes } from "./text-shim.js";

/** jsdom as it is used here; it has no types of its own, and those of others bring the whole DOM into every file. */
interface Jsdom {
  readonly JSDOM: new (
    html: string,
    options: { readonly runScripts: "outside-only" },
  ) => { readonly window: SvgWindow };
}

const require = createRequire(import.meta.url);

/** plotly's bundle of the cartesian traces: scatter, bar, heatmap, contour and their kin. */
export const plotlyPath: string = require.resolve("plotly.js-cartesian-dist-min");

let opened: Promise<SvgWindow> | undefined;

/** The one window that draws all figures, opened when the first is drawn. */
export function plotlyWindow(): Promise<SvgWindow> {
  opened ??= openWindow();
  return opened;
}

async function openWindow(): Promise<SvgWindow> {
  const { JSDOM } = require("jsdom") as Jsdom;
  const { window } = new JSDOM("<!doctype html><body></body>", { runScripts: "outside-only" });
  installCanvas(window);
  installPaths(window);
  installBoxes(window);
  // With it a heatmap is an image of one pixel a cell, not of one a screen pixel.
  window.CSS = { supports: (...question) => question.join(" ").includes("pixelated") };
  // plotly is a script for a page: it is run in the window, and cannot be imported.
  window.eval(await readFile(plotlyPath, "utf8"));
  return window;
}
