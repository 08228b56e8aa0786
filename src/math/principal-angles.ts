import { checkFinite, describe, isTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { singularValueDecomposition } from "./singular-values.js";

/** A vector: a list of entries, or a tensor, whose entries count. */
export type Vector = ArrayLike<number> | Tensor;

function entriesOf(vectors: readonly Vector[]): readonly ArrayLike<number>[] {
  // what is no list is refused below, by name
  if (!Array.isArray(vectors)) return vectors as never;
  return (vectors as readonly Vector[]).map((vector) => (isTensor(vector) ? vector.data : vector));
}

/**
 * The principal angles between the subspaces that two sets of vectors span:
 * `cos θ_i` are the singular values of `QaᵀQb`, `sin θ_i` those of `Qb - Qa·QaᵀQb`, with `Qa`, `Qb` orthonormal bases.
 *
 * Angles below 45° are taken from the sine, so that small ones are accurate.
 *
 * @param a vectors of n entries each, linearly independent; a tensor of any shape counts as its entries
 * @param b likewise; as many as in `a` or fewer or more
 * @returns [min(a.length, b.length)] radians in [0, π/2], ascending
 * @throws InputError if a set is empty, lengths differ, an entry is not finite, or a set is linearly dependent
 * @see Björck & Golub 1973
 */
export function principalAngles(a: readonly Vector[], b: readonly Vector[]): Float64Array {
  const where = "principalAngles";
  const [vectorsA, vectorsB] = [entriesOf(a), entriesOf(b)];
  const n = vectorsA?.[0]?.length ?? 0;
  const qa = orthonormalBasis(where, "a", vectorsA, n);
  const qb = orthonormalBasis(where, "b", vectorsB, n);
  const [large, small] = qa.length >= qb.length ? [qa, qb] : [qb, qa];
  const cosines = new Float64Array(small.length * large.length);
  const rest = new Float64Array(small.length * n);
  small.forEach((x, i) => {
    const left = x.slice();
    large.forEach((axis, j) => {
      const inner = dot(axis, x);
      cosines[i * large.length + j] = inner;
      for (let k = 0; k < n; k++) left[k] -= inner * axis[k];
    });
    rest.set(left, i * n);
  });
  const cos = singularValueDecomposition(cosines, small.length, large.length).values;
  const sin = singularValueDecomposition(rest, small.length, n).values.reverse();
  return cos.map((c, i) => (sin[i] < Math.SQRT1_2 ? Math.asin(sin[i]) : Math.acos(Math.min(1, c))));
}

function orthonormalBasis(
  where: string,
  name: string,
  vectors: readonly ArrayLike<number>[],
  n: number,
): Float64Array[] {
  if (!Array.isArray(vectors) || vectors.length === 0 || n === 0) {
    refuse(where, `${name} is ${describe(vectors)}, a list of at least one vector is needed`);
  }
  vectors.forEach((vector, i) => {
    if (vector?.length !== n) {
      refuse(where, `${name}[${i}] has ${vector?.length ?? describe(vector)} entries, a[0] has ${n}`);
    }
    checkFinite(where, `${name}[${i}]`, vector);
  });
  const flat = new Float64Array(vectors.length * n);
  vectors.forEach((vector, i) => {
    flat.set(unitVector(Float64Array.from(vector)), i * n);
  });
  if (vectors.length > n) refuse(where, `${name} has ${vectors.length} vectors of ${n} entries: they are dependent`);
  const { values, right } = singularValueDecomposition(flat, vectors.length, n);
  if (values[vectors.length - 1] <= 1e-12 * values[0]) {
    refuse(where, `${name} is linearly dependent: its singular values run from ${values[0]} to ${values.at(-1)}`);
  }
  return vectors.map((_, i) => right.slice(i * n, (i + 1) * n));
}

/** Scaled to 1, so that a weak filter beside a strong one is not taken for a dependent one; zeros stay zeros. */
function unitVector(x: Float64Array): Float64Array {
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (largest === 0) return x;
  const scaled = x.map((value) => value / largest);
  const norm = Math.sqrt(dot(scaled, scaled));
  return scaled.map((value) => value / norm);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += a[k] * b[k];
  return sum;
}
