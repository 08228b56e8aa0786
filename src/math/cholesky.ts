import { checkFinite, checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { dot } from "./vectors.js";

/** Cholesky's factor of a symmetric positive definite matrix. */
export interface Cholesky {
  readonly n: number;
  /** [n, n], row-major: L with `A = L·Lᵀ`; zeros above the diagonal */
  readonly factor: Float64Array;
  /** `ln det A` */
  readonly logDeterminant: number;
}

/** Columns that are eliminated together: their rows stay in the first level of the cache. */
const block = 32;

/**
 * `A = L·Lᵀ` of a symmetric positive definite matrix, of which the lower triangle is read.
 *
 * @param matrix [n, n], row-major
 * @param n rows
 * @returns the factor, or undefined where a pivot is not above rounding: A is not positive definite
 * @throws InputError if the count of entries is not n² or an entry is not finite
 * @see Golub & Van Loan, Matrix Computations, 4.2
 */
export function cholesky(matrix: ArrayLike<number>, n: number): Cholesky | undefined {
  checkInteger("cholesky", "n", n, 1);
  if (matrix.length !== n * n) refuse("cholesky", `matrix has ${matrix.length} entries, ${n}² are needed`);
  checkFinite("cholesky", "matrix", matrix);
  const L = Float64Array.from(matrix);
  const least = Float64Array.from({ length: n }, (_, i) => n * 2 ** -53 * matrix[i * n + i]!);
  for (let from = 0; from < n; from += block) {
    const to = Math.min(n, from + block);
    if (!factorColumns(L, n, from, to, least)) return undefined;
    subtractProducts(L, n, from, to);
  }
  let logDeterminant = 0;
  for (let i = 0; i < n; i++) {
    logDeterminant += 2 * Math.log(L[i * n + i]!);
    L.fill(0, i * n + i + 1, (i + 1) * n);
  }
  return { n, factor: L, logDeterminant };
}

/** Columns `from` to `to` of L, whose earlier columns are already taken off. */
function factorColumns(L: Float64Array, n: number, from: number, to: number, least: Float64Array): boolean {
  for (let i = from; i < n; i++) {
    for (let j = from; j < Math.min(i + 1, to); j++) {
      let sum = L[i * n + j]!;
      for (let k = from; k < j; k++) sum -= L[i * n + k]! * L[j * n + k]!;
      if (i !== j) L[i * n + j] = sum / L[j * n + j]!;
      else if (sum > least[i]!) L[i * n + i] = Math.sqrt(sum);
      else return false;
    }
  }
  return true;
}

/** Takes the products of columns `from` to `to` off what lies right of them, four rows by four columns at once. */
function subtractProducts(L: Float64Array, n: number, from: number, to: number): void {
  for (let i = to; i < n; i += 4) {
    for (let j = to; j <= i; j += 4) {
      if (i + 4 <= n) subtractTile(L, n, i, j, from, to);
      else for (let a = i; a < n; a++) for (let b = j; b < j + 4 && b <= a; b++) subtractDot(L, n, a, b, from, to);
    }
  }
}

function subtractDot(L: Float64Array, n: number, i: number, j: number, from: number, to: number): void {
  let sum = 0;
  for (let k = from; k < to; k++) sum += L[i * n + k]! * L[j * n + k]!;
  L[i * n + j]! -= sum;
}

/** A tile of four by four; on the diagonal it writes above it too, where nobody reads. */
function subtractTile(L: Float64Array, n: number, i: number, j: number, from: number, to: number): void {
  for (let half = 0; half < 4; half += 2) {
    const [a0, a1] = [(i + half) * n, (i + half + 1) * n];
    const [b0, b1, b2, b3] = [j * n, (j + 1) * n, (j + 2) * n, (j + 3) * n];
    let [s0, s1, s2, s3, t0, t1, t2, t3] = [0, 0, 0, 0, 0, 0, 0, 0];
    for (let k = from; k < to; k++) {
      const [x, y] = [L[a0 + k]!, L[a1 + k]!];
      const [p, q, r, s] = [L[b0 + k]!, L[b1 + k]!, L[b2 + k]!, L[b3 + k]!];
      s0 += x * p;
      s1 += x * q;
      s2 += x * r;
      s3 += x * s;
      t0 += y * p;
      t1 += y * q;
      t2 += y * r;
      t3 += y * s;
    }
    L[a0 + j]! -= s0;
    L[a0 + j + 1]! -= s1;
    L[a0 + j + 2]! -= s2;
    L[a0 + j + 3]! -= s3;
    L[a1 + j]! -= t0;
    L[a1 + j + 1]! -= t1;
    L[a1 + j + 2]! -= t2;
    L[a1 + j + 3]! -= t3;
  }
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
export function choleskyInverse({ n, factor: L }: Cholesky): Float64Array {
  // Column j of L⁻¹ is 0 above its own place, so that row i of its transpose starts there.
  const transposed = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    const column = transposed.subarray(j * n, (j + 1) * n);
    column[j] = 1 / L[j * n + j]!;
    for (let i = j + 1; i < n; i++)
      column[i] = -dot(L.subarray(i * n + j, i * n + i), column.subarray(j, i)) / L[i * n + i]!;
  }
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const a = transposed.subarray(i * n, (i + 1) * n);
    for (let j = 0; j <= i; j++) {
      const sum = dot(a.subarray(i), transposed.subarray(j * n + i, (j + 1) * n));
      inverse[i * n + j] = sum;
      inverse[j * n + i] = sum;
    }
  }
  return inverse;
}
