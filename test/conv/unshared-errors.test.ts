import { describe, expect, it } from "vitest";
import { tiledConv, tiledConvInputGradient, tiledConvKernelGradient } from "../../src/conv/tiled.js";
import { unsharedConv, unsharedConvInputGradient, unsharedConvKernelGradient } from "../../src/conv/unshared.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";

const V = zeros([2, 4, 6, 6]);
const G = zeros([2, 8, 4, 4]);
const inputShape = V.shape;
const known = "stride, padding, boundary, dilation, groups, connections, flip";

/** Arguments of a call that is refused, and why. */
type Row = readonly [first: unknown, second: unknown, options: unknown, message: string];

const layers = [
  { conv: unsharedConv, g: unsharedConvKernelGradient, h: unsharedConvInputGradient, weights: "weights" },
  { conv: tiledConv, g: tiledConvKernelGradient, h: tiledConvInputGradient, weights: "kernels" },
];
const shapes = { weights: [8, 4, 4, 4, 3, 3], kernels: [8, 4, 3, 3, 2, 3] } as const;
const axes = {
  weights: "[outChannels, ...outSpace, inChannels, ...kernelSpace]",
  kernels: "[outChannels, inChannels, ...kernelSpace, ...tile]",
} as const;

function expectRefusal(door: (...given: never[]) => unknown, [first, second, options, message]: Row): void {
  const call = () => door(first as never, second as never, options as never);
  expect(call).toThrow(new InputError(`${door.name}: ${message}`));
  expect(call).toThrow(InputError);
}

/** A tensor of zeros but for its last number. */
function ending(last: number, shape: readonly number[]) {
  const value = zeros(shape);
  value.data[value.data.length - 1] = last;
  return value;
}

describe.each(layers)("layers whose weights depend on the place refuse: $weights", ({ conv, g, h, weights }) => {
  const name = weights as keyof typeof shapes;
  const shape = shapes[name];
  const W = zeros(shape);
  const form = `${axes[name]} with 1 to 3 space axes are needed`;
  const one = [1, 1, 1, 1];

  it.each<Row>([
    [V, zeros([8, 4]), {}, `${name} has shape [8, 4], ${form}`],
    [V, zeros([8, 4, 4, 3, 3]), {}, `${name} has shape [8, 4, 4, 3, 3], ${form}`],
    [V, zeros(Array(10).fill(1)), {}, `${name} has shape [1, 1, 1, 1, 1, 1, 1, 1, 1, 1], ${form}`],
    [V, zeros([8, 4, 3, 3, 0, 3]), {}, `${name} has shape [8, 4, 3, 3, 0, 3], axes of at least 1 are needed`],
    [V, zeros([8, 4, 0, 4, 3, 3]), {}, `${name} has shape [8, 4, 0, 4, 3, 3], axes of at least 1 are needed`],
    [zeros([0, 4, 6, 6]), W, {}, "input has shape [0, 4, 6, 6], axes of at least 1 are needed"],
    [zeros([2, 0, 6, 6]), W, {}, "input has shape [2, 0, 6, 6], axes of at least 1 are needed"],
    [
      zeros([6, 6]),
      W,
      {},
      `${name} has shape [${shape.join(", ")}] for 2 space axes, an input of shape [6, 6] has 1, or 0 with batch: ${axes[name]} is needed`,
    ],
    [
      // weights of conv, and an image without batch: both fit one space axis
      zeros([4, 6, 6]),
      zeros([8, 4, 3, 3]),
      {},
      `${name} has shape [8, 4, 3, 3], read as ${axes[name]} with 1 space axes: ${name === "weights" ? 3 : 4} input channels, an input of shape [4, 6, 6] then has 6`,
    ],
    [V, W, { groups: 2 }, "kernel has 4 input channels, input has 4 in 2 groups, which needs 2"],
    [V, W, { groups: 3 }, "input has 4 channels, 3 groups do not divide them"],
    [V, W, { stride: [1] }, "stride has 1 entries, the kernel has 2 space dimensions"],
    [V, W, { dilation: 0 }, "dilation is 0, a whole number of at least 1 is needed"],
    [V, W, { padding: -1 }, "padding is -1, a whole number of at least 0 is needed"],
    [V, W, { boundary: 1 }, 'boundary is 1, one of "zero", "wrap", "edge", "reflect", "symmetric" is needed'],
    [V, W, { connections: [] }, "connections has 0 rows, 8 are needed"],
    [V, W, { algorithm: "direct" }, `option "algorithm" is not known, it takes ${known}, bias`],
    [V, W, { tile: [2, 2] }, `option "tile" is not known, it takes ${known}, bias`],
    [V, W, null, "options is null, a record is needed"],
    [V, W, { bias: zeros([8], "float64") }, "bias is float64 and input is float32, one type is needed"],
    [V, zeros(shape, "float64"), {}, `input is float32 and ${name} is float64, one type is needed`],
    [[1], W, {}, "input is a list of 1, a tensor is needed"],
    [V, 1, {}, `${name} is 1, a tensor is needed`],
    [ending(Number.NaN, V.shape), W, {}, "input[287] is NaN, finite numbers are needed"],
    [
      V,
      ending(Number.POSITIVE_INFINITY, shape),
      {},
      `${name}[${W.data.length - 1}] is Infinity, finite numbers are needed`,
    ],
    [V, W, { bias: tensor([Number.NaN], [1]) }, "bias[0] is NaN, finite numbers are needed"],
  ])("what does not fit the forward pass (%#)", (...row) => expectRefusal(conv, row));

  it.each<Row>([
    [G, V, undefined, "kernelShape is undefined, a list with the length of every axis is needed"],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 3] },
      `kernelShape has shape [8, 4, 3, 3] for 1 space axes, an input of shape [2, 4, 6, 6] has 3, or 2 with batch: ${axes[name]} is needed`,
    ],
    [
      G,
      V,
      { kernelShape: [8, 4, 3, 3, 2, 1.5] },
      "kernelShape has shape [8, 4, 3, 3, 2, 1.5], axes of at least 1 are needed",
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
      { kernelShape: shape },
      `outputGradient has shape [2, 8, 4, 5], inputs of shape [2, 4, 6, 6] and kernels of shape [${shape.join(", ")}] give [2, 8, 4, 4]`,
    ],
    [G, V, { kernelShape: shape, bias: G }, `option "bias" is not known, it takes ${known}, kernelShape`],
    [
      zeros(G.shape, "float64"),
      V,
      { kernelShape: shape },
      "outputGradient is float64 and input is float32, one type is needed",
    ],
    [
      ending(Number.NaN, [1, 1]),
      zeros([1, 1]),
      { kernelShape: one },
      "outputGradient[0] is NaN, finite numbers are needed",
    ],
    [zeros([1, 1]), ending(Number.NaN, [1, 1]), { kernelShape: one }, "input[0] is NaN, finite numbers are needed"],
  ])("what does not fit the gradient of the weights (%#)", (...row) => expectRefusal(g, row));

  it.each<Row>([
    [W, G, undefined, "inputShape is undefined, a list with the length of every axis is needed"],
    [
      zeros(one),
      zeros([1, 1]),
      { inputShape: [1, 2 ** 33], stride: 2 ** 33 },
      "input has shape [1, 8589934592] of 8589934592 elements, at most 2147483648 fit",
    ],
    [W, G, { inputShape: [2, 4, 0, 6] }, "input has shape [2, 4, 0, 6], axes of at least 1 are needed"],
    [
      W,
      zeros([8, 4, 4]),
      { inputShape },
      `outputGradient has shape [8, 4, 4], inputs of shape [2, 4, 6, 6] and kernels of shape [${shape.join(", ")}] give [2, 8, 4, 4]`,
    ],
    [W, G, { inputShape, kernelShape: shape }, `option "kernelShape" is not known, it takes ${known}, inputShape`],
    [
      zeros(shape, "float64"),
      G,
      { inputShape },
      `${name} is float64 and outputGradient is float32, one type is needed`,
    ],
    [ending(Number.NaN, one), zeros([1, 1]), { inputShape: [1, 1] }, `${name}[0] is NaN, finite numbers are needed`],
    [
      zeros(one),
      ending(Number.NaN, [1, 1]),
      { inputShape: [1, 1] },
      "outputGradient[0] is NaN, finite numbers are needed",
    ],
  ])("what does not fit the gradient of the input (%#)", (...row) => expectRefusal(h, row));

  it("no input size that gives the gradient's places: several share one", () => {
    const few = zeros(name === "weights" ? [1, 2, 1, 2] : [1, 1, 2, 2]);
    for (const size of [5, 6, 7])
      expect(h(few, zeros([1, 2]), { stride: 3, inputShape: [1, size] }).shape).toEqual([1, size]);
  });
});

describe("the unshared convolution refuses", () => {
  const W = zeros(shapes.weights);
  const has = "weights has shape [8, 4, 4, 4, 3, 3], an input of shape";

  it.each<Row>([
    [
      V,
      zeros([8, 4, 5, 4, 3, 3]),
      {},
      `weights has shape [8, 4, 5, 4, 3, 3], an input of shape [2, 4, 6, 6] needs [8, 4, 4, 4, 3, 3]`,
    ],
    [V, W, { padding: "same" }, `${has} [2, 4, 6, 6] needs [8, 6, 6, 4, 3, 3]`],
    [
      V,
      zeros([8, 4, 4, 3, 3, 3]),
      {},
      `weights has shape [8, 4, 4, 3, 3, 3], read as ${axes.weights} with 2 space axes: 3 input channels, an input of shape [2, 4, 6, 6] then has 4`,
    ],
    [V, zeros([8, 1, 1, 4, 7, 3]), {}, "kernel spans 7 cells along space axis 0, the padded input has 6"],
    [V, W, { bias: zeros([4, 4]) }, "bias has shape [4, 4], [8] or [8, 4, 4] is needed"],
  ])("weights of other places (%#)", (...row) => expectRefusal(unsharedConv, row));

  it("gradients of other places", () => {
    const other = { kernelShape: [8, 4, 3, 4, 3, 3] };
    const needs = "an input of shape [2, 4, 6, 6] needs [8, 4, 4, 4, 3, 3]";
    expectRefusal(unsharedConvKernelGradient, [G, V, other, `kernelShape has shape [8, 4, 3, 4, 3, 3], ${needs}`]);
    const larger = { inputShape: [2, 4, 7, 6] };
    expectRefusal(unsharedConvInputGradient, [W, G, larger, `${has} [2, 4, 7, 6] needs [8, 5, 4, 4, 3, 3]`]);
  });
});

describe("the tiled convolution refuses", () => {
  const K = zeros(shapes.kernels);

  it.each<Row>([
    [
      V,
      zeros([8, 3, 3, 3, 2, 2]),
      {},
      `kernels has shape [8, 3, 3, 3, 2, 2], read as ${axes.kernels} with 2 space axes: 3 input channels, an input of shape [2, 4, 6, 6] then has 4`,
    ],
    [V, zeros([8, 4, 3, 7, 2, 2]), {}, "kernel spans 7 cells along space axis 1, the padded input has 6"],
    [
      zeros([1, 2 ** 20]),
      zeros([2 ** 13, 1, 1, 2]),
      {},
      "the output's shape [8192, 1048576] has 8589934592 elements, at most 2147483648 fit",
    ],
    [V, K, { bias: zeros([8, 3, 2]) }, "bias has shape [8, 3, 2], [8] or [8, 2, 3] or [8, 4, 4] is needed"],
    [V, zeros([8, 4, 3, 3, 4, 4]), { bias: zeros([8, 1]) }, "bias has shape [8, 1], [8] or [8, 4, 4] is needed"],
  ])("kernels and biases of other tiles (%#)", (...row) => expectRefusal(tiledConv, row));

  it("gradients of other places", () => {
    const gives = "inputs of shape [2, 4, 7, 6] and kernels of shape [8, 4, 3, 3, 2, 3] give [2, 8, 5, 4]";
    const message = `outputGradient has shape [2, 8, 4, 4], ${gives}`;
    expectRefusal(tiledConvInputGradient, [K, G, { inputShape: [2, 4, 7, 6] }, message]);
  });
});
