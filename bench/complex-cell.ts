/**
 * Spike-triggered covariance at full size. Complex cells: are both filters found, how far is their plane from the true one
 * beside theory, how often is a further filter found? One-filter cells: how often is any filter found beyond the STA?
 *
 * npx tsx bench/complex-cell.ts [complex seeds = 20] [one-filter seeds = 100] [first seed = 1] [frames = 200000] [one-filter frames = 40000]
 */
import { cpus } from "node:os";
import { complexCell } from "../src/cells/complex-cell.js";
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { quadraturePair, renderGabor } from "../src/math/gabor.js";
import { principalAngles } from "../src/math/principal-angles.js";
import {
  complexCellExcess,
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedCovarianceAngle,
} from "../src/reverse-correlation/goodness/theory.js";
import { spikeTriggeredCovariance } from "../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { binomialLimit, degrees, level } from "./estimators-filters.js";
import { frameSeconds, gaborOf, grid } from "./estimators-recovery.js";

const [peakRate, D] = [100, 256];

interface ComplexRow {
  readonly seed: number;
  readonly seconds: number;
  readonly spikes: number;
  /** excitatory filters among the first two */
  readonly found: number;
  readonly further: number;
  /** degrees */
  readonly angle: number;
  readonly theory: number;
  readonly averageOut: boolean;
}

function complexRow(seed: number, frames: number): ComplexRow {
  const gabor = gaborOf(seed);
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const response = complexCell(gabor).respond(stimulus);
  const spikes = poissonSpikes(response, { peakRate, seed });
  const from = performance.now();
  const result = spikeTriggeredCovariance(stimulus, spikes, { level, seed });
  const seconds = (performance.now() - from) / 1e3;

  const peak = response.drive.reduce((a, b) => Math.max(a, b));
  const effective = effectiveSpikes(response.drive.map((drive) => (peakRate * frameSeconds * drive) / peak));
  const beside = effectiveSpikesBesideAll(effective, frames);
  const [, smaller] = complexCellExcess(gabor, grid);
  const filters = result.significant.slice(0, 2).filter(({ sign }) => sign === 1);
  const plane = quadraturePair(gabor).map((g) => renderGabor(g, grid).data);
  const angles =
    filters.length === 2
      ? principalAngles(
          filters.map(({ filter }) => filter.data),
          plane,
        )
      : [Number.NaN];
  return {
    seed,
    seconds,
    spikes: result.spikesUsed,
    found: filters.length,
    further: result.significant.length - filters.length,
    angle: degrees(angles[angles.length - 1]!),
    theory: degrees(expectedCovarianceAngle(smaller, D, beside)),
    averageOut: result.average.projectedOut,
  };
}

/** How many filters beyond the STA a one-filter cell shows, and whether the STA itself was significant. */
function simpleRow(seed: number, frames: number) {
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const spikes = poissonSpikes(simpleCell(gaborOf(seed)).respond(stimulus), { peakRate, seed });
  const from = performance.now();
  const { significant, average, spikesUsed } = spikeTriggeredCovariance(stimulus, spikes, { level, seed });
  const seconds = (performance.now() - from) / 1e3;
  return { seed, seconds, spikes: spikesUsed, beyond: significant.length, averageOut: average.projectedOut };
}

const number = (at: number, otherwise: number) => Number(process.argv[at] ?? otherwise);
const [complexSeeds, simpleSeeds, first] = [number(2, 20), number(3, 100), number(4, 1)];
const [complexFrames, simpleFrames] = [number(5, 200_000), number(6, 40_000)];
console.log(`${cpus()[0]?.model}, Node ${process.version}; 16x16 at 60 Hz, peak rate ${peakRate}/s`);

console.log(`\ncomplex cells, ${complexFrames} frames`);
console.log("  seed   spikes  found  further   angle   theory  ratio  STA out        s");
const complex: ComplexRow[] = [];
for (let seed = first; seed < first + complexSeeds; seed++) {
  const row = complexRow(seed, complexFrames);
  complex.push(row);
  const angles = `${row.angle.toFixed(2).padStart(7)}°${row.theory.toFixed(2).padStart(7)}°`;
  const counts = `${String(row.found).padStart(7)}${String(row.further).padStart(9)}`;
  const rest = `${(row.angle / row.theory).toFixed(3).padStart(7)}${String(row.averageOut).padStart(9)}`;
  console.log(
    `${String(seed).padStart(6)}${String(row.spikes).padStart(9)}${counts} ${angles}${rest}${row.seconds.toFixed(1).padStart(9)}`,
  );
}

console.log(`\none-filter cells, ${simpleFrames} frames`);
console.log("  seed   spikes   beyond the STA  STA out        s");
const simple: ReturnType<typeof simpleRow>[] = [];
for (let seed = first; seed < first + simpleSeeds; seed++) {
  const row = simpleRow(seed, simpleFrames);
  simple.push(row);
  const counts = `${String(row.spikes).padStart(9)}${String(row.beyond).padStart(17)}${String(row.averageOut).padStart(9)}`;
  console.log(`${String(seed).padStart(6)}${counts}${row.seconds.toFixed(1).padStart(9)}`);
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
const ratios = complex.map((row) => row.angle / row.theory);
const summary = {
  bench: "complex-cell",
  node: process.version,
  complex: {
    frames: complexFrames,
    seeds: complex.length,
    bothFound: complex.filter((row) => row.found === 2).length,
    withFurther: complex.filter((row) => row.further > 0).length,
    limit: binomialLimit(complex.length),
    averageProjectedOut: complex.filter((row) => row.averageOut).length,
    meanRatio: mean(ratios),
    largestRatio: ratios.reduce((a, b) => Math.max(a, b), 0),
    meanSeconds: mean(complex.map((row) => row.seconds)),
  },
  simple: {
    frames: simpleFrames,
    seeds: simple.length,
    withFilter: simple.filter((row) => row.beyond > 0).length,
    limit: binomialLimit(simple.length),
    averageProjectedOut: simple.filter((row) => row.averageOut).length,
    meanSeconds: mean(simple.map((row) => row.seconds)),
  },
};
const { complex: c, simple: s } = summary;
const table: readonly (readonly [string, string, string])[] = [
  ["complex cells: both filters found", `${c.bothFound} of ${c.seeds}`, "all"],
  ["complex cells: a further filter found", `${c.withFurther} of ${c.seeds}`, `at most ${c.limit}`],
  ["complex cells: largest angle / theory, mean", c.meanRatio.toFixed(3), ""],
  ["complex cells: largest angle / theory, largest", c.largestRatio.toFixed(3), "at most 1.3"],
  ["one-filter cells: any filter beyond the STA", `${s.withFilter} of ${s.seeds}`, `at most ${s.limit}`],
  ["one-filter cells: STA significant", `${s.averageProjectedOut} of ${s.seeds}`, "all"],
];
console.log("");
const shown = table.filter(([name]) => (name.startsWith("one") ? s.seeds : c.seeds) > 0);
for (const [name, got, wanted] of shown) console.log(name.padEnd(46) + got.padStart(12) + wanted.padStart(14));
console.log(JSON.stringify(summary));
