import { type Box, joinBoxes, transformBox } from "./boxes.js";
import { type DomElement, type DomWindow, isText, numberOf } from "./dom.js";
import { ascent, descent, type Font } from "./fonts.js";
import { pathBox } from "./shim-paths.js";

type Measure = (text: string, font: Font) => number;

/**
 * The boxes of SVG elements, which the window gives as 0: without them plotly clips legends to nothing and places titles
 * and labels over each other. A box is computed from what plotly writes: texts of one or several lines, rectangles,
 * images, paths, and groups that are moved or turned.
 */
export function installBoxes(window: DomWindow, measure: Measure): void {
  const isSvg = (element: unknown): boolean =>
    (window.SVGElement as unknown as { [Symbol.hasInstance](value: unknown): boolean })[Symbol.hasInstance](element);
  const { prototype } = window.SVGElement;
  prototype.getBBox = function (this: DomElement) {
    return rectangle(boxOf(this, measure));
  };
  prototype.getComputedTextLength = function (this: DomElement) {
    return widthOf(this, measure);
  };
  prototype.getBoundingClientRect = function (this: DomElement) {
    let box = boxOf(this, measure);
    for (let at: DomElement | null = this; box !== undefined && at !== null && isSvg(at); at = at.parentElement) {
      box = transformBox(at, box);
      if (at !== this && at.tagName === "svg")
        box = shift(box, numberOf(at.getAttribute("x")), numberOf(at.getAttribute("y")));
    }
    return rectangle(box);
  };
}

function shift(box: Box, x: number, y: number): Box {
  return { left: box.left + x, top: box.top + y, right: box.right + x, bottom: box.bottom + y };
}

/** As the DOM gives it; where nothing is, a box of no size at 0. */
function rectangle(box: Box = { left: 0, top: 0, right: 0, bottom: 0 }) {
  return { ...box, x: box.left, y: box.top, width: box.right - box.left, height: box.bottom - box.top };
}

/** The box of an element in its own coordinates, before its own transform. */
function boxOf(element: DomElement, measure: Measure): Box | undefined {
  switch (element.tagName) {
    case "text":
    case "tspan":
      return textBox(element, measure);
    case "rect":
    case "image":
      return rectBox(element);
    case "path":
      return pathBox(element);
    case "svg":
    case "g":
    case "a": {
      let box: Box | undefined;
      for (const child of element.children) {
        const inner = boxOf(child, measure);
        if (inner !== undefined) box = joinBoxes(box, transformBox(child, inner));
      }
      return box;
    }
    default:
      return undefined;
  }
}

function rectBox(element: DomElement): Box | undefined {
  const [x, y, width, height] = ["x", "y", "width", "height"].map((name) => numberOf(element.getAttribute(name)));
  return width === 0 && height === 0 ? undefined : { left: x!, top: y!, right: x! + width!, bottom: y! + height! };
}

/** A text: the box around its lines, each of which plotly writes as a `tspan` with x and y of its own. */
function textBox(element: DomElement, measure: Measure): Box | undefined {
  const lines = [...element.children].filter((child) => child.getAttribute("class") === "line");
  let box: Box | undefined;
  for (const line of lines.length > 0 ? lines : [element]) box = joinBoxes(box, lineBox(line, measure));
  return box;
}

/** A line from its anchor on the baseline; what it does not say itself, the text that it stands in says. */
function lineBox(line: DomElement, measure: Measure): Box | undefined {
  if (!line.textContent) return undefined;
  const said = (name: string) => line.getAttribute(name) ?? line.parentElement?.getAttribute(name);
  const { size } = fontOf(line);
  const width = widthOf(line, measure);
  const x = numberOf(said("x")) + lengthOf(line.getAttribute("dx"), size);
  const y = numberOf(said("y")) + lengthOf(line.getAttribute("dy"), size);
  const anchor = said("text-anchor") || line.style?.textAnchor || line.parentElement?.style?.textAnchor;
  const left = anchor === "middle" ? x - width / 2 : anchor === "end" ? x - width : x;
  return { left, top: y - ascent * size, right: left + width, bottom: y + descent * size };
}

/** A length in pixels, of which `em` is the font's size. */
function lengthOf(text: string | null, size: number): number {
  return numberOf(text) * (text?.endsWith("em") ? size : 1);
}

/** The width of an element's texts, each in its own size and weight. */
function widthOf(element: DomElement, measure: Measure): number {
  let width = 0;
  for (const node of element.childNodes) {
    if (isText(node)) width += measure(node.data.replaceAll("\u200b", ""), fontOf(element));
    else width += widthOf(node, measure);
  }
  return width;
}

/** The font of an element: the nearest size and weight that it or what it stands in names. */
function fontOf(element: DomElement): Font {
  let size = 0;
  let weight = "";
  for (let at: DomElement | null = element; at !== null && (size === 0 || weight === ""); at = at.parentElement) {
    size ||= numberOf(at.style?.fontSize) || numberOf(at.getAttribute("font-size"));
    weight ||= at.style?.fontWeight || at.getAttribute("font-weight") || "";
  }
  return { size: size || 12, bold: weight === "bold" || Number(weight) >= 600 };
}
