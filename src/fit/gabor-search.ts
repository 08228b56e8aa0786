import type { LeastSquaresFit } from "../math/levenberg-marquardt.js";
import { blobProblem, gaborProblem, refine } from "./gabor-problem.js";
import { summarise } from "./gabor-spectrum.js";
import { randomStart, startsOf } from "./gabor-starts.js";
import type { Field } from "./gabor-sums.js";

/** The best of the refined starts. */
export interface Found {
  readonly fit: LeastSquaresFit;
  /** fitted without a carrier */
  readonly blob: boolean;
}

/** A fit without a carrier is taken where it leaves at most this share of Σ data² more than one with: rounding of float32 fields. */
const asGood = 1e-12;

/**
 * Refines `starts` start points and keeps the least sum of squares. The list of starts does not depend on their number,
 * and each refinement only on those before it, so more of them never end worse.
 */
export function searchGabor(field: Field, starts: number, seed: number): Found {
  const summary = summarise(field);
  const list = startsOf(field, summary);
  const problem = gaborProblem(field);
  let best = refine(problem, list[0], Infinity);
  for (let k = 1; k < starts; k++) {
    const fit = refine(problem, list[k] ?? randomStart(field, seed, k - list.length), best.sumOfSquares);
    if (fit.sumOfSquares < best.sumOfSquares) best = fit;
  }
  if (!summary.lowpass) return { fit: best, blob: false };
  const blob = refine(blobProblem(field), { ...list[0], odd: 0 }, Infinity);
  const isBlob = blob.sumOfSquares <= best.sumOfSquares + asGood * field.square;
  return { fit: isBlob ? blob : best, blob: isBlob };
}
