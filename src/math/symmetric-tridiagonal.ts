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

/** Squared lengths below this are rounding of a matrix whose largest entry is near 1: treated as 0. */
const negligible = 1e-290;

/**
 * Householder's reduction of a symmetric matrix, whose lower triangle is read and overwritten (Golub & Van Loan, 8.3.1).
 *
 * Rows are reduced from the last one up, so that each reflector is a contiguous row. The rank-two update of one step and
 * the matrix-vector product of the next are one pass over the triangle: the product needs the next reflector, which needs
 * only one updated row, and that row is made first. The entries should be scaled to about 1.
 */
export function reduceToTridiagonal(matrix: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const scale = new Float64Array(n);
  let v = new Float64Array(n);
  let w = new Float64Array(n);
  let next = new Float64Array(n);
  let product = new Float64Array(n);
  for (let i = n - 1; i >= 0; i--) {
    updateRow(matrix, n, i, v, w);
    diagonal[i] = matrix[i * n + i];
    if (i === 0) break;
    scale[i] = makeReflector(matrix, i * n, i, offDiagonal);
    for (let k = 0; k < i; k++) next[k] = matrix[i * n + k];
    next.fill(0, i);
    product.fill(0, 0, i);
    updateAndMultiply(matrix, n, i, v, w, next, product);
    finishUpdate(next, product, i, scale[i]);
    [v, next] = [next, v];
    [w, product] = [product, w];
  }
  return { n, diagonal, offDiagonal, reflectors: matrix, scale };
}

/** Row i of `A - v·wᵀ - w·vᵀ`, up to the diagonal. */
function updateRow(a: Float64Array, n: number, i: number, v: Float64Array, w: Float64Array): void {
  const vi = v[i];
  const wi = w[i];
  const row = i * n;
  for (let k = 0; k <= i; k++) a[row + k] -= vi * w[k] + wi * v[k];
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

/**
 * `A ← A - v·wᵀ - w·vᵀ` and `product ← A·next` for the first m rows, two rows at a time: four vectors are loaded once for
 * both rows, and the matrix passes through the cache once.
 */
function updateAndMultiply(
  a: Float64Array,
  n: number,
  m: number,
  v: Float64Array,
  w: Float64Array,
  next: Float64Array,
  product: Float64Array,
): void {
  // An odd count leaves the first row alone: it is its diagonal entry.
  if (m % 2 === 1) {
    a[0] -= 2 * v[0] * w[0];
    product[0] += a[0] * next[0];
  }
  for (let j = m % 2; j < m; j += 2) {
    const row0 = j * n;
    const row1 = row0 + n;
    const v0 = v[j];
    const w0 = w[j];
    const u0 = next[j];
    const v1 = v[j + 1];
    const w1 = w[j + 1];
    const u1 = next[j + 1];
    let sum0 = 0;
    let sum1 = 0;
    for (let k = 0; k < j; k++) {
      const vk = v[k];
      const wk = w[k];
      const uk = next[k];
      const x0 = a[row0 + k] - v0 * wk - w0 * vk;
      const x1 = a[row1 + k] - v1 * wk - w1 * vk;
      a[row0 + k] = x0;
      a[row1 + k] = x1;
      sum0 += x0 * uk;
      sum1 += x1 * uk;
      product[k] += x0 * u0 + x1 * u1;
    }
    const corner0 = a[row0 + j] - 2 * v0 * w0;
    const side = a[row1 + j] - v1 * w0 - w1 * v0;
    const corner1 = a[row1 + j + 1] - 2 * v1 * w1;
    a[row0 + j] = corner0;
    a[row1 + j] = side;
    a[row1 + j + 1] = corner1;
    product[j] += sum0 + corner0 * u0 + side * u1;
    product[j + 1] += sum1 + side * u0 + corner1 * u1;
  }
}

/** Turns `A·v` into the `w` of the rank-two update: `p = s·A·v`, `w = p - (s/2)(pᵀv)·v`. */
function finishUpdate(v: Float64Array, product: Float64Array, m: number, scale: number): void {
  let inner = 0;
  for (let k = 0; k < m; k++) inner += product[k] * v[k];
  const half = 0.5 * scale * scale * inner;
  for (let k = 0; k < m; k++) product[k] = scale * product[k] - half * v[k];
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
 * Row r of Qᵀ is `e_r·H_1 ··· H_{n-1}`, where only the reflectors after r act: rows are independent, so four of them stay
 * in the nearest cache while the reflectors stream past.
 */
export function formOrthogonal(form: Tridiagonal): Float64Array {
  const { n, reflectors, scale } = form;
  const q = new Float64Array(n * n);
  const rows = new Float64Array(4 * n);
  for (let r = 0; r < n; r += 4) {
    rows.fill(0);
    for (let k = 0; k < 4; k++) if (r + k < n) rows[k * n + r + k] = 1;
    for (let i = r + 1; i < n; i++) {
      if (scale[i] !== 0) reflectFour(reflectors, i * n, i, scale[i], rows, n);
    }
    for (let k = 0; k < 4 && r + k < n; k++) for (let c = 0; c < n; c++) q[c * n + r + k] = rows[k * n + c];
  }
  return q;
}

/** One reflector on four rows; a row that starts later than the reflector holds zeros there and is left as it is. */
function reflectFour(v: Float64Array, vStart: number, length: number, scale: number, x: Float64Array, n: number): void {
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let k = 0; k < length; k++) {
    const vk = v[vStart + k];
    a += vk * x[k];
    b += vk * x[n + k];
    c += vk * x[2 * n + k];
    d += vk * x[3 * n + k];
  }
  a *= scale;
  b *= scale;
  c *= scale;
  d *= scale;
  for (let k = 0; k < length; k++) {
    const vk = v[vStart + k];
    x[k] -= a * vk;
    x[n + k] -= b * vk;
    x[2 * n + k] -= c * vk;
    x[3 * n + k] -= d * vk;
  }
}
