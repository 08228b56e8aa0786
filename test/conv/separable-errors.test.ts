import { describe, expect, it } from "vitest";
import { isSeparable, separate } from "../../src/conv/separable.js";
import { separableConv } from "../../src/conv/separable-conv.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

describe("The functions of separable kernels refuse", () => {
  const V = noise([1, 9, 9], 1);
  const f = noise([1, 3], 2);
  const loose = (value: unknown) => value as never;
  const shapes = "1 to 3 space axes, or [outChannels, inChannels] and 2 or 3 of them, all of at least 1, are needed";
  it.each<[() => unknown, string]>([
    [() => isSeparable(loose([1])), "isSeparable: kernel is a list of 1, a tensor is needed"],
    [() => isSeparable(zeros([])), `isSeparable: kernel has shape [], ${shapes}`],
    [() => separate(zeros([1, 1, 1, 1, 1, 1])), `separate: kernel has shape [1, 1, 1, 1, 1, 1], ${shapes}`],
    [() => separate(zeros([3, 0])), `separate: kernel has shape [3, 0], ${shapes}`],
    [() => separate(tensor([1, Number.NaN], [2])), "separate: kernel[1] is NaN, finite numbers are needed"],
    [() => isSeparable(f, -1), "isSeparable: tolerance is -1, one from 0 to below 1 is needed"],
    [() => separate(f, { tolerance: 1 }), "separate: tolerance is 1, one from 0 to below 1 is needed"],
    [() => separate(f, { tolerance: Number.NaN }), "separate: tolerance is NaN, a finite number is needed"],
    [() => separate(f, { terms: 0 }), "separate: terms is 0, a whole number of at least 1 is needed"],
    [() => separate(f, loose({ rank: 1 })), 'separate: option "rank" is not known, it takes tolerance, terms'],
    [() => separableConv(loose(1), [f, f]), "separableConv: input is 1, a tensor is needed"],
    [
      () => separableConv(V, loose(separate(noise([3, 3], 1)))),
      "separableConv: factors is a separation, a list of tensors is needed: hand in its factors",
    ],
    [
      () => separableConv(V, []),
      "separableConv: factors is a list of 0, a list of 1 to 3, one a space dimension, is needed",
    ],
    [() => separableConv(V, [f, loose(2)]), "separableConv: factors[1] is 2, a tensor is needed"],
    [
      () => separableConv(V, [f, noise([1, 3], 1, "float64")]),
      "separableConv: factors[1] is float64 and input is float32, one type is needed",
    ],
    [
      () => separableConv(V, [f, noise([3], 1)]),
      "separableConv: factors[1] has shape [3], [terms, taps] with or without [outChannels, inChannels] before is needed",
    ],
    [
      () => separableConv(V, [f, noise([2, 3], 1)]),
      "separableConv: factors[1] has shape [2, 3] and factors[0] has [1, 3]: all axes but the last must be the same",
    ],
    [() => separableConv(noise([2, 9, 9], 1), [f, f]), "separableConv: kernel has 1 input channels, input has 2"],
    [
      () => separableConv(V, [f, f], { bias: noise([2], 1) }),
      "separableConv: bias has shape [2], [1] or [1, 7, 7] is needed",
    ],
    [
      () => separableConv(V, [f, f], loose({ algorithm: "gemm" })),
      'separableConv: option "algorithm" is not known, it takes stride, padding, boundary, dilation, groups, connections, flip, bias',
    ],
  ])("what does not fit: %#", (call, message) => {
    expect(call).toThrow(InputError);
    expect(call).toThrow(new InputError(message));
  });
});
