import { renderAsync } from "@resvg/resvg-js";
import { fontFamily, fontFiles } from "./fonts.js";

/** Pixels of the PNG over pixels of the figure: sharp on a screen of twice the density and in print. */
const scale = 2;

/**
 * An SVG document of plotly's as PNG, in the fonts that it was measured in and no others.
 *
 * The renderer reads SVG strictly: it takes `image-rendering` as an attribute only, without which heatmaps blur, and
 * resolves no reference in quotes, without which colour bars are black. Both are rewritten before.
 */
export async function svgToPng(svg: string): Promise<Uint8Array> {
  const strict = svg
    .replace(/url\((?:&quot;|["'])(#[^"'&)]*)(?:&quot;|["'])\)/g, "url($1)")
    .replace(/(<image [^>]*?style=")[^"]*pixelated[^"]*"/g, '$1" image-rendering="optimizeSpeed"');
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
