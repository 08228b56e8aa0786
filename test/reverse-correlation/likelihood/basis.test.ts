import { describe, expect, it } from "vitest";
import {
  type Basis,
  basisFrom,
  identityBasis,
  productBasis,
} from "../../../src/reverse-correlation/likelihood/basis.js";
import { raisedCosines, splineBasis } from "../../../src/reverse-correlation/likelihood/basis-functions.js";
import { tensor } from "../../../src/tensor/tensor.js";

function row(basis: Basis, i: number): number[] {
  const columns = basis.matrix.shape[1];
  return Array.from(basis.matrix.data.subarray(i * columns, (i + 1) * columns));
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function gram(basis: Basis): number[][] {
  const [samples, functions] = basis.matrix.shape;
  const B = basis.matrix.data;
  return Array.from({ length: functions }, (_, a) =>
    Array.from({ length: functions }, (_, b) =>
      sum(Array.from({ length: samples }, (_, i) => B[i * functions + a] * B[i * functions + b])),
    ),
  );
}

describe("raised cosines", () => {
  it("have their first and last peak where asked, in logarithmic time", () => {
    const basis = raisedCosines({ samples: 30, functions: 5, firstPeak: 0, lastPeak: 24, offset: 1 });
    // The third of five lies halfway in ln(t + 1), where t + 1 is √(1·25).
    for (const [t, j] of [
      [0, 0],
      [4, 2],
      [24, 4],
    ])
      expect(row(basis, t)[j]).toBeCloseTo(1, 14);
  });

  it("sum to 2 between the second peak and the last but one", () => {
    const basis = raisedCosines({ samples: 40, functions: 6, firstPeak: 0, lastPeak: 39, offset: 2 });
    const peak = (j: number) => 2 * (41 / 2) ** (j / 5) - 2;
    let within = 0;
    for (let t = Math.ceil(peak(1)); t <= peak(4); t++, within++) expect(sum(row(basis, t))).toBeCloseTo(2, 12);
    expect(within).toBeGreaterThan(10);
  });
});

describe("cubic splines", () => {
  it("sum to 1 everywhere and are nowhere negative", () => {
    const basis = splineBasis({ samples: 23, functions: 7 });
    for (let i = 0; i < 23; i++) {
      expect(sum(row(basis, i))).toBeCloseTo(1, 14);
      for (const value of row(basis, i)) expect(value).toBeGreaterThanOrEqual(0);
    }
  });

  it("make any cubic polynomial: the coefficients are its blossom at the knots", () => {
    const [samples, functions] = [31, 8];
    const basis = splineBasis({ samples, functions });
    const knot = (i: number) => Math.min(1, Math.max(0, (i - 3) / (functions - 3)));
    // The blossom of t³ - 2t is abc - 2(a + b + c)/3.
    const coefficients = Array.from({ length: functions }, (_, j) => {
      const [a, b, c] = [knot(j + 1), knot(j + 2), knot(j + 3)];
      return a * b * c - (2 * (a + b + c)) / 3;
    });
    for (let i = 0; i < samples; i++) {
      const t = i / (samples - 1);
      expect(sum(row(basis, i).map((b, j) => b * coefficients[j]))).toBeCloseTo(t ** 3 - 2 * t, 13);
    }
  });
});

describe("bases", () => {
  it("are orthonormal where asked, and span the same functions", () => {
    const options = { samples: 25, functions: 6, lastPeak: 20 };
    const orthonormal = raisedCosines({ ...options, orthonormal: true });
    gram(orthonormal).forEach((values, a) => {
      values.forEach((value, b) => {
        expect(value).toBeCloseTo(a === b ? 1 : 0, 13);
      });
    });
    const plain = raisedCosines(options);
    for (let j = 0; j < 6; j++) {
      const column = Array.from({ length: 25 }, (_, i) => row(plain, i)[j]);
      const parts = Array.from({ length: 6 }, (_, a) => sum(column.map((value, i) => value * row(orthonormal, i)[a])));
      for (let i = 0; i < 25; i++)
        expect(sum(parts.map((part, a) => part * row(orthonormal, i)[a]))).toBeCloseTo(column[i], 12);
    }
  });

  it("multiply: each function of the product is one of rows by one of columns", () => {
    const [rows, columns] = [splineBasis({ samples: 5, functions: 4 }), raisedCosines({ samples: 6, functions: 3 })];
    const product = productBasis(rows, columns);
    expect(product.matrix.shape).toEqual([30, 12]);
    for (const [y, x, a, b] of [
      [0, 0, 0, 0],
      [4, 5, 3, 2],
      [2, 3, 1, 2],
    ]) {
      expect(row(product, y * 6 + x)[a * 3 + b]).toBe(row(rows, y)[a] * row(columns, x)[b]);
    }
    expect(product.names[5]).toBe("spline 1 × bump 2");
    expect(productBasis(identityBasis(2), identityBasis(3)).orthonormal).toBe(true);
  });

  it("refuse what they cannot use, by name", () => {
    expect(() => raisedCosines({ samples: 5, functions: 6 })).toThrow(
      "raisedCosines: functions is 6, a whole number from 2",
    );
    expect(() => raisedCosines({ samples: 5, functions: 2, firstPeak: 3, lastPeak: 3 })).toThrow(
      "peaks are at 3 and 3",
    );
    expect(() => raisedCosines({ samples: 9, functions: 2, offset: 0 })).toThrow("offset is 0, a number above 0");
    expect(() => splineBasis({ samples: 9, functions: 3 })).toThrow(
      "splineBasis: functions is 3, a whole number from 4 to 9",
    );
    expect(() => splineBasis({ samples: 9, functions: 5, degree: 2 } as never)).toThrow('option "degree" is not known');
    expect(() => identityBasis(0)).toThrow("identityBasis: samples is 0");
    expect(() => basisFrom(tensor([1, 2, 2, 4], [2, 2]))).toThrow(
      "basisFrom: function 1 is a sum of the functions before it",
    );
    expect(() => basisFrom(tensor([1, 2], [1, 2]))).toThrow("matrix has 2 functions of 1 samples, 1 to 1 fit");
    expect(() => basisFrom(tensor([1, Number.NaN], [2, 1]))).toThrow("matrix[1] is NaN");
    expect(() => basisFrom(tensor([1, 2], [2, 1]), [])).toThrow("names has 0 names, the matrix has 1 columns");
    expect(() => productBasis(identityBasis(1), {} as never)).toThrow("productBasis: inner is no basis");
  });
});
