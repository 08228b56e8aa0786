import { describe, expect, it } from "vitest";
import { holdThenFall } from "../../src/learn/schedule.js";

describe("holding, then falling", () => {
  it("holds for its share of the steps and ends at its share of the rate", () => {
    const rate = holdThenFall(0.02, 101, 0.6, 0.05);
    expect([rate(0), rate(60)]).toEqual([0.02, 0.02]);
    expect(rate(100)).toBeCloseTo(0.001, 12);
  });

  it("falls along a straight line", () => {
    const rate = holdThenFall(1, 11, 0, 0);
    expect([0, 5, 10].map(rate)).toEqual([1, 0.5, 0]);
  });

  it("never falls when it holds for all steps, or has only one", () => {
    expect(holdThenFall(1, 10, 1, 0)(9)).toBe(1);
    expect(holdThenFall(1, 1, 0, 0)(0)).toBe(1);
  });
});
