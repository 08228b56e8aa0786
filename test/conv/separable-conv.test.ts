import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv } from "../../src/conv/conv.js";
import { directConv } from "../../src/conv/direct.js";
import { geometryOf } from "../../src/conv/geometry.js";
import { separate } from "../../src/conv/separable.js";
import { separableConv } from "../../src/conv/separable-conv.js";
import { separablePasses } from "../../src/conv/separable-passes.js";
import { sizeOf, tensor, zeros } from "../../src/tensor/tensor.js";
import { cases, noise, optionsOf, worst } from "./cases.js";
import { sumProducts } from "./oracle.js";
import { gabor, kernelOf } from "./separable-kernels.js";

describe("separableConv", () => {
  it.each([
    ["float64", 1e-13, 300],
    // Two or three products of at most 256 rounded additions each, and the intermediate results rounded once more.
    ["float32", 3 * 260 * 2 ** -24, 300],
  ] as const)(
    "is the convolution by the kernel that its factors stand for, for random geometries: %s",
    (type, bound, numRuns) => {
      fc.assert(
        fc.property(cases, fc.integer({ min: 1, max: 3 }), fc.integer(), (c, rank, seed) => {
          const [O, I, ...taps] = c.kernel;
          const V = noise(c.input, seed, type);
          const factors = taps.map((k, axis) => noise([O, I, rank, k], seed + 1 + axis, type));
          const { kernel, magnitudes } = kernelOf(factors);
          const got = separableConv(V, factors, optionsOf(c));
          const wanted = conv({ ...V, data: Float64Array.from(V.data) }, kernel, optionsOf(c));
          const sums = sumProducts(c, got.data.length, (p) => [p.z, magnitudes[p.k] * Math.abs(V.data[p.v])]);
          expect(got.shape).toEqual(wanted.shape);
          expect(got.data.constructor).toBe(V.data.constructor);
          expect(worst(got.data, wanted.data, sums.magnitudes)).toBeLessThanOrEqual(bound);
        }),
        { numRuns, seed: 3 },
      );
    },
  );

  it("is conv with the padding's names, and with both kinds of bias", () => {
    const V = noise([2, 3, 9, 8], 1, "float64");
    const K = noise([4, 3, 3, 4], 2, "float64");
    const { factors } = separate(K);
    for (const padding of ["valid", "same", "full", 2] as const) {
      for (const stride of [1, 2]) {
        const options = { padding, stride, flip: true, boundary: "reflect" } as const;
        const plain = conv(V, K, options);
        for (const bias of [undefined, noise([4], 3, "float64"), noise(plain.shape.slice(1), 4, "float64")]) {
          const withBias = bias ? { ...options, bias } : options;
          const got = separableConv(V, factors, withBias);
          expect(
            worst(
              got.data,
              conv(V, K, withBias).data,
              got.data.map(() => 1),
            ),
          ).toBeLessThan(1e-12);
        }
      }
    }
  });

  it("takes what separate makes of one kernel for one channel, and of a kernel of zeros gives zeros and the bias", () => {
    const image = noise([1, 30, 30], 1);
    const K = gabor({ tau: 0.7 });
    const got = separableConv(image, separate(K).factors, { padding: "same" });
    const wanted = conv(image, { ...K, shape: [1, 1, 15, 13] }, { padding: "same" });
    expect(
      worst(
        got.data,
        wanted.data,
        got.data.map(() => 10),
      ),
    ).toBeLessThan(1e-6);
    const bias = tensor([3], [1]);
    expect([...separableConv(image, separate(zeros([15, 13])).factors, { bias }).data]).toEqual(Array(16 * 18).fill(3));
  });

  it("gives the same bits when the work is done in parts because the maps between are large", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2000 }), (c, rank, budget) => {
        const [O, I, ...taps] = c.kernel;
        const g = geometryOf("test", c.input, c.kernel, optionsOf(c));
        const V = noise(c.input, 1, "float64").data;
        const factors = taps.map((k, axis) => noise([O, I, rank, k], 2 + axis, "float64").data);
        const [whole, parts] = [new Float64Array(sizeOf(g.outputShape)), new Float64Array(sizeOf(g.outputShape))];
        separablePasses(g, V, { rank, factors }, whole, directConv);
        separablePasses(g, V, { rank, factors }, parts, directConv, budget);
        expect(parts).toEqual(whole);
      }),
      { numRuns: 200, seed: 4 },
    );
  });

  it("runs one convolution a space dimension, along one axis each, the one that leaves least first", () => {
    const g = geometryOf("test", [2, 3, 8, 20, 9], [4, 3, 3, 3, 3], {
      stride: [1, 4, 1],
      padding: [
        [1, 1],
        [0, 0],
        [0, 0],
      ],
    });
    const factors = [0, 1, 2].map((seed) => noise([4, 3, 2, 3], seed, "float64").data);
    const kernels: (readonly number[])[] = [];
    const Z = new Float64Array(sizeOf(g.outputShape));
    separablePasses(g, noise([2, 3, 8, 20, 9], 9, "float64").data, { rank: 2, factors }, Z, (pass, V, K, out) => {
      kernels.push(pass.kernelShape);
      expect(V.length).toBe(sizeOf(pass.inputShape));
      expect(K.length).toBe(sizeOf(pass.kernelShape));
      expect(out.length).toBe(sizeOf(pass.outputShape));
      directConv(pass, V, K, out);
    });
    expect(kernels).toEqual([
      [24, 1, 1, 3, 1],
      [24, 1, 1, 1, 3],
      [4, 6, 3, 1, 1],
    ]);
  });
});
