import { describe, expect, it } from "vitest";
import { pool, poolGradient } from "../../src/conv/pool.js";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

function expectError(call: () => unknown, message: string): void {
  expect(call).toThrow(InputError);
  expect(call).toThrow(new InputError(message));
}

describe("pool refuses", () => {
  const V = noise([2, 3, 6, 6], 1);
  const average = { kind: "average", size: 2 };
  const weighted = { kind: "weighted", size: 2 };
  const all = "kind, size, stride, padding, dilation, p, weights, ceil, countPadding";
  it.each<[object | undefined, string]>([
    [undefined, `options is undefined, a record with ${all} is needed`],
    [{ ...average, strides: 2 }, `option "strides" is not known, it takes ${all}`],
    [{ size: 2 }, 'kind is undefined, one of "max", "average", "l2", "lp", "weighted" is needed'],
    [{ ...average, kind: "mean" }, 'kind is "mean", one of "max", "average", "l2", "lp", "weighted" is needed'],
    [{ ...average, p: 2 }, 'option "p" does not apply to kind "average", it is for "lp"'],
    [{ kind: "l2", size: 2, p: 2 }, 'option "p" does not apply to kind "l2", it is for "lp"'],
    [{ kind: "max", size: 2, weights: V }, 'option "weights" does not apply to kind "max", it is for "weighted"'],
    [
      { kind: "max", size: 2, countPadding: false },
      'option "countPadding" does not apply to kind "max", it is for "average" and "weighted"',
    ],
    [
      { kind: "lp", p: 2, size: 2, countPadding: true },
      'option "countPadding" does not apply to kind "lp", it is for "average" and "weighted"',
    ],
    [{ kind: "lp", size: 2 }, "p is undefined, a finite number of at least 1 is needed"],
    [{ kind: "lp", size: 2, p: 0.5 }, "p is 0.5, a finite number of at least 1 is needed"],
    [{ kind: "lp", size: 2, p: Infinity }, "p is Infinity, a finite number of at least 1 is needed"],
    [{ kind: "max" }, "size is undefined, a whole number of at least 1 is needed"],
    [{ kind: "max", size: 0 }, "size is 0, a whole number of at least 1 is needed"],
    [{ kind: "max", size: [2, 1.5] }, "size[1] is 1.5, a whole number of at least 1 is needed"],
    [{ kind: "max", size: [] }, "size has 0 entries, 1 to 3 space dimensions are needed"],
    [{ kind: "max", size: [1, 1, 1, 1] }, "size has 4 entries, 1 to 3 space dimensions are needed"],
    [{ kind: "max", size: 2 ** 16 }, "size [65536, 65536] has 4294967296 taps, at most 2147483648 fit"],
    [{ ...average, stride: [1] }, "stride has 1 entries, size has 2 space dimensions"],
    [{ ...average, stride: 0 }, "stride is 0, a whole number of at least 1 is needed"],
    [{ ...average, dilation: [1, 0] }, "dilation[1] is 0, a whole number of at least 1 is needed"],
    [{ ...average, dilation: 6 }, "size spans 7 cells along space axis 0, the padded input has 6"],
    [
      { ...average, size: [1, 9], ceil: true, stride: 2 },
      "size spans 9 cells along space axis 1, the padded input has 6",
    ],
    [{ ...average, padding: -1 }, "padding is -1, a whole number of at least 0 is needed"],
    [{ ...average, padding: "half" }, 'padding is "half", "valid", "same", "full", a number or pairs are needed'],
    [{ ...average, padding: [[1, 1]] }, "padding has 1 entries, size has 2 space dimensions"],
    [{ ...average, padding: [[1, 1], 1] }, "padding[1] is 1, a pair [before, after] is needed"],
    [
      {
        ...average,
        padding: [
          [1, -1],
          [0, 0],
        ],
      },
      "padding[0][1] is -1, a whole number of at least 0 is needed",
    ],
    [
      {
        ...average,
        padding: [
          [0, 0],
          [0.5, 0],
        ],
      },
      "padding[1][0] is 0.5, a whole number of at least 0 is needed",
    ],
    [{ ...average, ceil: 1 }, "ceil is 1, true or false is needed"],
    [{ ...average, countPadding: "yes" }, 'countPadding is "yes", true or false is needed'],
    [{ ...weighted, weights: () => 1, countPadding: 1 }, "countPadding is 1, true or false is needed"],
    [
      {
        ...average,
        padding: [
          [0, 0],
          [0, 2],
        ],
      },
      "padding leaves the window at place 3 of space axis 1 no cell of the input, less padding or countPadding is needed",
    ],
    [weighted, "weights is undefined, a tensor of shape [2, 2] or a function is needed"],
    [
      { ...weighted, weights: [1, 1, 1, 1] },
      "weights is a list of 4, a tensor of shape [2, 2] or a function is needed",
    ],
    [{ ...weighted, weights: noise([4], 1) }, "weights has shape [4], the size's shape [2, 2] is needed"],
    [
      { ...weighted, weights: noise([2, 2], 1, "float64") },
      "weights is float64 and input is float32, one type is needed",
    ],
    [
      { ...weighted, weights: tensor([1, 1, -1, 1], [2, 2]) },
      "weights[2] is -1, finite numbers of at least 0 are needed",
    ],
    [{ ...weighted, weights: () => Number.NaN }, "weights[0] is NaN, finite numbers of at least 0 are needed"],
    [{ ...weighted, weights: () => Infinity }, "weights[0] is Infinity, finite numbers of at least 0 are needed"],
    [
      {
        ...weighted,
        weights: tensor([0, 1, 0, 1], [2, 2]),
        padding: [
          [0, 0],
          [0, 1],
        ],
        stride: 1,
      },
      "weights add up to 0 over what the window at place [0, 5] averages, a sum above 0 is needed",
    ],
    [
      { ...weighted, weights: () => 0, countPadding: true },
      "weights add up to 0 over what the window at place [0, 0] averages, a sum above 0 is needed",
    ],
    [
      { kind: "max", size: 1, stride: 1, padding: 2 ** 14 },
      "the output's shape [2, 3, 32774, 32774] has 6444810456 elements, at most 2147483648 fit",
    ],
  ])("options that do not fit (%#)", (options, message) => {
    expectError(() => pool(V, options as never), `pool: ${message}`);
  });

  it.each<[unknown, string]>([
    [[1, 2], "input is a list of 2, a tensor is needed"],
    [noise([6, 6], 1), "input has shape [6, 6], a size of 2 space dimensions needs 3 axes, or 4 with batch"],
    [noise([2, 0, 6, 6], 1), "input has shape [2, 0, 6, 6], axes of at least 1 are needed"],
    [tensor([0, 1, Number.NaN, 0], [1, 2, 2]), "input[2] is NaN, finite numbers are needed"],
    [tensor([0, -Infinity, 0, 0], [1, 2, 2]), "input[1] is -Infinity, finite numbers are needed"],
  ])("inputs that do not fit (%#)", (input, message) => {
    expectError(() => pool(input as Tensor, { kind: "max", size: 2 }), `pool: ${message}`);
  });

  it.each<[unknown, string]>([
    [3, "outputGradient is 3, a tensor is needed"],
    [
      noise([2, 3, 6, 6], 1),
      "outputGradient has shape [2, 3, 6, 6], an input of shape [2, 3, 6, 6] gives [2, 3, 3, 3]",
    ],
    [noise([2, 3, 3, 3], 1, "float64"), "outputGradient is float64 and input is float32, one type is needed"],
    [
      tensor(new Float32Array(54).fill(Infinity), [2, 3, 3, 3]),
      "outputGradient[0] is Infinity, finite numbers are needed",
    ],
  ])("gradients that do not fit (%#)", (G, message) => {
    expectError(() => poolGradient(G as Tensor, V, { kind: "max", size: 2 }), `poolGradient: ${message}`);
  });

  it("in the name of the gradient what the gradient is given", () => {
    expectError(
      () => poolGradient(V, V, { kind: "max", size: 2, p: 2 }),
      'poolGradient: option "p" does not apply to kind "max", it is for "lp"',
    );
  });
});
