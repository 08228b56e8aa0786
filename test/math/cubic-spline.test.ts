import { expect, test } from "vitest";
import { cubicSplines, secondDifferencePenalty, splineAt } from "../../src/math/cubic-spline.js";

test("the splines add up to 1 and give back straight lines and parabolas", () => {
  const splines = cubicSplines(-1, 3, 5);
  expect(splines.count).toBe(8);
  const width = 4 / 5;
  // A line has its own values at the splines' centres; x² has them less width²/3 (Marsden's identity).
  const centres = Array.from({ length: 8 }, (_, i) => -1 + (i - 1) * width);
  for (const x of [-1, -0.3, 0, 0.77, 2.2, 2.999, 3]) {
    expect(splineAt(splines, new Float64Array(8).fill(1), x)).toBeCloseTo(1, 12);
    expect(splineAt(splines, centres, x)).toBeCloseTo(x, 12);
    const squares = centres.map((c) => c * c - width ** 2 / 3);
    expect(splineAt(splines, squares, x)).toBeCloseTo(x * x, 12);
  }
  expect(splineAt(splines, centres, 99)).toBeCloseTo(3, 12);
  expect(splineAt(splines, centres, -99)).toBeCloseTo(-1, 12);
});

test("the spline and its slope are continuous at the knots", () => {
  const splines = cubicSplines(0, 3, 3);
  const c = [1, -2, 4, 0, 3, 1];
  for (const knot of [1, 2]) {
    const at = (x: number) => splineAt(splines, c, x);
    const h = 1e-4;
    expect(at(knot - 1e-12)).toBeCloseTo(at(knot + 1e-12), 10);
    expect((at(knot) - at(knot - h)) / h).toBeCloseTo((at(knot + h) - at(knot)) / h, 2);
  }
});

test("the penalty is the sum of squared second differences", () => {
  const c = [1, 4, -2, 0.5, 3];
  const P = secondDifferencePenalty(5);
  let quadratic = 0;
  for (let i = 0; i < 5; i++) for (let j = 0; j < 5; j++) quadratic += c[i] * P[5 * i + j] * c[j];
  expect(quadratic).toBeCloseTo((1 - 8 - 2) ** 2 + (4 + 4 + 0.5) ** 2 + (-2 - 1 + 3) ** 2, 12);
});

test("empty intervals are refused", () => {
  expect(() => cubicSplines(1, 1, 3)).toThrow("cubicSplines: high is 1, a number above low, 1, is needed");
  expect(() => cubicSplines(0, 1, 0)).toThrow("cubicSplines: segments is 0");
});
