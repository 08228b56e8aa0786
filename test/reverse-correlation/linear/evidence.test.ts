import { describe, expect, it } from "vitest";
import { cholesky, choleskySolve } from "../../../src/math/cholesky.js";
import type { SmoothFunction } from "../../../src/math/l-bfgs.js";
import { dot } from "../../../src/math/vectors.js";
import { aldParameterCount } from "../../../src/reverse-correlation/linear/ald-prior.js";
import { aldFactor, aldObjective, aldScore } from "../../../src/reverse-correlation/linear/ald-search.js";
import { allCycles, wavesAt } from "../../../src/reverse-correlation/linear/ald-waves.js";
import { asdRatios } from "../../../src/reverse-correlation/linear/asd-prior.js";
import { asdObjective, asdScore } from "../../../src/reverse-correlation/linear/asd-search.js";
import { linearSetting } from "../../../src/reverse-correlation/linear/estimate.js";
import { evidenceScore, heldOutScore, posteriorOf } from "../../../src/reverse-correlation/linear/evidence.js";
import {
  factorEvidence,
  factorHeldOut,
  factorPosterior,
} from "../../../src/reverse-correlation/linear/factor-evidence.js";
import { sumFeatures } from "../../../src/reverse-correlation/linear/features.js";
import { chooseModes, fieldOf } from "../../../src/reverse-correlation/linear/modes.js";
import { foldsOf, momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { ridgeInBins } from "../../../src/reverse-correlation/linear/ridge-bins.js";
import { ridgeInWindows } from "../../../src/reverse-correlation/linear/ridge-windows.js";
import { cellSpikes, patches, simpleField } from "./world.js";

const [lags, size, frames] = [4, 6, 160];
const stimulus = patches(frames, size, 1);
const spikes = cellSpikes(stimulus, simpleField(lags, size), 100, 2);
const modes = chooseModes([lags, size, size], [1, 1, 1], 50);
const { stretches, all } = sumFeatures(stimulus, spikes, modes, 3);
const moments = momentsAbout(all);
const folds = foldsOf(stretches);
const asdPoint = Float64Array.of(-3, 0.2, 0.3, -0.1);
const waves = wavesAt([lags, size, size], allCycles([lags, size, size]).slice(3, 13));
const aldPoint = Float64Array.from({ length: aldParameterCount }, (_, k) =>
  k === 0 ? -2 : k < 4 ? 2 + 0.3 * k : -0.4 + 0.1 * Math.sin(k),
);

/** Central differences, each parameter alone. */
function expectGradient(f: SmoothFunction, at: Float64Array) {
  const gradient = new Float64Array(at.length);
  f(at, gradient);
  const step = 1e-5;
  at.forEach((_, k) => {
    const value = (by: number) =>
      f(
        at.map((x, i) => (i === k ? x + by : x)),
        new Float64Array(at.length),
      );
    const slope = (value(step) - value(-step)) / (2 * step);
    expect(Math.abs(gradient[k]! - slope)).toBeLessThan(1e-5 * Math.max(1, Math.abs(slope)));
  });
  expect(gradient.some((g) => Math.abs(g) > 1e-3)).toBe(true);
}

describe("gradients by the hyperparameters are those of central differences", () => {
  it("of the evidence of a smooth prior", () => {
    expectGradient(
      asdScore(modes, (ratios) => evidenceScore(moments, ratios)),
      asdPoint,
    );
  });
  it("of the held-out error of a smooth prior", () => {
    expectGradient(
      asdScore(modes, (ratios) => heldOutScore(folds, ratios)),
      asdPoint,
    );
  });
  it.each([true, false])("of what the searches minimise, hyperprior and all: by evidence %s", (evidence) => {
    const data = { modes, moments, folds: evidence ? [] : folds };
    expectGradient(asdObjective(data), asdPoint);
    expectGradient(aldObjective(data, waves), aldPoint);
  });
  it("of the evidence of a local prior", () => {
    expectGradient(
      aldScore(modes, waves, (factor) => factorEvidence(moments, factor)),
      aldPoint,
    );
  });
  it("of the held-out error of a local prior", () => {
    expectGradient(
      aldScore(modes, waves, (factor) => factorHeldOut(folds, factor)),
      aldPoint,
    );
  });
});

/** The same from the windows themselves: counts are Gaussian with covariance `σ²·(I + X·K·Xᵀ)` across their mean. */
function evidenceByBins(prior: (d: number, e: number) => number) {
  const D = lags * size * size;
  const bins = frames - lags + 1;
  const all = stimulus.read(0, frames);
  const pixels = size * size;
  const X = Array.from({ length: bins }, (_, t) =>
    Float64Array.from({ length: D }, (_, d) => all[(t + lags - 1 - Math.floor(d / pixels)) * pixels + (d % pixels)]!),
  );
  const mean = X[0]!.map((_, d) => X.reduce((sum, x) => sum + x[d]!, 0) / bins);
  for (const x of X) for (let d = 0; d < D; d++) x[d]! -= mean[d]!;
  const K = Float64Array.from({ length: D * D }, (_, at) => prior(Math.floor(at / D), at % D));
  const XK = X.map((x) => Float64Array.from({ length: D }, (_, e) => dot(K.subarray(e * D, (e + 1) * D), x)));
  const S = Float64Array.from({ length: bins * bins }, (_, at) => {
    const [s, t] = [Math.floor(at / bins), at % bins];
    return dot(XK[s]!, X[t]!) + (s === t ? 1 : 0);
  });
  const counts = Float64Array.from(spikes.counts.subarray(lags - 1));
  const level = counts.reduce((a, b) => a + b, 0) / bins;
  const y = counts.map((value) => value - level);
  const factor = cholesky(S, bins)!;
  const noise = dot(y, choleskySolve(factor, y)) / (bins - 1);
  return {
    noise,
    logEvidence: -0.5 * ((bins - 1) * (Math.log(2 * Math.PI * noise) + 1) + factor.logDeterminant),
  };
}

describe("the evidence is the density of the counts", () => {
  it("under a smooth prior", () => {
    const { ratios } = asdRatios(modes, asdPoint);
    const fields = Array.from({ length: modes.count }, (_, j) =>
      fieldOf(modes, new Float64Array(modes.count).fill(1, j, j + 1)),
    );
    const expected = evidenceByBins((d, e) => fields.reduce((sum, f, j) => sum + ratios[j]! * f[d]! * f[e]!, 0));
    const posterior = posteriorOf(moments, ratios);
    expect(posterior.logEvidence).toBeCloseTo(expected.logEvidence, 3);
    expect(posterior.noiseVariance).toBeCloseTo(expected.noise, 6);
    const offset = posterior.logEvidence + evidenceScore(moments, ratios).value;
    const other = posteriorOf(
      moments,
      ratios.map((r) => 2 * r),
    );
    expect(
      other.logEvidence +
        evidenceScore(
          moments,
          ratios.map((r) => 2 * r),
        ).value,
    ).toBeCloseTo(offset, 8);
  });

  it("under a prior by its factor, which for a diagonal one is the same posterior", () => {
    const { ratios } = asdRatios(modes, asdPoint);
    const n = modes.count;
    const A = Float64Array.from({ length: n * n }, (_, at) =>
      at % (n + 1) === 0 ? Math.sqrt(ratios[at / (n + 1)]!) : 0,
    );
    const [plain, factored] = [posteriorOf(moments, ratios), factorPosterior(moments, A)];
    expect(factored.logEvidence).toBeCloseTo(plain.logEvidence, 8);
    expect(factored.effectiveParameters).toBeCloseTo(plain.effectiveParameters, 8);
    factored.coefficients.forEach((value, j) => {
      expect(value).toBeCloseTo(plain.coefficients[j]!, 8);
    });
    const variance = (root: Float64Array, j: number) =>
      root.reduce((sum, value, at) => sum + (at % n === j ? value * value : 0), 0);
    for (const j of [0, 7, n - 1]) expect(variance(factored.root, j)).toBeCloseTo(variance(plain.root, j), 8);
  });

  it("under a local prior of all waves with a flat band and an endless window it is the ridge's", () => {
    const shape = [lags, size, size] as const;
    const every = chooseModes(shape, [0.01, 0.01, 0.01], 1000);
    const all = wavesAt(shape, allCycles(shape));
    expect(all.count).toBe(lags * size * size);
    const flat = new Float64Array(aldParameterCount);
    flat[0] = -3;
    for (const k of [4, 7, 9, 13, 16, 18]) flat[k] = -12;
    const factor = aldFactor(every, all, flat);
    const sums = momentsAbout(sumFeatures(stimulus, spikes, every, 1).all);
    const ridge = posteriorOf(sums, new Float64Array(every.count).fill(Math.exp(-3)));
    expect(factorPosterior(sums, factor).logEvidence).toBeCloseTo(ridge.logEvidence, 5);
  });
});

describe("the ridge", () => {
  it.each([1, 4])("is the same in windows and in bins, %i folds", (parts) => {
    const options = parts === 1 ? { lags } : { lags, chooseBy: "cross-validation" as const, folds: parts };
    const setting = linearSetting("test", stimulus, spikes, options);
    const [windows, bins] = [ridgeInWindows(stimulus, spikes, setting), ridgeInBins(stimulus, spikes, setting)];
    expect(bins.meanEnergy).toBeCloseTo(windows.meanEnergy, 2);
    for (const shift of [0.3, 3, 100]) {
      expect(bins.evidenceAt(shift)).toBeCloseTo(windows.evidenceAt(shift), 2);
      const [a, b] = [windows.errorsAt(shift), bins.errorsAt(shift)];
      expect(a === undefined).toBe(parts === 1);
      if (a && b) expect(b.errors).toBeCloseTo(a.errors, 2);
      if (a && b) expect(b.power).toBeCloseTo(a.power, 6);
      const [field, dual] = [windows.fieldAt(shift), bins.fieldAt(shift)];
      const scale = Math.max(...field.kernel.map(Math.abs));
      field.kernel.forEach((value, d) => {
        expect(Math.abs(dual.kernel[d]! - value)).toBeLessThan(1e-3 * scale);
        expect(Math.abs(dual.variances[d]! / field.variances[d]! - 1)).toBeLessThan(1e-3);
      });
      expect(dual.offset).toBeCloseTo(field.offset, 4);
      expect(dual.noiseVariance).toBeCloseTo(field.noiseVariance, 4);
      expect(dual.effectiveParameters).toBeCloseTo(field.effectiveParameters, 1);
    }
  });

  it("has the evidence of a prior of one variance", () => {
    const setting = linearSetting("test", stimulus, spikes, { lags });
    const expected = evidenceByBins((d, e) => (d === e ? 0.2 : 0));
    expect(ridgeInWindows(stimulus, spikes, setting).evidenceAt(5)).toBeCloseTo(expected.logEvidence, 2);
  });
});
