import { complexCell } from "../src/cells/complex-cell.js";
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { methods } from "../src/experiments/revcor-methods.js";
import { quadraturePair, renderGabor } from "../src/math/gabor.js";
import { principalAngles } from "../src/math/principal-angles.js";
import { mean } from "../src/math/statistics.js";
import {
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedCovarianceAngle,
} from "../src/reverse-correlation/goodness/theory.js";
import { spikeTriggeredCovariance } from "../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { frameSeconds, gaborOf, grid } from "./estimators-recovery.js";

/** Methods that find the plane of two filters. */
export const planeMethods = ["stc", "istac", "quadratic", "mid"] as const;
export type PlaneMethod = (typeof planeMethods)[number];

export const level = 0.05;
const [energyFrames, energySpikes, pixels] = [60_000, 20_000, 256];
export const degrees = (radians: number) => (radians * 180) / Math.PI;

/** Whether STC finds a filter beyond the average in a cell that has one filter. */
export function falsePositiveRun({ frames, seed }: { readonly frames: number; readonly seed: number }) {
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const spikes = poissonSpikes(simpleCell(gaborOf(seed)).respond(stimulus), { peakRate: 100, seed });
  const { significant, average } = spikeTriggeredCovariance(stimulus, spikes, { level, seed });
  return {
    found: significant.length > 0 ? 1 : 0,
    averageFound: average.projectedOut ? 1 : 0,
    spikes: spikes.spikes,
  };
}

/** The plane of an energy cell's pair, from 20,000 spikes at 16x16, and theory's angle for STC. */
export function energyRun({ method, seed }: { readonly method: PlaneMethod; readonly seed: number }) {
  const gabor = gaborOf(seed);
  const stimulus = whiteNoise({ grid, frames: energyFrames, frameSeconds, seed });
  const response = complexCell(gabor, { energy: true }).respond(stimulus);
  const peakDrive = mean(response.drive);
  const peakRate = energySpikes / (energyFrames * frameSeconds);
  const spikes = poissonSpikes(response, { peakRate, peakDrive, seed });
  const settings = {
    lags: 1,
    nullDraws: 99,
    level,
    seed,
    filters: method === "stc" || method === "istac" ? null : 2,
    subunit: null,
  };
  const from = performance.now();
  const { found } = methods[method].fit(stimulus, spikes, settings, {});
  const seconds = (performance.now() - from) / 1e3;
  // Of the covariance those beside the average, of the quadratic model those that count squared.
  const filters = found.filters.filter(({ label }) => label !== "average" && label !== "linear");
  const pair = quadraturePair(gabor).map((g) => renderGabor(g, grid).data);
  const plane = filters.slice(0, 2).map(({ kernel }) => kernel.data);
  const effective = effectiveSpikes(response.drive.map((drive) => (peakRate * frameSeconds * drive) / peakDrive));
  const beside = effectiveSpikesBesideAll(effective, energyFrames);
  return {
    both: filters.length >= 2 ? 1 : 0,
    further: Math.max(0, filters.length - 2),
    angle: plane.length === 2 ? degrees(principalAngles(plane, pair)[1]!) : Number.NaN,
    theory: degrees(expectedCovarianceAngle(1, pixels, beside)),
    spikes: spikes.spikes,
    seconds,
  };
}

/** The largest count that `trials` at the stated level exceed with a probability of at most 1 %. */
export function binomialLimit(trials: number): number {
  let term = (1 - level) ** trials;
  let [below, count] = [term, 0];
  while (below < 0.99) {
    term *= ((trials - count) / (count + 1)) * (level / (1 - level));
    count++;
    below += term;
  }
  return count;
}
