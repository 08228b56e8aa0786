import { type Canvas, createCanvas } from "@napi-rs/canvas";
import type { CanvasElement, SvgWindow } from "./svg-element.js";

/** Gives a jsdom window canvases to paint on: plotly paints heatmaps there and takes them as PNG images. */
export function installCanvas(window: SvgWindow): void {
  const canvases = new WeakMap<CanvasElement, Canvas>();
  const canvasOf = (element: CanvasElement): Canvas => {
    const known = canvases.get(element);
    if (known && known.width === element.width && known.height === element.height) return known;
    const canvas = createCanvas(element.width, element.height);
    canvases.set(element, canvas);
    return canvas;
  };
  const prototype = window.HTMLCanvasElement.prototype;
  prototype.getContext = function (kind) {
    return kind === "2d" ? canvasOf(this).getContext("2d") : null;
  };
  prototype.toDataURL = function () {
    return canvasOf(this).toDataURL("image/png");
  };
}
