import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { alongBound, type LeastSquaresProblem, levenbergMarquardt } from "../../src/math/levenberg-marquardt.js";
import { inverseOfFree, solveDamped } from "../../src/math/levenberg-marquardt-step.js";

type Residuals = (p: Float64Array) => readonly number[];
type Jacobian = (p: Float64Array) => readonly (readonly number[])[];

/** A problem from its residuals and, row by row, their derivatives. */
function problemOf(
  parameters: number,
  residuals: Residuals,
  jacobian: Jacobian,
  bounds: Partial<LeastSquaresProblem> = {},
): LeastSquaresProblem {
  return {
    parameters,
    ...bounds,
    accumulate(p, normal, gradient) {
      const [r, J] = [residuals(p), jacobian(p)];
      for (let a = 0; a < parameters; a++) {
        gradient[a] = J.reduce((sum, row, i) => sum + row[a] * r[i], 0);
        for (let b = 0; b < parameters; b++) normal[a * parameters + b] = J.reduce((s, row) => s + row[a] * row[b], 0);
      }
      return r.reduce((sum, x) => sum + x * x, 0);
    },
  };
}

const rosenbrock = (bounds: Partial<LeastSquaresProblem> = {}) =>
  problemOf(
    2,
    ([x, y]) => [10 * (y - x * x), 1 - x],
    ([x]) => [
      [-20 * x, 10],
      [-1, 0],
    ],
    bounds,
  );

/** Powell's singular function: the Jacobian loses two ranks at its only zero, the origin. */
const powell = problemOf(
  4,
  (p) => [p[0] + 10 * p[1], Math.sqrt(5) * (p[2] - p[3]), (p[1] - 2 * p[2]) ** 2, Math.sqrt(10) * (p[0] - p[3]) ** 2],
  (p) => {
    const [b, d] = [2 * (p[1] - 2 * p[2]), 2 * Math.sqrt(10) * (p[0] - p[3])];
    return [
      [1, 10, 0, 0],
      [0, 0, Math.sqrt(5), -Math.sqrt(5)],
      [0, b, -2 * b, 0],
      [d, 0, 0, -d],
    ];
  },
);

const linear = (J: readonly (readonly number[])[], d: readonly number[], bounds: Partial<LeastSquaresProblem> = {}) =>
  problemOf(
    J[0].length,
    (p) => J.map((row, i) => row.reduce((sum, x, k) => sum + x * p[k], -d[i])),
    () => J,
    bounds,
  );

describe("levenbergMarquardt", () => {
  it("goes round Rosenbrock's valley to its only minimum", () => {
    const fit = levenbergMarquardt(rosenbrock(), [-1.2, 1]);
    expect(fit.parameters[0]).toBeCloseTo(1, 10);
    expect(fit.parameters[1]).toBeCloseTo(1, 10);
    expect(fit.sumOfSquares).toBeLessThan(1e-20);
    expect(fit.iterations).toBeLessThan(40);
    expect([...fit.atBound]).toEqual([0, 0]);
    expect(["gradient", "step"]).toContain(fit.stopped);
  });

  it("comes down to Powell's singular zero and says that the parameters are not identified there", () => {
    const fit = levenbergMarquardt(powell, [3, -1, 0, 1]);
    expect(fit.sumOfSquares).toBeLessThan(1e-14);
    for (const x of fit.parameters) expect(Math.abs(x)).toBeLessThan(1e-3);
    expect(fit.stopped).toBe("singular");
  });

  it("solves a linear problem exactly, with the sums at its end", () => {
    const J = [
      [1, 0],
      [1, 1],
      [1, 2],
    ];
    const { parameters, sumOfSquares, normal, gradient, stopped } = levenbergMarquardt(linear(J, [1, 2, 4]), [9, -9]);
    expect(parameters[0]).toBeCloseTo(5 / 6, 8);
    expect(parameters[1]).toBeCloseTo(3 / 2, 8);
    expect(sumOfSquares).toBeCloseTo(1 / 6, 12);
    expect([...normal]).toEqual([3, 3, 3, 5]);
    for (const x of gradient) expect(x).toBeCloseTo(0, 7);
    expect(stopped).not.toBe("limit");
  });

  it("finds a minimum that lies on a bound and says which", () => {
    // x <= 1/2 cuts the valley: the minimum is at (1/2, 1/4)
    const upper = levenbergMarquardt(rosenbrock({ upper: [0.5, Infinity] }), [-1.2, 1]);
    expect(upper.parameters[0]).toBe(0.5);
    expect(upper.parameters[1]).toBeCloseTo(0.25, 8);
    expect([...upper.atBound]).toEqual([1, 0]);
    const lower = levenbergMarquardt(rosenbrock({ lower: [-Infinity, 1.5] }), [0, 3]);
    expect(lower.parameters[1]).toBe(1.5);
    expect([...lower.atBound]).toEqual([0, -1]);
  });

  it("leaves a bound again on which it starts", () => {
    const fit = levenbergMarquardt(rosenbrock({ lower: [-1.2, -2], upper: [2, 2] }), [-1.2, -2]);
    expect([...fit.parameters]).toEqual([expect.closeTo(1, 8), expect.closeTo(1, 8)]);
    expect([...fit.atBound]).toEqual([0, 0]);
  });

  it("solves for the others again when a step is cut at a bound: one undamped step ends a linear problem", () => {
    // Σ = (x + y - 4)² + (x - 2y - 2)² + (x - 3)² with x <= 1
    const J = [
      [1, 1],
      [1, -2],
      [1, 0],
    ];
    const fit = levenbergMarquardt(linear(J, [4, 2, 3], { upper: [1, Infinity] }), [0, 7], {
      damping: 1e-12,
      maxIterations: 1,
    });
    expect(fit.parameters[0]).toBe(1);
    // min over y of (y - 3)² + (2y + 1)²
    expect(fit.parameters[1]).toBeCloseTo(1 / 5, 9);
  });

  it("stops by the gradient where only a bound holds it back", () => {
    const fit = levenbergMarquardt(rosenbrock({ upper: [0.5, Infinity] }), [0.5, 0.25]);
    expect(fit).toMatchObject({ iterations: 0, stopped: "gradient" });
  });

  it("meets the conditions of a bounded minimum on any linear problem", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    const rows = fc.array(fc.tuple(number, number, number), { minLength: 5, maxLength: 8 });
    fc.assert(
      fc.property(
        rows,
        fc.array(number, { minLength: 8, maxLength: 8 }),
        fc.tuple(number, number, number),
        (J, d, s) => {
          // kept from singular: a unit matrix above the random rows
          const full = [[1, 0, 0], [0, 1, 0], [0, 0, 1], ...J];
          const values = full.map((_, i) => d[i % 8] * 2);
          const [lower, upper] = [
            [-0.5, -0.5, -Infinity],
            [0.5, Infinity, 0.5],
          ];
          const fit = levenbergMarquardt(linear(full, values, { lower, upper }), s);
          fit.parameters.forEach((x, i) => {
            expect(x).toBeGreaterThanOrEqual(lower[i]);
            expect(x).toBeLessThanOrEqual(upper[i]);
            const slack = 1e-6 * (1 + Math.sqrt(fit.normal[4 * i] * fit.sumOfSquares));
            if (fit.atBound[i] === 0) expect(Math.abs(fit.gradient[i])).toBeLessThan(slack);
            else expect(fit.gradient[i] * fit.atBound[i]).toBeLessThan(slack);
          });
        },
      ),
      { numRuns: 300, seed: 1 },
    );
  });

  describe("with a bound that moves, y <= x/2", () => {
    const seen: number[] = [];
    const base = rosenbrock();
    const moving: LeastSquaresProblem = {
      ...base,
      moveBounds: (p, _, upper) => {
        upper[1] = p[0] / 2;
      },
      accumulate: (p, normal, gradient) => {
        seen.push(p[1] - p[0] / 2);
        const sum = base.accumulate(p, normal, gradient);
        if (p[1] >= p[0] / 2 && gradient[1] <= 0) alongBound(normal, gradient, { held: 1, by: 0, slope: 0.5 });
        return sum;
      },
    };
    /** The sum along the bound. */
    const along = (x: number) => 100 * (x / 2 - x * x) ** 2 + (1 - x) ** 2;

    it.each([
      [-1.2, 1],
      [0, -1],
      [0.3, 0.05],
      [0.5, 0.25],
      [2, 0],
    ])("keeps to it and finds the least point on it, from (%d, %d)", (x, y) => {
      seen.length = 0;
      const fit = levenbergMarquardt(moving, [x, y]);
      expect(Math.max(...seen)).toBeLessThanOrEqual(0);
      expect([...fit.atBound]).toEqual([0, 1]);
      const at = fit.parameters[0];
      expect(fit.parameters[1]).toBe(at / 2);
      expect(fit.sumOfSquares).toBeCloseTo(along(at), 12);
      for (const h of [1e-4, -1e-4]) expect(along(at + h)).toBeGreaterThan(fit.sumOfSquares);
      expect(at).toBeGreaterThan(0.5);
      expect(fit.iterations).toBeLessThan(40);
    });

    it("leaves it again where the minimum lies inside", () => {
      const fit = levenbergMarquardt(
        {
          ...base,
          moveBounds: (p, _, upper) => {
            upper[1] = p[0] + 1;
          },
        },
        [-1.2, 1],
      );
      expect([...fit.parameters]).toEqual([expect.closeTo(1, 8), expect.closeTo(1, 8)]);
      expect([...fit.atBound]).toEqual([0, 0]);
    });
  });

  it("never ends above where it began, and each accepted sum is lower than the last", () => {
    const sums: number[] = [];
    levenbergMarquardt(rosenbrock(), [-1.2, 1], {
      abandon: (sum) => {
        sums.push(sum);
        return false;
      },
    });
    expect(sums.length).toBeGreaterThan(5);
    for (const [i, sum] of sums.entries()) expect(sum).toBeLessThan(i === 0 ? 24.2 : sums[i - 1]);
  });

  it("stops at its limit of iterations, or when it is told to", () => {
    const limited = levenbergMarquardt(rosenbrock(), [-1.2, 1], { maxIterations: 3 });
    expect(limited).toMatchObject({ iterations: 3, stopped: "limit" });
    expect(levenbergMarquardt(rosenbrock(), [-1.2, 1], { maxIterations: 0 })).toMatchObject({ iterations: 0 });
    const abandoned = levenbergMarquardt(rosenbrock(), [-1.2, 1], { abandon: (sum) => sum < 4 });
    expect(abandoned.stopped).toBe("limit");
    expect(abandoned.sumOfSquares).toBeLessThan(4);
    expect(abandoned.sumOfSquares).toBeGreaterThan(1e-3);
  });

  it("stops by the gradient at once where it starts at the minimum, and by the step where a tolerance is wide", () => {
    expect(levenbergMarquardt(rosenbrock(), [1, 1])).toMatchObject({ iterations: 0, stopped: "gradient" });
    const wide = levenbergMarquardt(rosenbrock(), [-1.2, 1], { stepTolerance: 0.5, gradientTolerance: 1e-15 });
    expect(wide.stopped).toBe("step");
    expect(wide.sumOfSquares).toBeGreaterThan(1e-10);
  });

  it("says singular where two parameters do the same, and leaves one that does nothing where it was", () => {
    const twins = [
      [1, 1, 0],
      [2, 2, 0],
      [3, 3, 0],
    ];
    const fit = levenbergMarquardt(linear(twins, [2, 4, 6]), [5, 1, 7]);
    expect(fit.stopped).toBe("singular");
    expect(fit.parameters[0] + fit.parameters[1]).toBeCloseTo(2, 6);
    expect(fit.parameters[2]).toBe(7);
  });

  it("steps back from where the sum is not a number", () => {
    const root = problemOf(
      1,
      ([x]) => [Math.sqrt(x) - 0.1],
      ([x]) => [[0.5 / Math.sqrt(x)]],
    );
    const fit = levenbergMarquardt(root, [4]);
    expect(fit.parameters[0]).toBeCloseTo(0.01, 8);
  });

  it("refuses starts, bounds and options that do not fit", () => {
    const at =
      (problem: Partial<LeastSquaresProblem>, start: number[] = [0, 0], options: object = {}) =>
      () =>
        levenbergMarquardt({ ...rosenbrock(), ...problem }, start, options);
    expect(at({ parameters: 0 })).toThrow(
      "levenbergMarquardt: problem.parameters is 0, a whole number of at least 1 is needed",
    );
    expect(at({}, [0])).toThrow("levenbergMarquardt: start has 1 elements, 2 parameters are declared");
    expect(at({ lower: [0] })).toThrow("levenbergMarquardt: lower has 1 elements, 2 parameters are declared");
    expect(at({ upper: [0, 1, 2] })).toThrow("levenbergMarquardt: upper has 3 elements, 2 parameters are declared");
    expect(at({}, [0, NaN])).toThrow("levenbergMarquardt: start[1] is NaN, finite numbers are needed");
    expect(at({ lower: [0, 2], upper: [1, 1] })).toThrow(
      "levenbergMarquardt: lower[1] is 2, at most upper[1] = 1 is needed",
    );
    expect(at({ accumulate: () => NaN })).toThrow("levenbergMarquardt: the sum of squares at the start is Infinity");
    expect(at({}, [0, 0], { maxIterations: -1 })).toThrow(
      "levenbergMarquardt: maxIterations is -1, a whole number of at least 0 is needed",
    );
    expect(at({}, [0, 0], { damping: 0 })).toThrow("levenbergMarquardt: damping is 0, a number above 0 is needed");
    expect(at({}, [0, 0], { stepTolerance: -1 })).toThrow("levenbergMarquardt: stepTolerance is -1");
    expect(at({}, [0, 0], { gradientTolerance: NaN })).toThrow("levenbergMarquardt: gradientTolerance is NaN");
    expect(at({}, [0, 0], { tolerance: 1 })).toThrow(
      'levenbergMarquardt: option "tolerance" is not known, it takes maxIterations, gradientTolerance, stepTolerance, damping, abandon',
    );
  });
});

describe("inverseOfFree", () => {
  const normal = Float64Array.of(4, 2, 1, 2, 5, 3, 1, 3, 6);

  it("times the matrix of the free parameters is the unit matrix, NaN for the others", () => {
    const inverse = inverseOfFree(normal, 3, [0, 2])!;
    const product = (a: number, b: number) => inverse[a * 3] * normal[b] + inverse[a * 3 + 2] * normal[6 + b];
    for (const [a, b] of [
      [0, 0],
      [0, 2],
      [2, 0],
      [2, 2],
    ])
      expect(product(a, b)).toBeCloseTo(a === b ? 1 : 0, 14);
    for (const i of [1, 3, 4, 5, 7]) expect(inverse[i]).toBeNaN();
  });

  it("does not depend on the units of the parameters", () => {
    const scale = [1e-8, 1, 1e8];
    const scaled = normal.map((x, i) => x * scale[Math.floor(i / 3)] * scale[i % 3]);
    const [a, b] = [inverseOfFree(normal, 3, [0, 1, 2])!, inverseOfFree(scaled, 3, [0, 1, 2])!];
    for (const [i, x] of a.entries()) expect(b[i] * scale[Math.floor(i / 3)] * scale[i % 3]).toBeCloseTo(x, 12);
  });

  it("is not defined where columns depend on each other", () => {
    expect(inverseOfFree(Float64Array.of(1, 2, 2, 4), 2, [0, 1])).toBeUndefined();
    expect(inverseOfFree(Float64Array.of(1, 0, 0, 0), 2, [0, 1])).toBeUndefined();
    expect(inverseOfFree(Float64Array.of(1, 2, 2, 4), 2, [1])?.[3]).toBe(0.25);
  });
});

describe("solveDamped", () => {
  it("puts a parameter that would leave the box on its bound and solves the others with it there", () => {
    const normal = Float64Array.of(2, 1, 1, 2);
    const at = { p: new Float64Array(2), normal, gradient: Float64Array.of(-4, -3), sum: 20 };
    const step = new Float64Array(2);
    // free, it would be (5/3, 2/3); with the first at .5 the second is (3 - .5) / 2
    const predicted = solveDamped(at, Float64Array.of(-9, -9), Float64Array.of(0.5, 9), 0, step);
    expect(Array.from(step)).toEqual([0.5, expect.closeTo(1.25, 12)]);
    // -(2·gᵀs + sᵀHs)
    expect(predicted).toBeCloseTo(2 * (4 * 0.5 + 3 * 1.25) - (2 * 0.25 + 2 * 0.5 * 1.25 + 2 * 1.5625), 12);
  });
});
