/**
 * A simple cell's field from white noise, beside what theory predicts: (a) the correlation of the spike-triggered average
 * with the truth, 24x24, and (b) how often each parameter of its Gabor lies within 2 standard errors of the truth, 16x16.
 * Gaussian noise at 60 Hz, half-squaring, peak rate 100 spikes/s. One core.
 *
 * npx tsx bench/simple-cell.ts [frames 200000] [seeds of (a) 20] [seeds of (b) 400]
 */
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { fitGabor } from "../src/fit/fit-gabor.js";
import { canonicalGabor, type Gabor, gaborParameters, renderGabor } from "../src/math/gabor.js";
import { type Grid, pixelsOf } from "../src/math/grid.js";
import { correlation, mean, standardError } from "../src/math/statistics.js";
import { norm } from "../src/math/vectors.js";
import { spikeTriggeredAverage } from "../src/reverse-correlation/average/spike-triggered-average.js";
import {
  averageGain,
  effectiveSpikes,
  expectedAverageCorrelation,
} from "../src/reverse-correlation/goodness/theory.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";

const [frames = 200_000, seedsA = 20, seedsB = 400] = process.argv.slice(2).map(Number);
const peakRate = 100;
const frameSeconds = 1 / 60;
const gain = averageGain.squared;

const cellOf = (sigmaX: number, sigmaY: number, cycles: number): Gabor =>
  canonicalGabor({
    amplitude: 1,
    betaX: 0.5 / sigmaX ** 2,
    betaY: 0.5 / sigmaY ** 2,
    frequency: 2 * Math.PI * cycles,
    phase: 0.9,
    x0: 0.4,
    y0: -0.6,
    tau: 0.6,
  });
const [large, small] = [cellOf(3, 4, 0.12), cellOf(2.2, 2.8, 0.16)];

/** One recording: the average, and the drive z of the unit-norm filter with the expected counts, for theory. */
function record(gabor: Gabor, grid: Grid, seed: number) {
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const response = simpleCell(gabor).respond(stimulus);
  const spikes = poissonSpikes(response, { peakRate, seed });
  const peak = response.drive.reduce((most, drive) => Math.max(most, drive), 0);
  const expected = response.drive.map((drive) => (peakRate * frameSeconds * drive) / peak);
  const length = norm(renderGabor(gabor, grid).data);
  // half-squaring: where a spike is expected, z is the root of the drive
  const z = response.drive.map((drive) => Math.sqrt(drive) / length);
  return { estimate: spikeTriggeredAverage(stimulus, spikes), expected, z, length, spikes: spikes.spikes };
}

/** The variance of the average along its own filter, over that across it: `Σ(λ+λ²)(z-m)² / Σ(λ+λ²)`. */
function varianceAlong(expected: Float64Array, z: Float64Array): number {
  let [along, all] = [0, 0];
  expected.forEach((count, t) => {
    const weight = count + count * count;
    along += weight * (z[t] - gain) ** 2;
    all += weight;
  });
  return along / all;
}

function correlations() {
  const grid = { height: 24, width: 24 };
  const truth = renderGabor(large, grid).data;
  const found: number[] = [];
  const theory: number[] = [];
  for (let seed = 1; seed <= seedsA; seed++) {
    const { estimate, expected } = record(large, grid, seed);
    found.push(correlation(estimate.kernel.data, truth));
    theory.push(expectedAverageCorrelation(gain, pixelsOf(grid), effectiveSpikes(expected)));
  }
  return { found: mean(found), error: standardError(found), theory: mean(theory) };
}

/** Differences in standard errors; angles on the turn nearest to the truth. */
function scores(found: Gabor, errors: Gabor, truth: Gabor): Record<keyof Gabor, number> {
  const same = Math.cos(found.tau - truth.tau) >= 0;
  const near = same ? found : { ...found, tau: found.tau + Math.PI, phase: -found.phase };
  const turn = (angle: number) => angle - 2 * Math.PI * Math.round(angle / (2 * Math.PI));
  const score = (name: keyof Gabor) => {
    const difference = near[name] - truth[name];
    return (name === "tau" || name === "phase" ? turn(difference) : difference) / errors[name];
  };
  return Object.fromEntries(gaborParameters.map((name) => [name, score(name)])) as Record<keyof Gabor, number>;
}

function coverage() {
  const grid = { height: 16, width: 16 };
  const names = [...gaborParameters, "amplitude, average's own error"];
  const all: number[][] = names.map(() => []);
  const warnings: string[] = [];
  for (let seed = 1; seed <= seedsB; seed++) {
    const { estimate, expected, z, length } = record(small, grid, 1000 + seed);
    const fit = fitGabor(estimate);
    warnings.push(...fit.warnings);
    const truth = { ...small, amplitude: (gain * small.amplitude) / length };
    const score = scores(fit.gabor, fit.standardErrors, truth);
    for (const [i, name] of gaborParameters.entries()) all[i].push(score[name]);
    // the amplitude's row of the pseudo-inverse has the product α/‖w‖ with the filter, in which the noise is smaller
    const left = norm(fit.residual.data) ** 2 / (pixelsOf(grid) - gaborParameters.length);
    const share = (fit.gabor.amplitude / norm(renderGabor(fit.gabor, grid).data)) ** 2;
    const own = Math.sqrt(fit.standardErrors.amplitude ** 2 + (varianceAlong(expected, z) - 1) * left * share);
    all[names.length - 1].push((score.amplitude * fit.standardErrors.amplitude) / own);
    if (seed % 50 === 0) process.stderr.write(`${seed} of ${seedsB} seeds\n`);
  }
  const rows = names.map((name, i) => {
    const within = all[i].filter((score) => Math.abs(score) <= 2).length / seedsB;
    const squares = mean(all[i].map((score) => score * score));
    return {
      name,
      within,
      error: Math.sqrt((within * (1 - within)) / seedsB),
      meanScore: mean(all[i]),
      meanError: standardError(all[i]),
      spread: Math.sqrt(squares - mean(all[i]) ** 2),
    };
  });
  return { rows, warnings: warnings.length };
}

const from = performance.now();
const a = correlations();
const middle = performance.now();
const signed = (x: number, digits: number) => x.toFixed(digits).padStart(digits + 3);
console.log(`(a) 24x24, ${frames} frames, ${seedsA} seeds: correlation of the average and the truth`);
console.log(`    mean ${a.found.toFixed(5)} ± ${a.error.toFixed(5)}, theory ${a.theory.toFixed(5)}`);
console.log(`    ratio to theory ${(a.found / a.theory).toFixed(5)}; ${((middle - from) / 1e3).toFixed(0)} s`);
const b = coverage();
const seconds = (performance.now() - middle) / 1e3;
console.log(`\n(b) 16x16, ${frames} frames, ${seedsB} seeds: (estimate - truth) / standard error`);
console.log("    parameter                        within 2 (± binomial)   mean ± error     spread");
for (const { name, within, error, meanScore, meanError, spread } of b.rows) {
  const mark = name === "amplitude" ? "amplitude (truth m·α/‖w‖)" : name;
  console.log(
    `    ${mark.padEnd(32)} ${within.toFixed(4)} ± ${error.toFixed(4)}      ${signed(meanScore, 3)} ± ${meanError.toFixed(3)}   ${spread.toFixed(3)}`,
  );
}
console.log(`    warnings: ${b.warnings}; ${seconds.toFixed(0)} s`);
console.log(JSON.stringify({ bench: "simple-cell", frames, peakRate, seedsA, seedsB, a, b }));
