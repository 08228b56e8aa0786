import { describe, expect, it } from "vitest";
import { poissonSpikes } from "../../src/cells/poisson-spikes.js";
import { spaceTimeCell } from "../../src/cells/space-time-cell.js";
import { biphasicTimeCourse } from "../../src/cells/space-time-cell-examples.js";
import { chooseFieldModel } from "../../src/fit/choose-fit.js";
import { type FieldModel, fieldModels, fitFieldModel } from "../../src/fit/choose-fit-models.js";
import { estimatesOverTime } from "../../src/fit/held-out-estimates.js";
import { type Gabor, gaborValues } from "../../src/math/gabor.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { spaceTimeGaborValues } from "../../src/math/space-time-gabor.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/average/spike-triggered-average.js";
import type { Estimate } from "../../src/reverse-correlation/estimate.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";

const grid = { height: 10, width: 11 };
const [lags, pixels] = [8, 110];
const gabor: Gabor = {
  amplitude: 1,
  betaX: 0.15,
  betaY: 0.08,
  frequency: 1.1,
  phase: 0.8,
  x0: 0.4,
  y0: -0.6,
  tau: 0.7,
};

/** Values `[8, 10, 11]` of a field of each kind. */
const truths: Record<FieldModel, Float64Array> = {
  "difference-of-gaussians": product((x, y) => {
    const square = (x - 0.3) ** 2 + (y + 0.4) ** 2;
    return 1.5 * Math.exp(-square / 3) - 0.6 * Math.exp(-square / 12);
  }),
  gabor: product((_x, _y, p) => gaborValues(gabor, grid)[p]),
  "space-time-gabor": spaceTimeGaborValues({ ...gabor, betaT: 0.15, t0: 3.2, drift: 0.9 }, { grid, lags }),
};

function product(image: (x: number, y: number, p: number) => number): Float64Array {
  const time = biphasicTimeCourse(lags, 0.02);
  return Float64Array.from({ length: lags * pixels }, (_, i) => {
    const p = i % pixels;
    return time[Math.floor(i / pixels)] * image((p % 11) - 5, 4.5 - Math.floor(p / 11), p);
  });
}

/** The estimates of `blocks` blocks: a truth with independent normal noise. */
function partsOf(values: Float64Array, sigma: number, blocks: number, row: number): Estimate[] {
  return Array.from({ length: blocks }, (_, i): Estimate => {
    const noise = new Float32Array(values.length);
    fillNormal(noise, randomStream(5, "tests"), 100 * row + i);
    const kernel = tensor(
      values.map((value, k) => value + sigma * noise[k]),
      [values.length / pixels, 10, 11],
    );
    return { kind: "estimate", method: "made", grid, kernel, spikesUsed: 1, spikesSkipped: 0, warnings: [] };
  });
}

describe("chooseFieldModel", () => {
  it.each(fieldModels)("chooses the truth, %s, in each of 3 noisy recordings", (model) => {
    const chosen = Array.from({ length: 3 }, (_, row) => chooseFieldModel(partsOf(truths[model], 0.15, 4, row)).chosen);
    expect(chosen).toEqual([model, model, model]);
  });

  it("has the held-out errors that theory gives: noise, what is left of the field, what the parameters cost", () => {
    const values = truths["space-time-gabor"];
    const [sigma, blocks, runs] = [0.15, 5, 6];
    const numbers = values.length;
    const square = values.reduce((sum, x) => sum + x * x, 0) / numbers;
    const scores = Array.from({ length: runs }, (_, row) =>
      chooseFieldModel(partsOf(values, sigma, blocks, 50 + row), { models: ["space-time-gabor"] }),
    );
    const meanOf = (f: (score: (typeof scores)[number]) => number) => scores.reduce((sum, s) => sum + f(s), 0) / runs;
    const noise = sigma ** 2;
    // 6·5·880 squares of noise: a standard error of .87 %, and 3 of them
    const within = 0.026 * noise;
    expect(Math.abs(meanOf((s) => s.none.error) - square - noise)).toBeLessThan(within);
    expect(Math.abs(meanOf((s) => s.average.error) - noise * (1 + 1 / (blocks - 1)))).toBeLessThan(within);
    const ofModel = (s: (typeof scores)[number]) => s.models.find(({ model }) => model === "space-time-gabor");
    const cost = (11 / numbers / (blocks - 1)) * noise;
    expect(Math.abs(meanOf((s) => ofModel(s)?.error ?? NaN) - noise - cost)).toBeLessThan(within);
  });

  it("lists models from the fewest parameters on, with the differences from the best and their errors", () => {
    const { models, none } = chooseFieldModel(partsOf(truths.gabor, 0.15, 4, 1));
    expect(models.map(({ model, parameters }) => [model, parameters])).toEqual([
      ["space-time-gabor", 11],
      ["difference-of-gaussians", 13],
      ["gabor", 15],
    ]);
    const best = models[2];
    expect([best.excess, best.excessError]).toEqual([0, 0]);
    const differences = models[0].errors.map((error, i) => error - best.errors[i]);
    const mean = differences.reduce((sum, x) => sum + x, 0) / 4;
    expect(models[0].excess).toBeCloseTo(mean, 14);
    const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / 3;
    expect(models[0].excessError).toBeCloseTo(Math.sqrt(variance / 4), 14);
    expect(none.errors.length).toBe(4);
  });

  it("takes the simplest within one standard error of the best, also where another has the least error", () => {
    // a Gabor without carrier is a difference of Gaussians without surround
    const round = gaborValues({ ...gabor, betaY: gabor.betaX, frequency: 0, phase: 0 }, grid);
    const simpler = Array.from({ length: 12 }, (_, row) => {
      const { models, chosen } = chooseFieldModel(partsOf(round, 0.2, 4, 200 + row));
      const [dog, other] = models;
      expect(chosen).toBe(dog.excess <= dog.excessError ? dog.model : other.model);
      return dog.excess > 0 && chosen === dog.model;
    });
    expect(simpler.filter(Boolean).length).toBeGreaterThan(0);
  });

  it("of one lag compares images alone, and describes the whole recording by the choice", () => {
    const image = gaborValues(gabor, grid);
    const parts = partsOf(image, 0.1, 3, 3);
    const { models, chosen, fit, field, warnings } = chooseFieldModel(parts);
    expect(models.map(({ model, parameters }) => [model, parameters])).toEqual([
      ["difference-of-gaussians", 6],
      ["gabor", 8],
    ]);
    expect(chosen).toBe("gabor");
    expect(fit.kind === "gabor-fit" && Math.abs(fit.gabor.frequency - gabor.frequency)).toBeLessThan(0.05);
    expect(Math.max(...field.data.map((value, i) => Math.abs(value - image[i])))).toBeLessThan(0.1);
    expect(warnings).toEqual([]);
  });

  it("weighs blocks by their spikes", () => {
    const parts = partsOf(truths.gabor, 0, 3, 4);
    const odd = {
      ...parts[2],
      kernel: tensor(
        truths.gabor.map((x) => 4 * x),
        [8, 10, 11],
      ),
      spikesUsed: 2,
    };
    const { average } = chooseFieldModel([parts[0], parts[1], odd], { models: ["gabor"] });
    // without the first: (1·w + 2·4w)/3 = 3w against w
    const square = truths.gabor.reduce((sum, x) => sum + x * x, 0) / truths.gabor.length;
    expect(average.errors[0]).toBeCloseTo(4 * square, 6);
    expect(average.errors[2]).toBeCloseTo(9 * square, 6);
  });

  it("warns where nothing is foretold, and where the field holds more than the model", () => {
    const nothing = chooseFieldModel(partsOf(new Float64Array(880), 1, 4, 5));
    expect(nothing.warnings[0]).toBe("the chosen model foretells the held-out blocks no better than a field of 0 does");
    const two = truths.gabor.map((x, i) => x + truths["space-time-gabor"][i]);
    const { warnings } = chooseFieldModel(partsOf(two, 0.02, 4, 6));
    expect(warnings[0]).toMatch(/^the other blocks' average foretells a block better/);
  });

  it("refuses parts that are none or differ, and models that are none", () => {
    const parts = partsOf(truths.gabor, 0.1, 2, 7);
    const refused = (f: () => unknown, message: string) => expect(f).toThrow(new InputError(message));
    refused(
      () => chooseFieldModel([parts[0]]),
      "chooseFieldModel: parts is a list of 1, a list of at least two estimates is needed",
    );
    refused(
      () => chooseFieldModel([parts[0], parts[1].kernel as never]),
      "chooseFieldModel: parts[1] is a tensor of shape [8, 10, 11], an estimate is needed",
    );
    refused(
      () => chooseFieldModel([parts[0], ...partsOf(gaborValues(gabor, grid), 0.1, 1, 8)]),
      "chooseFieldModel: parts[1] has shape [1, 10, 11], the grid and shape of parts[0] are needed, [8, 10, 11]",
    );
    refused(
      () => chooseFieldModel([parts[0], { ...parts[1], spikesUsed: 0 }]),
      "chooseFieldModel: parts[1].spikesUsed is 0, a number above 0 is needed",
    );
    refused(
      () => chooseFieldModel(parts, { models: [] }),
      "chooseFieldModel: models is a list of 0, a list of at least one is needed",
    );
    refused(
      () => chooseFieldModel(parts, { models: ["gabor", "gabor"] }),
      'chooseFieldModel: models[1] is "gabor" again, each is compared once',
    );
    refused(
      () => chooseFieldModel(parts, { models: ["spline" as never] }),
      'chooseFieldModel: models[0] is "spline", one of "difference-of-gaussians", "gabor", "space-time-gabor" is needed',
    );
  });
});

describe("fitFieldModel", () => {
  it.each(fieldModels)("gives the field that %s says it is", (model) => {
    const [part] = partsOf(truths[model], 0, 1, 0);
    const { field } = fitFieldModel(model, part, 1);
    expect(Math.max(...field.data.map((value, i) => Math.abs(value - truths[model][i])))).toBeLessThan(1e-5);
  });
});

describe("estimatesOverTime", () => {
  const stimulus = whiteNoise({ grid, frames: 6000, frameSeconds: 0.02, seed: 4 });
  const temporal = biphasicTimeCourse(lags, 0.02);
  const spikes = poissonSpikes(spaceTimeCell({ gabor, temporal }).respond(stimulus), { peakRate: 100, seed: 4 });
  const average = (s: typeof stimulus, n: typeof spikes) => spikeTriggeredAverage(s, n, { lags });

  it("gives the estimates of blocks that share no frame: their spike-weighted mean is the whole but for the seams", () => {
    const parts = estimatesOverTime(stimulus, spikes, average, { blocks: 4 });
    expect(parts.length).toBe(4);
    const part = average(
      { ...stimulus, frames: 1500, read: (start, count, into) => stimulus.read(start + 1500, count, into) },
      {
        ...spikes,
        counts: spikes.counts.slice(1500, 3000),
        spikes: spikes.counts.slice(1500, 3000).reduce((a, n) => a + n, 0),
      },
    );
    expect([...parts[1].kernel.data]).toEqual([...part.kernel.data]);
    const used = parts.reduce((sum, p) => sum + p.spikesUsed, 0);
    const skipped = parts.reduce((sum, p) => sum + p.spikesSkipped, 0);
    expect(used + skipped).toBe(spikes.spikes);
    expect(skipped).toBeGreaterThan(0);
  });

  it("leads from a recording to a chosen model", () => {
    const parts = estimatesOverTime(stimulus, spikes, average);
    const { chosen, fit } = chooseFieldModel(parts, { frameSeconds: 0.02 });
    expect(chosen).toBe("gabor");
    expect(fit.kind === "gabor-fit" && Math.abs(fit.gabor.tau - gabor.tau)).toBeLessThan(0.1);
  });

  it("refuses what is no estimator, and too few frames", () => {
    expect(() => estimatesOverTime(stimulus, spikes, 3 as never)).toThrow(
      new InputError("estimatesOverTime: estimate is 3, a function is needed"),
    );
    expect(() => estimatesOverTime(stimulus, spikes, average, { blocks: 1 })).toThrow(
      new InputError("estimatesOverTime: blocks is 1, a whole number from 2 to 6000 is needed"),
    );
  });
});
