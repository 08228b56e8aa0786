import { cholesky, choleskyInverse, choleskySolve } from "../../math/cholesky.js";
import { type CubicSplines, cubicSplines, secondDifferencePenalty, splineAt } from "../../math/cubic-spline.js";
import { dot } from "../../math/vectors.js";
import { type DriveAndSpikes, poissonLogLikelihood } from "./data.js";
import type { SplineNonlinearity } from "./nonlinearity.js";

/** What a penalty's weight leads to. */
interface SplineFit {
  readonly coefficients: Float64Array;
  readonly smoothing: number;
  /** (BᵀWB + smoothing·P)⁻¹ */
  readonly covariance: Float64Array;
  readonly freedom: number;
  /** ln evidence by Laplace's method, less what does not depend on the penalty's weight */
  readonly evidence: number;
  readonly converged: boolean;
}

/** Each frame's four splines that are not 0. */
interface Basis {
  readonly splines: CubicSplines;
  readonly first: Uint32Array;
  /** [frames, 4] */
  readonly weights: Float64Array;
  readonly penalty: Float64Array;
}

/** Weights of the penalty that are tried, per spike and coefficient: from nearly none to nearly a straight line. */
const grid = Array.from({ length: 15 }, (_, i) => 10 ** (4 - i / 2));
const newtonLimit = 60;

/**
 * `ln rate(z) = Σ_i c_i·B_i(z)`, the c that maximise `Σ n·ln λ - λ - ½·s·Σ (c_{i+1} - 2c_i + c_{i-1})²`, by Newton's method; s
 * by the evidence, the penalty read as a prior. The roughest allowed curve bends in every segment, the smoothest is an
 * exponential.
 *
 * @see Eilers & Marx 1996, Statist Sci 11:89; Wood 2011, J R Stat Soc B 73:3, for the evidence
 */
export function splineNonlinearity(data: DriveAndSpikes, segments: number): SplineNonlinearity {
  const basis = basisOf(data.drives[0], segments);
  const { splines } = basis;
  const mean = data.spikesUsed / data.counts.length;
  let coefficients = new Float64Array(splines.count).fill(Math.log(mean));
  let best: SplineFit | undefined;
  for (const relative of grid) {
    const fit = penalisedFit(data, basis, coefficients, (relative * data.spikesUsed) / splines.count);
    if (fit === undefined) break;
    coefficients = fit.coefficients.slice();
    if (best === undefined || fit.evidence > best.evidence) best = fit;
  }
  if (best === undefined) throw new Error("estimateNonlinearity: the smoothest spline is singular");
  const { covariance, coefficients: c } = best;
  const rateAt = (z: number) => Math.exp(splineAt(splines, c, z)) / data.frameSeconds;
  return {
    kind: "nonlinearity",
    form: "spline",
    dimensions: 1,
    range: [splines.low, splines.high],
    coefficients: c,
    smoothing: best.smoothing,
    freedom: best.freedom,
    converged: best.converged,
    rateAt,
    frameSeconds: data.frameSeconds,
    standardErrorAt: (z) => rateAt(z) * Math.sqrt(quadratic(splines, covariance, z)),
    logLikelihood: poissonLogLikelihood(data, rateAt),
    spikesUsed: data.spikesUsed,
    spikesSkipped: data.spikesSkipped,
    warnings: best.converged ? [] : [`Newton's method did not converge in ${newtonLimit} steps`],
  };
}

function basisOf(z: Float64Array, segments: number): Basis {
  const [low, high] = z.reduce(([a, b], value) => [Math.min(a, value), Math.max(b, value)], [z[0], z[0]]);
  const splines = cubicSplines(low, high, segments);
  const first = new Uint32Array(z.length);
  const weights = new Float64Array(4 * z.length);
  for (let t = 0; t < z.length; t++) first[t] = splines.at(z[t], weights.subarray(4 * t, 4 * t + 4));
  return { splines, first, weights, penalty: secondDifferencePenalty(splines.count) };
}

/** The maximum for one weight of the penalty; undefined where the data leave a coefficient without any hold. */
function penalisedFit(
  data: DriveAndSpikes,
  basis: Basis,
  start: Float64Array,
  smoothing: number,
): SplineFit | undefined {
  const n = start.length;
  let c = start;
  let here = derivativesAt(data, basis, c, smoothing);
  for (let step = 0; ; step++) {
    const matrix = here.information.map((value, i) => value + smoothing * basis.penalty[i]);
    const factor = cholesky(matrix, n);
    if (factor === undefined) return undefined;
    const move = choleskySolve(factor, here.gradient);
    const decrement = dot(move, here.gradient);
    const converged = decrement <= 1e-10 * Math.max(1, Math.abs(here.value));
    if (converged || step === newtonLimit) {
      const covariance = choleskyInverse(factor);
      const freedom = dot(covariance, here.information);
      return {
        coefficients: c,
        smoothing,
        covariance,
        freedom,
        evidence: here.value + ((n - 2) * Math.log(smoothing) - factor.logDeterminant) / 2,
        converged,
      };
    }
    // Concave, but a long step may overshoot the exponential: halved until the value rises.
    for (let share = 1; share > 1e-6; share /= 2) {
      const tried = c.map((value, i) => value + share * move[i]);
      const there = derivativesAt(data, basis, tried, smoothing);
      if (there.value < here.value) continue;
      c = tried;
      here = there;
      break;
    }
  }
}

/** The penalised log-likelihood (less `Σ ln n!`), its gradient, and `BᵀWB`, W the expected counts. */
function derivativesAt({ counts }: DriveAndSpikes, basis: Basis, c: Float64Array, smoothing: number) {
  const n = c.length;
  const { first, weights, penalty } = basis;
  const gradient = new Float64Array(n);
  const information = new Float64Array(n * n);
  let logLikelihood = 0;
  for (let t = 0; t < counts.length; t++) {
    const at = first[t];
    let log = 0;
    for (let a = 0; a < 4; a++) log += weights[4 * t + a] * c[at + a];
    const expected = Math.exp(log);
    logLikelihood += counts[t] * log - expected;
    for (let a = 0; a < 4; a++) {
      const weight = weights[4 * t + a];
      gradient[at + a] += weight * (counts[t] - expected);
      for (let b = 0; b < 4; b++) information[(at + a) * n + at + b] += expected * weight * weights[4 * t + b];
    }
  }
  let roughness = 0;
  for (let i = 0; i < n; i++) {
    const pull = dot(penalty.subarray(i * n, (i + 1) * n), c);
    roughness += c[i] * pull;
    gradient[i] -= smoothing * pull;
  }
  return { logLikelihood, value: logLikelihood - (smoothing * roughness) / 2, gradient, information };
}

/** `bᵀ·V·b`, b the splines at z. */
function quadratic(splines: CubicSplines, V: Float64Array, z: number): number {
  const weights = new Float64Array(4);
  const first = splines.at(z, weights);
  let sum = 0;
  for (let a = 0; a < 4; a++)
    for (let b = 0; b < 4; b++) sum += weights[a] * weights[b] * V[(first + a) * splines.count + first + b];
  return sum;
}
