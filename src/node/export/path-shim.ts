import { svgPathProperties } from "svg-path-properties";
import type { SvgElement, SvgWindow } from "./svg-element.js";

/** Gives a jsdom window the lengths of paths, which plotly asks for to place symbols and labels along lines. */
export function installPaths(window: SvgWindow): void {
  const svg = window.SVGElement.prototype;
  svg.getTotalLength = function () {
    return pathOf(this).getTotalLength();
  };
  svg.getPointAtLength = function (length) {
    return pathOf(this).getPointAtLength(length);
  };
}

type Path = InstanceType<typeof svgPathProperties>;

/** The last path alone: plotly asks many points of one path, then goes on to the next. */
let last: { readonly d: string; readonly path: Path } | undefined;

function pathOf(element: SvgElement): Path {
  const d = element.getAttribute("d") || "M0,0";
  if (last?.d !== d) last = { d, path: new svgPathProperties(d) };
  return last.path;
}
