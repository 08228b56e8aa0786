/**
 * C = A·B for row-major float64 matrices, four steps at once: a number of C is loaded and stored once for four products.
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
  // Four rows of B stay in the first level of the cache while all rows of A pass.
  for (let k = 0; k < depth; k += 4) {
    for (let i = 0; i < rows; i++) {
      const from = i * depth + k;
      if (k + 4 <= depth) addFour(C, i * columns, A, from, B, k * columns, columns);
      else for (let e = 0; e < depth - k; e++) addOne(C, i * columns, A[from + e]!, B, (k + e) * columns, columns);
    }
  }
  return C;
}

function addFour(
  C: Float64Array,
  to: number,
  A: Float64Array,
  from: number,
  B: Float64Array,
  at: number,
  n: number,
): void {
  const [p, q, r, s] = [A[from]!, A[from + 1]!, A[from + 2]!, A[from + 3]!];
  const [b0, b1, b2, b3] = [at, at + n, at + 2 * n, at + 3 * n];
  for (let j = 0; j < n; j++) C[to + j]! += p * B[b0 + j]! + q * B[b1 + j]! + (r * B[b2 + j]! + s * B[b3 + j]!);
}

function addOne(C: Float64Array, to: number, factor: number, B: Float64Array, at: number, n: number): void {
  for (let j = 0; j < n; j++) C[to + j]! += factor * B[at + j]!;
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
