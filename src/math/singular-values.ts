import { checkFinite, checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/** `A = Σ_i values[i]·left_i·right_iᵀ`. */
export interface SingularValues {
  /** [r], r = min(rows, columns), descending */
  readonly values: Float64Array;
  /** [r, rows]; row i is the i-th left singular vector, its entry of largest magnitude positive */
  readonly left: Float64Array;
  /** [r, columns]; row i is the i-th right singular vector */
  readonly right: Float64Array;
}

const epsilon = 2 ** -52;

/** A vector this much shorter than the longest one is 0: the squares of anything longer are far from underflow. */
const vanishing = 1e-100;

/**
 * The thin singular value decomposition of a small matrix: `A = Σ_i σ_i·u_i·v_iᵀ`.
 *
 * One-sided Jacobi rotations on the shorter side, which find small singular values as accurately as large ones. Meant for
 * matrices with one short side, as a filter of [lags, pixels]; the time grows with the square of the shorter side.
 *
 * @param matrix [rows, columns], row-major
 * @param rows at least 1
 * @param columns at least 1
 * @returns the r = min(rows, columns) values, descending, and their vectors, one a row, orthonormal also where a value is 0
 * @throws InputError if the count of entries is not rows·columns or an entry is not finite
 * @see Golub & Van Loan, Matrix Computations, 8.6.3; Demmel & Veselić 1992
 */
export function singularValueDecomposition(matrix: ArrayLike<number>, rows: number, columns: number): SingularValues {
  const where = "singularValueDecomposition";
  checkInteger(where, "rows", rows, 1);
  checkInteger(where, "columns", columns, 1);
  if (matrix?.length !== rows * columns) {
    const got = matrix?.length ?? describe(matrix);
    refuse(where, `matrix has ${got} entries, ${rows} rows of ${columns} need ${rows * columns}`);
  }
  checkFinite(where, "matrix", matrix);
  const wide = rows <= columns;
  const { values, short, long } = decompose(wide ? shortSide(matrix, rows, columns) : transpose(matrix, rows, columns));
  const [left, right] = wide ? [short, long] : [long, short];
  values.forEach((_, i) => {
    if (largestEntry(left[i]) < 0)
      for (const side of [left[i], right[i]])
        side.forEach((x, k) => {
          side[k] = -x;
        });
  });
  return { values: Float64Array.from(values), left: concatenate(left), right: concatenate(right) };
}

function shortSide(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array[] {
  return Array.from({ length: rows }, (_, r) =>
    Float64Array.from({ length: columns }, (_, c) => matrix[r * columns + c]),
  );
}

function transpose(matrix: ArrayLike<number>, rows: number, columns: number): Float64Array[] {
  return Array.from({ length: columns }, (_, c) =>
    Float64Array.from({ length: rows }, (_, r) => matrix[r * columns + c]),
  );
}

/** Rotates the vectors until they are orthogonal to each other; `short` collects the rotations. */
function decompose(long: Float64Array[]) {
  const count = long.length;
  let largest = 0;
  for (const row of long) for (const x of row) largest = Math.max(largest, Math.abs(x));
  const factor = largest === 0 ? 1 : 2 ** Math.max(-1000, Math.min(1000, -Math.floor(Math.log2(largest))));
  for (const row of long)
    row.forEach((x, k) => {
      row[k] = x * factor;
    });
  const turned = long.map((_, i) => Float64Array.from({ length: count }, (_, k) => (k === i ? 1 : 0)));
  for (let sweep = 0; sweep < 60; sweep++) {
    let rotated = false;
    for (let i = 0; i < count; i++) {
      for (let j = i + 1; j < count; j++) rotated = orthogonalize(long, turned, i, j) || rotated;
    }
    if (!rotated) break;
  }
  const norms = long.map((row) => Math.sqrt(dot(row, row)));
  const order = norms.map((_, i) => i).sort((a, b) => norms[b] - norms[a]);
  const unit = completeBasis(
    order.map((i) => long[i]),
    order.map((i) => norms[i]),
  );
  return {
    values: order.map((i) => (norms[i] > vanishing * norms[order[0]] ? norms[i] / factor : 0)),
    short: order.map((i) => turned[i]),
    long: unit,
  };
}

/** One Jacobi rotation that makes vectors i and j orthogonal; false where they already are. */
function orthogonalize(long: Float64Array[], turned: Float64Array[], i: number, j: number): boolean {
  const a = dot(long[i], long[i]);
  const b = dot(long[j], long[j]);
  const c = dot(long[i], long[j]);
  if (Math.min(a, b) <= vanishing * vanishing * Math.max(a, b)) return false;
  // A product of n terms rounds to about √n units: nothing smaller can be told from 0.
  const tolerance = epsilon * Math.max(4, Math.sqrt(long[i].length));
  if (Math.abs(c) <= tolerance * Math.sqrt(a) * Math.sqrt(b)) return false;
  const zeta = (b - a) / (2 * c);
  const tangent = (zeta < 0 ? -1 : 1) / (Math.abs(zeta) + Math.sqrt(1 + zeta * zeta));
  const cosine = 1 / Math.sqrt(1 + tangent * tangent);
  rotate(long[i], long[j], cosine, cosine * tangent);
  rotate(turned[i], turned[j], cosine, cosine * tangent);
  return true;
}

function rotate(x: Float64Array, y: Float64Array, cosine: number, sine: number): void {
  for (let k = 0; k < x.length; k++) {
    const xk = x[k];
    x[k] = cosine * xk - sine * y[k];
    y[k] = sine * xk + cosine * y[k];
  }
}

/** Scales the vectors to 1; those of a zero singular value become any unit vectors orthogonal to the rest. */
function completeBasis(rows: readonly Float64Array[], norms: readonly number[]): Float64Array[] {
  const done: Float64Array[] = [];
  let axis = 0;
  rows.forEach((row, i) => {
    if (norms[i] > vanishing * norms[0]) {
      done.push(row.map((x) => x / norms[i]));
      return;
    }
    for (;;) {
      const candidate = row.map((_, k) => (k === axis ? 1 : 0));
      axis++;
      const left = orthogonalTo(candidate, done);
      const norm = Math.sqrt(dot(left, left));
      // Some axis keeps this much: the squares of what all axes keep add up to the dimensions that are left.
      if (norm > 0.5 / Math.sqrt(row.length)) {
        done.push(left.map((x) => x / norm));
        return;
      }
    }
  });
  return done;
}

/** What is left of a vector after its parts along orthonormal ones are taken off, twice. */
function orthogonalTo(x: Float64Array, basis: readonly Float64Array[]): Float64Array {
  for (let pass = 0; pass < 2; pass++) {
    for (const axis of basis) {
      const inner = dot(axis, x);
      for (let k = 0; k < x.length; k++) x[k] -= inner * axis[k];
    }
  }
  return x;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}

function largestEntry(x: Float64Array): number {
  return x.reduce((best, value) => (Math.abs(value) > Math.abs(best) ? value : best), 0);
}

function concatenate(rows: readonly Float64Array[]): Float64Array {
  const out = new Float64Array(rows.length * rows[0].length);
  rows.forEach((row, i) => {
    out.set(row, i * row.length);
  });
  return out;
}
