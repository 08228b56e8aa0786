import { matrixProduct } from "../../math/matrix-product.js";
import { symmetricEigen } from "../../math/symmetric-eigen.js";
import { dot } from "../../math/vectors.js";
import { checkNumber } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { constantWarnings } from "../accumulators/constancy.js";
import type { Moments } from "./stc-moments.js";

/**
 * Coordinates in which the windows have mean 0 and unit covariance: `u = M·(x - mean)`, `M = Λ^(-1/2)·Vᵀ` with the
 * eigenvectors V and variances Λ of the stimulus; directions in which it hardly varies have none.
 */
export interface Whitening {
  /** D, pixels times lags */
  readonly dimensions: number;
  /** P, the rows of M */
  readonly kept: number;
  /** [D] */
  readonly mean: Float64Array;
  /** [P, D], M */
  readonly rows: Float64Array;
}

/** Float32 products leave some 1e-6 of the largest variance in a direction that has none. */
export const rounding = 1e-5;

/** Throws unless `leastVariance` is a share from 0 to below 1. */
export function checkLeastVariance(where: string, value: unknown): asserts value is number {
  checkNumber(where, "leastVariance", value);
  if (value < 0 || value >= 1) refuse(where, `leastVariance is ${value}, a share from 0 to below 1 is needed`);
}

/**
 * The whitening of a stimulus by its own moments.
 *
 * @param leastVariance directions below this share of the largest variance are left out
 */
export function whiteningOf(where: string, all: Moments, leastVariance: number): Whitening {
  const D = all.mean.length;
  const { values, vectors } = symmetricEigen(all.covariance, D);
  const largest = values[D - 1];
  if (!(largest > 0)) refuse(where, "stimulus is constant, it must vary for filters to be inferred");
  const first = values.findIndex((value) => value > leastVariance * largest);
  const rows = vectors.slice(first * D);
  for (let i = first; i < D; i++) {
    const scale = 1 / Math.sqrt(values[i]);
    for (let at = (i - first) * D; at < (i - first + 1) * D; at++) rows[at] *= scale;
  }
  return { dimensions: D, kept: D - first, mean: all.mean, rows };
}

/** `M·v`: a difference of stimuli in white coordinates; of a gradient by a filter, the gradient by its white coordinates. */
export function intoWhite({ dimensions: D, kept, rows }: Whitening, v: ArrayLike<number>): Float64Array {
  return Float64Array.from({ length: kept }, (_, i) => dot(rows.subarray(i * D, (i + 1) * D), v));
}

/** `Mᵀ·u`: the filter on pixels that gives what u gives in white coordinates, `(Mᵀu)·(x - mean) = u·M(x - mean)`. */
export function filterFromWhite({ dimensions: D, kept, rows }: Whitening, u: ArrayLike<number>): Float64Array {
  const filter = new Float64Array(D);
  for (let i = 0; i < kept; i++) for (let j = 0; j < D; j++) filter[j] += u[i] * rows[i * D + j];
  return filter;
}

/** Mean and covariance of some windows in white coordinates: `M·(mean - mean_all)` and `M·C·Mᵀ`, symmetric to the last bit. */
export function whiteMoments(white: Whitening, moments: Moments): Moments {
  const { dimensions: D, kept: P, rows } = white;
  const half = matrixProduct(rows, moments.covariance, { rows: P, depth: D, columns: D });
  const covariance = new Float64Array(P * P);
  for (let i = 0; i < P; i++) {
    for (let j = 0; j <= i; j++) {
      const value = dot(half.subarray(i * D, (i + 1) * D), rows.subarray(j * D, (j + 1) * D));
      covariance[i * P + j] = value;
      covariance[j * P + i] = value;
    }
  }
  const mean = intoWhite(
    white,
    moments.mean.map((value, i) => value - white.mean[i]),
  );
  return { mean, covariance };
}

/** What the whitening could not see, in words. */
export function whiteningWarnings({ dimensions, kept }: Whitening, constantEntries: number): string[] {
  const warnings = constantWarnings(constantEntries, dimensions);
  if (kept < dimensions - constantEntries)
    warnings.push(`the stimulus varies in ${kept} of ${dimensions} directions: nothing is known of the others`);
  return warnings;
}
