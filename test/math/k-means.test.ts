import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Clusters, type KMeansOptions, kMeans } from "../../src/math/k-means.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

function normals(n: number, d: number, seed: number): Tensor {
  const draws = new Float32Array(n * d);
  fillNormal(draws, randomStream(seed, "tests"), 0);
  return tensor(Float64Array.from(draws), [n, d]);
}

const row = ({ shape, data }: Tensor, i: number) => data.subarray(i * shape[1], (i + 1) * shape[1]);
const squared = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, t) => sum + (x - b[t]) ** 2, 0);

/** The least weighted inertia over every way to put points into at most k clusters. */
function leastInertia(points: Tensor, weights: readonly number[], k: number): number {
  const n = points.shape[0];
  let least = Number.POSITIVE_INFINITY;
  for (let code = 0; code < k ** n; code++) {
    const labels = Array.from({ length: n }, (_, i) => Math.floor(code / k ** i) % k);
    let inertia = 0;
    for (let c = 0; c < k; c++) {
      const members = labels.flatMap((label, i) => (label === c && weights[i] > 0 ? [i] : []));
      const total = members.reduce((sum, i) => sum + weights[i], 0);
      const mean = Array.from(row(points, 0), (_, t) =>
        members.reduce((sum, i) => sum + (weights[i] * row(points, i)[t]) / total, 0),
      );
      inertia += members.reduce((sum, i) => sum + weights[i] * squared(row(points, i), mean), 0);
    }
    least = Math.min(least, inertia);
  }
  return least;
}

/** Checks what holds of any result: labels are the nearest centres, centres the means, the inertia their cost. */
function expectConsistent(points: Tensor, options: KMeansOptions, found: Clusters): void {
  const { centres, labels, inertia, inertias, iterations, stopped } = found;
  const weights = Array.from(options.weights ?? labels, (w) => (options.weights ? w : 1));
  const scale = 1e-12 * (1 + inertias[0]);
  expect(centres.shape).toEqual([options.clusters, points.shape[1]]);
  expect(inertias.length).toBe(iterations);
  expect(inertias.at(-1)).toBe(inertia);
  for (let pass = 1; pass < iterations; pass++)
    expect(inertias[pass]).toBeLessThanOrEqual(inertias[pass - 1] * (1 + 1e-12));
  const cost = Array.from(labels).reduce((sum, c, i) => sum + weights[i] * squared(row(points, i), row(centres, c)), 0);
  expect(Math.abs(cost - inertia)).toBeLessThan(scale);
  for (let c = 0; c < options.clusters; c++) expect(weights.some((w, i) => w > 0 && labels[i] === c)).toBe(true);
  if (stopped === "limit") return;
  for (let i = 0; i < labels.length; i++) {
    const squares = Array.from({ length: options.clusters }, (_, c) => squared(row(points, i), row(centres, c)));
    expect(squares[labels[i]]).toBeLessThanOrEqual(Math.min(...squares) + scale);
  }
  for (let c = 0; c < options.clusters; c++) {
    const members = weights.flatMap((w, i) => (labels[i] === c ? [{ w, x: row(points, i) }] : []));
    const total = members.reduce((sum, { w }) => sum + w, 0);
    row(centres, c).forEach((value, t) => {
      expect(value).toBeCloseTo(members.reduce((sum, { w, x }) => sum + w * x[t], 0) / total, 10);
    });
  }
}

describe("kMeans", () => {
  it("recovers clusters that are farther apart than they are wide, with centres within four standard errors", () => {
    const [clusters, each, d] = [6, 40, 5];
    const noise = normals(clusters * each, d, 1);
    // Centres are 20 from each other along axes and at the origin: 14 standard deviations of a difference at least.
    const truth = Array.from({ length: clusters }, (_, c) => Array.from({ length: d }, (_, t) => (t === c ? 20 : 0)));
    const points = tensor(
      noise.data.map((x, at) => x + truth[Math.floor(at / d) % clusters][at % d]),
      [clusters * each, d],
    );
    for (const seed of [1, 2, 3]) {
      const found = kMeans(points, { clusters, seed });
      expect(found.stopped).toBe("settled");
      // Clusters are numbered in the order of their first points, and these come in turn.
      expect(Array.from(found.labels)).toEqual(Array.from({ length: clusters * each }, (_, i) => i % clusters));
      const off = found.centres.data.map((x, at) => Math.abs(x - truth[Math.floor(at / d)][at % d]));
      expect(Math.max(...off)).toBeLessThan(4 / Math.sqrt(each));
    }
  });

  it("finds what an enumeration of every partition finds, with weights and without", () => {
    const weight = fc.constantFrom(0, 0.5, 1, 3);
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.array(weight, { minLength: 7, maxLength: 7 }),
        (seed, clusters, d, weights) => {
          fc.pre(weights.filter((w) => w > 0).length >= clusters);
          const points = normals(7, d, seed);
          const options = { clusters, seed, restarts: 40, weights };
          const found = kMeans(points, options);
          expect(found.inertia).toBeCloseTo(leastInertia(points, weights, clusters), 10);
          expectConsistent(points, options, found);
        },
      ),
      { numRuns: 60, seed: 1 },
    );
  });

  it("has labels of the nearest centres, centres that are means, and an inertia that never rises", () => {
    fc.assert(
      fc.property(
        fc.nat(),
        fc.integer({ min: 1, max: 60 }),
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 9 }),
        fc.boolean(),
        (seed, n, d, wanted, coarse) => {
          const smooth = normals(n, d, seed);
          // Coarse points lie on one another, so that starts meet few distinct ones and clusters lose their last.
          const points = coarse ? { ...smooth, data: smooth.data.map(Math.round) } : smooth;
          const distinct = new Set(Array.from({ length: n }, (_, i) => row(points, i).join())).size;
          const options = { clusters: Math.min(wanted, distinct), seed, restarts: 2 };
          expectConsistent(points, options, kMeans(points, options));
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });

  it("gives a cluster that loses its points the one that costs most elsewhere", () => {
    // This seed starts at -3, -2 and 7. The middle cluster takes 2 as well, so that its mean is 0, while its neighbours' are -3
    // and 2.64: nearer to both of its points. The one without weight, at 0.1, does not hold it.
    const points = tensor(Float64Array.of(-3, -2, 0.1, 2, 2.6, 7), [6, 1]);
    const weights = [1, 1, 0, 1, 1, 0.01];
    const found = kMeans(points, { clusters: 3, seed: 3181, restarts: 1, weights });
    const far = 2.67 / 1.01;
    expect(found.inertias[0]).toBeCloseTo(4 ** 2 + 4.4 ** 2, 12);
    // Of -2, which costs 1, 2 and, lightly weighted, 7, it took -2.
    expect(found.inertias[1]).toBeCloseTo((far - 2) ** 2 + (far - 2.6) ** 2 + 0.01 * (7 - far) ** 2, 12);
    expect([...found.labels]).toEqual([0, 1, 1, 2, 2, 2]);
    const cut = kMeans(points, { clusters: 3, seed: 3181, restarts: 1, weights, limit: 2 });
    expect([...cut.labels]).toEqual([0, 1, 1, 2, 2, 2]);
    expect([...cut.centres.data]).toEqual([-3, -2, far]);
  });

  it("has a cluster for each distinct point where as many are asked for", () => {
    for (let seed = 0; seed < 100; seed++) {
      const points = tensor(
        Float64Array.from(normals(12, 1, seed).data, (x) => Math.round(6 * x ** 3)),
        [12, 1],
      );
      const distinct = new Set(points.data).size;
      const found = kMeans(points, { clusters: distinct, seed, restarts: 1 });
      expect(found.inertia).toBe(0);
      expect(new Set(found.labels).size).toBe(distinct);
    }
  });

  it("gives the same bits for the same seed, and keeps the best of its starts", () => {
    const points = normals(200, 3, 4);
    const one = kMeans(points, { clusters: 12, seed: 5 });
    expect(kMeans(points, { clusters: 12, seed: 5 })).toEqual(one);
    expect(kMeans(points, { clusters: 12, seed: 6, restarts: 1 }).labels).not.toEqual(one.labels);
    const by = [1, 2, 4, 8, 16].map((restarts) => kMeans(points, { clusters: 12, seed: 5, restarts }).inertia);
    for (let i = 1; i < by.length; i++) expect(by[i]).toBeLessThanOrEqual(by[i - 1]);
    expect(by[4]).toBeLessThan(by[0]);
    expect(by[3]).toBe(one.inertia);
  });

  it("draws its starts by the squared distance: of two far groups both are hit, whatever their sizes", () => {
    // A start of uniform draws would leave the single far point out in 97 of 100.
    const data = normals(100, 1, 7).data.map((x, i) => (i === 99 ? 1e6 : x));
    for (let seed = 0; seed < 50; seed++) {
      const { inertias } = kMeans(tensor(data, [100, 1]), { clusters: 3, seed, restarts: 1 });
      expect(inertias[0]).toBeLessThan(1000);
    }
  });

  it("says when it was stopped by the limit", () => {
    const points = normals(300, 2, 8);
    const cut = kMeans(points, { clusters: 20, seed: 1, limit: 2, restarts: 1 });
    expect([cut.stopped, cut.iterations]).toEqual(["limit", 2]);
    const whole = kMeans(points, { clusters: 20, seed: 1, restarts: 1 });
    expect(whole.stopped).toBe("settled");
    expect([...whole.inertias.slice(0, 2)]).toEqual([...cut.inertias]);
  });

  it("takes float32 points and sums them in float64", () => {
    const points = tensor(new Float32Array(30_000).fill(0.1), [30_000, 1]);
    expect(kMeans(points, { clusters: 1, seed: 1 }).centres.data[0]).toBeCloseTo(Math.fround(0.1), 11);
  });
});

describe("kMeans refuses", () => {
  const points = tensor([0, 0, 1, 1, 1, 1], [3, 2]);
  it.each<[unknown, object, string]>([
    [3, {}, "points is 3, a tensor is needed"],
    [tensor([1], [1]), {}, "points has shape [1], 2 axes are needed"],
    [tensor([], [2, 0]), {}, "points has shape [2, 0], axes of at least 1 are needed"],
    [tensor([0, Number.NaN], [2, 1]), {}, "points[1] is NaN, finite numbers are needed"],
    [points, { seeds: 1 }, 'option "seeds" is not known, it takes clusters, seed, weights, restarts, limit'],
    [points, { clusters: 0 }, "clusters is 0, a whole number of at least 1 is needed"],
    [points, { seed: -1 }, "seed is -1, a whole number of at least 0 is needed"],
    [points, { restarts: 0 }, "restarts is 0, a whole number of at least 1 is needed"],
    [points, { limit: 0.5 }, "limit is 0.5, a whole number of at least 1 is needed"],
    [points, { weights: [1, 1] }, "weights is a list of 2, one number for each of 3 points is needed"],
    [points, { weights: [1, -1, 1] }, "weights[1] is -1, finite numbers of at least 0 are needed"],
    [points, { clusters: 3 }, "3 clusters are asked for, 2 distinct points have a weight above 0"],
    [points, { weights: [0, 1, 1] }, "2 clusters are asked for, 1 distinct points have a weight above 0"],
    [tensor(Float64Array.of(-1e200, 1e200), [2, 1]), {}, "points lie too far apart: their squared distances overflow"],
  ])("what does not fit (%#)", (given, options, message) => {
    const call = () => kMeans(given as Tensor, { clusters: 2, seed: 1, ...options });
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(`kMeans: ${message}`));
  });
});
