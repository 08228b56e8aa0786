import { svgPathProperties } from "svg-path-properties";
import type { Box } from "./boxes.js";
import { joinBoxes } from "./boxes.js";
import { type DomElement, type DomWindow, numberOf } from "./dom.js";

/** The lengths and points of paths, by which plotly places labels and arrows along lines. */
export function installPaths(window: DomWindow): void {
  const { prototype } = window.SVGElement;
  prototype.getTotalLength = function (this: DomElement) {
    if (this.tagName !== "line") return pathOf(this).getTotalLength();
    const along = (end: string, start: string) => numberOf(this.getAttribute(end)) - numberOf(this.getAttribute(start));
    return Math.hypot(along("x2", "x1"), along("y2", "y1"));
  };
  prototype.getPointAtLength = function (this: DomElement, length: number) {
    return pathOf(this).getPointAtLength(length);
  };
}

type Path = InstanceType<typeof svgPathProperties>;

/** The last path that was read: plotly asks for many points of one path in a row. */
let last = { text: "", path: new svgPathProperties("M0,0") };

function pathOf(element: DomElement): Path {
  const text = element.getAttribute("d") || "M0,0";
  if (text !== last.text) last = { text, path: new svgPathProperties(text) };
  return last.path;
}

/** The box around a path: exact for straight parts, from nine points of each curve. */
export function pathBox(element: DomElement): Box | undefined {
  if (!element.getAttribute("d")) return undefined;
  let box: Box | undefined;
  for (const part of pathOf(element).getParts()) {
    for (let i = 0; i <= 8; i++) {
      const { x, y } = part.getPointAtLength((part.length * i) / 8);
      box = joinBoxes(box, { left: x, top: y, right: x, bottom: y });
    }
  }
  return box;
}
