import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { singularValueDecomposition } from "../../src/math/singular-values.js";

function rebuild(
  rows: number,
  columns: number,
  { values, left, right }: ReturnType<typeof singularValueDecomposition>,
) {
  const out = new Float64Array(rows * columns);
  values.forEach((value, k) => {
    for (let r = 0; r < rows; r++) {
      for (let c = 0; c < columns; c++) out[r * columns + c] += value * left[k * rows + r] * right[k * columns + c];
    }
  });
  return out;
}

function expectOrthonormal(vectors: Float64Array, count: number): void {
  const n = vectors.length / count;
  for (let a = 0; a < count; a++) {
    for (let b = 0; b <= a; b++) {
      let inner = 0;
      for (let i = 0; i < n; i++) inner += vectors[a * n + i] * vectors[b * n + i];
      expect(Math.abs(inner - (a === b ? 1 : 0))).toBeLessThan(1e-13);
    }
  }
}

function expectDecomposition(matrix: ArrayLike<number>, rows: number, columns: number) {
  const result = singularValueDecomposition(matrix, rows, columns);
  const largest = result.values[0];
  rebuild(rows, columns, result).forEach((x, i) => {
    expect(Math.abs(x - matrix[i])).toBeLessThanOrEqual(1e-14 * largest * Math.sqrt(rows * columns));
  });
  expectOrthonormal(result.left, result.values.length);
  expectOrthonormal(result.right, result.values.length);
  for (let k = 1; k < result.values.length; k++) expect(result.values[k]).toBeLessThanOrEqual(result.values[k - 1]);
  return result;
}

describe("singularValueDecomposition", () => {
  it("rebuilds any matrix from orthonormal vectors, also of deficient rank", () => {
    const shape = fc.tuple(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 8 }));
    const matrices = shape.chain(([rows, columns]) =>
      fc.tuple(
        fc.constant(rows),
        fc.constant(columns),
        fc.array(fc.oneof(fc.constantFrom(0, 1, -1), fc.double({ min: -1, max: 1, noNaN: true })), {
          minLength: rows * columns,
          maxLength: rows * columns,
        }),
      ),
    );
    fc.assert(
      fc.property(matrices, ([rows, columns, entries]) => {
        expectDecomposition(entries, rows, columns);
      }),
      { numRuns: 300, seed: 4 },
    );
  });

  it("finds the two values of [[3, 0], [4, 5]]: √45 and √5", () => {
    const { values } = expectDecomposition([3, 0, 4, 5], 2, 2);
    expect(values[0]).toBeCloseTo(Math.sqrt(45), 14);
    expect(values[1]).toBeCloseTo(Math.sqrt(5), 14);
  });

  it("splits a separable filter into its time course and its image, the largest weight in time positive", () => {
    const time = [0.2, -0.9, 0.3];
    const image = [1, -2, 0, 2];
    const matrix = time.flatMap((t) => image.map((x) => t * x));
    const { values, left, right } = expectDecomposition(matrix, 3, 4);
    const norm = Math.sqrt(0.94);
    expect(values[0]).toBeCloseTo(3 * norm, 13);
    expect(values[1]).toBeLessThan(1e-15);
    time.forEach((t, i) => {
      expect(left[i]).toBeCloseTo(-t / norm, 14);
    });
    image.forEach((x, i) => {
      expect(right[i]).toBeCloseTo(-x / 3, 14);
    });
  });

  it("keeps the digits of a small singular value beside a large one", () => {
    // Columns of lengths 1 and 1e-12, orthogonal, in a turned basis: the squares of the values differ by 1e24.
    const [c, s] = [0.6, 0.8];
    const { values } = expectDecomposition([c, -s * 1e-12, s, c * 1e-12], 2, 2);
    expect(values[1] / 1e-12).toBeCloseTo(1, 12);
  });

  it("takes zero matrices and one entry, at any scale", () => {
    expect([...expectDecomposition(new Float64Array(6), 2, 3).values]).toEqual([0, 0]);
    expect([...singularValueDecomposition([-2], 1, 1).values]).toEqual([2]);
    expect(singularValueDecomposition([3e-200, 4e-200], 1, 2).values[0] / 5e-200).toBeCloseTo(1, 14);
    expect(singularValueDecomposition([3e200, 4e200], 2, 1).values[0] / 5e200).toBeCloseTo(1, 14);
  });

  it("refuses a wrong count and numbers that are not finite", () => {
    expect(() => singularValueDecomposition([1, 2, 3], 2, 2)).toThrow(
      "singularValueDecomposition: matrix has 3 entries, 2 rows of 2 need 4",
    );
    expect(() => singularValueDecomposition([1, Infinity], 1, 2)).toThrow(
      "singularValueDecomposition: matrix[1] is Infinity, finite numbers are needed",
    );
    expect(() => singularValueDecomposition([], 0, 2)).toThrow("rows is 0");
    expect(() => singularValueDecomposition([], 2, 0)).toThrow("columns is 0");
  });
});
