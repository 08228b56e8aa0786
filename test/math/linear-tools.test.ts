import { describe, expect, it } from "vitest";
import { cholesky, choleskyInverse, choleskySolve } from "../../src/math/cholesky.js";
import { cosineBasis } from "../../src/math/cosine-basis.js";
import { elasticNet } from "../../src/math/elastic-net.js";
import { fft3 } from "../../src/math/fft3.js";
import { minimiseOnLine } from "../../src/math/line-search.js";
import { lowerInverse } from "../../src/math/lower-inverse.js";
import { matrixProduct, timesVector, transposed } from "../../src/math/matrix-product.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { inverseRoot, rotated, rotatedBack, shiftedSystems, solveShifted } from "../../src/math/shifted-systems.js";

const source = randomStream(5, "tests");
const random = (length: number, row: number) =>
  Float64Array.from({ length }, (_, i) => 2 * uniformAt(source, row, i) - 1);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, digits = 10) {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) expect(actual[i]).toBeCloseTo(expected[i]!, digits);
}

function naiveProduct(A: Float64Array, B: Float64Array, rows: number, depth: number, columns: number) {
  return Float64Array.from({ length: rows * columns }, (_, at) => {
    let sum = 0;
    for (let k = 0; k < depth; k++) sum += A[Math.floor(at / columns) * depth + k]! * B[k * columns + (at % columns)]!;
    return sum;
  });
}

const identity = (n: number) => Float64Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));

describe("products of float64 matrices", () => {
  it.each([
    [3, 7, 5],
    [4, 8, 4],
    [1, 1, 1],
    [6, 5, 9],
  ])("are the sums of products, %i x %i x %i", (rows, depth, columns) => {
    const [A, B] = [random(rows * depth, 1), random(depth * columns, 2)];
    expectClose(matrixProduct(A, B, { rows, depth, columns }), naiveProduct(A, B, rows, depth, columns));
    expectClose(timesVector(A, B.slice(0, depth)), naiveProduct(A, B.slice(0, depth), rows, depth, 1));
  });

  it("are transposed by exchanging rows and columns", () => {
    expect([...transposed(Float64Array.of(1, 2, 3, 4, 5, 6), 2, 3)]).toEqual([1, 4, 2, 5, 3, 6]);
  });
});

describe("the cosines of n samples", () => {
  it.each([1, 2, 7, 16])("are orthonormal, n = %i", (n) => {
    const C = cosineBasis(n);
    expectClose(naiveProduct(C, transposed(C, n, n), n, n, n), identity(n), 12);
  });

  it("are the eigenvectors of differences between neighbours, mirrored at the ends", () => {
    const n = 9;
    const C = cosineBasis(n);
    for (let k = 0; k < n; k++) {
      const at = (j: number) => C[k * n + Math.max(0, Math.min(n - 1, j))]!;
      const value = 2 - 2 * Math.cos((Math.PI * k) / n);
      for (let j = 0; j < n; j++) expect(2 * at(j) - at(j - 1) - at(j + 1)).toBeCloseTo(value * at(j), 12);
    }
  });
});

describe("the inverse of a lower triangle", () => {
  // Below, at and above the tile of 4 and the band of 64; triangles of several blocks are tried with Cholesky's factor.
  it.each([1, 3, 4, 5, 11, 65])("times the triangle is the identity, n = %i", (n) => {
    const L = random(n * n, 3).map((value, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return j > i ? 0 : i === j ? 2 + value : value / n;
    });
    expectClose(naiveProduct(L, lowerInverse(L, n), n, n, n), identity(n));
  });
});

describe("systems at many shifts", () => {
  const n = 12;
  const B = random(n * n, 4);
  const A = naiveProduct(B, transposed(B, n, n), n, n, n).map((value) => 300 * value);
  const b = random(n, 5);
  const shiftedBy = (shift: number) => A.map((value, at) => (at % (n + 1) === 0 ? value + shift : value));

  it.each([1e-2, 3, 1e4])("are solved as one by one, with their determinant and inverse, shift %d", (shift) => {
    const systems = shiftedSystems(A.slice(), n);
    const direct = cholesky(shiftedBy(shift), n)!;
    const solution = solveShifted(systems, shift, rotated(systems, b))!;
    const expected = choleskySolve(direct, b);
    const relative = Math.hypot(...expected);
    rotatedBack(systems, solution.x).forEach((x, i) => {
      expect(x / relative).toBeCloseTo(expected[i]! / relative, 9);
    });
    expect(solution.logDeterminant).toBeCloseTo(direct.logDeterminant, 8);
    const root = inverseRoot(systems, shift);
    const inverse = choleskyInverse(direct);
    naiveProduct(root, transposed(root, n, n), n, n, n).forEach((value, at) => {
      expect(value / inverse[0]!).toBeCloseTo(inverse[at]! / inverse[0]!, 9);
    });
  });

  it("say where a shift is not positive definite", () => {
    const systems = shiftedSystems(A.slice(), n);
    expect(solveShifted(systems, -1e6, b)).toBeUndefined();
  });
});

describe("the least value on a line", () => {
  it("is found between the points of the grid, and at an end is said to be", () => {
    const inside = minimiseOnLine((x) => (x - 1.234) ** 2, -5, 5, 11, 1e-6);
    expect(inside.x).toBeCloseTo(1.234, 5);
    expect(inside.atEnd).toBe(false);
    expect(minimiseOnLine((x) => x, -5, 5, 11, 1e-3)).toMatchObject({ atEnd: true });
  });

  it("passes over values that are not finite", () => {
    expect(minimiseOnLine((x) => (x < 0 ? Number.NaN : (x - 2) ** 2), -5, 5, 21, 1e-6).x).toBeCloseTo(2, 5);
  });
});

describe("the elastic net", () => {
  const [n, rows] = [8, 30];
  const X = random(n * rows, 6);
  const y = random(rows, 7).map((value, t) => value + 2 * X[t * n]! - X[t * n + 3]!);
  const gram = naiveProduct(transposed(X, rows, n), X, n, rows, n);
  const cross = naiveProduct(transposed(X, rows, n), y, n, rows, 1);

  it.each([0.3, 1])("meets the conditions of its minimum, mixing %d", (mixing) => {
    const penalty = 4;
    const { weights, converged } = elasticNet({ gram, cross }, penalty, mixing, new Float64Array(n), 1e-10);
    expect(converged).toBe(true);
    expect(weights.some((w) => w === 0) && weights.some((w) => w !== 0)).toBe(true);
    const fitted = timesVector(gram, weights);
    weights.forEach((w, j) => {
      const slope = cross[j]! - fitted[j]! - penalty * (1 - mixing) * w;
      if (w === 0) expect(Math.abs(slope)).toBeLessThanOrEqual(penalty * mixing);
      else expect(slope).toBeCloseTo(Math.sign(w) * penalty * mixing, 7);
    });
  });

  it("starts anywhere and ends at the same place", () => {
    const from = (start: Float64Array) => elasticNet({ gram, cross }, 2, 0.9, start, 1e-12).weights;
    expectClose(from(random(n, 8)), from(new Float64Array(n)), 8);
  });
});

describe("the Fourier transform in three dimensions", () => {
  it.each([
    [1, 3, 4],
    [2, 3, 4],
  ] as const)("is the sum it stands for and comes back, %i x %i x %i", (...shape) => {
    const [L, H, W] = shape;
    const D = L * H * W;
    const [real, imaginary] = [random(D, 9), new Float64Array(D)];
    const values = real.slice();
    fft3(real, imaginary, shape);
    for (let f = 0; f < D; f++) {
      let [re, im] = [0, 0];
      for (let d = 0; d < D; d++) {
        const cycles =
          (Math.floor(f / (H * W)) * Math.floor(d / (H * W))) / L +
          ((Math.floor(f / W) % H) * (Math.floor(d / W) % H)) / H +
          ((f % W) * (d % W)) / W;
        re += values[d]! * Math.cos(2 * Math.PI * cycles);
        im -= values[d]! * Math.sin(2 * Math.PI * cycles);
      }
      expect(real[f]).toBeCloseTo(re, 10);
      expect(imaginary[f]).toBeCloseTo(im, 10);
    }
    fft3(real, imaginary, shape, true);
    expectClose(real, values);
  });
});
