/**
 * Every algorithm by name, in every dimension that it takes, against the definitions' nested loops over random geometries: a
 * case that an algorithm refuses is made plainer until it takes it, and each must take most of them somehow.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { type Algorithm, algorithms } from "../../src/conv/options.js";
import { InputError } from "../../src/tensor/errors.js";
import { sizeOf, type Tensor } from "../../src/tensor/tensor.js";
import { casesOf, noise, optionsOf } from "./cases.js";
import { type Case, eachProduct, outputSpace } from "./oracle.js";

interface Arrays {
  readonly V: Tensor;
  readonly K: Tensor;
  readonly G: Tensor;
}

const passes = ["f", "g", "h"] as const;
type Pass = (typeof passes)[number];

/**
 * What a pass may be off by, of the largest result. One rounding of float32 is 2⁻²⁴ = 6e-8 of a number. `direct` rounds once.
 * The product adds at most 256 rounded products in a run: in the worst case 256 roundings of the sum of magnitudes, with signs at random
 * their root, 16, and as many of the largest result again where results are small beside it: under 2e-6. The FFT rounds once a
 * butterfly, log₂ of a tile of at most 640² (19) times, and its sums likewise: under 2e-6. Separable kernels run as such
 * products, one a dimension. Winograd's matrices hold numbers up to 1/90 and 21/4, so that sums some hundred times as
 * large cancel: 1e-5, and in the kernel's gradient, whose sums run over all tiles before they cancel, 5e-5.
 */
const bounds: Readonly<Record<Algorithm, Readonly<Record<Pass, number>>>> = {
  direct: { f: 1e-7, g: 1e-7, h: 1e-7 },
  gemm: { f: 2e-6, g: 2e-6, h: 2e-6 },
  fft: { f: 2e-6, g: 2e-6, h: 2e-6 },
  winograd: { f: 1e-5, g: 5e-5, h: 1e-5 },
  separable: { f: 1e-5, g: 1e-5, h: 1e-5 },
  auto: { f: 1e-5, g: 5e-5, h: 1e-5 },
};

const outputShape = (c: Case) => [
  ...c.input.slice(0, c.input.length - c.kernel.length + 1),
  c.kernel[0]!,
  ...outputSpace(c),
];

/** The outer product of noises for each pair of channels: `separable` takes no other kernels. */
function outer(shape: readonly number[], seed: number): Tensor {
  const kernel = noise(shape, seed);
  const taps = sizeOf(shape.slice(2));
  for (let i = 0; i < kernel.data.length; i++) {
    let at = i % taps;
    let product = 1;
    for (let axis = shape.length - 1; axis > 1; axis--) {
      const pair = Math.floor(i / taps);
      product *= noise([shape[axis]!], seed + 7 * axis + 31 * pair).data[at % shape[axis]!]!;
      at = Math.floor(at / shape[axis]!);
    }
    kernel.data[i] = product;
  }
  return kernel;
}

function arraysOf(c: Case, seed: number, algorithm: Algorithm): Arrays {
  const K = algorithm === "separable" ? outer(c.kernel, seed + 1) : noise(c.kernel, seed + 1);
  return { V: noise(c.input, seed), K, G: noise(outputShape(c), seed + 2) };
}

/** A pass, or undefined where the algorithm says by name that it cannot do it. */
function run(pass: Pass, algorithm: Algorithm, c: Case, { V, K, G }: Arrays): Tensor | undefined {
  const options = { ...optionsOf(c), algorithm };
  try {
    if (pass === "f") return conv(V, K, options);
    if (pass === "g") return convKernelGradient(G, V, { ...options, kernelShape: c.kernel });
    return convInputGradient(K, G, { ...options, inputShape: c.input });
  } catch (error) {
    if (error instanceof InputError && error.message.includes(`algorithm "${algorithm}"`)) return undefined;
    throw error;
  }
}

/** The oracle's sums for a pass, and the size of the largest: itself, or the root of its squares where they cancel. */
function truth(pass: Pass, c: Case, { V, K, G }: Arrays): { sums: Float64Array; largest: number } {
  const sums = new Float64Array(sizeOf({ f: outputShape(c), g: c.kernel, h: c.input }[pass]));
  const squares = new Float64Array(sums.length);
  eachProduct(c, ({ v, k, z }) => {
    const at = { f: z, g: k, h: v }[pass];
    const product = (pass === "f" ? 1 : G.data[z]!) * (pass === "g" ? 1 : K.data[k]!) * (pass === "h" ? 1 : V.data[v]!);
    sums[at]! += product;
    squares[at]! += product * product;
  });
  const largest = sums.reduce((most, sum, i) => Math.max(most, Math.abs(sum), Math.sqrt(squares[i]!)), 0);
  return { sums, largest };
}

/** Ever plainer forms of a case: without dilation, without stride, with zeros in the padding, with 2 taps at least. */
function plainer(c: Case): Case[] {
  const ones = c.stride.map(() => 1);
  const undilated = { ...c, dilation: ones };
  const zeros = { ...undilated, stride: ones, boundary: "zero" as const };
  const taps = (length: number, axis: number) => (axis < 2 ? length : Math.max(2, length));
  const kernel = c.kernel.map(taps);
  const first = c.input.length - ones.length;
  const input = c.input.map((m, axis) => {
    const [before, after] = c.padding[axis - first] ?? [0, 0];
    return axis < first ? m : Math.max(m, kernel[axis - first + 2]! - before - after);
  });
  return [c, undilated, { ...undilated, stride: ones }, zeros, { ...zeros, input, kernel }];
}

/** How many of a pass's cases an algorithm took, in whatever form, over random cases that it must agree on. */
function taken(algorithm: Algorithm, pass: Pass, space: number): number {
  let took = 0;
  fc.assert(
    fc.property(casesOf([space]), fc.integer({ min: 1, max: 2 ** 30 }), (given, seed) => {
      for (const c of plainer(given)) {
        const arrays = arraysOf(c, seed, algorithm);
        const got = run(pass, algorithm, c, arrays);
        if (!got) continue;
        took++;
        const { sums, largest } = truth(pass, c, arrays);
        expect(got.data.length).toBe(sums.length);
        for (let i = 0; i < sums.length; i++)
          expect(Math.abs(got.data[i]! - sums[i]!)).toBeLessThanOrEqual(bounds[algorithm][pass] * largest);
        return;
      }
    }),
    { numRuns: 60, seed: 11 + space },
  );
  return took;
}

/** The dimensions that each algorithm takes; `separable` has kernels' factors to run and so no gradient of kernels. */
const takes = (algorithm: Algorithm, pass: Pass, space: number): boolean =>
  (algorithm !== "winograd" && algorithm !== "fft") || space < 3 ? algorithm !== "separable" || pass !== "g" : false;

describe.each(algorithms.map((algorithm) => ({ algorithm })))("the algorithm $algorithm", ({ algorithm }) => {
  it.each([1, 2, 3])("agrees with the nested loops in %i dimensions, in all three passes", (space) => {
    for (const pass of passes) {
      const took = taken(algorithm, pass, space);
      if (takes(algorithm, pass, space)) expect(took, pass).toBeGreaterThan(45);
    }
  });
});
