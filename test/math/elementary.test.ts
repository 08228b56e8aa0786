import { describe, expect, it } from "vitest";
import { exponential } from "../../src/math/elementary.js";

describe("exponential", () => {
  it("is e^x within two units in the last place over the whole range", () => {
    for (let i = 0; i < 20_000; i++) {
      const x = -708 + (1417 * i) / 20_000;
      expect(Math.abs(exponential(x) / Math.exp(x) - 1)).toBeLessThan(4 * 2 ** -53 + 2 ** -53);
    }
  });

  it("is the sum of 1/n! at 1, exact at 0, and halves at -ln 2", () => {
    let [sum, term] = [0, 1];
    for (let n = 1; n < 25; n++) {
      sum += term;
      term /= n;
    }
    expect(exponential(1)).toBeCloseTo(sum, 15);
    expect(exponential(0)).toBe(1);
    expect(exponential(-Math.LN2)).toBeCloseTo(0.5, 15);
  });

  it("goes to 0 and to infinity at the ends of the double's range, through the subnormals", () => {
    expect(exponential(-745)).toBe(5e-324);
    expect(exponential(-746)).toBe(0);
    expect(exponential(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exponential(709.7)).toBeGreaterThan(1e308);
    expect(exponential(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exponential(Number.NaN)).toBeNaN();
  });
});
