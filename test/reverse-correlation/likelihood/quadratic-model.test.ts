import { describe, expect, it } from "vitest";
import { cellFrom } from "../../../src/cells/function-cell.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { principalAngles } from "../../../src/math/principal-angles.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { bitsPerSpike } from "../../../src/reverse-correlation/goodness/bits-per-spike.js";
import { etaOf, expectedAt } from "../../../src/reverse-correlation/likelihood/poisson-link.js";
import { quadraticLoss, unpacked } from "../../../src/reverse-correlation/likelihood/quadratic-likelihood.js";
import { fitQuadraticModel } from "../../../src/reverse-correlation/likelihood/quadratic-model.js";
import { poissonLoss, relativeSlope } from "../../../src/reverse-correlation/likelihood/quadratic-output.js";
import { drivesOf, weightedSum, windowsIn } from "../../../src/reverse-correlation/likelihood/quadratic-windows.js";
import { ensemblesOf } from "../../../src/reverse-correlation/subspaces/istac-ensembles.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import {
  angleBetween,
  deadLeaves,
  energyCell,
  frameSeconds,
  gabor,
  gradientError,
  grid,
  noise,
  spikesOf,
  train,
} from "../subspaces/subspace-cells.js";

describe("the output of a drive", () => {
  it.each(["exponential", "softplus"] as const)(
    "%s: the drive for an expected count gives it, slopes are differences",
    (output) => {
      for (const expected of [1e-14, 1e-3, 1, 50]) {
        expect(expectedAt(output, etaOf(output, expected)) / expected).toBeCloseTo(1, 12);
      }
      for (const q of [-40, -3, 0.2, 5]) {
        const h = 1e-5;
        const slope = (Math.log(expectedAt(output, q + h)) - Math.log(expectedAt(output, q - h))) / (2 * h);
        expect(relativeSlope(output, q)).toBeCloseTo(slope, 8);
        const slopes = new Float64Array(1);
        const loss = (by: number) => poissonLoss(output, Float64Array.of(q + by), [3], new Float64Array(1));
        poissonLoss(output, Float64Array.of(q), [3], slopes);
        expect(slopes[0]).toBeCloseTo((loss(h) - loss(-h)) / (2 * h), 5);
      }
    },
  );

  it("of a softplus is that of an exponential far below 0, without a step where the formula changes", () => {
    expect(expectedAt("softplus", -35.999999) / expectedAt("softplus", -36.000001)).toBeCloseTo(1, 5);
    expect(relativeSlope("softplus", -35.999999)).toBeCloseTo(relativeSlope("softplus", -36.000001), 12);
  });
});

describe("windows held in memory", () => {
  it("give drives whose adjoint is the weighted sum: <drives(w), r> = <w, sum(r)>, with every lag in its place", () => {
    const stimulus = noise(1, 50, 3);
    const windows = windowsIn("test", stimulus, train(new Uint32Array(50).fill(1)), 3);
    const w = Float64Array.from({ length: 27 }, (_, i) => Math.sin(3 * i));
    const r = Float64Array.from({ length: 48 }, (_, i) => Math.cos(2 * i));
    const drives = drivesOf(windows, w);
    const inner = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i], 0);
    expect(inner(drives, r)).toBeCloseTo(inner(w, weightedSum(windows, r)), 10);
    const byHand = [0, 1, 2].reduce(
      (sum, k) => sum + stimulus.read(7 - k, 1).reduce((part, x, p) => part + x * w[9 * k + p], 0),
      0,
    );
    expect(drives[5]).toBeCloseTo(byHand, 10);
  });
});

describe("the quadratic model", () => {
  it.each(["exponential", "softplus"] as const)("has a gradient that central differences confirm, %s", (output) => {
    const stimulus = deadLeaves(1, 60);
    const small = stimulusFrom(
      tensor(
        Float32Array.from({ length: 240 }, (_, i) => stimulus.read(i >> 2, 1)[9 * (i & 3)]),
        [60, 2, 2],
      ),
      { frameSeconds },
    );
    const spikes = train(Array.from({ length: 60 }, (_, t) => (t * t) % 3));
    const windows = windowsIn("test", small, spikes, 2);
    const { white } = ensemblesOf("test", small, spikes, { lags: 2, leastVariance: 1e-5 });
    const loss = (x: Float64Array, g: Float64Array) =>
      quadraticLoss(windows, white, output, unpacked(x, 8, [1, -1]), g);
    const x = Float64Array.from({ length: 25 }, (_, i) => 0.4 * Math.sin(2 * i + 1));
    expect(gradientError(loss, x)).toBeLessThan(1e-7);
  });

  it("recovers a cell of its own form, excitatory and suppressive, with the constant: closed form and likelihood alike", () => {
    const [a, b] = [0.4, -0.4];
    // λ = exp(½(.4·x0² - .4·x1²) + .3·x0 + .6·x2 - 1.2)
    const cell = cellFrom(({ data, shape }) =>
      Array.from({ length: shape[0] }, (_, t) => {
        const x = data.subarray(9 * t, 9 * t + 9);
        return Math.exp(0.5 * (a * x[0] ** 2 + b * x[1] ** 2) + 0.3 * x[0] + 0.6 * x[2] - 1.2);
      }),
    );
    const stimulus = noise(2, 20000, 3);
    const drive = cell.respond(stimulus);
    const poisson = spikesOf(drive, 2);
    const scale = Math.log(poisson.spikes / drive.drive.reduce((sum, x) => sum + x, 0));
    for (const method of ["expected", "likelihood"] as const) {
      const model = fitQuadraticModel(stimulus, poisson, { method });
      const [up, down] = [...model.squared].sort((p, q) => q.weight - p.weight);
      expect([up.sign, down.sign]).toEqual([1, -1]);
      // standard errors of some .02 from 10^4 spikes, wider for the closed form in a heavy tail
      expect(Math.abs(up.weight - a)).toBeLessThan(0.06);
      expect(Math.abs(down.weight - b)).toBeLessThan(0.08);
      expect(Math.abs(up.filter.data[0])).toBeGreaterThan(0.99);
      expect(Math.abs(down.filter.data[1])).toBeGreaterThan(0.98);
      expect(Math.abs(model.kernel.data[0] - 0.3)).toBeLessThan(0.06);
      expect(Math.abs(model.kernel.data[2] - 0.6)).toBeLessThan(0.05);
      expect(Math.abs(model.constant - (-1.2 + scale))).toBeLessThan(0.08);
    }
  });

  it("finds both filters of an energy cell within 1.1 of the angle that theory predicts", () => {
    const { stimulus, spikes, plane, theory } = energyCell(2, 12000);
    const angles = (model: ReturnType<typeof fitQuadraticModel>) =>
      Math.max(
        ...principalAngles(
          plane,
          model.squared.map(({ filter }) => filter),
        ),
      );
    expect(angles(fitQuadraticModel(stimulus, spikes, { method: "expected" }))).toBeLessThan(1.1 * theory);
    const softplus = fitQuadraticModel(stimulus, spikes, { output: "softplus" });
    expect(angles(softplus)).toBeLessThan(1.1 * theory);
    expect(softplus.squared.map(({ sign }) => sign)).toEqual([1, 1]);
    expect(softplus.converged).toBe(true);
    expect(softplus.bitsPerSpike).toBeCloseTo(bitsPerSpike(softplus.predict(stimulus), spikes).bits, 9);
  });

  it("sees a simple cell through dead leaves, where the STA is biased, and foretells held-out spikes", () => {
    const stimulus = deadLeaves(1, 8000);
    const cell = simpleCell(gabor);
    const response = cell.respond(stimulus);
    const spikes = spikesOf(response, 1);
    const truth = renderGabor(gabor, grid);
    const model = fitQuadraticModel(stimulus, spikes, { output: "softplus", rank: 1 });
    expect(angleBetween(truth, spikeTriggeredAverage(stimulus, spikes).kernel)).toBeGreaterThan(0.5);
    expect(angleBetween(truth, model.kernel)).toBeLessThan(0.2);
    const held = deadLeaves(2, 3000);
    expect(bitsPerSpike(model.predict(held), spikesOf(cell.respond(held), 5)).bits).toBeGreaterThan(1.8);
  });

  it("has its field in the kernel whatever the mean: grey levels of 128 ± 40 give the kernel, the constant and the prediction", () => {
    const stimulus = noise(6, 6000, 3);
    const field = Float64Array.from({ length: 9 }, (_, i) => Math.sin(2 * i));
    const cell = cellFrom(({ data, shape }) =>
      Array.from(
        { length: shape[0] },
        (_, t) => Math.max(0, 1 + field.reduce((sum, w, p) => sum + w * data[9 * t + p], 0)) ** 2,
      ),
    );
    const spikes = spikesOf(cell.respond(stimulus), 6);
    for (const lags of [1, 2])
      for (const method of ["likelihood", "expected"] as const) {
        const one = fitQuadraticModel(stimulus, spikes, { lags, method });
        for (const [by, scale] of [
          [128, 40],
          [1000, 1],
        ]) {
          const shown = stimulusFrom(
            tensor(
              stimulus.read(0, 6000).map((x, i) => by + (i % 9) + scale * x),
              [6000, 3, 3],
            ),
            { frameSeconds },
          );
          const other = fitQuadraticModel(shown, spikes, { lags, method });
          const own = tensor(other.kernel.data.slice(0, 9), [9]);
          expect(angleBetween(tensor(field, [9]), own)).toBeLessThan(0.1);
          one.kernel.data.forEach((value, i) => {
            expect(scale * other.kernel.data[i]).toBeCloseTo(value, 2);
          });
          expect(other.constant).toBeCloseTo(one.constant, 2);
          expect(other.mean.data[4]).toBeCloseTo(by + 4 + scale * one.mean.data[4], 3);
          const [a, b] = [one.predict(stimulus).expected, other.predict(shown).expected];
          a.forEach((value, t) => {
            expect(Math.abs(b[t] - value)).toBeLessThan(5e-3 * (1 + value));
          });
        }
      }
  });

  it("predicts the same of a stimulus about another mean", () => {
    const stimulus = noise(4, 3000, 3);
    const spikes = spikesOf(
      cellFrom(({ data, shape }) => Array.from({ length: shape[0] }, (_, t) => data[9 * t + 4] ** 2)).respond(stimulus),
      4,
    );
    const moved = stimulusFrom(
      tensor(
        stimulus.read(0, 3000).map((x) => x + 2),
        [3000, 3, 3],
      ),
      { frameSeconds },
    );
    const [one, other] = [stimulus, moved].map(
      (shown) => fitQuadraticModel(shown, spikes, { rank: 1 }).predict(shown).expected,
    );
    one.forEach((value, t) => {
      expect(Math.abs(other[t] / value - 1)).toBeLessThan(2e-3);
    });
  });

  it("predicts from the first full window on, and refuses another grid", () => {
    const stimulus = noise(5, 900, 2);
    const counts = Array.from({ length: 900 }, (_, t) => (t > 0 && stimulus.read(t - 1, 1)[0] > 0 ? 1 : 0));
    const model = fitQuadraticModel(stimulus, train(counts), { lags: 2, rank: 0 });
    const prediction = model.predict(stimulus);
    expect([prediction.first, prediction.expected[0], model.squared.length]).toEqual([1, 0, 0]);
    expect(model.kernel.shape).toEqual([2, 2, 2]);
    expect(model.kernel.data[4]).toBeGreaterThan(5 * Math.abs(model.kernel.data[0]));
    expect(() => model.predict(noise(1, 10, 3))).toThrow("kernel has shape [2, 2, 2]");
    expect(() => model.predict({ ...stimulus, frameSeconds: 2 * frameSeconds })).toThrow(
      `predict: the stimulus has frames of ${2 * frameSeconds} s, the model was fitted on`,
    );
    expect(model.predict(noise(3, 1, 2))).toMatchObject({ first: 1, expected: Float64Array.of(0) });
  });

  it("says when it ran out of steps or of spikes, and refuses what it cannot do", () => {
    const stimulus = noise(6, 400, 3);
    const spikes = train(Array.from({ length: 400 }, (_, t) => (t % 5 === 0 ? 1 : 0)));
    const model = fitQuadraticModel(stimulus, spikes, { maxIterations: 1 });
    expect(model.converged).toBe(false);
    expect(model.warnings).toEqual([
      "80 spikes for 28 parameters: expect the fit to follow chance",
      "the search ran out of its 1 iterations",
    ]);
    const refused = (options: object) => () => fitQuadraticModel(stimulus, spikes, options);
    expect(refused({ method: "expected", output: "softplus" })).toThrow(
      'fitQuadraticModel: method is "expected", which the output "exponential" alone has in closed form, not "softplus"',
    );
    expect(refused({ rank: 10 })).toThrow("fitQuadraticModel: rank is 10, the stimulus varies in 9 directions");
    expect(refused({ output: "linear" })).toThrow('output is "linear", one of "exponential", "softplus" is needed');
    expect(refused({ ranks: 1 })).toThrow('option "ranks" is not known');
    expect(() => fitQuadraticModel(stimulus, train(new Uint32Array(400)))).toThrow(
      "fitQuadraticModel: spikes has no spike from bin 0 on (0 before it), at least one is needed",
    );
    const one = new Uint32Array(400);
    one[7] = 1;
    expect(() => fitQuadraticModel(stimulus, train(one))).toThrow(
      "1 spikes in 1 bins, their covariance in 9 dimensions has no full rank",
    );
  });
});
