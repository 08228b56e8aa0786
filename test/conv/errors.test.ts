import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor, zeros } from "../../src/tensor/tensor.js";

const V = zeros([2, 4, 6, 6]);
const K = zeros([8, 4, 3, 3]);
const loose = (options: object) => options as Parameters<typeof conv>[2];

function expectError(call: () => unknown, message: string): void {
  expect(call).toThrow(InputError);
  expect(call).toThrow(new InputError(message));
}

const shapes: [Tensor, Tensor, object, string][] = [
  [zeros([1, 6, 6]), zeros([8, 3, 3, 3]), {}, "conv: kernel has 3 input channels, input has 1"],
  [V, zeros([8, 4, 3, 3]), { groups: 2 }, "conv: kernel has 4 input channels, input has 4 in 2 groups, which needs 2"],
  [V, zeros([8, 1, 3, 3]), { groups: 3 }, "conv: input has 4 channels, 3 groups do not divide them"],
  [V, zeros([6, 1, 3, 3]), { groups: 4 }, "conv: kernel has 6 output channels, 4 groups do not divide them"],
  [zeros([2, 0, 6, 6]), K, {}, "conv: input has shape [2, 0, 6, 6], axes of at least 1 are needed"],
  [V, zeros([8, 4, 0, 3]), {}, "conv: kernel has shape [8, 4, 0, 3], axes of at least 1 are needed"],
  [V, zeros([8, 4]), {}, "conv: kernel has shape [8, 4], [outChannels, inChannels] and 1 to 3 space axes are needed"],
  [
    V,
    zeros([1, 1, 1, 1, 1, 1]),
    {},
    "conv: kernel has shape [1, 1, 1, 1, 1, 1], [outChannels, inChannels] and 1 to 3 space axes are needed",
  ],
  [
    V,
    K,
    { padding: 2 ** 40, stride: 2 ** 40 },
    "conv: windows cover 2199023255555 cells along space axis 0, at most 2147483648 fit",
  ],
  [
    V,
    K,
    { dilation: 2 ** 40, padding: "full" },
    "conv: windows cover 4398046511110 cells along space axis 0, at most 2147483648 fit",
  ],
  [zeros([6, 6]), K, {}, "conv: input has shape [6, 6], a kernel of shape [8, 4, 3, 3] needs 3 axes, or 4 with batch"],
  [V, zeros([8, 4, 3, 9]), {}, "conv: kernel spans 9 cells along space axis 1, the padded input has 6"],
  [V, K, { dilation: 4, padding: 1 }, "conv: kernel spans 9 cells along space axis 0, the padded input has 8"],
  [
    zeros([1, 2 ** 20]),
    zeros([2 ** 13, 1, 1]),
    {},
    "conv: the output's shape [8192, 1048576] has 8589934592 elements, at most 2147483648 fit",
  ],
];

const options: [object, string][] = [
  [
    { strides: 2 },
    'conv: option "strides" is not known, it takes stride, padding, boundary, dilation, groups, connections, flip, bias, algorithm, into',
  ],
  [{ stride: 0 }, "conv: stride is 0, a whole number of at least 1 is needed"],
  [{ stride: [1, 1.5] }, "conv: stride[1] is 1.5, a whole number of at least 1 is needed"],
  [{ stride: [1] }, "conv: stride has 1 entries, the kernel has 2 space dimensions"],
  [{ dilation: [1, 1, 1] }, "conv: dilation has 3 entries, the kernel has 2 space dimensions"],
  [{ dilation: -1 }, "conv: dilation is -1, a whole number of at least 1 is needed"],
  [{ padding: -1 }, "conv: padding is -1, a whole number of at least 0 is needed"],
  [{ padding: 1.5 }, "conv: padding is 1.5, a whole number of at least 0 is needed"],
  [{ padding: "half" }, 'conv: padding is "half", one of "valid", "same", "full" is needed'],
  [{ padding: [[1, 1]] }, "conv: padding has 1 entries, the kernel has 2 space dimensions"],
  [{ padding: [[1, 1], 2] }, "conv: padding[1] is 2, a pair [before, after] is needed"],
  [
    {
      padding: [
        [-1, 1],
        [0, 0],
      ],
    },
    "conv: padding[0][0] is -1, a whole number of at least 0 is needed",
  ],
  [
    {
      padding: [
        [1, 1],
        [0, -2],
      ],
    },
    "conv: padding[1][1] is -2, a whole number of at least 0 is needed",
  ],
  [{ padding: {} }, 'conv: padding is an object (Object), "valid", "same", "full", a number or pairs are needed'],
  [
    { boundary: "mirror" },
    'conv: boundary is "mirror", one of "zero", "wrap", "edge", "reflect", "symmetric" is needed',
  ],
  [{ groups: 0 }, "conv: groups is 0, a whole number of at least 1 is needed"],
  [{ flip: 1 }, "conv: flip is 1, true or false is needed"],
  [{ connections: [] }, "conv: connections has 0 rows, 8 are needed"],
  [{ connections: "all" }, 'conv: connections is "all", a list of 8 rows is needed'],
  [{ connections: Array(8) }, "conv: connections[0] is undefined, a list of 4 is needed"],
  [{ connections: Array(8).fill(Array(4)) }, "conv: connections[0][0] is undefined, true or false is needed"],
  [{ groups: null }, "conv: groups is null, a whole number of at least 1 is needed"],
  [{ connections: Array(8).fill([true]) }, "conv: connections[0] is a list of 1, a list of 4 is needed"],
  [{ connections: Array(8).fill([true, 1, true, true]) }, "conv: connections[0][1] is 1, true or false is needed"],
  [
    { algorithm: "fourier" },
    'conv: algorithm is "fourier", one of "auto", "direct", "gemm", "winograd", "fft", "separable" is needed',
  ],
  [{ bias: 1 }, "conv: bias is 1, a tensor is needed"],
  [{ bias: zeros([4]) }, "conv: bias has shape [4], [8] or [8, 4, 4] is needed"],
  [{ bias: zeros([8], "float64") }, "conv: bias is float64 and input is float32, one type is needed"],
];

describe("conv refuses", () => {
  it.each(shapes)("shapes that do not fit (%#)", (input, kernel, given, message) => {
    expectError(() => conv(input, kernel, loose(given)), message);
  });

  it.each(options)("options that do not fit: %o", (given, message) => {
    expectError(() => conv(V, K, loose(given)), message);
  });

  it("connections together with groups", () => {
    const given = { groups: 2, connections: Array(8).fill([true, true, true, true]) };
    expectError(
      () => conv(V, zeros([8, 2, 3, 3]), given),
      "conv: connections are given with 2 groups, either one or the other is needed",
    );
  });

  it("what is not a tensor, mixed types, and the product for float64", () => {
    expectError(() => conv([1] as never, K), "conv: input is a list of 1, a tensor is needed");
    expectError(() => conv(V, undefined as never), "conv: kernel is undefined, a tensor is needed");
    const wide = zeros([8, 4, 3, 3], "float64");
    expectError(() => conv(V, wide), "conv: input is float32 and kernel is float64, one type is needed");
    expectError(
      () => conv(zeros([4, 6, 6], "float64"), wide, { algorithm: "gemm" }),
      'conv: algorithm "gemm" is given with float64 arrays, float32 arrays or algorithm "direct" are needed',
    );
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 143])("a NaN or an infinity at any place, here %d, and names it", (at) => {
    const bad = (value: number) => {
      const numbers = new Float32Array(144);
      numbers[at] = value;
      return tensor(numbers, [4, 6, 6]);
    };
    expectError(() => conv(bad(Number.NaN), K), `conv: input[${at}] is NaN, finite numbers are needed`);
    expectError(() => conv(bad(-Infinity), K), `conv: input[${at}] is -Infinity, finite numbers are needed`);
  });

  it("a NaN in the kernel or in the bias", () => {
    const one = tensor([Number.NaN], [1, 1, 1]);
    expectError(() => conv(zeros([1, 3]), one), "conv: kernel[0] is NaN, finite numbers are needed");
    const bias = tensor([Number.NaN], [1]);
    expectError(
      () => conv(zeros([1, 3]), zeros([1, 1, 1]), { bias }),
      "conv: bias[0] is NaN, finite numbers are needed",
    );
  });

  it("the product for images that the arena cannot hold", () => {
    const kernel = zeros([2 ** 14, 1, 1]);
    expectError(
      () => conv(zeros([1, 2 ** 14 + 1]), kernel, { algorithm: "gemm" }),
      'conv: algorithm "gemm" cannot do what the options ask: images of at most 1 GiB are needed, or algorithm "direct"',
    );
  });
});

describe("the gradients refuse", () => {
  const G = zeros([2, 8, 4, 4]);

  it("an outputGradient that is not the output's", () => {
    expectError(
      () => convKernelGradient(zeros([2, 8, 4, 5]), V, { kernelShape: [8, 4, 3, 3] }),
      "convKernelGradient: outputGradient has shape [2, 8, 4, 5], inputs of shape [2, 4, 6, 6] and kernels of shape [8, 4, 3, 3] give [2, 8, 4, 4]",
    );
    expectError(
      () => convInputGradient(K, zeros([8, 4, 4]), { inputShape: [2, 4, 6, 6] }),
      "convInputGradient: outputGradient has shape [8, 4, 4], inputs of shape [2, 4, 6, 6] and kernels of shape [8, 4, 3, 3] give [2, 8, 4, 4]",
    );
  });

  it("an inputShape that does not fit: one row too many", () => {
    expectError(
      () => convInputGradient(K, G, { inputShape: [2, 4, 7, 6] }),
      "convInputGradient: outputGradient has shape [2, 8, 4, 4], inputs of shape [2, 4, 7, 6] and kernels of shape [8, 4, 3, 3] give [2, 8, 5, 4]",
    );
    expect(
      convInputGradient(zeros([8, 4, 3, 3]), zeros([2, 8, 2, 2]), { stride: 3, inputShape: [2, 4, 7, 6] }).shape,
    ).toEqual([2, 4, 7, 6]);
  });

  it("shapes of too many elements", () => {
    const one = zeros([1, 1]);
    expectError(
      () => convKernelGradient(zeros([65536, 1]), zeros([65536, 1]), { kernelShape: [65536, 65536, 1] }),
      "convKernelGradient: kernel has shape [65536, 65536, 1] of 4294967296 elements, at most 2147483648 fit",
    );
    expectError(
      () => convInputGradient(zeros([1, 1, 1]), one, { inputShape: [1, 2 ** 33], stride: 2 ** 33 }),
      "convInputGradient: input has shape [1, 8589934592] of 8589934592 elements, at most 2147483648 fit",
    );
    expectError(
      () => convKernelGradient(one, one, { kernelShape: Array(3) }),
      "convKernelGradient: kernel has shape [, , ], axes of at least 1 are needed",
    );
  });

  it("a missing shape, a bias, an unknown option", () => {
    expectError(
      () => convKernelGradient(G, V, {} as never),
      "convKernelGradient: kernelShape is undefined, a list with the length of every axis is needed",
    );
    expectError(
      () => convInputGradient(K, G, undefined as never),
      "convInputGradient: inputShape is undefined, a list with the length of every axis is needed",
    );
    const known = "stride, padding, boundary, dilation, groups, connections, flip, algorithm, into";
    expectError(
      () => convKernelGradient(G, V, { kernelShape: [8, 4, 3, 3], bias: zeros([8]) } as never),
      `convKernelGradient: option "bias" is not known, it takes ${known}, kernelShape`,
    );
    expectError(
      () => convInputGradient(K, G, { kernelShape: [8, 4, 3, 3] } as never),
      `convInputGradient: option "kernelShape" is not known, it takes ${known}, inputShape`,
    );
  });

  it("mixed types and numbers that are not finite", () => {
    expectError(
      () => convKernelGradient(G, zeros([2, 4, 6, 6], "float64"), { kernelShape: [8, 4, 3, 3] }),
      "convKernelGradient: outputGradient is float32 and input is float64, one type is needed",
    );
    expectError(
      () => convInputGradient(zeros([8, 4, 3, 3], "float64"), G, { inputShape: [2, 4, 6, 6] }),
      "convInputGradient: kernel is float64 and outputGradient is float32, one type is needed",
    );
    const bad = tensor(new Float32Array(256).fill(Number.POSITIVE_INFINITY), [2, 8, 4, 4]);
    expectError(
      () => convKernelGradient(bad, V, { kernelShape: [8, 4, 3, 3] }),
      "convKernelGradient: outputGradient[0] is Infinity, finite numbers are needed",
    );
    expectError(
      () => convInputGradient(K, bad, { inputShape: [2, 4, 6, 6] }),
      "convInputGradient: outputGradient[0] is Infinity, finite numbers are needed",
    );
  });
});
