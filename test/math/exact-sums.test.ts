import fc from "fast-check";
import { expect, test } from "vitest";
import { addExactly, type ExactSums, exactSums, exactTotals, mergeExactly } from "../../src/math/exact-sums.js";

const number = fc.oneof(
  fc.float({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }),
  fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  fc.constantFrom(0, -0, 1e-30, -1e-12, 2 ** -9, 3 * 2 ** -9),
);

function sumOf(values: readonly number[]): ExactSums {
  return values.reduce((sums, value) => addExactly(sums, [value, -value]), exactSums(2));
}

test("every order and every grouping gives the same bits", () => {
  fc.assert(
    fc.property(fc.array(number, { minLength: 2, maxLength: 60 }), fc.integer(), (values, seed) => {
      const order = values.map((value, i) => ({ value, at: Math.sin(seed + 7919 * i) })).sort((a, b) => a.at - b.at);
      const shuffled = order.map(({ value }) => value);
      const cut = 1 + (Math.abs(seed) % (values.length - 1));
      const whole = exactTotals(sumOf(values));
      expect(exactTotals(sumOf(shuffled))).toEqual(whole);
      const [a, b] = [sumOf(shuffled.slice(0, cut)), sumOf(shuffled.slice(cut))];
      expect(exactTotals(mergeExactly(a, b))).toEqual(whole);
      expect(exactTotals(mergeExactly(b, a))).toEqual(whole);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test("the total is the sum of exact fractions, to the last bits of 2⁻⁶⁹ a number", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }), { maxLength: 40 }), (numerators) => {
      const exact = numerators.reduce((sum, n) => sum + BigInt(n), 0n);
      expect(exactTotals(sumOf(numerators.map((n) => n * 2 ** -30)))[0]).toBe(Number(exact) * 2 ** -30 + 0);
    }),
    { seed: 2, numRuns: 300 },
  );
  const tiny = exactTotals(sumOf(Array(1000).fill(1e-20)))[0]!;
  expect(Math.abs(tiny - 1e-17)).toBeLessThan(1000 * 2 ** -69);
});

test("a sum in float64 alone would depend on the order", () => {
  const values = [1e9, 1e-7, -1e9, 1e-7, 0.1, 0.2, 0.3];
  const plain = (list: readonly number[]) => list.reduce((sum, value) => sum + value, 0);
  expect(plain(values)).not.toBe(plain([...values].reverse()));
  expect(exactTotals(sumOf(values))).toEqual(exactTotals(sumOf([...values].reverse())));
});

test("a sum too large, a NaN and too many numbers are refused", () => {
  expect(() => addExactly(exactSums(1), [2 ** 44])).toThrow(
    "sum 0 is 17592186044416, magnitudes below 2^44 are needed",
  );
  expect(() => addExactly(exactSums(2), [1, Number.NaN])).toThrow("sum 1 is NaN");
  const half = addExactly(exactSums(1), [2 ** 43]);
  expect(() => mergeExactly(half, half)).toThrow("mergeExactly: sum 0 is");
  expect(() => addExactly({ ...exactSums(1), terms: 2 ** 22 }, [1])).toThrow("at most 2^22 can be added exactly");
});
