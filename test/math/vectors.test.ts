import { describe, expect, it } from "vitest";
import { dot, dotAt, largestMagnitude, norm } from "../../src/math/vectors.js";

describe("vectors", () => {
  it("have the inner product Σ a·b, summed in float64", () => {
    expect(dot([1, 2, 3], [4, -5, 6])).toBe(12);
    expect(dot([], [])).toBe(0);
    // 1 + 2^-30 is lost in a float32 sum
    expect(dot(Float32Array.of(1, 2 ** -15), Float32Array.of(1, 2 ** -15))).toBe(1 + 2 ** -30);
  });

  it("have the inner product with a stretch of a longer array, of any length", () => {
    const x = Float32Array.from({ length: 40 }, (_, i) => i);
    for (let n = 0; n < 14; n++) {
      const v = Float64Array.from({ length: n }, (_, i) => (i % 3) - 0.5);
      expect(dotAt(v, x, 9)).toBe(dot(v, x.subarray(9, 9 + n)));
    }
    expect(dotAt(Float64Array.of(1, 2 ** -15), Float32Array.of(5, 1, 2 ** -15), 1)).toBe(1 + 2 ** -30);
  });

  it("have the length √(Σ a²)", () => {
    expect(norm([3, -4])).toBe(5);
    expect(norm([])).toBe(0);
  });

  it("have a largest magnitude, of either sign, 0 where they are empty", () => {
    expect(largestMagnitude([1, -7, 3])).toBe(7);
    expect(largestMagnitude([2, 5])).toBe(5);
    expect(largestMagnitude([])).toBe(0);
  });
});
