import { describe, expect, it } from "vitest";
import { assembleFigure } from "../../src/plot/assemble.js";
import type { Figure } from "../../src/plot/figure.js";
import { plotConfig } from "../../src/plot/theme.js";
import { samples, text } from "./samples.js";

interface Axis {
  readonly title?: { readonly text: string };
  readonly showticklabels?: boolean;
  readonly ticktext?: readonly string[];
  readonly scaleanchor?: string;
  readonly constrain?: string;
  readonly matches?: string;
  readonly range?: readonly number[];
}

function axesOf(figure: Figure): [string, Axis][] {
  return Object.entries(figure.layout).filter(([key]) => /^[xy]axis\d*$/.test(key)) as [string, Axis][];
}

/** The names of arrays that a trace draws, with their values in one row. */
function drawn(trace: Readonly<Record<string, unknown>>): [string, unknown[]][] {
  return ["x", "y", "z", "base", "width"].flatMap((key): [string, unknown[]][] =>
    Array.isArray(trace[key]) ? [[key, (trace[key] as unknown[]).flat()]] : [],
  );
}

/** Axes whose numbers have no unit. */
const pure = [/^rank \(/, /^round of the test$/, /^correlation$/, /^weight$/, /^singular value$/, /^kernels 1 to/];

describe.each(samples.map((figure, i) => [`${i}: ${figure.data[0]!.type} of ${figure.width} pixels`, figure] as const))(
  "figure %s",
  (_, figure) => {
    it("is plain data: JSON gives it back unchanged", () => {
      expect(JSON.parse(JSON.stringify(figure))).toEqual(figure);
    });

    it("draws finite numbers, and nulls only where a gap is meant", () => {
      for (const trace of figure.data) {
        for (const [key, values] of drawn(trace)) {
          const gaps = (trace.type === "heatmap" && key === "z") || trace.mode === "lines";
          expect(values.every((value) => Number.isFinite(value) || (gaps && value === null))).toBe(true);
        }
      }
    });

    it("titles every axis that shows numbers, with its unit", () => {
      for (const [key, axis] of axesOf(figure)) {
        // Rows that are named need no title; matching panels take the outer one's.
        if (axis.showticklabels === false || (key.startsWith("y") && axis.ticktext?.some((t) => /[a-z]/.test(t))))
          continue;
        const title = axis.title?.text ?? "";
        expect(title).not.toBe("");
        expect(/\(.+\)$/.test(title) || pure.some((pattern) => pattern.test(title))).toBe(true);
      }
    });

    it("has a colour scale that is symmetric about 0, white in its middle, where it shows weights", () => {
      const axis = figure.layout.coloraxis as
        | { cmin: number; cmax: number; colorscale: [number, string][] }
        | undefined;
      if (axis === undefined) return expect(figure.data.every((trace) => trace.coloraxis === undefined)).toBe(true);
      expect(axis.cmin).toBe(-axis.cmax);
      expect(axis.cmax).toBeGreaterThan(0);
      expect(axis.colorscale.find(([at]) => at === 0.5)?.[1]).toBe("#ffffff");
      const most = Math.max(
        ...figure.data
          .flatMap((trace) => (trace.coloraxis ? ((trace.z as number[][]).flat() as number[]) : [0]))
          .map(Math.abs),
      );
      expect(most).toBeCloseTo(axis.cmax, 5);
    });

    it("has square pixels, where it shows weights", () => {
      const axes = axesOf(figure).filter(([key]) => key.startsWith("y"));
      if (figure.layout.coloraxis === undefined) return;
      for (const [key, axis] of axes) {
        expect(axis.constrain).toBe("domain");
        if (axis.matches === undefined) expect(axis.scaleanchor).toBe(key.replace("axis", "").replace("y", "x"));
      }
    });

    it("has room for its plot, and says so in the layout", () => {
      const { margin, width, height } = figure.layout as {
        margin: Record<string, number>;
        width: number;
        height: number;
      };
      expect([width, height]).toEqual([figure.width, figure.height]);
      expect(width - margin.l! - margin.r!).toBeGreaterThanOrEqual(80);
      expect(height - margin.t! - margin.b!).toBeGreaterThanOrEqual(40);
      expect(width).toBeLessThanOrEqual(1100);
    });

    it("keeps the caption that it was given", () => {
      expect(figure.caption.startsWith(text.caption)).toBe(true);
      expect(figure.caption.endsWith(".")).toBe(true);
    });
  },
);

describe("a figure's frame", () => {
  const plot = { width: 300, height: 100, margin: { left: 40, right: 20, top: 10, bottom: 30 } };

  it("grows by a line for each line of the title, and leaves the plot as it was", () => {
    const short = assembleFigure(text, [], {}, plot);
    const long = assembleFigure({ ...text, title: "A title of many words ".repeat(4) }, [], {}, plot);
    const lines = (long.layout.title as { text: string }).text.split("<br>").length;
    expect(lines).toBeGreaterThan(2);
    expect(long.height - short.height).toBe((lines - 1) * 22);
    const inner = (f: Figure) =>
      f.height - (f.layout.margin as { t: number; b: number }).t - (f.layout.margin as { b: number }).b;
    expect([inner(short), inner(long)]).toEqual([100, 100]);
  });

  it("reads a title as text, not as mark-up", () => {
    const figure = assembleFigure({ ...text, title: "a < b & c" }, [], {}, plot);
    expect((figure.layout.title as { text: string }).text).toBe("<b>a &lt; b &amp; c</b>");
  });

  it("refuses a name that no file should have, and texts that say nothing", () => {
    const make = (change: object) => () => assembleFigure({ ...text, ...change }, [], {}, plot);
    expect(make({ name: "Two Words" })).toThrow('figure: name is "Two Words", kebab-case (a-z, 0-9, -) is needed');
    expect(make({ name: "../up" })).toThrow("kebab-case");
    expect(make({ title: " " })).toThrow('figure: title is " ", a text is needed');
    expect(make({ caption: "" })).toThrow('figure: caption is "", a text is needed');
  });

  it("is never given a button that uploads it", () => {
    expect(plotConfig).toEqual({ showSendToCloud: false, displaylogo: false });
  });
});
