import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type Eigen,
  extremeEigen,
  extremeEigenvalues,
  symmetricEigen,
  symmetricEigenvalues,
} from "../../src/math/symmetric-eigen.js";
import { inverseIteration } from "../../src/math/tridiagonal-inverse-iteration.js";
import { tridiagonalValueAt } from "../../src/math/tridiagonal-values.js";
import { InputError } from "../../src/tensor/errors.js";

const epsilon = 2 ** -52;

/** A symmetric matrix from the entries on and below its diagonal. */
function symmetric(n: number, entry: (row: number, column: number) => number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      matrix[r * n + c] = entry(r, c);
      matrix[c * n + r] = matrix[r * n + c];
    }
  }
  return matrix;
}

/** Numbers in [-0.5, 0.5) from a small congruential generator. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
}

/** `Q·diag(values)·Qᵀ` for a rotation Q made of random plane rotations. */
function withSpectrum(values: readonly number[], seed: number): Float64Array {
  const n = values.length;
  const random = generator(seed);
  const a = symmetric(n, (r, c) => (r === c ? values[r] : 0));
  for (let turn = 0; turn < 6 * n; turn++) {
    const i = Math.floor((random() + 0.5) * n);
    const j = (i + 1 + Math.floor((random() + 0.5) * (n - 1))) % n;
    if (i !== j) conjugate(a, n, i, j, 2 * Math.PI * random());
  }
  return symmetric(n, (r, c) => 0.5 * (a[r * n + c] + a[c * n + r]));
}

function conjugate(a: Float64Array, n: number, i: number, j: number, angle: number): void {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[i * n + k], a[j * n + k]];
    a[i * n + k] = c * x - s * y;
    a[j * n + k] = s * x + c * y;
  }
  for (let k = 0; k < n; k++) {
    const [x, y] = [a[k * n + i], a[k * n + j]];
    a[k * n + i] = c * x - s * y;
    a[k * n + j] = s * x + c * y;
  }
}

function norm(matrix: Float64Array): number {
  const largest = matrix.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  if (largest === 0) return 0;
  return largest * Math.sqrt(matrix.reduce((sum, x) => sum + (x / largest) ** 2, 0));
}

/** The largest length of `A·v - λ·v` and the largest departure of the vectors' products from the identity. */
function faults(matrix: Float64Array, n: number, { values, vectors }: Eigen) {
  let residual = 0;
  let overlap = 0;
  for (let k = 0; k < values.length; k++) {
    let sum = 0;
    for (let r = 0; r < n; r++) {
      let x = -values[k] * vectors[k * n + r];
      for (let c = 0; c < n; c++) x += matrix[r * n + c] * vectors[k * n + c];
      sum = Math.hypot(sum, x);
    }
    residual = Math.max(residual, sum);
    for (let other = 0; other <= k; other++) {
      let inner = other === k ? -1 : 0;
      for (let c = 0; c < n; c++) inner += vectors[k * n + c] * vectors[other * n + c];
      overlap = Math.max(overlap, Math.abs(inner));
    }
  }
  return { residual, overlap };
}

function expectDecomposition(matrix: Float64Array, n: number, eigen: Eigen): void {
  const { residual, overlap } = faults(matrix, n, eigen);
  expect(residual).toBeLessThanOrEqual(16 * Math.sqrt(n) * epsilon * norm(matrix));
  expect(overlap).toBeLessThanOrEqual(16 * Math.sqrt(n) * epsilon);
  for (let k = 1; k < eigen.values.length; k++) expect(eigen.values[k]).toBeGreaterThanOrEqual(eigen.values[k - 1]);
}

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) {
    expect(Math.abs(got[i] - wanted[i]), `entry ${i}`).toBeLessThanOrEqual(tolerance);
  }
}

/** Every door of the module on one matrix: all must agree. */
function expectAllDoorsAgree(matrix: Float64Array, n: number): Eigen {
  const eigen = symmetricEigen(matrix, n);
  const tolerance = 32 * Math.sqrt(n) * epsilon * norm(matrix);
  expectDecomposition(matrix, n, eigen);
  expectClose(symmetricEigenvalues(matrix, n), eigen.values, tolerance);
  const [smallest, largest] = [Math.ceil(n / 3), Math.floor(n / 4)];
  const ends = [...eigen.values.slice(0, smallest), ...eigen.values.slice(n - largest)];
  expectClose(extremeEigenvalues(matrix, n, { smallest, largest }), ends, tolerance);
  for (const extremes of [{ smallest: 1 }, { largest: 1 }, { smallest, largest }]) {
    expectDecomposition(matrix, n, extremeEigen(matrix, n, extremes));
  }
  return eigen;
}

describe("symmetric eigenproblem", () => {
  it("gives the closed form of the second difference, 2 - 2·cos(kπ/(n+1)), and its sines", () => {
    const n = 50;
    const matrix = symmetric(n, (r, c) => (r === c ? 2 : r - c === 1 ? -1 : 0));
    const wanted = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
    const { values, vectors } = expectAllDoorsAgree(matrix, n);
    expectClose(values, wanted, 20 * epsilon);
    const sine = Array.from({ length: n }, (_, i) => Math.sqrt(2 / (n + 1)) * Math.sin(((i + 1) * Math.PI) / (n + 1)));
    expectClose(vectors.slice(0, n), sine, 1e-12);
  });

  it("gives the closed form of a full matrix: min(i, j) has 1 / (4·sin²((2k-1)π/(4n+2)))", () => {
    const n = 40;
    const wanted = Array.from(
      { length: n },
      (_, k) => 1 / (4 * Math.sin(((2 * (n - k) - 1) * Math.PI) / (4 * n + 2)) ** 2),
    );
    const { values } = expectAllDoorsAgree(
      symmetric(n, (_, c) => c + 1),
      n,
    );
    expectClose(values, wanted, 8 * epsilon * wanted[n - 1]);
  });

  it("keeps the trace and the sum of squares of random matrices, and their residuals are rounding", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 24 }), fc.integer({ min: 1, max: 2 ** 31 }), (n, seed) => {
        const random = generator(seed);
        const matrix = symmetric(n, () => random());
        const { values } = expectAllDoorsAgree(matrix, n);
        const trace = Array.from({ length: n }, (_, i) => matrix[i * n + i]).reduce((sum, x) => sum + x, 0);
        expectClose([values.reduce((sum, x) => sum + x, 0)], [trace], 1e-13 * n);
        expectClose([norm(values)], [norm(matrix)], 1e-13 * n);
      }),
      { numRuns: 60, seed: 1 },
    );
  });

  it("takes matrices whose entries are mostly 0 or repeated", () => {
    fc.assert(
      fc.property(
        fc
          .integer({ min: 1, max: 12 })
          .chain((n) =>
            fc.tuple(
              fc.constant(n),
              fc.array(fc.constantFrom(0, 0, 0, 1, -1, 2, 1e-9, 1e-20), { minLength: n * n, maxLength: n * n }),
            ),
          ),
        ([n, entries]) => {
          expectAllDoorsAgree(
            symmetric(n, (r, c) => entries[r * n + c]),
            n,
          );
        },
      ),
      { numRuns: 200, seed: 2 },
    );
  });

  it("finds known spectra: repeated, clustered, rank-deficient, graded, of both signs", () => {
    const spectra: Record<string, number[]> = {
      repeated: Array.from({ length: 40 }, (_, i) => (i < 20 ? -1 : 3)),
      clustered: Array.from({ length: 40 }, (_, i) => 1 + i * 1e-14 + (i > 35 ? 1e-7 : 0)),
      deficient: Array.from({ length: 40 }, (_, i) => (i < 36 ? 0 : i)),
      graded: Array.from({ length: 40 }, (_, i) => 10 ** (-i / 2)),
      symmetric: Array.from({ length: 40 }, (_, i) => i - 19.5),
    };
    for (const [name, spectrum] of Object.entries(spectra)) {
      const wanted = [...spectrum].sort((a, b) => a - b);
      const { values } = expectAllDoorsAgree(withSpectrum(spectrum, 7), spectrum.length);
      for (let i = 0; i < wanted.length; i++) {
        expect(Math.abs(values[i] - wanted[i]), name).toBeLessThan(1e-13 * Math.max(1, wanted.at(-1)!));
      }
    }
  });

  it("takes zero, diagonal, 1x1 and 2x2 matrices exactly", () => {
    expect([...symmetricEigen(new Float64Array(9), 3).values]).toEqual([0, 0, 0]);
    expectAllDoorsAgree(new Float64Array(400), 20);
    const diagonal = [3, -1, 2, 1e-30, 5];
    const matrix = symmetric(5, (r, c) => (r === c ? diagonal[r] : 0));
    const { values, vectors } = expectAllDoorsAgree(matrix, 5);
    expect([...values]).toEqual([-1, 1e-30, 2, 3, 5]);
    expect([...vectors.slice(0, 5)]).toEqual([0, 1, 0, 0, 0]);
    expect([...symmetricEigen([7], 1).values]).toEqual([7]);
    expect([...symmetricEigen([-7], 1).vectors]).toEqual([1]);
    expectClose(symmetricEigen([2, 1, 1, 2], 2).values, [1, 3], 4 * epsilon);
  });

  it("resolves Wilkinson's pairs, equal to 14 digits, into orthogonal vectors", () => {
    const n = 21;
    const matrix = symmetric(n, (r, c) => (r === c ? Math.abs(r - 10) : r - c === 1 ? 1 : 0));
    const { values } = expectAllDoorsAgree(matrix, n);
    // The largest eigenvalue of W21+ (Wilkinson 1965, p. 309).
    expect(values[20]).toBeCloseTo(10.746194182903393, 13);
    expect(values[20] - values[19]).toBeLessThan(1e-13);
    expectDecomposition(matrix, n, extremeEigen(matrix, n, { largest: 2 }));
  });

  it("scales exactly: a matrix times 2^±900 has its values times 2^±900 and the same vectors", () => {
    const random = generator(5);
    const matrix = symmetric(30, () => random());
    const { values, vectors } = symmetricEigen(matrix, 30);
    for (const scale of [2 ** 900, 2 ** -900]) {
      const scaled = symmetricEigen(
        matrix.map((x) => x * scale),
        30,
      );
      expect(scaled.values).toEqual(values.map((x) => x * scale));
      expect(scaled.vectors).toEqual(vectors);
    }
  });

  it("finds the few extremes of a larger matrix as the full decomposition does", () => {
    const n = 120;
    const random = generator(9);
    const matrix = symmetric(n, () => random());
    const all = expectAllDoorsAgree(matrix, n);
    const few = extremeEigen(matrix, n, { smallest: 3, largest: 2 });
    expectDecomposition(matrix, n, few);
    for (const [k, rank] of [0, 1, 2, n - 2, n - 1].entries()) {
      expectClose(few.vectors.slice(k * n, (k + 1) * n), all.vectors.slice(rank * n, (rank + 1) * n), 1e-11);
    }
  });

  it("notices that an inverse iteration has found no eigenvector, and takes exact eigenvalues", () => {
    const diagonal = Float64Array.of(1, 2, 3, 4);
    const offDiagonal = Float64Array.of(0, 0.5, 0.5, 0.5);
    expect(inverseIteration(diagonal, offDiagonal, Float64Array.of(1.5))).toBeUndefined();
    const exact = tridiagonalValueAt(diagonal, offDiagonal, 1);
    expect(inverseIteration(diagonal, offDiagonal, Float64Array.of(exact))).toBeDefined();
  });

  it("gives the same bits twice and leaves its argument alone", () => {
    const random = generator(3);
    const matrix = symmetric(33, () => random());
    const before = matrix.slice();
    expect(symmetricEigen(matrix, 33)).toEqual(symmetricEigen(matrix, 33));
    expect(matrix).toEqual(before);
  });

  it("refuses what is not a symmetric matrix of finite numbers", () => {
    const cases: readonly (readonly [() => unknown, string])[] = [
      [() => symmetricEigen([1, 2, 3, 4], 2), "symmetricEigen: matrix is not symmetric: [1, 0] is 3, [0, 1] is 2"],
      [() => symmetricEigen([1, 2, 2], 2), "symmetricEigen: matrix has 3 entries, n = 2 needs 4"],
      [() => symmetricEigen([1, NaN, 2, 4], 2), "symmetricEigen: matrix[1] is NaN, finite numbers are needed"],
      [() => symmetricEigenvalues([], 0), "symmetricEigenvalues: n is 0, a whole number of at least 1 is needed"],
      [
        () => extremeEigenvalues([1, 0, 0, 1], 2, {}),
        "extremeEigenvalues: smallest and largest ask for 0 values, 1 to 2 are needed",
      ],
      [
        () => extremeEigen([1, 0, 0, 1], 2, { smallest: 2, largest: 1 }),
        "extremeEigen: smallest and largest ask for 3 values, 1 to 2 are needed",
      ],
      [
        () => extremeEigen([1, 0, 0, 1], 2, { smallest: 3 }),
        "extremeEigen: smallest is 3, a whole number from 0 to 2 is needed",
      ],
    ];
    for (const [call, message] of cases) {
      expect(call).toThrow(InputError);
      expect(call).toThrow(message);
    }
    expect(() => symmetricEigen(undefined as unknown as number[], 2)).toThrow("matrix has undefined entries");
  });
});
