import { describe, expect, it } from "vitest";
import { complexCell } from "../../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { quadraturePair, renderGabor } from "../../../src/math/gabor.js";
import { gramBlock } from "../../../src/math/gram.js";
import { principalAngles } from "../../../src/math/principal-angles.js";
import { symmetricEigen } from "../../../src/math/symmetric-eigen.js";
import {
  complexCellExcess,
  effectiveSpikes,
  effectiveSpikesBesideAll,
  expectedCovarianceAngle,
} from "../../../src/reverse-correlation/goodness/theory.js";
import { nullShifts } from "../../../src/reverse-correlation/subspaces/null-shifts.js";
import {
  type SpikeTriggeredCovarianceOptions,
  spikeTriggeredCovariance,
} from "../../../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { tensor } from "../../../src/tensor/tensor.js";

const frameSeconds = 0.1;
const gabor = { amplitude: 1, betaX: 0.2, betaY: 0.15, frequency: 1.2, phase: 0.4, x0: 0.3, y0: -0.2, tau: 0.5 };
const noise = (seed: number, frames: number, side = 6) =>
  whiteNoise({ grid: { height: side, width: side }, frames, frameSeconds, seed });
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);

/** The definition: all windows made, each repeated once a spike, mean and covariance about it. */
function covarianceByDefinition(windows: readonly number[][], weights: readonly number[]) {
  const total = weights.reduce((a, b) => a + b, 0);
  const D = windows[0].length;
  const mean = Array.from({ length: D }, (_, i) => windows.reduce((sum, x, t) => sum + weights[t] * x[i], 0) / total);
  const covariance = Float64Array.from({ length: D * D }, (_, at) => {
    const [i, j] = [Math.floor(at / D), at % D];
    return windows.reduce((sum, x, t) => sum + weights[t] * (x[i] - mean[i]) * (x[j] - mean[j]), 0) / total;
  });
  return { mean, covariance };
}

function windowsByDefinition(stimulus: ReturnType<typeof noise>, lags: number): number[][] {
  const frame = (t: number) => Array.from(stimulus.read(t, 1));
  return Array.from({ length: stimulus.frames - lags + 1 }, (_, i) =>
    Array.from({ length: lags }, (_, k) => frame(i + lags - 1 - k)).flat(),
  );
}

/** The nested test from its definition: every draw's train shifted by hand, every projection made on the windows themselves. */
function roundsByDefinition(
  stimulus: ReturnType<typeof noise>,
  counts: readonly number[],
  options: {
    lags: number;
    seed: number;
    nullDraws: number;
    level: number;
    projectOutAverage: boolean | "if-significant";
  },
) {
  const { lags, seed, nullDraws, level, projectOutAverage } = options;
  const used = counts.slice(lags - 1);
  const trains = nullShifts("test", stimulus, lags, nullDraws, seed).map((shift) =>
    used.map((_, t) => used[(t + used.length - shift) % used.length]),
  );
  let windows = windowsByDefinition(stimulus, lags);
  const ones = used.map(() => 1);
  const averageOf = (weights: readonly number[]) => {
    const all = covarianceByDefinition(windows, ones).mean;
    return covarianceByDefinition(windows, weights).mean.map((value, i) => value - all[i]);
  };
  const average = averageOf(used);
  const reached = trains.filter((train) => Math.hypot(...averageOf(train)) >= Math.hypot(...average)).length;
  const averageP = (1 + reached) / (1 + nullDraws);
  const projectedOut = projectOutAverage === "if-significant" ? averageP <= level : projectOutAverage;
  const removed = (d: readonly number[]) => windows.map((x) => x.map((value, i) => value - dot(x, d) * d[i]));
  if (projectedOut) windows = removed(average.map((value) => value / Math.hypot(...average)));
  const rounds = [];
  for (;;) {
    const all = covarianceByDefinition(windows, ones).covariance;
    const eigenOf = (weights: readonly number[]) => {
      const own = covarianceByDefinition(windows, weights).covariance;
      return symmetricEigen(
        own.map((value, i) => value - all[i]),
        windows[0].length,
      );
    };
    const { values, vectors } = eigenOf(used);
    const nulls = trains.map((train) => eigenOf(train).values);
    const [low, high] = [-1, 1].map((sign) => {
      const at = sign === 1 ? values.length - 1 : 0;
      const ends = nulls.map((draw) => draw[at]);
      const beyond = ends.filter((value) => sign * value >= sign * values[at]).length;
      const mean = ends.reduce((sum, value) => sum + value, 0) / nullDraws;
      const squares = ends.reduce((sum, value) => sum + (value - mean) ** 2, 0);
      const sorted = ends.map((value) => sign * value).sort((a, b) => b - a);
      const deviation = Math.sqrt(squares / (nullDraws - 1));
      const p = (1 + beyond) / (1 + nullDraws);
      return {
        sign,
        at,
        p,
        band: sign * sorted[Math.round((level / 2) * (1 + nullDraws)) - 1],
        mean,
        deviation,
        away: Math.abs(values[at] - mean) / deviation,
      };
    });
    const passing = [high, low].filter(({ p }) => p <= level / 2).sort((a, b) => b.away - a.away);
    const best = passing[0];
    const D = windows[0].length;
    const direction = best && Array.from(vectors.slice(best.at * D, (best.at + 1) * D));
    rounds.push({ low, high, found: best && { sign: best.sign, value: values[best.at], direction } });
    if (best === undefined) return { rounds, projectedOut, averageP };
    windows = removed(direction);
  }
}

describe("spike-triggered covariance", () => {
  it.each([1, 2, 3])("has the eigenvalues of C_spike - C_all as they are defined, with %i lags", (lags) => {
    const stimulus = noise(5, 120, 3);
    const counts = Array.from({ length: 120 }, (_, t) => (t * t) % 4);
    const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), {
      lags,
      seed: 1,
      nullDraws: 39,
      projectOutAverage: false,
    });
    const windows = windowsByDefinition(stimulus, lags);
    const spikes = covarianceByDefinition(windows, counts.slice(lags - 1));
    const all = covarianceByDefinition(windows, new Array(windows.length).fill(1));
    const D = 9 * lags;
    const { values } = symmetricEigen(
      spikes.covariance.map((value, i) => value - all.covariance[i]),
      D,
    );
    values.forEach((value, i) => {
      expect(found.eigenvalues[i]).toBeCloseTo(value, 5);
    });
    expect(found.average.norm).toBeCloseTo(Math.hypot(...spikes.mean.map((value, i) => value - all.mean[i])), 5);
    expect(found.spikesSkipped).toBe(counts.slice(0, lags - 1).reduce((a, b) => a + b, 0));
    expect(found.spikesUsed + found.spikesSkipped).toBe(counts.reduce((a, b) => a + b, 0));
  });

  it("projects the stimulus orthogonally to the average: the eigenvalues are those of projected windows, one of them 0", () => {
    const stimulus = noise(6, 150, 3);
    const counts = Array.from({ length: 150 }, (_, t) => (stimulus.read(t, 1)[4] > 0.5 ? 2 : t % 2));
    const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), {
      seed: 1,
      projectOutAverage: true,
    });
    const windows = windowsByDefinition(stimulus, 1);
    const spikes = covarianceByDefinition(windows, counts);
    const all = covarianceByDefinition(
      windows,
      counts.map(() => 1),
    );
    const difference = spikes.mean.map((value, i) => value - all.mean[i]);
    const unit = difference.map((value) => value / Math.hypot(...difference));
    const projected = windows.map((x) => x.map((value, i) => value - dot(x, unit) * unit[i]));
    const [a, b] = [
      covarianceByDefinition(projected, counts),
      covarianceByDefinition(
        projected,
        counts.map(() => 1),
      ),
    ];
    const { values } = symmetricEigen(
      a.covariance.map((value, i) => value - b.covariance[i]),
      9,
    );
    values.forEach((value, i) => {
      expect(found.eigenvalues[i]).toBeCloseTo(value, 5);
    });
    expect(Math.min(...found.eigenvalues.map(Math.abs))).toBeLessThan(1e-6);
    expect(found.average.projectedOut).toBe(true);
  });

  it("finds both filters of a complex cell, spanning its plane, and no average", () => {
    const stimulus = noise(2, 12_000);
    const response = complexCell(gabor).respond(stimulus);
    const found = spikeTriggeredCovariance(stimulus, poissonSpikes(response, { peakRate: 15, seed: 2 }), { seed: 2 });
    expect(found.average.projectedOut).toBe(false);
    expect(found.significant.map(({ sign }) => sign)).toEqual([1, 1]);
    expect(found.significant.map(({ index }) => index)).toEqual([35, 34]);
    const plane = quadraturePair(gabor).map((g) => renderGabor(g, stimulus.grid).data);
    const angles = principalAngles(
      found.significant.map(({ filter }) => filter.data),
      plane,
    );
    const peak = response.drive.reduce((a, b) => Math.max(a, b));
    const effective = effectiveSpikes(response.drive.map((drive) => (1.5 * drive) / peak));
    const [, smaller] = complexCellExcess(gabor, stimulus.grid);
    const expected = expectedCovarianceAngle(smaller, 36, effectiveSpikesBesideAll(effective, stimulus.frames));
    expect(angles[1]).toBeLessThan(1.3 * expected);
    for (const { filter } of found.significant) expect(dot(filter.data, filter.data)).toBeCloseTo(1, 10);
    expect(found.significant[0].filter.shape).toEqual([1, 6, 6]);
    expect(found.nullBand.high.length).toBe(3);
    expect(found.eigenvalues[34]).toBeGreaterThan(found.nullBand.high[1]);
    expect(found.pValues.high[2]).toBeGreaterThan(0.025);
  });

  it("finds a suppressive filter, with its sign and its place at the bottom", () => {
    const stimulus = noise(3, 8000, 4);
    const field = renderGabor(gabor, stimulus.grid).data;
    const counts = Array.from({ length: 8000 }, (_, t) => (Math.abs(dot(stimulus.read(t, 1), field)) < 0.8 ? 1 : 0));
    const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), { seed: 4 });
    expect(found.significant.map(({ sign, index }) => [sign, index])).toEqual([[-1, 0]]);
    const cosine = dot(found.significant[0].filter.data, field) / Math.hypot(...field);
    expect(Math.abs(cosine)).toBeGreaterThan(0.98);
  });

  it("projects a simple cell's average out where it is significant, and without that shows one suppressive axis", () => {
    const stimulus = noise(7, 12_000);
    const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 40, seed: 7 });
    const found = spikeTriggeredCovariance(stimulus, spikes, { seed: 7 });
    expect(found.average.projectedOut).toBe(true);
    expect(found.average.pValue).toBe(0.01);
    expect(found.significant).toEqual([]);
    const kept = spikeTriggeredCovariance(stimulus, spikes, { seed: 7, projectOutAverage: false });
    expect(kept.significant.map(({ sign }) => sign)).toEqual([-1]);
    // Half-squaring leaves a variance of 1 + l = 3 - 8/π about the mean; noise moves an extreme eigenvalue to (1 + l)(1 + γ/l).
    const l = 2 - 8 / Math.PI;
    expect(Math.abs(kept.eigenvalues[0] - ((1 + l) * (1 + 36 / kept.spikesUsed / l) - 1))).toBeLessThan(0.05);
  });

  it("stays at its level for one-filter cells (60 seeds, at most 8 with a filter: binomial 99 %)", () => {
    let withFilter = 0;
    for (let seed = 0; seed < 60; seed++) {
      const stimulus = noise(100 + seed, 1500, 4);
      const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 40, seed });
      if (spikeTriggeredCovariance(stimulus, spikes, { seed, nullDraws: 39 }).significant.length > 0) withFilter++;
    }
    expect(withFilter).toBeLessThanOrEqual(8);
  });

  it("never lets a spike see a later frame", () => {
    const values = Float32Array.from({ length: 90 * 4 }, (_, i) => Math.sin(i * i));
    const later = values.map((value, i) => (i >= 80 * 4 ? 50 * value : value));
    const counts = Array.from({ length: 90 }, (_, t) => (t < 80 ? (t * 7) % 3 : 0));
    const average = (data: Float32Array) => {
      const stimulus = stimulusFrom(tensor(data, [90, 2, 2]), { frameSeconds });
      const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), {
        lags: 2,
        seed: 1,
        nullDraws: 39,
      });
      // The mean of all windows does see the later frames; the spikes' own does not.
      const all = covarianceByDefinition(windowsByDefinition(stimulus, 2), new Array(89).fill(1)).mean;
      return found.average.kernel.data.map((value, i) => value + all[i]);
    };
    const [before, after] = [average(values), average(later)];
    before.forEach((value, i) => {
      expect(after[i]).toBeCloseTo(value, 5);
    });
  });

  it.each([
    [1, "if-significant", 1],
    [2, "if-significant", 2],
    [3, true, 2],
    [4, false, 1],
  ] as const)(
    "tests every round as its definition does, with windows made by hand (seed %i, average %s, %i lags)",
    (seed, projectOutAverage, lags) => {
      const stimulus = noise(seed, 240, 3);
      const field = [0, 1, 0, -1, 2, 0, 0, 1, -1];
      const drive = (t: number) => dot(stimulus.read(t, 1), field);
      const counts = Array.from({ length: 240 }, (_, t) =>
        t % 3 > 0 ? Math.min(5, Math.floor(drive(t) ** 2 / 4)) : 0,
      );
      const options = { lags, seed, nullDraws: 59, level: 0.1, projectOutAverage };
      const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), options);
      const wanted = roundsByDefinition(stimulus, counts, options);
      expect(found.significant.length).toBeGreaterThan(0);
      expect(found.average.projectedOut).toBe(wanted.projectedOut);
      expect(found.average.pValue).toBe(wanted.averageP);
      expect(found.nullBand.low.length).toBe(wanted.rounds.length);
      wanted.rounds.forEach((round, r) => {
        expect(found.nullBand.low[r]).toBeCloseTo(round.low.band, 5);
        expect(found.nullBand.high[r]).toBeCloseTo(round.high.band, 5);
        expect(found.nullMean.high[r]).toBeCloseTo(round.high.mean, 5);
        expect(found.nullDeviation.low[r]).toBeCloseTo(round.low.deviation, 5);
        expect([found.pValues.low[r], found.pValues.high[r]]).toEqual([round.low.p, round.high.p]);
        expect(found.significant[r]?.sign).toBe(round.found?.sign);
        if (round.found === undefined) return;
        expect(Math.abs(dot(found.significant[r].filter.data, round.found.direction))).toBeCloseTo(1, 6);
        expect(found.eigenvalues[found.significant[r].index]).toBeCloseTo(round.found.value, 5);
      });
    },
  );

  it("does not see the stimulus's mean: 300 more contrast everywhere changes nothing but the float32 of the frames", () => {
    const stimulus = noise(8, 500, 3);
    const counts = Array.from({ length: 500 }, (_, t) => (t * t) % 3);
    const values = stimulus.read(0, 500);
    const run = (offset: number) =>
      spikeTriggeredCovariance(
        stimulusFrom(
          tensor(
            values.map((value) => value + offset),
            [500, 3, 3],
          ),
          { frameSeconds },
        ),
        spikesFrom(counts, { frameSeconds }),
        { seed: 3, lags: 2 },
      );
    const [plain, raised] = [run(0), run(300)];
    plain.eigenvalues.forEach((value, i) => {
      expect(raised.eigenvalues[i]).toBeCloseTo(value, 3);
    });
    plain.average.kernel.data.forEach((value, i) => {
      expect(raised.average.kernel.data[i]).toBeCloseTo(value, 3);
    });
    expect(raised.pValues).toEqual(plain.pValues);
  });

  it("takes a direction without variance as 0 and says how many directions there are", () => {
    const base = noise(4, 700, 3).read(0, 700);
    // Pixels 9 to 17 repeat pixels 0 to 8 with another sign and scale: 18 pixels, 9 directions.
    const doubled = Float32Array.from({ length: 700 * 18 }, (_, at) => {
      const [t, i] = [Math.floor(at / 18), at % 18];
      return i < 9 ? base[t * 9 + i] : -2 * base[t * 9 + i - 9];
    });
    const stimulus = stimulusFrom(tensor(doubled, [700, 3, 6]), { frameSeconds });
    const counts = Array.from({ length: 700 }, (_, t) => (base[t * 9 + 4] ** 2 > 1 ? 1 : 0));
    const found = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), { seed: 1 });
    expect(found.warnings).toEqual(["the stimulus varies in 9 of 18 directions: nothing is known of the others"]);
    expect(found.eigenvalues.filter((value) => Math.abs(value) < 1e-5).length).toBe(9);
    expect(found.significant.map(({ sign, index }) => [sign, index])).toEqual([[1, 17]]);
  });

  it("warns of a stimulus that is not white", () => {
    const values = noise(4, 700, 3).read(0, 700).slice();
    for (let t = 1; t < 700; t++) for (let i = 0; i < 9; i++) values[t * 9 + i] += 0.7 * values[t * 9 + ((i + 1) % 9)];
    const counts = Array.from({ length: 700 }, (_, t) => t % 2);
    const run = (data: Float32Array) =>
      spikeTriggeredCovariance(
        stimulusFrom(tensor(data, [700, 3, 3]), { frameSeconds }),
        spikesFrom(counts, { frameSeconds }),
        { seed: 1 },
      ).warnings;
    expect(run(noise(4, 700, 3).read(0, 700))).toEqual([]);
    expect(run(values)).toHaveLength(1);
    expect(run(values)[0]).toMatch(
      /^the stimulus is not white: its largest variance is [\d.]+ times the mean, by chance 1\.24/,
    );
  });

  it("tells how far it is and stops within the rounds too", () => {
    const frames = 2 * gramBlock + 100;
    const stimulus = noise(9, frames, 3);
    const spikes = spikesFrom(new Uint32Array(frames).fill(1), { frameSeconds });
    const steps: (readonly [number, number])[] = [];
    const options = { seed: 1, nullDraws: 39, onProgress: (done: number, total: number) => steps.push([done, total]) };
    spikeTriggeredCovariance(stimulus, spikes, options);
    expect(steps).toEqual([gramBlock, 2 * gramBlock, frames].map((done) => [done, frames]));
    let looks = 0;
    const signal = {
      get aborted() {
        // 3 blocks of 41 products come first.
        return ++looks > 3 * 41 + 5;
      },
    };
    expect(() => spikeTriggeredCovariance(stimulus, spikes, { seed: 1, nullDraws: 39, signal })).toThrow(
      "spikeTriggeredCovariance: cancelled",
    );
    expect(looks).toBe(3 * 41 + 6);
  });

  it("gives the same bits for the same seed", () => {
    const stimulus = noise(9, 600, 4);
    const spikes = poissonSpikes(complexCell(gabor).respond(stimulus), { peakRate: 20, seed: 1 });
    const run = (seed: number) => spikeTriggeredCovariance(stimulus, spikes, { seed });
    expect(run(1)).toEqual(run(1));
    expect(run(1).nullBand).not.toEqual(run(2).nullBand);
  });

  it("warns of pixels that never change and of too few spikes", () => {
    const values = Float32Array.from({ length: 60 * 4 }, (_, i) => (i % 4 === 3 ? 0.5 : Math.sin(i * i)));
    const stimulus = stimulusFrom(tensor(values, [60, 2, 2]), { frameSeconds });
    const counts = new Uint32Array(60);
    counts[20] = 1;
    counts[30] = 2;
    const options = { seed: 1, nullDraws: 39 };
    const { warnings } = spikeTriggeredCovariance(stimulus, spikesFrom(counts, { frameSeconds }), options);
    expect(warnings).toEqual([
      "1 of 4 pixels times lags never change: nothing is known of them",
      "3 spikes for 4 pixels times lags: the covariance among spikes has no full rank",
    ]);
  });

  it("refuses what it cannot use, by name", () => {
    const stimulus = noise(1, 60, 2);
    const spikes = spikesFrom(new Uint32Array(60).fill(1), { frameSeconds });
    const run =
      (options: Partial<SpikeTriggeredCovarianceOptions>, train = spikes) =>
      () =>
        spikeTriggeredCovariance(stimulus, train, { seed: 1, ...options });
    expect(run({ nullDraws: 38 })).toThrow(
      "spikeTriggeredCovariance: nullDraws is 38, a level of 0.05 needs at least 39",
    );
    expect(run({ nullDraws: 39 })).not.toThrow();
    expect(run({ level: 0 })).toThrow("spikeTriggeredCovariance: level is 0, a number between 0 and 1 is needed");
    expect(run({ projectOutAverage: "yes" as never })).toThrow(
      'projectOutAverage is "yes", true, false or "if-significant" is needed',
    );
    expect(run({ lags: 30 })).toThrow(
      "stimulus has 31 bins with a full window, at least 178 are needed to shift the spikes by 40 either way in 99 draws",
    );
    expect(run({ seed: -1 })).toThrow("spikeTriggeredCovariance: seed is -1");
    expect(run({}, spikesFrom(new Uint32Array(60), { frameSeconds }))).toThrow(
      "spikes has no spike from bin 0 on (0 before it), at least one is needed",
    );
    const once = spikesFrom(
      Array.from({ length: 60 }, (_, t) => (t === 7 ? 3 : 0)),
      { frameSeconds },
    );
    expect(run({}, once)).toThrow("spikes has its 3 spikes in one bin: one stimulus has no covariance");
    expect(run({}, spikesFrom([1], { frameSeconds }))).toThrow("spikes has 1 bins, the stimulus has 60 frames");
    expect(run({ nullDraws: 39, signal: { aborted: true } })).toThrow("spikeTriggeredCovariance: cancelled");
    expect(run({ draws: 3 } as never)).toThrow('option "draws" is not known');
    const constant = stimulusFrom(tensor(new Float32Array(60), [60, 1, 1]), { frameSeconds });
    expect(() => spikeTriggeredCovariance(constant, spikes, { seed: 1, nullDraws: 39 })).toThrow(
      "stimulus is constant",
    );
    const wide = whiteNoise({ grid: { height: 100, width: 100 }, frames: 60, frameSeconds, seed: 1 });
    expect(() => spikeTriggeredCovariance(wide, spikes, { seed: 1 })).toThrow(
      "10000 pixels times lags and 99 draws need 75 GiB, at most 6 are taken",
    );
  });
});
