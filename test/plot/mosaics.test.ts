import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { kernelMosaicFigure, kernelMosaicsFigure } from "../../src/plot/mosaic.js";
import { tile, tileColumns } from "../../src/plot/tiles.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";
import { kernels, text } from "./samples.js";

describe("tiles", () => {
  it("hold every kernel whole, in order, row by row, with nothing but gaps between", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 8 }),
        (count, height, width, columns) => {
          const planes = Array.from({ length: count }, (_, k) =>
            Array.from({ length: height * width }, (_, i) => k * 100 + i),
          );
          const { z, y, centre } = tile(planes, { height, width }, columns);
          expect(z.flat().filter((value) => value !== null)).toHaveLength(count * height * width);
          for (let k = 0; k < count; k++) {
            const left = centre(k).x - (width - 1) / 2;
            const top = y[0]! - (centre(k).y + (height - 1) / 2);
            for (let i = 0; i < height * width; i++) {
              expect(z[top + Math.floor(i / width)]![left + (i % width)]).toBe(k * 100 + i);
            }
          }
        },
      ),
    );
  });

  it("stand in full rows where a count near the square allows it", () => {
    expect([48, 64, 12, 7, 1].map((count) => tileColumns(count))).toEqual([8, 8, 4, 7, 1]);
    expect(tileColumns(47)).toBeLessThan(10);
  });
});

describe("a mosaic of kernels", () => {
  const shown = (normalise: boolean) => kernelMosaicFigure({ kernels: kernels(4) }, { ...text, normalise, columns: 2 });

  it("is one heatmap, whatever the number of kernels", () => {
    expect(kernelMosaicFigure({ kernels: kernels(64) }, { ...text, normalise: true }).data).toHaveLength(1);
  });

  it("divides each kernel by its own largest magnitude where told to, and says so", () => {
    const figure = shown(true);
    const z = figure.data[0]!.z as number[][];
    expect([z[0]![0], z[0]![6], z[6]![0], z[6]![6]]).toEqual([1, 1, 1, 1]);
    expect([z[4]![4], z[4]![10], z[10]![4], z[10]![10]]).toEqual([-1, -0.5, -0.333333, -0.25]);
    expect(figure.caption).toContain("Each kernel is divided by its own largest magnitude.");
    expect(figure.layout.coloraxis).toMatchObject({ cmin: -1, cmax: 1 });
  });

  it("keeps the kernels in one scale where told to, and says so", () => {
    const figure = shown(false);
    const z = figure.data[0]!.z as number[][];
    expect([z[0]![0], z[0]![6], z[6]![0], z[6]![6]]).toEqual([1, 2, 3, 4]);
    expect(figure.caption).toContain("All kernels share one scale; none is normalised.");
    expect(figure.layout.coloraxis).toMatchObject({ cmin: -4, cmax: 4 });
  });

  it("leaves a kernel of zeros at 0", () => {
    const figure = kernelMosaicFigure({ kernels: zeros([1, 2, 2]) }, { ...text, normalise: true });
    expect(figure.data[0]!.z).toEqual([
      [0, 0],
      [0, 0],
    ]);
  });

  it("frames the kernels that it is told to, around their tiles, and says what a frame means", () => {
    const figure = kernelMosaicFigure(
      { kernels: kernels(4), framed: [1] },
      { ...text, normalise: true, columns: 2, frameMeaning: "R² below 0.7" },
    );
    expect(figure.data[1]!.x).toEqual([5.5, 10.5, 10.5, 5.5, 5.5, null]);
    expect(figure.data[1]!.y).toEqual([5.5, 5.5, 10.5, 10.5, 5.5, null]);
    expect(figure.caption).toContain("Framed: R² below 0.7.");
    expect(figure.layout.xaxis).toMatchObject({ range: [-0.5, 10.5] });
    expect(figure.layout.yaxis).toMatchObject({ range: [-0.5, 10.5] });
  });

  it("is refused where it cannot be drawn", () => {
    const draw =
      (stack: object, options = {}) =>
      () =>
        kernelMosaicFigure(stack as never, { ...text, normalise: true, ...options });
    expect(draw({ kernels: zeros([2, 3, 4, 4]) })).toThrow(
      "kernelMosaicFigure: kernels has shape [2, 3, 4, 4], [kernels, height, width] or [kernels, 1, height, width] is needed",
    );
    expect(draw({ kernels: tensor([Number.NaN], [1, 1, 1]) })).toThrow("kernels[0] is NaN");
    expect(draw({ kernels: kernels(2), framed: [2] }, { frameMeaning: "x" })).toThrow(
      "framed is 2, a whole number from 0 to 1 is needed",
    );
    expect(draw({ kernels: kernels(2), framed: [1] })).toThrow(
      "frameMeaning is not given, a text is needed where kernels are framed",
    );
  });
});

describe("mosaics side by side", () => {
  it("place tile i of each stack alike, in one scale", () => {
    const stacks = ["learned", "fits", "initial"].map((label) => ({ label, kernels: kernels(6) }));
    const figure = kernelMosaicsFigure(stacks, { ...text, normalise: false });
    expect(figure.data.map((trace) => trace.z)).toEqual([figure.data[0]!.z, figure.data[0]!.z, figure.data[0]!.z]);
    expect(figure.data.map((trace) => trace.xaxis)).toEqual(["x", "x2", "x3"]);
    expect(figure.layout.coloraxis).toMatchObject({ cmin: -6, cmax: 6 });
  });

  it("are refused without labels, or where sizes differ", () => {
    const draw =
      (...stacks: object[]) =>
      () =>
        kernelMosaicsFigure(stacks as never, { ...text, normalise: true });
    expect(draw()).toThrow("kernelMosaicsFigure: stacks is an empty list, at least one stack of kernels is needed");
    expect(draw({ kernels: kernels(2) })).toThrow("stacks[0] has no label, a text is needed");
    expect(draw({ label: "a", kernels: kernels(2) }, { label: "b", kernels: kernels(3) })).toThrow(
      "stacks[1] has shape [3, 5, 5], stacks[0] has [2, 5, 5]",
    );
  });
});
