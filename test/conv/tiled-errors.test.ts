import { describe, expect, it } from "vitest";
import { tiledConv, tiledConvInputGradient, tiledConvKernelGradient } from "../../src/conv/tiled.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";

const V = zeros([2, 4, 6, 6]);
const K = zeros([8, 4, 3, 3, 2, 3]);
const G = zeros([2, 8, 4, 4]);
const geometry = "stride, padding, boundary, dilation, groups, connections, flip";

function expectError(call: () => unknown, message: string): void {
  expect(call).toThrow(new InputError(message));
  expect(call).toThrow(InputError);
}

describe("tiledConv refuses", () => {
  const axes = "[outChannels, inChannels, ...kernelSpace, ...tile] with 1 to 3 space axes are needed";
  it.each<[Tensor, Tensor, object, string]>([
    [V, zeros([8, 4]), {}, `kernels has shape [8, 4], ${axes}`],
    [V, zeros([8, 4, 3, 3, 2]), {}, `kernels has shape [8, 4, 3, 3, 2], ${axes}`],
    [V, zeros(Array(10).fill(1)), {}, `kernels has shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], ${axes}`],
    [V, zeros([8, 4, 3, 3, 0, 2]), {}, "kernels has shape [8, 4, 3, 3, 0, 2], axes of at least 1 are needed"],
    [
      V,
      zeros([8, 4, 3, 3]),
      {},
      "kernels has shape [8, 4, 3, 3] for 1 space axes, an input of shape [2, 4, 6, 6] has 3, or 2 with batch",
    ],
    [zeros([2, 0, 6, 6]), K, {}, "input has shape [2, 0, 6, 6], axes of at least 1 are needed"],
    [V, zeros([8, 3, 3, 3, 2, 2]), {}, "kernel has 3 input channels, input has 4"],
    [V, zeros([8, 4, 3, 7, 2, 2]), {}, "kernel spans 7 cells along space axis 1, the padded input has 6"],
    [V, K, { groups: 3 }, "input has 4 channels, 3 groups do not divide them"],
    [V, K, { dilation: 0 }, "dilation is 0, a whole number of at least 1 is needed"],
    [
      V,
      K,
      { boundary: "mirror" },
      'boundary is "mirror", one of "zero", "wrap", "edge", "reflect", "symmetric" is needed',
    ],
    [
      zeros([1, 2 ** 20]),
      zeros([2 ** 13, 1, 1, 2]),
      {},
      "the output's shape [8192, 1048576] has 8589934592 elements, at most 2147483648 fit",
    ],
    [V, K, { algorithm: "gemm" }, `option "algorithm" is not known, it takes ${geometry}, bias`],
    [V, K, { tile: [2, 3] }, `option "tile" is not known, it takes ${geometry}, bias`],
    [V, K, { bias: zeros([8, 3, 2]) }, "bias has shape [8, 3, 2], [8] or [8, 2, 3] or [8, 4, 4] is needed"],
    [V, zeros([8, 4, 3, 3, 4, 4]), { bias: zeros([8, 1]) }, "bias has shape [8, 1], [8] or [8, 4, 4] is needed"],
    [V, K, { bias: zeros([8, 2, 3], "float64") }, "bias is float64 and input is float32, one type is needed"],
    [V, zeros(K.shape, "float64"), {}, "input is float32 and kernels is float64, one type is needed"],
    [undefined as never, K, {}, "input is undefined, a tensor is needed"],
    [V, [] as never, {}, "kernels is a list of 0, a tensor is needed"],
    [tensor([1, Number.NaN], [1, 2]), zeros([1, 1, 1, 2]), {}, "input[1] is NaN, finite numbers are needed"],
    [
      zeros([1, 2]),
      tensor([1, Number.NEGATIVE_INFINITY], [1, 1, 1, 2]),
      {},
      "kernels[1] is -Infinity, finite numbers are needed",
    ],
    [
      zeros([1, 2]),
      zeros([1, 1, 1, 2]),
      { bias: tensor([0, Number.NaN], [1, 2]) },
      "bias[1] is NaN, finite numbers are needed",
    ],
  ])("what does not fit (%#)", (input, kernels, options, message) => {
    expectError(() => tiledConv(input, kernels, options), `tiledConv: ${message}`);
  });
});

describe("tiledConvKernelGradient refuses", () => {
  const kernelShape = K.shape;
  it.each<[Tensor, Tensor, object | undefined, string]>([
    [G, V, undefined, "kernelShape is undefined, a list with the length of every axis is needed"],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 3, 2 ** 13, 2 ** 13] },
      "kernelShape has shape [8, 4, 3, 3, 8192, 8192] of 19327352832 elements, at most 2147483648 fit",
    ],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 3, 2, 1.5] },
      "kernelShape has shape [8, 4, 3, 3, 2, 1.5], axes of at least 1 are needed",
    ],
    [
      zeros([2, 8, 4, 5]),
      V,
      { kernelShape },
      "outputGradient has shape [2, 8, 4, 5], inputs of shape [2, 4, 6, 6] and kernels of shape [8, 4, 3, 3, 2, 3] give [2, 8, 4, 4]",
    ],
    [G, V, { kernelShape, bias: zeros([8]) }, `option "bias" is not known, it takes ${geometry}, kernelShape`],
    [
      zeros(G.shape, "float64"),
      V,
      { kernelShape },
      "outputGradient is float64 and input is float32, one type is needed",
    ],
    [
      tensor([Number.NaN], [1, 1]),
      zeros([1, 1]),
      { kernelShape: [1, 1, 1, 1] },
      "outputGradient[0] is NaN, finite numbers are needed",
    ],
    [
      zeros([1, 1]),
      tensor([Number.NaN], [1, 1]),
      { kernelShape: [1, 1, 1, 1] },
      "input[0] is NaN, finite numbers are needed",
    ],
  ])("what does not fit (%#)", (gradient, input, options, message) => {
    expectError(
      () => tiledConvKernelGradient(gradient, input, options as never),
      `tiledConvKernelGradient: ${message}`,
    );
  });
});

describe("tiledConvInputGradient refuses", () => {
  const inputShape = V.shape;
  it.each<[Tensor, Tensor, object | undefined, string]>([
    [K, G, undefined, "inputShape is undefined, a list with the length of every axis is needed"],
    [
      K,
      G,
      { inputShape: [2, 4, 7, 6] },
      "outputGradient has shape [2, 8, 4, 4], inputs of shape [2, 4, 7, 6] and kernels of shape [8, 4, 3, 3, 2, 3] give [2, 8, 5, 4]",
    ],
    [
      zeros([1, 1, 1, 1]),
      zeros([1, 1]),
      { inputShape: [1, 2 ** 33], stride: 2 ** 33 },
      "input has shape [1, 8589934592] of 8589934592 elements, at most 2147483648 fit",
    ],
    [K, G, { inputShape: [2, 4, 0, 6] }, "input has shape [2, 4, 0, 6], axes of at least 1 are needed"],
    [K, G, { inputShape, kernelShape: K.shape }, `option "kernelShape" is not known, it takes ${geometry}, inputShape`],
    [
      zeros(K.shape, "float64"),
      G,
      { inputShape },
      "kernels is float64 and outputGradient is float32, one type is needed",
    ],
    [
      tensor([Number.NaN], [1, 1, 1, 1]),
      zeros([1, 1]),
      { inputShape: [1, 1] },
      "kernels[0] is NaN, finite numbers are needed",
    ],
    [
      zeros([1, 1, 1, 1]),
      tensor([Number.NaN], [1, 1]),
      { inputShape: [1, 1] },
      "outputGradient[0] is NaN, finite numbers are needed",
    ],
  ])("what does not fit (%#)", (kernels, gradient, options, message) => {
    expectError(
      () => tiledConvInputGradient(kernels, gradient, options as never),
      `tiledConvInputGradient: ${message}`,
    );
  });

  it("no input size that gives the gradient's places: several share one", () => {
    const kernels = zeros([1, 1, 2, 2]);
    for (const size of [5, 6, 7])
      expect(tiledConvInputGradient(kernels, zeros([1, 2]), { stride: 3, inputShape: [1, size] }).shape).toEqual([
        1,
        size,
      ]);
  });
});
