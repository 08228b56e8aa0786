import { describe, expect, it } from "vitest";
import { dogProblem, dogValues, leastRatio } from "../../src/fit/dog-problem.js";
import { levenbergMarquardt } from "../../src/math/levenberg-marquardt.js";

const grid = { height: 14, width: 14 };
const ratio = Math.log(leastRatio);

/** A single Gaussian with a flat top: nothing tells a surround, so the surround comes as near to the centre as it may. */
const flat = Float64Array.from(dogValues([1, 0, 0.3, -0.4, Math.log(2.5), Math.log(5)], grid), (x) => Math.tanh(2 * x));
const problem = dogProblem({ data: flat, grid, type: "float64" });
const sumAt = (p: Float64Array) => problem.accumulate(p, new Float64Array(36), new Float64Array(6));

describe("the least ratio of a difference of Gaussians", () => {
  it("moves with the centre: on it the gradient by ln σc is that of the sum with both widths moved", () => {
    const at = (s: number) => Float64Array.of(3, 2, 0.3, -0.4, s, s + ratio);
    const gradient = new Float64Array(6);
    problem.accumulate(at(1), new Float64Array(36), gradient);
    const h = 1e-5;
    expect(gradient[5]).toBeGreaterThan(0);
    expect(gradient[4]).toBeCloseTo((sumAt(at(1 + h)) - sumAt(at(1 - h))) / (4 * h), 6);
  });

  it("holds a fit on the least sum along it", () => {
    const { parameters, atBound, sumOfSquares } = levenbergMarquardt(problem, [0.9, -0.1, 0, 0, 1, 1.6]);
    expect(atBound[5]).toBe(-1);
    for (const h of [1e-4, -1e-4]) {
      const moved = parameters.slice();
      moved.set([parameters[4] + h, parameters[4] + h + ratio], 4);
      expect(sumAt(moved)).toBeGreaterThan(sumOfSquares);
    }
  });
});
