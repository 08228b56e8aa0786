/** What must hold for every pooling whose regions have one summary each: over parts of the image, channels or learned regions. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { InputError } from "../../src/tensor/errors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { dot, noise } from "./cases.js";

export const kinds = ["max", "average", "l2", "lp"] as const;

/** The summary of a region's numbers, by definition; `lp` of the power that `powerOf` gives. */
export const summaries = {
  max: (v: number[]) => Math.max(...v),
  average: (v: number[]) => v.reduce((a, b) => a + b) / v.length,
  l2: (v: number[]) => Math.hypot(...v),
  lp: (v: number[]) => Math.cbrt(v.reduce((a, b) => a + Math.abs(b) ** 3, 0)),
} as const;

export const powerOf = (kind: string) => (kind === "lp" ? { p: 3 } : {});

/** A pooling and its gradient, under the same options. */
export interface Pooling {
  pool(V: Tensor): Tensor;
  gradient(G: Tensor, V: Tensor): Tensor;
}

/** The gradient at a cell that `seed` picks is the central difference of `<pool V, G>`. */
export function expectSlope({ pool, gradient }: Pooling, V: Tensor, seed: number): void {
  const G = noise(pool(V).shape, seed + 1, "float64");
  const dV = gradient(G, V);
  expect(dV.shape).toEqual(V.shape);
  const cell = seed % V.data.length;
  const step = 1e-6;
  const at = (by: number) => dot(pool({ ...V, data: V.data.map((v, i) => (i === cell ? v + by : v)) }), G);
  // away from a kink: lp of p = 1 has one at 0, max where two values meet
  fc.pre(Math.abs(V.data[cell]!) > 10 * step);
  expect((at(step) - at(-step)) / (2 * step)).toBeCloseTo(dV.data[cell]!, 6);
}

/** `<pool V, G> = <V, gradient of G>`, where the pooling is linear. */
export function expectAdjoint({ pool, gradient }: Pooling, V: Tensor, seed: number, digits: number): void {
  const Z = pool(V);
  const G = noise(Z.shape, seed, Z.data instanceof Float64Array ? "float64" : "float32");
  const dV = gradient(G, V);
  expect(dV.data.constructor).toBe(V.data.constructor);
  expect(dot(dV, V)).toBeCloseTo(dot(G, Z), digits);
}

/** Inputs and gradients that do not fit are refused in the name of the door that is given them; `V` is float32 and fits. */
export function itRefusesArrays(name: string, { pool, gradient }: Pooling, V: Tensor): void {
  it("inputs and gradients that do not fit", () => {
    const output = pool(V).shape;
    const numbers = (shape: readonly number[]) => `[${shape.join(", ")}]`;
    const empty = [V.shape[0]!, 0, ...V.shape.slice(2)];
    const infinite = tensor(new Float32Array(V.data.length).fill(Infinity), V.shape);
    const calls: readonly (readonly [() => Tensor, string])[] = [
      [() => pool(3 as never), `${name}: input is 3, a tensor is needed`],
      [() => pool(noise(empty, 1)), `${name}: input has shape ${numbers(empty)}, axes of at least 1 are needed`],
      [() => pool(infinite), `${name}: input[0] is Infinity, finite numbers are needed`],
      [() => gradient(3 as never, V), `${name}Gradient: outputGradient is 3, a tensor is needed`],
      [
        () => gradient(V, V),
        `${name}Gradient: outputGradient has shape ${numbers(V.shape)}, an input of shape ${numbers(V.shape)} gives ${numbers(output)}`,
      ],
      [
        () => gradient(noise(output, 1, "float64"), V),
        `${name}Gradient: outputGradient is float64 and input is float32, one type is needed`,
      ],
    ];
    for (const [call, message] of calls) expect(call).toThrow(new InputError(message));
  });
}
