import type { Gabor } from "../math/gabor.js";
import type { LeastSquaresFit } from "../math/levenberg-marquardt.js";
import { leastSigma, mostSigma } from "./gabor-problem.js";
import { parameterCount } from "./gabor-sums.js";

/** What the warnings look at besides the fit. */
export interface Outcome {
  readonly blob: boolean;
  readonly round: boolean;
  /** the blob's two axes were exchanged for the canonical parameters */
  readonly exchanged: boolean;
  readonly pixels: number;
  /** the field's largest magnitude */
  readonly largest: number;
  readonly gabor: Gabor;
  readonly standardErrors: Gabor;
}

/** An amplitude this many times the field's largest value: the sine of nx = .05 reaches a fifth of its amplitude. */
const tooMany = 5;

/** An angle drawn at random has this standard deviation: √(1/12) of the whole circle, of the half circle. */
const [anyPhase, anyDirection] = [(2 * Math.PI) / Math.sqrt(12), Math.PI / Math.sqrt(12)];

/** What someone who uses the fit must know, one sentence each. */
export function warningsOf(fit: LeastSquaresFit, outcome: Outcome): string[] {
  const { blob, round, exchanged, pixels, largest, gabor, standardErrors: errors } = outcome;
  const warnings = boundWarnings(fit, blob, exchanged);
  if (pixels < parameterCount) {
    warnings.push(
      `the field has ${pixels} pixels, fewer than the ${parameterCount} parameters: they are not identified`,
    );
  } else if (fit.stopped === "singular" && !round) {
    warnings.push(
      "the parameters are not identified one by one: their derivatives are linearly dependent (JᵀJ is singular)",
    );
  }
  if (fit.stopped === "limit") warnings.push(`not converged: the fit ran into its limit of ${fit.iterations} steps`);
  if (blob)
    warnings.push("no carrier (frequency 0): the phase is 0 or π by convention and the longer axis is called x'");
  if (round) warnings.push("a round blob has no direction: tau is 0 by convention");
  if (gabor.amplitude > tooMany * largest) {
    const times = Math.round(gabor.amplitude / largest);
    warnings.push(
      `the amplitude is ${times} times the field's largest value: amplitude, phase and frequency hardly act apart within the envelope`,
    );
  }
  if (!blob && errors.frequency > gabor.frequency)
    warnings.push("the carrier is not told from none: frequency is below its standard error");
  if (errors.phase > anyPhase) warnings.push("the phase is not resolved: its standard error is that of any angle");
  if (errors.tau > anyDirection) warnings.push("tau is not resolved: its standard error is that of any direction");
  return warnings;
}

function boundWarnings({ atBound }: LeastSquaresFit, blob: boolean, exchanged: boolean): string[] {
  const warnings: string[] = [];
  for (const [i, name] of [
    [exchanged ? 3 : 2, "sigmaX"],
    [exchanged ? 2 : 3, "sigmaY"],
  ] as const) {
    // β is bounded from above where σ is from below
    if (atBound[i] === 1) warnings.push(`${name} ended on its lower bound, ${leastSigma} pixels`);
    if (atBound[i] === -1) warnings.push(`${name} ended on its upper bound, ${mostSigma} patch widths`);
  }
  if (atBound[5] !== 0) warnings.push(`x0 ended on its bound, the patch's ${atBound[5] < 0 ? "left" : "right"} edge`);
  if (atBound[6] !== 0) warnings.push(`y0 ended on its bound, the patch's ${atBound[6] < 0 ? "lower" : "upper"} edge`);
  if (blob) return warnings;
  if (atBound[4] === 1) warnings.push("frequency ended on its upper bound, the Nyquist frequency along an axis");
  if (atBound[4] === -1)
    warnings.push(
      "frequency ended on its lower bound, a sixtieth of a cycle across the patch: amplitude and phase only scale and tilt the envelope",
    );
  return warnings;
}
