import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canonicalGabor, type Gabor, gaborAt } from "../../src/math/gabor.js";
import { gaborShape } from "../../src/math/gabor-shape.js";
import { anyGabor } from "./arbitrary-gabor.js";

/** σx = 1, so that nx alone says how many lobes the two sides of the spectrum share. */
function gaborOf(nx: number, phase: number, aspect = 1.5, tau = 0.7): Gabor {
  return {
    amplitude: 1.3,
    betaX: 0.5,
    betaY: 0.5 / aspect ** 2,
    frequency: 2 * Math.PI * nx,
    phase,
    x0: 0.2,
    y0: -0.1,
    tau,
  };
}

/** |∫∫ w·exp(-i(ux + vy))| by the trapezium rule, which is exact to rounding for a function that falls like a Gaussian. */
function fourierAmplitude(g: Gabor): (u: number, v: number) => number {
  const h = 0.3;
  const reach = 6 * Math.max(1 / Math.sqrt(2 * g.betaX), 1 / Math.sqrt(2 * g.betaY));
  const n = Math.ceil(reach / h);
  const values: number[] = [];
  for (let row = -n; row <= n; row++) {
    for (let column = -n; column <= n; column++) values.push(gaborAt(g, g.x0 + column * h, g.y0 + row * h));
  }
  return (u, v) => {
    let [real, imaginary, i] = [0, 0, 0];
    for (let row = -n; row <= n; row++) {
      for (let column = -n; column <= n; column++) {
        const angle = h * (column * u + row * v);
        real += values[i] * Math.cos(angle);
        imaginary -= values[i] * Math.sin(angle);
        i++;
      }
    }
    return h * h * Math.hypot(real, imaginary);
  };
}

/** Where `amplitude` first falls to `level` on the way from `from` to `to`; NaN where it does not. */
function crossing(amplitude: (at: number) => number, level: number, from: number, to: number): number {
  const steps = 60;
  for (let i = 1; i <= steps; i++) {
    let low = from + ((to - from) * (i - 1)) / steps;
    let high = from + ((to - from) * i) / steps;
    if (amplitude(high) > level) continue;
    for (let halving = 0; halving < 30; halving++) {
      const middle = (low + high) / 2;
      if (amplitude(middle) > level) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }
  return Number.NaN;
}

function maximumAt(amplitude: (at: number) => number, most: number): number {
  let best = 0;
  for (let i = 1; i <= 100; i++) if (amplitude((most * i) / 100) > amplitude(best)) best = (most * i) / 100;
  let [low, high] = [Math.max(0, best - most / 100), best + most / 100];
  for (let step = 0; step < 60; step++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (amplitude(a) < amplitude(b)) low = a;
    else high = b;
  }
  return (low + high) / 2;
}

const phases = [0, 0.6, Math.PI / 2, -2.4, Math.PI];

describe("gaborShape", () => {
  it("gives σ = 1/√(2β), n = σ·f/2π, the aspect σy/σx and the carrier in cycles", () => {
    const shape = gaborShape({ ...gaborOf(0.5, 0), betaX: 2, betaY: 0.125, frequency: Math.PI });
    expect(shape).toMatchObject({ sigmaX: 0.5, sigmaY: 2, aspect: 4, cyclesPerUnit: 0.5 });
    expect(shape.nx).toBeCloseTo(0.25, 14);
    expect(shape.ny).toBeCloseTo(1, 14);
  });

  it("names the direction of the bars, τ + π/2 in [0, π)", () => {
    const at = (tau: number) => gaborShape(gaborOf(0.5, 0.3, 1.5, tau)).orientation;
    expect(at(0)).toBeCloseTo(Math.PI / 2, 14);
    expect(at(2)).toBeCloseTo(2 - Math.PI / 2, 14);
    expect(at(Math.PI / 2)).toBeCloseTo(0, 14);
    expect(at(-0.1)).toBeCloseTo(Math.PI / 2 - 0.1, 14);
    // along the bars nothing but the envelope changes
    const g = { ...gaborOf(0.5, 0.3), betaY: 1e-12, x0: 0, y0: 0 };
    const { orientation } = gaborShape(g);
    expect(gaborAt(g, Math.cos(orientation), Math.sin(orientation))).toBeCloseTo(gaborAt(g, 0, 0), 9);
  });

  it.each([0.15, 0.2, 0.35, 0.8].flatMap((nx) => phases.map((phase) => [nx, phase] as const)))(
    "has the bandwidths of its own Fourier transform, nx %d, phase %d",
    (nx, phase) => {
      const g = gaborOf(nx, phase);
      const shape = gaborShape(g);
      const plane = fourierAmplitude(g);
      const along = (s: number) => plane(s * Math.cos(g.tau), s * Math.sin(g.tau));
      const peak = maximumAt(along, g.frequency + 2);
      if (shape.peakCyclesPerUnit === 0) expect(peak).toBeLessThan(0.02);
      else expect(shape.peakCyclesPerUnit * 2 * Math.PI).toBeCloseTo(peak, 4);
      for (const [share, octaves, width] of [
        [0.5, shape.frequencyBandwidthOctaves, shape.orientationBandwidth],
        [Math.SQRT1_2, shape.frequencyBandwidthOctavesRoot2, shape.orientationBandwidthRoot2],
      ]) {
        const level = share * along(peak);
        const low = crossing(along, level, peak, 0);
        if (Number.isNaN(low)) expect(octaves).toBe(Infinity);
        else expect(octaves).toBeCloseTo(Math.log2(crossing(along, level, peak, peak + 6) / low), 4);
        const around = (angle: number) => plane(peak * Math.cos(g.tau + angle), peak * Math.sin(g.tau + angle));
        const half = crossing(around, level, 0, Math.PI / 2);
        if (shape.peakCyclesPerUnit === 0) expect(width).toBeNaN();
        else if (Number.isNaN(half)) expect(width).toBe(Infinity);
        else expect(width).toBeCloseTo(half, 4);
      }
    },
  );

  it("has the closed form of one lobe where the lobes do not overlap", () => {
    // σ·Δu = √(2 ln 2) at half of the peak, √(ln 2) at .707 of it
    const a = 2 * Math.PI * 2;
    for (const phase of phases) {
      const shape = gaborShape(gaborOf(2, phase));
      const [half, root2] = [Math.sqrt(2 * Math.LN2), Math.sqrt(Math.LN2)];
      expect(shape.frequencyBandwidthOctaves).toBeCloseTo(Math.log2((a + half) / (a - half)), 12);
      expect(shape.frequencyBandwidthOctavesRoot2).toBeCloseTo(Math.log2((a + root2) / (a - root2)), 12);
    }
    // and does not overflow for many periods
    expect(gaborShape(gaborOf(300, 0)).frequencyBandwidthOctaves).toBeCloseTo(
      Math.log2((600 * Math.PI + Math.sqrt(2 * Math.LN2)) / (600 * Math.PI - Math.sqrt(2 * Math.LN2))),
      12,
    );
    // a round envelope: the distance from the lobe is 2a·sin(θ/2)
    const round = gaborShape(gaborOf(2, 0.3, 1));
    expect(round.orientationBandwidth).toBeCloseTo(2 * Math.asin(Math.sqrt(2 * Math.LN2) / (2 * a)), 12);
    expect(round.orientationBandwidthRoot2).toBeCloseTo(2 * Math.asin(Math.sqrt(Math.LN2) / (2 * a)), 12);
  });

  it("says where there is no low cut-off, no width and no direction", () => {
    const lowpass = gaborShape(gaborOf(0.15, 0));
    expect(lowpass.peakCyclesPerUnit).toBe(0);
    expect(lowpass.frequencyBandwidthOctaves).toBe(Infinity);
    expect(lowpass.orientationBandwidth).toBeNaN();
    expect(gaborShape(gaborOf(0.2, 0, 0.2)).orientationBandwidth).toBe(Infinity);
    // an odd function has no mean: it is never lowpass
    expect(gaborShape(gaborOf(0.01, Math.PI / 2)).peakCyclesPerUnit).toBeCloseTo(1 / (2 * Math.PI), 3);
    const blob = gaborShape({ ...gaborOf(0.5, Math.PI / 2), frequency: 0 });
    expect(blob).toMatchObject({ nx: 0, ny: 0, cyclesPerUnit: 0, peakCyclesPerUnit: 0 });
  });

  it("belongs to the function, not to its parameter vector", () => {
    fc.assert(
      fc.property(anyGabor, (g) => {
        // without a carrier the canonical form may exchange the axes
        fc.pre(g.frequency !== 0);
        const [a, b] = [gaborShape(g), gaborShape(canonicalGabor(g))];
        for (const key of Object.keys(a) as (keyof typeof a)[]) {
          if (key !== "orientation")
            expect(Object.is(a[key], b[key]) || Math.abs(a[key] / b[key] - 1) < 1e-6).toBe(true);
          else expect(Math.sin(a[key] - b[key])).toBeCloseTo(0, 10);
        }
      }),
      { seed: 17 },
    );
  });

  it("scales lengths with the unit and leaves the rest", () => {
    const g = gaborOf(0.4, 0.6);
    const [a, b] = [
      gaborShape(g),
      gaborShape({ ...g, betaX: g.betaX / 9, betaY: g.betaY / 9, frequency: g.frequency / 3 }),
    ];
    expect(b.sigmaY).toBeCloseTo(3 * a.sigmaY, 12);
    expect(b.peakCyclesPerUnit).toBeCloseTo(a.peakCyclesPerUnit / 3, 12);
    expect(b.frequencyBandwidthOctavesRoot2).toBeCloseTo(a.frequencyBandwidthOctavesRoot2, 10);
  });

  it("refuses what is not a Gabor", () => {
    expect(() => gaborShape({ ...gaborOf(0.5, 0), betaY: 0 })).toThrow("gaborShape: gabor.betaY is 0");
  });
});
