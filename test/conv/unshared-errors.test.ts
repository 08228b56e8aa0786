import { describe, expect, it } from "vitest";
import { unsharedConv, unsharedConvInputGradient, unsharedConvKernelGradient } from "../../src/conv/unshared.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";

const V = zeros([2, 4, 6, 6]);
const W = zeros([8, 4, 4, 4, 3, 3]);
const G = zeros([2, 8, 4, 4]);
const geometry = "stride, padding, boundary, dilation, groups, connections, flip";

function expectError(call: () => unknown, message: string): void {
  expect(call).toThrow(new InputError(message));
  expect(call).toThrow(InputError);
}

describe("unsharedConv refuses", () => {
  const axes = "[outChannels, ...outSpace, inChannels, ...kernelSpace] with 1 to 3 space axes are needed";
  it.each<[Tensor, Tensor, object, string]>([
    [V, zeros([8, 4]), {}, `weights has shape [8, 4], ${axes}`],
    [V, zeros([8, 4, 4, 3, 3]), {}, `weights has shape [8, 4, 4, 3, 3], ${axes}`],
    [V, zeros(Array(10).fill(1)), {}, `weights has shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], ${axes}`],
    [V, zeros([8, 4, 4, 4, 0, 3]), {}, "weights has shape [8, 4, 4, 4, 0, 3], axes of at least 1 are needed"],
    [V, zeros([8, 4, 0, 4, 3, 3]), {}, "weights has shape [8, 4, 0, 4, 3, 3], axes of at least 1 are needed"],
    [zeros([0, 4, 6, 6]), W, {}, "input has shape [0, 4, 6, 6], axes of at least 1 are needed"],
    [
      zeros([6, 6]),
      W,
      {},
      "weights has shape [8, 4, 4, 4, 3, 3] for 2 space axes, an input of shape [6, 6] has 1, or 0 with batch",
    ],
    [
      V,
      zeros([8, 4, 5, 4, 3, 3]),
      {},
      "weights has shape [8, 4, 5, 4, 3, 3], an input of shape [2, 4, 6, 6] needs [8, 4, 4, 4, 3, 3]",
    ],
    [
      V,
      W,
      { padding: "same" },
      "weights has shape [8, 4, 4, 4, 3, 3], an input of shape [2, 4, 6, 6] needs [8, 6, 6, 4, 3, 3]",
    ],
    [V, zeros([8, 4, 4, 3, 3, 3]), {}, "kernel has 3 input channels, input has 4"],
    [V, zeros([8, 1, 1, 4, 7, 3]), {}, "kernel spans 7 cells along space axis 0, the padded input has 6"],
    [V, W, { groups: 2 }, "kernel has 4 input channels, input has 4 in 2 groups, which needs 2"],
    [V, W, { stride: [1] }, "stride has 1 entries, the kernel has 2 space dimensions"],
    [V, W, { padding: -1 }, "padding is -1, a whole number of at least 0 is needed"],
    [V, W, { connections: [] }, "connections has 0 rows, 8 are needed"],
    [V, W, { algorithm: "direct" }, `option "algorithm" is not known, it takes ${geometry}, bias`],
    [V, W, { tile: [2, 2] }, `option "tile" is not known, it takes ${geometry}, bias`],
    [V, W, { bias: zeros([4, 4]) }, "bias has shape [4, 4], [8] or [8, 4, 4] is needed"],
    [V, W, { bias: zeros([8], "float64") }, "bias is float64 and input is float32, one type is needed"],
    [V, zeros([8, 4, 4, 4, 3, 3], "float64"), {}, "input is float32 and weights is float64, one type is needed"],
    [[1] as never, W, {}, "input is a list of 1, a tensor is needed"],
    [V, 1 as never, {}, "weights is 1, a tensor is needed"],
    [tensor([1, Number.NaN], [1, 2]), zeros([1, 2, 1, 1]), {}, "input[1] is NaN, finite numbers are needed"],
    [
      zeros([1, 2]),
      tensor([1, Number.POSITIVE_INFINITY], [1, 2, 1, 1]),
      {},
      "weights[1] is Infinity, finite numbers are needed",
    ],
    [
      zeros([1, 1]),
      zeros([1, 1, 1, 1]),
      { bias: tensor([Number.NaN], [1]) },
      "bias[0] is NaN, finite numbers are needed",
    ],
  ])("what does not fit (%#)", (input, weights, options, message) => {
    expectError(() => unsharedConv(input, weights, options), `unsharedConv: ${message}`);
  });
});

describe("unsharedConvKernelGradient refuses", () => {
  const kernelShape = W.shape;
  it.each<[Tensor, Tensor, object | undefined, string]>([
    [G, V, undefined, "kernelShape is undefined, a list with the length of every axis is needed"],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 3] },
      "kernelShape has shape [8, 4, 3, 3] for 1 space axes, an input of shape [2, 4, 6, 6] has 3, or 2 with batch",
    ],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 4, 3, 3] },
      "kernelShape has shape [8, 4, 3, 4, 3, 3], an input of shape [2, 4, 6, 6] needs [8, 4, 4, 4, 3, 3]",
    ],
    [
      zeros([1, 2 ** 16]),
      zeros([1, 2 ** 16]),
      { kernelShape: [1, 2 ** 16, 1, 2 ** 16] },
      "kernelShape has shape [1, 65536, 1, 65536] of 4294967296 elements, at most 2147483648 fit",
    ],
    [
      zeros([2, 8, 4, 5]),
      V,
      { kernelShape },
      "outputGradient has shape [2, 8, 4, 5], inputs of shape [2, 4, 6, 6] and kernels of shape [8, 4, 4, 4, 3, 3] give [2, 8, 4, 4]",
    ],
    [G, V, { kernelShape, bias: zeros([8]) }, `option "bias" is not known, it takes ${geometry}, kernelShape`],
    [
      zeros([2, 8, 4, 4], "float64"),
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
      () => unsharedConvKernelGradient(gradient, input, options as never),
      `unsharedConvKernelGradient: ${message}`,
    );
  });
});

describe("unsharedConvInputGradient refuses", () => {
  const inputShape = V.shape;
  it.each<[Tensor, Tensor, object | undefined, string]>([
    [W, G, undefined, "inputShape is undefined, a list with the length of every axis is needed"],
    [
      W,
      G,
      { inputShape: [2, 4, 7, 6] },
      "weights has shape [8, 4, 4, 4, 3, 3], an input of shape [2, 4, 7, 6] needs [8, 5, 4, 4, 3, 3]",
    ],
    [
      zeros([1, 1, 1, 1]),
      zeros([1, 1]),
      { inputShape: [1, 2 ** 33], stride: 2 ** 33 },
      "input has shape [1, 8589934592] of 8589934592 elements, at most 2147483648 fit",
    ],
    [W, G, { inputShape: [2, 4, 0, 6] }, "input has shape [2, 4, 0, 6], axes of at least 1 are needed"],
    [
      W,
      zeros([8, 4, 4]),
      { inputShape },
      "outputGradient has shape [8, 4, 4], inputs of shape [2, 4, 6, 6] and kernels of shape [8, 4, 4, 4, 3, 3] give [2, 8, 4, 4]",
    ],
    [W, G, { inputShape, kernelShape: W.shape }, `option "kernelShape" is not known, it takes ${geometry}, inputShape`],
    [
      zeros([8, 4, 4, 4, 3, 3], "float64"),
      G,
      { inputShape },
      "weights is float64 and outputGradient is float32, one type is needed",
    ],
    [
      tensor([Number.NaN], [1, 1, 1, 1]),
      zeros([1, 1]),
      { inputShape: [1, 1] },
      "weights[0] is NaN, finite numbers are needed",
    ],
    [
      zeros([1, 1, 1, 1]),
      tensor([Number.NaN], [1, 1]),
      { inputShape: [1, 1] },
      "outputGradient[0] is NaN, finite numbers are needed",
    ],
  ])("what does not fit (%#)", (weights, gradient, options, message) => {
    expectError(
      () => unsharedConvInputGradient(weights, gradient, options as never),
      `unsharedConvInputGradient: ${message}`,
    );
  });

  it("no input size that gives the weights' places: several share one", () => {
    const weights = zeros([1, 2, 1, 2]);
    for (const size of [5, 6, 7])
      expect(unsharedConvInputGradient(weights, zeros([1, 2]), { stride: 3, inputShape: [1, size] }).shape).toEqual([
        1,
        size,
      ]);
  });
});
