import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { createCanvas, GlobalFonts } from "@napi-rs/canvas";

/**
 * The font that figures are measured and drawn in. It comes with a package, since a machine may have no fonts at all,
 * and since a text that is measured in one font and drawn in another runs out of its place.
 */

/** The family's name in the font files, which the figures' theme names first. */
export const fontFamily = "DejaVu Sans";

/** Height above and depth below the baseline over the size: `hhea` of DejaVu Sans, 1901 and 483 of 2048. */
export const ascent = 1901 / 2048;
export const descent = 483 / 2048;

/** A name of its own, so that a font of the system with the same name is not taken instead. */
const measuredFamily = "striate-figures";

export interface Font {
  /** pixels */
  readonly size: number;
  readonly bold: boolean;
}

/** The paths of the upright and the bold font. */
export function fontFiles(): string[] {
  const { resolve } = createRequire(import.meta.url);
  const folder = join(dirname(resolve("dejavu-fonts-ttf/package.json")), "ttf");
  return ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((name) => join(folder, name));
}

/** A function that gives the width of a line of text, pixels. */
export function textMeasure(): (text: string, font: Font) => number {
  for (const path of fontFiles()) {
    if (GlobalFonts.registerFromPath(path, measuredFamily) === null)
      throw new Error(`font ${path} cannot be read as TrueType`);
  }
  const context = createCanvas(1, 1).getContext("2d");
  const known = new Map<string, number>();
  return (text, { size, bold }) => {
    const key = `${bold ? "b" : "n"}${size} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    context.font = `${bold ? "bold " : ""}${size}px "${measuredFamily}"`;
    const { width } = context.measureText(text);
    if (known.size > 5000) known.clear();
    known.set(key, width);
    return width;
  };
}
