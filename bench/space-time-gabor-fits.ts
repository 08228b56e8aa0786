/**
 * Coverage of the 95 % intervals of a space-time Gabor's eleven parameters, over fields of one Gabor in independent normal
 * noise of known deviation, 12x13 pixels and 10 lags; and the fits a second on one core.
 *
 * An interval is the estimate ± 1.96 standard errors, which come from the residuals alone. `z` is the error over the noise's
 * own standard error: its spread says whether estimates scatter as much as the errors say, its mean whether they are biased.
 *
 * npx tsx bench/space-time-gabor-fits.ts [runs 2000] [seed 1]
 */
import { fitSpaceTimeGabor } from "../src/fit/fit-space-time-gabor.js";
import { wilsonInterval } from "../src/math/intervals.js";
import { fillNormal } from "../src/math/random.js";
import { randomStream } from "../src/math/random-streams.js";
import {
  spaceTimeGaborParameters as names,
  type SpaceTimeGabor,
  spaceTimeGaborValues,
} from "../src/math/space-time-gabor.js";
import { mean, variance } from "../src/math/statistics.js";
import { tensor } from "../src/tensor/tensor.js";

const [runs = 2000, seed = 1] = process.argv.slice(2).map(Number);
const over = { grid: { height: 12, width: 13 }, lags: 10 };
const truth: SpaceTimeGabor = {
  amplitude: 1,
  betaX: 0.12,
  betaY: 0.07,
  frequency: 1.1,
  phase: 0.8,
  x0: 0.6,
  y0: -0.9,
  tau: 1.2,
  betaT: 0.15,
  t0: 4.2,
  drift: 0.6,
};
const clean = spaceTimeGaborValues(truth, over);

for (const deviation of [0.1, 0.2, 0.3]) {
  const z: Record<string, number[]> = {};
  let milliseconds = 0;
  for (let run = 0; run < runs; run++) {
    const noise = new Float32Array(clean.length);
    fillNormal(noise, randomStream(seed, "tests"), run);
    const field = tensor(
      clean.map((value, i) => value + deviation * noise[i]),
      [over.lags, over.grid.height, over.grid.width],
    );
    const start = performance.now();
    const { gabor, standardErrors } = fitSpaceTimeGabor(field);
    milliseconds += performance.now() - start;
    for (const name of names) {
      const difference = gabor[name] - truth[name];
      const near = name === "phase" ? Math.atan2(Math.sin(difference), Math.cos(difference)) : difference;
      // no standard error, on a bound: the interval does not hold the truth
      const error = near / standardErrors[name];
      z[name] ??= [];
      z[name].push(Number.isFinite(error) ? error : Infinity);
    }
  }
  console.log(`noise ${deviation} of the amplitude, ${runs} runs, ${(milliseconds / runs).toFixed(2)} ms a fit`);
  for (const name of names) {
    const inside = z[name].filter((value) => Math.abs(value) <= 1.96).length;
    const told = z[name].filter(Number.isFinite);
    const { low, high } = wilsonInterval(inside, runs);
    console.log(
      `  ${name.padEnd(10)} coverage ${((100 * inside) / runs).toFixed(1)} % (${(100 * low).toFixed(1)} to ${(100 * high).toFixed(1)}), mean z ${mean(told).toFixed(2)}, sd ${Math.sqrt(variance(told)).toFixed(2)}`,
    );
  }
  const coverage = Object.fromEntries(
    names.map((name) => [name, z[name].filter((value) => Math.abs(value) <= 1.96).length / runs]),
  );
  console.log(JSON.stringify({ deviation, runs, seed, millisecondsAFit: milliseconds / runs, coverage }));
}
