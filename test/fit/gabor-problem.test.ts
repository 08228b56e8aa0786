import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { blobProblem, fastest, gaborProblem, refine } from "../../src/fit/gabor-problem.js";
import { screen, screenedSquare } from "../../src/fit/gabor-screen.js";
import { prepareField } from "../../src/fit/gabor-sums.js";
import type { LeastSquaresProblem } from "../../src/math/levenberg-marquardt.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

const [height, width, n] = [10, 14, 8];

function noise(row: number) {
  const out = new Float32Array(height * width);
  fillNormal(out, randomStream(4, "tests"), row);
  return prepareField(Float64Array.from(out), height, width);
}

const field = noise(0);
const problem = gaborProblem(field);
const boundsOf = ({ lower = [], upper = [] }: LeastSquaresProblem) => ({
  lower: Float64Array.from(lower),
  upper: Float64Array.from(upper),
});
const sumsAt = (p: Float64Array) => {
  const [normal, gradient] = [new Float64Array(n * n), new Float64Array(n)];
  return { sum: problem.accumulate(p, normal, gradient), normal, gradient };
};
const q = (tau: number) => fastest(width, tau) ** 2;

describe("the bounds of a Gabor fit", () => {
  it("are 0.4 pixels to 2 widths of the longer side for σ, the patch's edges for the centre", () => {
    const { lower, upper } = boundsOf(problem);
    for (const i of [2, 3]) {
      expect(1 / Math.sqrt(2 * Math.exp(lower[i]))).toBeCloseTo(28, 12);
      expect(1 / Math.sqrt(2 * Math.exp(upper[i]))).toBeCloseTo(0.4, 14);
    }
    expect([lower[5], upper[5], lower[6], upper[6]]).toEqual([-7, 7, -5, 5]);
    expect(Math.sqrt(lower[4])).toBeCloseTo(0.1 / 14, 14);
  });

  it("keep the carrier below Nyquist along both axes in every direction, and no lower than need be", () => {
    fc.assert(
      fc.property(fc.double({ min: -10, max: 10, noNaN: true }), (tau) => {
        const f = fastest(width, tau);
        const most = Math.max(Math.abs(f * Math.cos(tau)), Math.abs(f * Math.sin(tau)));
        expect(most).toBeLessThan(Math.PI);
        expect(most).toBeCloseTo(Math.PI - 0.1 / width, 12);
      }),
      { seed: 1 },
    );
  });

  it("let τ be moved along Nyquist: there the gradient is that of the sum with q on its bound", () => {
    let held = 0;
    for (let k = 0; k < 40; k++) {
      // away from the diagonals, where the bound has a corner
      const tau = 0.1 + 0.157 * k;
      if (Math.abs(Math.abs(Math.tan(tau)) - 1) < 0.02) continue;
      const at = (t: number) => Float64Array.of(0.6, -0.9, Math.log(0.04), Math.log(0.09), q(t), 0.4, -0.7, t);
      const { gradient, normal, sum } = sumsAt(at(tau));
      if (gradient[4] > 0) continue;
      held++;
      const h = 1e-5;
      const slope = (sumsAt(at(tau + h)).sum - sumsAt(at(tau - h)).sum) / (4 * h);
      expect(gradient[7]).toBeCloseTo(slope, 5);
      expect(sum).toBeGreaterThan(0);
      for (let i = 0; i < n; i++) expect(normal[i * n + 7]).toBeCloseTo(normal[7 * n + i], 9);
    }
    expect(held).toBeGreaterThan(8);
  });

  it("are met by every refinement of noise, and a carrier on Nyquist is a minimum along it", () => {
    let onNyquist = 0;
    for (let row = 0; row < 60; row++) {
      const noisy = noise(row);
      const start = { sigmaX: 1 + (row % 3), sigmaY: 2, frequency: 2.8, x0: 0, y0: 1, tau: row / 9 };
      const { parameters, atBound, sumOfSquares, stopped } = refine(
        gaborProblem(noisy),
        screen(noisy, screenedSquare(noisy), start),
        Infinity,
      );
      const tau = parameters[7];
      const { lower, upper } = boundsOf(problem);
      for (const [i, x] of parameters.entries()) {
        expect(x).toBeGreaterThanOrEqual(lower[i]);
        expect(x).toBeLessThanOrEqual(i === 4 ? q(tau) : upper[i]);
      }
      if (atBound[4] !== 1 || stopped === "limit" || stopped === "singular") continue;
      onNyquist++;
      for (const h of [1e-3, -1e-3]) {
        const moved = parameters.slice();
        [moved[4], moved[7]] = [q(tau + h), tau + h];
        const sum = gaborProblem(noisy).accumulate(moved, new Float64Array(n * n), new Float64Array(n));
        expect(sum).toBeGreaterThan(sumOfSquares * (1 - 1e-9));
      }
    }
    expect(onNyquist).toBeGreaterThan(3);
  });

  it("hold the odd part and the carrier of a blob", () => {
    const { lower, upper } = boundsOf(blobProblem(field));
    expect([lower[1], upper[1]]).toEqual([0, 0]);
    expect(lower[4]).toBe(upper[4]);
    expect(blobProblem(field).moveBounds).toBeUndefined();
  });
});

describe("refine", () => {
  it("gives up where it settles into a minimum that is known, and only there", () => {
    const start = screen(field, screenedSquare(field), { sigmaX: 2, sigmaY: 3, frequency: 1, x0: 0, y0: 0, tau: 0.4 });
    const first = refine(problem, start, Infinity);
    const again = refine(problem, start, first.sumOfSquares * (1 - 1e-8));
    expect(again.stopped).toBe("limit");
    expect(again.sumOfSquares).toBeGreaterThanOrEqual(first.sumOfSquares);
    expect(refine(problem, start, first.sumOfSquares / 2).sumOfSquares).toBe(first.sumOfSquares);
  });
});
