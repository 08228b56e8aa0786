import { describe, expect, it } from "vitest";
import { correlation } from "../../../src/math/statistics.js";
import { asdEstimate } from "../../../src/reverse-correlation/linear/asd-estimate.js";
import { shareOutside } from "../../../src/reverse-correlation/linear/asd-prior.js";
import { chooseModes, modesFor } from "../../../src/reverse-correlation/linear/modes.js";
import { ridgeEstimate } from "../../../src/reverse-correlation/linear/ridge-estimate.js";
import { gaussianCounts, noise, simpleField } from "./world.js";

describe("the number of modes", () => {
  it.each([
    [0.5, 0.01],
    [1, 0.01],
    [1.2, 0.2],
  ])("is the least that leaves out less than a share of the prior's variance: scale %d, share %d", (scale, share) => {
    const shape = [4, 7, 6] as const;
    const scales = [scale, 1.1 * scale, 0.9 * scale];
    const count = modesFor(shape, scales, share);
    const outside = (modes: number) => shareOutside(chooseModes(shape, scales, modes), [0, ...scales.map(Math.log)]);
    expect(outside(count)).toBeLessThan(share);
    expect(outside(count - 1)).toBeGreaterThan(share * (1 - 1e-9));
  });

  it("grows by itself where a field is fine, so that a smooth prior does hardly worse than the ridge there, and not elsewhere", () => {
    const [lags, size] = [7, 11];
    const smooth = simpleField(lags, size).map((w) => 4 * w);
    // every number a sign of its own: nothing is smooth
    const fine = smooth.map((w, d) => (Math.sin(d * d) < 0 ? -w : w));
    const stimulus = noise(1500, size, 3);
    const found = [smooth, fine].map((field) => {
      const spikes = gaussianCounts(stimulus, field, 1, 30, 4);
      const estimate = asdEstimate(stimulus, spikes, { lags });
      const score = correlation(estimate.kernel.data, field);
      const ridge = correlation(ridgeEstimate(stimulus, spikes, { lags }).kernel.data, field);
      const modes = estimate.hyperparameters.find(({ name }) => name === "modes")!.value;
      return { score, ridge, modes, warned: estimate.warnings.some((text) => text.includes("leave out")) };
    });
    const [slow, quick] = found as [(typeof found)[0], (typeof found)[0]];
    expect(slow.modes).toBeLessThanOrEqual(800);
    expect(slow.score).toBeGreaterThan(slow.ridge);
    expect(quick.modes).toBeGreaterThan(800);
    expect(quick.score).toBeGreaterThan(quick.ridge - 0.02);
    expect(found.map(({ warned }) => warned)).toEqual([false, false]);
  });
});
