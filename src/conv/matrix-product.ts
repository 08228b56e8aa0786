import { checkFinite, checkInteger, describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor, zeros } from "../tensor/tensor.js";
import { mostElements } from "./arrays.js";
import type { SparseMatrix } from "./matrix.js";

/** Throws unless `value` is a sparse matrix whose lists fit each other and whose values are finite. */
function checkSparse(where: string, value: unknown): asserts value is SparseMatrix {
  if (typeof value !== "object" || value === null || (value as { kind?: unknown }).kind !== "sparse-matrix")
    refuse(where, `matrix is ${describe(value)}, a sparse matrix is needed`);
  const matrix = value as SparseMatrix;
  for (const name of ["size", "values", "index", "ptr"] as const)
    if (!Array.isArray(matrix[name])) refuse(where, `matrix.${name} is ${describe(matrix[name])}, a list is needed`);
  checkLengths(where, matrix);
  checkEntries(where, matrix);
}

function checkLengths(where: string, { size, values, index, ptr }: SparseMatrix): void {
  if (size.length !== 2) refuse(where, `matrix.size is ${shapeText(size)}, [rows, columns] is needed`);
  size.forEach((length, axis) => {
    checkInteger(where, `matrix.size[${axis}]`, length, 1, mostElements);
  });
  if (ptr.length !== size[1] + 1)
    refuse(where, `matrix.ptr has ${ptr.length} numbers, ${size[1]} columns need ${size[1] + 1}`);
  if (index.length !== values.length || ptr[size[1]] !== values.length)
    refuse(
      where,
      `matrix has ${values.length} values, ${index.length} rows for them and ends at ${ptr[size[1]]}, three times the same is needed`,
    );
}

function checkEntries(where: string, { size, values, index, ptr }: SparseMatrix): void {
  const within = (x: number, least: number, most: number) => Number.isSafeInteger(x) && x >= least && x <= most;
  const column = ptr.findIndex((end, c) => !within(end, c > 0 ? ptr[c - 1] : 0, c > 0 ? values.length : 0));
  if (column >= 0) refuse(where, `matrix.ptr[${column}] is ${ptr[column]}, numbers that rise from 0 are needed`);
  const entry = index.findIndex((row) => !within(row, 0, size[0] - 1));
  if (entry >= 0) checkInteger(where, `matrix.index[${entry}]`, index[entry], 0, size[0] - 1);
  checkFinite(where, "matrix.values", values);
}

function checkVector(where: string, vector: ArrayLike<number>, length: number, size: readonly number[]): void {
  if (isTensor(vector)) refuse(where, `vector is ${describe(vector)}, a list of numbers is needed: hand in its data`);
  if (vector?.length !== length)
    refuse(
      where,
      `vector has ${vector?.length ?? describe(vector)} numbers, a matrix of ${shapeText(size)} needs ${length}`,
    );
  checkFinite(where, "vector", vector);
}

/**
 * The product of a sparse matrix with a column: `y(r) = Σ A[r, c]·x(c)`.
 *
 * @param matrix A, `[rows, columns]`
 * @param vector x, `[columns]`: an image as `convMatrix` reads it is the data of its tensor
 * @returns y, `[rows]`, in float64
 * @throws InputError if the lengths do not fit or a number of the vector is NaN or infinite
 * @see Davis 2006, Direct Methods for Sparse Linear Systems, section 2.2, for compressed columns
 */
export function multiplySparse(matrix: SparseMatrix, vector: ArrayLike<number>): Float64Array {
  checkSparse("multiplySparse", matrix);
  const { size, values, index, ptr } = matrix;
  checkVector("multiplySparse", vector, size[1], size);
  const product = new Float64Array(size[0]);
  for (let c = 0; c < size[1]; c++) {
    for (let e = ptr[c]; e < ptr[c + 1]; e++) product[index[e]] += values[e] * vector[c];
  }
  return product;
}

/**
 * The product of the transpose of a sparse matrix with a column: `x(c) = Σ A[r, c]·y(r)`.
 *
 * With the matrix of a convolution and the gradient of its output this is the gradient of its input.
 *
 * @param matrix A, `[rows, columns]`
 * @param vector y, `[rows]`
 * @returns x, `[columns]`, in float64
 * @throws InputError if the lengths do not fit or a number of the vector is NaN or infinite
 * @see the chapter on convolutional networks, section on variants of the basic convolution: multiplication by the transpose
 */
export function multiplySparseTransposed(matrix: SparseMatrix, vector: ArrayLike<number>): Float64Array {
  checkSparse("multiplySparseTransposed", matrix);
  const { size, values, index, ptr } = matrix;
  checkVector("multiplySparseTransposed", vector, size[0], size);
  const product = new Float64Array(size[1]);
  for (let c = 0; c < size[1]; c++) {
    let sum = 0;
    for (let e = ptr[c]; e < ptr[c + 1]; e++) sum += values[e] * vector[index[e]];
    product[c] = sum;
  }
  return product;
}

/**
 * The sparse matrix written out, zeros and all.
 *
 * @param matrix `[rows, columns]`
 * @returns float64 `[rows, columns]`
 * @throws InputError if it is no sparse matrix or has more than 2^31 elements
 */
export function denseMatrix(matrix: SparseMatrix): Tensor {
  checkSparse("denseMatrix", matrix);
  const { size, values, index, ptr } = matrix;
  const dense = zeros(size, "float64");
  for (let c = 0; c < size[1]; c++) {
    for (let e = ptr[c]; e < ptr[c + 1]; e++) dense.data[index[e] * size[1] + c] += values[e];
  }
  return dense;
}
