import { singularValueDecomposition } from "./singular-values.js";
import { dot } from "./vectors.js";

/**
 * Vectors turned among themselves until they lie as near as they can to others: `a·Q` for the orthogonal Q of least `Σ|b - a·Q|²`.
 * Of one vector it is the sign that is turned.
 *
 * @param vectors a, k of n entries
 * @param onto b, as many of as many entries
 * @returns k vectors
 * @see Schönemann 1966, for Q: from `aᵀ·b = U·S·Vᵀ` it is `U·Vᵀ`
 */
export function turnedOnto(vectors: readonly ArrayLike<number>[], onto: readonly ArrayLike<number>[]): Float64Array[] {
  const k = vectors.length;
  const inner = vectors.flatMap((a) => onto.map((b) => dot(a, b)));
  const { left, right } = singularValueDecomposition(inner, k, k);
  return onto.map((b, j) => {
    const turned = new Float64Array(b.length);
    vectors.forEach((a, i) => {
      let weight = 0;
      for (let r = 0; r < k; r++) weight += left[r * k + i]! * right[r * k + j]!;
      for (let at = 0; at < turned.length; at++) turned[at]! += weight * a[at]!;
    });
    return turned;
  });
}
