/** Kernels as sums of outer products of vectors, one vector a dimension: one such product is a chain of 1-D convolutions. */
import { singularValueDecomposition } from "../math/singular-values.js";

/** `weight·v_1 ⊗ … ⊗ v_d`, of vectors of norm 1. */
export interface SeparableTerm {
  readonly weight: number;
  readonly vectors: readonly Float64Array[];
}

/** The terms that are kept, and the norm of what was left out over the norm of the kernel. */
export interface Kept {
  readonly terms: readonly SeparableTerm[];
  readonly residual: number;
}

function vectorTerm(K: Float64Array): SeparableTerm[] {
  const { values } = singularValueDecomposition(K, 1, K.length);
  return values[0] > 0 ? [{ weight: values[0], vectors: [K.map((x) => x / values[0])] }] : [];
}

function matrixTerms(K: ArrayLike<number>, rows: number, columns: number): SeparableTerm[] {
  const { values, left, right } = singularValueDecomposition(K, rows, columns);
  const terms = Array.from(values, (weight, i) => ({
    weight,
    vectors: [left.slice(i * rows, (i + 1) * rows), right.slice(i * columns, (i + 1) * columns)],
  }));
  return terms.filter(({ weight }) => weight > 0);
}

/** The box with its axis `mode` in front, as a matrix of one row a slice. */
function unfold(K: Float64Array, shape: readonly number[], mode: number): Float64Array {
  const strides = [shape[1] * shape[2], shape[2], 1];
  const [a, b, c] = [mode, ...[0, 1, 2].filter((axis) => axis !== mode)];
  const matrix = new Float64Array(K.length);
  for (let i = 0, at = 0; i < shape[a]; i++) {
    for (let j = 0; j < shape[b]; j++) {
      for (let k = 0; k < shape[c]; k++) matrix[at++] = K[i * strides[a] + j * strides[b] + k * strides[c]];
    }
  }
  return matrix;
}

/**
 * A box along one mode: `Σ_i σ_i·u_i ⊗ R_i` by the SVD of its unfolding, and each `R_i = Σ_j τ_ij·a_ij ⊗ b_ij` by its own. All
 * these products are orthonormal, since the `u_i` are and, for one i, the `a_ij ⊗ b_ij`.
 */
function boxTerms(K: Float64Array, shape: readonly number[], mode: number): SeparableTerm[] {
  const rest = [0, 1, 2].filter((axis) => axis !== mode);
  const outer = matrixTerms(unfold(K, shape, mode), shape[mode], shape[rest[0]] * shape[rest[1]]);
  return outer.flatMap(({ weight, vectors: [u, R] }) =>
    matrixTerms(R, shape[rest[0]], shape[rest[1]]).map((inner) => {
      const vectors = [...inner.vectors];
      vectors.splice(mode, 0, u);
      return { weight: weight * inner.weight, vectors };
    }),
  );
}

/** The fewest leading terms whose rest is at most `tolerance` of the whole, and at most `most` of them. */
function keep(terms: readonly SeparableTerm[], tolerance: number, most: number): Kept {
  const sorted = [...terms].sort((a, b) => b.weight - a.weight);
  if (sorted.length === 0) return { terms: [], residual: 0 };
  // Over the largest weight, so that no square underflows or overflows.
  const shares = sorted.map(({ weight }) => (weight / sorted[0].weight) ** 2);
  const tails = new Float64Array(shares.length + 1);
  for (let r = shares.length - 1; r >= 0; r--) tails[r] = tails[r + 1] + shares[r];
  let count = 0;
  while (count < Math.min(most, shares.length) && tails[count] > tolerance ** 2 * tails[0]) count++;
  return { terms: sorted.slice(0, count), residual: Math.sqrt(tails[count] / tails[0]) };
}

/**
 * A kernel of one to three dimensions as few orthonormal separable terms, descending: in two the SVD's, which are the best of
 * their number; in three those of nested SVDs, along whichever mode needs the fewest.
 */
export function separableTerms(K: Float64Array, shape: readonly number[], tolerance: number, most: number): Kept {
  if (shape.length === 1) return keep(vectorTerm(K), tolerance, most);
  if (shape.length === 2) return keep(matrixTerms(K, shape[0], shape[1]), tolerance, most);
  const modes = [0, 1, 2].map((mode) => keep(boxTerms(K, shape, mode), tolerance, most));
  return modes.reduce((best, kept) =>
    kept.terms.length < best.terms.length || (kept.terms.length === best.terms.length && kept.residual < best.residual)
      ? kept
      : best,
  );
}
