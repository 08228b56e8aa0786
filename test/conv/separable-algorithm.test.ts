import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { directConv } from "../../src/conv/direct.js";
import { execute } from "../../src/conv/execute.js";
import { geometryOf } from "../../src/conv/geometry.js";
import { looksSeparable } from "../../src/conv/separable-algorithm.js";
import { phasesOf, runPass } from "../../src/conv/separable-phases.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";
import { cases, noise, optionsOf, worst } from "./cases.js";
import { sumProducts } from "./oracle.js";
import { kernelOf } from "./separable-kernels.js";

/** A float32 stack of the given rank. */
function stackOf(shape: readonly number[], rank: number, seed: number): Tensor {
  const [O, I, ...taps] = shape;
  const { kernel } = kernelOf(taps.map((k, axis) => noise([O!, I!, rank, k], seed + axis, "float64")));
  return tensor(Float32Array.from(kernel.data), shape);
}

describe('algorithm "separable"', () => {
  // Singular vectors rounded to float32 and two or three sums of at most 256 terms, beside a residual of 1e-6 of the kernel.
  const bound = 1e-5;

  it("is conv and its gradient with respect to the input, for random geometries and kernels of rank 1", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const options = { ...optionsOf(c), algorithm: "separable" } as const;
        const [V, K] = [noise(c.input, seed), stackOf(c.kernel, 1, seed + 1)];
        const Z = conv(V, K, options);
        const G = noise(Z.shape, seed + 7);
        const dV = convInputGradient(K, G, { ...options, inputShape: V.shape });
        const largest = (K.data as Float32Array).reduce((most, x) => Math.max(most, Math.abs(x)), 0);
        const f = sumProducts(c, Z.data.length, (p) => [p.z, K.data[p.k]! * V.data[p.v]!]);
        const h = sumProducts(c, dV.data.length, (p) => [p.v, K.data[p.k]! * G.data[p.z]!]);
        // The factors miss a weight by a share of the largest one.
        const fSizes = sumProducts(c, Z.data.length, (p) => [p.z, largest * V.data[p.v]!]).magnitudes;
        const hSizes = sumProducts(c, dV.data.length, (p) => [p.v, largest * G.data[p.z]!]).magnitudes;
        expect(worst(Z.data, f.sums, fSizes)).toBeLessThan(bound);
        expect(worst(dV.data, h.sums, hSizes)).toBeLessThan(bound);
      }),
      { numRuns: 300, seed: 5 },
    );
  });

  it("adds up the terms of kernels that are of higher rank to rounding", () => {
    const V = noise([1, 2, 30, 30], 1);
    const options = { padding: "same", boundary: "reflect" } as const;
    for (const rank of [2, 4]) {
      const K = stackOf([3, 2, 11, 9], rank, 3);
      const g = geometryOf("test", V.shape, K.shape, options);
      const exact = conv(V, K, { ...options, algorithm: "direct" });
      const got = new Float32Array(exact.data.length);
      execute("forward", "separable", g, V.data, K.data, got);
      const G = noise(exact.shape, 9);
      const exactV = convInputGradient(K, G, { ...options, inputShape: V.shape, algorithm: "direct" });
      const dV = new Float32Array(V.data.length);
      execute("inputGradient", "separable", g, K.data, G.data, dV);
      const scale = (of: typeof exact) => of.data.map(() => 100);
      expect(worst(got, exact.data, scale(exact))).toBeLessThan(bound);
      expect(worst(dV, exactV.data, scale(exactV))).toBeLessThan(bound);
    }
  });

  it("is 0 for kernels of 0, and sees a kernel that was changed in place", () => {
    const V = noise([1, 1, 12, 12], 1);
    const K = tensor(new Float32Array(25), [1, 1, 5, 5]);
    expect(conv(V, K, { algorithm: "separable" }).data.every((x) => x === 0)).toBe(true);
    K.data.fill(1);
    const ones = conv(V, K, { algorithm: "separable" });
    // The factors of four times a kernel are twice its factors, without rounding.
    K.data.fill(4);
    expect([...conv(V, K, { algorithm: "separable" }).data]).toEqual([...ones.data.map((x) => 4 * x)]);
  });

  it("is refused by name for a rank that is too high, for the gradient of the kernels, and for float64", () => {
    const [V, K] = [noise([1, 1, 20, 20], 1), noise([2, 1, 7, 5], 2)];
    const refused = (call: () => unknown, message: string) => {
      expect(call).toThrow(InputError);
      expect(call).toThrow(new InputError(message));
    };
    refused(
      () => conv(V, K, { algorithm: "separable" }),
      'conv: algorithm "separable" is given with kernels of rank 5, rank 1 is needed; separableConv adds up terms',
    );
    refused(
      () => convInputGradient(K, noise([1, 2, 14, 16], 3), { algorithm: "separable", inputShape: V.shape }),
      'convInputGradient: algorithm "separable" is given with kernels of rank 5, rank 1 is needed; separableConv adds up terms',
    );
    refused(
      () => convKernelGradient(noise([1, 2, 14, 16], 3), V, { algorithm: "separable", kernelShape: K.shape }),
      'convKernelGradient: algorithm "separable" has no gradient with respect to the kernels, which is not separable where they are',
    );
    refused(
      () => conv(noise([1, 20, 20], 1, "float64"), noise([2, 1, 7, 5], 2, "float64"), { algorithm: "separable" }),
      'conv: algorithm "separable" is given with float64 arrays, float32 arrays or algorithm "direct" are needed',
    );
  });
});

describe("looksSeparable", () => {
  it("tells outer products from other kernels, in two and three dimensions", () => {
    for (const shape of [
      [3, 2, 5, 4],
      [2, 2, 3, 4, 3],
    ]) {
      const g = geometryOf("test", [2, 9, 9, 9].slice(0, shape.length - 1), shape, {});
      const K = stackOf(shape, 1, 4).data as Float32Array;
      expect(looksSeparable(g, K)).toBe(true);
      expect(looksSeparable(g, stackOf(shape, 2, 4).data as Float32Array)).toBe(false);
      const off = K.slice();
      off[off.length - 1]! += 0.01;
      expect(looksSeparable(g, off)).toBe(false);
    }
  });
});

describe("a pass in phases", () => {
  it("is the pass, for any axis, stride, padding and count of channels", () => {
    const layer = fc.record({
      along: fc.integer({ min: 0, max: 2 }),
      k: fc.integer({ min: 2, max: 12 }),
      m: fc.integer({ min: 1, max: 40 }),
      stride: fc.integer({ min: 1, max: 3 }),
      pad: fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 5 })),
      channels: fc.tuple(
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 1, max: 5 }),
      ),
      flip: fc.boolean(),
    });
    fc.assert(
      fc.property(layer, ({ along, k, m, stride, pad, channels: [groups, I, O], flip }) => {
        const on = <T>(value: T, rest: T) => [0, 1, 2].map((axis) => (axis === along ? value : rest));
        const input = [2, groups * I, ...on(Math.max(m, k), 3)];
        const kernel = [groups * O, I, ...on(k, 1)];
        const g = geometryOf("test", input, kernel, {
          ...{ groups, flip, stride: on(stride, 1), boundary: "edge" },
          padding: on([pad[0], pad[1]] as const, [0, 0] as const),
        });
        const [V, K] = [noise(input, 1).data, noise(kernel, 2).data];
        const [got, wanted] = [new Float32Array(sizeOf(g.outputShape)), new Float32Array(sizeOf(g.outputShape))];
        runPass(g, V, K, got);
        directConv(g, V, K, wanted);
        expect(
          worst(
            got,
            wanted,
            wanted.map(() => I * k),
          ),
        ).toBeLessThan(1e-6);
      }),
      { numRuns: 200, seed: 6 },
    );
  });

  it("has as many phases as pay: fewer for more outputs, one for many", () => {
    const axis = geometryOf("test", [1, 400], [1, 1, 31], {}).axes[2];
    expect(phasesOf(axis, 1)).toBeGreaterThanOrEqual(8);
    expect(phasesOf(axis, 4)).toBeLessThan(phasesOf(axis, 1));
    expect(phasesOf(axis, 64)).toBe(1);
    expect(phasesOf(geometryOf("test", [1, 400], [1, 1, 2], {}).axes[2], 1)).toBe(1);
  });
});
