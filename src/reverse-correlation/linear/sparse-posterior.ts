import { logNormal } from "../../math/normal-tail.js";
import { type Posterior, posteriorOf } from "./evidence.js";
import type { LinearMoments } from "./moments.js";

const mostRounds = 12;
const tolerance = 0.02;
/** How far a round goes: all sites at once, in full, may swing. */
const damping = 0.7;

/**
 * The posterior under the elastic net's prior, `exp(-λ/σ²·(a·Σ|w| + ½·(1 - a)·Σw²))`, as a Gaussian, by expectation propagation.
 *
 * Each factor `exp(-λ·a·|w|/σ²)` is stood for by a Gaussian, so chosen that with all others Gaussian the mean and the variance of
 * its weight are those under the factor itself.
 *
 * @param mode [n], the elastic net's weights, from which it starts
 * @param noiseVariance σ²
 * @returns what it found, with σ² as noise variance; the evidence is not that of this prior
 * @see Seeger 2008, Bayesian inference and optimal design for the sparse linear model
 */
export function sparsePosterior(
  moments: LinearMoments,
  mode: Float64Array,
  penalty: number,
  mixing: number,
  noiseVariance: number,
): Posterior {
  const { n, gram, cross } = moments;
  const steepness = (penalty * mixing) / noiseVariance;
  const even = (penalty * (1 - mixing)) / noiseVariance;
  let sites: readonly Site[] = Array.from(mode, (w, j) => {
    const spread = Math.sqrt(noiseVariance / (gram[j * n + j]! + penalty));
    return { precision: steepness / Math.hypot(w, spread, 1e-3 / steepness), shift: 0 };
  });
  for (let round = 1; ; round++) {
    const ratios = Float64Array.from(sites, ({ precision }) => 1 / (noiseVariance * (precision + even)));
    const shifted = { ...moments, cross: cross.map((r, j) => r + noiseVariance * sites[j]!.shift) };
    const posterior = { ...posteriorOf(shifted, ratios), noiseVariance };
    if (steepness === 0 || round === mostRounds) return posterior;
    const variances = new Float64Array(n);
    for (let at = 0; at < n * n; at++) variances[at % n]! += noiseVariance * posterior.root[at]! ** 2;
    const next = sites.map((site, j) => nextSite(site, posterior.coefficients[j]!, variances[j]!, steepness));
    if (next.every(({ change }) => change < tolerance)) return posterior;
    sites = next;
  }
}

/** A Gaussian factor `exp(-½·precision·w² + shift·w)`. */
interface Site {
  readonly precision: number;
  readonly shift: number;
}

/** The site that gives a weight the moments it has under `exp(-κ·|w|)`, in part; and how much these were off. */
function nextSite({ precision, shift }: Site, mean: number, variance: number, steepness: number) {
  const rest = 1 / variance - precision;
  if (!(rest > 1e-10 / variance)) return { precision, shift, change: 0 };
  const [spread, middle] = [1 / rest, (mean / variance - shift) / rest];
  const tilted = laplaceMoments(middle, spread, steepness);
  const full = {
    precision: Math.max(0, 1 / tilted.variance - rest),
    shift: tilted.mean / tilted.variance - middle * rest,
  };
  return {
    precision: Math.max(1e-12 * rest, precision + damping * (full.precision - precision)),
    shift: shift + damping * (full.shift - shift),
    change: Math.max(Math.abs(tilted.variance / variance - 1), Math.abs(tilted.mean - mean) / Math.sqrt(variance)),
  };
}

/**
 * Mean and variance of a number whose density is `N(middle, spread)·exp(-κ·|w|)` but for a constant: on either side of 0 a normal
 * moved towards it by κ·spread, cut off at 0.
 */
export function laplaceMoments(middle: number, spread: number, steepness: number) {
  const s = Math.sqrt(spread);
  const sides = [1, -1].map((sign) => {
    const centre = sign * middle - steepness * spread;
    const { density, below } = logNormal(centre / s);
    const hazard = s * Math.exp(density - below);
    return {
      log: below - sign * steepness * middle,
      first: sign * (centre + hazard),
      second: spread + centre * (centre + hazard),
    };
  });
  const [up, down] = sides as [(typeof sides)[0], (typeof sides)[0]];
  const share = 1 / (1 + Math.exp(down.log - up.log));
  const mean = share * up.first + (1 - share) * down.first;
  const varianceOf = ({ first, second }: typeof up) => Math.max(0, second - first * first);
  const variance =
    share * varianceOf(up) + (1 - share) * varianceOf(down) + share * (1 - share) * (up.first - down.first) ** 2;
  return { mean, variance: Math.max(variance, 1e-12 * spread) };
}
