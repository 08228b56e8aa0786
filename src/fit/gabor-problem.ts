import type { LeastSquaresFit, LeastSquaresProblem } from "../math/levenberg-marquardt.js";
import { levenbergMarquardt } from "../math/levenberg-marquardt.js";
import type { Screened } from "./gabor-screen.js";
import { type Field, gaborSums, parameterCount, sumsRoom } from "./gabor-sums.js";

/** Bounds on the envelope, pixels and patch widths. */
export const leastSigma = 0.4;
export const mostSigma = 2;

/** Steps tried from one start. */
const maxIterations = 100;
/** Below this the parameters move by a thousandth of their standard errors at most, whatever the noise (R² up to .999999). */
const tolerance = 1e-6;
/** The q of a fit without a carrier: 0 to the precision of the sums, which divide by it. */
const noCarrier = 1e-12;

/** The Gabor's least squares over a field, within its bounds; parameters as in gabor-sums.ts, in pixels. */
export function gaborProblem(field: Field): LeastSquaresProblem {
  const longest = Math.max(field.height, field.width);
  const [widest, narrowest] = [logBeta(mostSigma * longest), logBeta(leastSigma)];
  // a sixtieth of a cycle across the patch: slower carriers are not told from none, and the sums lose digits there
  const slowest = (0.1 / longest) ** 2;
  const [edgeX, edgeY] = [field.width / 2, field.height / 2];
  const room = sumsRoom();
  return {
    parameters: parameterCount,
    lower: Float64Array.of(-Infinity, -Infinity, widest, widest, slowest, -edgeX, -edgeY, -Infinity),
    upper: Float64Array.of(Infinity, Infinity, narrowest, narrowest, Infinity, edgeX, edgeY, Infinity),
    moveBounds: (p, _, upper) => {
      upper[4] = nyquist(p[7]) ** 2;
    },
    accumulate: (p, normal, gradient) => gaborSums(field, room, p, normal, gradient),
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

/** The fastest carrier in direction `tau` that is below Nyquist along both axes, radians per pixel. */
export function nyquist(tau: number): number {
  return Math.PI / Math.max(Math.abs(Math.cos(tau)), Math.abs(Math.sin(tau)));
}

function logBeta(sigma: number): number {
  return Math.log(0.5 / (sigma * sigma));
}
