import { formOrthogonal, reduceToTridiagonal, type Tridiagonal } from "./symmetric-tridiagonal.js";

/**
 * A symmetric matrix A, prepared for `(A + λ·I)·x = b` at many shifts λ: brought to tridiagonal form once, `A = Q·T·Qᵀ`, each
 * shift then costs a few operations a row.
 */
export interface ShiftedSystems {
  readonly n: number;
  readonly form: Tridiagonal;
  /** T belongs to A times this, a power of two */
  readonly factor: number;
}

/** `T + λ = L·D·Lᵀ` with unit lower bidiagonal L. */
interface Factors {
  /** [n], positive */
  readonly pivots: Float64Array;
  /** [n], entry i couples i - 1 and i */
  readonly below: Float64Array;
}

/** @param A [n, n], symmetric; its lower triangle is overwritten */
export function shiftedSystems(A: Float64Array, n: number): ShiftedSystems {
  let largest = 0;
  for (let i = 0; i < n; i++) largest = Math.max(largest, Math.abs(A[i * n + i]!));
  const factor = largest === 0 ? 1 : 2 ** -Math.floor(Math.log2(largest));
  for (let i = 0; i < A.length; i++) A[i]! *= factor;
  return { n, form: reduceToTridiagonal(A, n), factor };
}

/** `Qᵀ·b`, in which every shift is cheap. */
export function rotated({ n, form }: ShiftedSystems, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b);
  for (let i = n - 1; i > 0; i--) reflect(form, i, x);
  return x;
}

/** `Q·c`, back from there. */
export function rotatedBack({ n, form }: ShiftedSystems, c: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(c);
  for (let i = 1; i < n; i++) reflect(form, i, x);
  return x;
}

function reflect({ n, reflectors, scale }: Tridiagonal, i: number, x: Float64Array): void {
  if (scale[i] === 0) return;
  let inner = 0;
  for (let k = 0; k < i; k++) inner += reflectors[i * n + k]! * x[k]!;
  inner *= scale[i]!;
  for (let k = 0; k < i; k++) x[k]! -= inner * reflectors[i * n + k]!;
}

/** The factors at a shift, or undefined where `A + λ·I` is not positive definite to rounding. */
function factorsAt({ n, form, factor }: ShiftedSystems, shift: number): Factors | undefined {
  const [pivots, below] = [new Float64Array(n), new Float64Array(n)];
  for (let i = 0; i < n; i++) {
    const off = form.offDiagonal[i]!;
    if (i > 0) below[i] = off / pivots[i - 1]!;
    pivots[i] = form.diagonal[i]! + factor * shift - (i > 0 ? below[i]! * off : 0);
    if (!(pivots[i]! > 0)) return undefined;
  }
  return { pivots, below };
}

/**
 * `(T + λ·I)⁻¹·c` for a rotated right side, and `ln det (A + λ·I)`.
 *
 * @returns undefined where `A + λ·I` is not positive definite to rounding
 */
export function solveShifted(
  systems: ShiftedSystems,
  shift: number,
  c: Float64Array,
): { readonly x: Float64Array; readonly logDeterminant: number } | undefined {
  const factors = factorsAt(systems, shift);
  if (factors === undefined) return undefined;
  const { pivots, below } = factors;
  const { n, factor } = systems;
  const x = c.map((value) => value * factor);
  for (let i = 1; i < n; i++) x[i]! -= below[i]! * x[i - 1]!;
  let logDeterminant = -n * Math.log(factor);
  for (let i = n - 1; i >= 0; i--) {
    logDeterminant += Math.log(pivots[i]!);
    x[i] = x[i]! / pivots[i]! - (i + 1 < n ? below[i + 1]! * x[i + 1]! : 0);
  }
  return { x, logDeterminant };
}

/** Q itself, [n, n], for `inverseRoot` at several shifts. */
export function orthogonalOf({ form }: ShiftedSystems): Float64Array {
  return formOrthogonal(form);
}

/**
 * R, [n, n], with `(A + λ·I)⁻¹ = R·Rᵀ`; `A + λ·I` is positive definite.
 *
 * @param Q overwritten
 */
export function inverseRoot(systems: ShiftedSystems, shift: number, Q = orthogonalOf(systems)): Float64Array {
  const { n, factor } = systems;
  const { pivots, below } = factorsAt(systems, shift)!;
  const R = Q;
  for (let row = 0; row < n * n; row += n) {
    for (let j = 1; j < n; j++) R[row + j]! -= below[j]! * R[row + j - 1]!;
    for (let j = 0; j < n; j++) R[row + j]! *= Math.sqrt(factor / pivots[j]!);
  }
  return R;
}
