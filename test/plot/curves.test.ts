import { describe, expect, it } from "vitest";
import { lossFigure } from "../../src/plot/loss.js";
import { parameterErrorsFigure } from "../../src/plot/parameter-errors.js";
import { singularValuesFigure } from "../../src/plot/singular-values.js";
import { temporalProfileFigure } from "../../src/plot/temporal-profile.js";
import { temporalProfilesFigure } from "../../src/plot/temporal-profiles.js";
import { theoryFigure } from "../../src/plot/theory.js";
import { row, text } from "./samples.js";

describe("a loss curve", () => {
  const value = { label: "loss", unit: "variance" };

  it("counts steps from 1 unless it is given them", () => {
    const [plain, given] = lossFigure(
      [
        { label: "a", loss: [3, 2] },
        { label: "b", loss: [3, 2], step: [0, 50] },
      ],
      { ...text, value },
    ).data;
    expect([plain!.x, given!.x]).toEqual([
      [1, 2],
      [0, 50],
    ]);
  });

  it("is refused where it cannot stand on its axis", () => {
    const draw = (curve: object, scale?: "log") => () =>
      lossFigure([{ label: "a", loss: [1], ...curve }], { ...text, value, ...(scale && { scale }) });
    expect(() => lossFigure([], { ...text, value })).toThrow(
      "lossFigure: curves is an empty list, at least one is needed",
    );
    expect(draw({ loss: [] })).toThrow('"a" is empty, at least one loss is needed');
    expect(draw({ step: [1, 2] })).toThrow('"a" has 2 steps and 1 losses, as many of both are needed');
    expect(draw({ loss: [1, 0] }, "log")).toThrow('"a"[1] is 0, above 0 is needed on a logarithmic axis');
  });
});

describe("measurements beside theory", () => {
  const axes = { x: { label: "spikes", unit: "spikes" }, y: { label: "correlation", unit: "" } };
  const series = { label: "a", x: [1, 2], y: [3, 5] };

  it("are points with error bars of one standard error, theory is a line", () => {
    const figure = theoryFigure([{ ...series, error: [0.1, 0.2] }], {
      ...text,
      ...axes,
      theory: [{ ...series, label: "theory" }],
    });
    expect(figure.data.map((trace) => [trace.name, trace.mode])).toEqual([
      ["theory", "lines"],
      ["a", "markers"],
    ]);
    expect(figure.data[1]!.error_y).toMatchObject({ array: [0.1, 0.2] });
    expect(figure.caption).toContain("Error bars: one standard error.");
  });

  it("get the line of equality from the least to the largest of both, on axes of one scale", () => {
    const figure = theoryFigure([series], { ...text, ...axes, identity: true });
    expect(figure.data[0]).toMatchObject({ name: "equal", x: [1, 5], y: [1, 5] });
    expect(figure.layout.yaxis).toMatchObject({ scaleanchor: "x", scaleratio: 1 });
  });

  it("are refused where lists do not fit or an axis cannot show them", () => {
    const draw =
      (change: object, options = {}) =>
      () =>
        theoryFigure([{ ...series, ...change }], { ...text, ...axes, ...options });
    expect(() => theoryFigure([], { ...text, ...axes })).toThrow(
      "theoryFigure: measured is an empty list, at least one series is needed",
    );
    expect(draw({ y: [1] })).toThrow('"a" has 2 x and 1 y, as many of each and at least one are needed');
    expect(draw({ x: [0, 1] }, { xScale: "log" })).toThrow('"a".x[0] is 0, above 0 is needed on a logarithmic axis');
    expect(draw({ error: [0, Number.NaN] })).toThrow('"a".error[1] is NaN');
  });
});

describe("errors of parameters", () => {
  it("are counted in their own standard errors, and so is theory's prediction", () => {
    const figure = parameterErrorsFigure([{ label: "cell", rows: [{ ...row, theory: 0.105 }] }], text);
    expect(figure.data.map((trace) => trace.x)).toEqual([[2], [0.5]]);
    expect(figure.data[0]!.error_x).toMatchObject({ type: "constant", value: 1 });
    expect(figure.layout.yaxis).toMatchObject({ ticktext: [row.label] });
  });

  it("name what is not identifiable in the caption, and do not draw it", () => {
    const lost = { ...row, label: "phase (°)", standardError: Number.NaN };
    const figure = parameterErrorsFigure([{ label: "cell", rows: [row, lost] }], text);
    expect(figure.data[0]!.x).toHaveLength(1);
    expect(figure.caption).toContain("Not identifiable, so not drawn: phase (°) of cell.");
    expect(() => parameterErrorsFigure([{ label: "cell", rows: [lost] }], text)).toThrow(
      "parameterErrorsFigure: no row has a finite truth, estimate and standard error above 0, one is needed",
    );
  });
});

describe("a temporal profile", () => {
  const options = { ...text, frameSeconds: 0.0156, bandLabel: "null" };
  const band = { low: [-1, -1, -1], high: [1, 1, 1] };

  it("has its lags in ms and fills the points that leave the band", () => {
    const [, line] = temporalProfileFigure({ values: [0.5, 2, -1.5], band }, options).data;
    expect(line!.x).toEqual([0, 15.6, 31.2]);
    const colors = (line!.marker as { color: string[] }).color;
    expect(colors[0]).not.toBe(colors[1]);
    expect(colors[1]).toBe(colors[2]);
  });

  it("is refused where the band does not fit or has no label", () => {
    const draw =
      (profile: object, change = {}) =>
      () =>
        temporalProfileFigure({ values: [0, 1, 2], ...profile }, { ...options, ...change });
    expect(draw({ values: [] })).toThrow("temporalProfileFigure: values is empty, at least one lag is needed");
    expect(draw({ band: { low: [1], high: [1, 2, 3] } })).toThrow(
      "band.low has 1 entries, one for each of 3 lags is needed",
    );
    expect(draw({ band }, { bandLabel: undefined })).toThrow("bandLabel is not given, a text is needed with a band");
  });
});

describe("several temporal profiles", () => {
  const options = { ...text, frameSeconds: 0.002, value: { label: "weight", unit: "unit norm" } };
  const one = { label: "one", values: [1, 2, 3] };

  it("are a line each over the lags in ms, by their labels", () => {
    const figure = temporalProfilesFigure([one, { label: "two", values: [0, -1, 0] }], options);
    expect(figure.data.map(({ name, x, y }) => [name, x, y])).toEqual([
      ["one", [0, 2, 4], [1, 2, 3]],
      ["two", [0, 2, 4], [0, -1, 0]],
    ]);
    expect(figure.layout.yaxis).toMatchObject({ title: { text: "weight (unit norm)" } });
  });

  it("are refused where there is none, or they differ in length", () => {
    const where = "temporalProfilesFigure: ";
    expect(() => temporalProfilesFigure([], options)).toThrow(`${where}profiles is an empty list`);
    expect(() => temporalProfilesFigure([one, { label: "two", values: [1] }], options)).toThrow(
      `${where}"two" has 1 lags, 3 are needed as of the first`,
    );
    expect(() => temporalProfilesFigure([{ label: "none", values: [] }], options)).toThrow('"none" has no lags');
    expect(() => temporalProfilesFigure([{ label: "bad", values: [Number.NaN] }], options)).toThrow('"bad"[0] is NaN');
  });
});

describe("singular values", () => {
  it("show the share of energy of all of them, also where not all are drawn", () => {
    const figure = singularValuesFigure([3, 1, 0.01], { ...text, shown: 2 });
    expect(figure.data[0]!.y).toEqual([3, 1]);
    expect(figure.layout.xaxis).toMatchObject({ ticktext: ["1<br>90", "2<br>10"] });
  });

  it("are refused where they are no singular values, or the null does not reach", () => {
    const draw =
      (values: number[], change = {}) =>
      () =>
        singularValuesFigure(values, { ...text, ...change });
    expect(draw([1, 2])).toThrow("singularValuesFigure: values[1] is 2, at least 0 and descending is needed");
    expect(draw([0, 0])).toThrow("values holds none above 0, one is needed");
    expect(draw([2, 1], { nullLimit: { label: "null", values: [1] } })).toThrow(
      "nullLimit has 1 values, one for each of 2 is needed",
    );
    expect(draw([2, 1], { shown: 0 })).toThrow("shown is 0");
  });
});
