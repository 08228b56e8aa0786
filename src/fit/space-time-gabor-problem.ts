import {
  alongBound,
  type LeastSquaresFit,
  type LeastSquaresProblem,
  levenbergMarquardt,
} from "../math/levenberg-marquardt.js";
import { fastest, leastSigma, mostSigma } from "./gabor-problem.js";
import {
  type SpaceTimeField,
  type SpaceTimeRoom,
  spaceTimeParameterCount,
  spaceTimeSums,
} from "./space-time-gabor-sums.js";

/** Bounds on the envelope's σ over lags, frames and windows of all lags. */
export const leastSigmaT = 0.4;
export const mostSigmaT = 2;

/** Steps tried from one start. */
const maxIterations = 200;
/** Below this the parameters move by a thousandth of their standard errors at most, whatever the noise (R² up to .999999). */
const tolerance = 1e-6;

/** The least squares of a space-time Gabor over a field, within its bounds; parameters as in space-time-gabor-sums.ts. */
export function spaceTimeProblem(field: SpaceTimeField, room: SpaceTimeRoom): LeastSquaresProblem {
  const { lags, height, width } = field;
  const longest = Math.max(height, width);
  const [widest, narrowest] = [logBeta(mostSigma * longest), logBeta(leastSigma)];
  const [longestT, shortestT] = [logBeta(mostSigmaT * lags), logBeta(leastSigmaT)];
  const [edgeX, edgeY] = [width / 2, height / 2];
  const free = Infinity;
  return {
    parameters: spaceTimeParameterCount,
    lower: [-free, -free, widest, widest, slowest(longest), -edgeX, -edgeY, -free, longestT, -0.5, -Math.PI],
    upper: [free, free, narrowest, narrowest, free, edgeX, edgeY, free, shortestT, lags - 0.5, Math.PI],
    moveBounds: (p, _, upper) => {
      upper[4] = fastest(longest, p[7]);
    },
    accumulate: (p, normal, gradient) => {
      const sum = spaceTimeSums(field, room, p, normal, gradient);
      const tangent = Math.tan(p[7]);
      // on Nyquist's bound the carrier follows it: f·tan τ where x limits it, -f/tan τ where y does
      const slope = p[4] * (Math.abs(tangent) <= 1 ? tangent : -1 / tangent);
      if (p[4] >= fastest(longest, p[7]) && gradient[4] <= 0) alongBound(normal, gradient, { held: 4, by: 7, slope });
      return sum;
    },
  };
}

/** Refines a start. `best` is the least sum of squares so far: a fit that is settling into the same minimum is given up. */
export function refineSpaceTime(problem: LeastSquaresProblem, start: ArrayLike<number>, best: number): LeastSquaresFit {
  return levenbergMarquardt(problem, start, {
    maxIterations,
    gradientTolerance: tolerance,
    stepTolerance: tolerance,
    abandon: (sum) => sum >= best && sum <= best * (1 + tolerance),
  });
}

/** The slowest carrier that is told from none, radians per pixel: as far from 0 as the fastest is from Nyquist. */
export function slowest(longest: number): number {
  return Math.PI - fastest(longest, 0);
}

/** ln β of an envelope's σ. */
export function logBeta(sigma: number): number {
  return Math.log(0.5 / (sigma * sigma));
}
