import { checkInteger, checkNumber, checkOptions, checkPositive, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { type Basis, record } from "./basis.js";

export interface RaisedCosinesOptions {
  /** bins from the first to the last */
  readonly samples: number;
  /** how many bumps, at least 2 */
  readonly functions: number;
  /** where the first bump has its peak, bins; default 0 */
  readonly firstPeak?: number;
  /** where the last one has its, bins; default half the samples */
  readonly lastPeak?: number;
  /** bins; the larger, the more evenly the bumps are spaced; default 1 */
  readonly offset?: number;
  /** default false: the bumps as they are, which sum to 2 between the second peak and the last but one */
  readonly orthonormal?: boolean;
}

/**
 * Raised cosines in logarithmic time, narrow at first and broad later:
 * `b_j(t) = ½·cos(x - φ_j) + ½` where `|x - φ_j| <= π`, else 0, with `x = a·ln(t + c)`; peaks lie `π/2` apart in x.
 *
 * @param options samples and functions, the first and the last peak and the offset c in bins, orthonormal
 * @returns `[samples, functions]`, bin 0 first
 * @throws InputError if an option is out of range or unknown, the peaks do not ascend, or, where orthonormal, bumps depend on
 *   each other
 * @see Pillow et al. 2008
 */
export function raisedCosines(options: RaisedCosinesOptions): Basis {
  const where = "raisedCosines";
  checkGiven(where, options, ["samples", "functions", "firstPeak", "lastPeak", "offset", "orthonormal"]);
  const { samples, functions, orthonormal = false } = options;
  checkInteger(where, "samples", samples, 1);
  checkInteger(where, "functions", functions, 2, samples);
  const { firstPeak = 0, lastPeak = samples / 2, offset = 1 } = options;
  checkNumber(where, "firstPeak", firstPeak);
  checkNumber(where, "lastPeak", lastPeak);
  checkPositive(where, "offset", offset);
  if (!(firstPeak >= 0 && lastPeak > firstPeak))
    refuse(where, `peaks are at ${firstPeak} and ${lastPeak}, they must ascend from 0 on`);
  const from = Math.log(firstPeak + offset);
  const scale = ((Math.PI / 2) * (functions - 1)) / (Math.log(lastPeak + offset) - from);
  const B = new Float64Array(samples * functions);
  for (let t = 0; t < samples; t++) {
    const x = scale * (Math.log(t + offset) - from);
    for (let j = 0; j < functions; j++) {
      const phase = x - (j * Math.PI) / 2;
      B[t * functions + j] = Math.abs(phase) <= Math.PI ? 0.5 * Math.cos(phase) + 0.5 : 0;
    }
  }
  return record("raised-cosines", B, samples, functions, numbered("bump", functions), orthonormal);
}

export interface SplineBasisOptions {
  /** lags, rows or columns that the splines cover from end to end */
  readonly samples: number;
  /** how many, at least 4 and at most `samples` */
  readonly functions: number;
  /** default false: the splines as they are, which sum to 1 everywhere */
  readonly orthonormal?: boolean;
}

/**
 * Cubic B-splines on evenly spaced knots, those at the ends fourfold: any cubic polynomial is a sum of them.
 *
 * `productBasis` of two makes a basis of images.
 *
 * @param options samples, functions, orthonormal
 * @returns `[samples, functions]`
 * @throws InputError if an option is out of range or unknown
 * @see de Boor, A Practical Guide to Splines (1978)
 */
export function splineBasis(options: SplineBasisOptions): Basis {
  const where = "splineBasis";
  checkGiven(where, options, ["samples", "functions", "orthonormal"]);
  const { samples, functions, orthonormal = false } = options;
  checkInteger(where, "samples", samples, 4);
  checkInteger(where, "functions", functions, 4, samples);
  const B = new Float64Array(samples * functions);
  for (let i = 0; i < samples; i++)
    fillCubicSplines(i / (samples - 1), functions, B.subarray(i * functions, (i + 1) * functions));
  return record("splines", B, samples, functions, numbered("spline", functions), orthonormal);
}

/** The values at x in [0, 1] of `functions` cubic B-splines, evenly spaced between fourfold knots at 0 and 1. */
export function fillCubicSplines(x: number, functions: number, into: Float64Array): void {
  const spans = functions - 3;
  const span = Math.min(spans - 1, Math.floor(x * spans));
  const knot = (i: number) => Math.min(1, Math.max(0, (i - 3) / spans));
  // Cox and de Boor's recursion: the splines of degree d that are not 0 on this span, from those of degree d - 1.
  const values = [1, 0, 0, 0];
  for (let degree = 1; degree <= 3; degree++) {
    let carried = 0;
    for (let r = 0; r < degree; r++) {
      const right = knot(span + 4 + r);
      const left = knot(span + 4 + r - degree);
      const share = values[r] / (right - left);
      values[r] = carried + (right - x) * share;
      carried = (x - left) * share;
    }
    values[degree] = carried;
  }
  into.fill(0);
  into.set(values, span);
}

function numbered(what: string, count: number): string[] {
  return Array.from({ length: count }, (_, j) => `${what} ${j}`);
}

function checkGiven(where: string, options: object, known: readonly string[]): void {
  if (options === undefined || options === null) refuse(where, `options is ${describe(options)}, a record is needed`);
  checkOptions(where, options, known);
}
