import { describe, expect, it } from "vitest";
import { fillNormal, poissonAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { identityBasis } from "../../../src/reverse-correlation/likelihood/basis.js";
import { splineBasis } from "../../../src/reverse-correlation/likelihood/basis-functions.js";
import {
  penaltyForms,
  penaltyLogDeterminant,
  quadraticPenalty,
} from "../../../src/reverse-correlation/likelihood/glm-penalty.js";
import {
  binTerms,
  etaOf,
  expectedAt,
  logFactorials,
  poissonLinks,
  sumOfBins,
} from "../../../src/reverse-correlation/likelihood/poisson-link.js";
import {
  gradientAt,
  maximisePoisson,
  objectiveAt,
  type PoissonProblem,
  penalisedCurvature,
} from "../../../src/reverse-correlation/likelihood/poisson-newton.js";
import {
  curvatureDiagonal,
  curvatureTimes,
  kept,
  type Rows,
  timesVector,
} from "../../../src/reverse-correlation/likelihood/poisson-rows.js";
import { conjugateStep, factorCurvature } from "../../../src/reverse-correlation/likelihood/poisson-steps.js";

const source = randomStream(5, "tests");

/** A column of ones and columns of noise. */
function noiseRows(count: number, columns: number, row = 0): Rows {
  const X = new Float32Array(count * columns);
  fillNormal(X, source, row);
  for (let t = 0; t < count; t++) X[t * columns] = 1;
  return { count, columns, held: true, read: (start, size) => X.subarray(start * columns, (start + size) * columns) };
}

/** A regression on 6 columns whose filter of 5 = 1 lag by 5 pixels is penalised. */
function problemOf(
  link: (typeof poissonLinks)[number],
  more: Partial<PoissonProblem> = {},
  count = 300,
): PoissonProblem {
  const rows = noiseRows(count, 6);
  const eta = timesVector(rows, Float64Array.of(0.2, 0.5, -0.3, 0.1, 0.4, -0.6));
  const counts = Uint32Array.from(eta, (value, t) => poissonAt(expectedAt(link, value), source, 1000 + t));
  const forms = penaltyForms({ height: 1, width: 5 }, identityBasis(1), identityBasis(5));
  const penalty = quadraticPenalty(forms, { ridge: 2, smooth: 3, lasso: 0 }, 6);
  return { rows, counts, link, penalty, maxIterations: 50, tolerance: 1e-9, ...more };
}

const somewhere = Float64Array.of(-0.4, 0.3, 0.7, -0.2, 0.1, 0.5);

describe.each(poissonLinks)("the Poisson likelihood, link %s", (link) => {
  it("is the sum of the logarithms of Poisson probabilities", () => {
    const { rows, counts } = problemOf(link);
    const eta = timesVector(rows, somewhere);
    let expected = 0;
    eta.forEach((value, t) => {
      const mean = expectedAt(link, value);
      let probability = Math.exp(-mean);
      for (let k = 1; k <= counts[t]; k++) probability *= mean / k;
      expected += Math.log(probability);
    });
    expect(sumOfBins(link, counts, eta, undefined) - logFactorials(counts)).toBeCloseTo(expected, 9);
  });

  it("has the slopes and bends of central differences, also far out", () => {
    for (const eta of [-50, -36.5, -20, -3, 0, 2, 40]) {
      for (const n of [0, 1, 5]) {
        const at = (value: number) => sumOfBins(link, [n], Float64Array.of(value), undefined);
        const slopeAt = (value: number) => binTerms(link, [n], Float64Array.of(value), undefined);
        const step = 1e-4;
        const { slopes, weights } = slopeAt(eta);
        const slope = (at(eta + step) - at(eta - step)) / (2 * step);
        const bend = -(slopeAt(eta + step).slopes[0] - slopeAt(eta - step).slopes[0]) / (2 * step);
        expect(Math.abs(slopes[0] - slope)).toBeLessThan(1e-7 * Math.max(1, Math.abs(slope)));
        expect(Math.abs(weights[0] - bend)).toBeLessThan(1e-7 * Math.max(1, Math.abs(bend)));
        expect(weights[0]).toBeGreaterThanOrEqual(0);
      }
    }
  });

  it("has the gradient of central differences, penalties included", () => {
    const problem = problemOf(link, { mask: Uint8Array.from({ length: 300 }, (_, t) => (t % 3 === 0 ? 0 : 1)) });
    const at = (theta: Float64Array) => objectiveAt(problem, theta, timesVector(problem.rows, theta));
    const { slopes } = binTerms(link, problem.counts, timesVector(problem.rows, somewhere), problem.mask);
    gradientAt(problem, somewhere, slopes).forEach((value, i) => {
      const moved = (by: number) => somewhere.map((x, j) => (j === i ? x + by : x));
      expect(value).toBeCloseTo((at(moved(1e-5)) - at(moved(-1e-5))) / 2e-5, 4);
    });
  });

  it("has the curvature of central differences, as a matrix, as a product and as a diagonal", () => {
    const problem = problemOf(link);
    const gradient = (theta: Float64Array) =>
      gradientAt(problem, theta, binTerms(link, problem.counts, timesVector(problem.rows, theta), undefined).slopes);
    const { weights } = binTerms(link, problem.counts, timesVector(problem.rows, somewhere), undefined);
    const H = penalisedCurvature(problem, weights);
    const own = problem.penalty!.diagonal();
    curvatureDiagonal(problem.rows, weights).forEach((value, i) => {
      const along = (by: number) => gradient(somewhere.map((x, j) => (j === i ? x + by : x)));
      const [above, below] = [along(1e-4), along(-1e-4)];
      const unit = Float64Array.from({ length: 6 }, (_, j) => (j === i ? 1 : 0));
      const product = curvatureTimes(problem.rows, weights, unit);
      const bent = problem.penalty!.times(unit);
      for (let j = 0; j < 6; j++) {
        const slope = (above[j] - below[j]) / 2e-4;
        expect(product[j] + bent[j]).toBeCloseTo(slope, 4);
        expect(H[i * 6 + j]).toBeCloseTo(slope, 2);
      }
      expect(value + own[i]).toBeCloseTo(product[i] + bent[i], 9);
    });
  });

  it("is largest where its gradient vanishes, found from far off", () => {
    const problem = problemOf(link);
    const solution = maximisePoisson(problem, Float64Array.of(3, -3, 2, 2, -2, 1));
    expect(solution.stopped).toBe("step");
    expect(solution.iterations).toBeLessThan(20);
    const { slopes } = binTerms(link, problem.counts, timesVector(problem.rows, solution.theta), undefined);
    for (const value of gradientAt(problem, solution.theta, slopes)) expect(Math.abs(value)).toBeLessThan(1e-7);
  });

  it("with a lasso meets the conditions of a minimum: |slope| = l where a parameter is not 0, at most l where it is", () => {
    const most = link === "exponential" ? 120 : 40;
    const lasso = new Float64Array(6).fill(most, 1);
    const problem = problemOf(link, { penalty: undefined, lasso });
    const { theta, stopped } = maximisePoisson(problem, new Float64Array(6));
    expect(stopped).toBe("step");
    const { slopes } = binTerms(link, problem.counts, timesVector(problem.rows, theta), undefined);
    const gradient = gradientAt(problem, theta, slopes);
    expect(Array.from(theta).filter((value) => value === 0).length).toBeGreaterThan(0);
    expect(Array.from(theta).filter((value) => value !== 0).length).toBeGreaterThan(1);
    theta.forEach((value, i) => {
      if (value === 0) expect(Math.abs(gradient[i])).toBeLessThanOrEqual(most);
      else expect(gradient[i]).toBeCloseTo(-lasso[i] * Math.sign(value), 4);
    });
  });

  it("has an inverse link", () => {
    for (const mean of [1e-9, 0.3, 2, 50]) expect(expectedAt(link, etaOf(link, mean)) / mean).toBeCloseTo(1, 7);
  });
});

describe("a step", () => {
  it("is the same by conjugate gradients as by the factored curvature", () => {
    const problem = problemOf("exponential");
    const { slopes, weights } = binTerms(
      "exponential",
      problem.counts,
      timesVector(problem.rows, somewhere),
      undefined,
    );
    const gradient = gradientAt(problem, somewhere, slopes);
    const factored = factorCurvature(penalisedCurvature(problem, weights), 6)!.solve(gradient.map((g) => -g));
    conjugateStep(problem.rows, weights, problem.penalty, gradient, 1e-10).forEach((value, i) => {
      expect(value).toBeCloseTo(factored[i], 5);
    });
  });

  it("is refused where a column is a sum of others", () => {
    const H = Float64Array.of(2, 1, 3, 1, 2, 3, 3, 3, 6);
    expect(factorCurvature(H, 3)).toBeUndefined();
    expect(factorCurvature(Float64Array.of(1, 0, 0, 0), 2)).toBeUndefined();
  });
});

describe("the penalty", () => {
  const grid = { height: 2, width: 4 };
  const time = splineBasis({ samples: 5, functions: 4 });
  const forms = penaltyForms(grid, time, identityBasis(8));
  const weights = { ridge: 0.7, smooth: 1.9, lasso: 0 };

  it("is the ridge and the squared differences of neighbours of the filter itself", () => {
    const p = 1 + 32 + 2;
    const theta = new Float64Array(p);
    for (let i = 0; i < p; i++) theta[i] = Math.sin(i * i + 1);
    const w = (k: number, y: number, x: number) => {
      let sum = 0;
      for (let a = 0; a < 4; a++) sum += time.matrix.data[k * 4 + a] * theta[1 + a * 8 + y * 4 + x];
      return sum;
    };
    let expected = 0;
    for (let k = 0; k < 5; k++) {
      for (let y = 0; y < 2; y++) {
        for (let x = 0; x < 4; x++) {
          expected += 0.7 * w(k, y, x) ** 2;
          if (k > 0) expected += 1.9 * (w(k, y, x) - w(k - 1, y, x)) ** 2;
          if (y > 0) expected += 1.9 * (w(k, y, x) - w(k, y - 1, x)) ** 2;
          if (x > 0) expected += 1.9 * (w(k, y, x) - w(k, y, x - 1)) ** 2;
        }
      }
    }
    const penalty = quadraticPenalty(forms, weights, p)!;
    const H = new Float64Array(p * p);
    penalty.addTo(H);
    const product = penalty.times(theta);
    expect(theta.reduce((sum, value, i) => sum + value * product[i], 0)).toBeCloseTo(expected, 10);
    penalty.diagonal().forEach((value, i) => {
      expect(H[i * p + i]).toBeCloseTo(value, 12);
      let sum = 0;
      for (let j = 0; j < p; j++) sum += H[i * p + j] * theta[j];
      expect(product[i]).toBeCloseTo(sum, 10);
    });
  });

  it("is a proper prior only with a ridge", () => {
    expect(penaltyLogDeterminant(forms, { ridge: 0, smooth: 1, lasso: 0 })).toBeUndefined();
    const ridge = penaltyForms(grid, identityBasis(2), identityBasis(8));
    expect(penaltyLogDeterminant(ridge, { ridge: 3, smooth: 0, lasso: 0 })).toBeCloseTo(16 * Math.log(3), 12);
  });
});

describe("the rows", () => {
  it("are the same bits kept as made anew, block by block", () => {
    const [count, columns] = [4500, 600];
    let made = 0;
    const rows: Rows = {
      count,
      columns,
      read: (start, size, into = new Float32Array(size * columns)) => {
        made += size;
        for (let i = 0; i < into.length; i++) into[i] = Math.sin(start * columns + i);
        return into;
      },
    };
    const v = Float64Array.from({ length: columns }, (_, i) => Math.cos(i));
    const weights = Float64Array.from({ length: count }, (_, t) => t % 3);
    const all = kept(rows);
    expect(made).toBe(count);
    expect(curvatureTimes(all, weights, v)).toEqual(curvatureTimes(rows, weights, v));
    expect(made).toBe(2 * count);
    expect(kept(rows, count)).toBe(rows);
  });
});
