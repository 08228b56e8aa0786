import { describe, expect, it } from "vitest";
import { rSquaredOf } from "../../src/fit/r-squared.js";

describe("rSquaredOf", () => {
  it("is 1 for the data themselves, 0 for their mean, and below 0 for less", () => {
    expect(rSquaredOf([1, 2, 3], [1, 2, 3])).toBe(1);
    expect(rSquaredOf([1, 2, 3], [2, 2, 2])).toBeCloseTo(0, 15);
    expect(rSquaredOf([1, 2, 3], [0, 0, 0])).toBeCloseTo(1 - 14 / 2, 14);
    expect(rSquaredOf([1, 2, 3], [1, 2, 4])).toBeCloseTo(0.5, 14);
  });

  it("does not depend on the data's unit, down to where squares are 0 and up to where they are infinite", () => {
    for (const unit of [1e-300, 1e-200, -1, 1e200, 1e300]) {
      expect(rSquaredOf([unit, 2 * unit, 3 * unit], [unit, 2 * unit, 4 * unit])).toBeCloseTo(0.5, 12);
    }
  });

  it("is not a number for constant data", () => {
    expect(rSquaredOf([2, 2], [1, 3])).toBeNaN();
    expect(rSquaredOf([0, 0], [0, 0])).toBeNaN();
  });
});
