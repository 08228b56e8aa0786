import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { fillNormal, poissonAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { estimateNonlinearity } from "../../../src/reverse-correlation/nonlinearity/estimate.js";
import { rateForms } from "../../../src/reverse-correlation/nonlinearity/forms.js";
import { linearNonlinearModel } from "../../../src/reverse-correlation/nonlinearity/model.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { tensor } from "../../../src/tensor/tensor.js";

const frameSeconds = 0.02;

/** Frames of one or two pixels of normal noise, and Poisson spikes of a rate of them, spikes/s. */
function recorded(rate: (z: number, z2: number) => number, frames: number, seed: number) {
  const values = new Float32Array(2 * frames);
  fillNormal(values, randomStream(seed, "tests"), 0);
  const stimulus = stimulusFrom(tensor(values, [frames, 1, 2]), { frameSeconds });
  const counts = Array.from({ length: frames }, (_, t) =>
    poissonAt(rate(values[2 * t], values[2 * t + 1]) * frameSeconds, randomStream(seed, "spikes"), t),
  );
  return { stimulus, spikes: spikesFrom(counts, { frameSeconds }), values, counts };
}

const first = tensor([1, 0], [1, 1, 2]);
const second = tensor([0, 1], [1, 1, 2]);
const within = (share: number) => {
  expect(share).toBeGreaterThanOrEqual(0.92);
  expect(share).toBeLessThanOrEqual(0.98);
};

describe("the rate in bins", () => {
  it("is the spikes over the time in each bin of equally many frames, with the error of the mean count", () => {
    const z = [0, 1, 2, 3, 4, 5, 6, 7];
    const counts = [0, 1, 2, 3, 0, 0, 9, 1];
    const stimulus = stimulusFrom(tensor(z, [8, 1, 1]), { frameSeconds });
    const found = estimateNonlinearity(z, stimulus, spikesFrom(counts, { frameSeconds }), {
      kind: "histogram",
      bins: 2,
    });
    expect([...found.edges[0]]).toEqual([0, 3.5, 7]);
    expect([...found.centres[0]]).toEqual([1.5, 5.5]);
    expect([...found.rates]).toEqual([6 / 4 / frameSeconds, 10 / 4 / frameSeconds]);
    expect([...found.frames]).toEqual([4, 4]);
    expect([...found.spikes]).toEqual([6, 10]);
    // Sample variance of 0, 1, 2, 3 is 5/3, over 4 frames.
    expect(found.standardErrors[0]).toBeCloseTo(Math.sqrt(5 / 12) / frameSeconds, 10);
    expect(found.sparse).toEqual([0]);
    expect(found.warnings).toEqual(["1 of 2 bins hold fewer than 10 spikes: their standard errors say little"]);
    expect(found.rateAt(-9)).toBe(75);
    expect(found.rateAt(3.5)).toBeCloseTo(100, 10);
  });

  it("covers the true mean rate of the bin in 95 % of 20 bins times 40 recordings", () => {
    let inside = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { stimulus, spikes, values } = recorded((z) => 30 * Math.exp(0.5 * z), 4000, seed);
      const found = estimateNonlinearity(first, stimulus, spikes, { kind: "histogram" });
      const truth = new Float64Array(20);
      for (let t = 0; t < 4000; t++) {
        const bin = Math.max(0, found.edges[0].findIndex((edge) => values[2 * t] <= edge) - 1);
        truth[bin] += (30 * Math.exp(0.5 * values[2 * t])) / found.frames[bin];
      }
      found.rates.forEach((rate, i) => {
        if (Math.abs(rate - truth[i]) < 1.96 * found.standardErrors[i]) inside++;
      });
    }
    within(inside / 800);
  });

  it("of two filters finds the ring of an energy cell, and says which bins are sparse", () => {
    const { stimulus, spikes } = recorded((a, b) => 10 * (a * a + b * b), 20_000, 3);
    const found = estimateNonlinearity([first, second], stimulus, spikes, { kind: "histogram", bins: 6 });
    expect(found.dimensions).toBe(2);
    expect(found.rates.length).toBe(36);
    let misses = 0;
    for (let i = 0; i < 6; i++) {
      for (let j = 0; j < 6; j++) {
        // Within a bin of normal noise E z² is not the square of E z: compared at the inner bins only roughly.
        const truth = 10 * (found.centres[0][i] ** 2 + found.centres[1][j] ** 2);
        if (Math.abs(found.rates[6 * i + j] - truth) > 4 * found.standardErrors[6 * i + j] + 3) misses++;
      }
    }
    expect(misses).toBe(0);
    expect(found.rateAt(1.5, 1.5)).toBe(found.rates[35]);
    expect(found.rateAt(-1.5, 0.1)).toBe(found.rates[3]);
    const few = recorded(() => 3, 2000, 4);
    const sparse = estimateNonlinearity([first, second], few.stimulus, few.spikes, { kind: "histogram", bins: 8 });
    expect(sparse.sparse.length).toBeGreaterThan(40);
    expect(sparse.warnings[0]).toContain("of 64 bins hold fewer than 10 spikes");
  });

  it("keeps the bins apart that a binary drive has", () => {
    const z = Array.from({ length: 100 }, (_, t) => (t % 2 ? 1 : -1));
    const stimulus = stimulusFrom(tensor(z, [100, 1, 1]), { frameSeconds });
    const spikes = spikesFrom(
      z.map((value) => (value > 0 ? 2 : 0)),
      { frameSeconds },
    );
    const found = estimateNonlinearity(z, stimulus, spikes, { kind: "histogram", bins: 4 });
    expect([...found.rates]).toEqual([0, 100]);
    expect(found.warnings[0]).toBe("drive 0 has few different values: 2 bins in place of 4");
  });
});

describe("the spline", () => {
  it("follows a rate that no formula of ours has, within its errors: 95 % over 420 places", () => {
    let inside = 0;
    const truth = (z: number) => 40 + 30 * Math.sin(1.5 * z);
    for (let seed = 0; seed < 60; seed++) {
      const { stimulus, spikes } = recorded(truth, 1500, 100 + seed);
      const found = estimateNonlinearity(first, stimulus, spikes, { kind: "spline" });
      expect(found.converged).toBe(true);
      for (const z of [-1.5, -1, -0.5, 0, 0.5, 1, 1.5])
        if (Math.abs(found.rateAt(z) - truth(z)) < 1.96 * found.standardErrorAt(z)) inside++;
    }
    within(inside / 420);
  });

  it("is nearly the exponential where the truth is one, and stays what it is beyond its range", () => {
    const { stimulus, spikes } = recorded((z) => 20 * Math.exp(0.6 * z), 20_000, 7);
    const found = estimateNonlinearity(first, stimulus, spikes, { kind: "spline" });
    expect(found.freedom).toBeLessThan(5);
    for (const z of [-2, -1, 0, 1, 2]) expect(found.rateAt(z) / (20 * Math.exp(0.6 * z))).toBeCloseTo(1, 0);
    expect(found.rateAt(50)).toBe(found.rateAt(found.range[1]));
  });
});

describe("the formulas", () => {
  // Many spikes a bin: what counts for the errors is their number, and few bins are quick.
  const truths = {
    exponential: [400, 0.7],
    "soft-rectified": [400, 2, 0.3],
    power: [1200, -0.5, 1.8, 240],
  } as const;

  it("have the derivatives of central differences", () => {
    for (const name of Object.keys(truths) as (keyof typeof truths)[]) {
      const form = rateForms[name];
      const into = new Float64Array(truths[name].length);
      for (const z of [-1.3, 0.2, 1.9]) {
        form.derivatives(truths[name], z, into);
        truths[name].forEach((value, i) => {
          const at = (by: number) =>
            form.rate(
              truths[name].map((p, j) => (i === j ? p + by : p)),
              z,
            );
          const h = 1e-5 * Math.abs(value);
          expect(into[i]).toBeCloseTo((at(h) - at(-h)) / (2 * h), 5);
        });
      }
    }
  });

  for (const name of Object.keys(truths) as (keyof typeof truths)[]) {
    it(`${name}: 95 % intervals hold the true parameters in 92 to 98 % of 400 recordings`, () => {
      const form = rateForms[name];
      const inside = new Float64Array(truths[name].length);
      const runs = 400;
      for (let seed = 0; seed < runs; seed++) {
        const { stimulus, spikes } = recorded((z) => form.rate(truths[name], z), 400, 1000 + seed);
        const found = estimateNonlinearity(first, stimulus, spikes, { kind: name });
        expect(found.converged).toBe(true);
        form.names.forEach((letter, i) => {
          const away = Math.abs(found.parameters[letter] - truths[name][i]);
          if (away < 1.96 * found.standardErrors[letter]) inside[i]++;
        });
      }
      for (const count of inside) within(count / runs);
    });
  }

  it("do not depend on the unit of the drive", () => {
    const { stimulus, spikes, values } = recorded((z) => rateForms.power.rate(truths.power, z), 1000, 5);
    for (const kind of ["exponential", "soft-rectified", "power"] as const) {
      const z = Array.from({ length: 1000 }, (_, t) => values[2 * t]);
      const one = estimateNonlinearity(z, stimulus, spikes, { kind });
      const other = estimateNonlinearity(
        z.map((value) => 1000 * value),
        stimulus,
        spikes,
        { kind },
      );
      expect(other.logLikelihood).toBeCloseTo(one.logLikelihood, 5);
      expect(other.rateAt(1200) / one.rateAt(1.2)).toBeCloseTo(1, 5);
    }
  });

  it("the true form has the greatest likelihood of the three", () => {
    for (const name of Object.keys(truths) as (keyof typeof truths)[]) {
      const { stimulus, spikes } = recorded((z) => rateForms[name].rate(truths[name], z), 2000, 11);
      const of = (kind: keyof typeof truths) => estimateNonlinearity(first, stimulus, spikes, { kind }).logLikelihood;
      const best = Math.max(of("exponential"), of("soft-rectified"), of("power"));
      expect(of(name)).toBeGreaterThan(best - 2);
    }
  });

  it("say what ended on its bound, and what the data do not determine", () => {
    const squared = recorded((z) => 20 * Math.max(0, z) ** 2, 5000, 2);
    const found = estimateNonlinearity(first, squared.stimulus, squared.spikes, { kind: "power" });
    expect(found.parameters.d).toBe(0);
    expect(found.standardErrors.d).toBeNaN();
    expect(found.warnings).toContain("d ended on its bound, 0.0");
    const { p, a, c } = found.parameters;
    expect(Math.abs(p - 2)).toBeLessThan(4 * found.standardErrors.p);
    expect(Math.abs(a - 20)).toBeLessThan(4 * found.standardErrors.a);
    expect(Math.abs(c)).toBeLessThan(0.3);
    const falling = recorded((z) => 10 * Math.exp(-z), 3000, 2);
    expect(estimateNonlinearity(first, falling.stimulus, falling.spikes, { kind: "power" }).warnings.join()).toContain(
      "turn the filter's sign",
    );
  });
});

describe("a filter and a nonlinearity", () => {
  it("predict the expected spikes of each bin, from the first full window on", () => {
    const stimulus = whiteNoise({ grid: { height: 1, width: 2 }, frames: 10, frameSeconds, seed: 1 });
    const shown = stimulus.read(0, 10);
    const kernel = tensor([1, 2, 3, 4], [2, 1, 2]);
    const model = linearNonlinearModel(kernel, { kind: "nonlinearity", dimensions: 1, rateAt: (z) => 10 + z });
    const { expected, first: from, method } = model.predict(stimulus);
    expect([model.lags, from, method, expected[0]]).toEqual([2, 1, "linear-nonlinear", 0]);
    const z = shown[8] + 2 * shown[9] + 3 * shown[6] + 4 * shown[7];
    expect(expected[4]).toBeCloseTo((10 + z) * frameSeconds, 10);
  });

  it("of two filters takes both outputs", () => {
    const stimulus = whiteNoise({ grid: { height: 1, width: 2 }, frames: 5, frameSeconds, seed: 1 });
    const nonlinearity = {
      kind: "nonlinearity",
      dimensions: 2,
      rateAt: (a: number, b?: number) => a * 2 + b!,
    } as const;
    const shown = stimulus.read(0, 5);
    const { expected } = linearNonlinearModel([first, second], nonlinearity).predict(stimulus);
    expect(expected[3]).toBeCloseTo((2 * shown[6] + shown[7]) * frameSeconds, 10);
    const slower = { ...stimulus, frameSeconds: 2 * stimulus.frameSeconds };
    expect(() => linearNonlinearModel([first, second], { ...nonlinearity, frameSeconds }).predict(slower)).toThrow(
      "predict: the stimulus has frames of",
    );
    expect(() => linearNonlinearModel(first, nonlinearity)).toThrow("kernel holds 1 filters, the nonlinearity takes 2");
  });
});

describe("refusals", () => {
  const { stimulus, spikes } = recorded(() => 20, 200, 1);
  const drive = Array.from({ length: 200 }, (_, t) => t);
  it("names what it got and what it needs", () => {
    const run = (source: Parameters<typeof estimateNonlinearity>[0], options: object) => () =>
      estimateNonlinearity(source, stimulus, spikes, options as { kind: "power" });
    expect(run(first, { kind: "cubic" })).toThrow(
      'estimateNonlinearity: kind is "cubic", one of "histogram", "spline"',
    );
    expect(run(first, { kind: "spline", bins: 3 })).toThrow('option "bins" is not known');
    expect(run(first, { kind: "histogram", first: 3 })).toThrow("first is given beside a filter");
    expect(run([first, second], { kind: "power" })).toThrow('kind is "power", two filters need "histogram"');
    expect(run(drive.slice(1), { kind: "power" })).toThrow("drive has 199 numbers, the stimulus has 200 frames");
    expect(
      run(
        drive.map((z) => (z === 7 ? NaN : z)),
        { kind: "power" },
      ),
    ).toThrow("drive[7] is NaN");
    expect(
      run(
        drive.map(() => 3),
        { kind: "power" },
      ),
    ).toThrow("drive 0 is 3 in every frame, it must vary");
    const silent = spikesFrom(new Uint32Array(200), { frameSeconds });
    const single = spikesFrom(
      Array.from({ length: 200 }, (_, t) => (t === 90 ? 1 : 0)),
      { frameSeconds },
    );
    for (const kind of ["histogram", "spline", "exponential"] as const)
      expect(estimateNonlinearity(first, stimulus, single, { kind }).warnings[0]).toContain("one spike");
    expect(() => estimateNonlinearity(first, stimulus, silent, { kind: "power" })).toThrow(
      "spikes has no spike from bin 0 on (0 before it)",
    );
  });
});
