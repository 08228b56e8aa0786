import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isSeparable, separate } from "../../src/conv/separable.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";
import { gabor, kernelOf } from "./separable-kernels.js";

/** ‖a - b‖ / ‖a‖ of two kernels. */
function distance(a: Tensor, b: Tensor): number {
  const norm = (data: ArrayLike<number>) => Math.sqrt(Array.from(data).reduce((sum, x) => sum + x * x, 0));
  return norm(a.data.map((x, i) => x - b.data[i])) / norm(a.data);
}

const outer = (...shapes: (readonly [taps: number, seed: number])[]): Tensor =>
  kernelOf(shapes.map(([taps, seed]) => noise([1, taps], seed, "float64"))).kernel;

describe("separate", () => {
  it("finds the factors of products of 1 to 3 vectors", () => {
    for (const K of [outer([7, 1]), outer([5, 1], [6, 2]), outer([3, 1], [4, 2], [5, 3])]) {
      const { rank, factors, residual } = separate(K);
      expect(rank).toBe(1);
      expect(residual).toBeLessThan(1e-14);
      expect(factors.map(({ shape }) => shape)).toEqual(K.shape.map((taps) => [1, taps]));
      expect(distance(K, kernelOf(factors).kernel)).toBeLessThan(1e-14);
      expect(isSeparable(K)).toBe(true);
    }
  });

  it("rebuilds any kernel, by terms that are orthogonal to each other, as many as the shortest sides allow", () => {
    const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(shapes, fc.integer(), (shape, seed) => {
        const K = noise(shape, seed, "float64");
        const { rank, factors } = separate(K);
        expect(distance(K, kernelOf(factors).kernel)).toBeLessThan(2e-12);
        const sorted = [...shape].sort((a, b) => a - b).slice(0, -1);
        expect(rank).toBeLessThanOrEqual(sorted.reduce((a, b) => a * b, 1));
        for (let r = 1; r < rank; r++) {
          const inner = factors.reduce((product, { data }, axis) => {
            const taps = shape[axis];
            const row = (i: number) => Array.from(data.subarray(i * taps, (i + 1) * taps));
            return product * row(0).reduce((sum, x, i) => sum + x * row(r)[i], 0);
          }, 1);
          expect(Math.abs(inner)).toBeLessThan(1e-12);
        }
      }),
      { numRuns: 100, seed: 1 },
    );
  });

  it("has as many terms as vectors of independent products are added up in two dimensions", () => {
    for (const rank of [1, 2, 3, 4]) {
      const factors = [noise([rank, 6], 10 + rank, "float64"), noise([rank, 5], 20 + rank, "float64")];
      expect(separate(kernelOf(factors).kernel).rank).toBe(rank);
    }
  });

  it("finds one term for an upright Gabor, two for an oblique round one, and more for an oblique oval one", () => {
    expect(separate(gabor({})).rank).toBe(1);
    expect(separate(gabor({ tau: Math.PI / 2, betaX: 0.02, betaY: 0.08 })).rank).toBe(1);
    // cos(a + b) = cos a·cos b - sin a·sin b, under an envelope that is a product.
    expect(separate(gabor({ tau: 0.7 })).rank).toBe(2);
    const oval = gabor({ tau: 0.7, betaX: 0.02, betaY: 0.08 });
    expect(separate(oval).rank).toBeGreaterThan(4);
    expect(isSeparable(gabor({}))).toBe(true);
    expect(isSeparable(gabor({ tau: 0.7 }))).toBe(false);
  });

  it("misses with n terms of an oval Gabor no more than it tells, less with each, and the tolerance with as many as it takes", () => {
    const oval = gabor({ tau: 0.7, betaX: 0.02, betaY: 0.08 });
    let before = 1;
    for (const terms of [1, 2, 3, 4, 5]) {
      const { rank, factors, residual } = separate(oval, { terms });
      expect(rank).toBe(terms);
      expect(residual).toBeLessThan(before);
      expect(Math.abs(distance(oval, kernelOf(factors).kernel) - residual)).toBeLessThan(1e-6);
      before = residual;
    }
    for (const tolerance of [0.3, 0.1, 0.01, 0.001]) {
      const { rank, residual } = separate(oval, { tolerance });
      expect(residual).toBeLessThanOrEqual(tolerance);
      if (rank > 1) expect(separate(oval, { terms: rank - 1 }).residual).toBeGreaterThan(tolerance);
    }
  });

  it("takes the best product of two dimensions: no other one, found by alternating, is nearer", () => {
    const K = noise([5, 6], 31, "float64");
    let x = Float64Array.from({ length: 6 }, () => 1);
    let y = new Float64Array(5);
    for (let step = 0; step < 500; step++) {
      y = Float64Array.from({ length: 5 }, (_, i) => x.reduce((sum, value, j) => sum + value * K.data[i * 6 + j], 0));
      x = Float64Array.from({ length: 6 }, (_, j) => y.reduce((sum, value, i) => sum + value * K.data[i * 6 + j], 0));
      const norm = Math.hypot(...x);
      x = x.map((value) => value / norm);
    }
    y = Float64Array.from({ length: 5 }, (_, i) => x.reduce((sum, value, j) => sum + value * K.data[i * 6 + j], 0));
    const best = kernelOf([tensor(y, [1, 5]), tensor(x, [1, 6])]).kernel;
    expect(separate(K, { terms: 1 }).residual).toBeCloseTo(distance(K, best), 10);
  });

  it("tells of a box near a product: it passes where that one misses it by the tolerance over √2", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 1e-6, max: 0.2, noNaN: true }), (seed, size) => {
        const product = outer([3, seed], [4, seed + 1], [5, seed + 2]);
        const off = noise([3, 4, 5], seed + 3, "float64");
        const near = tensor(
          product.data.map((value, i) => value + size * off.data[i]),
          [3, 4, 5],
        );
        const miss = distance(near, product);
        fc.pre(miss < 0.5);
        expect(isSeparable(near, miss * Math.SQRT2 * (1 + 1e-12))).toBe(true);
        expect(isSeparable(near)).toBe(false);
      }),
      { numRuns: 50, seed: 2 },
    );
  });

  it("keeps a stack's kernels apart, with zeros where one has fewer terms", () => {
    const one = outer([3, 1], [4, 2]);
    const full = noise([3, 4], 3, "float64");
    const stack = tensor(Float64Array.of(...one.data, ...full.data, ...zeros([12]).data, ...one.data), [2, 2, 3, 4]);
    const { rank, factors } = separate(stack);
    expect(rank).toBe(3);
    expect(factors.map(({ shape }) => shape)).toEqual([
      [2, 2, 3, 3],
      [2, 2, 3, 4],
    ]);
    expect(distance(stack, kernelOf(factors).kernel)).toBeLessThan(1e-13);
    const termsOf = (kernel: number) =>
      [0, 1, 2].filter((r) =>
        factors[0].data.slice((kernel * 3 + r) * 3, (kernel * 3 + r + 1) * 3).some((x) => x !== 0),
      );
    expect([0, 1, 2, 3].map((kernel) => termsOf(kernel).length)).toEqual([1, 3, 0, 1]);
    expect(isSeparable(stack)).toBe(false);
    expect(isSeparable(tensor(Float64Array.of(...one.data, ...one.data), [1, 2, 3, 4]))).toBe(true);
  });

  it("gives a kernel of zeros no term, and is not put off by very small or large ones", () => {
    expect(separate(zeros([3, 4]))).toMatchObject({ rank: 0, residual: 0 });
    expect(isSeparable(zeros([2, 3, 4]))).toBe(true);
    for (const size of [1e-200, 1e200]) {
      const scaled = tensor(
        outer([3, 1], [4, 2]).data.map((x) => x * size),
        [3, 4],
      );
      expect(separate(scaled).rank).toBe(1);
      expect(
        separate(
          tensor(
            noise([3, 4], 5, "float64").data.map((x) => x * size),
            [3, 4],
          ),
        ).rank,
      ).toBe(3);
    }
  });

  it("sees past what float32 rounds off, by a default that float64 does not share", () => {
    const exact = outer([9, 1], [9, 2]);
    const rounded = tensor(Float32Array.from(exact.data), [9, 9]);
    expect(isSeparable(rounded)).toBe(true);
    expect(separate(rounded).factors[0].data).toBeInstanceOf(Float32Array);
    expect(isSeparable(tensor(Float64Array.from(rounded.data), [9, 9]))).toBe(false);
    expect(isSeparable(tensor(Float64Array.from(rounded.data), [9, 9]), 1e-6)).toBe(true);
  });
});
