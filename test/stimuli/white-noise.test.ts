import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { noiseDistributions, type WhiteNoiseOptions, whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";

const options: WhiteNoiseOptions = { grid: { height: 5, width: 7 }, frames: 3000, frameSeconds: 1 / 60, seed: 3 };

describe("whiteNoise", () => {
  it.each(noiseDistributions)("has mean 0 and the stated contrast as %s noise", (distribution) => {
    const contrast = 0.3;
    const values = whiteNoise({ ...options, distribution, contrast }).read(0, 3000);
    const n = values.length;
    const mean = values.reduce((sum, v) => sum + v, 0) / n;
    const variance = values.reduce((sum, v) => sum + v * v, 0) / n / contrast ** 2;
    // E[v⁴] / σ⁴: 3 of the normal, 1 of two values, 1.5 of three
    const kurtosis = { gaussian: 3, binary: 1, ternary: 1.5 }[distribution];
    expect(Math.abs(mean)).toBeLessThan((4 * contrast) / Math.sqrt(n));
    expect(Math.abs(variance - 1)).toBeLessThan(4 * Math.sqrt((kurtosis - 1) / n) + 1e-6);
  });

  it("is -contrast and contrast as binary noise, in equal shares", () => {
    const values = whiteNoise({ ...options, distribution: "binary", contrast: 0.5 }).read(0, 3000);
    const high = values.filter((v) => v === 0.5).length;
    expect(values.every((v) => Math.abs(v) === 0.5)).toBe(true);
    expect(Math.abs(high - values.length / 2)).toBeLessThan(2 * Math.sqrt(values.length));
  });

  it("is -v, 0 and v as ternary noise, v = contrast·√1.5, in equal shares", () => {
    const values = whiteNoise({ ...options, distribution: "ternary", contrast: 0.5 }).read(0, 3000);
    const v = Math.fround(0.5 * Math.sqrt(1.5));
    for (const level of [-v, 0, v]) {
      const count = values.filter((value) => value === level).length;
      expect(Math.abs(count - values.length / 3)).toBeLessThan(4 * Math.sqrt((values.length * 2) / 9));
    }
    expect(values.every((value) => [-v, 0, v].includes(value))).toBe(true);
  });

  it("is the generator's rows times the contrast as gaussian noise, beyond ±1 too", () => {
    const frame = whiteNoise({ ...options, contrast: 0.25 }).read(11, 1);
    const row = new Float32Array(35);
    fillNormal(row, randomStream(3, "stimulus"), 11);
    expect(frame).toEqual(row.map((z) => z * 0.25));
    expect(
      whiteNoise(options)
        .read(0, 100)
        .some((value) => Math.abs(value) > 1),
    ).toBe(true);
  });

  it("has no correlation between neighbouring pixels or frames, whatever the distribution", () => {
    for (const distribution of noiseDistributions) {
      const values = whiteNoise({ ...options, distribution }).read(0, 3000);
      for (const lag of [1, 7, 32, 35]) {
        let sum = 0;
        for (let i = lag; i < values.length; i++) sum += values[i] * values[i - lag];
        expect(Math.abs(sum), `${distribution}, ${lag} on`).toBeLessThan(4 * Math.sqrt(values.length - lag));
      }
    }
  });

  it("gives the same bits however its frames are split, into an array given or a fresh one", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...noiseDistributions),
        fc.integer({ min: 1, max: 70 }),
        fc.nat(2000),
        fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 6 }),
        (distribution, width, first, counts) => {
          const noise = whiteNoise({ ...options, grid: { height: 1, width }, distribution });
          const whole = noise.read(
            first,
            counts.reduce((a, b) => a + b),
          );
          const into = new Float32Array(9 * width + 5).fill(7);
          let at = 0;
          for (const count of counts) {
            const part = noise.read(first + at, count, into);
            expect(part.buffer).toBe(into.buffer);
            expect(part).toEqual(whole.slice(at * width, (at + count) * width));
            at += count;
          }
          expect(into.subarray(9 * width).every((value) => value === 7)).toBe(true);
        },
      ),
      { seed: 1, numRuns: 60 },
    );
  });

  it("differs from seed to seed, and records everything that it is made from", () => {
    const noise = whiteNoise(options);
    expect(whiteNoise({ ...options, seed: 4 }).read(0, 1)).not.toEqual(noise.read(0, 1));
    expect(noise.specification).toEqual({
      name: "white-noise",
      grid: { height: 5, width: 7 },
      frames: 3000,
      frameSeconds: 1 / 60,
      distribution: "gaussian",
      contrast: 1,
      seed: 3,
    });
    expect([noise.kind, noise.frames, noise.frameSeconds, noise.grid.width]).toEqual(["stimulus", 3000, 1 / 60, 7]);
  });

  it.each([
    [{ frames: 0 }, "whiteNoise: frames is 0, a whole number of at least 1 is needed"],
    [{ frameSeconds: 0 }, "whiteNoise: frameSeconds is 0, a number above 0 is needed"],
    [{ contrast: -1 }, "whiteNoise: contrast is -1, a number above 0 is needed"],
    [{ seed: 1.5 }, "whiteNoise: seed is 1.5, a whole number of at least 0 is needed"],
    [{ seed: undefined }, "whiteNoise: seed is undefined, a whole number of at least 0 is needed"],
    [{ distribution: "pink" }, 'whiteNoise: distribution is "pink", one of "gaussian", "binary", "ternary" is needed'],
    [{ grid: { height: 0, width: 4 } }, "whiteNoise: grid.height is 0, a whole number of at least 1 is needed"],
    [
      { color: 1 },
      'whiteNoise: option "color" is not known, it takes grid, frames, frameSeconds, distribution, contrast, seed',
    ],
  ])("refuses %o", (wrong, message) => {
    expect(() => whiteNoise({ ...options, ...wrong } as WhiteNoiseOptions)).toThrow(new InputError(message));
  });

  it("refuses to be made of nothing", () => {
    expect(() => whiteNoise(undefined as unknown as WhiteNoiseOptions)).toThrow(
      new InputError("whiteNoise: options is undefined, { grid, frames, frameSeconds, seed } is needed"),
    );
  });
});
