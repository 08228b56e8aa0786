import type { LeastSquaresFit } from "../math/levenberg-marquardt.js";
import { inverseOfFree } from "../math/levenberg-marquardt-step.js";
import { type SpaceTimeGabor, spaceTimeGaborParameters } from "../math/space-time-gabor.js";
import { leastSigma, mostSigma } from "./gabor-problem.js";
import { leastSigmaT, mostSigmaT } from "./space-time-gabor-problem.js";
import { spaceTimeParameterCount } from "./space-time-gabor-sums.js";

/** The record of eleven numbers in the order of `spaceTimeGaborParameters`. */
export function recordOf(values: ArrayLike<number>): SpaceTimeGabor {
  return Object.fromEntries(spaceTimeGaborParameters.map((name, i) => [name, values[i]])) as unknown as SpaceTimeGabor;
}

/** The Gabor of the fit's parameters: `α = √(A² + B²)`, `φ = atan2(B, A)`; in pixels and frames. */
export function spaceTimeGaborOf(p: ArrayLike<number>): SpaceTimeGabor {
  const [betaX, betaY, betaT] = [Math.exp(p[2]), Math.exp(p[3]), Math.exp(p[8])];
  return recordOf([
    Math.hypot(p[0], p[1]),
    betaX,
    betaY,
    p[4],
    Math.atan2(p[1], p[0]),
    p[5],
    p[6],
    p[7],
    betaT,
    p[9],
    p[10],
  ]);
}

/** What a parameter, or its error, of `field / scale` in pixels and frames is multiplied by. */
export function unitsOf(scale: number, step: number, frame: number): number[] {
  return [scale, 1 / step ** 2, 1 / step ** 2, 1 / step, 1, step, step, 1, 1 / frame ** 2, frame, 1 / frame];
}

/**
 * The standard errors `√(σ²·D·(JᵀJ)⁻¹·Dᵀ)`, D the derivatives of the Gabor's parameters by the fit's own; NaN for one that is
 * on a bound, and for all where JᵀJ is singular.
 *
 * @param variance σ² of the residuals
 * @returns [11], in pixels and frames, in the order of `spaceTimeGaborParameters`
 */
export function spaceTimeErrorsOf(fit: LeastSquaresFit, variance: number): Float64Array {
  const n = spaceTimeParameterCount;
  const free = Array.from({ length: n }, (_, i) => i).filter((i) => fit.atBound[i] === 0);
  const inverse = inverseOfFree(fit.normal, n, free);
  const errors = new Float64Array(n).fill(NaN);
  if (!inverse) return errors;
  const p = fit.parameters;
  const [amplitude, square] = [Math.hypot(p[0], p[1]), p[0] ** 2 + p[1] ** 2];
  const ofLinear = (byA: number, byB: number) =>
    Math.sqrt(variance * (byA * byA * inverse[0] + 2 * byA * byB * inverse[1] + byB * byB * inverse[n + 1]));
  for (const i of free) errors[i] = Math.sqrt(variance * inverse[i * n + i]);
  for (const i of [2, 3, 8]) errors[i] *= Math.exp(p[i]);
  // the fit's own begin with A, B and the logarithms; the Gabor's phase stands behind its frequency
  return Float64Array.of(
    ofLinear(p[0] / amplitude, p[1] / amplitude),
    errors[2],
    errors[3],
    errors[4],
    ofLinear(-p[1] / square, p[0] / square),
    ...errors.subarray(5),
  );
}

/** An angle drawn at random has this standard deviation: √(1/12) of the whole circle, of the half circle. */
const [anyPhase, anyDirection] = [(2 * Math.PI) / Math.sqrt(12), Math.PI / Math.sqrt(12)];
/** Standard errors within which a drift, or a carrier, may as well be none. */
const told = 2;
/** An amplitude this many times the field's largest value: amplitude and phase hardly act apart. */
const tooMany = 5;

/** What someone who uses the fit must know, one sentence each; `largest`: the field's largest magnitude. */
export function spaceTimeWarnings(
  fit: LeastSquaresFit,
  largest: number,
  gabor: SpaceTimeGabor,
  errors: SpaceTimeGabor,
): string[] {
  const warnings = boundWarnings(fit);
  if (fit.stopped === "singular") warnings.push("the parameters are not identified one by one (JᵀJ is singular)");
  if (fit.stopped === "limit") warnings.push(`not converged: the fit ran into its limit of ${fit.iterations} steps`);
  if (gabor.amplitude > tooMany * largest)
    warnings.push(
      `the amplitude is ${Math.round(gabor.amplitude / largest)} times the field's largest value: amplitude, phase and frequency hardly act apart within the envelope`,
    );
  if (errors.phase > anyPhase) warnings.push("the phase is not resolved: its standard error is that of any angle");
  if (errors.tau > anyDirection) warnings.push("tau is not resolved: its standard error is that of any direction");
  if (gabor.frequency < told * errors.frequency)
    warnings.push("the carrier is not told from none: frequency is within two standard errors of 0");
  if (Math.abs(gabor.drift) < told * errors.drift)
    warnings.push("the drift is not told from 0: no direction of motion is preferred");
  return warnings;
}

function boundWarnings({ atBound }: LeastSquaresFit): string[] {
  const warnings: string[] = [];
  const note = (i: number, side: -1 | 1, text: string) => {
    if (atBound[i] === side) warnings.push(text);
  };
  // β is bounded from above where σ is from below
  note(2, 1, `sigmaX ended on its lower bound, ${leastSigma} pixels`);
  note(2, -1, `sigmaX ended on its upper bound, ${mostSigma} patch widths`);
  note(3, 1, `sigmaY ended on its lower bound, ${leastSigma} pixels`);
  note(3, -1, `sigmaY ended on its upper bound, ${mostSigma} patch widths`);
  note(4, 1, "frequency ended on its upper bound, the Nyquist frequency along an axis");
  note(
    4,
    -1,
    "frequency ended on its lower bound, a sixtieth of a cycle across the patch: the carrier is not told from none",
  );
  note(5, -1, "x0 ended on its bound, the patch's left edge");
  note(5, 1, "x0 ended on its bound, the patch's right edge");
  note(6, -1, "y0 ended on its bound, the patch's lower edge");
  note(6, 1, "y0 ended on its bound, the patch's upper edge");
  note(8, 1, `sigmaT ended on its lower bound, ${leastSigmaT} frames`);
  note(8, -1, `sigmaT ended on its upper bound, ${mostSigmaT} times the lags`);
  note(9, -1, "t0 ended on its bound, half a frame before lag 0");
  note(9, 1, "t0 ended on its bound, half a frame after the last lag");
  if (atBound[10] !== 0) warnings.push("drift ended on its bound, half a turn a frame");
  return warnings;
}
