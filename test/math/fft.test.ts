import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fft, fft2 } from "../../src/math/fft.js";

const noise = (n: number, seed: number) => Float64Array.from({ length: n }, (_, i) => Math.sin((i + seed) ** 2));

function slow(real: Float64Array, imaginary: Float64Array): [Float64Array, Float64Array] {
  const n = real.length;
  const sum = (k: number, part: "re" | "im") => {
    let total = 0;
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      const [c, s] = [Math.cos(angle), Math.sin(angle)];
      total += part === "re" ? real[j] * c - imaginary[j] * s : real[j] * s + imaginary[j] * c;
    }
    return total;
  };
  return [real.map((_, k) => sum(k, "re")), real.map((_, k) => sum(k, "im"))];
}

function expectNear(a: Float64Array, b: Float64Array): void {
  const furthest = a.reduce((most, x, i) => Math.max(most, Math.abs(x - b[i])), 0);
  expect(furthest).toBeLessThan(1e-12 * a.length);
}

describe("the Fourier transform", () => {
  it("is the sum of its definition, at any length", () => {
    for (const n of [1, 2, 3, 4, 5, 7, 11, 12, 16, 31, 32, 60, 97, 128]) {
      const [re, im] = [noise(n, 1), noise(n, 5)];
      const [expectedRe, expectedIm] = slow(re, im);
      fft(re, im);
      expectNear(re, expectedRe);
      expectNear(im, expectedIm);
    }
  });

  it("is undone by its inverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 0, max: 1000 }), (n, seed) => {
        const [re, im] = [noise(n, seed), noise(n, seed + 3)];
        fft(re, im);
        fft(re, im, true);
        expectNear(re, noise(n, seed));
        expectNear(im, noise(n, seed + 3));
      }),
      { numRuns: 60, seed: 3 },
    );
  });

  it("keeps the energy (Parseval), in two dimensions of any size", () => {
    const [height, width] = [6, 11];
    const [re, im] = [noise(66, 2), new Float64Array(66)];
    const before = re.reduce((sum, x) => sum + x * x, 0);
    fft2(re, im, height, width);
    expect(re.reduce((sum, x, i) => sum + x * x + im[i] ** 2, 0) / 66).toBeCloseTo(before, 12);
  });

  it("of an image turns a shift into a phase", () => {
    const [height, width] = [4, 6];
    const [re, im] = [new Float64Array(24), new Float64Array(24)];
    re[1 * width + 2] = 1;
    fft2(re, im, height, width);
    const angle = (k: number, l: number) => -2 * Math.PI * (k / height + (2 * l) / width);
    for (const [k, l] of [
      [0, 1],
      [3, 5],
      [2, 2],
    ]) {
      expect(re[k * width + l]).toBeCloseTo(Math.cos(angle(k, l)), 13);
      expect(im[k * width + l]).toBeCloseTo(Math.sin(angle(k, l)), 13);
    }
    fft2(re, im, height, width, true);
    expect(re[1 * width + 2]).toBeCloseTo(1, 14);
    expect(im[3]).toBeCloseTo(0, 14);
  });

  it("refuses arrays of other lengths", () => {
    const three = new Float64Array(3);
    expect(() => fft(three, new Float64Array(2))).toThrow("fft: imaginary has 2 elements and real 3");
    expect(() => fft(new Float64Array(0), new Float64Array(0))).toThrow("equal lengths of at least 1 are needed");
    expect(() => fft2(three, three, 2, 2)).toThrow("fft2: real has 3 elements, 2x2 needs 4");
    expect(() => fft2(three, three, 0, 2)).toThrow("fft2: height is 0");
    expect(() => fft2(three, three, 1, 1.5)).toThrow("fft2: width is 1.5");
  });
});
