import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { binnedDistance, histogram, histogramQuantile, kolmogorovSmirnov } from "../../src/math/distributions.js";
import { InputError } from "../../src/tensor/errors.js";

const values = fc.array(fc.integer({ min: -5, max: 15 }), { minLength: 1, maxLength: 40 });

describe("histogram", () => {
  it("puts a limit into the bin above it, and the last one into the last bin", () => {
    expect(histogram([0, 0.5, 1, 2, -1, 2.1, Infinity], [0, 1, 2])).toEqual({
      edges: [0, 1, 2],
      counts: [2, 2],
      below: 1,
      above: 2,
    });
  });

  it("counts every value once", () => {
    fc.assert(
      fc.property(values, (sample) => {
        const { counts, below, above } = histogram(sample, [0, 1, 3, 7, 10]);
        expect(counts.reduce((sum, count) => sum + count, below + above)).toBe(sample.length);
      }),
    );
  });

  it("refuses limits that do not ascend, and NaN", () => {
    expect(() => histogram([1], [0])).toThrow(new InputError("histogram: edges has 1 limits, at least 2 are needed"));
    expect(() => histogram([1], [0, 2, 2])).toThrow(
      new InputError("histogram: edges[2] is 2 after 2, ascending limits are needed"),
    );
    expect(() => histogram([1], [0, NaN])).toThrow(
      new InputError("histogram: edges[1] is NaN, finite numbers are needed"),
    );
    expect(() => histogram([0, NaN], [0, 1])).toThrow(
      new InputError("histogram: values[1] is NaN, numbers are needed"),
    );
  });
});

describe("histogramQuantile", () => {
  it("spreads the values evenly within a bin", () => {
    expect([0, 0.25, 0.5, 0.75, 1].map((p) => histogramQuantile([0, 1, 3], [2, 2], p))).toEqual([0, 0.5, 1, 2, 3]);
    expect(histogramQuantile([0, 1, 2, 3], [0, 4, 0], 0.5)).toBe(1.5);
  });

  it("refuses counts that do not fit, none at all, and shares beyond 0 and 1", () => {
    expect(() => histogramQuantile([0, 1], [1, 2], 0.5)).toThrow(
      new InputError("histogramQuantile: counts has 2 bins, 2 edges need 1"),
    );
    expect(() => histogramQuantile([0, 1], [-1], 0.5)).toThrow(
      "histogramQuantile: counts[0] is -1, counts of at least 0 are needed",
    );
    expect(() => histogramQuantile([0, 1], [0], 0.5)).toThrow(
      "histogramQuantile: counts are all 0, at least one value is needed",
    );
    expect(() => histogramQuantile([0, 1], [1], 2)).toThrow("histogramQuantile: p is 2, a share from 0 to 1 is needed");
  });
});

describe("kolmogorovSmirnov", () => {
  it("is 0 for the same shares and 1 without overlap", () => {
    expect(kolmogorovSmirnov([1, 2, 3], [3, 1, 2, 2, 1, 3])).toBe(0);
    expect(kolmogorovSmirnov([1, 2], [3])).toBe(1);
  });

  it("is the largest difference at any value, of shares counted one by one", () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const share = (sample: readonly number[], x: number) =>
          sample.filter((value) => value <= x).length / sample.length;
        const expected = Math.max(...[...a, ...b].map((x) => Math.abs(share(a, x) - share(b, x))));
        expect(kolmogorovSmirnov(a, b)).toBeCloseTo(expected, 12);
      }),
    );
  });

  it("refuses empty samples and NaN", () => {
    expect(() => kolmogorovSmirnov([], [1])).toThrow(
      new InputError("kolmogorovSmirnov: a is empty, at least one value is needed"),
    );
    expect(() => kolmogorovSmirnov([1], [NaN])).toThrow(
      new InputError("kolmogorovSmirnov: b[0] is NaN, numbers are needed"),
    );
  });
});

describe("binnedDistance", () => {
  it("is 0 for a sample in the same shares", () => {
    expect(binnedDistance([0.1, 0.2, 1.5, 1.6], [0, 1, 2], [30, 30])).toBe(0);
  });

  it("is the distance of the two cumulative shares at the limits, values outside included", () => {
    fc.assert(
      fc.property(
        values,
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 3, maxLength: 3 }),
        (sample, counts) => {
          const sum = counts.reduce((total, count) => total + count, 0);
          fc.pre(sum > 0);
          const edges = [0, 2, 5, 10];
          const differences = edges.map((edge, i) => {
            const below = sample.filter((value) => (i === 3 ? value <= edge : value < edge)).length / sample.length;
            return Math.abs(below - counts.slice(0, i).reduce((total, count) => total + count, 0) / sum);
          });
          expect(binnedDistance(sample, edges, counts)).toBeCloseTo(Math.max(...differences), 12);
        },
      ),
    );
  });

  it("agrees with the distance of two samples where the bins tell every value apart", () => {
    const [a, b] = [
      [1, 1, 2, 3, 5],
      [1, 2, 2, 4],
    ];
    expect(binnedDistance(a, [0.5, 1.5, 2.5, 3.5, 4.5, 5.5], [1, 2, 0, 1, 0])).toBeCloseTo(kolmogorovSmirnov(a, b), 15);
  });

  it("refuses an empty sample", () => {
    expect(() => binnedDistance([], [0, 1], [1])).toThrow(
      new InputError("binnedDistance: values is empty, at least one value is needed"),
    );
  });
});
