import { describe, expect, it } from "vitest";
import { logNormal } from "../../src/math/normal-tail.js";

describe("the normal distribution by its logarithms", () => {
  // Φ by tables of Abramowitz & Stegun, 26.1 and 26.2
  it.each([
    [0, Math.log(0.5)],
    [1, Math.log(0.841344746068543)],
    [-1, Math.log(0.158655253931457)],
    [-2, Math.log(0.0227501319481792)],
    [-3, Math.log(0.00134989803163009)],
    [-5, Math.log(2.86651571879194e-7)],
    [-10, -53.2312851505125],
  ])("is as tabled at %d", (z, expected) => {
    const { below, density } = logNormal(z);
    expect(below / expected).toBeCloseTo(1, 12);
    expect(density).toBeCloseTo(-0.5 * z * z - 0.5 * Math.log(2 * Math.PI), 12);
  });

  it("has Φ' = φ, on either side of where one formula gives way to another", () => {
    for (const z of [-40, -8, -2.51, -2.5, -2.49, -1, 0, 3]) {
      const h = 1e-4;
      const slope = (logNormal(z + h).below - logNormal(z - h).below) / (2 * h);
      const { density, below } = logNormal(z);
      expect(slope / Math.exp(density - below)).toBeCloseTo(1, 5);
    }
  });

  it("stays finite far out, where Φ(z) is about φ(z)/|z|, and has Φ(-z) = 1 - Φ(z)", () => {
    for (const z of [-1e3, -1e5]) {
      const { density, below } = logNormal(z);
      // to the rounding of numbers of z²/2
      expect(Math.abs(below - density + Math.log(-z) + z ** -2)).toBeLessThan(1e-16 * z ** 2 + z ** -4 * 4);
    }
    expect(logNormal(1e3).below).toBeCloseTo(0, 12);
    for (const z of [0.5, 2, 4])
      expect(Math.exp(logNormal(z).below) + Math.exp(logNormal(-z).below)).toBeCloseTo(1, 12);
  });
});
