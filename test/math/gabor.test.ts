import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalGabor, type Gabor, gaborAt, quadraturePair, renderGabor, wrapPhase } from "../../src/math/gabor.js";
import { gaborDerivatives } from "../../src/math/gabor-derivatives.js";

const example: Gabor = {
  amplitude: 1.3,
  betaX: 0.08,
  betaY: 0.03,
  frequency: 0.9,
  phase: 0.7,
  x0: 0.5,
  y0: -1.25,
  tau: 0.4,
};

const angle = fc.double({ min: -20, max: 20, noNaN: true });
const beta = fc.double({ min: 0.01, max: 1, noNaN: true });
const gabors = fc.record({
  amplitude: fc.double({ min: -5, max: 5, noNaN: true }),
  betaX: beta,
  betaY: beta,
  frequency: fc.oneof(fc.double({ min: -3, max: 3, noNaN: true }), fc.constant(0)),
  phase: angle,
  x0: fc.double({ min: -4, max: 4, noNaN: true }),
  y0: fc.double({ min: -4, max: 4, noNaN: true }),
  tau: fc.oneof(angle, fc.constantFrom(0, -0, Math.PI, -Math.PI, 2 * Math.PI, -1e-20)),
});

describe("the Gabor function", () => {
  it("is the equation in rotated coordinates", () => {
    // x' = (2.5 - .5)·cos .4 + (1 + 1.25)·sin .4, y' = -(2)·sin .4 + 2.25·cos .4, worked out apart
    const [along, across] = [2.718312699, 1.293550508];
    const value = 1.3 * Math.exp(-0.08 * along ** 2 - 0.03 * across ** 2) * Math.cos(0.9 * along + 0.7);
    expect(gaborAt(example, 2.5, 1)).toBeCloseTo(value, 8);
  });

  it("turns its envelope with its carrier: rotating the plane by τ gives the unrotated function", () => {
    const upright = { ...example, x0: 0, y0: 0, tau: 0 };
    for (const [x, y] of [
      [1, 0.5],
      [-2, 1.7],
      [0.3, -2.2],
    ]) {
      const [cos, sin] = [Math.cos(1.1), Math.sin(1.1)];
      const turned = gaborAt({ ...upright, tau: 1.1 }, cos * x - sin * y, sin * x + cos * y);
      expect(turned).toBeCloseTo(gaborAt(upright, x, y), 12);
    }
  });

  it("is drawn at the pixels' centres, y up, in float32", () => {
    const image = renderGabor(example, { height: 3, width: 4, step: 0.5 });
    expect(image.shape).toEqual([3, 4]);
    expect(image.data).toBeInstanceOf(Float32Array);
    expect(image.data[0]).toBe(Math.fround(gaborAt(example, -0.75, 0.5)));
    expect(image.data[7]).toBe(Math.fround(gaborAt(example, 0.75, 0)));
    expect(image.data[8]).toBe(Math.fround(gaborAt(example, -0.75, -0.5)));
  });

  it("has the derivatives that central differences give", () => {
    const h = 1e-6;
    const derivatives = gaborDerivatives(example, 1.7, -0.4);
    (Object.keys(example) as (keyof Gabor)[]).forEach((name, i) => {
      const moved = (by: number) => gaborAt({ ...example, [name]: example[name] + by }, 1.7, -0.4);
      expect(derivatives[i]).toBeCloseTo((moved(h) - moved(-h)) / (2 * h), 8);
    });
  });
});

describe("the canonical parameters", () => {
  it("lie in their ranges, are the same function, and are their own canonical form", () => {
    fc.assert(
      fc.property(gabors, (g) => {
        const canonical = canonicalGabor(g);
        const scale = 1e-9 * (1 + Math.abs(g.amplitude));
        expect(canonical.amplitude).toBeGreaterThanOrEqual(0);
        expect(canonical.frequency).toBeGreaterThanOrEqual(0);
        expect(canonical.tau).toBeGreaterThanOrEqual(0);
        expect(canonical.tau).toBeLessThan(Math.PI);
        expect(canonical.phase).toBeGreaterThan(-Math.PI);
        expect(canonical.phase).toBeLessThanOrEqual(Math.PI);
        for (const [x, y] of [
          [0, 0],
          [1.5, -2],
          [-3, 0.7],
        ]) {
          expect(Math.abs(gaborAt(canonical, x, y) - gaborAt(g, x, y))).toBeLessThan(scale);
        }
        expect(canonicalGabor(canonical)).toEqual(canonical);
      }),
      { numRuns: 500, seed: 7 },
    );
  });

  it("are one for all parameter vectors of a function", () => {
    const { amplitude, frequency, phase, tau } = example;
    for (const same of [
      { ...example, amplitude: -amplitude, phase: phase + Math.PI },
      { ...example, tau: tau + Math.PI, phase: -phase },
      { ...example, frequency: -frequency, phase: -phase },
      { ...example, phase: phase - 4 * Math.PI },
    ]) {
      const canonical = canonicalGabor(same);
      for (const name of Object.keys(example) as (keyof Gabor)[])
        expect(canonical[name]).toBeCloseTo(example[name], 12);
    }
  });

  it("of a function without a carrier have phase 0, the longer axis along x', and the phase in the amplitude", () => {
    const blob = canonicalGabor({ ...example, frequency: 0, phase: 1 });
    expect(blob.phase).toBe(0);
    expect(blob.amplitude).toBeCloseTo(1.3 * Math.cos(1), 14);
    expect([blob.betaX, blob.betaY]).toEqual([0.03, 0.08]);
    expect(blob.tau).toBeCloseTo(0.4 + Math.PI / 2, 14);
  });

  it("of a dark blob keep the amplitude positive by phase π", () => {
    const dark = canonicalGabor({ ...example, amplitude: -2, frequency: 0, phase: 0 });
    expect([dark.amplitude, dark.phase]).toEqual([2, Math.PI]);
  });

  it("of a round blob have tau 0", () => {
    expect(canonicalGabor({ ...example, frequency: 0, betaX: 0.03 }).tau).toBe(0);
  });

  it("bring a phase into (-π, π]", () => {
    expect(wrapPhase(-Math.PI)).toBe(Math.PI);
    expect(wrapPhase(Math.PI)).toBe(Math.PI);
    expect(wrapPhase(7)).toBeCloseTo(7 - 2 * Math.PI, 14);
  });
});

describe("a quadrature pair", () => {
  it("shares all but the phase, φ and φ - π/2", () => {
    const [even, odd] = quadraturePair(example);
    expect(even).toEqual(example);
    expect(odd).toEqual({ ...example, phase: 0.7 - Math.PI / 2 });
  });

  it("has the envelope as the root of the sum of its squares", () => {
    const [even, odd] = quadraturePair(example);
    const envelope = { ...example, frequency: 0, phase: 0 };
    expect(Math.hypot(gaborAt(even, 2, 1), gaborAt(odd, 2, 1))).toBeCloseTo(gaborAt(envelope, 2, 1), 12);
  });
});

describe("what is no Gabor is refused", () => {
  const grid = { height: 4, width: 4 };
  it.each([
    [() => gaborAt(3 as never, 0, 0), "gaborAt: gabor is 3, { amplitude, betaX"],
    [() => gaborAt({ ...example, tau: Number.NaN }, 0, 0), "gaborAt: gabor.tau is NaN, a finite number is needed"],
    [() => renderGabor({ ...example, betaX: 0 }, grid), "renderGabor: gabor.betaX is 0, a number above 0 is needed"],
    [() => renderGabor(example, { height: 0, width: 2 }), "renderGabor: grid.height is 0"],
    [() => canonicalGabor({ ...example, betaY: -1 }), "canonicalGabor: gabor.betaY is -1"],
    [() => quadraturePair({} as never), "quadraturePair: gabor.amplitude is undefined"],
    [() => gaborDerivatives(null as never, 0, 0), "gaborDerivatives: gabor is null"],
  ])("%#", (call, message) => {
    expect(call).toThrow(message);
  });
});
