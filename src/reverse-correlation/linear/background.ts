import { matrixProduct, timesVector, transposed } from "../../math/matrix-product.js";
import { heldOutError, type Posterior, posteriorOf } from "./evidence.js";
import type { Fold, LinearMoments } from "./moments.js";

/*
 * A field that is the sum of a background, of a prior of modes each alone, and of something else. With the background
 * integrated out, that something sees counts with the part that the background explains taken off, and features dulled by what
 * the background could explain as well: the same model with other moments.
 */
export interface Background {
  readonly moments: LinearMoments;
  /** of the background alone */
  readonly posterior: Posterior;
  /** [n, n], H: what is left of each coefficient of the rest once the background has answered it, `I - P·G` */
  readonly left: Float64Array;
  /** the moments as the rest sees them: `G·H`, `Hᵀ·r`, and what the background leaves of the power */
  readonly seen: LinearMoments;
}

/** @param ratios [n], the background's prior variances over the noise's, above 0 */
export function behindBackground(moments: LinearMoments, ratios: Float64Array): Background {
  const { n, cross, power } = moments;
  const posterior = posteriorOf(moments, ratios);
  const { root, coefficients } = posterior;
  // P = Rᵀ·R, H = I - P·G = P·Q⁻¹
  const left = matrixProduct(transposed(root, n, n), root, { rows: n, depth: n, columns: n });
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) left[i * n + j]! /= ratios[j]!;
  // G·H = Q⁻¹·(I - H), symmetric; exact to rounding where ratios are not far below 1/G
  const dulled = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const value = ((i === j ? 1 : 0) - left[i * n + j]!) / ratios[i]!;
      dulled[i * n + j] = value;
      dulled[j * n + i] = value;
    }
  }
  const seen = {
    ...moments,
    gram: dulled,
    cross: coefficients.map((w, j) => w / ratios[j]!),
    power: power - coefficients.reduce((sum, w, j) => sum + w * cross[j]!, 0),
  };
  return { moments, posterior, left, seen };
}

/** A fold as the rest sees it: held-out counts less the background's prediction, held-out features through H. */
export function foldBehind({ train, heldOut }: Fold, ratios: Float64Array): Fold {
  const { posterior, left, seen } = behindBackground(train, ratios);
  const { n } = train;
  const size = { rows: n, depth: n, columns: n };
  const { error, slope } = heldOutError(heldOut, posterior.coefficients);
  const T = transposed(left, n, n);
  return {
    train: seen,
    heldOut: {
      ...heldOut,
      gram: matrixProduct(T, matrixProduct(heldOut.gram, left, size), size),
      cross: timesVector(
        T,
        slope.map((s) => -0.5 * s),
      ),
      power: error,
    },
  };
}

/** The coefficients of background and rest together. */
export function withBackground({ posterior, left }: Background, rest: Float64Array): Float64Array {
  return timesVector(left, rest).map((w, j) => w + posterior.coefficients[j]!);
}

/** The posterior of background and rest together, from that of the rest. */
export function posteriorWith(background: Background, rest: Posterior): Posterior {
  const { moments, posterior, left } = background;
  const { n, gram } = moments;
  const m = rest.root.length / n;
  const own = matrixProduct(rest.root, transposed(left, n, n), { rows: m, depth: n, columns: n });
  const root = new Float64Array(own.length + posterior.root.length);
  root.set(own);
  root.set(posterior.root, own.length);
  const explained = matrixProduct(own, gram, { rows: m, depth: n, columns: n });
  return {
    coefficients: withBackground(background, rest.coefficients),
    noiseVariance: rest.noiseVariance,
    logEvidence: rest.logEvidence - 0.5 * posterior.logDeterminant,
    logDeterminant: rest.logDeterminant + posterior.logDeterminant,
    effectiveParameters:
      posterior.effectiveParameters + explained.reduce((sum, value, at) => sum + value * own[at]!, 0),
    root,
  };
}
