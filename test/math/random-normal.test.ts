import { describe, expect, it } from "vitest";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { correlationErrors, kolmogorov, meanError, normalBelow } from "./random-checks.js";

const source = randomStream(20, "stimulus");
const WIDTH = 1000;

/** Rows of 1000 normals one after the other, from a row on. */
function rows(count: number, first = 0, of = source): Float32Array {
  const values = new Float32Array(count * WIDTH);
  for (let r = 0; r < count; r++) fillNormal(values.subarray(r * WIDTH, (r + 1) * WIDTH), of, first + r);
  return values;
}

const values = rows(3000);

/** Four standard errors: one draw in 16,000 of a right generator is beyond. */
const LIMIT = 4;

describe("fillNormal", () => {
  it("has the moments of the standard normal to four standard errors", () => {
    // E[z^2k] = (2k-1)!!, the variance of z^k is E[z^2k] - E[z^k]²
    const moments = [1, 0, 1, 0, 3, 0, 15, 0, 105, 0, 945, 0, 10395];
    for (const power of [1, 2, 3, 4, 5, 6]) {
      const error = meanError(values, moments[power], moments[2 * power] - moments[power] ** 2, (z) => z ** power);
      expect(Math.abs(error), `moment ${power}`).toBeLessThan(LIMIT);
    }
  });

  it("is normal by Kolmogorov and Smirnov's measure at .001", () => {
    expect(kolmogorov(values.subarray(0, 400_000), normalBelow)).toBeLessThan(1.95);
  });

  it("is normal at every place of a run of sixteen", () => {
    const long = new Float32Array(16 * 60_000);
    fillNormal(long, source, 2 ** 40);
    for (let place = 0; place < 16; place++) {
      const some = Float32Array.from({ length: 60_000 }, (_, i) => long[16 * i + place]);
      // .002 for the sixteen together
      expect(kolmogorov(some, normalBelow), `place ${place}`).toBeLessThan(2.2);
    }
  });

  it("has the normal's tails beyond 2, 3, 4, 4.5 and 5", () => {
    for (const limit of [2, 3, 4, 4.5, 5]) {
      const share = 2 * normalBelow(-limit);
      for (const sign of [1, -1]) {
        const count = values.reduce((sum, z) => sum + (sign * z > limit ? 1 : 0), 0);
        const expected = (values.length * share) / 2;
        expect(Math.abs(count - expected), `beyond ${sign * limit}`).toBeLessThan(LIMIT * Math.sqrt(expected));
      }
    }
  });

  it("has no correlation between neighbours in a row, nor between their squares", () => {
    for (const lag of [1, 2, 3, 4, 8, 12, 16, 32, 500]) {
      // some pairs lie in two rows, which is as good
      const { plain, squares } = correlationErrors(values.subarray(0, values.length - lag), values.subarray(lag));
      expect(Math.abs(plain), `lag ${lag}`).toBeLessThan(LIMIT);
      expect(Math.abs(squares), `squares at lag ${lag}`).toBeLessThan(LIMIT);
    }
  });

  it("has no correlation between rows, streams and seeds", () => {
    const others = {
      "next row": rows(2000, 1),
      "row 2^32 on": rows(2000, 2 ** 32),
      "another stream": rows(2000, 0, randomStream(20, "spikes")),
      "next seed": rows(2000, 0, randomStream(21, "stimulus")),
      "seed 2^32 on": rows(2000, 0, randomStream(20 + 2 ** 32, "stimulus")),
    };
    for (const [name, other] of Object.entries(others)) {
      const { plain, squares } = correlationErrors(other, values);
      expect(Math.abs(plain), name).toBeLessThan(LIMIT);
      expect(Math.abs(squares), name).toBeLessThan(LIMIT);
    }
  });

  it("gives the same row from the same seed, stream and row", () => {
    expect(rows(1, 17)).toEqual(values.slice(17 * WIDTH, 18 * WIDTH));
  });
});
