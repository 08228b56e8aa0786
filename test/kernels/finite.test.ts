import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allFinite, finiteModule } from "../../src/kernels/finite.js";
import { runs } from "../../src/kernels/webassembly.js";

describe("the search for NaN and infinities", () => {
  it("is compiled here", () => {
    expect(runs(finiteModule())).toBe(true);
  });

  it("finds one at any place, in arrays of any length and offset, and takes every other number for finite", () => {
    const lengths = fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 500, max: 9000 }));
    const types = fc.constantFrom(Float32Array, Float64Array);
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY);
    fc.assert(
      fc.property(lengths, fc.nat(), fc.nat(5), types, odd, (length, place, offset, Type, value) => {
        const whole = new Type(length + 7).fill(value);
        const data = whole.subarray(offset, offset + length);
        for (let i = 0; i < length; i++) data[i] = [0, -0, 1e-45, -1e-40, 3.4e38, -3.4e38, 1][i % 7]!;
        expect(allFinite(data)).toBe(true);
        data[place % length] = value;
        expect(allFinite(data)).toBe(false);
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it("finds nothing in an empty array", () => {
    expect(allFinite(new Float32Array(0))).toBe(true);
  });
});
