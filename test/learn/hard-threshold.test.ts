import { describe, expect, it } from "vitest";
import {
  activeShares,
  adaptThresholds,
  hardThresholdBackward,
  hardThresholdForward,
} from "../../src/learn/hard-threshold.js";
import { tensor } from "../../src/tensor/tensor.js";

// two examples, two channels, two places
const input = tensor(Float64Array.of(1, -3, 1, -3, 0.5, 2, 0.5, -2), [2, 2, 2]);
const thresholds = Float64Array.of(0.75, 2.5);

describe("the hard threshold", () => {
  it("keeps values beyond their own channel's threshold, of either sign, as they are", () => {
    expect(Array.from(hardThresholdForward(input, thresholds).data)).toEqual([1, -3, 0, -3, 0, 2, 0, 0]);
  });

  it("passes the gradient where it passed the value", () => {
    const gradient = tensor(Float64Array.of(1, 2, 3, 4, 5, 6, 7, 8), [2, 2, 2]);
    expect(Array.from(hardThresholdBackward(gradient, input, thresholds).data)).toEqual([1, 2, 0, 4, 0, 6, 0, 0]);
  });

  it("counts a channel's active places over the whole batch", () => {
    expect(Array.from(activeShares(hardThresholdForward(input, thresholds)))).toEqual([0.75, 0.25]);
  });
});

describe("adapting thresholds", () => {
  it("leaves one alone whose channel is as active as it should be", () => {
    const adapted = Float64Array.of(2, 2, 2);
    adaptThresholds(adapted, Float64Array.of(0.1, 0, 0.2), 0.1, 0.025);
    expect(adapted[0]).toBe(2);
    expect(adapted[1]).toBeCloseTo(1.95, 12);
    expect(adapted[2]).toBeCloseTo(2.05, 12);
  });

  it("brings the activity of normal numbers to its target", () => {
    const adapted = Float64Array.of(0.2);
    // the share of normal numbers beyond ±θ; two sides of 5 % lie beyond 1.6449
    const shareBeyond = (threshold: number) => {
      let inside = 0;
      for (let x = 0.0005; x < threshold; x += 0.001) inside += 0.001 * Math.exp((-x * x) / 2);
      return 1 - inside * Math.sqrt(2 / Math.PI);
    };
    for (let step = 0; step < 500; step++)
      adaptThresholds(adapted, Float64Array.of(shareBeyond(adapted[0])), 0.1, 0.025);
    expect(adapted[0]).toBeCloseTo(1.6449, 2);
  });
});
