import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checkGrid, gridOf, gridText, pixelsOf, sameGrid, stepOf, xOfColumn, yOfRow } from "../../src/math/grid.js";

const anyGrid = fc.record({
  height: fc.integer({ min: 1, max: 50 }),
  width: fc.integer({ min: 1, max: 50 }),
  step: fc.double({ min: 0.01, max: 5, noNaN: true }),
});

describe("a grid", () => {
  it("has its origin in the patch's centre: opposite pixels have opposite places", () => {
    fc.assert(
      fc.property(anyGrid, fc.nat(49), (grid, i) => {
        const [column, row] = [i % grid.width, i % grid.height];
        expect(xOfColumn(grid, column) + xOfColumn(grid, grid.width - 1 - column)).toBe(0);
        expect(yOfRow(grid, row) + yOfRow(grid, grid.height - 1 - row)).toBe(0);
      }),
      { seed: 18 },
    );
  });

  it("goes to the right and down by one step a pixel", () => {
    const grid = { height: 3, width: 4, step: 0.5 };
    expect([0, 1, 2, 3].map((c) => xOfColumn(grid, c))).toEqual([-0.75, -0.25, 0.25, 0.75]);
    expect([0, 1, 2].map((r) => yOfRow(grid, r))).toEqual([0.5, 0, -0.5]);
    expect(pixelsOf(grid)).toBe(12);
  });

  it("has step 1 where it names none", () => {
    const [bare, unit] = [
      { height: 2, width: 3 },
      { height: 2, width: 3, step: 1 },
    ];
    expect(stepOf(bare)).toBe(1);
    expect(sameGrid(bare, unit)).toBe(true);
    expect(xOfColumn(bare, 0)).toBe(-1);
    expect(gridText(bare)).toBe("2x3 (step 1)");
  });

  it("is another where a side or the step differs", () => {
    const grid = { height: 2, width: 3, step: 0.5 };
    for (const change of [{ height: 3 }, { width: 2 }, { step: 0.25 }])
      expect(sameGrid(grid, { ...grid, ...change })).toBe(false);
  });

  it("keeps its own fields, and does not invent a step", () => {
    expect(Object.keys(gridOf({ height: 2, width: 3, name: "patch" } as never))).toEqual(["height", "width"]);
    expect(gridOf({ height: 2, width: 3, step: 0.5 })).toEqual({ height: 2, width: 3, step: 0.5 });
  });

  it("is refused where it is not one", () => {
    const check = (grid: unknown) => () => checkGrid("here", grid);
    expect(check(null)).toThrow("here: grid is null, { height, width, step? } is needed");
    expect(check({ height: 1.5, width: 2 })).toThrow(
      "here: grid.height is 1.5, a whole number of at least 1 is needed",
    );
    expect(check({ height: 2 })).toThrow("here: grid.width is undefined, a whole number of at least 1 is needed");
    expect(check({ height: 2, width: 2, step: 0 })).toThrow("here: grid.step is 0, a number above 0 is needed");
    expect(check({ height: 1, width: 1 })).not.toThrow();
  });
});
