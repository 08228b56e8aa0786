import { describe, expect, it } from "vitest";
import { summarise } from "../../src/fit/gabor-spectrum.js";
import { prepareField } from "../../src/fit/gabor-sums.js";
import { gaborValues } from "../../src/math/gabor.js";
import { gaborFrom } from "./gabor-cases.js";

const grid = { height: 24, width: 30 };
const summaryOf = (g: ReturnType<typeof gaborFrom>) => summarise(prepareField(gaborValues(g, grid), 24, 30));

describe("what the spectrum says before a Gabor is fitted", () => {
  const directions = Array.from({ length: 12 }, (_, k) => -1.5 + 0.26 * k);

  it.each(directions)("is the carrier and its direction, y up, at τ = %d", (tau) => {
    const { peak, spread, lowpass } = summaryOf(gaborFrom({ sigmaX: 4, sigmaY: 4, cycles: 0.2 }, { tau }));
    expect(lowpass).toBe(false);
    // a frequency step is 1/32 cycle: the centroid is nearer than a third of one
    expect(Math.abs(peak.f / (2 * Math.PI) - 0.2)).toBeLessThan(0.01);
    expect(Math.abs(Math.sin(peak.tau - tau))).toBeLessThan(0.05);
    expect(Math.abs(Math.sin(spread.tau - tau))).toBeLessThan(0.05);
  });

  it("is the place of the field, x right and y up, to a pixel", () => {
    for (const [x0, y0] of [
      [0, 0],
      [7, -5],
      [-8, 4],
      [10, 8],
      [-11, -8],
    ]) {
      const { centre } = summaryOf(gaborFrom({ sigmaX: 2.5, sigmaY: 3, cycles: 0.15 }, { x0, y0 }));
      expect(Math.abs(centre.x - x0)).toBeLessThan(1);
      expect(Math.abs(centre.y - y0)).toBeLessThan(1);
    }
  });

  it("is the direction across a blob's longer axis, in which the power spreads", () => {
    for (const tau of directions) {
      const blob = gaborFrom({ sigmaX: 1.5, sigmaY: 5, cycles: 0 }, { tau, phase: 0, x0: 2, y0: -1 });
      const { lowpass, spread } = summaryOf(blob);
      expect(lowpass).toBe(true);
      expect(Math.abs(Math.sin(spread.tau - tau))).toBeLessThan(0.03);
    }
  });
});
