import { fillUniform } from "../math/random.js";
import { randomStream } from "../math/random-streams.js";
import { fastest, leastSigma } from "./gabor-problem.js";
import { type Candidate, type Screened, screen, screenedSquare } from "./gabor-screen.js";
import type { SpectrumSummary } from "./gabor-spectrum.js";
import type { Field } from "./gabor-sums.js";

/** The envelopes that are tried, σ in periods of the carrier: the range of simple cells (Ringach 2002), a factor 2 apart. */
const alongCarrier = [0.17, 0.3, 0.5];
const alongBars = [0.2, 0.4, 0.8];
/** Where two lobes overlap the power peaks above the carrier (φ near π/2), or at 0 (φ near 0): a slower carrier is tried too. */
const slower = { peak: 0.75, spread: 0.6 };
/** A peak below this, radians per pixel, does not tell its direction. */
const leastPeak = 0.15;
/** The two directions are tried both where the sine of their angle is above this. */
const apart = 0.25;

/**
 * Start points in the order in which they are refined: the best of each carrier, by what screening leaves of the field, then
 * the second best of each, and so on. Starts that share a carrier mostly end in the same minimum.
 */
export function startsOf(field: Field, summary: SpectrumSummary): Screened[] {
  const square = screenedSquare(field);
  const groups = carriersOf(summary).map((carrier) =>
    envelopes(field, summary, carrier)
      .map((candidate) => screen(field, square, candidate))
      .sort((a, b) => a.left - b.left),
  );
  groups.sort((a, b) => a[0].left - b[0].left);
  return groups[0].flatMap((_, rank) => groups.map((group) => group[rank]));
}

/** Start `index` of those that follow when the others are used up: any carrier, envelope and place within the bounds. */
export function randomStart(field: Field, seed: number, index: number): Screened {
  const u = new Float64Array(6);
  fillUniform(u, randomStream(seed, "fitStarts"), index);
  const longest = Math.max(field.height, field.width);
  const tau = Math.PI * u[0];
  const slowest = Math.PI / longest;
  const sigma = (share: number) => 2 * leastSigma * (longest / (4 * leastSigma)) ** share;
  return screen(field, screenedSquare(field), {
    tau,
    frequency: slowest * (fastest(longest, tau) / slowest) ** u[1],
    sigmaX: sigma(u[2]),
    sigmaY: sigma(u[3]),
    x0: (u[4] - 0.5) * field.width,
    y0: (u[5] - 0.5) * field.height,
  });
}

interface Carrier {
  readonly frequency: number;
  readonly tau: number;
}

function carriersOf({ peak, spread }: SpectrumSummary): Carrier[] {
  const carriers: Carrier[] = [];
  const add = (frequency: number, tau: number) => carriers.push({ frequency, tau });
  const hasPeak = peak.f > leastPeak;
  if (hasPeak) {
    add(peak.f, peak.tau);
    add(slower.peak * peak.f, peak.tau);
  }
  if (!hasPeak || Math.abs(Math.sin(spread.tau - peak.tau)) > apart) {
    const f = Math.max(spread.f, leastPeak);
    add(f, spread.tau);
    add(slower.spread * f, spread.tau);
  }
  return carriers;
}

function envelopes(field: Field, { centre }: SpectrumSummary, { frequency, tau }: Carrier): Candidate[] {
  const widest = Math.max(field.height, field.width) / 2;
  const sigma = (periods: number) => Math.min(Math.max((2 * Math.PI * periods) / frequency, 2 * leastSigma), widest);
  return alongCarrier.flatMap((nx) =>
    alongBars.map((ny) => ({
      sigmaX: sigma(nx),
      sigmaY: sigma(ny),
      frequency,
      x0: centre.x,
      y0: centre.y,
      tau,
    })),
  );
}
