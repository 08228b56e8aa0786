import { tridiagonalNorm } from "./tridiagonal-values.js";

const epsilon = 2 ** -52;

/** `T - x·I` as a product of a unit lower bidiagonal matrix, with row exchanges, and an upper one of three diagonals. */
interface Factors {
  readonly pivot: Float64Array;
  readonly above: Float64Array;
  readonly aboveNext: Float64Array;
  readonly multiplier: Float64Array;
  readonly exchanged: Uint8Array;
}

/**
 * Eigenvectors of a symmetric tridiagonal matrix for a few given eigenvalues, `[values.length, n]`, one a row, by inverse
 * iteration (Golub & Van Loan, 8.2.2; Ipsen 1997).
 *
 * Each vector is kept orthogonal to all before it, whatever the gaps between their eigenvalues: the few vectors make that
 * cheap, and repeated or clustered values need no case of their own. Returns undefined if a vector's residual is not at
 * rounding level, which the caller meets by the QL iteration.
 */
export function inverseIteration(
  diagonal: Float64Array,
  offDiagonal: Float64Array,
  values: Float64Array,
): Float64Array | undefined {
  const n = diagonal.length;
  const norm = tridiagonalNorm(diagonal, offDiagonal);
  const vectors = new Float64Array(values.length * n);
  for (let k = 0; k < values.length; k++) {
    const factors = factor(diagonal, offDiagonal, values[k], norm);
    const x = vectors.subarray(k * n, (k + 1) * n);
    let found = false;
    for (let attempt = 0; attempt < 4 && !found; attempt++) {
      fillStart(x, k + attempt * values.length);
      orthonormalize(vectors, k, n);
      for (let step = 0; step < 3; step++) {
        solve(factors, x);
        orthonormalize(vectors, k, n);
      }
      found = residual(diagonal, offDiagonal, values[k], x) <= 32 * epsilon * norm * Math.sqrt(n);
    }
    if (!found) return undefined;
  }
  return vectors;
}

/** A start vector with no structure that an eigenvector could be orthogonal to: the fractions of multiples of an irrational number. */
function fillStart(x: Float64Array, number: number): void {
  for (let i = 0; i < x.length; i++) {
    const turns =
      (i + 1) * 0.6180339887498949 + (i + 1) * (i + 1) * 0.4142135623730951 + (number + 1) * 0.7320508075688772;
    x[i] = turns - Math.floor(turns) - 0.5;
  }
}

/** Removes from row k its part along the rows before, twice (once leaves rounding of the size of what was removed), and scales it to 1. */
function orthonormalize(vectors: Float64Array, k: number, n: number): void {
  const x = vectors.subarray(k * n, (k + 1) * n);
  scaleToUnit(x);
  for (let pass = 0; pass < 2; pass++) {
    for (let row = 0; row < k; row++) {
      let inner = 0;
      for (let i = 0; i < n; i++) inner += vectors[row * n + i] * x[i];
      for (let i = 0; i < n; i++) x[i] -= inner * vectors[row * n + i];
    }
    scaleToUnit(x);
  }
}

/** Scales by the largest entry first: the solution of a nearly singular system may be huge. */
function scaleToUnit(x: Float64Array): void {
  let largest = 0;
  for (let i = 0; i < x.length; i++) largest = Math.max(largest, Math.abs(x[i]));
  if (largest === 0) return;
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    x[i] /= largest;
    sum += x[i] * x[i];
  }
  const factor = 1 / Math.sqrt(sum);
  for (let i = 0; i < x.length; i++) x[i] *= factor;
}

/** Gaussian elimination with partial pivoting; a pivot below rounding is moved to rounding level, which is what makes the step work. */
function factor(diagonal: Float64Array, offDiagonal: Float64Array, x: number, norm: number): Factors {
  const n = diagonal.length;
  const pivot = new Float64Array(n);
  const above = new Float64Array(n);
  const aboveNext = new Float64Array(n);
  const multiplier = new Float64Array(n);
  const exchanged = new Uint8Array(n);
  const least = Math.max(epsilon * norm, 1e-290);
  let d = diagonal[0] - x;
  let u = n > 1 ? offDiagonal[1] : 0;
  for (let i = 0; i + 1 < n; i++) {
    const below = offDiagonal[i + 1];
    const nextD = diagonal[i + 1] - x;
    const nextU = i + 2 < n ? offDiagonal[i + 2] : 0;
    if (Math.abs(below) > Math.abs(d)) {
      exchanged[i] = 1;
      pivot[i] = below;
      above[i] = nextD;
      aboveNext[i] = nextU;
      multiplier[i] = d / below;
      d = u - multiplier[i] * nextD;
      u = -multiplier[i] * nextU;
    } else {
      pivot[i] = Math.abs(d) < least ? least : d;
      above[i] = u;
      multiplier[i] = below / pivot[i];
      d = nextD - multiplier[i] * u;
      u = nextU;
    }
  }
  pivot[n - 1] = Math.abs(d) < least ? least : d;
  return { pivot, above, aboveNext, multiplier, exchanged };
}

function solve(f: Factors, x: Float64Array): void {
  const n = x.length;
  for (let i = 0; i + 1 < n; i++) {
    if (f.exchanged[i] === 1) {
      const first = x[i];
      x[i] = x[i + 1];
      x[i + 1] = first;
    }
    x[i + 1] -= f.multiplier[i] * x[i];
  }
  for (let i = n - 1; i >= 0; i--) {
    let sum = x[i];
    if (i + 1 < n) sum -= f.above[i] * x[i + 1];
    if (i + 2 < n) sum -= f.aboveNext[i] * x[i + 2];
    x[i] = sum / f.pivot[i];
  }
}

/** The length of `T·x - value·x`. */
function residual(diagonal: Float64Array, offDiagonal: Float64Array, value: number, x: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) {
    let r = (diagonal[i] - value) * x[i];
    if (i > 0) r += offDiagonal[i] * x[i - 1];
    if (i + 1 < x.length) r += offDiagonal[i + 1] * x[i + 1];
    sum += r * r;
  }
  return Math.sqrt(sum);
}
