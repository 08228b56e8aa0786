import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  correlation,
  mean,
  median,
  quantile,
  rankCorrelation,
  standardError,
  variance,
} from "../../src/math/statistics.js";
import { InputError } from "../../src/tensor/errors.js";

const list = (least: number) => fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: least, maxLength: 30 });

describe("mean, variance and standard error", () => {
  it("of 1 to 5 are 3, 5/2 and √(1/2)", () => {
    const values = [4, 1, 5, 2, 3];
    expect(mean(values)).toBe(3);
    expect(variance(values)).toBe(2.5);
    expect(standardError(values)).toBeCloseTo(Math.SQRT1_2, 15);
  });

  it("do not lose a small spread on a large mean", () => {
    expect(variance([1e9 + 4, 1e9 + 7, 1e9 + 13, 1e9 + 16])).toBe(30);
  });

  it("refuse too few values and such that are not finite", () => {
    expect(() => mean([])).toThrow(new InputError("mean: values has 0 values, at least 1 are needed"));
    expect(() => variance([1])).toThrow(new InputError("variance: values has 1 values, at least 2 are needed"));
    expect(() => standardError([1])).toThrow(
      new InputError("standardError: values has 1 values, at least 2 are needed"),
    );
    expect(() => mean([1, NaN])).toThrow(new InputError("mean: values[1] is NaN, finite numbers are needed"));
  });
});

describe("quantile and median", () => {
  it("lie linearly between the order statistics (type 7)", () => {
    const values = [40, 10, 30, 20];
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => quantile(values, p))).toEqual([10, 17.5, 25, 32.5, 40]);
    expect(median(values)).toBe(25);
    expect(median([3, 1, 2])).toBe(2);
  });

  it("take infinities as values", () => {
    expect(median([Infinity, Infinity, 1])).toBe(Infinity);
    expect(quantile([-Infinity, 0, 1], 0)).toBe(-Infinity);
  });

  it("leave the values as they were, and lie within them", () => {
    fc.assert(
      fc.property(list(1), fc.double({ min: 0, max: 1, noNaN: true }), (values, p) => {
        const before = [...values];
        const q = quantile(values, p);
        expect(values).toEqual(before);
        expect(q).toBeGreaterThanOrEqual(Math.min(...values));
        expect(q).toBeLessThanOrEqual(Math.max(...values));
        // at least the share p lies at or below it, up to one value
        expect(values.filter((value) => value <= q).length).toBeGreaterThanOrEqual(
          Math.floor(p * (values.length - 1)) + 1,
        );
      }),
    );
  });

  it("refuse no values, NaN, and shares beyond 0 and 1", () => {
    expect(() => median([])).toThrow(new InputError("median: values is empty, at least one value is needed"));
    expect(() => quantile([NaN], 0.5)).toThrow(new InputError("quantile: values[0] is NaN, numbers are needed"));
    expect(() => quantile([1], 1.5)).toThrow(new InputError("quantile: p is 1.5, a share from 0 to 1 is needed"));
    expect(() => quantile([1], NaN)).toThrow(new InputError("quantile: p is NaN, a finite number is needed"));
  });
});

describe("correlation", () => {
  it("of a triangle is what it is by hand", () => {
    // deviations (-1, 0, 1) and (-1, 1, 0): 1 / √(2·2)
    expect(correlation([1, 2, 3], [1, 3, 2])).toBeCloseTo(0.5, 15);
  });

  it("is 1 along a rising line, -1 along a falling one, and blind to scale", () => {
    fc.assert(
      fc.property(list(3), (x) => {
        fc.pre(new Set(x).size > 1);
        expect(
          correlation(
            x,
            x.map((value) => 3 * value + 7),
          ),
        ).toBeCloseTo(1, 12);
        expect(
          correlation(
            x,
            x.map((value) => -2 * value),
          ),
        ).toBeCloseTo(-1, 12);
      }),
    );
  });

  it("of ranks sees only the order, and shares the rank of equal values", () => {
    expect(rankCorrelation([1, 2, 3, 4], [1, 10, 100, 1000])).toBe(1);
    // ranks (1, 2.5, 2.5, 4) against (1, 2, 3, 4): 4.5 / √(4.5·5)
    expect(rankCorrelation([1, 2, 2, 3], [1, 2, 3, 4])).toBeCloseTo(4.5 / Math.sqrt(22.5), 15);
  });

  it("refuses lists of other lengths, of one value, and such that do not vary", () => {
    expect(() => correlation([1, 2], [1])).toThrow(
      new InputError("correlation: x has 2 values, y has 1, as many are needed"),
    );
    expect(() => correlation([1], [1])).toThrow(new InputError("correlation: x has 1 values, at least 2 are needed"));
    expect(() => correlation([1, 1], [1, 2])).toThrow(
      new InputError("correlation: x has one value throughout, it must vary"),
    );
    expect(() => rankCorrelation([1, 2], [3, 3])).toThrow(
      new InputError("rankCorrelation: y has one value throughout, it must vary"),
    );
    expect(() => rankCorrelation([1, 2], [3, Infinity])).toThrow(
      "rankCorrelation: y[1] is Infinity, finite numbers are needed",
    );
  });
});
