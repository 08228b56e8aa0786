const epsilon = 2 ** -52;

/** The largest row sum of a symmetric tridiagonal matrix: no eigenvalue is larger in magnitude (Gershgorin). */
export function tridiagonalNorm(diagonal: Float64Array, offDiagonal: Float64Array): number {
  const n = diagonal.length;
  let norm = 0;
  for (let i = 0; i < n; i++) {
    const after = i + 1 < n ? Math.abs(offDiagonal[i + 1]) : 0;
    norm = Math.max(norm, Math.abs(diagonal[i]) + Math.abs(offDiagonal[i]) + after);
  }
  return norm;
}

/**
 * All eigenvalues of a symmetric tridiagonal matrix, ascending, by the square-root-free QL iteration
 * (Pal, Walker & Kahan, in Parlett 1998, 8.15).
 */
export function tridiagonalValues(diagonal: Float64Array, offDiagonal: Float64Array): Float64Array {
  const n = diagonal.length;
  const d = diagonal.slice();
  const squared = new Float64Array(n);
  for (let i = 0; i + 1 < n; i++) squared[i] = offDiagonal[i + 1] * offDiagonal[i + 1];
  const floor = (0.25 * epsilon * tridiagonalNorm(diagonal, offDiagonal)) ** 2;
  for (let first = 0; first < n; first++) {
    for (let sweeps = 0; ; sweeps++) {
      const last = endOfBlock(d, squared, first, floor);
      if (last === first) break;
      if (sweeps === 100) throw new Error(`tridiagonalValues: no convergence at eigenvalue ${first}`);
      rootFreeSweep(d, squared, first, last);
    }
  }
  return d.sort();
}

/** The last index of the unreduced block that begins at `first`; negligible couplings are set to 0. */
function endOfBlock(d: Float64Array, squared: Float64Array, first: number, floor: number): number {
  let last = first;
  while (last + 1 < d.length) {
    const small = Math.max(floor, epsilon * epsilon * Math.abs(d[last] * d[last + 1]));
    if (squared[last] <= small) {
      squared[last] = 0;
      break;
    }
    last++;
  }
  return last;
}

function rootFreeSweep(d: Float64Array, squared: Float64Array, first: number, last: number): void {
  const coupling = Math.sqrt(squared[first]);
  const half = (d[first + 1] - d[first]) / (2 * coupling);
  const root = Math.sqrt(half * half + 1);
  const shift = d[first] - coupling / (half + (half < 0 ? -root : root));
  let c = 1;
  let s = 0;
  let gamma = d[last] - shift;
  let p = gamma * gamma;
  for (let i = last - 1; i >= first; i--) {
    const b = squared[i];
    const r = p + b;
    if (i !== last - 1) squared[i + 1] = s * r;
    const cBefore = c;
    c = p / r;
    s = b / r;
    const gammaBefore = gamma;
    const alpha = d[i];
    gamma = c * (alpha - shift) - s * gammaBefore;
    d[i + 1] = gammaBefore + (alpha - gamma);
    p = c !== 0 ? (gamma * gamma) / c : cBefore * b;
  }
  squared[first] = s * p;
  d[first] = shift + gamma;
}

/**
 * The eigenvalue of rank `index` (0 the smallest) of a symmetric tridiagonal matrix, by bisection with Sturm's count
 * (Golub & Van Loan, 8.4.1), to half a rounding unit of the norm.
 */
export function tridiagonalValueAt(diagonal: Float64Array, offDiagonal: Float64Array, index: number): number {
  const norm = tridiagonalNorm(diagonal, offDiagonal);
  // A little beyond Gershgorin's bound: the count at the bound itself may be off by its own rounding.
  let high = norm * (1 + 4 * epsilon);
  let low = -high;
  while (high - low > 0.5 * epsilon * norm) {
    const middle = 0.5 * (low + high);
    if (middle <= low || middle >= high) break;
    if (valuesBelow(diagonal, offDiagonal, middle) > index) high = middle;
    else low = middle;
  }
  return 0.5 * (low + high);
}

/** How many eigenvalues lie below `x`: the negative pivots of `T - x·I`. */
function valuesBelow(diagonal: Float64Array, offDiagonal: Float64Array, x: number): number {
  let count = 0;
  let pivot = 1;
  for (let i = 0; i < diagonal.length; i++) {
    pivot = diagonal[i] - x - (offDiagonal[i] * offDiagonal[i]) / pivot;
    // A zero pivot is moved by less than the smallest number that matters, to the side that counts (Kahan 1966).
    if (Math.abs(pivot) < 1e-290) pivot = -1e-290;
    if (pivot < 0) count++;
  }
  return count;
}
