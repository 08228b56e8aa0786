import fc from "fast-check";
import type { Gabor } from "../../src/math/gabor.js";

/** Evenly spread: fast-check's doubles are spread over their bits, and so most of them lie about 0. */
const between = (min: number, max: number) =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((part) => min + ((max - min) * part) / 2 ** 30);

/** Gabors of any sign and angle, in no canonical form. */
export const anyGabor: fc.Arbitrary<Gabor> = fc.record({
  amplitude: between(-3, 3),
  betaX: between(0.01, 2),
  betaY: between(0.01, 2),
  frequency: fc.oneof({ weight: 4, arbitrary: between(-3, 3) }, { weight: 1, arbitrary: fc.constant(0) }),
  phase: between(-20, 20),
  x0: between(-4, 4),
  y0: between(-4, 4),
  tau: fc.oneof(
    { weight: 4, arbitrary: between(-20, 20) },
    { weight: 1, arbitrary: fc.constantFrom(0, -0, Math.PI, -Math.PI, 2 * Math.PI, -1e-20) },
  ),
});

/** A point near the Gabors. */
export const anyPoint = fc.tuple(between(-6, 6), between(-6, 6));

/** The Gabor function as conventions.md writes it, from the rotation on. */
export function formula(g: Gabor, x: number, y: number): number {
  const alongCarrier = Math.cos(g.tau) * (x - g.x0) + Math.sin(g.tau) * (y - g.y0);
  const alongBars = Math.cos(g.tau) * (y - g.y0) - Math.sin(g.tau) * (x - g.x0);
  const exponent = g.betaX * alongCarrier ** 2 + g.betaY * alongBars ** 2;
  return (g.amplitude * Math.cos(g.phase + g.frequency * alongCarrier)) / Math.exp(exponent);
}
