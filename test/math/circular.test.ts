import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { circularMean, circularVariance, rayleighTest } from "../../src/math/circular.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { InputError } from "../../src/tensor/errors.js";

const evenly = (n: number) => Array.from({ length: n }, (_, i) => (i * Math.PI) / n);

describe("circularMean", () => {
  it("finds the middle across the seam", () => {
    const { mean, resultant } = circularMean([0.1, 2 * Math.PI - 0.1, 0.2, 2 * Math.PI]);
    expect(mean).toBeCloseTo(0.05, 3);
    expect(resultant).toBeGreaterThan(0.99);
    const orientations = circularMean([0.1, Math.PI - 0.1], { period: Math.PI });
    expect(Math.sin(orientations.mean)).toBeCloseTo(0, 12);
    expect(orientations.resultant).toBeCloseTo(Math.cos(0.2), 12);
  });

  it("turns with the angles, and weighs them", () => {
    fc.assert(
      fc.property(
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.constantFrom(Math.PI, 2 * Math.PI),
        (turn, period) => {
          const { mean, resultant } = circularMean([turn, turn, turn + 0.3], { period });
          const weighted = circularMean([turn, turn + 0.3], { period, weights: [2, 1] });
          const still = circularMean([0, 0, 0.3], { period });
          expect(mean).toBeGreaterThanOrEqual(0);
          expect(mean).toBeLessThan(period);
          expect(Math.sin(((mean - turn - still.mean) * Math.PI) / period)).toBeCloseTo(0, 9);
          expect(resultant).toBeCloseTo(still.resultant, 12);
          expect(weighted.resultant).toBeCloseTo(resultant, 12);
        },
      ),
    );
  });

  it("names no direction where the angles are balanced", () => {
    expect(circularMean([0, Math.PI / 2], { period: Math.PI })).toEqual({ mean: 0, resultant: 0 });
  });

  it("refuses no angles, options it does not know and weights that do not fit", () => {
    expect(() => circularMean([])).toThrow(new InputError("circularMean: angles has 0 values, at least 1 are needed"));
    expect(() => circularMean([1], { period: 0 })).toThrow("circularMean: period is 0, a number above 0 is needed");
    expect(() => circularMean([1], { axial: true } as object)).toThrow('circularMean: option "axial" is not known');
    expect(() => circularMean([1], { weights: [1, 2] })).toThrow(
      "circularMean: weights has 2 values, there are 1 angles",
    );
    expect(() => circularMean([1], { weights: [-1] })).toThrow("circularMean: weights[0] is -1, at least 0 is needed");
    expect(() => circularMean([1], { weights: [0] })).toThrow(
      "circularMean: weights are all 0, at least one above 0 is needed",
    );
  });
});

describe("circularVariance", () => {
  it("is 0 for one orientation and 1 for all alike", () => {
    expect(circularVariance([0, 5, 0, 0], evenly(4))).toBeCloseTo(0, 14);
    expect(circularVariance([2, 2, 2, 2], evenly(4))).toBeCloseTo(1, 14);
  });

  it("of a raised cosine 1 + m·cos 2θ is 1 - m/2", () => {
    const orientations = evenly(12);
    for (const m of [0.2, 0.7, 1]) {
      const responses = orientations.map((angle) => 1 + m * Math.cos(2 * (angle - 0.4)));
      expect(circularVariance(responses, orientations)).toBeCloseTo(1 - m / 2, 12);
    }
  });

  it("refuses negative responses and other lengths", () => {
    expect(() => circularVariance([1, -1], evenly(2))).toThrow(
      "circularVariance: responses[1] is -1, at least 0 is needed",
    );
    expect(() => circularVariance([1], evenly(2))).toThrow(
      "circularVariance: responses has 1 values, there are 2 angles",
    );
    expect(() => circularVariance([], [])).toThrow(
      "circularVariance: orientations has 0 values, at least 1 are needed",
    );
  });
});

describe("rayleighTest", () => {
  it("finds uniform angles uniform as often as its level says", () => {
    const source = randomStream(11, "tests");
    let found = 0;
    for (let trial = 0; trial < 2000; trial++) {
      const angles = Array.from({ length: 25 }, (_, i) => 2 * Math.PI * uniformAt(source, trial, i));
      if (rayleighTest(angles).p < 0.05) found++;
    }
    // .05 ± 4 standard errors of .0049
    expect(found / 2000).toBeGreaterThan(0.03);
    expect(found / 2000).toBeLessThan(0.07);
  });

  it("agrees with exp(-z) where the resultant is small and n is large", () => {
    const n = 4000;
    const angles = Array.from({ length: n }, (_, i) => (2 * Math.PI * i) / n + 0.04 * Math.cos((2 * Math.PI * i) / n));
    const { z, p } = rayleighTest(angles);
    expect(z).toBeGreaterThan(1);
    expect(p).toBeCloseTo(Math.exp(-z), 3);
  });

  it("finds one direction, and by its period one orientation", () => {
    const angles = Array.from({ length: 20 }, (_, i) => 1 + 0.02 * i + (i % 2) * Math.PI);
    expect(rayleighTest(angles).p).toBeGreaterThan(0.5);
    expect(rayleighTest(angles, Math.PI).p).toBeLessThan(1e-6);
  });

  it("refuses no angles and a period of 0", () => {
    expect(() => rayleighTest([])).toThrow(new InputError("rayleighTest: angles has 0 values, at least 1 are needed"));
    expect(() => rayleighTest([1], 0)).toThrow(new InputError("rayleighTest: period is 0, a number above 0 is needed"));
  });
});
