import { describe, expect, it } from "vitest";
import { bootstrapInterval, normalQuantile, wilsonInterval } from "../../src/math/intervals.js";
import { poissonAt, uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { mean } from "../../src/math/statistics.js";
import { InputError } from "../../src/tensor/errors.js";

describe("normalQuantile", () => {
  it("has the tabulated values", () => {
    // scipy.stats.norm.ppf
    const known = [
      [0.975, 1.959963984540054],
      [0.95, 1.6448536269514722],
      [0.5, 0],
      [0.6, 0.2533471031357997],
      [0.025, -1.9599639845400545],
      [0.001, -3.090232306167813],
      [1e-10, -6.361340902404056],
      [1e-15, -7.941345326170998],
    ];
    for (const [p, z] of known) expect(normalQuantile(p), `${p}`).toBeCloseTo(z, 13);
  });

  it("is odd about one half", () => {
    for (const p of [0.01, 0.125, 0.3, 0.49]) expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 12);
  });

  it("refuses shares without a finite quantile", () => {
    expect(() => normalQuantile(0)).toThrow(
      new InputError("normalQuantile: p is 0, a share from 1e-15 to 1 - 1e-15 is needed"),
    );
  });
});

describe("wilsonInterval", () => {
  it("has limits from which the observed share lies z standard errors away", () => {
    const z = normalQuantile(0.975);
    for (const [k, n] of [
      [3, 10],
      [50, 80],
      [1, 300],
    ]) {
      const { low, high } = wilsonInterval(k, n);
      for (const limit of [low, high]) {
        expect(Math.abs(k / n - limit)).toBeCloseTo(z * Math.sqrt((limit * (1 - limit)) / n), 12);
      }
    }
  });

  it("at the ends is z²/(n + z²) wide and touches 0 and 1", () => {
    const z2 = normalQuantile(0.95) ** 2;
    expect(wilsonInterval(0, 20, 0.9)).toEqual({ low: 0, high: expect.closeTo(z2 / (20 + z2), 14), level: 0.9 });
    expect(wilsonInterval(20, 20, 0.9)).toEqual({ low: expect.closeTo(20 / (20 + z2), 14), high: 1, level: 0.9 });
  });

  it("refuses what are no counts, and levels outside 0 to 1", () => {
    expect(() => wilsonInterval(1, 0)).toThrow(
      new InputError("wilsonInterval: n is 0, a whole number of at least 1 is needed"),
    );
    expect(() => wilsonInterval(4, 3)).toThrow(
      new InputError("wilsonInterval: successes is 4, a whole number from 0 to 3 is needed"),
    );
    expect(() => wilsonInterval(1, 3, 1)).toThrow(
      new InputError("wilsonInterval: level is 1, a share between 0 and 1 is needed"),
    );
  });
});

describe("bootstrapInterval", () => {
  const source = randomStream(5, "tests");

  it("is the same for the same seed and another for another", () => {
    const values = Array.from({ length: 30 }, (_, i) => uniformAt(source, 0, i));
    expect(bootstrapInterval(values, mean, { seed: 1 })).toEqual(bootstrapInterval(values, mean, { seed: 1 }));
    expect(bootstrapInterval(values, mean, { seed: 1 })).not.toEqual(bootstrapInterval(values, mean, { seed: 2 }));
  });

  it("of a mean is about 1.96 standard errors on each side", () => {
    const values = Array.from({ length: 200 }, (_, i) => poissonAt(20, source, 1 + i));
    const { low, high, level } = bootstrapInterval(values, mean, { seed: 3, draws: 4000 });
    const spread = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / 200;
    const half = 1.96 * Math.sqrt(spread / 200);
    expect(level).toBe(0.95);
    // 4000 draws find a 2.5 % point to about 2.4 % of half the interval; five times that
    expect(low).toBeGreaterThan(mean(values) - 1.12 * half);
    expect(low).toBeLessThan(mean(values) - 0.88 * half);
    expect(high).toBeGreaterThan(mean(values) + 0.88 * half);
    expect(high).toBeLessThan(mean(values) + 1.12 * half);
  });

  it("covers the true mean about as often as it says", () => {
    let covered = 0;
    for (let trial = 0; trial < 300; trial++) {
      const values = Array.from({ length: 40 }, (_, i) => uniformAt(source, 1000 + trial, i));
      const { low, high } = bootstrapInterval(values, mean, { seed: trial, draws: 200, level: 0.9 });
      if (low <= 0.5 && 0.5 <= high) covered++;
    }
    // .9 ± 4 standard errors of .017
    expect(covered / 300).toBeGreaterThan(0.83);
    expect(covered / 300).toBeLessThan(0.97);
  });

  it("takes values of any kind", () => {
    const pairs = [{ x: 1 }, { x: 1 }];
    expect(bootstrapInterval(pairs, (sample) => sample[0].x, { seed: 1, draws: 10 })).toEqual({
      low: 1,
      high: 1,
      level: 0.95,
    });
  });

  it("refuses what it cannot draw from or use", () => {
    const run =
      (values: readonly number[], options: object, statistic = mean as (sample: readonly number[]) => number) =>
      () =>
        bootstrapInterval(values, statistic, { seed: 1, ...options });
    expect(run([], {})).toThrow(new InputError("bootstrapInterval: values is empty, at least one value is needed"));
    expect(run([1], { draws: 0 })).toThrow(
      new InputError("bootstrapInterval: draws is 0, a whole number of at least 1 is needed"),
    );
    expect(run([1], { level: 0 })).toThrow(
      new InputError("bootstrapInterval: level is 0, a share between 0 and 1 is needed"),
    );
    expect(run([1], { seed: -1 })).toThrow("bootstrapInterval: seed is -1");
    expect(run([1], { repeats: 5 })).toThrow(
      'bootstrapInterval: option "repeats" is not known, it takes seed, draws, level',
    );
    expect(run([1], {}, () => NaN)).toThrow(
      new InputError("bootstrapInterval: statistic gives NaN on draw 0, a number is needed"),
    );
    expect(run([1], {}, 5 as unknown as typeof mean)).toThrow(
      "bootstrapInterval: statistic is 5, a function is needed",
    );
  });
});
