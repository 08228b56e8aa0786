import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainRowKernel, rowSumsIn, wasmRowKernel, withRowSums } from "../../src/kernels/row-sums.js";

const compiled = wasmRowKernel();
if (!compiled) throw new Error("this engine has no WebAssembly SIMD: the kernel cannot be tested on it");
const both = [compiled, plainRowKernel()] as const;

const size = fc.record({
  rows: fc.integer({ min: 1, max: 20 }),
  length: fc.integer({ min: 1, max: 70 }),
  sums: fc.integer({ min: 1, max: 4 }),
  seed: fc.integer({ min: 1, max: 1e6 }),
});

/** Numbers that no sum of a few holds exactly. */
const value = (seed: number, i: number) => Math.fround(Math.sin(seed + 12.9898 * i));

/** What row i weighs in sum s in round r: in about half of them nothing. */
const weight = (seed: number, r: number, s: number, i: number) =>
  Math.max(0, Math.ceil(3 * Math.sin(seed * (r + 2) + 7.7 * s + 3.1 * i)));

describe("sums of weighted rows", () => {
  it("are those of the definition, within the rounding of their additions, and the same bits in the twin", () => {
    fc.assert(
      fc.property(size, ({ rows, length, sums, seed }) => {
        const wanted = new Float64Array(sums * length);
        const magnitudes = new Float64Array(sums * length);
        const [ours, twins] = both.map((k) => {
          const held = rowSumsIn(k, { rows, length, sums });
          for (let round = 0; round < 2; round++) {
            for (let i = 0; i < rows * length; i++) held.rows[i] = value(seed + round, i);
            for (let s = 0; s < sums; s++) {
              for (let i = 0; i < rows; i++) {
                const w = weight(seed, round, s, i);
                if (w > 0) held.pick(i, w);
                for (let p = 0; p < length; p++) {
                  // Both kernels add to the oracle, which counts every row twice.
                  wanted[s * length + p] += (w * held.rows[i * length + p]) / 2;
                  magnitudes[s * length + p] += Math.abs(w * held.rows[i * length + p]) / 2;
                }
              }
              held.add(s);
            }
          }
          return held.totals();
        });
        expect(twins).toEqual(ours);
        ours.forEach((sum, i) => {
          expect(Math.abs(sum - wanted[i])).toBeLessThanOrEqual((rows + 3) * 2 ** -24 * magnitudes[i]);
        });
      }),
      { seed: 1, numRuns: 150 },
    );
  });

  it("begin at nothing, and again at each use", () => {
    const once = () =>
      withRowSums({ rows: 1, length: 3, sums: 2 }, ({ rows, pick, add, totals }) => {
        rows.set([1, 2, 3]);
        pick(0, 2);
        add(1);
        add(0);
        return totals();
      });
    expect(once()).toEqual(Float32Array.of(0, 0, 0, 2, 4, 6));
    expect(once()).toEqual(once());
  });

  it("are not disturbed by others that are made and forgotten meanwhile, larger ones too", () => {
    const total = withRowSums({ rows: 1, length: 2, sums: 1 }, (outer) => {
      outer.rows.set([1, 2]);
      const inside = () =>
        withRowSums({ rows: 1, length: 2 ** 25, sums: 1 }, (inner) => {
          inner.rows.fill(9);
          inner.pick(0, 1);
          inner.add(0);
          throw new Error("the reader broke");
        });
      expect(inside).toThrow("the reader broke");
      outer.pick(0, 3);
      outer.add(0);
      return outer.totals();
    });
    expect(total).toEqual(Float32Array.of(3, 6));
  });
});
