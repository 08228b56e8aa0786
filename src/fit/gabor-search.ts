import type { LeastSquaresFit } from "../math/levenberg-marquardt.js";
import { fillUniform } from "../math/random.js";
import { randomStream } from "../math/random-streams.js";
import { blobProblem, gaborProblem, leastSigma, nyquist, refine } from "./gabor-problem.js";
import { type Candidate, type Screened, screen, screenedSquare } from "./gabor-screen.js";
import { candidatesOf, isLowpass, summarise } from "./gabor-starts.js";
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
  const square = screenedSquare(field);
  const screened = candidatesOf(field, summary).map((candidate) => screen(field, square, candidate));
  const list = inOrder(screened);
  const problem = gaborProblem(field);
  let best: Found | undefined;
  for (let k = 0; k < starts; k++) {
    const start = list[k] ?? screen(field, square, randomCandidate(field, seed, k - list.length));
    const fit = refine(problem, start, best?.fit.sumOfSquares ?? Infinity);
    if (!best || fit.sumOfSquares < best.fit.sumOfSquares) best = { fit, blob: false };
  }
  const found = best as Found;
  if (!isLowpass(summary)) return found;
  const blob = refine(blobProblem(field), { ...list[0], odd: 0 }, Infinity);
  return blob.sumOfSquares <= found.fit.sumOfSquares + asGood * field.square ? { fit: blob, blob: true } : found;
}

function inOrder(screened: Screened[]): Screened[] {
  return screened.sort((a, b) => a.left - b.left);
}

/** A start of any carrier, envelope and place within the bounds. */
function randomCandidate(field: Field, seed: number, index: number): Candidate {
  const u = new Float64Array(6);
  fillUniform(u, randomStream(seed, "fitStarts"), index);
  const longest = Math.max(field.height, field.width);
  const tau = Math.PI * u[0];
  const slowest = Math.PI / longest;
  const sigma = (share: number) => 2 * leastSigma * (longest / (4 * leastSigma)) ** share;
  return {
    tau,
    frequency: slowest * (nyquist(tau) / slowest) ** u[1],
    sigmaX: sigma(u[2]),
    sigmaY: sigma(u[3]),
    x0: (u[4] - 0.5) * field.width,
    y0: (u[5] - 0.5) * field.height,
  };
}
