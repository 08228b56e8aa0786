import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { biasGradient } from "../../src/conv/bias.js";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { unsharedConv, unsharedConvInputGradient, unsharedConvKernelGradient } from "../../src/conv/unshared.js";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.js";
import { cases, dot, noise, optionsOf, worst } from "./cases.js";
import { type Case, outputSpace, sumProducts } from "./oracle.js";
import {
  expectAdjoint,
  expectDifferences,
  expectSums,
  type Layer,
  outputShape,
  plain,
  vector,
} from "./unshared-laws.js";

/** `W(i, j, k, l, m, n)`: the kernel's index with the place between its output channel and the rest. */
function unsharedLayer(c: Case): Layer {
  const places = sizeOf(outputSpace(c));
  const one = sizeOf(c.kernel.slice(1));
  return {
    c,
    weightShape: [c.kernel[0], ...outputSpace(c), ...c.kernel.slice(1)],
    weightAt: ({ k, z }) => (Math.floor(k / one) * places + (z % places)) * one + (k % one),
    conv: (V, W) => unsharedConv(V, W, optionsOf(c)),
    kernelGradient: (G, V) =>
      unsharedConvKernelGradient(G, V, {
        ...optionsOf(c),
        kernelShape: [c.kernel[0], ...outputSpace(c), ...c.kernel.slice(1)],
      }),
    inputGradient: (W, G) => unsharedConvInputGradient(W, G, { ...optionsOf(c), inputShape: c.input }),
  };
}

describe("the unshared convolution and its two gradients", () => {
  // Summed in float64 and rounded once: half a unit in the last place of float32.
  it.each([
    ["float32", 1.01 * 2 ** -24],
    ["float64", 1e-13],
  ] as const)("agree with the nested loops of equation 9.9: %s", (type, bound) => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => expectSums(unsharedLayer(c), seed, type, bound)),
      { numRuns: 200, seed: 1 },
    );
  });

  it.each([
    [
      "more windows than are worked on at once",
      {
        ...plain,
        input: [3, 2, 30, 31],
        kernel: [4, 2, 3, 3],
        padding: [
          [1, 2],
          [0, 1],
        ],
      },
    ],
    ["a place whose images are more than that", { ...plain, input: [9, 200, 5, 4], kernel: [1, 200, 4, 4] }],
    ["windows wider than that", { ...plain, input: [5, 260, 9, 8], kernel: [1, 260, 8, 8] }],
  ] as const)("agree with them over %s", (_, c) => {
    expectSums(unsharedLayer(c), 5, "float32", 1.01 * 2 ** -24);
  });

  it("are adjoint: <conv(V, W), G> = <V, h(W, G)> = <W, g(G, V)>", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => expectAdjoint(unsharedLayer(c), seed)),
      { numRuns: 200, seed: 2 },
    );
  });

  it("have the gradients that central differences of a curved loss show", () => {
    fc.assert(
      fc.property(cases, fc.integer(), fc.nat(), (c, seed, pick) => expectDifferences(unsharedLayer(c), seed, pick)),
      { numRuns: 150, seed: 3 },
    );
  });

  it("are those of conv where every place has the same kernel", () => {
    fc.assert(
      fc.property(cases, fc.integer(), (c, seed) => {
        const V = noise(c.input, seed, "float64");
        const K = noise(c.kernel, seed + 1, "float64");
        const G = noise(outputShape(c), seed + 2, "float64");
        const places = sizeOf(outputSpace(c));
        const one = sizeOf(c.kernel.slice(1));
        const { weightShape, weightAt } = unsharedLayer(c);
        const W = noise(weightShape, 0, "float64");
        for (let k = 0; k < K.data.length; k++) for (let z = 0; z < places; z++) W.data[weightAt({ k, z })] = K.data[k];
        const options = optionsOf(c);
        const sizes = (length: number, term: Parameters<typeof sumProducts>[2]) =>
          sumProducts(c, length, term).magnitudes;

        const Z = conv(V, K, options);
        const zSize = sizes(Z.data.length, (p) => [p.z, K.data[p.k] * V.data[p.v]]);
        expect(worst(unsharedConv(V, W, options).data, Z.data, zSize)).toBeLessThan(1e-13);

        const dV = convInputGradient(K, G, { ...options, inputShape: c.input });
        const vSize = sizes(V.data.length, (p) => [p.v, K.data[p.k] * G.data[p.z]]);
        const h = unsharedConvInputGradient(W, G, { ...options, inputShape: c.input });
        expect(worst(h.data, dV.data, vSize)).toBeLessThan(1e-13);

        // Sharing sums the gradients of the places.
        const dW = unsharedConvKernelGradient(G, V, { ...options, kernelShape: weightShape });
        const summed = new Float64Array(K.data.length);
        for (let i = 0; i < dW.data.length; i++) summed[Math.floor(i / (places * one)) * one + (i % one)] += dW.data[i];
        const dK = convKernelGradient(G, V, { ...options, kernelShape: c.kernel });
        const kSize = sizes(K.data.length, (p) => [p.k, G.data[p.z] * V.data[p.v]]);
        expect(worst(summed, dK.data, kSize)).toBeLessThan(1e-13);
      }),
      { numRuns: 150, seed: 4 },
    );
  });
});

describe("unsharedConv", () => {
  it("weighs each window by weights of its own", () => {
    const V = vector([1, 2, 3], [1, 3]);
    const W = vector([1, 10, 100, 1000], [1, 2, 1, 2]);
    expect([...unsharedConv(V, W).data]).toEqual([1 + 20, 200 + 3000]);
    expect([...unsharedConv(V, W, { flip: true }).data]).toEqual([10 + 2, 2000 + 300]);
  });

  it("is a dense layer where the one window is the image", () => {
    const V = noise([3, 2, 4, 5], 1, "float64");
    const W = noise([6, 1, 1, 2, 4, 5], 2, "float64");
    const Z = unsharedConv(V, W);
    expect(Z.shape).toEqual([3, 6, 1, 1]);
    for (let n = 0; n < 3; n++) {
      for (let o = 0; o < 6; o++) {
        let sum = 0;
        for (let i = 0; i < 40; i++) sum += V.data[40 * n + i] * W.data[40 * o + i];
        expect(Z.data[6 * n + o]).toBeCloseTo(sum, 13);
      }
    }
  });

  it("neither reads nor trains a masked weight", () => {
    const connections = [
      [true, false, true],
      [false, true, true],
      [false, false, false],
    ];
    const [V, W] = [noise([3, 6, 6], 1), noise([3, 4, 4, 3, 3, 3], 2)];
    const sees = (i: number) => connections[Math.floor(i / (16 * 27))][Math.floor((i % 27) / 9)];
    const other: Tensor = { ...W, data: W.data.map((w, i) => (sees(i) ? w : 1e6)) };
    const G = noise([3, 4, 4], 3);
    expect(unsharedConv(V, other, { connections })).toEqual(unsharedConv(V, W, { connections }));
    const inputShape = V.shape;
    expect(unsharedConvInputGradient(other, G, { connections, inputShape })).toEqual(
      unsharedConvInputGradient(W, G, { connections, inputShape }),
    );
    const dW = unsharedConvKernelGradient(G, V, { connections, kernelShape: W.shape });
    expect(dW.data.every((w, i) => (w !== 0) === sees(i))).toBe(true);
  });

  it("adds one bias a place or one a map, to every image", () => {
    for (const V of [noise([2, 5, 5], 1), noise([3, 2, 5, 5], 1)]) {
      const W = noise([4, 3, 4, 2, 3, 2], 2);
      const Z = unsharedConv(V, W);
      const perPlace = noise([4, 3, 4], 3);
      const perMap = noise([4], 4);
      const add = (bias: (i: number) => number) => Z.data.map((z, i) => z + bias(i % 48));
      expect(unsharedConv(V, W, { bias: perPlace }).data).toEqual(add((i) => perPlace.data[i]));
      expect(unsharedConv(V, W, { bias: perMap }).data).toEqual(add((i) => perMap.data[Math.floor(i / 12)]));
      const G = noise(Z.shape, 5, "float64");
      const bias = noise([4, 3, 4], 3, "float64");
      const spread = { ...G, data: G.data.map((_, i) => bias.data[i % 48]) };
      expect(dot(biasGradient(G, [4, 3, 4]), bias)).toBeCloseTo(dot(G, spread), 12);
    }
  });

  it("changes none of its arguments and gives the same bits each time", () => {
    const [V, W] = [noise([3, 2, 6, 6], 1), noise([4, 6, 6, 2, 3, 3], 2)];
    const [v, w] = [V.data.slice(), W.data.slice()];
    const first = unsharedConv(V, W, { padding: "same" });
    expect(unsharedConv(V, W, { padding: "same" })).toEqual(first);
    expect([V.data, W.data]).toEqual([v, w]);
  });
});
