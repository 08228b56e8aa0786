import { expect, test } from "vitest";
import { cholesky, choleskyInverse, choleskySolve } from "../../src/math/cholesky.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { symmetricEigenvalues } from "../../src/math/symmetric-eigen.js";

/** `B·Bᵀ + I/2` of a random B. */
function definite(n: number, seed: number): Float64Array {
  const B = new Float32Array(n * n);
  fillNormal(B, randomStream(seed, "stimulus"), 0);
  const A = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      for (let k = 0; k < n; k++) A[i * n + j]! += B[i * n + k]! * B[j * n + k]!;
    }
    A[i * n + i]! += 0.5;
  }
  return A;
}

function times(A: Float64Array, x: Float64Array): Float64Array {
  return x.map((_, i) => x.reduce((sum, value, j) => sum + A[i * x.length + j]! * value, 0));
}

// Below, at and above the block of 32 and the tile of 4.
test.each([1, 2, 3, 5, 31, 32, 33, 67, 101])("L·Lᵀ of a matrix of %i rows is the matrix", (n) => {
  const A = definite(n, n);
  const { factor } = cholesky(A, n)!;
  const largest = Math.max(...A);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < n; k++) sum += factor[i * n + k]! * factor[j * n + k]!;
      expect(Math.abs(sum - A[i * n + j]!)).toBeLessThan(1e-13 * n * largest);
      if (j > i) expect(factor[i * n + j]).toBe(0);
    }
  }
});

test.each([1, 7, 40, 70])("the solution, the inverse and the determinant of %i rows are right", (n) => {
  const A = definite(n, 100 + n);
  const F = cholesky(A, n)!;
  const b = Float64Array.from({ length: n }, (_, i) => Math.sin(i + 1));
  times(A, choleskySolve(F, b)).forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 9);
  });
  const inverse = choleskyInverse(F);
  times(A, times(inverse, b)).forEach((value, i) => {
    expect(value).toBeCloseTo(b[i]!, 9);
  });
  const logs = symmetricEigenvalues(A, n).reduce((sum, value) => sum + Math.log(value), 0);
  expect(F.logDeterminant).toBeCloseTo(logs, 9);
});

test("a matrix that is not positive definite has no factor", () => {
  expect(cholesky([1, 2, 2, 1], 2)).toBeUndefined();
  expect(cholesky([1, 1, 1, 1], 2)).toBeUndefined();
  expect(cholesky([0], 1)).toBeUndefined();
});

test("a wrong count of entries and a NaN are refused", () => {
  expect(() => cholesky([1, 2, 3], 2)).toThrow("cholesky: matrix has 3 entries, 2² are needed");
  expect(() => cholesky([1, Number.NaN, 0, 1], 2)).toThrow("cholesky: matrix[1] is NaN");
  expect(() => cholesky([], 0)).toThrow("cholesky: n is 0");
});
