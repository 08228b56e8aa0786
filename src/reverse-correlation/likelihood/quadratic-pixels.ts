import { symmetricEigen } from "../../math/symmetric-eigen.js";
import { dot } from "../../math/vectors.js";
import { combination, orthonormalBasis } from "../subspaces/istac-spans.js";
import { filterFromWhite, type Whitening } from "../subspaces/istac-whitening.js";
import type { WhiteQuadratic } from "./quadratic-likelihood.js";

/** A quadratic drive of contrasts x: `q = ½·Σ_i weight_i·(v_i·(x - mean))² + b·(x - mean) + a`, the v orthonormal. */
export interface PixelQuadratic {
  /** [D], of all windows */
  readonly mean: Float64Array;
  readonly constant: number;
  /** [D] */
  readonly linear: Float64Array;
  /** the largest weight in magnitude first */
  readonly squared: readonly { readonly weight: number; readonly filter: Float64Array }[];
}

/** The same drive on pixels, with the eigenvectors of C. */
export function onPixels({ constant, linear, squared, signs }: WhiteQuadratic, white: Whitening): PixelQuadratic {
  const filters = squared.map((w) => filterFromWhite(white, w));
  return {
    mean: white.mean,
    constant,
    linear: filterFromWhite(white, linear),
    squared: eigenFilters(filters, signs),
  };
}

/** Eigenvalues and unit eigenvectors of `C = Σ s_i·w_i·w_iᵀ` within the span of the w. */
function eigenFilters(filters: readonly Float64Array[], signs: readonly number[]): PixelQuadratic["squared"] {
  const basis = orthonormalBasis(filters);
  const k = basis.length;
  if (k === 0) return [];
  const small = new Float64Array(k * k);
  filters.forEach((filter, m) => {
    const inner = basis.map((b) => dot(b, filter));
    for (let i = 0; i < k; i++) for (let j = 0; j < k; j++) small[i * k + j] += signs[m] * (inner[i] * inner[j]);
  });
  const { values, vectors } = symmetricEigen(small, k);
  return Array.from(values, (weight, i) => ({
    weight,
    filter: combination(basis, vectors.subarray(i * k, (i + 1) * k)),
  })).sort((one, other) => Math.abs(other.weight) - Math.abs(one.weight));
}
