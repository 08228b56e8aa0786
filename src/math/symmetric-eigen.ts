import { checkFinite, checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { applyReflectors, formOrthogonal, reduceToTridiagonal, type Tridiagonal } from "./symmetric-tridiagonal.js";
import { inverseIteration } from "./tridiagonal-inverse-iteration.js";
import { tridiagonalValueAt, tridiagonalValues } from "./tridiagonal-values.js";
import { diagonalize } from "./tridiagonal-vectors.js";

/** Eigenvalues with their vectors. */
export interface Eigen {
  /** [k], ascending */
  readonly values: Float64Array;
  /** [k, n]; row i is the unit vector of `values[i]`, its entry of largest magnitude positive */
  readonly vectors: Float64Array;
}

/** How many eigenvalues are wanted from either end. */
export interface Extremes {
  /** from the smallest up; default 0 */
  readonly smallest?: number;
  /** from the largest down; default 0 */
  readonly largest?: number;
}

/** An asymmetry beyond this part of the largest entry is a mistake, not rounding. */
const asymmetry = 1e-12;

/**
 * All eigenvalues and eigenvectors of a symmetric matrix: `A·v_i = λ_i·v_i`, `v_i·v_j = δ_ij`.
 *
 * The residual is a small multiple of rounding times the norm of A, whatever the spectrum.
 *
 * @param matrix [n, n], row-major; symmetric to 1e-12 of its largest entry
 * @param n rows
 * @returns n values, ascending, and n vectors, one a row
 * @throws InputError if the count of entries is not n², an entry is not finite, or the matrix is not symmetric
 * @see Golub & Van Loan, Matrix Computations, 8.3
 */
export function symmetricEigen(matrix: ArrayLike<number>, n: number): Eigen {
  const { form, factor } = reduce("symmetricEigen", matrix, n);
  return unscale(allPairs(form), factor);
}

/**
 * All eigenvalues of a symmetric matrix, without vectors.
 *
 * @param matrix [n, n], row-major; symmetric to 1e-12 of its largest entry
 * @param n rows
 * @returns n values, ascending
 * @throws InputError if the count of entries is not n², an entry is not finite, or the matrix is not symmetric
 * @see Parlett, The Symmetric Eigenvalue Problem, 8.15
 */
export function symmetricEigenvalues(matrix: ArrayLike<number>, n: number): Float64Array {
  const { form, factor } = reduce("symmetricEigenvalues", matrix, n);
  return tridiagonalValues(form.diagonal, form.offDiagonal).map((value) => value / factor);
}

/**
 * The smallest and largest eigenvalues of a symmetric matrix, without vectors.
 *
 * @param matrix [n, n], row-major; symmetric to 1e-12 of its largest entry
 * @param n rows
 * @param extremes how many from either end; together at most n
 * @returns the values, ascending: the `smallest` ones, then the `largest` ones
 * @throws InputError as symmetricEigen does, or if more than n values, or none, are asked for
 * @see Golub & Van Loan, Matrix Computations, 8.4.1
 */
export function extremeEigenvalues(matrix: ArrayLike<number>, n: number, extremes: Extremes): Float64Array {
  const where = "extremeEigenvalues";
  const { form, factor } = reduce(where, matrix, n);
  return extremeValues(form, ranks(where, n, extremes)).map((value) => value / factor);
}

/**
 * The smallest and largest eigenvalues of a symmetric matrix with their vectors.
 *
 * @param matrix [n, n], row-major; symmetric to 1e-12 of its largest entry
 * @param n rows
 * @param extremes how many from either end; together at most n
 * @returns the pairs, ascending: the `smallest` ones, then the `largest` ones
 * @throws InputError as symmetricEigen does, or if more than n values, or none, are asked for
 * @see Golub & Van Loan, Matrix Computations, 8.2.2 and 8.4.1
 */
export function extremeEigen(matrix: ArrayLike<number>, n: number, extremes: Extremes): Eigen {
  const where = "extremeEigen";
  const { form, factor } = reduce(where, matrix, n);
  const wanted = ranks(where, n, extremes);
  // Orthogonalising k vectors costs k²·n: beyond an eighth of them the QL iteration is as fast.
  const few = 8 * wanted.length <= n ? fewPairs(form, extremeValues(form, wanted)) : undefined;
  return unscale(few ?? pick(allPairs(form), wanted, n), factor);
}

/** Checks the matrix, scales a copy by a power of two to entries of about 1, and reduces it. */
function reduce(where: string, matrix: ArrayLike<number>, n: number): { form: Tridiagonal; factor: number } {
  checkInteger(where, "n", n, 1);
  if (matrix?.length !== n * n) {
    refuse(where, `matrix has ${matrix?.length ?? describe(matrix)} entries, n = ${n} needs ${n * n}`);
  }
  checkFinite(where, "matrix", matrix);
  let largest = 0;
  for (let i = 0; i < matrix.length; i++) largest = Math.max(largest, Math.abs(matrix[i]));
  const factor = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, -Math.floor(Math.log2(largest))));
  const copy = new Float64Array(n * n);
  for (let r = 0; r < n; r++) {
    for (let c = 0; c <= r; c++) {
      const a = matrix[r * n + c];
      const b = matrix[c * n + r];
      if (Math.abs(a - b) > asymmetry * largest) {
        refuse(where, `matrix is not symmetric: [${r}, ${c}] is ${a}, [${c}, ${r}] is ${b}`);
      }
      copy[r * n + c] = a * factor;
    }
  }
  return { form: reduceToTridiagonal(copy, n), factor };
}

/** The ranks that are asked for, ascending. */
function ranks(where: string, n: number, extremes: Extremes): number[] {
  checkOptions(where, extremes, ["smallest", "largest"]);
  const smallest = extremes.smallest ?? 0;
  const largest = extremes.largest ?? 0;
  checkInteger(where, "smallest", smallest, 0, n);
  checkInteger(where, "largest", largest, 0, n);
  const count = smallest + largest;
  if (count < 1 || count > n) refuse(where, `smallest and largest ask for ${count} values, 1 to ${n} are needed`);
  return Array.from({ length: count }, (_, i) => (i < smallest ? i : n - count + i));
}

function extremeValues(form: Tridiagonal, wanted: readonly number[]): Float64Array {
  return Float64Array.from(wanted, (rank) => tridiagonalValueAt(form.diagonal, form.offDiagonal, rank));
}

function fewPairs(form: Tridiagonal, values: Float64Array): Eigen | undefined {
  const vectors = inverseIteration(form.diagonal, form.offDiagonal, values);
  if (vectors === undefined) return undefined;
  applyReflectors(form, vectors, values.length);
  return { values, vectors };
}

/** All pairs by the QL iteration, sorted. */
function allPairs(form: Tridiagonal): Eigen {
  const { n } = form;
  const basis = formOrthogonal(form);
  const unsorted = form.diagonal.slice();
  diagonalize(unsorted, form.offDiagonal, basis, n);
  const order = Array.from(unsorted.keys()).sort((a, b) => unsorted[a] - unsorted[b]);
  const vectors = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i < n; i++) vectors[k * n + i] = basis[i * n + order[k]];
  }
  return { values: Float64Array.from(order, (at) => unsorted[at]), vectors };
}

function pick(all: Eigen, wanted: readonly number[], n: number): Eigen {
  const vectors = new Float64Array(wanted.length * n);
  wanted.forEach((rank, k) => {
    vectors.set(all.vectors.subarray(rank * n, (rank + 1) * n), k * n);
  });
  return { values: Float64Array.from(wanted, (rank) => all.values[rank]), vectors };
}

/** Undoes the scaling and gives each vector its sign. */
function unscale({ values, vectors }: Eigen, factor: number): Eigen {
  const n = vectors.length / values.length;
  for (let k = 0; k < values.length; k++) positiveWhereLargest(vectors.subarray(k * n, (k + 1) * n));
  return { values: values.map((value) => value / factor), vectors };
}

/** Turns a vector so that its entry of largest magnitude, the first of equals, is positive. */
function positiveWhereLargest(x: Float64Array): void {
  let at = 0;
  for (let i = 1; i < x.length; i++) if (Math.abs(x[i]) > Math.abs(x[at])) at = i;
  if (x[at] < 0) for (let i = 0; i < x.length; i++) x[i] = -x[i];
}
