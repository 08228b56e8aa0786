import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { winogradFunctions } from "../../src/kernels/winograd.js";
import { axisPrograms, type Transform } from "../../src/kernels/winograd-functions.js";
import { winogradModule } from "../../src/kernels/winograd-kernels.js";
import {
  filterMatrices,
  mostProducts,
  plus,
  type Rational,
  type RationalMatrix,
  rational,
  times,
  transposed,
} from "../../src/kernels/winograd-matrices.js";
import { type Program, programOf } from "../../src/kernels/winograd-programs.js";

const wasm = wasmPanels();
if (!wasm) throw new Error("this engine has no WebAssembly SIMD: the kernels cannot be tested on it");
const both = [wasm, plainPanels()] as const;

const filters = [1, 2, 3, 4, 5].flatMap((r) =>
  [1, 2, 3, 4, 5, 6].filter((m) => m + r - 1 <= mostProducts).map((m) => ({ m, r })),
);
const anyFilter = fc.constantFrom(...filters);

const sum = (terms: readonly Rational[]) => terms.reduce(plus, rational(0));
const apply = (matrix: RationalMatrix, vector: readonly Rational[]) =>
  matrix.map((row) => sum(row.map((x, i) => times(x, vector[i]!))));
const value = ({ n, d }: Rational) => Number(n) / Number(d);

/** Runs a program in float64. */
function run(program: Program, vector: readonly number[]): number[] {
  const registers = [...vector];
  for (const step of program.steps) {
    const a = registers[step.a]!;
    registers.push(
      step.kind === "scale" ? a * step.by : step.kind === "add" ? a + registers[step.b]! : a - registers[step.b]!,
    );
  }
  return program.outputs.map((at) => registers[at]!);
}

describe("fractions", () => {
  it("are kept in lowest terms with the sign above", () => {
    expect(rational(6, -4)).toEqual({ n: -3n, d: 2n });
    expect(rational(0, -7)).toEqual({ n: 0n, d: 1n });
    expect(plus(rational(1, 6), rational(1, 3))).toEqual({ n: 1n, d: 2n });
    expect(times(rational(2, 3), rational(-3, 4))).toEqual({ n: -1n, d: 2n });
  });
});

describe("the matrices of minimal filtering", () => {
  it.each(filters)("F($m, $r) is the filter, in exact arithmetic", ({ m, r }) => {
    const { AT, G, BT } = filterMatrices(m, r);
    expect([AT.length, G.length, BT.length]).toEqual([m, m + r - 1, m + r - 1]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < r; j++) {
        for (let l = 0; l < m + r - 1; l++) {
          const products = BT.map((row, p) => times(AT[i]![p]!, times(G[p]![j]!, row[l]!)));
          expect(sum(products)).toEqual(rational(l === i + j ? 1 : 0));
        }
      }
    }
  });

  it("are the filter for any points", () => {
    const numerators = fc.uniqueArray(fc.integer({ min: -9, max: 9 }), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(numerators, fc.integer({ min: 1, max: 7 }), (points, d) => {
        const { AT, G, BT } = filterMatrices(
          2,
          4,
          points.map((n) => rational(n, d)),
        );
        const [k, v] = [[3, -1, 4, 1].map((n) => rational(n, 5)), [2, 7, 1, 8, 2].map((n) => rational(n, 3))];
        const [Gk, Bv] = [apply(G, k), apply(BT, v)];
        const y = apply(
          AT,
          Gk.map((x, p) => times(x, Bv[p]!)),
        );
        expect(y).toEqual([0, 1].map((i) => sum(k.map((x, j) => times(x, v[i + j]!)))));
      }),
      { numRuns: 40, seed: 1 },
    );
  });
});

describe("the programs of the transforms", () => {
  it.each(filters)("F($m, $r): each is the product with its matrix", ({ m, r }) => {
    const { AT, G, BT } = filterMatrices(m, r);
    const matrices: Record<Transform, RationalMatrix> = {
      data: BT,
      kernel: G,
      gradient: transposed(AT),
      output: AT,
      weight: transposed(G),
      input: transposed(BT),
    };
    for (const [name, program] of Object.entries(axisPrograms({ m, r })) as [Transform, Program][]) {
      const vector = matrices[name][0]!.map((_, i) => Math.sin(i + 1));
      const expected = matrices[name].map((row) => row.reduce((total, x, i) => total + value(x) * vector[i]!, 0));
      run(program, vector).forEach((x, i) => {
        expect(x).toBeCloseTo(expected[i]!, 5);
      });
    }
  });

  it("share what opposite points have in common", () => {
    const matrix = [
      [1, 2, 4],
      [1, -2, 4],
    ].map((row) => row.map((x) => rational(x)));
    expect(programOf(matrix).steps.map(({ kind }) => kind)).toEqual(["scale", "add", "scale", "add", "sub"]);
  });
});

const bytes = 1 << 17;
function noise(count: number): Float32Array {
  let state = 5;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}
/** The first place past the tables and the scratch where two arrays differ, -1 for none. */
function firstDifference(a: Float32Array, b: Float32Array): number {
  for (let i = 2048; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}

const filling = noise(bytes / 4);

/** Makes the same calls in WebAssembly and in the twin, on the same arena, and returns both arenas afterwards. */
function inBoth(
  integers: readonly (readonly [number, readonly number[]])[],
  call: (k: Panels) => void,
): Float32Array[] {
  return both.map((k) => {
    k.arena.reserve(bytes);
    k.arena.floats.set(filling);
    for (const [address, values] of integers) k.arena.integers.set(values, address / 4);
    call(k);
    return k.arena.floats.slice(0, bytes / 4);
  });
}

describe("the kernels of the transforms", () => {
  it("have the bytes that their digest names", () => {
    const all = createHash("sha256");
    for (const { m, r } of filters) all.update(winogradModule({ m, r }, { m, r }));
    all.update(winogradModule({ m: 6, r: 3 }, { m: 4, r: 5 }));
    expect(all.digest("hex")).toBe("4a7819a85ea1927c75288af7012590407aedd0ab07298397264bee5fc5463e1c");
  });

  it("are made once for a filter", () => {
    const y = { m: 2, r: 3 };
    expect(winogradFunctions(wasm, y, y)).toBe(winogradFunctions(wasm, { ...y }, y));
    expect(winogradFunctions(wasm, y, y)).not.toBe(winogradFunctions(both[1], y, y));
  });

  it("and their plain twins agree bit for bit, for every transform and any filter", () => {
    const transforms = ["data", "kernel", "gradient", "output", "weight", "input"] as const;
    fc.assert(
      fc.property(anyFilter, anyFilter, fc.integer({ min: 1, max: 3 }), (y, x, steps) => {
        for (const name of transforms) {
          // Lanes that overlap, so that the order of additions shows.
          const tables = [
            [0, [16384, 16384 + 40, 16384 + 4, 16384 + 400]],
            [64, [0, 8, 1024]],
          ] as const;
          const run = (k: Panels) => winogradFunctions(k, y, x)[name](32768, 272, 64, 0, 64, steps, 44, 4096);
          const [fast, slow] = inBoth(tables, run);
          expect(firstDifference(fast!, slow!)).toBe(-1);
          expect(firstDifference(fast!, filling)).toBeGreaterThanOrEqual(2048);
        }
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("and their plain twins agree on products of a short depth, taken back at once", () => {
    const names = ["shallowOutput", "shallowInput"] as const;
    const sizes = fc.record({
      depth: fc.integer({ min: 1, max: 5 }),
      rows: fc.integer({ min: 1, max: 9 }),
      name: fc.constantFrom(...names),
    });
    fc.assert(
      fc.property(anyFilter, anyFilter, sizes, (y, x, { depth, rows, name }) => {
        const lanes = Array.from({ length: 8 }, (_, i) => 8192 + 300 * i - (i % 3) * 40);
        const tables = [
          [0, lanes],
          [64, Array.from({ length: rows }, (_, i) => 2048 * (i % 3) + 8 * i)],
        ] as const;
        const run = (k: Panels) => winogradFunctions(k, y, x)[name](20480, 24576, 65536, depth, 0, 64, rows, 44, 4096);
        const [fast, slow] = inBoth(tables, run);
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});
