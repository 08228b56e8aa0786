import { describe, expect, it } from "vitest";
import { asdEstimate } from "../../../src/reverse-correlation/linear/asd-estimate.js";
import { asdHyperprior } from "../../../src/reverse-correlation/linear/asd-prior.js";
import {
  type Hyperprior,
  hyperparameterRows,
  withHyperprior,
} from "../../../src/reverse-correlation/linear/hyperprior.js";
import { cellSpikes, patches, simpleField } from "./world.js";

describe("what is held of hyperparameters before the data", () => {
  const hyperprior: Hyperprior = {
    middles: Float64Array.of(0, 1, -1),
    deviations: Float64Array.of(Number.POSITIVE_INFINITY, 2, 0.5),
    alike: [{ pair: [1, 2], deviation: 3 }],
  };

  it("adds minus the logarithm of its density, and its slope; where any value is as likely, nothing", () => {
    const f = withHyperprior((x, gradient) => {
      gradient.set([2, 0, 0]);
      return 2 * x[0]!;
    }, hyperprior);
    const gradient = new Float64Array(3);
    expect(f(Float64Array.of(7, 4, 1), gradient)).toBeCloseTo(14 + 9 / 8 + 4 / 0.5 + 9 / 18, 12);
    expect([...gradient]).toEqual([2, 3 / 4 + 3 / 9, 2 / 0.25 - 3 / 9]);
  });

  it("couples length scales along y and x, where there are both", () => {
    expect(asdHyperprior([4, 8, 8]).alike).toHaveLength(1);
    expect(asdHyperprior([4, 1, 8]).alike).toHaveLength(0);
  });

  // Without it the scales of so few spikes run off: one to a thousandth of a sample, another to half the patch.
  it("keeps the scales of a few spikes where they mean something", () => {
    for (const seed of [3, 4, 5]) {
      const stimulus = patches(500, 8, seed);
      const spikes = cellSpikes(stimulus, simpleField(3, 8), 40, seed);
      expect(spikes.spikes).toBeLessThan(100);
      const { hyperparameters } = asdEstimate(stimulus, spikes, { lags: 3 });
      for (const name of ["lengthScaleY", "lengthScaleX"]) {
        const { value } = hyperparameters.find((one) => one.name === name)!;
        expect(Math.abs(Math.log(value))).toBeLessThan(3);
      }
    }
  });
});

describe("what the uncertainty of hyperparameters adds to that of weights", () => {
  const at = (curvatures: readonly number[]) => (x: Float64Array) => ({
    gradient: x.map((value, k) => curvatures[k]! * value + 0.5 * (k === 0 ? x[1]! : x[0]!)),
    weights: Float64Array.of(2 * x[0]!, x[0]! - 3 * x[1]!, 5),
  });
  const variances = (rows: readonly Float64Array[]) =>
    [0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[j]! ** 2, 0));

  it("is J·C·Jᵀ of a score that is quadratic and weights that are linear", () => {
    const prior = { middles: new Float64Array(2), deviations: Float64Array.of(Number.POSITIVE_INFINITY, 1) };
    // H = [4, .5; .5, 2], whose inverse is [2, -.5; -.5, 4] / 7.75
    const [a, b, c] = [2 / 7.75, -0.5 / 7.75, 4 / 7.75];
    const [first, second, third] = variances(hyperparameterRows(at([4, 2]), Float64Array.of(0.3, 0.1), prior));
    expect(first).toBeCloseTo(4 * a, 8);
    expect(second).toBeCloseTo(a - 6 * b + 9 * c, 8);
    expect(third).toBe(0);
  });

  it("is no more than the hyperprior leaves, where the score is flat", () => {
    const prior = { middles: new Float64Array(2), deviations: Float64Array.of(0.1, 0.2) };
    const flat = (x: Float64Array) => ({ ...at([0, 0])(x), gradient: new Float64Array(2) });
    const [first, second] = variances(hyperparameterRows(flat, new Float64Array(2), prior));
    expect(first).toBeCloseTo(4 * 0.01, 8);
    expect(second).toBeCloseTo(0.01 + 9 * 0.04, 8);
  });
});
