import { searchGabor } from "./gabor-search.js";
import { summarise } from "./gabor-spectrum.js";
import { startsOf } from "./gabor-starts.js";
import { prepareField } from "./gabor-sums.js";
import { firstImage } from "./space-time-gabor-field.js";
import { leastSigmaT, logBeta, slowest } from "./space-time-gabor-problem.js";
import {
  type Columns,
  demodulated,
  type SpaceTimeField,
  type SpaceTimeRoom,
  spaceTimeParameterCount,
  spaceTimeSums,
} from "./space-time-gabor-sums.js";

/** How finely the drift is searched, steps of a turn per frame. */
const driftSteps = 64;

/**
 * Start points, best first by what their best amplitude and phase leave of the field.
 *
 * In space they are the Gabor fitted to the field's first spatial singular vector and the starts of that fit; in time, what
 * the field holds of each such Gabor at each lag: `Z(k) = Σ_p data(k, p)·S̄(p)` follows the carrier's turn and the envelope.
 */
export function spaceTimeStarts(field: SpaceTimeField, room: SpaceTimeRoom): Float64Array[] {
  const image = firstImage(field);
  const prepared = prepareField(image, field.height, field.width);
  const { parameters: g } = searchGabor(prepared, 3, 0).fit;
  const fitted = [0, 0, g[2], g[3], Math.sqrt(g[4]), g[5], g[6], g[7]];
  const screened = startsOf(prepared, summarise(prepared)).map(({ sigmaX, sigmaY, frequency, x0, y0, tau }) => [
    0,
    0,
    logBeta(sigmaX),
    logBeta(sigmaY),
    frequency,
    x0,
    y0,
    tau,
  ]);
  const least = slowest(Math.max(field.height, field.width));
  return [fitted, ...screened]
    .map((space) => {
      space[4] = Math.max(space[4], least);
      return bestAmplitudes(field, room, [...space, ...timeStart(demodulated(field, room, space))]);
    })
    .sort((a, b) => a.left - b.left)
    .map(({ start }) => start);
}

/** [ln βt, t0, ω] of a complex time course: the centroid and the spread of its fourth power, which leaves noise out, and where its spectrum peaks. */
function timeStart({ re, im, length }: Columns): [number, number, number] {
  const weights = Array.from(re, (x, k) => (x * x + im[k] * im[k]) ** 2);
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const t0 = weights.reduce((sum, weight, k) => sum + (weight * k) / total, 0);
  // of exp(-4βt·u²)
  const variance = weights.reduce((sum, weight, k) => sum + (weight * (k - t0) ** 2) / total, 0);
  const sigma = Math.min(Math.max(2 * Math.sqrt(variance), 2 * leastSigmaT), length);
  let [drift, most] = [0, -1];
  for (let step = 0; step < driftSteps; step++) {
    const omega = 2 * Math.PI * (step / driftSteps) - Math.PI;
    let [sumRe, sumIm] = [0, 0];
    for (let k = 0; k < length; k++) {
      const [cos, sin] = [Math.cos(omega * k), Math.sin(omega * k)];
      sumRe += re[k] * cos + im[k] * sin;
      sumIm += im[k] * cos - re[k] * sin;
    }
    const power = sumRe * sumRe + sumIm * sumIm;
    if (power > most) [drift, most] = [omega, power];
  }
  return [logBeta(sigma), t0, drift];
}

/** A start with the amplitude and phase that fit best, in which the function is linear, and the Σ r² that they leave. */
function bestAmplitudes(field: SpaceTimeField, room: SpaceTimeRoom, parameters: readonly number[]) {
  const n = spaceTimeParameterCount;
  const start = Float64Array.from(parameters);
  const [normal, gradient] = [new Float64Array(n * n), new Float64Array(n)];
  const square = spaceTimeSums(field, room, start, normal, gradient);
  const [aa, ab, bb] = [normal[0], normal[1], normal[n + 1]];
  const determinant = aa * bb - ab * ab;
  // without a carrier only one of the two acts
  const both = determinant > 1e-9 * aa * bb;
  start[0] = both ? (ab * gradient[1] - bb * gradient[0]) / determinant : -gradient[0] / aa;
  start[1] = both ? (ab * gradient[0] - aa * gradient[1]) / determinant : 0;
  return { start, left: square + start[0] * gradient[0] + start[1] * gradient[1] };
}
