import type { LeastSquaresFit, LeastSquaresProblem } from "../math/levenberg-marquardt.js";
import { alongBound, levenbergMarquardt } from "../math/levenberg-marquardt.js";
import type { Screened } from "./gabor-screen.js";
import { type Field, gaborSums, parameterCount, sumsRoom } from "./gabor-sums.js";

/** Bounds on the envelope, pixels and patch widths. */
export const leastSigma = 0.4;
export const mostSigma = 2;

/** Steps tried from one start. */
const maxIterations = 200;
/** Below this the parameters move by a thousandth of their standard errors at most, whatever the noise (R² up to .999999). */
const tolerance = 1e-6;
/** The q of a fit without a carrier: 0 to the precision of the sums, which divide by it. */
const noCarrier = 1e-12;

/** The Gabor's least squares over a field, within its bounds; parameters as in gabor-sums.ts, in pixels. */
export function gaborProblem(field: Field): LeastSquaresProblem {
  const longest = Math.max(field.height, field.width);
  const [widest, narrowest] = [logBeta(mostSigma * longest), logBeta(leastSigma)];
  const slowest = leastTurn(longest) ** 2;
  const [edgeX, edgeY] = [field.width / 2, field.height / 2];
  const room = sumsRoom();
  return {
    parameters: parameterCount,
    lower: Float64Array.of(-Infinity, -Infinity, widest, widest, slowest, -edgeX, -edgeY, -Infinity),
    upper: Float64Array.of(Infinity, Infinity, narrowest, narrowest, Infinity, edgeX, edgeY, Infinity),
    moveBounds: (p, _, upper) => {
      upper[4] = fastest(longest, p[7]) ** 2;
    },
    accumulate: (p, normal, gradient) => {
      const sum = gaborSums(field, room, p, normal, gradient);
      if (p[4] >= fastest(longest, p[7]) ** 2 && gradient[4] <= 0)
        alongBound(normal, gradient, { held: 4, by: 7, slope: slopeOfNyquist(p[4], p[7]) });
      return sum;
    },
  };
}

/** The same without a carrier: `α·E`, with C and q held. */
export function blobProblem(field: Field): LeastSquaresProblem {
  const { moveBounds: _, ...problem } = gaborProblem(field);
  const lower = Float64Array.from(problem.lower ?? []);
  const upper = Float64Array.from(problem.upper ?? []);
  lower[1] = upper[1] = 0;
  lower[4] = upper[4] = noCarrier;
  return { ...problem, lower, upper };
}

/** Refines a start. `best` is the least sum of squares so far: a fit that is settling into the same minimum is given up. */
export function refine(problem: LeastSquaresProblem, start: Screened, best: number): LeastSquaresFit {
  const { even, odd, sigmaX, sigmaY, frequency, x0, y0, tau } = start;
  const p = [even, -odd * frequency, logBeta(sigmaX), logBeta(sigmaY), frequency ** 2, x0, y0, tau];
  return levenbergMarquardt(problem, p, {
    maxIterations,
    gradientTolerance: tolerance,
    stepTolerance: tolerance,
    abandon: (sum) => sum >= best && sum <= best * (1 + tolerance),
  });
}

/**
 * A sixtieth of a cycle across the patch, radians per pixel. A carrier nearer to none than this is not told from none, one
 * nearer to Nyquist not from Nyquist: there the sine is 0 in every pixel, and the sums lose digits.
 */
function leastTurn(longest: number): number {
  return 0.1 / longest;
}

/** The fastest carrier in direction `tau` that is below Nyquist along both axes, radians per pixel. */
export function fastest(longest: number, tau: number): number {
  return (Math.PI - leastTurn(longest)) / Math.max(Math.abs(Math.cos(tau)), Math.abs(Math.sin(tau)));
}

/** The derivative of q's upper bound by τ: `2q·tan τ` where x limits the carrier, `-2q/tan τ` where y does. */
function slopeOfNyquist(q: number, tau: number): number {
  const tangent = Math.tan(tau);
  return 2 * q * (Math.abs(tangent) <= 1 ? tangent : -1 / tangent);
}

function logBeta(sigma: number): number {
  return Math.log(0.5 / (sigma * sigma));
}
