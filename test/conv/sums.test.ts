import { describe, expect, it } from "vitest";
import { addInOrder, addRun } from "../../src/conv/sums.js";
import { noise } from "./cases.js";

const numbers = (length: number, seed: number) => noise([length], seed).data as Float32Array;

/** Parts of which the first and the middle one cancel, so large that a sum between them rounds: its order shows in the bits. */
function cancelling(count: number, length: number): Float32Array[] {
  const parts = Array.from({ length: count }, (_, part) => numbers(length, part + 1));
  parts[0] = parts[0]!.map((x) => x * 2 ** 50);
  if (count > 1) parts[count >> 1] = parts[0].map((x) => -x);
  return parts;
}

describe("addInOrder", () => {
  it.each([1, 2, 3, 4, 5, 7, 8, 9])("has the bits of sums made one part after the other: %i parts", (count) => {
    for (const length of [1, 3, 2048, 4099]) {
      const parts = cancelling(count, length);
      const result = new Float32Array(length).fill(Number.NaN);
      addInOrder(parts, result);
      const wanted = result.map((_, i) => parts.reduce((sum, part) => sum + part[i]!, 0));
      expect(result).toEqual(wanted);
      const backwards = result.map((_, i) => parts.reduceRight((sum, part) => sum + part[i]!, 0));
      if (count > 2 && length > 3) expect(backwards).not.toEqual(wanted);
    }
  });
});

describe("addRun", () => {
  it("adds some numbers from a place on to sums from a place on, and to no others", () => {
    for (const count of [0, 1, 3, 4, 6, 8]) {
      const from = numbers(12, 1);
      const sums = noise([12], 2, "float64").data as Float64Array;
      const wanted = sums.map((sum, i) => (i >= 2 && i < 2 + count ? sum + from[i + 1]! : sum));
      addRun(from, 3, sums, 2, count);
      expect(sums).toEqual(wanted);
    }
  });
});
