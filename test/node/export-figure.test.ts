import { Resvg } from "@resvg/resvg-js";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { closeExport, exportFigure } from "../../src/node/export/export-figure.js";
import { fontFamily, fontFiles, textMeasure } from "../../src/node/export/fonts.js";
import { fieldPanelsFigure } from "../../src/plot/field-panels.js";
import type { Figure } from "../../src/plot/figure.js";
import { kernelMosaicFigure } from "../../src/plot/mosaic.js";
import { receptiveFieldFigure } from "../../src/plot/receptive-field.js";
import { tensor } from "../../src/tensor/tensor.js";
import { field, kernels, samples, text } from "../plot/samples.js";

const font = { loadSystemFonts: false, fontFiles: fontFiles(), defaultFontFamily: fontFamily };

interface Rectangle {
  readonly what: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where the renderer puts each text, by drawing it alone: no size of ours has a part in it. */
function textBoxes(svg: string): Rectangle[] {
  const bare = svg.replace(/<(?:rect|path|image)\b[^>]*?\/>/g, "").replace(/ clip-path="[^"]*"/g, "");
  return [...bare.matchAll(/<text\b.*?<\/text>/gs)].flatMap(([own], i) => {
    let at = 0;
    const alone = bare.replace(/<text\b.*?<\/text>/gs, (any) => (at++ === i ? any : ""));
    const box = new Resvg(alone, { font }).getBBox();
    return box ? [{ what: own.replace(/<[^>]*>/g, ""), x: box.x, y: box.y, width: box.width, height: box.height }] : [];
  });
}

function overlap(a: Rectangle, b: Rectangle): boolean {
  const apart = (p: number, lengthP: number, q: number, lengthQ: number) =>
    p + lengthP <= q + 0.5 || q + lengthQ <= p + 0.5;
  return !apart(a.x, a.width, b.x, b.width) && !apart(a.y, a.height, b.y, b.height);
}

/** The pixels of the image that a heatmap is in the SVG. */
async function imageIn(svg: string) {
  const [, base64] = /<image [^>]*href="data:image\/png;base64,([^"]+)"/.exec(svg)!;
  return sharp(Buffer.from(base64, "base64")).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
}

/** The colour of a PNG at a place in the figure's pixels. */
async function pixelsOf(png: Uint8Array) {
  const { data, info } = await sharp(png).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  return (x: number, y: number) => [
    ...data.subarray((2 * y * info.width + 2 * x) * 3, (2 * y * info.width + 2 * x) * 3 + 3),
  ];
}

afterAll(closeExport);

describe.each(samples.map((figure, i) => [`${i}: ${figure.data[0]!.type} of ${figure.width} pixels`, figure] as const))(
  "exported figure %s",
  (_, figure) => {
    let svg: string;
    let png: Uint8Array;
    beforeAll(async () => {
      ({ svg, png } = await exportFigure(figure));
    }, 60_000);

    it("is an SVG of its size and a PNG of twice that", async () => {
      expect(svg).toMatch(new RegExp(`^<svg [^>]*width="${figure.width}" height="${figure.height}"`));
      const { format, width, height } = await sharp(png).metadata();
      expect({ format, width, height }).toEqual({ format: "png", width: 2 * figure.width, height: 2 * figure.height });
    });

    it("has every text inside the figure, and none over another", () => {
      const boxes = textBoxes(svg);
      expect(boxes.length).toBeGreaterThan(2);
      const outside = boxes.filter(
        ({ x, y, width, height }) => x < 2 || y < 2 || x + width > figure.width - 2 || y + height > figure.height - 2,
      );
      expect(outside).toEqual([]);
      const pairs = boxes.flatMap((a, i) =>
        boxes
          .slice(i + 1)
          .filter((b) => overlap(a, b))
          .map((b) => [a.what, b.what]),
      );
      expect(pairs).toEqual([]);
    });

    it("asks for nothing from elsewhere", () => {
      expect([...svg.matchAll(/(?:href|src)="(?!data:|#)[^"]*|url\((?!#|'#)[^)]*|@import/g)]).toEqual([]);
    });
  },
);

describe("exportFigure", () => {
  it("gives the same bytes for the same figure, whatever was drawn between, and in a new window", async () => {
    const first = await exportFigure(samples[4]!);
    await exportFigure(samples[5]!);
    expect(await exportFigure(samples[4]!)).toEqual(first);
    await closeExport();
    expect(await exportFigure(samples[4]!)).toEqual(first);
  });

  it("draws figures that are asked for at once as it draws them one by one", async () => {
    const chosen = [samples[0]!, samples[6]!, samples[10]!];
    const together = await Promise.all(chosen.map(exportFigure));
    for (const [i, figure] of chosen.entries()) expect(together[i]).toEqual(await exportFigure(figure));
  });

  it("leaves the figure as it was", async () => {
    const before = JSON.stringify(samples[9]);
    await exportFigure(samples[9]!);
    expect(JSON.stringify(samples[9])).toBe(before);
  });

  it("draws a field's row 0 at the top, a pixel a cell, blue below 0 and red above", async () => {
    const { data, info } = await imageIn((await exportFigure(receptiveFieldFigure({ kernel: field }, text))).svg);
    expect([info.height, info.width]).toEqual(field.shape);
    const most = Math.max(...field.data.map(Math.abs));
    field.data.forEach((value, i) => {
      const [red, , blue] = data.subarray(4 * i, 4 * i + 4);
      if (Math.abs(value) > 0.05 * most) expect(Math.sign(red! - blue!)).toBe(Math.sign(value));
    });
  });

  it("leaves the gaps between tiles clear", async () => {
    const { svg } = await exportFigure(
      kernelMosaicFigure({ kernels: kernels(4) }, { ...text, normalise: true, columns: 2 }),
    );
    const { data, info } = await imageIn(svg);
    expect([info.height, info.width]).toEqual([11, 11]);
    for (let r = 0; r < 11; r++) {
      for (let c = 0; c < 11; c++) expect(data[4 * (r * 11 + c) + 3]).toBe(r === 5 || c === 5 ? 0 : 255);
    }
  });

  it("draws cells with sharp edges and the colour bar in its colours", async () => {
    const checks = tensor(
      Float32Array.from({ length: 16 }, (_, i) => ((i + (i >> 2)) % 2 ? 1 : -1)),
      [4, 4],
    );
    const figure = receptiveFieldFigure({ kernel: checks }, text);
    const { svg, png } = await exportFigure(figure);
    const at = await pixelsOf(png);
    const margin = figure.layout.margin as { l: number; t: number; r: number };
    const side = figure.width - margin.l - margin.r;
    const [blue, red] = [
      [5, 48, 97],
      [103, 0, 31],
    ];
    for (let i = 0; i < 16; i++) {
      const [r, c] = [i >> 2, i % 4];
      const corner = (part: number, cell: number) => Math.round(((cell + part) * side) / 4);
      for (const part of [0.03, 0.5, 0.97]) {
        const color = at(margin.l + corner(part, c), margin.t + corner(part, r));
        expect(color).toEqual(checks.data[i] === 1 ? red : blue);
      }
    }
    const [, x] = /<rect class="cboutline" x="([\d.]+)"/.exec(svg)!;
    const bar = margin.l + Number(x) + 6;
    const [top, middle, bottom] = [0.01, 0.5, 0.99].map((part) =>
      at(Math.round(bar), Math.round(margin.t + part * side)),
    );
    expect(top![0]! - top![2]!).toBeGreaterThan(50);
    expect(Math.min(...middle!)).toBeGreaterThan(240);
    expect(bottom![2]! - bottom![0]!).toBeGreaterThan(50);
  });

  it("draws what texts are made of: marks of mark-up, Greek letters, signs", async () => {
    const label = "σ < τ & √(m² + D/n) ≥ −1°";
    const figure = fieldPanelsFigure([{ kernel: field, label }], text);
    expect(textBoxes((await exportFigure(figure)).svg).map(({ what }) => what)).toContain(
      "σ &#60; τ &amp; √(m² + D/n) ≥ −1°",
    );
  });

  it("carries the title and the caption as texts for readers who do not see it", async () => {
    const { svg } = await exportFigure({ ...samples[0]!, title: "A & B", caption: "Where a < b." });
    expect(svg).toMatch(/^<svg [^>]*role="img"[^>]*><title>A &amp; B<\/title><desc>Where a &lt; b.<\/desc>/);
  });

  it("names the figure that cannot be drawn, and draws the next", async () => {
    const broken: Figure = { ...samples[0]!, name: "broken", layout: { width: 1n } };
    const failed = expect(exportFigure(broken)).rejects.toThrow(
      "exportFigure: broken cannot be drawn: Do not know how to serialize a BigInt",
    );
    const { svg } = await exportFigure(samples[0]!);
    await failed;
    expect(svg).toContain("</svg>");
  });
});

describe("textMeasure", () => {
  it("gives the widths that the renderer draws, upright and bold", () => {
    const measure = textMeasure();
    for (const bold of [false, true]) {
      for (const words of ["frequency (cycles/degree)", "σx = 0.25 ± 0.03", "WWWWiiii", "−1.5 × 10⁻³"]) {
        // Two bars around the words, so that what is drawn begins and ends with the same letter.
        const drawn = (inner: string) => {
          const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="900" height="50"><text x="10" y="30" font-family="${fontFamily}" font-size="20" font-weight="${bold ? "bold" : "normal"}">|${inner}|</text></svg>`;
          return new Resvg(svg, { font }).getBBox()!.width;
        };
        const width = measure(`|${words}|`, { size: 20, bold }) - measure("||", { size: 20, bold });
        expect(Math.abs(width - (drawn(words) - drawn("")))).toBeLessThan(0.5);
      }
    }
  });
});
