import { describe, expect, it } from "vitest";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { renderGabor } from "../../../src/math/gabor.js";
import { principalAngles } from "../../../src/math/principal-angles.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { informationTheoreticSpikeTriggeredSubspace as istac } from "../../../src/reverse-correlation/subspaces/istac.js";
import {
  bestDirection,
  directionGain,
  remove,
  restOf,
  spanInformation,
} from "../../../src/reverse-correlation/subspaces/istac-rounds.js";
import { whiteMoments, whiteningOf } from "../../../src/reverse-correlation/subspaces/istac-whitening.js";
import { spikeTriggeredCovariance } from "../../../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
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
} from "./subspace-cells.js";

/** A mean and a covariance of four dimensions without any symmetry. */
const moments = {
  mean: Float64Array.of(0.6, -0.2, 0.1, 0.3),
  covariance: Float64Array.of(1.9, 0.2, -0.1, 0.3, 0.2, 0.5, 0.1, 0, -0.1, 0.1, 1.1, -0.2, 0.3, 0, -0.2, 0.8),
};

describe("the information of Gaussian ensembles", () => {
  it("has gradients that central differences confirm, of one direction and of a span", () => {
    const rest = restOf(moments);
    remove(rest, bestDirection(rest).direction);
    const ofDirection = (x: Float64Array, g: Float64Array) => -directionGain(rest, x, g);
    expect(gradientError(ofDirection, Float64Array.of(0.3, -1, 0.7, 2))).toBeLessThan(1e-7);
    const ofSpan = (x: Float64Array, g: Float64Array) => -spanInformation(moments, x, 2, g);
    expect(gradientError(ofSpan, Float64Array.of(0.3, -1, 0.7, 2, 1, 0.4, -0.2, 0.5))).toBeLessThan(1e-7);
  });

  it("of the whole space is the closed divergence of the two, and direction by direction it adds up to it", () => {
    const identity = Float64Array.from({ length: 16 }, (_, at) => (at % 5 === 0 ? 1 : 0));
    const whole = spanInformation(moments, identity, 4, new Float64Array(16));
    const C = Array.from({ length: 4 }, (_, i) => Array.from(moments.covariance.slice(4 * i, 4 * i + 4)));
    const det = (m: number[][]): number =>
      m.length === 1
        ? m[0][0]
        : m[0].reduce(
            (sum, x, j) => sum + (j % 2 ? -1 : 1) * x * det(m.slice(1).map((r) => r.filter((_, k) => k !== j))),
            0,
          );
    const trace = C.reduce((sum, row, i) => sum + row[i], 0);
    const square = moments.mean.reduce((sum, x) => sum + x * x, 0);
    expect(whole).toBeCloseTo(0.5 * (trace + square - 4 - Math.log(det(C))), 12);
    const rest = restOf(moments);
    let sum = 0;
    for (let i = 0; i < 4; i++) {
      const { direction, gain } = bestDirection(rest);
      sum += gain;
      remove(rest, direction);
    }
    expect(sum).toBeCloseTo(whole, 9);
  });

  it("depends on the span alone", () => {
    const W = Float64Array.of(0.3, -1, 0.7, 2, 1, 0.4, -0.2, 0.5);
    const mixed = W.map((x, i) => (i < 4 ? 2 * x - 0.5 * W[i + 4] : 3 * x + W[i - 4]));
    const value = spanInformation(moments, W, 2, new Float64Array(8));
    expect(spanInformation(moments, mixed, 2, new Float64Array(8))).toBeCloseTo(value, 12);
  });

  it("finds the best direction: none of a fine net of the circle tells more", () => {
    const plane = { mean: Float64Array.of(0.5, 0.4), covariance: Float64Array.of(0.6, 0.3, 0.3, 1.7) };
    const rest = restOf(plane);
    const { gain } = bestDirection(rest);
    const net = Array.from({ length: 720 }, (_, i) => {
      const angle = (Math.PI * i) / 720;
      return directionGain(rest, Float64Array.of(Math.cos(angle), Math.sin(angle)), new Float64Array(2));
    });
    expect(gain).toBeGreaterThanOrEqual(Math.max(...net));
    expect(gain - Math.max(...net)).toBeLessThan(1e-4);
  });
});

describe("whitening", () => {
  it("gives the stimulus's own moments mean 0 and unit covariance", () => {
    const all = { mean: moments.mean, covariance: moments.covariance };
    const white = whiteMoments(whiteningOf("test", all, 0), all);
    white.covariance.forEach((value, at) => {
      expect(value).toBeCloseTo(at % 5 === 0 ? 1 : 0, 12);
    });
    expect(Math.hypot(...white.mean)).toBeLessThan(1e-12);
  });
});

describe("the information-theoretic subspace", () => {
  it("of an energy cell has two filters, in STC's plane and within 1.1 of the angle that theory predicts", () => {
    const { stimulus, spikes, plane, theory } = energyCell(1, 12000);
    const found = istac(stimulus, spikes, { seed: 1, nullDraws: 19 });
    expect(found.filters.length).toBe(2);
    expect(Math.max(...principalAngles(plane, found.filters))).toBeLessThan(1.1 * theory);
    const stc = spikeTriggeredCovariance(stimulus, spikes, { seed: 1, nullDraws: 39 });
    const apart = principalAngles(
      found.filters,
      stc.significant.map(({ filter }) => filter),
    );
    expect(Math.max(...apart)).toBeLessThan(0.6 * theory);
    expect(found.converged).toBe(true);
    expect(found.rounds.length).toBe(3);
    expect(found.information[1]).toBeCloseTo(found.rounds[0].gain + found.rounds[1].gain, 6);
    // what the third adds is chance, which every draw has as much of
    expect(found.rounds[2].gain).toBeLessThan(1.3 * found.rounds[2].nullMean);
  });

  it("of a simple cell is one filter by average and covariance together, along the STA in white noise", () => {
    const stimulus = noise(3, 6000);
    const spikes = spikesOf(simpleCell(gabor).respond(stimulus), 3);
    const found = istac(stimulus, spikes, { seed: 3, nullDraws: 19 });
    expect(found.filters.length).toBe(1);
    const truth = renderGabor(gabor, grid);
    const average = angleBetween(truth, spikeTriggeredAverage(stimulus, spikes).kernel);
    expect(angleBetween(truth, found.filters[0])).toBeLessThan(average + 0.03);
  });

  it("sees a simple cell through the correlations of dead leaves, where the STA does not", () => {
    const stimulus = deadLeaves(1, 8000);
    const spikes = spikesOf(simpleCell(gabor).respond(stimulus), 1);
    const truth = renderGabor(gabor, grid);
    const [filter] = istac(stimulus, spikes, { dimensions: 1, seed: 1 }).filters;
    expect(angleBetween(truth, spikeTriggeredAverage(stimulus, spikes).kernel)).toBeGreaterThan(0.5);
    expect(angleBetween(truth, filter)).toBeLessThan(0.25);
  });

  it("finds nothing in spikes that do not depend on the stimulus, at the stated level", () => {
    const runs = Array.from({ length: 40 }, (_, seed) => {
      const stimulus = noise(100 + seed, 600, 3);
      const counts = Array.from(noise(900 + seed, 600, 1).read(0, 600), (x) => (x > 0.5 ? 1 : 0));
      return istac(stimulus, spikesFrom(counts, { frameSeconds }), { seed, nullDraws: 19 }).filters.length;
    });
    // at .05 the count is binomial: 2 ± 1.4, three standard errors above it
    expect(runs.filter((n) => n > 0).length).toBeLessThanOrEqual(6);
  });

  it("places a filter at its lag", () => {
    const stimulus = noise(4, 3000, 3);
    const counts = Array.from({ length: 3000 }, (_, t) => (t > 0 && stimulus.read(t - 1, 1)[4] > 0.8 ? 1 : 0));
    const found = istac(stimulus, spikesFrom(counts, { frameSeconds }), { lags: 2, dimensions: 1, seed: 1 });
    expect(found.filters[0].shape).toEqual([2, 3, 3]);
    expect(Math.abs(found.filters[0].data[9 + 4])).toBeGreaterThan(0.98);
  });

  it("leaves out pixels that never change, and says so", () => {
    const inner = noise(5, 2000, 2);
    const frames = new Float32Array(2000 * 6).fill(0.3);
    for (let t = 0; t < 2000; t++) frames.set(inner.read(t, 1), 6 * t);
    const counts = Array.from({ length: 2000 }, (_, t) => (frames[6 * t] > 0.5 ? 1 : 0));
    const stimulus = stimulusFrom(tensor(frames, [2000, 2, 3]), { frameSeconds });
    const found = istac(stimulus, spikesFrom(counts, { frameSeconds }), { dimensions: 1, seed: 1 });
    expect(found.warnings).toEqual(["2 of 6 pixels times lags never change: nothing is known of them"]);
    expect(Array.from(found.filters[0].data.slice(4))).toEqual([0, 0]);
  });

  it("refuses what cannot be told", () => {
    const stimulus = noise(6, 400, 3);
    const train = (n: number) =>
      spikesFrom(
        Array.from({ length: 400 }, (_, t) => (t < n ? 1 : 0)),
        { frameSeconds },
      );
    const name = "informationTheoreticSpikeTriggeredSubspace";
    expect(() => istac(stimulus, train(0), { seed: 1 })).toThrow(
      `${name}: spikes has no spike from bin 0 on (0 before it), at least one is needed`,
    );
    expect(() => istac(stimulus, train(9), { seed: 1 })).toThrow(
      `${name}: spikes has 9 spikes in 9 bins, their covariance in 9 dimensions has no full rank: more spikes or fewer pixels are needed`,
    );
    expect(() => istac(stimulus, train(50), { seed: 1, nullDraws: 9 })).toThrow(
      `${name}: nullDraws is 9, a level of 0.05 needs at least 19`,
    );
    expect(() => istac(stimulus, train(50), { seed: 1, level: 1 })).toThrow(
      "level is 1, a number between 0 and 1 is needed",
    );
    expect(() => istac(stimulus, train(50), { seed: 1, leastVariance: 1 })).toThrow(
      "leastVariance is 1, a share from 0 to below 1 is needed",
    );
    expect(() => istac(stimulus, train(50), { seed: 1, dimension: 2 } as never)).toThrow(
      'option "dimension" is not known',
    );
    const constant = stimulusFrom(tensor(new Float32Array(400), [400, 1, 1]), { frameSeconds });
    expect(() => istac(constant, train(50), { seed: 1 })).toThrow("stimulus is constant");
    expect(() =>
      istac(noise(6, 4000, 40), spikesFrom(new Uint32Array(4000).fill(1), { frameSeconds }), { lags: 3, seed: 1 }),
    ).toThrow("4800 pixels times lags and 99 draws need more than 6 GiB: show fewer of either");
  });
});
