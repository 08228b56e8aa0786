import fc from "fast-check";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import type { Case } from "./oracle.js";

/** Numbers between -1 and 1 that no short sum holds exactly. */
export function noise(shape: readonly number[], seed: number, type: "float32" | "float64" = "float32"): Tensor {
  let state = seed;
  const size = shape.reduce((product, length) => product * length, 1);
  const numbers = Float64Array.from({ length: size }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  return tensor(numbers, shape, type);
}

/** The inner product of two tensors. */
export function dot(a: Tensor, b: Tensor): number {
  let sum = 0;
  for (let i = 0; i < a.data.length; i++) sum += a.data[i]! * b.data[i]!;
  return sum;
}

/** The largest of |a - b| / magnitude; a difference where the magnitude is 0 counts as infinite. */
export function worst(a: ArrayLike<number>, b: ArrayLike<number>, magnitude: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < b.length; i++) {
    const off = Math.abs(a[i]! - b[i]!);
    if (!(off <= 0)) most = Math.max(most, magnitude[i]! > 0 ? off / magnitude[i]! : Number.POSITIVE_INFINITY);
  }
  return a.length === b.length ? most : Number.POSITIVE_INFINITY;
}

/** Random geometries of these dimensions, small enough for the oracle, whose windows fit. */
export const casesOf = (dimensions: readonly number[]): fc.Arbitrary<Case> =>
  fc
    .record({
      space: fc.constantFrom(...dimensions),
      batch: fc.constantFrom(0, 1, 2, 3),
      groups: fc.constantFrom(1, 1, 2, 3),
      perGroup: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
      boundary: fc.constantFrom(
        "zero" as const,
        "zero" as const,
        "wrap" as const,
        "edge" as const,
        "reflect" as const,
        "symmetric" as const,
      ),
      flip: fc.boolean(),
      masked: fc.boolean(),
      mask: fc.array(fc.boolean(), { minLength: 9, maxLength: 9 }),
    })
    .chain((r) => {
      const largest = r.space === 3 ? 5 : r.space === 2 ? 9 : 20;
      const axis = fc.record({
        m: fc.integer({ min: 1, max: largest }),
        k: fc.integer({ min: 1, max: r.space === 3 ? 3 : 5 }),
        s: fc.integer({ min: 1, max: 4 }),
        d: fc.integer({ min: 1, max: 3 }),
        before: fc.integer({ min: 0, max: 4 }),
        after: fc.integer({ min: 0, max: 4 }),
      });
      return fc.array(axis, { minLength: r.space, maxLength: r.space }).map((axes): Case => {
        const fit = axes.map((a) => ({ ...a, m: Math.max(a.m, a.d * (a.k - 1) + 1 - a.before - a.after) }));
        const [I, O] = r.perGroup;
        const table = Array.from({ length: O }, (_, o) => Array.from({ length: I }, (_, i) => r.mask[3 * o + i]!));
        return {
          input: [...(r.batch ? [r.batch] : []), r.groups * I, ...fit.map((a) => a.m)],
          kernel: [r.groups * O, I, ...fit.map((a) => a.k)],
          stride: fit.map((a) => a.s),
          dilation: fit.map((a) => a.d),
          padding: fit.map((a) => [a.before, a.after] as const),
          boundary: r.boundary,
          groups: r.groups,
          flip: r.flip,
          ...(r.masked && r.groups === 1 ? { connections: table } : {}),
        };
      });
    });

/** Random geometries of 1 to 3 dimensions. */
export const cases = casesOf([1, 2, 2, 3]);

/** The options of a case as the library takes them. */
export function optionsOf(c: Case) {
  const { stride, dilation, padding, boundary, groups, flip } = c;
  return {
    stride,
    dilation,
    padding,
    boundary,
    groups,
    flip,
    ...(c.connections ? { connections: c.connections } : {}),
  };
}
