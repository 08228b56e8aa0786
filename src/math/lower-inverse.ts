/**
 * The inverse of a lower triangular matrix, by rows: `X_i = (e_i - Σ_{k<i} L_ik·X_k)/L_ii`; four rows are taken off at once.
 *
 * @param L [n, n], row-major, no zero on the diagonal
 * @returns [n, n], lower triangular
 */
export function lowerInverse(L: Float64Array, n: number): Float64Array {
  const X = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const row = X.subarray(i * n, i * n + i + 1);
    for (let k = 0; k < i; k += 4) takeOff(X, row, L.subarray(i * n + k, i * n + Math.min(i, k + 4)), k, n);
    const scale = 1 / L[i * n + i]!;
    for (let j = 0; j < i; j++) row[j]! *= scale;
    row[i] = scale;
  }
  return X;
}

/** Takes up to four rows k, k + 1, … of X, times their factors, off a row; each is 0 beyond its diagonal. */
function takeOff(X: Float64Array, row: Float64Array, factors: Float64Array, k: number, n: number): void {
  if (factors.length < 4) {
    for (let a = 0; a < factors.length; a++)
      for (let j = 0; j <= k + a; j++) row[j]! -= factors[a]! * X[(k + a) * n + j]!;
    return;
  }
  const [p, q, r, s] = [k * n, (k + 1) * n, (k + 2) * n, (k + 3) * n];
  const [a, b, c, d] = [factors[0]!, factors[1]!, factors[2]!, factors[3]!];
  for (let j = 0; j < k + 4; j++) row[j]! -= a * X[p + j]! + b * X[q + j]! + (c * X[r + j]! + d * X[s + j]!);
}
