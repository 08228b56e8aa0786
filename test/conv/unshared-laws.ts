/** What must hold for any layer with windows as in `conv` and weights that depend on the place, against the oracle's products. */
import { expect } from "vitest";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";
import { dot, noise, worst } from "./cases.js";
import { type Case, outputSpace, sumProducts } from "./oracle.js";

export interface Layer {
  readonly c: Case;
  readonly weightShape: readonly number[];
  /** which weight takes part in a product of a convolution of one kernel: `k` in that kernel, `z` in the output */
  weightAt(product: { k: number; z: number }): number;
  conv(V: Tensor, W: Tensor): Tensor;
  kernelGradient(G: Tensor, V: Tensor): Tensor;
  inputGradient(W: Tensor, G: Tensor): Tensor;
}

/** The options of a case that has none of its own. */
export const plain = {
  stride: [1, 1],
  dilation: [1, 1],
  padding: [
    [0, 0],
    [0, 0],
  ],
  boundary: "zero",
  groups: 1,
  flip: false,
} as const;

/** A tensor of these float64 numbers. */
export const vector = (numbers: readonly number[], shape: readonly number[]): Tensor =>
  tensor(Float64Array.from(numbers), shape);

export const outputShape = (c: Case) => [
  ...c.input.slice(0, c.input.length === c.kernel.length ? 1 : 0),
  c.kernel[0],
  ...outputSpace(c),
];

function arraysOf({ c, weightShape }: Layer, seed: number, type: "float32" | "float64") {
  return {
    V: noise(c.input, seed, type),
    W: noise(weightShape, seed + 1, type),
    G: noise(outputShape(c), seed + 2, type),
  };
}

/** The operation and both gradients are the oracle's sums, within `bound` of the sum of magnitudes. */
export function expectSums(layer: Layer, seed: number, type: "float32" | "float64", bound: number): void {
  const { c, weightShape, weightAt } = layer;
  const { V, W, G } = arraysOf(layer, seed, type);
  const [v, w, g] = [V.data, W.data, G.data];
  const outputs = outputShape(c);
  const three = [
    {
      got: layer.conv(V, W),
      shape: outputs,
      ...sumProducts(c, sizeOf(outputs), (p) => [p.z, w[weightAt(p)] * v[p.v]]),
    },
    {
      got: layer.kernelGradient(G, V),
      shape: weightShape,
      ...sumProducts(c, sizeOf(weightShape), (p) => [weightAt(p), g[p.z] * v[p.v]]),
    },
    {
      got: layer.inputGradient(W, G),
      shape: c.input,
      ...sumProducts(c, sizeOf(c.input), (p) => [p.v, w[weightAt(p)] * g[p.z]]),
    },
  ];
  for (const { got, shape, sums, magnitudes } of three) {
    expect(got.shape).toEqual(shape);
    expect(got.data).toBeInstanceOf(type === "float64" ? Float64Array : Float32Array);
    expect(worst(got.data, sums, magnitudes)).toBeLessThanOrEqual(bound);
  }
}

/** <c(V, W), G> = <V, h(W, G)> = <W, g(G, V)>. */
export function expectAdjoint(layer: Layer, seed: number): void {
  const { V, W, G } = arraysOf(layer, seed, "float64");
  const left = dot(layer.conv(V, W), G);
  const terms = sumProducts(layer.c, 1, (p) => [0, W.data[layer.weightAt(p)] * V.data[p.v] * G.data[p.z]]);
  const bound = 1e-13 * terms.magnitudes[0];
  expect(Math.abs(left - dot(V, layer.inputGradient(W, G)))).toBeLessThanOrEqual(bound);
  expect(Math.abs(left - dot(W, layer.kernelGradient(G, V)))).toBeLessThanOrEqual(bound);
}

/** Both gradients are the central differences of Σ sin(Z): a step of 1e-5 leaves 1e-10 of the third derivative. */
export function expectDifferences(layer: Layer, seed: number, pick: number): void {
  const { V, W } = arraysOf(layer, seed, "float64");
  const loss = () => Array.from(layer.conv(V, W).data, Math.sin).reduce((a, b) => a + b);
  const Z = layer.conv(V, W);
  const G: Tensor = { ...Z, data: Float64Array.from(Z.data, Math.cos) };
  for (const [array, gradient] of [
    [V, layer.inputGradient(W, G)],
    [W, layer.kernelGradient(G, V)],
  ]) {
    const i = pick % array.data.length;
    const at = array.data[i];
    array.data[i] = at + 1e-5;
    const up = loss();
    array.data[i] = at - 1e-5;
    const down = loss();
    array.data[i] = at;
    expect(Math.abs((up - down) / 2e-5 - gradient.data[i])).toBeLessThan(1e-7 * (Z.data.length + 1));
  }
}
