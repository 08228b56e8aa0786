import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { winogradFunctions, winogradParts } from "../../src/kernels/winograd.js";
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
import { winogradPartsModule } from "../../src/kernels/winograd-parts.js";
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
/** The first place from `start` on where two arrays differ, -1 for none. */
function firstOf(a: Float32Array, b: Float32Array, start = 0): number {
  for (let i = start; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}
/** The same past the tables and the scratch. */
const firstDifference = (a: Float32Array, b: Float32Array) => firstOf(a, b, 2048);

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
    all.update(winogradPartsModule());
    all.update(winogradModule({ m: 4, r: 3 }, { m: 4, r: 3 }, true));
    all.update(winogradPartsModule(true));
    expect(all.digest("hex")).toBe("1991fe3ad2a4e977088dbc946eb533178a15cbe550d882399f48e9afe5b0a287");
  });

  it("are made once for a filter", () => {
    const y = { m: 2, r: 3 };
    expect(winogradFunctions(wasm, y, y)).toBe(winogradFunctions(wasm, { ...y }, y));
    expect(winogradFunctions(wasm, y, y)).not.toBe(winogradFunctions(both[1], y, y));
  });

  it("and their plain twins agree bit for bit, for every transform and any filter", () => {
    const analyses = ["data", "kernel", "gradient"] as const;
    const syntheses = ["output", "weight", "input"] as const;
    const sizes = fc.record({
      steps: fc.integer({ min: 1, max: 3 }),
      halves: fc.integer({ min: 1, max: 2 }),
      panels: fc.integer({ min: 1, max: 2 }),
    });
    // Lanes that overlap, so that the order of additions shows.
    const lanes = Array.from({ length: 16 }, (_, i) => 16384 + 4 * (i & 1) + 128 * (i >> 1));
    const tables = [
      [0, lanes],
      [64, [0, 8, 1024]],
    ] as const;
    fc.assert(
      fc.property(anyFilter, anyFilter, sizes, (y, x, { steps, halves, panels }) => {
        const same = (run: (k: Panels) => void) => {
          const [fast, slow] = inBoth(tables, run);
          expect(firstDifference(fast!, slow!)).toBe(-1);
          expect(firstDifference(fast!, filling)).toBeGreaterThanOrEqual(2048);
        };
        const into = [32768, 640, 208] as const;
        for (const name of analyses)
          same((k) => winogradFunctions(k, y, x)[name](...into, halves, 0, panels, 64, steps, 128, 4096));
        for (const name of syntheses)
          same((k) => winogradFunctions(k, y, x)[name](...into, 0, halves * panels, 64, steps, 128, 4096));
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  it("add patches that overlap one after the other, however many lanes go together", () => {
    const y = { m: 2, r: 5 };
    // Eight tiles of a plane, row by row: neighbours share four of their six cells along both axes.
    const lanes = Array.from({ length: 8 }, (_, i) => 16384 + 8 * (i % 3) + 2 * 128 * Math.floor(i / 3));
    const inGroups = (size: number) => {
      // Groups start at the multiples of `size` and are filled up by lanes that lie elsewhere.
      const table = Array.from({ length: 8 / size }, (_, i) => {
        const group = lanes.slice(i * size, (i + 1) * size);
        return [...group, ...Array<number>(4 - size).fill(65536)];
      }).flat();
      return inBoth(
        [
          [0, table],
          [256, [0]],
        ],
        (k) => {
          const F = k.arena.floats;
          for (let p = 0; p < 36; p++)
            for (let i = 0; i < 8; i++) F[8192 + 64 * p + 4 * Math.floor(i / size) + (i % size)] = filling[64 * p + i]!;
          winogradFunctions(k, y, y).input(32768, 256, 0, 0, 8 / size, 256, 1, 128, 4096);
        },
      ).map((F) => F.slice(4096, 4096 + 512));
    };
    const [one] = inGroups(1);
    for (const size of [1, 2, 4]) for (const F of inGroups(size)) expect(firstOf(F, one!)).toBe(-1);
  });

  it("and their plain twins agree on products of a short depth, taken back at once", () => {
    const names = ["shallowOutput", "shallowInput"] as const;
    const sizes = fc.record({
      depth: fc.integer({ min: 1, max: 6 }),
      rows: fc.integer({ min: 1, max: 9 }),
      panels: fc.integer({ min: 1, max: 2 }),
      name: fc.constantFrom(...names),
    });
    fc.assert(
      fc.property(anyFilter, anyFilter, sizes, (y, x, { depth, rows, panels, name }) => {
        const lanes = Array.from({ length: 8 * panels }, (_, i) => 8192 + 300 * i);
        const tables = [
          [0, lanes],
          [128, Array.from({ length: rows }, (_, i) => 2048 * (i % 3) + 8 * i)],
        ] as const;
        const [fast, slow] = inBoth(tables, (k) =>
          winogradFunctions(k, y, x)[name](20480, 24576, 65536, depth, 0, panels, 128, rows, 44, 4096),
        );
        expect(firstDifference(fast!, slow!)).toBe(-1);
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

describe("what all filters share", () => {
  it("multiplies panels at the points as its plain twin does, for any rows", () => {
    const sizes = fc.record({
      points: fc.integer({ min: 1, max: 4 }),
      rows: fc.integer({ min: 1, max: 11 }),
      panels: fc.integer({ min: 1, max: 3 }),
      depth: fc.integer({ min: 1, max: 9 }),
      keep: fc.constantFrom(0, 1),
    });
    fc.assert(
      fc.property(sizes, ({ points, rows, panels, depth, keep }) => {
        const [fast, slow] = inBoth([], (k) =>
          winogradParts(k).multiplyAtPoints(
            ...([8192, 16384, 32768, points, 1024, 2048, 4096, rows, panels, depth, 128, keep] as const),
          ),
        );
        expect(firstDifference(fast!, slow!)).toBe(-1);
        expect(firstDifference(fast!, filling)).toBe(8192);
      }),
      { numRuns: 60, seed: 4 },
    );
  });

  it("spreads lines over phases and folds them back as its plain twin does", () => {
    const sizes = fc.record({
      phases: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 6 }),
      head: fc.integer({ min: 0, max: 3 }),
      tail: fc.integer({ min: 0, max: 5 }),
      quads: fc.integer({ min: 0, max: 3 }),
      planes: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(sizes, ({ phases: most, stride, head, tail, quads, planes }) => {
        const phases = Math.min(most, stride);
        const length = head + 4 * quads + tail;
        fc.pre(length > 0);
        // Zeros and repeated cells on both sides of those that lie side by side.
        const cells = Array.from({ length: phases * length }, (_, i) => {
          const [phase, e] = [Math.floor(i / length), i % length];
          const inside = e >= head && e < head + 4 * quads;
          return inside ? 4 * ((e - head) * stride + phase) : (i % 3) * 4 - 4;
        });
        const tables = [
          [0, [400, -1, 0]],
          [256, cells],
        ] as const;
        for (const way of ["spread", "fold"] as const) {
          const fast4 = way === "spread" || phases === 4 || stride === 1 ? quads : 0;
          const [fast, slow] = inBoth(tables, (k) =>
            winogradParts(k)[way](
              ...([
                16384,
                32768,
                1000,
                4096,
                planes,
                0,
                3,
                256,
                length,
                phases,
                1024,
                head,
                fast4,
                4 * stride,
              ] as const),
            ),
          );
          expect(firstDifference(fast!, slow!)).toBe(-1);
          if (way === "spread") expect(firstDifference(fast!, filling)).toBe(8192);
        }
      }),
      { numRuns: 100, seed: 5 },
    );
  });
});
