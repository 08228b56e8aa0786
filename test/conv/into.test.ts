import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { execute, float32Algorithms } from "../../src/conv/execute.js";
import { geometryOf } from "../../src/conv/geometry.js";
import type { Operation } from "../../src/conv/operation.js";
import type { ConvOptions } from "../../src/conv/options.js";
import { sizeOf, type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";

function waves(shape: readonly number[], by: number): Tensor {
  return tensor(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(by * i + by)),
    shape,
  );
}

const layers: readonly [input: number[], kernel: number[], ConvOptions][] = [
  [[3, 4, 17, 19], [6, 4, 3, 3], { padding: "same" }],
  [[2, 1, 40, 40], [8, 1, 11, 11], {}],
  [[2, 4, 17, 19], [6, 2, 3, 3], { padding: "same", groups: 2 }],
  [[2, 3, 17, 19], [6, 3, 5, 5], { stride: 2, padding: "full" }],
  [[9, 2, 20, 21], [4, 2, 8, 8], { stride: 4 }],
  [[2, 3, 17, 19], [6, 3, 3, 3], { boundary: "reflect", padding: 2, flip: true }],
  [[2, 3, 30], [6, 3, 3], { padding: "same" }],
  [[1, 2, 9, 9, 9], [3, 2, 3, 3, 3], { boundary: "wrap", padding: 1 }],
  [
    [2, 2, 11, 11],
    [2, 2, 3, 3],
    {
      dilation: 2,
      connections: [
        [true, false],
        [false, true],
      ],
    },
  ],
];

describe("the option into", () => {
  it.each(layers)(
    "gives the same bits by every algorithm whatever the memory held: %j * %j, %j",
    (input, kernel, options) => {
      const g = geometryOf("test", input, kernel, options);
      const [V, K, G] = [waves(input, 0.7), waves(kernel, 1.3), waves(g.outputShape, 0.4)];
      const calls: readonly [Operation, Tensor, Tensor, readonly number[]][] = [
        ["forward", V, K, g.outputShape],
        ["kernelGradient", G, V, kernel],
        ["inputGradient", K, G, input],
      ];
      for (const [operation, A, B, shape] of calls) {
        const run = (algorithm: "direct" | "gemm" | "winograd" | "fft", held: number) => {
          const result = new Float32Array(sizeOf(shape)).fill(held);
          execute(operation, algorithm, g, A.data, B.data, result);
          return result;
        };
        for (const algorithm of ["direct", "winograd", "fft"] as const)
          if (algorithm === "direct" || float32Algorithms[algorithm].applies(g))
            expect(run(algorithm, Number.NaN)).toEqual(run(algorithm, 0));
        if (operation !== "inputGradient") expect(run("gemm", Number.NaN)).toEqual(run("gemm", 0));
      }
      const fresh = [
        conv(V, K, options),
        convKernelGradient(G, V, { ...options, kernelShape: kernel }),
        convInputGradient(K, G, { ...options, inputShape: input }),
      ];
      const held = fresh.map(({ shape }) => tensor(new Float32Array(sizeOf(shape)).fill(Number.NaN), shape));
      const given = [
        conv(V, K, { ...options, into: held[0]! }),
        convKernelGradient(G, V, { ...options, kernelShape: kernel, into: held[1]! }),
        convInputGradient(K, G, { ...options, inputShape: input, into: held[2]! }),
      ];
      given.forEach((result, i) => {
        expect(result).toBe(held[i]);
        expect(result.data).toEqual(fresh[i]!.data);
      });
    },
  );

  it("serves separable kernels, float64 and a bias", () => {
    const V = waves([1, 1, 12, 12], 0.3);
    const K = tensor([1, 2, 3, 2, 4, 6, 3, 6, 9], [1, 1, 3, 3]);
    const bias = tensor([5], [1]);
    for (const algorithm of ["separable", "gemm"] as const) {
      const into = tensor(new Float32Array(100).fill(7), [1, 1, 10, 10]);
      expect(conv(V, K, { algorithm, bias, into }).data).toEqual(conv(V, K, { algorithm, bias }).data);
      const G = waves([1, 1, 10, 10], 0.9);
      const back = { algorithm, inputShape: V.shape };
      const dV = tensor(new Float32Array(144).fill(7), V.shape);
      expect(convInputGradient(K, G, { ...back, into: dV }).data).toEqual(convInputGradient(K, G, back).data);
    }
    const wide = tensor(new Float64Array([1, 2, 3]), [1, 3]);
    const into = tensor(new Float64Array([9, 9]), [1, 2]);
    expect([...conv(wide, tensor(new Float64Array([1, 1]), [1, 1, 2]), { into }).data]).toEqual([3, 5]);
  });

  it("refuses a tensor that does not fit or that is read", () => {
    const V = waves([1, 8, 8], 1);
    const K = waves([1, 1, 3, 3], 2);
    expect(() => conv(V, K, { into: zeros([1, 6, 7]) })).toThrow(
      "conv: into is float32 of shape [1, 6, 7], the result is float32 of shape [1, 6, 6]",
    );
    expect(() => conv(V, K, { into: zeros([1, 6, 6], "float64") })).toThrow("conv: into is float64 of shape [1, 6, 6]");
    expect(() => conv(V, K, { into: new Float32Array(36) as never })).toThrow("conv: into is");
    const shared = tensor(V.data.subarray(10, 46), [1, 6, 6]);
    expect(() => conv(V, K, { into: shared })).toThrow("conv: into shares its memory with input");
    const bias = zeros([1, 6, 6]);
    expect(() => conv(V, K, { bias, into: bias })).toThrow("conv: into shares its memory with bias");
    expect(() => convInputGradient(K, bias, { inputShape: [1, 8, 8], into: bias })).toThrow(
      "convInputGradient: into is",
    );
  });
});
