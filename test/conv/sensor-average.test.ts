import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sensorAverage } from "../../src/conv/sensor-average.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

const series = (numbers: readonly number[]): Tensor => tensor(Float64Array.from(numbers), [numbers.length]);

/** Weights that add up to 1. */
const weights = fc
  .array(fc.double({ min: 0.01, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 })
  .map((raw) => raw.map((value) => value / raw.reduce((a, b) => a + b)));

describe("sensorAverage", () => {
  it("is the sum over readings x(a) of the weights w(t - a) of their ages", () => {
    fc.assert(
      fc.property(weights, fc.nat(20), fc.integer(), (w, more, seed) => {
        const x = noise([w.length + more], seed, "float64");
        const s = sensorAverage(x, series(w));
        expect(s.shape).toEqual([more + 1]);
        for (let t = w.length - 1; t < x.data.length; t++) {
          let sum = 0;
          for (let a = 0; a <= t; a++) sum += x.data[a] * (w[t - a] ?? 0);
          expect(s.data[t - w.length + 1]).toBeCloseTo(sum, 13);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("keeps a constant and a delayed ramp: the delay is the mean age", () => {
    const w = [0.5, 0.25, 0.125, 0.125];
    const meanAge = w.reduce((sum, weight, age) => sum + weight * age, 0);
    const times = Array.from({ length: 20 }, (_, t) => t);
    expect([...sensorAverage(series(times.map(() => 7)), series(w)).data]).toEqual(Array(17).fill(7));
    const ramp = sensorAverage(series(times), series(w)).data;
    ramp.forEach((value, j) => {
      expect(value).toBeCloseTo(j + 3 - meanAge, 12);
    });
  });

  it("never changes before the reading that changed", () => {
    const x = noise([30], 2, "float64");
    const later = { ...x, data: x.data.map((value, t) => (t >= 20 ? value + 5 : value)) };
    const w = series([0.4, 0.3, 0.2, 0.1]);
    const [before, after] = [sensorAverage(x, w).data, sensorAverage(later, w).data];
    // The entry j is of the time j + 3.
    expect(after.slice(0, 17)).toEqual(before.slice(0, 17));
    expect(after[17] - before[17]).toBeCloseTo(0.4 * 5, 12);
  });

  it("takes the noise of the readings down to the sum of the squared weights", () => {
    const x = noise([40_000], 3, "float64");
    const variance = (data: ArrayLike<number>) =>
      Array.from(data).reduce((sum, value) => sum + value * value, 0) / data.length;
    const w = [0.5, 0.3, 0.2];
    const share = variance(sensorAverage(x, series(w)).data) / variance(x.data);
    // The variance of n independent uniform readings is known to √(.8/n) = .45 %: five standard errors of the ratio.
    expect(Math.abs(share / 0.38 - 1)).toBeLessThan(5 * Math.SQRT2 * 0.0045);
  });

  it("takes weights that begin in the future where they are 0 there", () => {
    const x = noise([10], 4, "float64");
    expect(sensorAverage(x, series([0, 0, 0.75, 0.25]), { firstAge: -2 })).toEqual(
      sensorAverage(x, series([0.75, 0.25])),
    );
  });

  it("has the type of its readings", () => {
    expect(sensorAverage(noise([5], 5), tensor([0.1, 0.2, 0.7], [3])).data).toBeInstanceOf(Float32Array);
    expect(sensorAverage(noise([5], 5, "float64"), series([1])).data).toBeInstanceOf(Float64Array);
  });

  const x = noise([5], 6, "float64");
  const loose = (value: unknown) => value as never;
  it.each<[() => unknown, string]>([
    [
      () => sensorAverage(x, series([0.25, 0.5, 0.25]), { firstAge: -1 }),
      "sensorAverage: w weighs age -1 by 0.25: it looks into the future, ages of at least 0 are needed",
    ],
    [
      () => sensorAverage(x, series([1.5, -0.5])),
      "sensorAverage: w[1] is -0.5: with a negative weight it is a filter and no average",
    ],
    [
      () => sensorAverage(x, series([0.5, 0.25])),
      "sensorAverage: w adds up to 0.75: with a sum other than 1 it is a filter and no average",
    ],
    [
      () => sensorAverage(x, series([0.5, 0.5 + 1e-11])),
      "sensorAverage: w adds up to 1.00000000001: with a sum other than 1 it is a filter and no average",
    ],
    [
      () => sensorAverage(x, series([0, 0]), { firstAge: -2 }),
      "sensorAverage: w adds up to 0: with a sum other than 1 it is a filter and no average",
    ],
    [() => sensorAverage(x, series([0, 0, 0, 0, 0, 1])), "sensorAverage: w weighs ages up to 5, x has 5 readings"],
    [() => sensorAverage(x, noise([1], 1)), "sensorAverage: x is float64 and w is float32, one type is needed"],
    [
      () => sensorAverage(noise([1, 5], 1), series([1])),
      "sensorAverage: x has shape [1, 5], one axis of at least 1 is needed",
    ],
    [() => sensorAverage(x, series([])), "sensorAverage: w has shape [0], one axis of at least 1 is needed"],
    [() => sensorAverage(loose([1, 2]), series([1])), "sensorAverage: x is a list of 2, a tensor is needed"],
    [() => sensorAverage(x, series([1, Number.NaN])), "sensorAverage: w[1] is NaN, finite numbers are needed"],
    [
      () => sensorAverage(x, series([1]), { firstAge: 1 }),
      "sensorAverage: firstAge is 1, a whole number of at most 0 is needed",
    ],
    [
      () => sensorAverage(x, series([1]), loose({ lag: 1 })),
      'sensorAverage: option "lag" is not known, it takes firstAge',
    ],
  ])("refuses what does not fit: %#", (call, message) => {
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(message));
  });
});
