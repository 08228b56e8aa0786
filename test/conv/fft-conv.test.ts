import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { directConv, directInputGradient, directKernelGradient } from "../../src/conv/direct.js";
import {
  type FftRange,
  fftApplies,
  fftConv,
  fftCost,
  fftInputGradient,
  fftKernelGradient,
  fftParts,
} from "../../src/conv/fft-conv.js";
import { type Geometry, geometryOf } from "../../src/conv/geometry.js";
import type { Operation } from "../../src/conv/operation.js";
import type { GeometryOptions } from "../../src/conv/options.js";
import { fftKernels, plainFft } from "../../src/kernels/fft.js";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.js";
import { cases, noise, optionsOf, worst } from "./cases.js";

const floats = (value: Tensor) => value.data as Float32Array;
const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Random numbers for V, K and G, and what the three operations make of them by FFT. */
function threeOf(g: Geometry, seed: number, k = fftKernels()) {
  const [V, K, G] = [g.inputShape, g.kernelShape, g.outputShape].map((shape, i) => floats(noise(shape, seed + i)));
  const into = [g.outputShape, g.kernelShape, g.inputShape].map((shape) => new Float32Array(sizeOf(shape)).fill(7));
  fftConv(g, V!, K!, into[0]!, k);
  fftKernelGradient(g, G!, V!, into[1]!, k);
  fftInputGradient(g, K!, G!, into[2]!, k);
  return { V: V!, K: K!, G: G!, Z: into[0]!, dK: into[1]!, dV: into[2]! };
}

/** The largest difference from the nested loops, relative to the largest number of each result. */
function apart(g: Geometry, seed: number): number[] {
  const { V, K, G, Z, dK, dV } = threeOf(g, seed);
  const exact = [Z, dK, dV].map((x) => new Float32Array(x.length));
  directConv(g, V, K, exact[0]!);
  directKernelGradient(g, G, V, exact[1]!);
  directInputGradient(g, K, G, exact[2]!);
  return [Z, dK, dV].map((x, i) => {
    const largest = exact[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const scale = largest || 1;
    return worst(x, exact[i]!, new Float32Array(x.length).fill(scale));
  });
}

const applicable = cases.map((c) => ({
  ...c,
  input: c.kernel.length === 5 ? [...c.input.slice(0, -3), ...c.input.slice(-2)] : c.input,
  kernel: c.kernel.length === 5 ? [...c.kernel.slice(0, 2), ...c.kernel.slice(3)] : c.kernel,
}));

function table(outputs: number, inputs: number): boolean[][] {
  return Array.from({ length: outputs }, (_, o) => Array.from({ length: inputs }, (_, i) => (3 * o + i) % 4 !== 0));
}

function geometries(): fc.Arbitrary<Geometry | undefined> {
  return applicable.map((c) => {
    const space = c.kernel.length - 2;
    const options = {
      ...optionsOf(c),
      stride: Array(space).fill(1),
      dilation: Array(space).fill(1),
      padding: c.padding.slice(-space),
    };
    const g = geometryOf("test", c.input, c.kernel, options);
    return fftApplies(g) ? g : undefined;
  });
}

const fixed: readonly (readonly [string, number[], number[], GeometryOptions])[] = [
  ["whole images", [9, 3, 32, 32], [12, 3, 11, 11], {}],
  ["same padding", [3, 5, 20, 23], [9, 5, 5, 4], { padding: "same" }],
  ["tiles in both directions", [1, 1, 660, 650], [2, 1, 4, 5], { padding: "same" }],
  ["tiles of several images and channels", [2, 2, 260, 40], [5, 2, 15, 3], { padding: "full", flip: true }],
  ["lines", [2, 3, 1500], [4, 3, 64], {}],
  ["long kernels along a line", [1, 2, 9000], [3, 2, 2000], {}],
  ["a kernel of thousands of taps, in tiles", [1, 1, 19_000], [1, 1, 8192], { padding: 300, flip: true }],
  ["a long column", [2, 1, 3000, 1], [2, 1, 900, 1], {}],
  ["groups", [2, 12, 17, 19], [8, 3, 7, 5], { groups: 4, padding: 2 }],
  ["padding wider than the kernel", [1, 2, 9, 9], [3, 2, 3, 3], { padding: 7 }],
  ["many input channels and one output", [9, 20, 12, 12], [1, 20, 5, 5], {}],
  ["a circle, in tiles", [2, 2, 60, 700], [3, 2, 5, 6], { padding: "same", boundary: "wrap" }],
  ["mirrors", [9, 2, 14, 15], [4, 2, 5, 3], { padding: "full", boundary: "reflect" }],
  [
    "an edge repeated along one axis",
    [2, 3, 12, 9],
    [9, 3, 3, 1],
    {
      padding: [
        [2, 1],
        [0, 0],
      ],
      boundary: "edge",
    },
  ],
  ["planes that do not all stay at once", [2, 8, 18, 20], [9, 8, 3, 3], {}],
  ["kernels as large as the image", [2, 1, 16, 16], [9, 1, 16, 16], { padding: "full" }],
];

describe("the convolution by fast Fourier transforms", () => {
  it.each(fixed)("is off by less than 2e-6 of the largest number: %s", (_, input, kernel, options) => {
    for (const off of apart(geometryOf("test", input, kernel, options), 1)) expect(off).toBeLessThan(2e-6);
  });

  it("agrees with the nested loops to 1e-5 of the largest number over random geometries", () => {
    let seen = 0;
    fc.assert(
      fc.property(geometries(), fc.integer(), (g, seed) => {
        if (!g) return;
        seen++;
        for (const off of apart(g, seed)) expect(off).toBeLessThan(1e-5);
      }),
      { numRuns: 300, seed: 1 },
    );
    expect(seen).toBeGreaterThan(200);
  });

  it("has gradients that are its adjoints", () => {
    for (const [, input, kernel, options] of fixed) {
      const { V, K, G, Z, dK, dV } = threeOf(geometryOf("test", input, kernel, options), 5);
      const scale = Math.sqrt(dot(Z, Z) * dot(G, G));
      expect(Math.abs(dot(K, dK) - dot(Z, G))).toBeLessThan(2e-6 * scale);
      expect(Math.abs(dot(V, dV) - dot(Z, G))).toBeLessThan(2e-6 * scale);
    }
  });

  it("is the same bits as its plain twin", () => {
    const plain = plainFft();
    for (const [, input, kernel, options] of fixed.filter(([, input]) => sizeOf(input) < 5000)) {
      const g = geometryOf("test", input, kernel, options);
      expect(threeOf(g, 3, plain)).toEqual(threeOf(g, 3));
    }
  });

  it("makes the same bits in parts as at once, and each part touches its own results alone", () => {
    const masked: readonly (readonly [string, number[], number[], GeometryOptions])[] = [
      ["a table", [3, 9, 8, 8], [17, 9, 3, 3], { connections: table(17, 9) }],
      ["a table, inputs in the lanes", [3, 17, 8, 8], [9, 17, 3, 3], { connections: table(9, 17) }],
    ];
    for (const [, input, kernel, options] of [...fixed, ...masked]) {
      const g = geometryOf("test", input, kernel, options);
      const { V, K, G, Z, dK, dV } = threeOf(g, 4);
      const k = fftKernels();
      for (const [operation, whole, run] of [
        ["forward", Z, (to, range) => fftConv(g, V, K, to, k, range)],
        ["kernelGradient", dK, (to, range) => fftKernelGradient(g, G, V, to, k, range)],
        ["inputGradient", dV, (to, range) => fftInputGradient(g, K, G, to, k, range)],
      ] as [Operation, Float32Array, (to: Float32Array, range: FftRange) => void][]) {
        const parts = fftParts(operation, g);
        const together = new Float32Array(whole.length).fill(Number.NaN);
        let touched = 0;
        for (let from = 0; from < parts; from += from === 0 ? 1 : 3) {
          const range = { from, to: Math.min(parts, from === 0 ? 1 : from + 3) };
          const alone = new Float32Array(whole.length).fill(Number.NaN);
          run(alone, range);
          touched += alone.reduce((count, value) => count + (Number.isNaN(value) ? 0 : 1), 0);
          run(together, range);
        }
        expect(together).toEqual(whole);
        expect(touched).toBe(whole.length);
      }
    }
  });

  it("does not see what an earlier call left in the arena", () => {
    const g = geometryOf("test", [3, 2, 13, 11], [5, 2, 3, 4], { padding: 1 });
    const before = threeOf(g, 2);
    fftKernels().arena.floats.fill(Number.NaN);
    expect(threeOf(g, 2)).toEqual(before);
  });

  it("takes no more memory after a thousand calls than after one", () => {
    const g = geometryOf("test", [2, 3, 9, 9], [8, 3, 3, 3], {});
    threeOf(g, 1);
    const bytes = fftKernels().arena.floats.byteLength;
    for (let i = 0; i < 1000; i++) threeOf(g, 1);
    expect(fftKernels().arena.floats.byteLength).toBe(bytes);
  });

  it("leaves strides, dilations, volumes and what a GiB does not hold to others", () => {
    const applies = (input: number[], kernel: number[], options: GeometryOptions = {}) =>
      fftApplies(geometryOf("test", input, kernel, options));
    const [image, kernel] = [
      [1, 1, 20, 20],
      [1, 1, 3, 3],
    ] as const;
    expect(applies([...image], [...kernel])).toBe(true);
    expect(applies([...image], [...kernel], { stride: 2 })).toBe(false);
    expect(applies([...image], [...kernel], { dilation: 2 })).toBe(false);
    expect(applies([...image], [...kernel], { padding: 1, boundary: "wrap" })).toBe(true);
    expect(applies([1, 1, 4, 9, 9], [1, 1, 2, 3, 3])).toBe(false);
    expect(applies([1, 1, 2, 2000], [1, 1, 2, 900])).toBe(false);
    expect(applies([1, 1, 65_536], [1, 1, 65_536])).toBe(true);
    expect(applies([1, 1, 70_000], [1, 1, 65_537])).toBe(false);
    expect(applies([1, 4096, 600, 600], [1, 4096, 500, 500])).toBe(false);
  });

  it("costs more operations the larger the batch, and none are promised where it does not apply", () => {
    const cost = (batch: number, stride: number) =>
      fftCost("forward", geometryOf("test", [batch, 1, 32, 32], [8, 1, 11, 11], { stride }));
    expect(cost(16, 1)).toBeGreaterThan(cost(8, 1));
    expect(cost(8, 2)).toBe(Number.POSITIVE_INFINITY);
  });
});
