import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Gabor, gaborAt } from "../../src/math/gabor.js";
import { xOfColumn, yOfRow } from "../../src/math/grid.js";
import {
  canonicalSpaceTimeGabor,
  renderSpaceTimeGabor,
  type SpaceTimeGabor,
  spaceTimeGaborValues,
} from "../../src/math/space-time-gabor.js";
import { InputError } from "../../src/tensor/errors.js";

// spread evenly: doubles as such are drawn by their bits, and so are nearly all next to 0 or a bound
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((k) => min + ((max - min) * k) / 2 ** 30);
const mostly = (values: fc.Arbitrary<number>, ...others: number[]) =>
  fc.oneof({ weight: 4, arbitrary: values }, { weight: 1, arbitrary: fc.constantFrom(...others) });
const anySpaceTimeGabor: fc.Arbitrary<SpaceTimeGabor> = fc.record({
  amplitude: between(-3, 3),
  betaX: between(0.01, 2),
  betaY: between(0.01, 2),
  frequency: mostly(between(-3, 3), 0),
  phase: between(-20, 20),
  x0: between(-4, 4),
  y0: between(-4, 4),
  tau: mostly(between(-20, 20), 0, -0, Math.PI, -Math.PI, 2 * Math.PI, -1e-20),
  betaT: between(0.01, 1),
  t0: between(-1, 5),
  drift: mostly(between(-3, 3), 0),
});

const over = { grid: { height: 5, width: 6, step: 0.8 }, lags: 4, frameSeconds: 0.7 };
const space: Gabor = { amplitude: 1, betaX: 0.1, betaY: 0.05, frequency: 1.2, phase: 0.4, x0: 0.3, y0: -0.2, tau: 0.5 };

/** A Gabor whose phase runs with the lag, under the envelope over lags. */
function slowValues(g: SpaceTimeGabor): number[] {
  const { grid, lags, frameSeconds } = over;
  return Array.from({ length: lags * 30 }, (_, i) => {
    const t = Math.floor(i / 30) * frameSeconds - g.t0;
    const [x, y] = [xOfColumn(grid, i % 6), yOfRow(grid, Math.floor((i % 30) / 6))];
    return gaborAt({ ...g, phase: g.phase + g.drift * t }, x, y) / Math.exp(g.betaT * t * t);
  });
}

/** The largest difference of two lists. */
function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - b[i])), 0);
}

describe("a Gabor in space and time", () => {
  it("is at each lag the Gabor whose phase has drifted, under an envelope over lags", () => {
    fc.assert(
      fc.property(anySpaceTimeGabor, (g) => {
        expect(distance(spaceTimeGaborValues(g, over), slowValues(g))).toBeLessThan(1e-12);
      }),
      { seed: 1 },
    );
  });

  it("moves its bars in direction τ as time runs, that is as the lag falls, at the speed ω/f", () => {
    const g = { ...space, betaX: 1e-6, betaY: 1e-6, betaT: 1e-6, t0: 0, drift: 0.9 };
    const speed = g.drift / g.frequency;
    const [dx, dy] = [speed * Math.cos(g.tau), speed * Math.sin(g.tau)];
    const grid = { height: 1, width: 1 };
    const moved = { ...g, x0: g.x0 - dx, y0: g.y0 - dy };
    // one frame earlier, the bars lay one step of the motion back
    const earlier = spaceTimeGaborValues(g, { grid, lags: 2 })[1];
    expect(earlier).toBeCloseTo(spaceTimeGaborValues(moved, { grid, lags: 2 })[0], 5);
    expect(earlier).not.toBeCloseTo(spaceTimeGaborValues(g, { grid, lags: 2 })[0], 1);
  });

  it("has one canonical vector, of the same function and within its ranges", () => {
    fc.assert(
      fc.property(anySpaceTimeGabor, (g) => {
        const c = canonicalSpaceTimeGabor(g);
        expect(c.amplitude).toBeGreaterThanOrEqual(0);
        expect(c.frequency).toBeGreaterThanOrEqual(0);
        expect(c.tau >= 0 && c.tau < Math.PI && c.phase > -Math.PI && c.phase <= Math.PI).toBe(true);
        if (g.frequency === 0) expect(c.drift >= 0 && c.betaX <= c.betaY).toBe(true);
        const [a, b] = [spaceTimeGaborValues(g, over), spaceTimeGaborValues(c, over)];
        expect(distance(a, b)).toBeLessThan(1e-12);
        const again = canonicalSpaceTimeGabor(c);
        for (const name of ["drift", "phase", "tau", "amplitude"] as const) expect(again[name]).toBe(c[name]);
      }),
      { seed: 2, numRuns: 500 },
    );
  });

  it("renders to float32 [lags, height, width]", () => {
    const g = { ...space, betaT: 0.3, t0: 1.1, drift: -0.8 };
    const { shape, data } = renderSpaceTimeGabor(g, over);
    expect(shape).toEqual([4, 5, 6]);
    expect(data).toEqual(Float32Array.from(slowValues(g)));
  });

  it("refuses what is no such Gabor or no lags", () => {
    const g = { ...space, betaT: 0.3, t0: 1, drift: 0 };
    const refused = (f: () => unknown, message: string) => expect(f).toThrow(new InputError(message));
    refused(
      () => canonicalSpaceTimeGabor({ ...g, betaT: 0 }),
      "canonicalSpaceTimeGabor: gabor.betaT is 0, a number above 0 is needed",
    );
    refused(
      () => renderSpaceTimeGabor({ ...g, drift: NaN }, over),
      "renderSpaceTimeGabor: gabor.drift is NaN, a finite number is needed",
    );
    refused(
      () => renderSpaceTimeGabor(g, { ...over, lags: 0 }),
      "renderSpaceTimeGabor: lags is 0, a whole number of at least 1 is needed",
    );
    refused(
      () => renderSpaceTimeGabor(undefined as never, over),
      "renderSpaceTimeGabor: gabor is undefined, { amplitude, betaX, betaY, frequency, phase, x0, y0, tau, betaT, t0, drift } is needed",
    );
  });
});
