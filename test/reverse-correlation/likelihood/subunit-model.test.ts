import { describe, expect, it } from "vitest";
import { cellFrom } from "../../../src/cells/function-cell.js";
import { conv } from "../../../src/conv/conv.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { bitsPerSpike } from "../../../src/reverse-correlation/goodness/bits-per-spike.js";
import { fitQuadraticModel } from "../../../src/reverse-correlation/likelihood/quadratic-model.js";
import { windowsIn } from "../../../src/reverse-correlation/likelihood/quadratic-windows.js";
import {
  type SubunitShape,
  subunitDrives,
  subunitLoss,
  unpacked,
} from "../../../src/reverse-correlation/likelihood/subunit-drive.js";
import { fitSubunitModel } from "../../../src/reverse-correlation/likelihood/subunit-model.js";
import { spikeTriggeredCovariance } from "../../../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import {
  angleBetween,
  frameSeconds,
  gabor,
  gradientError,
  noise,
  spikesOf,
  train,
} from "../subspaces/subspace-cells.js";

/** 25 places of one filter of 4x4, weights a Gaussian about the middle, each output half-squared. */
const kernel = renderGabor({ ...gabor, x0: 0, y0: 0, betaX: 0.3, betaY: 0.3, frequency: 1.6 }, { height: 4, width: 4 });
const weights = Float64Array.from({ length: 25 }, (_, p) =>
  Math.exp(-(((p % 5) - 2) ** 2 + (Math.floor(p / 5) - 2) ** 2) / 3),
);
const cell = cellFrom((frames) => {
  const n = frames.shape[0];
  const Z = conv(tensor(frames.data, [n, 1, 8, 8]), tensor(kernel.data, [1, 1, 4, 4])).data;
  return Array.from({ length: n }, (_, t) =>
    weights.reduce((sum, v, p) => sum + v * Math.max(0, Z[25 * t + p]) ** 2, 0),
  );
});

describe("the subunit model", () => {
  it.each(["rectified-squared", "squared", "rectified"] as const)(
    "has a gradient that central differences confirm, with lags, filters and a stride: %s",
    (nonlinearity) => {
      const windows = windowsIn("test", noise(1, 40, 5), train(Array.from({ length: 40 }, (_, t) => (t * t) % 3)), 2);
      const shape: SubunitShape = {
        height: 5,
        width: 5,
        kernel: [2, 2, 3, 2],
        places: [2, 2, 2],
        stride: 2,
        nonlinearity,
      };
      const x = Float64Array.from({ length: 1 + 24 + 8 }, (_, i) => 0.4 * Math.sin(2 * i + 1));
      for (const output of ["softplus", "exponential"] as const) {
        const loss = (at: Float64Array, g: Float64Array) => subunitLoss(windows, shape, output, at, g, "float64");
        expect(gradientError(loss, x, 1e-6)).toBeLessThan(1e-6);
        const unused = new Float64Array(x.length);
        expect(subunitLoss(windows, shape, output, x, unused)).toBeCloseTo(loss(x, unused), 5);
      }
    },
  );

  it("sums what its definition says", () => {
    const stimulus = noise(2, 4, 3);
    const windows = windowsIn("test", stimulus, train([1, 1, 1, 1]), 2);
    const shape: SubunitShape = {
      height: 3,
      width: 3,
      kernel: [1, 2, 2, 2],
      places: [1, 2, 2],
      stride: 1,
      nonlinearity: "rectified-squared",
    };
    const x = Float64Array.from({ length: 13 }, (_, i) => Math.cos(i));
    const at = (t: number, r: number, c: number) => stimulus.read(t, 1)[3 * r + c];
    const byHand = [1, 2, 3].map((t) => {
      let q = x[0];
      for (let p = 0; p < 4; p++) {
        let z = 0;
        for (let i = 0; i < 8; i++) z += x[1 + i] * at(t - (i >> 2), (p >> 1) + ((i >> 1) & 1), (p & 1) + (i & 1));
        q += x[9 + p] * Math.max(0, z) ** 2;
      }
      return q;
    });
    subunitDrives(windows, shape, unpacked(x, shape)).forEach((q, i) => {
      expect(q).toBeCloseTo(byHand[i], 5);
    });
  });

  it("recovers a shared subunit that STC sees only as blends, and foretells held-out spikes better than a quadratic model", () => {
    const [stimulus, held] = [noise(3, 9000), noise(99, 4000)];
    const spikes = spikesOf(cell.respond(stimulus), 3);
    const heldSpikes = spikesOf(cell.respond(held), 7);
    const model = fitSubunitModel(stimulus, spikes, { kernel: { height: 4, width: 4 }, starts: 2, seed: 3 });
    expect(model.converged).toBe(true);
    const angle = angleBetween(kernel, model.kernels);
    expect(angle).toBeLessThan(0.3);
    const inner = Array.from(kernel.data).reduce((sum, x, i) => sum + x * model.kernels.data[i], 0);
    expect(inner).toBeGreaterThan(0);
    const stc = spikeTriggeredCovariance(stimulus, spikes, { seed: 3, nullDraws: 39 });
    const places = Array.from({ length: 25 }, (_, p) => {
      const embedded = new Float64Array(64);
      for (let i = 0; i < 16; i++) embedded[8 * (Math.floor(p / 5) + (i >> 2)) + (p % 5) + (i & 3)] = kernel.data[i];
      return tensor(embedded, [1, 8, 8]);
    });
    const nearest = stc.significant.flatMap(({ filter }) => places.map((place) => angleBetween(place, filter)));
    expect(nearest.length).toBeGreaterThan(0);
    expect(Math.min(...nearest)).toBeGreaterThan(2 * angle);
    const quadratic = fitQuadraticModel(stimulus, spikes, { rank: 3, output: "softplus" });
    const bits = [model, quadratic].map((each) => bitsPerSpike(each.predict(held), heldSpikes).bits);
    expect(bits[0]).toBeGreaterThan(bits[1] + 0.03);
    expect(model.bitsPerSpike).toBeCloseTo(bitsPerSpike(model.predict(stimulus), spikes).bits, 5);
    expect(Math.hypot(...model.kernels.data)).toBeCloseTo(1, 9);
    expect(model.weights.data.indexOf(Math.max(...model.weights.data))).toBe(12);
  });

  it("puts a filter at its lag, and predicts from the first full window on", () => {
    const stimulus = noise(4, 2000, 3);
    const counts = Array.from({ length: 2000 }, (_, t) =>
      t > 0 && stimulus.read(t - 1, 1).some((x) => x > 1.8) ? 1 : 0,
    );
    const model = fitSubunitModel(stimulus, train(counts), { kernel: { height: 1, width: 1 }, lags: 2, seed: 1 });
    expect(model.kernels.shape).toEqual([1, 2, 1, 1]);
    expect(model.kernels.data[1]).toBeGreaterThan(0.97);
    const prediction = model.predict(stimulus);
    expect([prediction.first, prediction.expected[0]]).toEqual([1, 0]);
    expect(() => model.predict({ ...stimulus, frameSeconds: 2 * frameSeconds })).toThrow(
      `predict: the stimulus has frames of ${2 * frameSeconds} s, the model was fitted on`,
    );
  });

  it("says when it ran out of steps or follows chance, and refuses what it cannot do", () => {
    const stimulus = noise(6, 200, 3);
    const spikes = train(Array.from({ length: 200 }, (_, t) => (t % 5 === 0 ? 1 : 0)));
    const own = { kernel: { height: 2, width: 2 }, seed: 1 };
    const model = fitSubunitModel(stimulus, spikes, { ...own, starts: 1, maxIterations: 1 });
    expect(model.converged).toBe(false);
    expect(model.warnings).toEqual([
      "40 spikes for 9 parameters: expect the fit to follow chance",
      "the search ran out of its 1 iterations",
    ]);
    const refused = (options: object) => () => fitSubunitModel(stimulus, spikes, { ...own, ...options });
    expect(refused({ kernel: { height: 4, width: 2 } })).toThrow(
      "fitSubunitModel: kernel.height is 4, a whole number from 1 to 3 is needed",
    );
    expect(refused({ nonlinearity: "cubic" })).toThrow('nonlinearity is "cubic"');
    expect(refused({ sharedFilters: 2 })).toThrow('option "sharedFilters" is not known');
    expect(refused({ seed: -1 })).toThrow("seed is -1");
    expect(() => fitSubunitModel(stimulus, train(new Uint32Array(200)), own)).toThrow(
      "spikes has no spike from bin 0 on",
    );
    const constant = stimulusFrom(tensor(new Float32Array(1800), [200, 3, 3]), { frameSeconds });
    expect(() => fitSubunitModel(constant, spikes, own)).toThrow(
      "stimulus is constant, it must vary for filters to be inferred",
    );
    expect(() => model.predict(noise(1, 10, 4))).toThrow(
      "predict: stimulus has a grid of 4x4 (step 1), the model has 3x3 (step 1)",
    );
  });
});
