import { describe, expect, it } from "vitest";
import type { SpikeTrain } from "../../../src/cells/response.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { fillNormal, poissonAt, uniformAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { filterDrive } from "../../../src/reverse-correlation/filter-drive.js";
import { bitsPerSpike } from "../../../src/reverse-correlation/goodness/bits-per-spike.js";
import { spikesOfRanges, stimulusOfRanges } from "../../../src/reverse-correlation/goodness/time-blocks.js";
import { productBasis } from "../../../src/reverse-correlation/likelihood/basis.js";
import { raisedCosines, splineBasis } from "../../../src/reverse-correlation/likelihood/basis-functions.js";
import { fitGlm } from "../../../src/reverse-correlation/likelihood/glm.js";
import { fitLnp } from "../../../src/reverse-correlation/likelihood/glm-lnp.js";
import { simulateGlm } from "../../../src/reverse-correlation/likelihood/glm-model.js";
import type { GlmOptions } from "../../../src/reverse-correlation/likelihood/glm-options.js";
import type { SpikeFilter } from "../../../src/reverse-correlation/likelihood/history.js";
import { poissonCurve } from "../../../src/reverse-correlation/likelihood/poisson-curve.js";
import type { PoissonLink } from "../../../src/reverse-correlation/likelihood/poisson-link.js";
import { splineNonlinearity } from "../../../src/reverse-correlation/nonlinearity/spline.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";

const frameSeconds = 1 / 60;

/** The variance of a pixel about its mean, in the mean over the pixels. */
function pixelVariance({ frames, grid: { height, width }, read }: Stimulus): number {
  const [data, pixels] = [read(0, frames), height * width];
  let variance = 0;
  for (let p = 0; p < pixels; p++) {
    const values = Array.from({ length: frames }, (_, t) => data[t * pixels + p]);
    const mean = values.reduce((sum, x) => sum + x, 0) / frames;
    variance += values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / frames;
  }
  return variance / pixels;
}

const source = randomStream(11, "tests");

function noise(frames: number, height: number, width: number, seed: number) {
  return whiteNoise({ grid: { height, width }, frames, frameSeconds, seed });
}

/** A cell with a filter, a link and, where given, a history and couplings, as bare numbers. */
function truth(
  kernel: Tensor,
  offset: number,
  more: { link?: PoissonLink; history?: readonly number[]; coupling?: readonly (readonly number[])[] } = {},
) {
  const bare = (h: readonly number[]) => ({ filter: tensor([...h], [h.length]) }) as SpikeFilter;
  return {
    method: "truth",
    kernel,
    offset,
    link: more.link ?? ("exponential" as const),
    ...(more.history && { history: bare(more.history) }),
    coupling: (more.coupling ?? []).map(bare),
    first: 0,
    frameSeconds,
  };
}

/** `Σ ((estimate - truth)/error)²`, in units of its expectation's distance: standard errors of a χ² of as many numbers. */
function excess(estimate: Tensor, errors: Tensor, expected: ArrayLike<number>): number {
  const n = estimate.data.length;
  let sum = 0;
  for (let i = 0; i < n; i++) sum += ((estimate.data[i] - expected[i]) / errors.data[i]) ** 2;
  return (sum - n) / Math.sqrt(2 * n);
}

function smallKernel(lags: number, height: number, width: number, size: number): Tensor {
  const values = Float64Array.from({ length: lags * height * width }, (_, i) => Math.sin(1.7 * i + 0.4));
  const scale = size / Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return tensor(
    values.map((value) => value * scale),
    [lags, height, width],
  );
}

const refractory = [-3, -1.2, -0.5, -0.3, -0.1, 0];

describe("a Poisson GLM", () => {
  it("finds the filter, the history and the coupling of simulated neurons within their standard errors", () => {
    const stimulus = noise(20_000, 3, 4, 1);
    const kernel = smallKernel(3, 3, 4, 0.6);
    const other = poissonTrain(20_000, 0.3, 2);
    const another = poissonTrain(20_000, 0.2, 3);
    for (const link of ["exponential", "softplus"] as const) {
      const [excite, none] = [
        [0.5, 0.3, 0.1],
        [0, 0, 0],
      ];
      const cell = truth(kernel, -1, { link, history: refractory, coupling: [excite, none] });
      const spikes = simulateGlm(cell, stimulus, 4, [other, another]);
      const fit = fitGlm(stimulus, spikes, {
        lags: 3,
        link,
        history: { bins: 6 },
        coupling: { bins: 3, trains: [other, another] },
      });
      expect(fit.converged).toBe(true);
      expect(fit.warnings).toEqual([]);
      expect(fit.parameters).toBe(1 + 36 + 6 + 6);
      // four standard errors of each χ²; beyond -4 the errors would be too wide
      expect(Math.abs(excess(fit.kernel, fit.standardErrors!, kernel.data))).toBeLessThan(4);
      expect(Math.abs(excess(fit.history!.filter, fit.history!.standardErrors!, refractory))).toBeLessThan(4);
      [excite, none].forEach((expected, i) => {
        expect(Math.abs(excess(fit.coupling[i].filter, fit.coupling[i].standardErrors!, expected))).toBeLessThan(4);
      });
      expect(Math.abs(fit.offset + 1) / fit.offsetError!).toBeLessThan(4);
    }
  });

  it("finds a filter that is a sum of its bases' functions, with the errors of the filter itself", () => {
    const space = productBasis(splineBasis({ samples: 8, functions: 4 }), splineBasis({ samples: 8, functions: 5 }));
    const time = raisedCosines({ samples: 6, functions: 3, lastPeak: 4 });
    const past = raisedCosines({ samples: 10, functions: 3, lastPeak: 6 });
    const u = Float64Array.from({ length: 60 }, (_, i) => 0.3 * Math.sin(i * i));
    const both = productBasis(time, space).matrix.data;
    const kernel = tensor(times(both, u), [6, 8, 8]);
    const history = times(past.matrix.data, Float64Array.of(-2, -0.5, 0.1));
    const stimulus = noise(15_000, 8, 8, 5);
    const spikes = simulateGlm(truth(kernel, -1.5, { history: Array.from(history) }), stimulus, 6, []);
    const options = { lags: 6, spaceBasis: space, timeBasis: time, history: { basis: past } };
    const fit = fitGlm(stimulus, spikes, options);
    expect(fit.kernel.shape).toEqual([6, 8, 8]);
    expect(fit.parameters).toBe(1 + 60 + 3);
    expect(fit.spikesSkipped).toBe(spikes.counts.slice(0, 10).reduce((a, b) => a + b, 0));
    const z = Array.from(fit.kernel.data, (value, i) => (value - kernel.data[i]) / fit.standardErrors!.data[i]);
    const mean = z.reduce((sum, value) => sum + value * value, 0) / z.length;
    // 384 numbers of which 60 are free: the mean of their squares strays from 1 by about √(2/60)
    expect(Math.abs(mean - 1)).toBeLessThan(4 * Math.sqrt(2 / 60));
    const h = Array.from(
      fit.history!.filter.data,
      (value, i) => (value - history[i]) / fit.history!.standardErrors!.data[i],
    );
    for (const value of h) expect(Math.abs(value)).toBeLessThan(4);
    // In an orthonormal basis of the same functions the filter and its errors are the same.
    const orthonormal = fitGlm(stimulus, spikes, {
      ...options,
      timeBasis: raisedCosines({ samples: 6, functions: 3, lastPeak: 4, orthonormal: true }),
    });
    for (let i = 0; i < 384; i += 7) {
      expect(orthonormal.kernel.data[i]).toBeCloseTo(fit.kernel.data[i], 5);
      expect(orthonormal.standardErrors!.data[i]).toBeCloseTo(fit.standardErrors!.data[i], 4);
    }
  });

  it.each(["exponential", "softplus"] as const)(
    "with link %s has 95 percent intervals that hold the truth as often",
    (link) => {
      const kernel = tensor(Float64Array.of(0.5, -0.3, 0.2, 0.1), [2, 1, 2]);
      const [runs, history] = [420, [-0.8, -0.2]];
      const held = new Float64Array(7);
      const expected = [...kernel.data, ...history, -0.5];
      for (let run = 0; run < runs; run++) {
        const stimulus = noise(400, 1, 2, 100 + run);
        const spikes = simulateGlm(truth(kernel, -0.5, { link, history }), stimulus, run, []);
        const fit = fitGlm(stimulus, spikes, { lags: 2, link, history: { bins: 2 } });
        const estimate = [...fit.kernel.data, ...fit.history!.filter.data, fit.offset];
        const errors = [...fit.standardErrors!.data, ...fit.history!.standardErrors!.data, fit.offsetError!];
        estimate.forEach((value, i) => {
          if (Math.abs(value - expected[i]) < 1.959964 * errors[i]) held[i]++;
        });
      }
      for (const share of held.map((count) => count / runs)) {
        expect(share).toBeGreaterThan(0.92);
        expect(share).toBeLessThan(0.98);
      }
    },
  );

  it("explains the spikes: their places in the predicted distributions are uniform and independent", () => {
    const stimulus = noise(8000, 2, 2, 7);
    const spikes = simulateGlm(truth(smallKernel(2, 2, 2, 0.7), -0.7, { history: refractory }), stimulus, 8, []);
    const distance = (options: GlmOptions) => {
      const { expected, first } = fitGlm(stimulus, spikes, { lags: 2, ...options }).predict(stimulus, spikes);
      const places = Float64Array.from(expected.subarray(first), (mean, t) => place(spikes.counts[first + t], mean, t));
      places.sort();
      return (
        places.reduce((most, u, i) => Math.max(most, Math.abs(u - (i + 0.5) / places.length)), 0) *
        Math.sqrt(places.length)
      );
    };
    // Kolmogorov's distance stays below 1.95 in all but one of a thousand cases; without history the model is seen to fail.
    expect(distance({ history: { bins: 6 } })).toBeLessThan(1.95);
    expect(distance({})).toBeGreaterThan(1.95);
  });

  it("predicts what its equation says, and scores its log-likelihood with it", () => {
    const stimulus = noise(400, 2, 2, 9);
    const other = poissonTrain(400, 0.4, 10);
    const spikes = simulateGlm(truth(smallKernel(3, 2, 2, 0.5), 0, { history: [-1, 0.2] }), stimulus, 11, []);
    const fit = fitGlm(stimulus, spikes, { lags: 3, history: { bins: 4 }, coupling: { bins: 2, trains: [other] } });
    const { expected, first, frameSeconds: bin } = fit.predict(stimulus, spikes, [other]);
    expect([first, bin, fit.lags]).toEqual([4, frameSeconds, 5]);
    expect(Array.from(expected.subarray(0, 4))).toEqual([0, 0, 0, 0]);
    const frames = stimulus.read(0, 400);
    let [likelihood, used] = [0, 0];
    for (let t = 4; t < 400; t++) {
      let eta = fit.offset;
      for (let k = 0; k < 3; k++)
        for (let p = 0; p < 4; p++) eta += fit.kernel.data[k * 4 + p] * frames[(t - k) * 4 + p];
      for (let j = 1; j <= 4; j++) eta += fit.history!.filter.data[j - 1] * spikes.counts[t - j];
      for (let j = 1; j <= 2; j++) eta += fit.coupling[0].filter.data[j - 1] * other.counts[t - j];
      expect(expected[t]).toBeCloseTo(Math.exp(eta), 10);
      let probability = Math.exp(-expected[t]);
      for (let k = 1; k <= spikes.counts[t]; k++) probability *= expected[t] / k;
      likelihood += Math.log(probability);
      used += spikes.counts[t];
    }
    expect(fit.logLikelihood).toBeCloseTo(likelihood, 4);
    expect([fit.spikesUsed, fit.binsUsed]).toEqual([used, 396]);
    const constant = fitConstant(spikes.counts.subarray(4));
    expect(fit.bitsPerSpike).toBeCloseTo((likelihood - constant) / (used * Math.LN2), 5);
  });

  it("simulates spikes of its own rate, the same for the same seed", () => {
    const stimulus = noise(4000, 2, 2, 12);
    const spikes = simulateGlm(truth(smallKernel(1, 2, 2, 0.5), -0.5, { history: refractory }), stimulus, 13, []);
    const fit = fitGlm(stimulus, spikes, { history: { bins: 6 } });
    const again = fit.simulate(stimulus, 21);
    expect(fit.simulate(stimulus, 21).counts).toEqual(again.counts);
    expect(fit.simulate(stimulus, 22).counts).not.toEqual(again.counts);
    // Refractory spikes vary less than Poisson ones.
    expect(Math.abs(again.spikes - spikes.spikes)).toBeLessThan(4 * Math.sqrt(2 * spikes.spikes));
  });

  it("weighs a penalty by the evidence as strong as the filters are drawn, and by held-out time about so", () => {
    const ridges = [0.1, 1, 10, 100, 1000, 10_000];
    const stimulus = noise(3000, 6, 6, 14);
    const drawn = new Float32Array(36);
    fillNormal(drawn, source, 15);
    const kernel = tensor(
      Float64Array.from(drawn, (value) => value / 10),
      [1, 6, 6],
    );
    const spikes = simulateGlm(truth(kernel, -1), stimulus, 16, []);
    const chosen = (chooseBy: "evidence" | "cross-validation") =>
      fitGlm(stimulus, spikes, { penalty: { ridge: ridges, chooseBy } });
    const byEvidence = chosen("evidence");
    expect(byEvidence.penalty).toMatchObject({ ridge: 100, smooth: 0, lasso: 0, chosenBy: "evidence" });
    expect(byEvidence.penalty.candidates.map(({ ridge }) => ridge)).toEqual(ridges);
    expect(byEvidence.warnings).toEqual([]);
    const byTime = chosen("cross-validation");
    expect([10, 100, 1000]).toContain(byTime.penalty.ridge);
    // The winner is the largest score, and the scores of held-out time are of all bins.
    const scores = byTime.penalty.candidates.map(({ score }) => score);
    expect(byTime.penalty.candidates[scores.indexOf(Math.max(...scores))].ridge).toBe(byTime.penalty.ridge);
    expect(Math.max(...scores)).toBeGreaterThan(fitConstant(spikes.counts));
    expect(Math.max(...scores)).toBeLessThan(byTime.logLikelihood);
  });

  it("holds out time by fits that share no frame with it: each score is that of a fit to the frames apart", () => {
    const stimulus = noise(300, 2, 2, 24);
    const spikes = simulateGlm(truth(smallKernel(4, 2, 2, 0.5), -0.5), stimulus, 25, []);
    const ridges = [1, 30];
    const { penalty } = fitGlm(stimulus, spikes, { lags: 4, penalty: { ridge: ridges, folds: 2 } });
    // 297 bins with a whole window, 148 and 149 of which are held out: the frames of their windows, and all others
    const halves = [
      [
        { start: 0, end: 151 },
        { start: 151, end: 300 },
      ],
      [
        { start: 148, end: 300 },
        { start: 0, end: 148 },
      ],
    ];
    ridges.forEach((ridge, i) => {
      const scores = halves.map(([test, train]) => {
        const [shown, counts] = [stimulusOfRanges(stimulus, [train]), spikesOfRanges(spikes, [train])];
        // Of a part the ridge counts by the part's own spread.
        const own = (ridge * pixelVariance(stimulus)) / pixelVariance(shown);
        const fit = fitGlm(shown, counts, { lags: 4, penalty: { ridge: own } });
        const held = fit.predict(stimulusOfRanges(stimulus, [test]));
        return bitsPerSpike(held, spikesOfRanges(spikes, [test])).logLikelihood;
      });
      expect(penalty.candidates[i].score).toBeCloseTo(scores[0] + scores[1], 5);
    });
    expect(() => fitGlm(stimulus, spikes, { lags: 160, penalty: { ridge: ridges, folds: 2 } })).toThrow(
      "fitGlm: gap is 159: fold 0 of 2 leaves none of the 141 frames to train on",
    );
  });

  it("gains from smoothness where the field is smooth, and from a lasso where it is sparse", () => {
    const stimulus = noise(1500, 8, 8, 17);
    const at = (i: number) => [(i % 8) - 3.5, 3.5 - Math.floor(i / 8)];
    const smooth = tensor(
      Float64Array.from({ length: 64 }, (_, i) => 0.25 * Math.exp(-(at(i)[0] ** 2 + at(i)[1] ** 2) / 8)),
      [1, 8, 8],
    );
    const sparse = tensor(
      Float64Array.from({ length: 64 }, (_, i) => (i % 23 === 5 ? 0.4 : 0)),
      [1, 8, 8],
    );
    const errorOf = (kernel: Tensor, penalty?: GlmOptions["penalty"]) => {
      const spikes = simulateGlm(truth(kernel, -1), stimulus, 18, []);
      const fit = fitGlm(stimulus, spikes, { penalty });
      expect(fit.converged).toBe(true);
      const w = Float64Array.from(fit.kernel.data);
      const error = w.reduce((sum, value, i) => sum + (value - kernel.data[i]) ** 2, 0);
      return { error, zeros: w.reduce((sum, value) => sum + (value === 0 ? 1 : 0), 0), fit };
    };
    expect(errorOf(smooth, { smooth: 100 }).error).toBeLessThan(0.5 * errorOf(smooth).error);
    const lasso = errorOf(sparse, { lasso: 30 });
    expect(lasso.error).toBeLessThan(0.6 * errorOf(sparse).error);
    expect(lasso.zeros).toBeGreaterThan(32);
    expect(lasso.fit.standardErrors).toBeUndefined();
    expect(lasso.fit.warnings).toEqual(["a lasso has no standard errors"]);
  });

  it("fits more parameters than are factored, by conjugate gradients, to the same filter", () => {
    const stimulus = noise(3000, 16, 17, 19);
    const kernel = smallKernel(2, 16, 17, 1);
    const spikes = simulateGlm(truth(kernel, -1), stimulus, 20, []);
    const fit = fitGlm(stimulus, spikes, { lags: 2, penalty: { ridge: 300 } });
    expect([fit.parameters, fit.converged]).toEqual([545, true]);
    // At the maximum the filter's slope is that of the ridge: Σ (n - λ)·I = 300·σ²·w.
    const { expected, first } = fit.predict(stimulus);
    const frames = stimulus.read(0, 3000);
    const variance = pixelVariance(stimulus);
    for (const i of [0, 100, 271, 272, 400, 543]) {
      const [lag, pixel] = [Math.floor(i / 272), i % 272];
      let slope = 0;
      for (let t = first; t < 3000; t++) slope += (spikes.counts[t] - expected[t]) * frames[(t - lag) * 272 + pixel];
      expect(slope).toBeCloseTo(300 * variance * fit.kernel.data[i], 1);
    }
  });
});

describe("the units of a stimulus", () => {
  const stimulus = noise(2500, 3, 4, 70);
  const spikes = simulateGlm(truth(smallKernel(3, 3, 4, 0.7), -1, { history: refractory }), stimulus, 71, []);
  const moved = (by: number, scale: number) =>
    stimulusFrom(
      tensor(
        stimulus.read(0, 2500).map((x, i) => by * (1 + (i % 12) / 100) + scale * x),
        [2500, 3, 4],
      ),
      { frameSeconds },
    );
  const fits: readonly GlmOptions[] = [
    {},
    { penalty: { ridge: 40, smooth: 20 } },
    { penalty: { lasso: 15 } },
    { rank: 1, penalty: { ridge: 40 } },
    { rank: 2 },
    { penalty: { ridge: [1, 10, 100], chooseBy: "evidence" } },
    { timeBasis: raisedCosines({ samples: 3, functions: 2, lastPeak: 2 }), history: { bins: 4 } },
    { link: "softplus" },
  ];

  it.each(fits)(
    "do not matter to a fit with %j: means go into the offset, the contrast into the filter's length",
    (more) => {
      const one = fitGlm(stimulus, spikes, { lags: 3, ...more });
      // float32 keeps 1000 ± 1 to some 3e-5 of the deviations
      for (const [by, scale, digits] of [
        [1000, 1, 3],
        [128, 40, 4],
        [0, 1e-3, 4],
        [0, 1e12, 4],
      ] as const) {
        const shown = moved(by, scale);
        const other = fitGlm(shown, spikes, { lags: 3, ...more });
        expect([other.converged, other.warnings]).toEqual([one.converged, one.warnings]);
        expect(other.penalty.ridge).toBe(one.penalty.ridge);
        expect(other.logLikelihood).toBeCloseTo(one.logLikelihood, digits - 2);
        one.kernel.data.forEach((value, i) => {
          expect(other.kernel.data[i] * scale).toBeCloseTo(value, digits);
          if (one.standardErrors !== undefined)
            expect(other.standardErrors!.data[i] * scale).toBeCloseTo(one.standardErrors.data[i], digits);
        });
        const given = one.history === undefined ? undefined : spikes;
        const [a, b] = [one.predict(stimulus, given).expected, other.predict(shown, given).expected];
        a.forEach((value, t) => {
          expect(Math.abs(b[t] - value)).toBeLessThan(3 * 10 ** -digits * (1 + value));
        });
      }
    },
  );

  it("give the offset at a grey of 0 the error of that sum, as fitted: of a stimulus about 2 that of `b - 2·Σ w`", () => {
    const about = 2;
    const shown = moved(about, 1);
    const [one, other] = [stimulus, shown].map((s) => fitGlm(s, spikes, { lags: 3 }));
    const shift = Float64Array.from(one.kernel.data).reduce((sum, w, i) => sum + about * (1 + (i % 12) / 100) * w, 0);
    expect(other.offset).toBeCloseTo(one.offset - shift, 4);
    // A rank of all lags and pixels is the same fit by another way, and its curvature another matrix.
    const ranked = fitGlm(shown, spikes, { lags: 3, rank: 3 });
    expect(ranked.offset).toBeCloseTo(other.offset, 3);
    expect(ranked.offsetError! / other.offsetError!).toBeCloseTo(1, 4);
    expect(other.offsetError!).toBeGreaterThan(2 * one.offsetError!);
  });
});

describe("a filter of given rank", () => {
  it("of full rank is the filter without a rank, standard errors included, penalised or not", () => {
    const timeBasis = raisedCosines({ samples: 3, functions: 2, lastPeak: 2 });
    // Of more lags than pixels, the filters can also move in the times that the components leave; spikes matter for longer.
    for (const { width, rank, bins, ...more } of [
      { width: 4, rank: 3, bins: 2 },
      { width: 4, rank: 3, bins: 2, penalty: { ridge: 20, smooth: 30 } },
      { width: 4, rank: 2, bins: 2, timeBasis },
      { width: 2, rank: 2, bins: 5 },
      { width: 2, rank: 2, bins: 5, penalty: { ridge: 20, smooth: 30 } },
    ]) {
      const stimulus = noise(1500, 1, width, 60);
      const spikes = simulateGlm(truth(smallKernel(3, 1, width, 0.6), -1, { history: [-1, -0.3] }), stimulus, 61, []);
      const options = { lags: 3, history: { bins }, ...more };
      const full = fitGlm(stimulus, spikes, options);
      const ranked = fitGlm(stimulus, spikes, { ...options, rank });
      expect([ranked.converged, ranked.warnings, ranked.parameters]).toEqual([true, [], full.parameters]);
      expect(ranked.logLikelihood).toBeCloseTo(full.logLikelihood, 4);
      for (let i = 0; i < 3 * width; i++) {
        expect(ranked.kernel.data[i]).toBeCloseTo(full.kernel.data[i], 4);
        expect(ranked.standardErrors!.data[i]).toBeCloseTo(full.standardErrors!.data[i], 4);
      }
      for (let j = 0; j < 2; j++) {
        const [a, b] = [ranked.history!, full.history!];
        expect(a.filter.data[j]).toBeCloseTo(b.filter.data[j], 4);
        expect(a.standardErrors!.data[j]).toBeCloseTo(b.standardErrors!.data[j], 4);
      }
      expect(ranked.offsetError).toBeCloseTo(full.offsetError!, 4);
    }
  });

  it("finds a separable cell better than a free filter does, within standard errors that say by how much", () => {
    const [lags, height, width] = [8, 6, 6];
    const kernel = tensor(
      Float64Array.from({ length: lags * 36 }, (_, i) => {
        const [k, y, x] = [Math.floor(i / 36), (Math.floor(i / 6) % 6) - 2.5, (i % 6) - 2.5];
        return 0.35 * Math.exp(-k / 2) * Math.cos(k) * Math.exp(-(x * x + y * y) / 5) * Math.cos(x);
      }),
      [lags, height, width],
    );
    const stimulus = noise(5000, height, width, 62);
    const spikes = simulateGlm(truth(kernel, -1), stimulus, 63, []);
    const separable = fitGlm(stimulus, spikes, { lags, rank: 1 });
    const free = fitGlm(stimulus, spikes, { lags });
    expect([separable.converged, separable.parameters, free.parameters]).toEqual([true, 1 + 43, 1 + 288]);
    const errorOf = (fit: typeof free) =>
      Float64Array.from(fit.kernel.data).reduce((sum, value, i) => sum + (value - kernel.data[i]) ** 2, 0);
    const expected = (fit: typeof free) =>
      Float64Array.from(fit.standardErrors!.data).reduce((sum, e) => sum + e * e, 0);
    // The squared errors of 43 and of 288 free numbers, each within four standard errors of its χ².
    expect(Math.abs(errorOf(separable) / expected(separable) - 1)).toBeLessThan(4 * Math.sqrt(2 / 43));
    expect(Math.abs(errorOf(free) / expected(free) - 1)).toBeLessThan(4 * Math.sqrt(2 / 288));
    expect(errorOf(separable)).toBeLessThan(0.3 * errorOf(free));
  });

  it("is refused where it does not fit", () => {
    const stimulus = noise(60, 1, 2, 64);
    const spikes = poissonTrain(60, 0.5, 65);
    expect(() => fitGlm(stimulus, spikes, { lags: 4, rank: 3 })).toThrow(
      "rank is 3, a whole number from 1 to 2 is needed",
    );
    expect(() => fitGlm(stimulus, spikes, { lags: 4, rank: 1, penalty: { ridge: [1, 2] } })).toThrow(
      "a filter of given rank takes one number for each penalty, and no lasso",
    );
  });
});

describe("what the data do not determine", () => {
  const stimulus = noise(60, 1, 2, 30);
  const train = (counts: readonly number[]) => spikesFrom(counts, { frameSeconds });
  const sparse = (every: number, frames = 60) =>
    train(Array.from({ length: frames }, (_, t) => (t % every === 3 ? 1 : 0)));

  it("is told: a likelihood without a maximum", () => {
    // Spikes exactly where the pixel is above a level: the steeper, the likelier.
    const values = Array.from({ length: 60 }, (_, t) => (t % 2 === 0 ? 0 : -1));
    const shown = stimulusFrom(tensor(values, [60, 1, 1]), { frameSeconds });
    const separated = train(values.map((value) => value + 1));
    for (const link of ["exponential", "softplus"] as const) {
      const fit = fitGlm(shown, separated, { link });
      expect(fit.converged).toBe(false);
      expect(fit.stopped).toBe("singular");
      expect(fit.standardErrors).toBeUndefined();
      expect(fit.warnings).toContain(
        "the likelihood has no maximum: some direction of the parameters raises it for ever; give a penalty",
      );
      expect(fitGlm(shown, separated, { link, penalty: { ridge: 1 } })).toMatchObject({
        converged: true,
        warnings: [],
      });
    }
  });

  it("is told: one spike, few spikes, a pixel that never changes, an iteration too few, the end of a list", () => {
    const one = train(Array.from({ length: 60 }, (_, t) => (t === 30 ? 1 : 0)));
    expect(fitGlm(stimulus, one, { penalty: { ridge: 1 } }).warnings).toContain(
      "one spike: the estimate rests on that one stimulus",
    );
    expect(fitGlm(stimulus, sparse(15), { lags: 3, penalty: { ridge: 1 } }).warnings[0]).toMatch(
      "4 spikes for 7 parameters",
    );
    const still = stimulusFrom(
      tensor(
        Array.from({ length: 120 }, (_, i) => (i % 2) * Math.sin(i)),
        [60, 1, 2],
      ),
      { frameSeconds },
    );
    expect(() => fitGlm(still, sparse(5))).toThrow(
      "1 of 2 coefficients of the filter see a stimulus that never changes",
    );
    const fit = fitGlm(still, sparse(5), { penalty: { ridge: 1 } });
    expect(fit.warnings).toEqual([
      "1 of 2 coefficients of the filter see a stimulus that never changes: only the penalty decides them",
    ]);
    expect(fit.kernel.data[0]).toBeCloseTo(0, 12);
    const short = fitGlm(stimulus, sparse(5), { maxIterations: 1 });
    expect([short.converged, short.stopped]).toEqual([false, "limit"]);
    expect(short.warnings).toContain("not converged after 1 iterations");
    expect(fitGlm(stimulus, sparse(5), { penalty: { ridge: [1, 1000] } }).warnings[0]).toMatch(
      "is an end of the values given",
    );
  });

  it("is refused: no spike, equal columns, more parameters than bins, a constant stimulus", () => {
    const none = train(new Array(60).fill(0));
    expect(() => fitGlm(stimulus, none)).toThrow("fitGlm: spikes has no spike from bin 0 on (0 before it)");
    const equal = stimulusFrom(
      tensor(
        Array.from({ length: 120 }, (_, i) => Math.sin(Math.floor(i / 2) ** 2)),
        [60, 1, 2],
      ),
      {
        frameSeconds,
      },
    );
    expect(() => fitGlm(equal, sparse(5))).toThrow("the data do not determine every parameter: give a penalty");
    expect(() => fitGlm(stimulus, sparse(5), { lags: 30 })).toThrow("61 parameters and 31 bins: give a penalty");
    expect(fitGlm(stimulus, sparse(5), { lags: 30, penalty: { ridge: 1 } }).warnings).toContain(
      "61 parameters and 31 bins: the penalty decides what the data do not",
    );
    const grey = stimulusFrom(tensor(new Array(60).fill(0.5), [60, 1, 1]), { frameSeconds });
    expect(() => fitGlm(grey, sparse(5), { penalty: { ridge: 1 } })).toThrow("stimulus is constant");
    expect(() => fitGlm(stimulus, sparse(5), { coupling: { bins: 2, trains: [none] } })).toThrow(
      "a function of the past spikes has one value throughout",
    );
    expect(() => fitGlm(stimulus, sparse(5), { history: { bins: 60 } })).toThrow(
      "the first whole window ends at bin 60",
    );
  });

  it("options that do not fit are refused by name", () => {
    const fitting = (options: unknown) => () => fitGlm(stimulus, sparse(5), options as GlmOptions);
    expect(fitting({ link: "square" })).toThrow('link is "square", one of "exponential", "softplus" is needed');
    expect(fitting({ nothing: 1 })).toThrow('fitGlm: option "nothing" is not known');
    expect(fitting({ lags: 2, timeBasis: splineBasis({ samples: 4, functions: 4 }) })).toThrow(
      "timeBasis has 4 samples, 2 are needed",
    );
    expect(fitting({ spaceBasis: 3 })).toThrow("spaceBasis is no basis");
    expect(fitting({ history: {} })).toThrow("history needs either bins or a basis");
    expect(fitting({ history: { bins: 2, trains: [] } })).toThrow('option "trains" is not known');
    expect(fitting({ coupling: { bins: 2, trains: [] } })).toThrow("coupling.trains is a list of 0");
    expect(fitting({ coupling: { bins: 2, trains: [sparse(5, 50)] } })).toThrow(
      "coupling.trains[0] has 50 bins, spikes has 60",
    );
    expect(fitting({ penalty: { ridge: -1 } })).toThrow("penalty.ridge is -1, a finite number of at least 0 is needed");
    expect(fitting({ penalty: { ridge: [] } })).toThrow("penalty.ridge is an empty list");
    expect(fitting({ penalty: { ridge: 1, chooseBy: "evidence" } })).toThrow("no list of values to choose from");
    expect(fitting({ penalty: { ridge: [0, 1], chooseBy: "evidence" } })).toThrow(
      "the evidence compares ridges above 0",
    );
    expect(fitting({ standardErrors: 1 })).toThrow("standardErrors is 1, true or false is needed");
    const coupled = fitGlm(stimulus, sparse(5), { history: { bins: 1 }, coupling: { bins: 1, trains: [sparse(4)] } });
    expect(() => coupled.predict(stimulus, sparse(5))).toThrow(
      "coupled has 0 spike trains, the model has 1 coupled cells",
    );
    expect(() => coupled.predict(stimulus, undefined, [sparse(4)])).toThrow("the model looks at its own spikes");
    const slower = { ...stimulus, frameSeconds: 2 * stimulus.frameSeconds };
    expect(() => coupled.predict(slower, sparse(5), [sparse(4)])).toThrow("the model was fitted on frames of");
    expect(() => fitLnp(stimulus, sparse(5)).predict(slower)).toThrow("predict: the stimulus has frames of");
    expect(() => coupled.predict(stimulus, sparse(5, 50), [sparse(4)])).toThrow(
      "spikes has 50 bins, the stimulus has 60 frames",
    );
    const explosive = truth(tensor([0, 0], [1, 1, 2]), 0, { history: [3] });
    expect(() => simulateGlm(explosive, stimulus, 1, [])).toThrow("the history may feed on itself");
  });
});

describe("an LNP model", () => {
  it("finds the filter's direction and the nonlinearity of a half-squaring cell, whose link it does not know", () => {
    const stimulus = noise(20_000, 4, 4, 40);
    const kernel = smallKernel(2, 4, 4, 1);
    const z = filterDrive(kernel, stimulus);
    const rate = (drive: number) => 0.4 * Math.max(0, drive) ** 2;
    const spikes = spikesFrom(
      Array.from(z, (value, t) => poissonAt(rate(value), source, 10_000 + t)),
      { frameSeconds },
    );
    const fit = fitLnp(stimulus, spikes, { lags: 2 });
    expect([fit.method, fit.converged, fit.warnings.length]).toEqual(["lnp", true, 0]);
    const w = Float64Array.from(fit.kernel.data);
    const length = Math.sqrt(w.reduce((sum, value) => sum + value * value, 0));
    const correlation = w.reduce((sum, value, i) => sum + value * kernel.data[i], 0) / length;
    expect(correlation).toBeGreaterThan(0.99);
    for (const drive of [0.8, 1.2, 1.6, 2, 2.5]) {
      const { expected, logError } = fit.nonlinearity;
      expect(Math.abs(Math.log(expected(drive * length) / rate(drive)))).toBeLessThan(
        4 * logError(drive * length) + 0.05,
      );
      expect(logError(drive * length)).toBeLessThan(0.12);
    }
    expect(fit.nonlinearity.expected(-length)).toBeLessThan(0.01);
    expect(fit.bitsPerSpike).toBeGreaterThan(fitGlm(stimulus, spikes, { lags: 2 }).bitsPerSpike + 0.1);
    const { expected, first } = fit.predict(stimulus);
    const total = expected.subarray(first).reduce((sum, value) => sum + value, 0);
    // Under its own maximum the model expects as many spikes as there were, but for the smoothness, which leaves the mean alone.
    expect(total / fit.spikesUsed).toBeCloseTo(1, 4);
  });

  it("takes the curve as smooth as the spikes are: straight for an exponential cell, bent for one that prefers two drives", () => {
    const z = new Float32Array(5000);
    fillNormal(z, source, 70);
    const curveOf = (rate: (drive: number) => number) => {
      const counts = Uint32Array.from(z, (drive, t) => poissonAt(rate(drive), source, 40_000 + t));
      const spikesUsed = counts.reduce((sum, n) => sum + n, 0);
      const data = { drives: [Float64Array.from(z)], counts, frameSeconds, spikesUsed, spikesSkipped: 0 };
      return poissonCurve(splineNonlinearity(data, 9));
    };
    const straight = curveOf((drive) => 0.3 * Math.exp(0.5 * drive));
    const bent = curveOf((drive) => 0.05 + drive ** 2 * Math.exp(-Math.abs(drive)));
    expect(straight.smooth).toBeGreaterThanOrEqual(100);
    expect(bent.smooth).toBeLessThanOrEqual(1);
    for (const drive of [-1, 0, 1, 2]) {
      expect(Math.abs(Math.log(straight.expected(drive) / 0.3) - 0.5 * drive)).toBeLessThan(
        4 * straight.logError(drive),
      );
    }
    expect(straight.expected(100)).toBe(straight.expected(straight.high));
    expect(() => straight.expected(Number.NaN)).toThrow("expected: drive is NaN");
  });

  it("takes no history, and refuses a curve of too few splines or of a filter that the lasso has left at 0", () => {
    const stimulus = noise(100, 1, 1, 41);
    const spikes = poissonTrain(100, 0.5, 42);
    expect(() => fitLnp(stimulus, spikes, { history: { bins: 2 } } as never)).toThrow(
      'fitLnp: option "history" is not known',
    );
    expect(() => fitLnp(stimulus, spikes, { splines: 3 })).toThrow("splines is 3, a whole number of at least 4");
    expect(() => fitLnp(stimulus, spikes, { penalty: { lasso: 1e5 } })).toThrow(
      "fitLnp: the filter gives 0 in every bin, its drive must vary: give a weaker penalty",
    );
  });
});

/** Spikes that know nothing of the stimulus. */
function poissonTrain(frames: number, mean: number, seed: number): SpikeTrain {
  const draws = randomStream(seed, "tests");
  return spikesFrom(
    Array.from({ length: frames }, (_, t) => poissonAt(mean, draws, t)),
    { frameSeconds },
  );
}

/** `B·u`, B with as many columns as u is long. */
function times(B: ArrayLike<number>, u: Float64Array): Float64Array {
  return Float64Array.from({ length: B.length / u.length }, (_, i) =>
    u.reduce((sum, value, j) => sum + B[i * u.length + j] * value, 0),
  );
}

/** Where a count lies in its Poisson distribution, uniform on [0, 1] if the mean is right: `F(n - 1) + v·P(n)`, v uniform. */
function place(count: number, mean: number, t: number): number {
  let [probability, below] = [Math.exp(-mean), 0];
  for (let k = 1; k <= count; k++) {
    below += probability;
    probability *= mean / k;
  }
  return below + probability * uniformAt(source, 50, t);
}

/** The log-likelihood of counts under their mean rate. */
function fitConstant(counts: Uint32Array): number {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  let sum = 0;
  for (const n of counts) {
    sum += n * Math.log(mean) - mean;
    for (let k = 2; k <= n; k++) sum -= Math.log(k);
  }
  return sum;
}
