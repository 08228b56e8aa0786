import { checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Padding } from "./options.js";

/**
 * One dimension that is pooled over. The window at place `j` reads `count[j]` cells of the input: `first[j]`,
 * `first[j] + step`, …; what it reads besides lies in the padding.
 */
export interface PoolAxis {
  /** cells of the input */
  readonly input: number;
  /** places of the output */
  readonly output: number;
  /** taps of a whole window */
  readonly taps: number;
  /** cells between neighbouring taps */
  readonly step: number;
  readonly first: Int32Array;
  readonly count: Int32Array;
  /** the tap of the window that reads its first cell */
  readonly firstTap: Int32Array;
  /** how many taps read cells or declared padding: not those that `ceil` lets run beyond both */
  readonly declared: Int32Array;
}

/** The lengths of one dimension that is pooled over by a sliding window. */
export interface Slide {
  readonly input: number;
  readonly output: number;
  readonly taps: number;
  readonly stride: number;
  readonly step: number;
  readonly before: number;
  readonly after: number;
}

/** Where the windows of one dimension lie, each `stride` cells after the one before it. */
export function slidingAxis({ input, output, taps, stride, step, before, after }: Slide): PoolAxis {
  const [first, count, firstTap, declared] = [0, 0, 0, 0].map(() => new Int32Array(output)) as [
    Int32Array,
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  for (let j = 0; j < output; j++) {
    const start = j * stride - before;
    const skipped = start < 0 ? Math.ceil(-start / step) : 0;
    const cell = start + skipped * step;
    const inside = Math.min(taps - skipped, Math.floor((input - 1 - cell) / step) + 1);
    firstTap[j] = skipped;
    count[j] = Math.max(0, inside);
    first[j] = inside > 0 ? cell : 0;
    declared[j] = Math.min(taps, Math.floor((input + after - 1 - start) / step) + 1);
  }
  return { input, output, taps, step, first, count, firstTap, declared };
}

/**
 * `output` regions that cover a dimension: region `j` goes from cell `⌊j·m/n⌋` to before cell `⌈(j + 1)·m/n⌉`. They tile it
 * where n divides m; else neighbours share the cell that a border cuts.
 */
export function coveringAxis(input: number, output: number): PoolAxis {
  const first = new Int32Array(output);
  const count = new Int32Array(output);
  for (let j = 0; j < output; j++) {
    first[j] = Math.floor((j * input) / output);
    count[j] = Math.ceil(((j + 1) * input) / output) - first[j]!;
  }
  return {
    input,
    output,
    taps: count.reduce((most, n) => Math.max(most, n), 0),
    step: 1,
    first,
    count,
    firstTap: new Int32Array(output),
    declared: count,
  };
}

/** A dimension that is not pooled over: each place is its cell. */
export function identityAxis(cells: number): PoolAxis {
  return slidingAxis({ input: cells, output: cells, taps: 1, stride: 1, step: 1, before: 0, after: 0 });
}

/** Whether every place is its cell, so that nothing is to be done. */
export function isIdentity(axis: PoolAxis): boolean {
  return (
    axis.input === axis.output && axis.count.every((n) => n === 1) && axis.first.every((cell, place) => cell === place)
  );
}

/** One entry a space dimension, of a number or a list. */
export function perDimension(where: string, name: string, value: unknown, space: number): number[] {
  const list = Array.isArray(value) ? (value as readonly unknown[]) : undefined;
  if (list && list.length !== space)
    refuse(where, `${name} has ${list.length} entries, size has ${space} space dimensions`);
  return Array.from({ length: space }, (_, axis) => {
    const entry = list ? list[axis] : value;
    checkInteger(where, list ? `${name}[${axis}]` : name, entry, 1);
    return entry;
  });
}

/** The padding before and after each dimension: the lengths of `same` and `full` are those of `conv`. */
export function paddingPairs(
  where: string,
  padding: Padding,
  axes: readonly { readonly input: number; readonly stride: number; readonly reach: number }[],
): (readonly [before: number, after: number])[] {
  if (padding === "valid") return axes.map(() => [0, 0] as const);
  if (padding === "full") return axes.map(({ reach }) => [reach, reach] as const);
  if (padding === "same") {
    return axes.map(({ input, stride, reach }) => {
      const total = Math.max(0, (Math.ceil(input / stride) - 1) * stride + reach + 1 - input);
      return [Math.floor(total / 2), Math.ceil(total / 2)] as const;
    });
  }
  if (typeof padding === "number") {
    checkInteger(where, "padding", padding);
    return axes.map(() => [padding, padding] as const);
  }
  if (!Array.isArray(padding))
    refuse(where, `padding is ${describe(padding)}, "valid", "same", "full", a number or pairs are needed`);
  if (padding.length !== axes.length)
    refuse(where, `padding has ${padding.length} entries, size has ${axes.length} space dimensions`);
  return padding.map((pair: unknown, axis) => {
    if (!Array.isArray(pair) || pair.length !== 2)
      refuse(where, `padding[${axis}] is ${describe(pair)}, a pair [before, after] is needed`);
    checkInteger(where, `padding[${axis}][0]`, pair[0]);
    checkInteger(where, `padding[${axis}][1]`, pair[1]);
    return [pair[0], pair[1]] as const;
  });
}
