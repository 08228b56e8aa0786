import { renderAsync } from "@resvg/resvg-js";
import { fontFamily, fontFiles } from "./fonts.js";

/** Pixels of the PNG over pixels of the figure: sharp on a screen of twice the density and in print. */
const scale = 2;

/**
 * An SVG document of plotly's as PNG, in the fonts that it was measured in and no others.
 *
 * The renderer reads SVG strictly: `image-rendering` it takes as an attribute only, and a reference in quotes (which
 * plotly writes for colour bars) it does not resolve. Both are rewritten before.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const strict = svg
    .replace(/url\((?:&quot;|")(#[^"&)]*)(?:&quot;|")\)/g, "url($1)")
    .replaceAll("<image ", '<image image-rendering="optimizeSpeed" ');
  const image = await renderAsync(strict, {
    fitTo: { mode: "zoom", value: scale },
    font: {
      loadSystemFonts: false,
      fontFiles: fontFiles(),
      defaultFontFamily: fontFamily,
      sansSerifFamily: fontFamily,
    },
  });
  return image.asPng();
}
