import { dot, norm } from "../../math/vectors.js";

/** What is left of a vector after the ones before it are taken off, below which it counts as dependent on them. */
const dependent = 1e-10;

/** An orthonormal basis of the span of some vectors: Gram and Schmidt's method, each twice; dependent ones add nothing. */
export function orthonormalBasis(vectors: readonly Float64Array[]): Float64Array[] {
  const basis: Float64Array[] = [];
  for (const vector of vectors) {
    const rest = vector.slice();
    for (let pass = 0; pass < 2; pass++) {
      for (const b of basis) {
        const along = dot(b, rest);
        for (let i = 0; i < rest.length; i++) rest[i] -= along * b[i];
      }
    }
    if (norm(rest) > dependent * norm(vector)) basis.push(unitVector(rest));
  }
  return basis;
}

/** `Σ_j w_j·b_j`. */
export function combination(basis: readonly Float64Array[], weights: ArrayLike<number>): Float64Array {
  return basis[0].map((_, i) => basis.reduce((sum, b, j) => sum + weights[j] * b[i], 0));
}

/** `x / |x|`. */
export function unitVector(x: Float64Array): Float64Array {
  const length = norm(x);
  return x.map((value) => value / length);
}
