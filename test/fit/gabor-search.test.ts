import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitGabor } from "../../src/fit/fit-gabor.js";
import { fastest } from "../../src/fit/gabor-problem.js";
import { randomStart } from "../../src/fit/gabor-starts.js";
import { prepareField } from "../../src/fit/gabor-sums.js";
import { canonicalGabor, gaborParameters, gaborValues } from "../../src/math/gabor.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { tensor } from "../../src/tensor/tensor.js";
import { drawGabors } from "./gabor-cases.js";

const values = fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 64, maxLength: 64 });

describe("the search for a Gabor", () => {
  it("never ends with a worse R² for more starts, on any field, whatever the seed", () => {
    fc.assert(
      fc.property(values, fc.nat(1000), (data, seed) => {
        fc.pre(data.some((x) => x !== data[0]));
        const field = tensor(Float64Array.from(data), [8, 8]);
        let last = -Infinity;
        for (const starts of [1, 2, 4, 12, 40]) {
          const { rSquared } = fitGabor(field, { starts, seed });
          expect(rSquared).toBeGreaterThanOrEqual(last);
          last = rSquared;
        }
      }),
      { numRuns: 25, seed: 1 },
    );
  });

  it("uses the seed in the random starts that follow the screened ones", () => {
    const noise = new Float32Array(144);
    fillNormal(noise, randomStream(21, "tests"), 8);
    const found = (seed: number, starts: number) => fitGabor(tensor(noise, [12, 12]), { starts, seed });
    expect(found(1, 36)).toEqual(found(0, 36));
    expect(found(1, 45).rSquared).not.toBeCloseTo(found(0, 45).rSquared, 3);
    expect(found(1, 45)).toEqual(found(1, 45));
  });

  it("draws random starts within the bounds, each its own", () => {
    const field = prepareField(new Float64Array(12 * 20).fill(1), 12, 20);
    const starts = Array.from({ length: 400 }, (_, i) => randomStart(field, 3, i));
    for (const { sigmaX, sigmaY, frequency, x0, y0, tau } of starts) {
      for (const sigma of [sigmaX, sigmaY]) expect(sigma >= 0.8 && sigma <= 10).toBe(true);
      expect(frequency).toBeLessThanOrEqual(fastest(20, tau));
      expect(frequency).toBeGreaterThan(0.1 / 20);
      expect(Math.abs(x0) <= 10 && Math.abs(y0) <= 6).toBe(true);
    }
    expect(new Set(starts.map(({ tau }) => tau)).size).toBe(400);
    expect(randomStart(field, 4, 0)).not.toEqual(starts[0]);
    expect(randomStart(field, 3, 7)).toEqual(starts[7]);
  });

  it.each([
    { height: 32, width: 32 },
    { height: 28, width: 40, step: 0.1 },
    { height: 45, width: 33, step: 2 },
  ])("finds 20 Gabors without noise to 1e-5 of their parameters on %o", (grid) => {
    const step = grid.step ?? 1;
    for (const drawn of drawGabors(20)) {
      const truth = canonicalGabor({
        ...drawn,
        amplitude: 3,
        betaX: drawn.betaX / step ** 2,
        betaY: drawn.betaY / step ** 2,
        frequency: drawn.frequency / step,
        x0: drawn.x0 * step,
        y0: drawn.y0 * step,
      });
      const { gabor, rSquared, warnings, stopped, iterations } = fitGabor(
        tensor(gaborValues(truth, grid), [grid.height, grid.width]),
        { grid },
      );
      expect(rSquared).toBeGreaterThan(1 - 1e-10);
      for (const name of gaborParameters) {
        expect(Math.abs(gabor[name] - truth[name]), name).toBeLessThan(1e-5 * (1 + Math.abs(truth[name])));
      }
      expect(warnings).toEqual([]);
      expect(["gradient", "step"]).toContain(stopped);
      expect(iterations).toBeGreaterThan(0);
    }
  });
});
