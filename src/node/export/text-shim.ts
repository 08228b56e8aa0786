import { boxOf, pageBoxOf, textLength } from "./boxes.js";
import type { Box, DomBox, SvgWindow } from "./svg-element.js";

/**
 * Gives a jsdom window the sizes of what it draws. jsdom lays nothing out and answers 0; plotly then clips legends and
 * titles, and searches for room that it never finds. Texts are measured in the font that draws them.
 */
export function installBoxes(window: SvgWindow): void {
  const svg = window.SVGElement.prototype;
  svg.getBBox = function () {
    return domBox(boxOf(this));
  };
  svg.getComputedTextLength = function () {
    return textLength(this);
  };
  svg.getBoundingClientRect = function () {
    return domBox(pageBoxOf(this));
  };
}

function domBox(box: Box | null): DomBox {
  const { left, top, right, bottom } = box ?? { left: 0, top: 0, right: 0, bottom: 0 };
  return { left, top, right, bottom, x: left, y: top, width: right - left, height: bottom - top };
}
