import { describe, expect, it } from "vitest";
import { wilsonInterval } from "../../src/math/intervals.js";
import { distributionFigure } from "../../src/plot/distribution.js";
import { eigenvalueFigure } from "../../src/plot/eigenvalues.js";
import { gaborSpaceFigure } from "../../src/plot/gabor-space.js";
import { reference, spectrum, text } from "./samples.js";

const traceNamed = (figure: { data: readonly Readonly<Record<string, unknown>>[] }, name: string) =>
  figure.data.filter((trace) => String(trace.name).startsWith(name));

describe("a distribution beside its reference", () => {
  const options = { ...text, quantity: { label: "frequency", unit: "cycles/degree" }, edges: [1, 2, 4, 8] };
  const figure = distributionFigure([{ label: "learned", counts: [1, 3, 0] }], {
    ...options,
    scale: "log",
    reference: { label: "macaque", counts: [10, 10, 20] },
  });

  it("shows shares in %, with the sample size in the legend", () => {
    expect(traceNamed(figure, "learned")[0]).toMatchObject({ name: "learned, n = 4", y: [25, 75, 0] });
    expect(traceNamed(figure, "macaque")[0]).toMatchObject({ name: "macaque, n = 40", y: [25, 25, 50], type: "bar" });
  });

  it("draws the reference's bars over their bins and no point outside its own", () => {
    const bar = traceNamed(figure, "macaque")[0] as { x: number[]; width: number[] };
    expect(bar.x.map((x, i) => [x - bar.width[i]! / 2, x + bar.width[i]! / 2])).toEqual([
      [1, 2],
      [2, 4],
      [4, 8],
    ]);
    const { x } = traceNamed(figure, "learned")[0] as { x: number[] };
    expect(x.every((value, i) => value > options.edges[i]! && value < options.edges[i + 1]!)).toBe(true);
  });

  it("gives each share Wilson's interval, or the one that it is handed", () => {
    const own = distributionFigure(
      [{ label: "learned", counts: [1, 3, 0], interval: { low: [0.1, 0.6, 0], high: [0.5, 0.9, 0.2] } }],
      { ...options, intervalMeaning: "95 % of 999 bootstrap samples" },
    );
    const bars = (f: typeof figure) =>
      (traceNamed(f, "learned")[0] as { error_y: { array: number[]; arrayminus: number[] } }).error_y;
    const { low, high } = wilsonInterval(1, 4);
    expect(bars(figure).array[0]).toBeCloseTo(100 * high - 25, 3);
    expect(bars(figure).arrayminus[0]).toBeCloseTo(25 - 100 * low, 3);
    expect(bars(own).array).toEqual([25, 15, 20]);
    expect(bars(own).arrayminus).toEqual([15, 15, 0]);
    expect(own.caption).toContain("Error bars: 95 % of 999 bootstrap samples.");
  });

  it("refuses counts and edges that do not fit", () => {
    const draw =
      (counts: number[], change = {}) =>
      () =>
        distributionFigure([{ label: "a", counts }], { ...options, ...change });
    expect(draw([1, 2])).toThrow('distributionFigure: "a" has 2 entries, one for each of 3 bins is needed');
    expect(draw([1, -2, 3])).toThrow('"a" has a negative count');
    expect(draw([0, 0, 0])).toThrow('"a" has no counts at all, at least one is needed');
    expect(draw([1], { edges: [1] })).toThrow("edges has 1 entries, at least 2 are needed");
    expect(draw([1, 2], { edges: [1, 3, 2] })).toThrow("edges[2] is 2, above 3 is needed");
    expect(draw([1, 2], { edges: [0, 1, 2], scale: "log" })).toThrow(
      "edges[0] is 0, above 0 is needed on a logarithmic axis",
    );
    expect(draw([1, 2, 3], { scale: "cubic" })).toThrow('scale is "cubic", one of "linear", "log" is needed');
  });
});

describe("a spectrum with its null", () => {
  const figure = eigenvalueFigure(spectrum, text);

  it("marks the significant eigenvalues by their sign and shows every other one once", () => {
    expect(traceNamed(figure, "significant, variance larger")[0]).toMatchObject({ x: [7, 6], y: [0.9, 0.7] });
    expect(traceNamed(figure, "significant, variance smaller")[0]).toMatchObject({ x: [1], y: [-0.6] });
    expect(traceNamed(figure, "not significant")[0]).toMatchObject({ x: [2, 3, 4, 5], y: [-0.1, 0, 0.05, 0.1] });
  });

  it("fills the band of the first round behind all eigenvalues", () => {
    const band = figure.data[0] as { x: number[]; y: number[] };
    expect(band.y).toEqual([-0.3, -0.3, 0.3, 0.3, -0.3]);
    expect(Math.min(...band.x)).toBeLessThan(1);
    expect(Math.max(...band.x)).toBeGreaterThan(spectrum.eigenvalues.length);
  });

  it("draws the band of each round, and in it the extremes that earlier rounds left", () => {
    const bar = figure.data.find((trace) => trace.type === "bar") as { base: number[]; y: number[] };
    expect(bar.base).toEqual([...spectrum.nullBand.low]);
    expect(bar.base.map((low, i) => low + bar.y[i]!)).toEqual([...spectrum.nullBand.high]);
    expect(traceNamed(figure, "not significant")[1]).toMatchObject({
      x: [1, 2, 3, 4, 4],
      y: [-0.6, -0.6, 0.1, -0.1, 0.1],
    });
    expect(figure.data.at(-1)).toMatchObject({ x: [1, 2, 3], y: [0.9, 0.7, -0.6] });
  });

  it("is drawn as well where nothing is significant", () => {
    const none = eigenvalueFigure({ ...spectrum, significant: [] }, text);
    expect(traceNamed(none, "significant, variance larger")).toEqual([]);
  });

  it("is refused where its parts do not fit", () => {
    const draw = (change: object) => () => eigenvalueFigure({ ...spectrum, ...change }, text);
    expect(draw({ eigenvalues: [] })).toThrow("eigenvalueFigure: eigenvalues is empty, at least one is needed");
    expect(draw({ nullBand: { low: [1], high: [] } })).toThrow(
      "nullBand has 1 lows and 0 highs, one of each a round is needed",
    );
    expect(draw({ significant: [{ index: 7, sign: 1 }] })).toThrow("significant has index 7, there are 7 eigenvalues");
  });
});

describe("the plane of Gabor shapes", () => {
  it("lays the reference's counts out with nx to the right and ny up", () => {
    const figure = gaborSpaceFigure([], { ...text, scale: "log", reference });
    const map = figure.data.find((trace) => trace.type === "heatmap")!;
    // counts[nx][ny]; z[row of y][column of x]
    expect(map.z).toEqual([
      [1, 3],
      [2, 4],
    ]);
    expect(map.x).toEqual([0.1, 0.3, 0.9]);
    expect((map.colorbar as { title: { text: string } }).title.text).toBe("cells a bin (macaque, n = 10)");
  });

  it("draws a shape beyond the axes on the border, and counts it in the caption", () => {
    const group = { label: "learned", nx: [0.2, 0], ny: [0.4, 9] };
    const figure = gaborSpaceFigure([group], { ...text, scale: "log", reference });
    expect(traceNamed(figure, "learned")[0]).toMatchObject({ x: [0.2, 0.05], y: [0.4, 3] });
    expect(figure.caption).toContain("1 shape lies beyond the axes and is drawn on the border.");
    expect(gaborSpaceFigure([{ ...group, nx: [0.2, 0.3], ny: [0.4, 0.5] }], { ...text, scale: "log" }).caption).toBe(
      text.caption,
    );
  });

  it("is refused where lists or bins do not fit", () => {
    const draw = (groups: object[], ref?: object) => () =>
      gaborSpaceFigure(groups as never, { ...text, scale: "log", ...(ref && { reference: { ...reference, ...ref } }) });
    expect(draw([{ label: "a", nx: [1], ny: [] }])).toThrow(
      "gaborSpaceFigure: groups[0] has 1 nx and 0 ny, as many of both are needed",
    );
    expect(draw([{ label: "a", nx: [Number.NaN], ny: [1] }])).toThrow("groups[0].nx[0] is NaN");
    expect(draw([], { counts: [[1, 2]] })).toThrow(
      "reference has 3 edges and 1 rows of counts, 2 rows of 2 are needed",
    );
    expect(draw([], { edges: [0, 1, 2] })).toThrow("reference.edges are not ascending from above 0");
    expect(() => gaborSpaceFigure([], { ...text, scale: "cubic" as never })).toThrow('scale is "cubic"');
  });
});
