/** A point of a least-squares problem with its sums. */
export interface NormalPoint {
  /** [n] */
  readonly p: Float64Array;
  /** [n, n], JᵀJ */
  readonly normal: Float64Array;
  /** [n], Jᵀr */
  readonly gradient: Float64Array;
  /** Σ r² */
  sum: number;
}

/** A pivot below this share of its diagonal is rounding: the column depends on those before it. */
const dependent = 1e-13;

/** Whether parameter `i` sits on a bound that a step downhill would cross. */
export function isHeld(at: NormalPoint, lower: Float64Array, upper: Float64Array, i: number): boolean {
  return (at.p[i] <= lower[i] && at.gradient[i] >= 0) || (at.p[i] >= upper[i] && at.gradient[i] <= 0);
}

/**
 * The step `(JᵀJ + μ·diag JᵀJ)·δ = -Jᵀr` within the bounds: held parameters stay, one that would leave the box is put on its
 * bound, and the rest are solved again with that displacement given. Writes it to `step`; returns the decrease of Σr² that
 * the quadratic model predicts, 0 where the system cannot be solved.
 */
export function solveDamped(
  at: NormalPoint,
  lower: Float64Array,
  upper: Float64Array,
  damping: number,
  step: Float64Array,
): number {
  const n = step.length;
  step.fill(0);
  const free: number[] = [];
  // a column of zeros has no say in the sum: its parameter stays
  for (let i = 0; i < n; i++) if (at.normal[i * n + i] > 0 && !isHeld(at, lower, upper, i)) free.push(i);
  for (let left = free.length > 0; left; ) {
    if (!solveFree(at, free, damping, step)) return 0;
    left = false;
    for (let k = free.length - 1; k >= 0; k--) {
      const i = free[k];
      const target = at.p[i] + step[i];
      if (target >= lower[i] && target <= upper[i]) continue;
      step[i] = (target < lower[i] ? lower[i] : upper[i]) - at.p[i];
      free.splice(k, 1);
      left = free.length > 0;
    }
  }
  return predictedDecrease(at, step);
}

/** Solves for the free parameters; the other entries of `step` are given displacements. */
function solveFree(at: NormalPoint, free: readonly number[], damping: number, step: Float64Array): boolean {
  const n = step.length;
  const m = free.length;
  const matrix = new Float64Array(m * m);
  const right = new Float64Array(m);
  for (let a = 0; a < m; a++) {
    const row = free[a] * n;
    for (let b = 0; b < m; b++) matrix[a * m + b] = at.normal[row + free[b]];
    matrix[a * m + a] *= 1 + damping;
    let sum = -at.gradient[free[a]];
    for (let i = 0; i < n; i++) if (step[i] !== 0 && !free.includes(i)) sum -= at.normal[row + i] * step[i];
    right[a] = sum;
  }
  if (!factorise(matrix, m, 0)) return false;
  solveFactored(matrix, m, right);
  for (let a = 0; a < m; a++) step[free[a]] = right[a];
  return true;
}

/** Σr² here minus that of the linearised residuals a step away. */
function predictedDecrease(at: NormalPoint, step: Float64Array): number {
  const n = step.length;
  let sum = 0;
  for (let i = 0; i < n; i++) {
    let product = 2 * at.gradient[i];
    for (let j = 0; j < n; j++) product += at.normal[i * n + j] * step[j];
    sum -= step[i] * product;
  }
  return sum;
}

/**
 * The inverse of JᵀJ over the free parameters: times the residual variance, their covariance.
 *
 * @param normal [n, n], JᵀJ
 * @param n the number of parameters
 * @param free the indices of those that are free
 * @returns [n, n], NaN in the rows and columns of the others; undefined where the free columns of J are linearly dependent
 */
export function inverseOfFree(normal: Float64Array, n: number, free: readonly number[]): Float64Array | undefined {
  const m = free.length;
  // in units in which each column of J has length 1, so that a pivot says how far a column is from the span of the others
  const scale = free.map((i) => 1 / Math.sqrt(normal[i * n + i]));
  const matrix = new Float64Array(m * m);
  for (let a = 0; a < m; a++) {
    for (let b = 0; b < m; b++) matrix[a * m + b] = normal[free[a] * n + free[b]] * scale[a] * scale[b];
  }
  if (!factorise(matrix, m, dependent)) return undefined;
  const inverse = new Float64Array(n * n).fill(NaN);
  const column = new Float64Array(m);
  for (let b = 0; b < m; b++) {
    column.fill(0);
    column[b] = 1;
    solveFactored(matrix, m, column);
    for (let a = 0; a < m; a++) inverse[free[a] * n + free[b]] = column[a] * scale[a] * scale[b];
  }
  return inverse;
}

/** Cholesky's factor in the lower triangle, in place; false where a pivot is not above `least` times its diagonal. */
function factorise(matrix: Float64Array, m: number, least: number): boolean {
  for (let j = 0; j < m; j++) {
    const diagonal = matrix[j * m + j];
    let pivot = diagonal;
    for (let k = 0; k < j; k++) pivot -= matrix[j * m + k] ** 2;
    if (!(pivot > least * diagonal)) return false;
    const root = Math.sqrt(pivot);
    matrix[j * m + j] = root;
    for (let i = j + 1; i < m; i++) {
      let sum = matrix[i * m + j];
      for (let k = 0; k < j; k++) sum -= matrix[i * m + k] * matrix[j * m + k];
      matrix[i * m + j] = sum / root;
    }
  }
  return true;
}

/** Solves `L·Lᵀ·x = right` in place. */
function solveFactored(factor: Float64Array, m: number, right: Float64Array): void {
  for (let i = 0; i < m; i++) {
    let sum = right[i];
    for (let k = 0; k < i; k++) sum -= factor[i * m + k] * right[k];
    right[i] = sum / factor[i * m + i];
  }
  for (let i = m - 1; i >= 0; i--) {
    let sum = right[i];
    for (let k = i + 1; k < m; k++) sum -= factor[k * m + i] * right[k];
    right[i] = sum / factor[i * m + i];
  }
}
