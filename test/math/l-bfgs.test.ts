import { expect, test } from "vitest";
import { minimise, type SmoothFunction } from "../../src/math/l-bfgs.js";

/** Rosenbrock's valley in n dimensions, minimum 0 at ones. */
const valley: SmoothFunction = (x, gradient) => {
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [1 - x[i]!, x[i + 1]! - x[i]! ** 2];
    value += a * a + 100 * b * b;
    gradient[i]! += -2 * a - 400 * b * x[i]!;
    gradient[i + 1]! += 200 * b;
  }
  return value;
};

test.each([2, 10, 50])("the end of the curved valley in %i dimensions is found", (n) => {
  const start = Array.from({ length: n }, (_, i) => (i % 2 ? 1 : -1.2));
  const found = minimise(valley, start, { maxIterations: 2000, gradientTolerance: 1e-9, valueTolerance: 1e-30 });
  expect(found.stopped).toBe("gradient");
  for (const x of found.x) expect(x).toBeCloseTo(1, 6);
});

test("a quadratic of condition 10,000 in 30 dimensions is solved exactly", () => {
  const curvature = Array.from({ length: 30 }, (_, i) => 10 ** ((4 * i) / 29));
  const found = minimise(
    (x, gradient) => {
      let value = 0;
      x.forEach((at, i) => {
        gradient[i] = curvature[i]! * (at - i);
        value += 0.5 * gradient[i]! * (at - i);
      });
      return value;
    },
    new Float64Array(30),
    { gradientTolerance: 1e-9, valueTolerance: 1e-30 },
  );
  found.x.forEach((x, i) => {
    expect(x).toBeCloseTo(i, 4);
  });
});

test("a step to where the function is infinite is taken back", () => {
  const found = minimise(
    (x, gradient) => {
      gradient[0] = 1 - 1 / x[0]!;
      return x[0]! - Math.log(x[0]!);
    },
    [1e-3],
    { gradientTolerance: 1e-9 },
  );
  expect(found.x[0]).toBeCloseTo(1, 6);
});

test("the value never rises from one limit of iterations to the next", () => {
  let last = Number.POSITIVE_INFINITY;
  for (let maxIterations = 0; maxIterations < 40; maxIterations++) {
    const found = minimise(valley, [-1.2, 1, -1.2, 1], { maxIterations });
    expect(found.value).toBeLessThanOrEqual(last);
    last = found.value;
    if (maxIterations < 10) expect(found.stopped).toBe("limit");
    expect(found.iterations).toBeLessThanOrEqual(maxIterations);
  }
});

test("a memory of one pair still finds the minimum", () => {
  const found = minimise(valley, [-1.2, 1], {
    memory: 1,
    maxIterations: 5000,
    gradientTolerance: 1e-8,
    valueTolerance: 1e-30,
  });
  expect(found.x[0]).toBeCloseTo(1, 5);
});

test("at a kink, where the gradient never vanishes, the search says that no step lowers the value", () => {
  const found = minimise(
    (x, gradient) => {
      gradient[0] = x[0]! < 1 ? -1 : 1;
      return Math.abs(x[0]! - 1) + 1;
    },
    [3.7],
  );
  expect(found.stopped).toBe("step");
  expect(found.x[0]).toBeCloseTo(1, 6);
});

test("an empty start, a NaN and a function that is not finite there are refused", () => {
  expect(() => minimise(valley, [])).toThrow("minimise: start is empty");
  expect(() => minimise(valley, [1, Number.NaN])).toThrow("minimise: start[1] is NaN");
  expect(() => minimise(() => Number.NaN, [1])).toThrow("minimise: f is NaN at the start");
  expect(() => minimise(valley, [1, 1], { memory: 0 })).toThrow("memory is 0");
});
