import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pool } from "../../src/conv/pool.js";
import { type AdaptivePoolOptions, adaptivePool, adaptivePoolGradient } from "../../src/conv/pool-adaptive.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { expectAdjoint, expectSlope, itRefusesArrays, kinds, type Pooling, powerOf, summaries } from "./region-laws.js";

/** The numbers of a region of one plane, by the rule of its borders: cells that lie at least in part within the n-th part. */
function regionOf(
  plane: (y: number, x: number) => number,
  cells: number[],
  parts: number[],
  place: number[],
): number[] {
  const inside = (cell: number, a: number) =>
    (cell + 1) * parts[a]! > place[a]! * cells[a]! && cell * parts[a]! < (place[a]! + 1) * cells[a]!;
  const values: number[] = [];
  for (let y = 0; y < cells[0]!; y++) {
    for (let x = 0; x < cells[1]!; x++) if (inside(y, 0) && inside(x, 1)) values.push(plane(y, x));
  }
  return values;
}

const pooling = (options: AdaptivePoolOptions): Pooling => ({
  pool: (V) => adaptivePool(V, options),
  gradient: (G, V) => adaptivePoolGradient(G, V, options),
});

const sizes = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }));

describe("adaptivePool", () => {
  it.each(kinds)("summarises the cells that lie at least in part in each n-th of the image: %s", (kind) => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (cells, parts, seed) => {
        const V = noise([2, ...cells], seed, "float64");
        const Z = adaptivePool(V, { kind, outputSize: parts, ...powerOf(kind) });
        expect(Z.shape).toEqual([2, ...parts]);
        for (let z = 0; z < Z.data.length; z++) {
          const c = Math.floor(z / (parts[0] * parts[1]));
          const place = [Math.floor(z / parts[1]) % parts[0], z % parts[1]];
          const plane = (y: number, x: number) => V.data[(c * cells[0] + y) * cells[1] + x]!;
          expect(Z.data[z]).toBeCloseTo(summaries[kind](regionOf(plane, cells, parts, place)), 13);
        }
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  it("gives one number for each quadrant, whatever the size of the image", () => {
    const V = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3]);
    // the middle row and column belong to both halves
    expect([...adaptivePool(V, { kind: "max", outputSize: 2 }).data]).toEqual([5, 6, 8, 9]);
    for (const size of [2, 5, 8, 33]) {
      const Z = adaptivePool(noise([2, 3, size, size + 1], size), { kind: "average", outputSize: 2 });
      expect(Z.shape).toEqual([2, 3, 2, 2]);
    }
  });

  it.each(kinds)("is pool where the output's size divides the input's, in 1 to 3 dimensions: %s", (kind) => {
    for (const [cells, parts] of [
      [[12], [3]],
      [
        [6, 8],
        [2, 4],
      ],
      [
        [4, 6, 2],
        [2, 3, 2],
      ],
    ] as const) {
      for (const type of ["float32", "float64"] as const) {
        const V = noise([2, 3, ...cells], 3, type);
        const size = cells.map((m, a) => m / parts[a]!);
        expect(adaptivePool(V, { kind, outputSize: parts, ...powerOf(kind) })).toEqual(
          pool(V, { kind, size, ...powerOf(kind) }),
        );
      }
    }
  });

  it("repeats cells where the output is larger than the input", () => {
    const V = tensor([1, 2], [1, 2]);
    expect([...adaptivePool(V, { kind: "average", outputSize: [4] }).data]).toEqual([1, 1, 2, 2]);
    expect([...adaptivePool(V, { kind: "average", outputSize: [3] }).data]).toEqual([1, 1.5, 2]);
  });
});

describe("adaptivePoolGradient", () => {
  it.each(kinds)("is the slope that central differences see: %s", (kind) => {
    fc.assert(
      fc.property(sizes, sizes, fc.nat(), (cells, parts, seed) => {
        const V = noise([1, ...cells], seed, "float64");
        expectSlope(pooling({ kind, outputSize: parts, ...powerOf(kind) }), V, seed);
      }),
      { seed: 5, numRuns: 100 },
    );
  });

  it("is the adjoint of the average, and keeps the input's type", () => {
    expectAdjoint(pooling({ kind: "average", outputSize: [3, 2] }), noise([2, 2, 7, 5], 1), 2, 5);
  });
});

describe("adaptivePool refuses", () => {
  const V = noise([2, 3, 6, 6], 1);
  it.each<[object, string]>([
    [{ kind: "max", size: 2 }, 'option "size" is not known, it takes kind, outputSize, p'],
    [{ kind: "weighted", outputSize: 2 }, 'kind is "weighted", one of "max", "average", "l2", "lp" is needed'],
    [{ kind: "max", outputSize: 2, p: 2 }, 'option "p" does not apply to kind "max", it is for "lp"'],
    [{ kind: "lp", outputSize: 2 }, "p is undefined, a finite number of at least 1 is needed"],
    [{ kind: "max" }, "outputSize is undefined, a whole number of at least 1 is needed"],
    [{ kind: "max", outputSize: [2, 0] }, "outputSize[1] is 0, a whole number of at least 1 is needed"],
    [{ kind: "max", outputSize: [] }, "outputSize has 0 entries, 1 to 3 space dimensions are needed"],
    [
      { kind: "max", outputSize: [2] },
      "input has shape [2, 3, 6, 6], an outputSize of 1 space dimensions needs 2 axes, or 3 with batch",
    ],
    [
      { kind: "max", outputSize: 2 ** 15 },
      "the output's shape [2, 3, 32768, 32768] has 6442450944 elements, at most 2147483648 fit",
    ],
  ])("options that do not fit (%#)", (options, message) => {
    expect(() => adaptivePool(V, options as never)).toThrow(InputError);
    expect(() => adaptivePool(V, options as never)).toThrow(new InputError(`adaptivePool: ${message}`));
  });

  itRefusesArrays("adaptivePool", pooling({ kind: "max", outputSize: 2 }), V);
});
