import { describe, expect, it } from "vitest";
import { fft, fft2 } from "../../src/math/fft.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

function normals(n: number, row: number): Float64Array {
  const out = new Float32Array(n);
  fillNormal(out, randomStream(7, "tests"), row);
  return Float64Array.from(out);
}

/** The sum of the definition, with the angle taken modulo a turn. */
function naive(real: Float64Array, imaginary: Float64Array): { real: Float64Array; imaginary: Float64Array } {
  const n = real.length;
  const out = { real: new Float64Array(n), imaginary: new Float64Array(n) };
  for (let k = 0; k < n; k++) {
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      out.real[k] += real[j] * Math.cos(angle) - imaginary[j] * Math.sin(angle);
      out.imaginary[k] += real[j] * Math.sin(angle) + imaginary[j] * Math.cos(angle);
    }
  }
  return out;
}

function expectClose(a: ArrayLike<number>, b: ArrayLike<number>, within: number): void {
  let worst = 0;
  for (let i = 0; i < b.length; i++) worst = Math.max(worst, Math.abs(a[i] - b[i]));
  expect(a.length).toBe(b.length);
  expect(worst).toBeLessThan(within);
}

const lengths = [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 15, 16, 17, 31, 32, 60, 64, 97, 101, 128, 210, 256, 509];

describe("fft", () => {
  it.each(lengths)("is the sum of the definition for length %d", (n) => {
    const [real, imaginary] = [normals(n, 2 * n), normals(n, 2 * n + 1)];
    const expected = naive(real, imaginary);
    fft(real, imaginary);
    expectClose(real, expected.real, 1e-12 * n);
    expectClose(imaginary, expected.imaginary, 1e-12 * n);
  });

  it.each(lengths)("has an inverse that gives length %d back", (n) => {
    const [real, imaginary] = [normals(n, 2 * n), normals(n, 2 * n + 1)];
    const [re, im] = [real.slice(), imaginary.slice()];
    fft(re, im);
    fft(re, im, true);
    expectClose(re, real, 1e-13 * Math.max(10, n));
    expectClose(im, imaginary, 1e-13 * Math.max(10, n));
  });

  it("turns the impulse at 1 into exp(-2πik/n)", () => {
    const [real, imaginary] = [new Float64Array(12), new Float64Array(12)];
    real[1] = 1;
    fft(real, imaginary);
    for (let k = 0; k < 12; k++) {
      expect(real[k]).toBeCloseTo(Math.cos((2 * Math.PI * k) / 12), 14);
      expect(imaginary[k]).toBeCloseTo(-Math.sin((2 * Math.PI * k) / 12), 14);
    }
  });

  it("is linear, and keeps the energy n-fold", () => {
    const n = 45;
    const [a, b] = [
      [normals(n, 1), normals(n, 2)],
      [normals(n, 3), normals(n, 4)],
    ];
    const mix = [0, 1].map((part) => a[part].map((x, i) => 2 * x - 3 * b[part][i]));
    const energy = (v: Float64Array[]) => v.flatMap((x) => [...x]).reduce((sum, x) => sum + x * x, 0);
    const before = energy(a);
    for (const v of [a, b, mix]) fft(v[0], v[1]);
    for (const part of [0, 1]) {
      expectClose(
        mix[part],
        a[part].map((x, i) => 2 * x - 3 * b[part][i]),
        1e-11,
      );
    }
    expect(energy(a)).toBeCloseTo(n * before, 8);
  });

  it("refuses parts of different length and none at all", () => {
    expect(() => fft(new Float64Array(3), new Float64Array(4))).toThrow(
      "fft: imaginary has 4 elements and real 3, equal lengths of at least 1 are needed",
    );
    expect(() => fft(new Float64Array(0), new Float64Array(0))).toThrow("fft: imaginary has 0 elements and real 0");
  });
});

describe("fft2", () => {
  it.each([
    [8, 8],
    [5, 12],
    [16, 3],
    [1, 7],
  ])("is the double sum of the definition for %dx%d", (height, width) => {
    const n = height * width;
    const [real, imaginary] = [normals(n, 900), normals(n, 901)];
    const [re, im] = [real.slice(), imaginary.slice()];
    fft2(re, im, height, width);
    for (let v = 0; v < height; v++) {
      for (let u = 0; u < width; u++) {
        let [a, b] = [0, 0];
        for (let row = 0; row < height; row++) {
          for (let c = 0; c < width; c++) {
            const angle = -2 * Math.PI * ((u * c) / width + (v * row) / height);
            a += real[row * width + c] * Math.cos(angle) - imaginary[row * width + c] * Math.sin(angle);
            b += real[row * width + c] * Math.sin(angle) + imaginary[row * width + c] * Math.cos(angle);
          }
        }
        expect(re[v * width + u]).toBeCloseTo(a, 11);
        expect(im[v * width + u]).toBeCloseTo(b, 11);
      }
    }
    fft2(re, im, height, width, true);
    expectClose(re, real, 1e-13);
    expectClose(im, imaginary, 1e-13);
  });

  it("refuses sides and counts that do not fit", () => {
    const room = new Float64Array(6);
    expect(() => fft2(room, room, 0, 6)).toThrow("fft2: height is 0, a whole number of at least 1 is needed");
    expect(() => fft2(room, room, 2, 1.5)).toThrow("fft2: width is 1.5, a whole number of at least 1 is needed");
    expect(() => fft2(room, room, 2, 4)).toThrow("fft2: real has 6 elements, 2x4 needs 8");
    expect(() => fft2(room, new Float64Array(5), 2, 3)).toThrow("fft2: imaginary has 5 elements, 2x3 needs 6");
  });
});
