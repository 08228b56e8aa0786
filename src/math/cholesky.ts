import { type Panels, panels } from "../kernels/panels.js";
import { checkFinite, checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { factorBlocks } from "./cholesky-blocks.js";
import { lowerInverse, lowerSquare } from "./lower-inverse.js";
import { dot } from "./vectors.js";

/** Cholesky's factor of a symmetric positive definite matrix. */
export interface Cholesky {
  readonly n: number;
  /** [n, n], row-major: L with `A = L·Lᵀ`; zeros above the diagonal */
  readonly factor: Float64Array;
  /** `ln det A` */
  readonly logDeterminant: number;
}

/**
 * `A = L·Lᵀ` of a symmetric positive definite matrix, of which the lower triangle is read.
 *
 * @param matrix [n, n], row-major
 * @param n rows
 * @returns the factor, or undefined where a pivot is not above rounding: A is not positive definite
 * @throws InputError if the count of entries is not n² or an entry is not finite
 * @see Golub & Van Loan, Matrix Computations, 4.2
 */
export function cholesky(matrix: ArrayLike<number>, n: number, k: Panels = panels()): Cholesky | undefined {
  checkInteger("cholesky", "n", n, 1);
  if (matrix.length !== n * n) refuse("cholesky", `matrix has ${matrix.length} entries, ${n}² are needed`);
  checkFinite("cholesky", "matrix", matrix);
  const L = new Float64Array(matrix);
  const least = Float64Array.from({ length: n }, (_, i) => n * 2 ** -53 * matrix[i * n + i]!);
  if (!factorBlocks(k, L, n, least)) return undefined;
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    logDeterminant += 2 * Math.log(L[i * n + i]!);
    L.fill(0, i * n + i + 1, (i + 1) * n);
  }
  return { n, factor: L, logDeterminant };
}

/**
 * The solution of `A·x = b`, by `L·y = b` and `Lᵀ·x = y`.
 *
 * @param b [n]
 * @returns x, [n]
 */
export function choleskySolve({ n, factor: L }: Cholesky, b: ArrayLike<number>): Float64Array {
  const x = solveLower(L, n, Float64Array.from(b));
  for (let i = n - 1; i >= 0; i--) {
    x[i]! /= L[i * n + i]!;
    for (let k = 0; k < i; k++) x[k]! -= L[i * n + k]! * x[i]!;
  }
  return x;
}

function solveLower(L: Float64Array, n: number, y: Float64Array): Float64Array {
  for (let i = 0; i < n; i++) y[i] = (y[i]! - dot(L.subarray(i * n, i * n + i), y)) / L[i * n + i]!;
  return y;
}

/** The inverse of A, [n, n], both triangles. */
export function choleskyInverse({ n, factor }: Cholesky, k: Panels = panels()): Float64Array {
  return lowerSquare(lowerInverse(factor, n, k), n, k);
}
