import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  canonicalGabor,
  type Gabor,
  gaborAt,
  gaborParameters,
  gaborValues,
  quadraturePair,
  renderGabor,
  wrapPhase,
} from "../../src/math/gabor.js";
import { anyGabor, anyPoint, formula } from "./arbitrary-gabor.js";

const g: Gabor = { amplitude: 2, betaX: 0.3, betaY: 0.1, frequency: 1.2, phase: 0.4, x0: 0.5, y0: -0.7, tau: 0.6 };

/** The three ways in which conventions.md rewrites a Gabor without changing the function. */
const symmetries: ((g: Gabor) => Gabor)[] = [
  (g) => ({ ...g, amplitude: -g.amplitude, phase: g.phase + Math.PI }),
  (g) => ({ ...g, tau: g.tau + Math.PI, phase: -g.phase }),
  (g) => ({ ...g, frequency: -g.frequency, phase: -g.phase }),
];

describe("gaborAt", () => {
  it("is the formula of the conventions", () => {
    fc.assert(
      fc.property(anyGabor, anyPoint, (g, [x, y]) => {
        expect(gaborAt(g, x, y)).toBeCloseTo(formula(g, x, y), 12);
      }),
      { seed: 11 },
    );
  });

  it("is α·cos φ at its centre and falls by e^(-1/2) at σ along the bars", () => {
    expect(gaborAt(g, g.x0, g.y0)).toBeCloseTo(2 * Math.cos(0.4), 14);
    const sigmaY = 1 / Math.sqrt(2 * g.betaY);
    const [x, y] = [g.x0 - sigmaY * Math.sin(g.tau), g.y0 + sigmaY * Math.cos(g.tau)];
    expect(gaborAt(g, x, y)).toBeCloseTo(2 * Math.cos(0.4) * Math.exp(-0.5), 14);
  });

  it("turns its envelope with its carrier: the plane turned by τ gives the unturned function", () => {
    const upright = { ...g, x0: 0, y0: 0, tau: 0 };
    fc.assert(
      fc.property(anyPoint, fc.double({ min: -7, max: 7, noNaN: true }), ([x, y], tau) => {
        const [cos, sin] = [Math.cos(tau), Math.sin(tau)];
        const turned = gaborAt({ ...upright, tau }, cos * x - sin * y, sin * x + cos * y);
        expect(turned).toBeCloseTo(gaborAt(upright, x, y), 12);
      }),
      { seed: 6 },
    );
  });

  it("repeats its sign pattern along x' at angle τ, counter-clockwise from x, and not along the bars", () => {
    const wide = { ...g, betaX: 1e-9, betaY: 1e-9, phase: 0, x0: 0, y0: 0, tau: Math.PI / 6, frequency: Math.PI };
    expect(gaborAt(wide, Math.cos(Math.PI / 6), Math.sin(Math.PI / 6))).toBeCloseTo(-2, 6);
    expect(gaborAt(wide, -Math.sin(Math.PI / 6), Math.cos(Math.PI / 6))).toBeCloseTo(2, 6);
  });

  it("refuses what is not a Gabor", () => {
    expect(() => gaborAt(undefined as never, 0, 0)).toThrow(
      "gaborAt: gabor is undefined, { amplitude, betaX, betaY, frequency, phase, x0, y0, tau } is needed",
    );
    expect(() => gaborAt({ ...g, tau: NaN }, 0, 0)).toThrow("gaborAt: gabor.tau is NaN, a finite number is needed");
    expect(() => gaborAt({ ...g, betaX: 0 }, 0, 0)).toThrow("gaborAt: gabor.betaX is 0, a number above 0 is needed");
    expect(() => gaborAt({ ...g, betaY: -1 }, 0, 0)).toThrow("gaborAt: gabor.betaY is -1, a number above 0 is needed");
  });

  it.each(gaborParameters)("needs %s", (name) => {
    expect(() => gaborAt({ ...g, [name]: undefined }, 0, 0)).toThrow(`gabor.${name} is undefined`);
  });
});

describe("renderGabor", () => {
  const grid = { height: 5, width: 8, step: 0.25 };

  it("samples the function at x right and y up from the patch's centre, in units of the step, in float32", () => {
    const image = renderGabor(g, grid);
    expect(image.shape).toEqual([5, 8]);
    expect(image.data).toBeInstanceOf(Float32Array);
    for (let row = 0; row < 5; row++) {
      for (let column = 0; column < 8; column++) {
        const value = formula(g, (column - 3.5) * 0.25, (2 - row) * 0.25);
        expect(image.data[row * 8 + column]).toBeCloseTo(value, 6);
        expect(gaborValues(g, grid)[row * 8 + column]).toBeCloseTo(value, 13);
      }
    }
  });

  it("draws a blob at x0 > 0, y0 > 0 in the upper right, row 0 at the top", () => {
    const blob = { ...g, frequency: 0, phase: 0, betaX: 1, betaY: 1, x0: 2.5, y0: 1 };
    const { data } = renderGabor(blob, { height: 5, width: 8 });
    expect(data.indexOf(Math.max(...data))).toBe(1 * 8 + 6);
  });

  it("is in pixels where the grid names no step", () => {
    expect(renderGabor(g, { height: 5, width: 8 })).toEqual(renderGabor(g, { height: 5, width: 8, step: 1 }));
  });

  it("refuses what is not a Gabor or not a grid", () => {
    expect(() => renderGabor({ ...g, x0: Infinity }, grid)).toThrow("renderGabor: gabor.x0 is Infinity");
    expect(() => renderGabor(g, { height: 0, width: 8 })).toThrow("renderGabor: grid.height is 0");
  });
});

describe("canonicalGabor", () => {
  it("is the same function, with α > 0, f >= 0, τ in [0, π) and φ in (-π, π]", () => {
    fc.assert(
      fc.property(anyGabor, anyPoint, (g, [x, y]) => {
        const canonical = canonicalGabor(g);
        expect(formula(canonical, x, y)).toBeCloseTo(formula(g, x, y), 10);
        if (g.amplitude !== 0) expect(canonical.amplitude).toBeGreaterThan(0);
        expect(canonical.frequency).toBeGreaterThanOrEqual(0);
        expect(canonical.tau).toBeGreaterThanOrEqual(0);
        expect(canonical.tau).toBeLessThan(Math.PI);
        expect(canonical.phase).toBeGreaterThan(-Math.PI);
        expect(canonical.phase).toBeLessThanOrEqual(Math.PI);
      }),
      { numRuns: 500, seed: 10 },
    );
  });

  it("is one vector, whatever symmetries the function was rewritten by", () => {
    const rewritings = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 6 });
    fc.assert(
      fc.property(anyGabor, rewritings, (g, steps) => {
        fc.pre(g.amplitude !== 0 && Math.abs(g.betaX - g.betaY) > 1e-6);
        const a = canonicalGabor(g);
        const b = canonicalGabor(steps.reduce((h, step) => symmetries[step](h), g));
        // rounding may carry an angle over the end of its range
        fc.pre(Math.min(a.tau, Math.PI - a.tau) > 1e-9 && Math.PI - Math.abs(a.phase) > 1e-9);
        for (const name of gaborParameters) expect(b[name]).toBeCloseTo(a[name], 10);
      }),
      { seed: 12 },
    );
  });

  it.each(symmetries)("undoes symmetry %# by hand", (rewrite) => {
    const rewritten = canonicalGabor(rewrite(g));
    for (const name of gaborParameters) expect(rewritten[name]).toBeCloseTo(g[name], 14);
  });

  it("leaves a canonical Gabor as it is", () => {
    expect(canonicalGabor(g)).toEqual(g);
    fc.assert(
      fc.property(anyGabor, (g) => {
        expect(canonicalGabor(canonicalGabor(g))).toEqual(canonicalGabor(g));
      }),
      { seed: 13 },
    );
  });

  it("ends its ranges at τ = 0, not π, and φ = π, not -π", () => {
    expect(canonicalGabor({ ...g, tau: Math.PI, phase: 0.4 })).toEqual({ ...g, tau: 0, phase: -0.4 });
    expect(canonicalGabor({ ...g, tau: -1e-300, phase: 0.4 })).toEqual({ ...g, tau: 0, phase: 0.4 });
    expect(canonicalGabor({ ...g, phase: -Math.PI }).phase).toBe(Math.PI);
    expect(canonicalGabor({ ...g, frequency: -1.2, phase: Math.PI }).phase).toBe(Math.PI);
  });

  it("puts the phase of a function without a carrier into the amplitude and calls the longer axis x'", () => {
    const blob = canonicalGabor({ ...g, frequency: 0 });
    expect(blob).toMatchObject({ frequency: 0, phase: 0, betaX: 0.1, betaY: 0.3 });
    expect(blob.amplitude).toBeCloseTo(2 * Math.cos(0.4), 14);
    expect(blob.tau).toBeCloseTo(0.6 + Math.PI / 2, 14);
    expect(canonicalGabor({ ...g, frequency: 0, betaX: 0.1, betaY: 0.3 }).tau).toBeCloseTo(0.6, 14);
  });

  it("keeps α > 0 for a dark blob, by the phase π", () => {
    const dark = canonicalGabor({ ...g, frequency: -0, amplitude: -2, phase: 0 });
    expect(dark).toMatchObject({ amplitude: 2, frequency: 0, phase: Math.PI });
  });

  it("gives a round blob the direction 0", () => {
    expect(canonicalGabor({ ...g, frequency: 0, betaX: 0.2, betaY: 0.2 }).tau).toBe(0);
  });

  it("keeps the eight parameters alone", () => {
    expect(Object.keys(canonicalGabor({ ...g, name: "cell" } as Gabor))).toEqual([...gaborParameters]);
  });

  it("refuses what is not a Gabor", () => {
    expect(() => canonicalGabor({ ...g, phase: "0" as never })).toThrow('canonicalGabor: gabor.phase is "0"');
  });
});

describe("quadraturePair", () => {
  it("is a cosine and a sine in x'", () => {
    const [even, odd] = quadraturePair({ ...g, phase: 0, x0: 0, y0: 0, tau: 0 });
    const envelope = 2 * Math.exp(-0.3 * 0.49 - 0.1 * 0.09);
    expect(gaborAt(even, 0.7, 0.3)).toBeCloseTo(envelope * Math.cos(1.2 * 0.7), 14);
    expect(gaborAt(odd, 0.7, 0.3)).toBeCloseTo(envelope * Math.sin(1.2 * 0.7), 14);
  });

  it("shares all but the phase, so that its energy is the squared envelope at every phase", () => {
    fc.assert(
      fc.property(anyGabor, anyPoint, (g, [x, y]) => {
        const [a, b] = quadraturePair(g);
        expect(a).toEqual(g);
        expect(b).toEqual({ ...g, phase: g.phase - Math.PI / 2 });
        const envelope = formula({ ...g, frequency: 0, phase: 0 }, x, y);
        expect(gaborAt(a, x, y) ** 2 + gaborAt(b, x, y) ** 2).toBeCloseTo(envelope ** 2, 10);
      }),
      { seed: 14 },
    );
  });

  it("refuses what is not a Gabor", () => {
    expect(() => quadraturePair({ ...g, betaX: NaN })).toThrow("quadraturePair: gabor.betaX is NaN");
  });
});

describe("wrapPhase", () => {
  it("brings an angle into (-π, π] by whole turns", () => {
    fc.assert(
      fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (angle) => {
        const wrapped = wrapPhase(angle);
        expect(wrapped > -Math.PI && wrapped <= Math.PI).toBe(true);
        expect(Math.cos(wrapped)).toBeCloseTo(Math.cos(angle), 12);
        expect(Math.sin(wrapped)).toBeCloseTo(Math.sin(angle), 12);
      }),
      { seed: 15 },
    );
    expect([wrapPhase(-Math.PI), wrapPhase(Math.PI), wrapPhase(-0)]).toEqual([Math.PI, Math.PI, 0]);
  });
});
