import { checkGabor, type Gabor } from "./gabor.js";

/** What a Gabor looks like, in the terms of the experiments. */
export interface GaborShape {
  /** σx = 1/√(2βx), along the carrier, units of length */
  readonly sigmaX: number;
  /** σy = 1/√(2βy), along the bars, units of length */
  readonly sigmaY: number;
  /** σx·f/2π: the envelope's σ along the carrier in periods of the carrier */
  readonly nx: number;
  /** σy·f/2π: the envelope's σ along the bars in periods of the carrier */
  readonly ny: number;
  /** σy/σx */
  readonly aspect: number;
  /** the carrier's |f|/2π, cycles per unit of length */
  readonly cyclesPerUnit: number;
  /** where the Fourier amplitude peaks, cycles per unit of length: not the carrier's where its two lobes overlap, 0 where the filter is lowpass */
  readonly peakCyclesPerUnit: number;
  /** the direction of the bars, τ + π/2 in [0, π), radians */
  readonly orientation: number;
  /** full width in octaves at half of the Fourier amplitude's peak; Infinity where there is no low cut-off */
  readonly frequencyBandwidthOctaves: number;
  /** half-width in radians at half of the peak; Infinity where no orientation falls that low, NaN where the peak is at frequency 0 */
  readonly orientationBandwidth: number;
  /** as frequencyBandwidthOctaves, at 1/√2 of the peak */
  readonly frequencyBandwidthOctavesRoot2: number;
  /** as orientationBandwidth, at 1/√2 of the peak */
  readonly orientationBandwidthRoot2: number;
}

/**
 * The derived measures of a Gabor, its bandwidths from its own Fourier amplitude.
 *
 * With `a = σx·f` and `s = σx·u` the squared amplitude at the frequency (u, v) along (x', y') is, up to a factor,
 * `exp(-s² - σy²·v²)·(cosh(2as) + cos 2φ)`: the carrier's two lobes and what they do to each other. Along u it has one
 * maximum, at 0 where `2a² <= 1 + cos 2φ` (a lowpass filter) and else where `s = a·sinh(2as)/(cosh(2as) + cos 2φ)`.
 * The frequency bandwidth is taken along u through the peak; the orientation bandwidth around the circle through it.
 *
 * @param g the eight parameters; the function counts, so every parameter vector of it gives the same shape
 * @returns the measures; lengths and frequencies in the Gabor's unit of length, angles in radians
 * @throws InputError if the Gabor is not one
 * Source: Ringach, J Neurophysiol 88:455 (2002), for nx and ny.
 */
export function gaborShape(g: Gabor): GaborShape {
  checkGabor("gaborShape", g);
  const sigmaX = 1 / Math.sqrt(2 * g.betaX);
  const sigmaY = 1 / Math.sqrt(2 * g.betaY);
  const cyclesPerUnit = Math.abs(g.frequency) / (2 * Math.PI);
  const spectrum: Spectrum = {
    a: sigmaX * Math.abs(g.frequency),
    // without a carrier the phase only scales: the spectrum is the envelope's
    evenness: g.frequency === 0 ? 2 : 2 * Math.cos(g.phase) ** 2,
    aspect: sigmaY / sigmaX,
  };
  const peak = peakOf(spectrum);
  return {
    sigmaX,
    sigmaY,
    nx: sigmaX * cyclesPerUnit,
    ny: sigmaY * cyclesPerUnit,
    aspect: spectrum.aspect,
    cyclesPerUnit,
    peakCyclesPerUnit: peak / sigmaX / (2 * Math.PI),
    orientation: barDirection(g.tau),
    frequencyBandwidthOctaves: octavesAt(spectrum, peak, Math.log(2)),
    orientationBandwidth: halfWidthAt(spectrum, peak, Math.log(2)),
    frequencyBandwidthOctavesRoot2: octavesAt(spectrum, peak, Math.log(2) / 2),
    orientationBandwidthRoot2: halfWidthAt(spectrum, peak, Math.log(2) / 2),
  };
}

/** The Fourier amplitude without its scale: `a = σx·f`, `evenness = 1 + cos 2φ`, `aspect = σy/σx`. */
interface Spectrum {
  readonly a: number;
  readonly evenness: number;
  readonly aspect: number;
}

/** The logarithm of the amplitude at `s = σx·u`, v = 0, up to a constant: both lobes, in a form that neither overflows nor cancels. */
function logAmplitude({ a, evenness }: Spectrum, s: number): number {
  const gap = -Math.expm1(-2 * a * s);
  return 0.5 * (-((s - a) ** 2) + Math.log(gap * gap + 2 * evenness * (1 - gap)));
}

/** The s of the maximum. `h(s)/s` falls for s > 0 (its derivative's sign is that of a sum of negative terms), so one root at most lies above 0. */
function peakOf(spectrum: Spectrum): number {
  const { a, evenness } = spectrum;
  if (2 * a * a <= evenness) return 0;
  const excess = (s: number): number => {
    const e = Math.exp(-2 * a * s);
    const gap = -Math.expm1(-2 * a * s);
    return (a * gap * (1 + e)) / (gap * gap + 2 * evenness * e) - s;
  };
  // h(s) <= a·coth(as) < a + 1/s, which is below s at a + 2
  return root(excess, Number.MIN_VALUE, a + 2);
}

function octavesAt(spectrum: Spectrum, peak: number, fall: number): number {
  const level = logAmplitude(spectrum, peak) - fall;
  if (!(logAmplitude(spectrum, 0) < level)) return Infinity;
  const above = (s: number) => logAmplitude(spectrum, s) - level;
  const low = root((s) => -above(s), 0, peak);
  let beyond = peak + 1;
  while (above(beyond) > 0) beyond *= 2;
  return Math.log2(root(above, peak, beyond) / low);
}

/** Around the circle the amplitude falls monotonically from the carrier's direction to the bars'. */
function halfWidthAt(spectrum: Spectrum, peak: number, fall: number): number {
  if (peak === 0) return NaN;
  const level = logAmplitude(spectrum, peak) - fall;
  const above = (angle: number) => {
    const across = spectrum.aspect * peak * Math.sin(angle);
    return logAmplitude(spectrum, peak * Math.cos(angle)) - 0.5 * across * across - level;
  };
  return above(Math.PI / 2) >= 0 ? Infinity : root(above, 0, Math.PI / 2);
}

/** Where a function that is positive just above `low` and negative at `high` changes its sign, by bisection to the last bit. */
function root(positiveThenNegative: (at: number) => number, low: number, high: number): number {
  for (let step = 0; step < 200; step++) {
    const middle = 0.5 * (low + high);
    if (middle === low || middle === high) break;
    if (positiveThenNegative(middle) > 0) low = middle;
    else high = middle;
  }
  return 0.5 * (low + high);
}

function barDirection(tau: number): number {
  const turned = tau + Math.PI / 2;
  const angle = turned - Math.PI * Math.floor(turned / Math.PI);
  return angle >= Math.PI ? 0 : angle;
}
