import { checkFinite, checkInteger, checkTensor } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Tensor, tensor } from "../../tensor/tensor.js";

/** Functions that a filter is a sum of: `w = B·u` with coefficients u, one a column of B. */
export interface Basis {
  readonly kind: "basis";
  /** "identity", "raised-cosines", "splines", "product", "given" */
  readonly name: string;
  /** [samples, functions], float64: column j is function j at every lag, row or pixel */
  readonly matrix: Tensor;
  /** what each function is, for tables and legends */
  readonly names: readonly string[];
  /** whether the columns have norm 1 and are orthogonal to each other */
  readonly orthonormal: boolean;
}

/** The number of samples (rows) and of functions (columns) of a basis. */
export function sizeOfBasis({ matrix }: Basis): { readonly samples: number; readonly functions: number } {
  return { samples: matrix.shape[0], functions: matrix.shape[1] };
}

/** What is left of a column after the ones before it are taken off, below which it counts as their sum. */
const dependent = 1e-9;

/**
 * A basis of given functions.
 *
 * @param matrix `[samples, functions]`, finite
 * @param names one a function; default their numbers
 * @throws InputError if the matrix has no column, more columns than rows, dependent columns, or a number is not finite
 */
export function basisFrom(matrix: Tensor, names?: readonly string[]): Basis {
  const where = "basisFrom";
  checkTensor(where, "matrix", matrix, 2);
  checkFinite(where, "matrix", matrix.data);
  const [rows, columns] = matrix.shape;
  if (names !== undefined && names.length !== columns)
    refuse(where, `names has ${names.length} names, the matrix has ${columns} columns`);
  const B = Float64Array.from(matrix.data);
  orthonormalColumns(where, B, rows, columns);
  return record("given", matrix.data, rows, columns, names ?? Array.from({ length: columns }, (_, j) => `${j}`), false);
}

/**
 * A basis of one function a sample: the filter itself.
 *
 * @throws InputError if `samples` is not a whole number of at least 1
 */
export function identityBasis(samples: number): Basis {
  checkInteger("identityBasis", "samples", samples, 1);
  const B = new Float64Array(samples * samples);
  for (let i = 0; i < samples; i++) B[i * samples + i] = 1;
  const names = Array.from({ length: samples }, (_, i) => `sample ${i}`);
  return { ...record("identity", B, samples, samples, names, false), orthonormal: true };
}

/**
 * The products of two bases, `B[(i, j), (a, b)] = B₁[i, a]·B₂[j, b]`: of rows and columns a basis of images, of lags and pixels
 * one of space-time.
 *
 * @param outer the basis of the slower axis (rows, lags)
 * @param inner the basis of the faster axis (columns, pixels)
 * @returns `samples` and `functions` are the products of the two's; orthonormal where both are
 * @throws InputError if an argument is no basis
 */
export function productBasis(outer: Basis, inner: Basis): Basis {
  checkBasis("productBasis", "outer", outer);
  checkBasis("productBasis", "inner", inner);
  const [a, b] = [sizeOfBasis(outer), sizeOfBasis(inner)];
  const columns = a.functions * b.functions;
  const B = new Float64Array(a.samples * b.samples * columns);
  for (let row = 0; row < a.samples * b.samples; row++) {
    for (let column = 0; column < columns; column++) {
      const [i, k] = [Math.floor(row / b.samples), Math.floor(column / b.functions)];
      B[row * columns + column] =
        outer.matrix.data[i * a.functions + k] *
        inner.matrix.data[(row % b.samples) * b.functions + (column % b.functions)];
    }
  }
  const names = outer.names.flatMap((one) => inner.names.map((other) => `${one} × ${other}`));
  const product = record("product", B, a.samples * b.samples, columns, names, false);
  return { ...product, orthonormal: outer.orthonormal && inner.orthonormal };
}

/** The record of a basis, its columns made orthonormal where asked. */
export function record(
  name: string,
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  names: readonly string[],
  orthonormal: boolean,
): Basis {
  const B = Float64Array.from(values);
  if (orthonormal) orthonormalColumns("basis", B, rows, columns);
  return { kind: "basis", name, matrix: tensor(B, [rows, columns]), names, orthonormal };
}

/** Throws unless `value` is a basis, of `samples` samples where they are given. */
export function checkBasis(where: string, name: string, value: unknown, samples?: number): asserts value is Basis {
  const basis = value as Basis | undefined;
  if (basis?.kind !== "basis") refuse(where, `${name} is no basis, one of raisedCosines, splineBasis, … is needed`);
  checkTensor(where, `${name}.matrix`, basis.matrix, 2);
  if (samples !== undefined && basis.matrix.shape[0] !== samples)
    refuse(where, `${name} has ${basis.matrix.shape[0]} samples, ${samples} are needed`);
}

/** Gram and Schmidt's method, each column twice, which is as exact as can be; throws where a column depends on earlier ones. */
function orthonormalColumns(where: string, B: Float64Array, rows: number, columns: number): void {
  if (columns < 1 || columns > rows)
    refuse(where, `matrix has ${columns} functions of ${rows} samples, 1 to ${rows} fit`);
  for (let j = 0; j < columns; j++) {
    const before = columnNorm(B, rows, columns, j);
    for (let pass = 0; pass < 2; pass++) for (let k = 0; k < j; k++) takeOff(B, rows, columns, j, k);
    const after = columnNorm(B, rows, columns, j);
    if (!(after > dependent * before)) refuse(where, `function ${j} is a sum of the functions before it`);
    for (let i = 0; i < rows; i++) B[i * columns + j] /= after;
  }
}

function columnNorm(B: Float64Array, rows: number, columns: number, j: number): number {
  let sum = 0;
  for (let i = 0; i < rows; i++) sum += B[i * columns + j] ** 2;
  return Math.sqrt(sum);
}

/** Takes column k's part, a unit vector's, off column j. */
function takeOff(B: Float64Array, rows: number, columns: number, j: number, k: number): void {
  let inner = 0;
  for (let i = 0; i < rows; i++) inner += B[i * columns + j] * B[i * columns + k];
  for (let i = 0; i < rows; i++) B[i * columns + j] -= inner * B[i * columns + k];
}
