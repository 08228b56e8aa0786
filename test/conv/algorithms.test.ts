import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import type { Algorithm, ConvOptions } from "../../src/conv/options.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";

function noise(shape: readonly number[], row: number): Tensor {
  const data = new Float32Array(sizeOf(shape));
  fillNormal(data, randomStream(7, "tests"), row);
  return tensor(data, shape);
}

/** The largest difference of two tensors over the largest number of the second. */
function distance(found: Tensor, truth: Tensor): number {
  expect(found.shape).toEqual(truth.shape);
  let [far, most] = [0, 0];
  for (let i = 0; i < truth.data.length; i++) {
    far = Math.max(far, Math.abs(found.data[i] - truth.data[i]));
    most = Math.max(most, Math.abs(truth.data[i]));
  }
  return far / most;
}

function distances(algorithm: Algorithm, V: Tensor, K: Tensor, options: ConvOptions): number[] {
  const Z = conv(V, K, { ...options, algorithm: "direct" });
  const G = noise(Z.shape, 3);
  const g = (by: Algorithm) => convKernelGradient(G, V, { ...options, algorithm: by, kernelShape: K.shape });
  const h = (by: Algorithm) => convInputGradient(K, G, { ...options, algorithm: by, inputShape: V.shape });
  return [
    distance(conv(V, K, { ...options, algorithm }), Z),
    distance(g(algorithm), g("direct")),
    distance(h(algorithm), h("direct")),
  ];
}

describe("an algorithm asked for by name", () => {
  it.each(["gemm", "winograd", "fft"] as const)("%s agrees with the nested loops, in all three passes", (algorithm) => {
    const layer = fc.record({
      batch: fc.integer({ min: 1, max: 3 }),
      channels: fc.integer({ min: 1, max: 3 }),
      outputs: fc.integer({ min: 1, max: 4 }),
      size: fc.integer({ min: 6, max: 20 }),
      kernel: fc.integer({ min: 2, max: 5 }),
      padding: fc.constantFrom("valid" as const, "same" as const, "full" as const),
      flip: fc.boolean(),
    });
    fc.assert(
      fc.property(layer, ({ batch, channels, outputs, size, kernel, padding, flip }) => {
        const V = noise([batch, channels, size, size + 1], 1);
        const K = noise([outputs, channels, kernel, kernel], 2);
        const [f, g, h] = distances(algorithm, V, K, { padding, flip });
        expect(f).toBeLessThan(1e-5);
        expect(g).toBeLessThan(5e-5);
        expect(h).toBeLessThan(1e-5);
      }),
      { seed: 3, numRuns: 40 },
    );
  });

  it("is refused by name where it cannot do what the options ask", () => {
    const V = noise([1, 1, 9, 9], 1);
    const K = noise([1, 1, 3, 3], 2);
    expect(() => conv(V, K, { algorithm: "fft", stride: 2 })).toThrow(
      'conv: algorithm "fft" cannot do what the options ask: one or two dimensions, stride and dilation 1, kernels of at most 640 taps along each (65536 along one) and 1 GiB of spectra are needed, or algorithm "direct"',
    );
    for (const option of [{ dilation: 2 }, { stride: 2 }, { stride: [1, 2] }]) {
      expect(() => conv(V, noise([1, 1, 5, 5], 2), { algorithm: "winograd", ...option })).toThrow(
        'conv: algorithm "winograd" cannot do what the options ask: one or two dimensions, stride and dilation 1 and 2 to 5 taps',
      );
    }
    const wide = tensor(new Float64Array(81), [1, 1, 9, 9]);
    const kernel = tensor(new Float64Array(9), [1, 1, 3, 3]);
    expect(() => conv(wide, kernel, { algorithm: "winograd" })).toThrow(
      'algorithm "winograd" is given with float64 arrays',
    );
  });
});
