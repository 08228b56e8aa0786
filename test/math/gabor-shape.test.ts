import { describe, expect, it } from "vitest";
import { type Gabor, gaborAt } from "../../src/math/gabor.js";
import { gaborShape } from "../../src/math/gabor-shape.js";

function gabor(nx: number, ny: number, phase: number): Gabor {
  const frequency = 2 * Math.PI * 0.1;
  const [sigmaX, sigmaY] = [nx / 0.1, ny / 0.1];
  return { amplitude: 2, betaX: 0.5 / sigmaX ** 2, betaY: 0.5 / sigmaY ** 2, frequency, phase, x0: 0, y0: 0, tau: 0 };
}

/**
 * The Fourier amplitude at (u, v), radians per unit of length, by summing the function over a fine and wide lattice: for
 * functions this smooth the sum is the integral to rounding.
 */
function amplitudeAt(g: Gabor, u: number, v: number): number {
  const [sx, sy] = [1 / Math.sqrt(2 * g.betaX), 1 / Math.sqrt(2 * g.betaY)];
  let [re, im] = [0, 0];
  for (let i = -40; i <= 40; i++) {
    for (let j = -40; j <= 40; j++) {
      const [x, y] = [(i * sx) / 5, (j * sy) / 5];
      const w = gaborAt(g, x, y);
      re += w * Math.cos(u * x + v * y);
      im += w * Math.sin(u * x + v * y);
    }
  }
  return Math.hypot(re, im);
}

/** The peak along u and the two crossings of a level, all on a grid of frequencies refined by bisection. */
function denseFrequencies(g: Gabor, level: number) {
  const at = (u: number) => amplitudeAt(g, u, 0);
  const [steps, most] = [240, 4 * g.frequency + 4 * Math.sqrt(2 * g.betaX)];
  const values = Array.from({ length: steps + 1 }, (_, i) => at((most * i) / steps));
  const top = values.indexOf(Math.max(...values));
  let [low, high] = [(most * Math.max(top - 1, 0)) / steps, (most * (top + 1)) / steps];
  for (let i = 0; i < 60; i++) {
    const [a, b] = [low + (high - low) / 3, high - (high - low) / 3];
    if (at(a) < at(b)) low = a;
    else high = b;
  }
  const peak = (low + high) / 2;
  const crossing = (inside: number, outside: number) => {
    for (let i = 0; i < 50; i++) {
      const middle = (inside + outside) / 2;
      if (at(middle) > level * at(peak)) inside = middle;
      else outside = middle;
    }
    return inside;
  };
  return { peak, low: crossing(peak, 0), high: crossing(peak, most) };
}

function denseHalfWidth(g: Gabor, peak: number, level: number): number {
  const at = (angle: number) => amplitudeAt(g, peak * Math.cos(angle), peak * Math.sin(angle));
  let angle = 0;
  while (at(angle) > level * at(0)) angle += 0.01;
  let [inside, outside] = [angle - 0.01, angle];
  for (let i = 0; i < 40; i++) {
    const middle = (inside + outside) / 2;
    if (at(middle) > level * at(0)) inside = middle;
    else outside = middle;
  }
  return inside;
}

describe("the shape of a Gabor", () => {
  it("has σ, nx, ny, aspect and carrier as they are defined, the orientation that of the bars", () => {
    const shape = gaborShape({ ...gabor(0.4, 0.6, 0), tau: 2.5 });
    expect(shape.sigmaX).toBeCloseTo(4, 12);
    expect(shape.sigmaY).toBeCloseTo(6, 12);
    expect([shape.nx, shape.ny, shape.aspect]).toEqual([
      expect.closeTo(0.4, 12),
      expect.closeTo(0.6, 12),
      expect.closeTo(1.5, 12),
    ]);
    expect(shape.cyclesPerUnit).toBeCloseTo(0.1, 14);
    expect(shape.orientation).toBeCloseTo(2.5 + Math.PI / 2 - Math.PI, 12);
    expect(gaborShape({ ...gabor(0.4, 0.6, 0), tau: Math.PI / 2 }).orientation).toBe(0);
  });

  it.each([
    [0.3, 0.25, 0],
    [0.3, 0.25, 0.8],
    [0.17, 0.3, Math.PI / 2],
    [0.24, 0.2, 1.2],
    [0.55, 0.15, 0.3],
    [0.5, 0.6, -2.2],
  ])("has the bandwidths of a dense Fourier transform: nx %s, ny %s, phase %s", (nx, ny, phase) => {
    const g = gabor(nx, ny, phase);
    const shape = gaborShape(g);
    for (const [level, octaves, halfWidth] of [
      [0.5, shape.frequencyBandwidthOctaves, shape.orientationBandwidth],
      [Math.SQRT1_2, shape.frequencyBandwidthOctavesRoot2, shape.orientationBandwidthRoot2],
    ]) {
      const { peak, low, high } = denseFrequencies(g, level);
      expect(2 * Math.PI * shape.peakCyclesPerUnit).toBeCloseTo(peak, 6);
      if (amplitudeAt(g, 0, 0) >= level * amplitudeAt(g, peak, 0)) expect(octaves).toBe(Infinity);
      else expect(octaves).toBeCloseTo(Math.log2(high / low), 6);
      if (amplitudeAt(g, 0, peak) >= level * amplitudeAt(g, peak, 0)) expect(halfWidth).toBe(Infinity);
      else expect(halfWidth).toBeCloseTo(denseHalfWidth(g, peak, level), 6);
    }
  });

  it("approaches the closed form of separate lobes where nx is large", () => {
    const shape = gaborShape(gabor(2, 1.5, 1));
    // half height lies √(2 ln 2) of the lobe's own width 1/σx from the carrier
    const half = Math.sqrt(2 * Math.log(2)) / (2 * Math.PI * 2);
    expect(shape.frequencyBandwidthOctaves).toBeCloseTo(Math.log2((1 + half) / (1 - half)), 8);
    expect(shape.peakCyclesPerUnit).toBeCloseTo(0.1, 10);
  });

  it("has no low cut-off where two lobes of a cosine merge, and no direction where they peak at 0", () => {
    const merged = gaborShape(gabor(0.2, 0.3, 0));
    expect(merged.frequencyBandwidthOctaves).toBe(Infinity);
    expect(merged.peakCyclesPerUnit).toBe(0);
    expect(merged.orientationBandwidth).toBeNaN();
    const blob = gaborShape({ ...gabor(0.2, 0.3, Math.PI / 2), frequency: 0 });
    expect(blob.frequencyBandwidthOctavesRoot2).toBe(Infinity);
    expect(blob.orientationBandwidthRoot2).toBeNaN();
  });

  it("does not depend on the parameter vector, nor overflow for many periods", () => {
    const g = { ...gabor(0.4, 0.5, 0.6), tau: 0.3 };
    const same = { ...g, frequency: -g.frequency, tau: g.tau + Math.PI, amplitude: -1 };
    const { orientation, ...rest } = gaborShape(same);
    const { orientation: expected, ...others } = gaborShape(g);
    expect(rest).toEqual(others);
    expect(orientation).toBeCloseTo(expected, 12);
    expect(gaborShape(gabor(300, 300, 0)).frequencyBandwidthOctaves).toBeCloseTo(0.0018, 4);
  });

  it("is refused for what is no Gabor", () => {
    expect(() => gaborShape({} as never)).toThrow(
      "gaborShape: gabor.amplitude is undefined, a finite number is needed",
    );
  });
});
