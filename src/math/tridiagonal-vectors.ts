import { tridiagonalNorm } from "./tridiagonal-values.js";

const epsilon = 2 ** -52;

/** Sweeps whose rotations are kept before they are applied: their cosines and sines fit the second cache. */
const sweepsKept = 32;

interface Rotations {
  /** rotations kept so far, one after the other */
  readonly cosine: Float64Array;
  readonly sine: Float64Array;
  /** for each sweep: where its rotations start, its first and its last column */
  readonly start: Int32Array;
  readonly first: Int32Array;
  readonly last: Int32Array;
  count: number;
  used: number;
}

/**
 * Diagonalises a symmetric tridiagonal matrix by the implicit QL iteration (Golub & Van Loan, 8.3.3), in place:
 * `diagonal` becomes the eigenvalues, unsorted, and every rotation is applied to the columns of `basis`, `[rows, n]`.
 *
 * The rotations of many sweeps are kept, then applied to a few rows of the basis at a time, which stay in the nearest
 * cache (Van Zee, van de Geijn & Quintana-Ortí 2014).
 */
export function diagonalize(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  basis: Float64Array,
  rows: number,
): void {
  const n = diagonal.length;
  const e = new Float64Array(n);
  e.set(offDiagonal.subarray(1));
  const floor = 0.25 * epsilon * tridiagonalNorm(diagonal, offDiagonal);
  const kept: Rotations = {
    cosine: new Float64Array(sweepsKept * n),
    sine: new Float64Array(sweepsKept * n),
    start: new Int32Array(sweepsKept),
    first: new Int32Array(sweepsKept),
    last: new Int32Array(sweepsKept),
    count: 0,
    used: 0,
  };
  for (let first = 0; first < n; first++) {
    for (let sweeps = 0; ; sweeps++) {
      const last = endOfBlock(diagonal, e, first, floor);
      if (last === first) break;
      if (sweeps === 100) throw new Error(`diagonalize: no convergence at eigenvalue ${first}`);
      sweep(diagonal, e, first, last, kept);
      if (kept.count === sweepsKept) applyRotations(kept, basis, rows, n);
    }
  }
  applyRotations(kept, basis, rows, n);
}

function endOfBlock(d: Float64Array, e: Float64Array, first: number, floor: number): number {
  let last = first;
  while (last + 1 < d.length) {
    if (Math.abs(e[last]) <= Math.max(floor, epsilon * Math.sqrt(Math.abs(d[last] * d[last + 1])))) {
      e[last] = 0;
      break;
    }
    last++;
  }
  return last;
}

/** One implicit QL sweep with Wilkinson's shift on the block [first, last]; its rotations go to `kept`. */
function sweep(d: Float64Array, e: Float64Array, first: number, last: number, kept: Rotations): void {
  let g = (d[first + 1] - d[first]) / (2 * e[first]);
  let r = Math.sqrt(g * g + 1);
  g = d[last] - d[first] + e[first] / (g + (g < 0 ? -r : r));
  let s = 1;
  let c = 1;
  let p = 0;
  let at = kept.used;
  kept.start[kept.count] = at;
  kept.first[kept.count] = first;
  kept.last[kept.count] = last;
  for (let i = last - 1; i >= first; i--) {
    const f = s * e[i];
    const b = c * e[i];
    r = Math.sqrt(f * f + g * g);
    e[i + 1] = r;
    // Both vanish only by underflow: no rotation is needed.
    s = r === 0 ? 0 : f / r;
    c = r === 0 ? 1 : g / r;
    g = d[i + 1] - p;
    r = (d[i] - g) * s + 2 * c * b;
    p = s * r;
    d[i + 1] = g + p;
    g = c * r - b;
    kept.cosine[at] = c;
    kept.sine[at] = s;
    at++;
  }
  d[first] -= p;
  e[first] = g;
  e[last] = 0;
  kept.used = at;
  kept.count++;
}

/** Applies the kept sweeps to all rows, four at a time, and forgets them. */
function applyRotations(kept: Rotations, basis: Float64Array, rows: number, n: number): void {
  let row = 0;
  for (; row + 4 <= rows; row += 4) {
    for (let k = 0; k < kept.count; k++) {
      rotateFour(basis, row * n, n, kept.cosine, kept.sine, kept.start[k], kept.first[k], kept.last[k]);
    }
  }
  for (; row < rows; row++) {
    for (let k = 0; k < kept.count; k++) {
      rotateOne(basis, row * n, kept.cosine, kept.sine, kept.start[k], kept.first[k], kept.last[k]);
    }
  }
  kept.count = 0;
  kept.used = 0;
}

function rotateFour(
  z: Float64Array,
  start: number,
  n: number,
  cosine: Float64Array,
  sine: Float64Array,
  from: number,
  first: number,
  last: number,
): void {
  const row1 = start + n;
  const row2 = row1 + n;
  const row3 = row2 + n;
  let x0 = z[start + last];
  let x1 = z[row1 + last];
  let x2 = z[row2 + last];
  let x3 = z[row3 + last];
  for (let i = last - 1, at = from; i >= first; i--, at++) {
    const c = cosine[at];
    const s = sine[at];
    const y0 = z[start + i];
    const y1 = z[row1 + i];
    const y2 = z[row2 + i];
    const y3 = z[row3 + i];
    z[start + i + 1] = s * y0 + c * x0;
    z[row1 + i + 1] = s * y1 + c * x1;
    z[row2 + i + 1] = s * y2 + c * x2;
    z[row3 + i + 1] = s * y3 + c * x3;
    x0 = c * y0 - s * x0;
    x1 = c * y1 - s * x1;
    x2 = c * y2 - s * x2;
    x3 = c * y3 - s * x3;
  }
  z[start + first] = x0;
  z[row1 + first] = x1;
  z[row2 + first] = x2;
  z[row3 + first] = x3;
}

function rotateOne(
  z: Float64Array,
  start: number,
  cosine: Float64Array,
  sine: Float64Array,
  from: number,
  first: number,
  last: number,
): void {
  let x = z[start + last];
  for (let i = last - 1, at = from; i >= first; i--, at++) {
    const y = z[start + i];
    z[start + i + 1] = sine[at] * y + cosine[at] * x;
    x = cosine[at] * y - sine[at] * x;
  }
  z[start + first] = x;
}
