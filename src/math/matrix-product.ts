import { addDoubleProduct, wholeMatrix } from "../kernels/double-product.js";

/**
 * C = A·B for row-major float64 matrices.
 *
 * @param A [rows, depth]
 * @param B [depth, columns]
 * @returns [rows, columns]
 */
export function matrixProduct(
  A: Float64Array,
  B: Float64Array,
  { rows, depth, columns }: { readonly rows: number; readonly depth: number; readonly columns: number },
): Float64Array {
  const C = new Float64Array(rows * columns);
  addDoubleProduct({
    A: wholeMatrix(A, rows, depth),
    B: wholeMatrix(B, depth, columns),
    C: wholeMatrix(C, rows, columns),
    sign: 1,
  });
  return C;
}

/** The transpose of a row-major matrix `[rows, columns]`. */
export function transposed(A: Float64Array, rows: number, columns: number): Float64Array {
  const T = new Float64Array(A.length);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) T[j * rows + i] = A[i * columns + j]!;
  return T;
}

/** A·x of a row-major matrix `[rows, x.length]`. */
export function timesVector(A: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const y = new Float64Array(A.length / n);
  for (let i = 0; i < y.length; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += A[i * n + j]! * x[j]!;
    y[i] = sum;
  }
  return y;
}
