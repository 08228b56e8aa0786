import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { phaseScrambled } from "../../src/learn/phase-scramble.js";
import { fft2 } from "../../src/math/fft.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";
import { noise, powerOf, sumOf } from "./gradients.js";

function spectrumOf(data: ArrayLike<number>, height: number, width: number) {
  const [real, imaginary] = [Float64Array.from(data), new Float64Array(data.length)];
  fft2(real, imaginary, height, width);
  return { real, imaginary };
}

describe("phase-scrambled kernels", () => {
  it("keep every Fourier amplitude, at odd and even sizes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }), fc.nat(1000), (h, w, seed) => {
        const kernels = noise([1, 1, h, w], seed);
        const before = spectrumOf(kernels.data, h, w);
        const after = spectrumOf(phaseScrambled(kernels, { seed }).data, h, w);
        for (let i = 0; i < h * w; i++) {
          const amplitude = Math.hypot(before.real[i], before.imaginary[i]);
          expect(Math.hypot(after.real[i], after.imaginary[i])).toBeCloseTo(amplitude, 9);
        }
      }),
      { numRuns: 60 },
    );
  });

  it("keep each kernel's mean and norm", () => {
    const kernels = noise([3, 2, 7, 7], 4);
    const scrambled = phaseScrambled(kernels, { seed: 1 });
    for (let at = 0; at < kernels.data.length; at += 49) {
      const [a, b] = [kernels.data.slice(at, at + 49), scrambled.data.slice(at, at + 49)];
      expect(sumOf(b)).toBeCloseTo(sumOf(a), 9);
      expect(powerOf(b)).toBeCloseTo(powerOf(a), 9);
    }
  });

  it("have uniform phases: over many seeds their mean vector is within 4 standard errors of 0", () => {
    const kernel = zeros([1, 1, 5, 5], "float64");
    kernel.data[12] = 1;
    const n = 2000;
    let [cosine, sine] = [0, 0];
    for (let seed = 0; seed < n; seed++) {
      const { real, imaginary } = spectrumOf(phaseScrambled(kernel, { seed }).data, 5, 5);
      cosine += real[7] / n;
      sine += imaginary[7] / n;
    }
    // a coordinate of a random unit vector has variance 1/2
    expect(Math.abs(cosine)).toBeLessThan(4 / Math.sqrt(2 * n));
    expect(Math.abs(sine)).toBeLessThan(4 / Math.sqrt(2 * n));
  });

  it("have phases of their own, also where two kernels are alike", () => {
    const one = noise([1, 1, 5, 5], 1).data;
    const { data } = phaseScrambled(tensor(Float64Array.of(...one, ...one), [2, 1, 5, 5]), { seed: 1 });
    expect(data.slice(25)).not.toEqual(data.slice(0, 25));
  });

  it("are the same for a seed, others for another, and of the kernels' type", () => {
    const kernels = tensor(Float32Array.from(noise([2, 1, 6, 6], 4).data), [2, 1, 6, 6]);
    const once = phaseScrambled(kernels, { seed: 1 });
    expect(phaseScrambled(kernels, { seed: 1 })).toEqual(once);
    expect(phaseScrambled(kernels, { seed: 2 })).not.toEqual(once);
    expect(once.data).toBeInstanceOf(Float32Array);
  });

  it("are refused of other ranks, of numbers that are not finite, and without a seed or with unknown options", () => {
    const kernels = noise([2, 1, 3, 3], 1);
    expect(() => phaseScrambled(noise([3, 3], 1), { seed: 1 })).toThrow(
      "phaseScrambled: kernels has shape [3, 3], 4 axes are needed",
    );
    const holed = tensor(Float64Array.of(0, Number.NaN), [1, 1, 1, 2]);
    expect(() => phaseScrambled(holed, { seed: 1 })).toThrow("phaseScrambled: kernels[1] is NaN");
    expect(() => phaseScrambled(kernels, { seed: -1 })).toThrow("phaseScrambled: seed is -1");
    expect(() => phaseScrambled(kernels, { seed: 1, draws: 2 } as never)).toThrow('option "draws" is not known');
  });
});
