import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { fillNormal, poissonAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { bitsPerSpike, lnFactorial } from "../../../src/reverse-correlation/goodness/bits-per-spike.js";
import { psth, responseGoodness } from "../../../src/reverse-correlation/goodness/goodness.js";
import { noiseCeiling } from "../../../src/reverse-correlation/goodness/noise-ceiling.js";
import type { Prediction } from "../../../src/reverse-correlation/prediction.js";

const frameSeconds = 0.02;
const predicted = (expected: ArrayLike<number>, first = 0): Prediction => ({
  kind: "prediction",
  expected: Float64Array.from(expected),
  first,
  frameSeconds,
  method: "test",
});
const train = (counts: ArrayLike<number>) => spikesFrom(counts, { frameSeconds });

/** Expected counts `exp(.4·z - 1)` and Poisson repeats of them. */
function recorded(bins: number, repeats: number, seed: number) {
  const z = new Float32Array(bins);
  fillNormal(z, randomStream(seed, "tests"), 0);
  const lambda = Float64Array.from(z, (value) => Math.exp(0.4 * value - 1));
  const trains = Array.from({ length: repeats }, (_, n) =>
    train(lambda.map((mean, t) => poissonAt(mean, randomStream(seed, "spikes"), n * bins + t))),
  );
  return { lambda, trains };
}
// Of exp(.4·z - 1): mean exp(-1 + .08), variance mean²·(exp(.16) - 1).
const meanCount = Math.exp(-0.92);
const signalPower = meanCount ** 2 * (Math.exp(0.16) - 1);

describe("bits per spike", () => {
  it("is the difference of the Poisson log-likelihoods, by hand", () => {
    const found = bitsPerSpike(predicted([0.5, 1, 2]), train([0, 1, 3]));
    const model = -0.5 + (Math.log(1) - 1) + (3 * Math.log(2) - 2 - Math.log(6));
    const m = 4 / 3;
    const constant = 4 * Math.log(m) - 3 * m - Math.log(6);
    expect(found.logLikelihood).toBeCloseTo(model, 12);
    expect(found.meanLogLikelihood).toBeCloseTo(constant, 12);
    expect(found.bits).toBeCloseTo((model - constant) / 4 / Math.LN2, 12);
    expect(found.meanRate).toBeCloseTo(m / frameSeconds, 12);
    expect(found.meanFrom).toBe("same bins");
    expect(lnFactorial(5)).toBeCloseTo(Math.log(120), 12);
  });

  it("of the true rate is its information, E[λ·ln(λ/λ0)]/λ0, within 3 standard errors; of the mean it is 0", () => {
    const { lambda, trains } = recorded(50_000, 1, 1);
    const found = bitsPerSpike(predicted(lambda), trains[0]);
    // Under λ-weighting z has the mean .4: E[λ ln λ]/E[λ] = .4² - 1.
    const truth = (0.16 - 1 + 0.92) / Math.LN2;
    expect(Math.abs(found.bits - truth)).toBeLessThan(3 * found.standardError);
    expect(found.standardError).toBeLessThan(0.01);
    expect(bitsPerSpike(predicted(lambda.map(() => 0.4)), trains[0], { meanRate: 20 }).bits).toBeCloseTo(0, 10);
  });

  it("has the standard error of a ratio: of a wrong constant rate only the number of spikes is uncertain", () => {
    const found = bitsPerSpike(predicted([2, 2, 2, 2]), train([0, 1, 3, 0]), { meanRate: 1 / frameSeconds });
    // bits = ln 2 - (2 - 1)·T/N, of which (2 - 1)·√Σ(n/n̄ - 1)² / N is the error of T/N.
    expect(found.bits).toBeCloseTo((Math.LN2 - 1) / Math.LN2, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt(1 + 0 + 4 + 1) / 4 / Math.LN2, 12);
  });

  it("has a standard error that covers in 92 to 98 % of 400 recordings", () => {
    let inside = 0;
    const truth = 0.08 / Math.LN2;
    for (let seed = 0; seed < 400; seed++) {
      const { lambda, trains } = recorded(1000, 1, 100 + seed);
      const found = bitsPerSpike(predicted(lambda), trains[0], { meanRate: meanCount / frameSeconds });
      if (Math.abs(found.bits - truth) < 1.96 * found.standardError) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(368);
    expect(inside).toBeLessThanOrEqual(392);
  });

  it("takes ln n! of any count, corrupt ones too, within a part in 1e12 of the sum of logarithms", () => {
    let sum = 0;
    for (let n = 1; n <= 3000; n++) {
      sum += Math.log(n);
      if (n > 1) expect(Math.abs(lnFactorial(n) / sum - 1)).toBeLessThan(1e-12);
    }
    expect(lnFactorial(0)).toBe(0);
    // Γ's recursion, where a count is a stray bit pattern: ln n! - ln (n - 1)! is ln n.
    expect(lnFactorial(1e9) - lnFactorial(1e9 - 1)).toBeCloseTo(Math.log(1e9), 4);
  });

  it("is minus infinity where the model excludes a spike, and says so", () => {
    const found = bitsPerSpike(predicted([0, 1]), train([1, 1]));
    expect(found.bits).toBe(-Infinity);
    expect(found.standardError).toBeNaN();
    expect(found.warnings).toEqual(["1 bins hold spikes where the model expects none"]);
  });

  it("refuses bins that do not fit, negative predictions and silence", () => {
    expect(() => bitsPerSpike(predicted([1, 1]), train([1]))).toThrow(
      "bitsPerSpike: spikes has 1 bins, the prediction has 2",
    );
    expect(() => bitsPerSpike(predicted([1, -1]), train([1, 1]))).toThrow("prediction.expected[1] is -1");
    expect(() => bitsPerSpike(predicted([1, 1]), train([0, 0]))).toThrow("bins 0 to 1 hold no spike");
    expect(() => bitsPerSpike(predicted([0, 1, 1], 1), train([1, 1, 1]), { first: 0 })).toThrow("first is 0");
    expect(() => bitsPerSpike(predicted([1]), spikesFrom([1], { frameSeconds: 1 }))).toThrow(
      "spikes has bins of 1 s, the prediction has 0.02 s",
    );
    expect(() => bitsPerSpike(train([1]) as unknown as Prediction, train([1]))).toThrow(
      "a model's prediction is needed",
    );
  });
});

describe("the psth", () => {
  it("is the mean rate over repeats with its standard error", () => {
    const found = psth([train([1, 0]), train([3, 0])]);
    expect([...found.rate]).toEqual([100, 0]);
    // Sample standard deviation √2 over √2 repeats, in 20 ms.
    expect(found.standardErrors[0]).toBeCloseTo(50, 10);
    expect(psth([train([1])]).standardErrors[0]).toBeNaN();
    expect(() => psth([])).toThrow("psth: repeats has 0 spike trains, at least 1 are needed");
    expect(() => psth([train([1]), train([1, 2])])).toThrow("repeats[1] has 2 bins, repeats[0] has 1");
  });
});

describe("the noise ceiling", () => {
  it("splits a hand-made pair of repeats into signal and noise", () => {
    // Var ȳ of 0, 2, 4 is 4; single variances 4 and 4 of 0, 2, 4: no noise at all.
    const same = noiseCeiling([train([0, 2, 4, 2]), train([0, 2, 4, 2])], { blocks: 2 });
    expect(same.noisePower).toBeCloseTo(0, 12);
    expect(same.explainableVariance).toBeCloseTo(1, 12);
    expect(same.ceiling).toBeCloseTo(1, 12);
    // Opposite repeats: ȳ is constant, SP = -mean variance.
    const opposite = noiseCeiling([train([0, 4, 0, 4]), train([4, 0, 4, 0])], { blocks: 2 });
    expect(opposite.signalPower).toBeCloseTo(-16 / 3, 12);
    expect(opposite.ceiling).toBeNaN();
    expect(opposite.warnings[0]).toContain("no signal");
  });

  it("of a simulated cell is near its true value: within 3 standard errors, which cover in 92 to 98 % of 400", () => {
    const { trains } = recorded(20_000, 6, 3);
    const found = noiseCeiling(trains);
    const truths = {
      signalPower,
      noisePower: meanCount,
      averagedPower: signalPower + meanCount / 6,
      explainableVariance: signalPower / (signalPower + meanCount),
      ceiling: Math.sqrt(signalPower / (signalPower + meanCount / 6)),
    };
    for (const name of Object.keys(truths) as (keyof typeof truths)[])
      expect(Math.abs(found[name] - truths[name])).toBeLessThan(3 * found.standardErrors[name]);
    let inside = 0;
    for (let seed = 0; seed < 400; seed++) {
      const some = noiseCeiling(recorded(300, 3, 1000 + seed).trains, { blocks: 30 });
      if (Math.abs(some.noisePower - meanCount) < 1.96 * some.standardErrors.noisePower) inside++;
    }
    expect(inside).toBeGreaterThanOrEqual(368);
    expect(inside).toBeLessThanOrEqual(392);
  });

  it("refuses a single repeat and repeats without a spike", () => {
    expect(() => noiseCeiling([train([1, 2, 3, 4])])).toThrow("repeats has 1 spike trains, at least 2 are needed");
    const silent = train(new Uint32Array(80));
    expect(() => noiseCeiling([silent, silent])).toThrow("repeats hold no spike");
    expect(() => noiseCeiling([silent, spikesFrom(new Uint32Array(80), { frameSeconds: 1 })])).toThrow("bins of 1 s");
  });
});

describe("a prediction beside repeats", () => {
  const { lambda, trains } = recorded(20_000, 6, 8);
  it("of the true rate reaches 1 once the noise is taken off, and the ceiling before", () => {
    const found = responseGoodness(predicted(lambda), trains);
    expect(Math.abs(found.normalizedCorrelation - 1)).toBeLessThan(3 * found.standardErrors.normalizedCorrelation);
    expect(Math.abs(found.signalPowerExplained - 1)).toBeLessThan(3 * found.standardErrors.signalPowerExplained);
    expect(Math.abs(found.correlation - found.ceiling)).toBeLessThan(3 * found.standardErrors.correlation);
    expect(found.correlation).toBeLessThan(0.8);
  });

  it("of half the signal has the correlation √½, whatever the noise; a wrong scale costs power but no correlation", () => {
    const noise = new Float32Array(20_000);
    fillNormal(noise, randomStream(77, "tests"), 1);
    const spread = Math.sqrt(signalPower);
    const mixed = lambda.map((value, t) => Math.max(0, value + 10 + spread * noise[t]));
    const half = responseGoodness(predicted(mixed), trains);
    expect(Math.abs(half.normalizedCorrelation - Math.SQRT1_2)).toBeLessThan(
      3 * half.standardErrors.normalizedCorrelation,
    );
    const doubled = responseGoodness(predicted(lambda.map((value) => 2 * value)), trains);
    expect(doubled.normalizedCorrelation).toBeCloseTo(
      responseGoodness(predicted(lambda), trains).normalizedCorrelation,
      10,
    );
    // Var(ȳ) - Var(ȳ - 2s) = SP·(1 - 1) for the signal s.
    expect(Math.abs(doubled.signalPowerExplained)).toBeLessThan(4 * doubled.standardErrors.signalPowerExplained);
  });

  it("leaves out the bins before the first window, and refuses constants", () => {
    const late = lambda.slice().fill(0, 0, 9);
    expect(responseGoodness(predicted(late, 9), trains).bins).toBe(19_991);
    expect(() => responseGoodness(predicted(lambda.map(() => 1)), trains)).toThrow("prediction is constant");
    expect(() => responseGoodness(predicted(lambda), trains, { blocks: 1 })).toThrow("responseGoodness: blocks is 1");
    const even = [0, 1].map(() =>
      spikesFrom(new Uint32Array(lambda.length).fill(1), { frameSeconds: trains[0].frameSeconds }),
    );
    expect(() => responseGoodness(predicted(lambda), even)).toThrow("responseGoodness: repeats have a constant mean");
  });

  it("knows no errors where all spikes lie in one block, and warns of repeats that are one train", () => {
    const counts = new Uint32Array(lambda.length);
    counts[40] = 1;
    const twice = [0, 1].map(() => spikesFrom(counts, { frameSeconds: trains[0].frameSeconds }));
    const found = responseGoodness(predicted(lambda), twice);
    expect(found.standardErrors.correlation).toBeNaN();
    expect(found.warnings[0]).toContain("no noise: the repeats agree as one train with itself");
  });
});
