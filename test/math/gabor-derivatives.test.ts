import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { gaborParameters } from "../../src/math/gabor.js";
import { gaborDerivatives } from "../../src/math/gabor-derivatives.js";
import { anyGabor, anyPoint, formula } from "./arbitrary-gabor.js";

describe("gaborDerivatives", () => {
  it("are the central differences of the function, in the order of gaborParameters", () => {
    fc.assert(
      fc.property(anyGabor, anyPoint, (g, [x, y]) => {
        const derivatives = gaborDerivatives(g, x, y);
        expect(derivatives.length).toBe(8);
        gaborParameters.forEach((name, i) => {
          const h = 1e-4;
          const at = (shift: number) => formula({ ...g, [name]: g[name] + shift }, x, y);
          // fourth order, so that the difference's own error stays below 1e-8
          const slope = (8 * (at(h) - at(-h)) - (at(2 * h) - at(-2 * h))) / (12 * h);
          expect(derivatives[i], name).toBeCloseTo(slope, 7);
        });
      }),
      { seed: 16 },
    );
  });

  it("refuse what is not a Gabor", () => {
    expect(() => gaborDerivatives({} as never, 0, 0)).toThrow("gaborDerivatives: gabor.amplitude is undefined");
  });
});
