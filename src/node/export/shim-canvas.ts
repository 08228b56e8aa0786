import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { DomCanvas, DomWindow } from "./dom.js";

/**
 * A 2D canvas for the window, which has none: plotly paints a heatmap's cells on one and puts it into the SVG as an
 * embedded PNG. Every canvas element gets a real canvas of its size.
 *
 * That images can be drawn pixelated is declared too: then a heatmap is an image of one pixel a cell, sharp at every
 * size, in place of one that is as large as its plot.
 */
export function installCanvas(window: DomWindow): void {
  const canvases = new WeakMap<DomCanvas, Canvas>();
  const canvasOf = (element: DomCanvas): Canvas => {
    const known = canvases.get(element);
    if (known?.width === element.width && known.height === element.height) return known;
    const made = createCanvas(element.width, element.height);
    canvases.set(element, made);
    return made;
  };
  const { prototype } = window.HTMLCanvasElement;
  prototype.getContext = function (this: DomCanvas, kind: string) {
    return kind === "2d" ? canvasOf(this).getContext("2d") : null;
  };
  prototype.toDataURL = function (this: DomCanvas) {
    return canvasOf(this).toDataURL("image/png");
  };
  window.CSS = { supports: (property, value) => property === "image-rendering" && value === "pixelated" };
}
