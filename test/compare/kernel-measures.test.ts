import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { measuresOf } from "../../src/compare/kernel-measures.js";
import { canonicalGabor, renderGabor } from "../../src/math/gabor.js";
import { gaborShape } from "../../src/math/gabor-shape.js";
import { gaborOf } from "./kernels.js";

describe("measuresOf", () => {
  it("takes shape and bandwidths at .707 of the peak from the Gabor", () => {
    const gabor = gaborOf(0.4, 0.6, 0.1, 0.3, 0.2);
    const measures = measuresOf(gabor);
    const shape = gaborShape(gabor);
    expect(measures.nx).toBeCloseTo(0.4, 12);
    expect(measures.ny).toBeCloseTo(0.6, 12);
    expect(measures.aspect).toBeCloseTo(1.5, 12);
    expect(measures.cyclesPerUnit).toBeCloseTo(0.1, 12);
    expect(measures.orientation).toBeCloseTo(0.2 + Math.PI / 2, 12);
    expect(measures.peakCyclesPerUnit).toBe(shape.peakCyclesPerUnit);
    expect(measures.bandwidthOctaves).toBe(shape.frequencyBandwidthOctavesRoot2);
    expect(measures.orientationHalfWidth).toBe(shape.orientationBandwidthRoot2);
  });

  it("says by null what a lowpass kernel does not have", () => {
    const measures = measuresOf(gaborOf(0.1, 0.1, 0.1));
    expect(measures).toMatchObject({ peakCyclesPerUnit: null, bandwidthOctaves: null, orientationHalfWidth: null });
    expect(JSON.parse(JSON.stringify(measures))).toEqual(measures);
  });

  it("folds the phase so that mirrored and inverted profiles share it", () => {
    const folded = (phase: number) => measuresOf(gaborOf(0.4, 0.4, 0.1, phase)).phase;
    for (const phase of [0, 0.4, 1, Math.PI / 2]) {
      for (const same of [phase, -phase, Math.PI - phase, phase - Math.PI]) expect(folded(same)).toBeCloseTo(phase, 12);
    }
  });

  it("gives every parameter vector of one function the same measures", () => {
    const number = fc.double({ min: -3, max: 3, noNaN: true });
    fc.assert(
      fc.property(number, number, fc.double({ min: 0.15, max: 1, noNaN: true }), (phase, tau, nx) => {
        const gabor = gaborOf(nx, 0.5, 0.1, phase, tau);
        const other = canonicalGabor({
          ...gabor,
          amplitude: -gabor.amplitude,
          tau: tau + Math.PI,
          phase: Math.PI - phase,
        });
        const [a, b] = [measuresOf(gabor), measuresOf(other)];
        expect(b.phase).toBeCloseTo(a.phase, 6);
        expect(b.symmetry).toBeCloseTo(a.symmetry, 6);
        expect(Math.sin(b.orientation - a.orientation)).toBeCloseTo(0, 9);
      }),
    );
  });

  it("has the symmetry of the function's own even and odd parts, drawn and summed", () => {
    for (const [nx, phase] of [
      [0.2, 0.5],
      [0.12, 1.2],
      [0.5, 2.5],
    ]) {
      const gabor = gaborOf(nx, 0.4, 0.05, phase);
      const size = 121;
      const { data } = renderGabor(gabor, { height: size, width: size });
      let [even, odd] = [0, 0];
      for (let row = 0; row < size; row++) {
        for (let column = 0; column < size; column++) {
          // the carrier runs along x, so the parts are those under x -> -x
          const [here, there] = [data[row * size + column], data[row * size + size - 1 - column]];
          even += ((here + there) / 2) ** 2;
          odd += ((here - there) / 2) ** 2;
        }
      }
      expect(measuresOf(gabor).symmetry).toBeCloseTo((even - odd) / (even + odd), 5);
    }
    expect(measuresOf(gaborOf(0.3, 0.3, 0.1, 0)).symmetry).toBe(1);
    expect(measuresOf(gaborOf(0.3, 0.3, 0.1, Math.PI / 2)).symmetry).toBeCloseTo(-1, 12);
  });

  it("calls a round spot of one sign a blob, and neither a dipole, a bar, nor flanked stripes", () => {
    const blob = (nx: number, ny: number, phase = 0) => measuresOf(gaborOf(nx, ny, 0.1, phase)).blob;
    expect(blob(0.1, 0.12)).toBe(true);
    expect(blob(0.1, 0.12, Math.PI)).toBe(true);
    expect(blob(0.1, 0.12, Math.PI / 2)).toBe(false);
    expect(blob(0.1, 0.3)).toBe(false);
    expect(blob(0.3, 0.1)).toBe(false);
    expect(blob(0.4, 0.4)).toBe(false);
    // the envelope is not twice as long as wide, but the central lobe is
    expect(blob(0.18, 0.2)).toBe(true);
    expect(blob(0.18, 0.34)).toBe(false);
    const round = { ...gaborOf(0.3, 0.3, 0.1), frequency: 0 };
    expect(measuresOf(round).blob).toBe(true);
    expect(measuresOf({ ...round, betaX: round.betaX * 5 }).blob).toBe(false);
  });
});
