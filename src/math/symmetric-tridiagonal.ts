import { doubleFunctions, reserveDoubles } from "../kernels/double-panels.js";
import { addDoubleProduct, wholeMatrix } from "../kernels/double-product.js";
import { type Panels, panels } from "../kernels/panels.js";
import { matrixProduct, transposed } from "./matrix-product.js";
import { dot } from "./vectors.js";

/** A symmetric matrix brought to tridiagonal form, `A = Q·T·Qᵀ`, with `Q` kept as Householder reflectors. */
export interface Tridiagonal {
  /** rows of the matrix */
  readonly n: number;
  /** [n], the diagonal of T */
  readonly diagonal: Float64Array;
  /** [n], `offDiagonal[i]` couples i - 1 and i; entry 0 is 0 */
  readonly offDiagonal: Float64Array;
  /** [n, n]; row i holds the reflector `H_i = I - scale[i]·v·vᵀ`, which acts on the first i coordinates; `Q = H_{n-1} ··· H_1` */
  readonly reflectors: Float64Array;
  /** [n], 0 where there is nothing to reflect */
  readonly scale: Float64Array;
}

/** Reflectors that are applied together: their products are then those of matrices. */
const together = 32;

/** Squared lengths below this are rounding of a matrix whose largest entry is near 1: treated as 0. */
const negligible = 1e-290;

/**
 * Householder's reduction of a symmetric matrix, whose lower triangle is read and overwritten (Golub & Van Loan, 8.3.1).
 *
 * Rows are reduced from the last one up, so that each reflector is a contiguous row. The rank-two update of one step and
 * the matrix-vector product of the next are one pass over the triangle: the product needs the next reflector, which needs
 * only one updated row, and that row is made first. The entries should be scaled to about 1.
 */
export function reduceToTridiagonal(matrix: Float64Array, n: number, k: Panels = panels()): Tridiagonal {
  const { updateAndMultiply } = doubleFunctions(k);
  const [diagonal, offDiagonal, scale] = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
  const triangle = rowStart(n) + (rowStart(n) % 2);
  const D = reserveDoubles(k, triangle + 4 * (n + 1));
  let [v, w, next, product] = [0, 1, 2, 3].map((i) => triangle + i * (n + 1)) as [number, number, number, number];
  D.fill(0, v, v + 4 * (n + 1));
  for (let i = 0; i < n; i++) D.set(matrix.subarray(i * n, i * n + i + 1), rowStart(i));
  for (let i = n - 1; i >= 0; i--) {
    const row = rowStart(i);
    updateRow(D, row, i, v, w);
    diagonal[i] = D[row + i]!;
    if (i === 0) break;
    scale[i] = makeReflector(D, row, i, offDiagonal);
    matrix.set(D.subarray(row, row + i), i * n);
    D.copyWithin(next, row, row + i);
    D.fill(0, product, product + i);
    const odd = i % 2;
    if (odd === 1) {
      // An odd count leaves the first row alone: it is its diagonal entry.
      D[0]! -= 2 * D[v]! * D[w]!;
      D[product] = D[0]! * D[next]!;
    }
    updateAndMultiply(0, odd, i, 8 * v, 8 * w, 8 * next, 8 * product);
    finishUpdate(D.subarray(next, next + i), D.subarray(product, product + i), scale[i]!);
    [v, next] = [next, v];
    [w, product] = [product, w];
  }
  return { n, diagonal, offDiagonal, reflectors: matrix, scale };
}

/** Where row i of a packed lower triangle starts. */
function rowStart(i: number): number {
  return (i * (i + 1)) / 2;
}

/** Row i of `A - v·wᵀ - w·vᵀ`, up to the diagonal. */
function updateRow(D: Float64Array, row: number, i: number, v: number, w: number): void {
  const [vi, wi] = [D[v + i]!, D[w + i]!];
  for (let k = 0; k <= i; k++) D[row + k]! -= vi * D[w + k]! + wi * D[v + k]!;
}

/** Overwrites a row of `length` entries by the reflector that leaves only its last entry; returns the reflector's scale. */
function makeReflector(a: Float64Array, row: number, length: number, offDiagonal: Float64Array): number {
  const last = a[row + length - 1];
  let rest = 0;
  for (let k = 0; k < length - 1; k++) rest += a[row + k] * a[row + k];
  if (rest < negligible) {
    offDiagonal[length] = last;
    return 0;
  }
  const norm = Math.sqrt(rest + last * last);
  // The sign that adds: no cancellation in the reflector's last entry.
  const target = last > 0 ? -norm : norm;
  const pivot = last - target;
  a[row + length - 1] = pivot;
  offDiagonal[length] = target;
  return 2 / (rest + pivot * pivot);
}

/** Turns `A·v` into the `w` of the rank-two update: `p = s·A·v`, `w = p - (s/2)(pᵀv)·v`. */
function finishUpdate(v: Float64Array, product: Float64Array, scale: number): void {
  const half = 0.5 * scale * scale * dot(product, v);
  for (let k = 0; k < v.length; k++) product[k] = scale * product[k] - half * v[k];
}

/** Brings vectors of T back to vectors of A, in place: each row of `vectors`, `[count, n]`, becomes `Q·row`. */
export function applyReflectors(form: Tridiagonal, vectors: Float64Array, count: number): void {
  for (let row = 0; row < count; row++) {
    for (let i = 1; i < form.n; i++) {
      if (form.scale[i] !== 0) reflect(form.reflectors, i * form.n, i, form.scale[i], vectors, row * form.n);
    }
  }
}

function reflect(v: Float64Array, vStart: number, length: number, scale: number, x: Float64Array, start: number): void {
  let inner = 0;
  for (let k = 0; k < length; k++) inner += v[vStart + k] * x[start + k];
  inner *= scale;
  for (let k = 0; k < length; k++) x[start + k] -= inner * v[vStart + k];
}

/**
 * The matrix Q itself, `[n, n]`.
 *
 * `Q = H_{n-1} ··· H_1` is made from the right, since the first i reflectors change the first i rows and columns alone. A block
 * of reflectors is `I - Vᵀ·T·V` with a lower triangular T (Schreiber & Van Loan 1989).
 */
export function formOrthogonal(form: Tridiagonal): Float64Array {
  const { n } = form;
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  for (let from = 1; from < n; from += together) {
    const count = Math.min(together, n - from);
    const size = from + count - 1;
    const V = reflectorsOf(form, from, count, size);
    const T = triangleOf(V, form.scale.subarray(from, from + count), size);
    const changed = { M: q, pitch: n, row: 0, rows: size, column: 0, columns: size };
    const W = wholeMatrix(new Float64Array(count * size), count, size);
    addDoubleProduct({ A: wholeMatrix(V, count, size), B: changed, C: W, sign: 1 });
    const Z = wholeMatrix(matrixProduct(T, W.M, { rows: count, depth: count, columns: size }), count, size);
    addDoubleProduct({ A: wholeMatrix(V, count, size), B: Z, C: changed, sign: -1, transposeA: true });
  }
  return q;
}

/** [count, size], reflectors `from` on, one a row; each ends before its own place. */
function reflectorsOf({ n, reflectors }: Tridiagonal, from: number, count: number, size: number): Float64Array {
  const V = new Float64Array(count * size);
  for (let i = 0; i < count; i++) V.set(reflectors.subarray((from + i) * n, (from + i) * n + from + i), i * size);
  return V;
}

/** T, [count, count]: `T_ii = s_i` and `T_ij = -s_i·Σ_l (v_i·v_l)·T_lj`, since `H_i` is put before those before it. */
function triangleOf(V: Float64Array, scale: Float64Array, size: number): Float64Array {
  const count = scale.length;
  const G = matrixProduct(V, transposed(V, count, size), { rows: count, depth: size, columns: count });
  const T = new Float64Array(count * count);
  for (let i = 0; i < count; i++) {
    T[i * count + i] = scale[i]!;
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let l = j; l < i; l++) sum += G[i * count + l]! * T[l * count + j]!;
      T[i * count + j] = -scale[i]! * sum;
    }
  }
  return T;
}
