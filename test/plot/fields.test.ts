import { describe, expect, it } from "vitest";
import { fieldPanelsFigure } from "../../src/plot/field-panels.js";
import { receptiveFieldFigure } from "../../src/plot/receptive-field.js";
import { spaceTimeFigure } from "../../src/plot/space-time.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";
import { field, text } from "./samples.js";

const small = tensor([1, 2, 3, 4, 5, -8], [2, 3]);
const bad = { name: "field", caption: "c.", title: "t" };

describe("a receptive field's figure", () => {
  it("draws row 0 at the top, x to the right and y up about the centre", () => {
    const [trace] = receptiveFieldFigure({ kernel: small, grid: { height: 2, width: 3, step: 0.5 } }, text).data;
    expect(trace!.z).toEqual([
      [1, 2, 3],
      [4, 5, -8],
    ]);
    expect(trace!.x).toEqual([-0.5, 0, 0.5]);
    expect(trace!.y).toEqual([0.25, -0.25]);
  });

  it("names degrees where the grid has a step, else pixels", () => {
    const title = (step?: number) =>
      receptiveFieldFigure({ kernel: small, grid: { height: 2, width: 3, ...(step && { step }) } }, text).layout.xaxis;
    expect(title()).toMatchObject({ title: { text: "x (pixels)" } });
    expect(title(1)).toMatchObject({ title: { text: "x (degrees)" } });
  });

  it("shows the lag of most energy unless told which", () => {
    const kernel = tensor([1, 0, 0, -3, 2, 0], [3, 1, 2]);
    expect(receptiveFieldFigure({ kernel }, text).data[0]!.z).toEqual([[0, -3]]);
    expect(receptiveFieldFigure({ kernel }, { ...text, lag: 2 }).data[0]!.z).toEqual([[2, 0]]);
  });

  it("scales to the largest magnitude, to the limit given, and to 1 where all is 0", () => {
    const limit = (kernel: typeof small, options = {}) =>
      (receptiveFieldFigure({ kernel }, { ...text, ...options }).layout.coloraxis as { cmax: number }).cmax;
    expect(limit(small)).toBe(8);
    expect(limit(small, { limit: 20 })).toBe(20);
    expect(limit(zeros([2, 3]) as typeof small)).toBe(1);
  });

  it("refuses what is no field, with one line that says why", () => {
    const draw = (kernel: unknown, grid?: object, options = {}) => {
      return () => receptiveFieldFigure({ kernel, grid } as never, { ...bad, ...options } as never);
    };
    const door = "receptiveFieldFigure: ";
    expect(() => receptiveFieldFigure(null as never, bad)).toThrow(`${door}field is null, { kernel, grid? } is needed`);
    expect(draw(3)).toThrow(`${door}kernel is 3, a tensor is needed`);
    expect(draw(zeros([4]))).toThrow(`${door}kernel has shape [4], [height, width] or [lags, height, width] is needed`);
    expect(draw(zeros([0, 2]))).toThrow("[height, width] or [lags, height, width] is needed");
    expect(draw(tensor([1, Number.NaN], [1, 2]))).toThrow(`${door}kernel[1] is NaN, finite numbers are needed`);
    expect(draw(small, { height: 3, width: 3 })).toThrow(`${door}kernel has shape [2, 3], the grid is 3x3`);
    expect(draw(small, undefined, { lag: 1 })).toThrow(`${door}lag is 1, a whole number from 0 to 0 is needed`);
    expect(draw(small, undefined, { limit: 0 })).toThrow(`${door}limit is 0, a number above 0 is needed`);
    expect(draw(small, undefined, { colour: 1 })).toThrow(`${door}option "colour" is not known`);
  });
});

describe("fields side by side", () => {
  it("share one scale and one pair of axes", () => {
    const doubled = tensor(
      field.data.map((v) => 2 * v),
      field.shape,
    );
    const figure = fieldPanelsFigure(
      [
        { label: "a", kernel: field },
        { label: "b", kernel: doubled },
      ],
      text,
    );
    expect(new Set(figure.data.map((trace) => trace.coloraxis))).toEqual(new Set(["coloraxis"]));
    expect((figure.layout.coloraxis as { cmax: number }).cmax).toBeCloseTo(Math.max(...doubled.data.map(Math.abs)), 4);
    expect(figure.layout.xaxis2).toMatchObject({ matches: "x" });
    expect(figure.layout.yaxis2).toMatchObject({ matches: "y" });
  });

  it("do not overlap, and leave room between rows for the labels", () => {
    const figure = fieldPanelsFigure(
      Array.from({ length: 5 }, (_, i) => ({ label: `field ${i}`, kernel: field })),
      { ...text, columns: 2 },
    );
    const boxes = figure.data.map((_, i) => {
      const id = i === 0 ? "" : `${i + 1}`;
      const at = (key: string) => (figure.layout[key] as { domain: [number, number] }).domain;
      return { x: at(`xaxis${id}`), y: at(`yaxis${id}`) };
    });
    for (const [i, a] of boxes.entries()) {
      for (const b of boxes.slice(i + 1)) {
        const apart = a.x[1] < b.x[0] || b.x[1] < a.x[0] || a.y[1] < b.y[0] || b.y[1] < a.y[0];
        expect(apart).toBe(true);
      }
    }
    expect(figure.layout.annotations).toHaveLength(5);
  });

  it("are refused where there is none, or their grids differ", () => {
    expect(() => fieldPanelsFigure([], text)).toThrow(
      "fieldPanelsFigure: panels is an empty list, at least one field is needed",
    );
    const other = [
      { label: "a", kernel: field },
      { label: "b", kernel: small },
    ];
    expect(() => fieldPanelsFigure(other, text)).toThrow(
      "panels[1] has another grid than panels[0], one grid is needed",
    );
    expect(() => fieldPanelsFigure(other, { ...text, columns: 0 })).toThrow("columns is 0");
  });
});

describe("a space-time strip", () => {
  const kernel = tensor([1, 2, 3, 4, 5, 6, 7, 8], [2, 2, 2]);
  const figure = spaceTimeFigure({ kernel }, { ...text, frameSeconds: 0.0125 });

  it("sets the lags side by side with a gap, lag 0 at the left", () => {
    expect(figure.data[0]!.z).toEqual([
      [1, 2, null, 5, 6],
      [3, 4, null, 7, 8],
    ]);
  });

  it("writes each lag in ms in the middle of its tile", () => {
    expect(figure.layout.xaxis).toMatchObject({ tickvals: [0.5, 3.5], ticktext: ["0", "12.5"] });
  });

  it("says in the caption how wide a tile is, and on its axis where rows lie", () => {
    const wide = spaceTimeFigure({ kernel, grid: { height: 2, width: 2, step: 0.25 } }, { ...text, frameSeconds: 1 });
    expect(wide.caption).toContain("Each tile is 0.500 degrees wide.");
    expect(wide.layout.yaxis).toMatchObject({ ticktext: ["0.125", "0", "−0.125"], title: { text: "y (degrees)" } });
  });

  it("leaves lags unlabelled where there is no room for all", () => {
    const long = spaceTimeFigure({ kernel: zeros([45, 2, 2]) }, { ...text, frameSeconds: 0.01 });
    expect((long.layout.xaxis as { ticktext: string[] }).ticktext.slice(0, 3)).toEqual(["0", "30", "60"]);
  });

  it("needs the length of a frame", () => {
    expect(() => spaceTimeFigure({ kernel }, { ...text, frameSeconds: 0 })).toThrow(
      "frameSeconds is 0, a number above 0 is needed",
    );
  });
});
