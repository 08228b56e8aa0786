/**
 * The orthonormal cosines of n samples, one a row: `c_k·cos(π·k·(j + ½)/n)`, `c_0 = √(1/n)`, else `√(2/n)`.
 *
 * They are the eigenvectors of every covariance that depends on distance alone and is mirrored at both ends, so that a smooth
 * prior is diagonal in them and no field wraps round from one side to the other.
 *
 * @returns [n, n], row k the cosine of `π·k/n` radians per sample
 * @see Strang 1999, The discrete cosine transform
 */
export function cosineBasis(n: number): Float64Array {
  const basis = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    const scale = Math.sqrt((k === 0 ? 1 : 2) / n);
    // the angle modulo the period 4n of the numerator stays small
    for (let j = 0; j < n; j++)
      basis[k * n + j] = scale * Math.cos((Math.PI * ((k * (2 * j + 1)) % (4 * n))) / (2 * n));
  }
  return basis;
}
