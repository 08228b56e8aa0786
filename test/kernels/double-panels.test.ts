import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { DoubleFunctions } from "../../src/kernels/double-functions.js";
import { doubleModule } from "../../src/kernels/double-kernels.js";
import {
  addPanels,
  doubleFunctions,
  packColumns,
  packRows,
  reserveDoubles,
  unpackColumns,
  unpackRows,
} from "../../src/kernels/double-panels.js";
import { addDoubleProduct, wholeMatrix } from "../../src/kernels/double-product.js";
import { fusedPanels, type Panels, panels, plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { noSkew } from "../../src/kernels/product.js";
import { runs } from "../../src/kernels/webassembly.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

const source = randomStream(11, "tests");
const random = (length: number, row: number) =>
  Float64Array.from({ length }, (_, i) => 2 * uniformAt(source, row, i) - 1);

const builds = [wasmPanels()!, plainPanels(), ...(fusedPanels() ? [fusedPanels()!] : [])];

/** What a kernel leaves in the first numbers of an arena that starts with these. */
function leaves(k: Panels, start: Float64Array, act: (kernels: DoubleFunctions) => void): Float64Array {
  const D = reserveDoubles(k, start.length);
  D.set(start);
  act(doubleFunctions(k));
  return D.slice(0, start.length);
}

/** The same bits in WebAssembly and in plain TypeScript; returns them. */
function both(start: Float64Array, act: (kernels: DoubleFunctions) => void): Float64Array {
  const [wasm, plain] = [leaves(wasmPanels()!, start, act), leaves(plainPanels(), start, act)];
  expect(Buffer.from(wasm.buffer).equals(Buffer.from(plain.buffer))).toBe(true);
  return wasm;
}

function expectNear(actual: ArrayLike<number>, wanted: ArrayLike<number>, off: number) {
  expect(actual.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i++) expect(Math.abs(actual[i]! - wanted[i]!)).toBeLessThanOrEqual(off);
}

describe("the kernels of float64 panels", () => {
  it("are compiled here, and are not the twins", () => {
    expect(runs(doubleModule())).toBe(true);
    expect(doubleFunctions(wasmPanels()!).multiplyDoubles.toString()).toContain("[native code]");
  });

  it.each([
    [1, 1, 1, noSkew],
    [3, 2, 7, noSkew],
    [5, 6, 4, 2],
    [2, 4, 9, 0],
    [1, 3, 0, noSkew],
  ])(
    "multiply %i by %i panels of %i steps, from panel j - %i on, and write nothing else",
    (rows, columns, depth, skew) => {
      const [B, C] = [4 * rows * depth, 4 * (rows + columns) * depth];
      const pitch = 4 * columns + 2;
      const start = random(C + 4 * rows * pitch + 8, 1);
      const wanted = start.slice();
      for (let i = 0; i < 4 * rows; i++) {
        for (let j = 0; j < 4 * columns; j++) {
          if (i >> 2 < (j >> 2) - skew) continue;
          let sum = 0;
          for (let k = 0; k < depth; k++) {
            const [a, b] = [((i >> 2) * depth + k) * 4 + (i & 3), B + ((j >> 2) * depth + k) * 4 + (j & 3)];
            sum += start[a]! * start[b]!;
          }
          wanted[C + i * pitch + j] = sum;
        }
      }
      const left = both(start, (k) => k.multiplyDoubles(0, 8 * B, 8 * C, rows, columns, depth, 8 * pitch, skew));
      expect([...left]).toEqual([...wanted]);
    },
  );

  it.each([
    [1, 1, noSkew],
    [3, 5, noSkew],
    [5, 3, 1],
  ])("solve %i panels along %i tiles, from tile p - %i on", (count, steps, skew) => {
    const depth = 4 * steps;
    const [P, L] = [0, 4 * count * depth];
    const start = random(L + depth * depth, 2);
    const place = (at: number, i: number, k: number) => at + ((i >> 2) * depth + k) * 4 + (i & 3);
    for (let i = 0; i < depth; i++) start[place(L, i, i)]! += 3;
    for (let i = 0; i < 4 * count; i++) for (let s = 0; s < 4 * ((i >> 2) - skew); s++) start[place(P, i, s)] = 0;
    const left = both(start, (k) => k.solveDoubles(8 * P, 8 * L, count, steps, depth, skew));
    for (let i = 0; i < 4 * count; i++) {
      for (let s = 0; s < depth; s++) {
        let sum = 0;
        for (let k = 0; k <= s; k++) sum += left[place(P, i, k)]! * left[place(L, s, k)]!;
        expect(sum).toBeCloseTo(start[place(P, i, s)]!, 12);
      }
    }
    expect([...left.subarray(L)]).toEqual([...start.subarray(L)]);
  });

  it.each([
    [0, 2],
    [1, 7],
    [0, 10],
    [1, 1],
  ])("update and multiply rows %i to %i of a triangle", (first, count) => {
    const at = (i: number) => 3 + (i * (i + 1)) / 2;
    const [v, w, u, product] = [0, 1, 2, 3].map((i) => at(count) + i * (count + 1)) as [number, number, number, number];
    const start = random(product + count + 3, 3);
    const wanted = start.slice();
    for (let i = first; i < count; i++) {
      for (let k = 0; k <= i; k++) {
        wanted[at(i) + k]! -= start[v + i]! * start[w + k]! + start[w + i]! * start[v + k]!;
        wanted[product + i]! += wanted[at(i) + k]! * start[u + k]!;
        if (k < i) wanted[product + k]! += wanted[at(i) + k]! * start[u + i]!;
      }
    }
    const bytes = [v, w, u, product].map((place) => 8 * place) as [number, number, number, number];
    expectNear(
      both(start, (k) => k.updateAndMultiply(24, first, count, ...bytes)),
      wanted,
      1e-14,
    );
  });
});

describe("packing", () => {
  const size = fc.integer({ min: 1, max: 11 });

  it("goes to panels and back, by rows and by columns, fills up with 0, and touches nothing else", () => {
    fc.assert(
      fc.property(size, size, fc.nat(3), fc.nat(3), fc.nat(3), (rows, columns, row, column, more) => {
        const pitch = column + columns + 2;
        const M = random((row + rows + 1) * pitch, 4);
        const from = { M, pitch, row, rows, column, columns };
        const inside = (at: number) => {
          const [i, j] = [Math.floor(at / pitch) - row, (at % pitch) - column];
          return i >= 0 && i < rows && j >= 0 && j < columns;
        };
        for (const [pack, unpack, lanes, steps] of [
          [packRows, unpackRows, rows, columns + more],
          [packColumns, unpackColumns, columns, rows + more],
        ] as const) {
          const D = new Float64Array(8 + 16 * 20).fill(7);
          pack(D, 64, from, steps);
          const packed = D.subarray(8, 8 + 4 * Math.ceil(lanes / 4) * steps);
          expect(packed.filter((value) => value !== 0).length).toBe(rows * columns);
          expect([...D.subarray(0, 8), ...D.subarray(8 + packed.length)].every((value) => value === 7)).toBe(true);
          const back = new Float64Array(M.length);
          unpack(D, 64, { ...from, M: back }, steps);
          expect([...back]).toEqual([...M.map((value, at) => (inside(at) ? value : 0))]);
        }
      }),
      { numRuns: 200, seed: 1 },
    );
  });

  it("puts lane l of step s at 4s + l of its panel", () => {
    const M = Float64Array.from({ length: 10 }, (_, i) => i + 1);
    const D = new Float64Array(20);
    packRows(D, 0, wholeMatrix(M, 5, 2), 2);
    expect([...D]).toEqual([1, 3, 5, 7, 2, 4, 6, 8, 9, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0]);
    packColumns(D, 0, wholeMatrix(M, 2, 5), 2);
    expect([...D]).toEqual([1, 2, 3, 4, 6, 7, 8, 9, 5, 0, 0, 0, 10, 0, 0, 0, 0, 0, 0, 0]);
  });
});

describe("products of float64 rectangles", () => {
  // Below, at and above a tile, a band of 64 rows, 256 steps and 1,024 rows or columns.
  it.each([
    [1, 1, 1],
    [5, 3, 6],
    [65, 257, 70],
    [64, 512, 4],
    [1029, 2, 3],
    [3, 2, 1030],
  ])("are sums of products, %i x %i x %i, added or taken off in the midst of a matrix", (rows, depth, columns) => {
    const [A, B] = [random(rows * depth, 5), random(depth * columns, 6)];
    const pitch = columns + 3;
    const before = random((rows + 2) * pitch, 7);
    const wanted = before.slice();
    for (let i = 0; i < rows; i++)
      for (let k = 0; k < depth; k++)
        for (let j = 0; j < columns; j++) wanted[(i + 1) * pitch + j + 2]! -= A[i * depth + k]! * B[k * columns + j]!;
    const flipped = A.map((_, at) => A[(at % rows) * depth + Math.floor(at / rows)]!);
    for (const k of builds) {
      for (const transposeA of [false, true]) {
        const M = before.slice();
        const C = { M, pitch, row: 1, rows, column: 2, columns };
        const left = transposeA ? wholeMatrix(flipped, depth, rows) : wholeMatrix(A, rows, depth);
        addDoubleProduct({ A: left, B: wholeMatrix(B, depth, columns), C, sign: -1, transposeA }, k);
        expectNear(M, wanted, 4e-16 * depth * 4);
      }
    }
  });

  it("of a triangle leave what is above the diagonal as it is", () => {
    const [n, depth] = [70, 5];
    const A = random(n * depth, 8);
    for (const k of builds) {
      const M = random((n + 4) * (n + 4), 9);
      const before = M.slice();
      const scratch = 8 * 72 * depth;
      const D = reserveDoubles(k, 72 * depth + 64 * 72);
      packRows(D, 0, wholeMatrix(A, n, depth), depth);
      const into = { M, pitch: n + 4, row: 4, rows: n, column: 4, columns: n };
      addPanels(k, { A: 0, B: 0, scratch, depth }, into, 1, true);
      for (let i = 0; i < n + 4; i++) {
        for (let j = 0; j < n + 4; j++) {
          let sum = before[i * (n + 4) + j]!;
          if (j >= 4 && j <= i)
            for (let s = 0; s < depth; s++) sum += A[(i - 4) * depth + s]! * A[(j - 4) * depth + s]!;
          expect(Math.abs(M[i * (n + 4) + j]! - sum)).toBeLessThanOrEqual(j >= 4 && j <= i ? 1e-14 : 0);
        }
      }
    }
  });

  it("are the same bits in WebAssembly and in plain TypeScript, and of nothing are nothing", () => {
    const [A, B] = [random(37 * 300, 10), random(300 * 41, 11)];
    const [one, other] = [wasmPanels()!, plainPanels()].map((k) => {
      const M = new Float64Array(37 * 41);
      const C = wholeMatrix(M, 37, 41);
      addDoubleProduct({ A: wholeMatrix(A, 37, 300), B: wholeMatrix(B, 300, 41), C, sign: 1 }, k);
      addDoubleProduct({ A: wholeMatrix(A, 37, 0), B: wholeMatrix(B, 0, 41), C, sign: 1 }, k);
      return M;
    });
    expect([...one!]).toEqual([...other!]);
    expect(doubleFunctions(panels())).toBe(doubleFunctions(panels()));
  });
});
