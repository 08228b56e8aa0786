/** Every algorithm by name on layers of many tiles, blocks and slabs, and on odd input, against the float64 sums of `direct`. */
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { type Algorithm, algorithms, type ConvOptions } from "../../src/conv/options.js";
import { InputError } from "../../src/tensor/errors.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { dot, noise } from "./cases.js";

type Three = readonly [Z: Tensor, dK: Tensor | undefined, dV: Tensor];

/** The three passes, undefined where the algorithm says by name that it cannot do the forward pass. */
function threeOf(algorithm: Algorithm, [V, K, G]: readonly Tensor[], options: ConvOptions): Three | undefined {
  const by = { ...options, algorithm };
  const unless = (call: () => Tensor): Tensor | undefined => {
    try {
      return call();
    } catch (error) {
      if (error instanceof InputError && error.message.includes(`algorithm "${algorithm}"`)) return undefined;
      throw error;
    }
  };
  const Z = unless(() => conv(V!, K!, by));
  if (!Z) return undefined;
  const dK = unless(() => convKernelGradient(G!, V!, { ...by, kernelShape: K!.shape }));
  return [Z, dK, convInputGradient(K!, G!, { ...by, inputShape: V!.shape })];
}

function arraysOf(input: readonly number[], kernel: readonly number[], options: ConvOptions): Tensor[] {
  // Kernels of one line of weights repeated, so that `separable` takes them.
  const [V, K] = [noise(input, 1), noise(kernel, 2)];
  const line = kernel[kernel.length - 1]!;
  K.data.forEach((_, i) => {
    K.data[i] = K.data[i % line]! * (1 + (Math.floor(i / line) % 3));
  });
  return [V, K, noise(conv(V, K, options).shape, 3)];
}

const float64 = (x: Tensor): Tensor => ({ ...x, data: Float64Array.from(x.data) });

function expectNear(found: Tensor, exact: Tensor, bound: number): void {
  expect(found.shape).toEqual(exact.shape);
  let [far, largest] = [0, 0];
  for (let i = 0; i < found.data.length; i++) {
    far = Math.max(far, Math.abs(found.data[i]! - exact.data[i]!));
    largest = Math.max(largest, Math.abs(exact.data[i]!));
  }
  expect(far).toBeLessThanOrEqual(bound * largest);
}

const layers: readonly (readonly [string, readonly number[], readonly number[], ConvOptions])[] = [
  ["a line of many tiles", [2, 3, 1400], [5, 3, 40], { padding: [[3, 36]] }],
  ["a line as long as its kernel", [1, 2, 3000], [2, 2, 2990], {}],
  ["a line of strides", [2, 3, 900], [5, 3, 9], { stride: 4, boundary: "reflect", padding: 900 }],
  ["images of several slabs", [3, 1, 700, 701], [2, 1, 5, 5], { padding: "same", stride: 3 }],
  ["groups of many channels", [3, 36, 14, 15], [24, 18, 3, 3], { groups: 2, padding: 1 }],
  ["strides and dilation", [4, 5, 40, 39], [9, 5, 3, 4], { stride: [2, 3], dilation: [3, 2], padding: "full" }],
  ["thousands of channels", [1, 2500, 4, 4], [3, 2500, 3, 3], { padding: 1 }],
  ["thousands of outputs", [2, 3, 4, 4], [2500, 3, 2, 2], {}],
  ["single cells", [100, 40, 1, 1], [50, 40, 1, 1], {}],
  ["kernels larger than the image", [3, 4, 5, 4], [6, 4, 11, 9], { padding: "same" }],
  [
    "padding wider than the image",
    [2, 3, 4, 3],
    [5, 3, 3, 3],
    {
      padding: [
        [9, 2],
        [0, 11],
      ],
      boundary: "symmetric",
    },
  ],
  [
    "a table of connections",
    [3, 6, 20, 19],
    [4, 6, 3, 3],
    {
      connections: [0, 1, 2, 3].map((o) => [0, 1, 2, 3, 4, 5].map((i) => (o * i) % 3 !== 1)),
      padding: "full",
      flip: true,
    },
  ],
  ["movies", [2, 4, 9, 18, 17], [7, 4, 3, 4, 3], { padding: "same", boundary: "wrap" }],
  [
    "movies of strides",
    [2, 2, 12, 16, 16],
    [5, 2, 5, 4, 4],
    {
      stride: [1, 2, 2],
      padding: [
        [4, 0],
        [1, 1],
        [1, 1],
      ],
    },
  ],
];

/** As in properties.test.ts: what each may be off by, of the largest result. */
const bound = (algorithm: Algorithm) =>
  ({ direct: 1e-7, gemm: 2e-6, fft: 2e-6, separable: 1e-5, winograd: 1e-5, auto: 1e-5 })[algorithm];
const kernelBound = (algorithm: Algorithm) =>
  algorithm === "winograd" || algorithm === "auto" ? 5e-5 : bound(algorithm);

describe("every algorithm that takes a layer", () => {
  it.each(layers)("agrees with the float64 sums and is adjoint: %s", (_, input, kernel, options) => {
    const arrays = arraysOf(input, kernel, options);
    const [V, K, G] = arrays as [Tensor, Tensor, Tensor];
    const exact = threeOf("direct", arrays.map(float64), options)!;
    for (const algorithm of algorithms) {
      const found = threeOf(algorithm, arrays, options);
      if (!found) continue;
      const [Z, dK, dV] = found;
      expectNear(Z, exact[0], bound(algorithm));
      if (dK) expectNear(dK, exact[1]!, kernelBound(algorithm));
      expectNear(dV, exact[2], bound(algorithm));
      // Each inner product is off by at most the bound times what Cauchy and Schwarz allow.
      const scale = Math.sqrt(dot(Z, Z) * dot(G, G));
      expect(Math.abs(dot(Z, G) - dot(V, dV))).toBeLessThan(2 * bound(algorithm) * scale);
      if (dK) expect(Math.abs(dot(Z, G) - dot(K, dK))).toBeLessThan(2 * kernelBound(algorithm) * scale);
    }
  });
});

describe("every algorithm", () => {
  const options = { padding: "same", boundary: "zero" } as const;
  const arrays = arraysOf([3, 4, 17, 18], [8, 4, 3, 3], options);

  it.each(algorithms)("reads arrays that lie in the middle of larger buffers as any other: %s", (algorithm) => {
    const within = arrays.map((x): Tensor => {
      const data = new Float32Array(x.data.length + 9).fill(Number.NaN).subarray(5, 5 + x.data.length);
      data.set(x.data);
      return { ...x, data };
    });
    expect(threeOf(algorithm, within, options)).toEqual(threeOf(algorithm, arrays, options));
  });

  it.each(algorithms)("changes nothing that it is given, not even frozen: %s", (algorithm) => {
    const copies = arrays.map((x) => x.data.slice());
    const frozen = Object.freeze({ ...options, stride: Object.freeze([1, 1]), dilation: Object.freeze([1, 1]) });
    const given = arrays.map((x) => Object.freeze({ ...x, shape: Object.freeze([...x.shape]) }));
    const bare = Object.assign(Object.create(null) as ConvOptions, options);
    const three = threeOf(algorithm, arrays, options);
    expect(three).toBeDefined();
    expect(threeOf(algorithm, given, frozen)).toEqual(three);
    expect(threeOf(algorithm, given, bare)).toEqual(three);
    expect(arrays.map((x) => x.data)).toEqual(copies);
  });

  it.each(algorithms)("gives the same bits after any other work: %s", (algorithm) => {
    const before = threeOf(algorithm, arrays, options);
    for (const other of algorithms) threeOf(other, arraysOf([2, 5, 30, 31], [3, 5, 5, 4], {}), {});
    expect(threeOf(algorithm, arrays, options)).toEqual(before);
  });

  it.each(algorithms)("gives results of its own, that later calls leave alone: %s", (algorithm) => {
    const [Z, , dV] = threeOf(algorithm, arrays, options)!;
    const kept = [Z.data.slice(), dV.data.slice()];
    threeOf(algorithm, arraysOf([3, 4, 17, 18], [8, 4, 3, 3], { padding: "same", flip: true }), {
      ...options,
      flip: true,
    });
    expect([Z.data, dV.data]).toEqual(kept);
    expect(Z.data.byteLength).toBe(Z.data.buffer.byteLength);
  });

  it.each(algorithms)("keeps to zeros where everything is zero: %s", (algorithm) => {
    const zero = arrays.map((x): Tensor => ({ ...x, data: new Float32Array(x.data.length) }));
    for (const result of threeOf(algorithm, zero, options)!)
      expect(result?.data.every((x) => x === 0) ?? true).toBe(true);
  });
});
