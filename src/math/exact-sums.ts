import { refuse } from "../tensor/errors.js";

/**
 * Sums whose bits do not depend on the order or the grouping of what is added.
 *
 * Each number is split at two fixed places into whole multiples of three units. The multiples of one unit add without any
 * rounding, so every order gives the same three sums; what is below half the last unit, 2⁻⁶⁹, is dropped number by number.
 */
export interface ExactSums {
  /** multiples of 2⁻⁸, of 2⁻³⁸ and of 2⁻⁶⁸ */
  readonly parts: readonly [Float64Array, Float64Array, Float64Array];
  /** how many numbers each sum has taken */
  readonly terms: number;
}

/** Adding and subtracting 1.5·2⁵²·unit rounds to a multiple of the unit. */
const [first, second, third] = [1.5 * 2 ** 44, 1.5 * 2 ** 14, 1.5 * 2 ** -16] as const;

/** A part of the second or third kind is at most half the unit before it: this many stay below 2⁵² units. */
const mostTerms = 2 ** 22;
/** Sums of the first kind are whole multiples of 2⁻⁸ as long as they stay below this. */
const largestSum = 2 ** 44;

/** `length` sums of nothing. */
export function exactSums(length: number): ExactSums {
  return { parts: [new Float64Array(length), new Float64Array(length), new Float64Array(length)], terms: 0 };
}

/**
 * The sums with one number more each.
 *
 * @param values as many as there are sums, finite; the arrays of `sums` are changed and handed on
 * @throws InputError if a sum's magnitude reaches 2⁴⁴ or it has taken 2²² numbers
 */
export function addExactly(sums: ExactSums, values: ArrayLike<number>): ExactSums {
  const [high, middle, low] = sums.parts;
  const terms = checkedTerms(sums.terms + 1);
  for (let i = 0; i < high.length; i++) {
    const value = values[i]!;
    const a = value + first - first;
    const rest = value - a;
    const b = rest + second - second;
    high[i]! += a;
    middle[i]! += b;
    low[i]! += rest - b + third - third;
    if (!(Math.abs(high[i]!) < largestSum))
      refuse("addExactly", `sum ${i} is ${high[i]}, magnitudes below 2^44 are needed`);
  }
  return { parts: sums.parts, terms };
}

/** Throws, in the name of a public function that adds up a stimulus, where `addExactly` would find a sum too large. */
export function checkAddable(where: string, { parts: [high] }: ExactSums, values: ArrayLike<number>): void {
  for (let i = 0; i < high.length; i++) {
    const sum = high[i]! + values[i]!;
    if (!(Math.abs(sum) < 0.99 * largestSum))
      refuse(where, `stimulus gives sums of ${sum.toPrecision(3)}, below 2^44 is needed: give smaller contrasts`);
  }
}

/** The sums of both: the same bits as if one had taken all the numbers. */
export function mergeExactly(a: ExactSums, b: ExactSums): ExactSums {
  const [high, middle, low] = a.parts.map((part, k) => part.map((value, i) => value + b.parts[k]![i]!));
  const over = high!.findIndex((value) => !(Math.abs(value) < largestSum));
  if (over >= 0) refuse("mergeExactly", `sum ${over} is ${high![over]}, magnitudes below 2^44 are needed`);
  return { parts: [high!, middle!, low!], terms: checkedTerms(a.terms + b.terms) };
}

/** The sums, rounded. */
export function exactTotals({ parts: [high, middle, low] }: ExactSums): Float64Array {
  return high.map((value, i) => value + (middle[i]! + low[i]!));
}

function checkedTerms(terms: number): number {
  if (terms > mostTerms)
    refuse("exactSums", `a sum of ${terms} numbers is asked for, at most 2^22 can be added exactly`);
  return terms;
}
