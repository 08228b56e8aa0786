import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { addProduct, depthBlock, evenBlock } from "../../src/kernels/product.js";

function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32 - 0.5;
  });
}

interface Size {
  rows: number;
  columns: number;
  depth: number;
  transposeA?: boolean;
  transposeB?: boolean;
}

/** The product in float64, and the sum of the magnitudes that its rounding is measured by. */
function oracle(A: Float32Array, B: Float32Array, { rows, columns, depth, transposeA, transposeB }: Size) {
  const sums = new Float64Array(rows * columns);
  const magnitudes = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      for (let k = 0; k < depth; k++) {
        const product =
          A[transposeA ? k * rows + i : i * depth + k]! * B[transposeB ? j * depth + k : k * columns + j]!;
        sums[i * columns + j]! += product;
        magnitudes[i * columns + j]! += Math.abs(product);
      }
    }
  }
  return { sums, magnitudes };
}

/** Roundings that an entry can meet: one product and 256 additions in a block, one addition a block, one to C. */
const roundings = (depth: number) => Math.min(depth, depthBlock) + Math.ceil(depth / depthBlock) + 1;

const sizes = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  columns: fc.integer({ min: 1, max: 40 }),
  depth: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 250, max: 600 })),
  transposeA: fc.boolean(),
  transposeB: fc.boolean(),
});

describe("the packed product", () => {
  it("is within its rounding bound of the product in float64, for any size and either order of A and B", () => {
    fc.assert(
      fc.property(sizes, fc.integer(), (size, seed) => {
        const A = noise(size.rows * size.depth, seed);
        const B = noise(size.depth * size.columns, seed + 1);
        const C = new Float32Array(size.rows * size.columns);
        addProduct(A, B, C, size);
        const { sums, magnitudes } = oracle(A, B, size);
        const worst = C.reduce((most, value, i) => Math.max(most, Math.abs(value - sums[i]!) / magnitudes[i]!), 0);
        expect(worst).toBeLessThanOrEqual(roundings(size.depth) * 2 ** -24);
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it("takes sizes beyond its blocks of rows, columns and depth", () => {
    const size = { rows: 517, columns: 1033, depth: 257 };
    const A = noise(size.rows * size.depth, 3);
    const B = noise(size.depth * size.columns, 4);
    const C = new Float32Array(size.rows * size.columns);
    addProduct(A, B, C, size);
    const { sums, magnitudes } = oracle(A, B, size);
    const worst = C.reduce((most, value, i) => Math.max(most, Math.abs(value - sums[i]!) / magnitudes[i]!), 0);
    expect(worst).toBeLessThan(roundings(size.depth) * 2 ** -24);
  });

  it("is the same bits as its plain twin", () => {
    fc.assert(
      fc.property(sizes, fc.integer(), (size, seed) => {
        const A = noise(size.rows * size.depth, seed);
        const B = noise(size.depth * size.columns, seed + 1);
        const [fast, slow] = [wasmPanels()!, plainPanels()].map((k) => {
          const C = noise(size.rows * size.columns, seed + 2);
          addProduct(A, B, C, size, k);
          return C;
        });
        expect(fast).toEqual(slow);
      }),
      { numRuns: 40, seed: 2 },
    );
  });

  it("gives a row the same bits alone and among others", () => {
    const size = { rows: 530, columns: 21, depth: 300 };
    const A = noise(size.rows * size.depth, 5);
    const B = noise(size.depth * size.columns, 6);
    const whole = new Float32Array(size.rows * size.columns);
    addProduct(A, B, whole, size);
    for (const row of [0, 3, 511, 512, 529]) {
      const alone = new Float32Array(size.columns);
      addProduct(A.subarray(row * size.depth, (row + 1) * size.depth), B, alone, { ...size, rows: 1 });
      expect(alone).toEqual(whole.slice(row * size.columns, (row + 1) * size.columns));
    }
  });

  it("adds to what C holds", () => {
    const C = Float32Array.of(10, 20, 30, 40);
    addProduct(Float32Array.of(1, 2), Float32Array.of(3, 4), C, { rows: 2, columns: 2, depth: 1 });
    expect([...C]).toEqual([13, 24, 36, 48]);
  });

  it("leaves C alone where a side is 0", () => {
    const C = Float32Array.of(1, 2);
    addProduct(new Float32Array(0), new Float32Array(0), C, { rows: 1, columns: 2, depth: 0 });
    addProduct(new Float32Array(0), new Float32Array(4), new Float32Array(0), { rows: 0, columns: 2, depth: 2 });
    expect([...C]).toEqual([1, 2]);
  });

  it("splits a length into equal blocks, so that no block is short", () => {
    expect(evenBlock(257, 256, 1)).toBe(129);
    expect(evenBlock(256, 256, 1)).toBe(256);
    expect(evenBlock(600, 512, 4)).toBe(300);
    expect(evenBlock(1033, 1024, 8)).toBe(520);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(1, 4, 8), (total, unit) => {
        const block = evenBlock(total, 256, unit);
        expect(block).toBeLessThanOrEqual(256);
        expect(Math.ceil(total / block)).toBeLessThanOrEqual(Math.ceil(total / 256));
      }),
    );
  });
});
