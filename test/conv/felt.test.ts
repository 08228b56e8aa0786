import { describe, expect, it } from "vitest";
import { conv, convInputGradient, convKernelGradient } from "../../src/conv/conv.js";
import { shownByResult } from "../../src/conv/felt.js";
import { geometryOf } from "../../src/conv/geometry.js";
import type { Algorithm, GeometryOptions } from "../../src/conv/options.js";
import { fillNormal, integerAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { sizeOf, type Tensor, tensor } from "../../src/tensor/tensor.js";

const [inputShape, kernelShape] = [
  [48, 3, 13, 12],
  [4, 3, 3, 4],
];

/** Geometries, and whether each number of the input and of the output's gradient is in some sum. */
const cases: readonly [name: string, options: GeometryOptions, V: boolean, G: boolean][] = [
  ["valid", {}, true, true],
  ["full", { padding: "full" }, true, true],
  ["flipped", { flip: true, padding: "same" }, true, true],
  ["wrapped", { padding: 1, boundary: "wrap" }, true, true],
  ["places that see the padding alone", { padding: 5 }, true, false],
  ["a stride that skips the last cells", { stride: [3, 4] }, false, true],
  ["a stride beyond the kernel", { stride: [5, 5] }, false, true],
  ["gaps of a dilation that windows one apart fill", { dilation: 2 }, true, true],
  ["channels that no map sees", { connections: [...Array(4)].map((_, o) => [o < 2, false, o < 2]) }, false, false],
];

function normal(shape: readonly number[], seed: number): Tensor {
  const data = new Float32Array(sizeOf(shape));
  fillNormal(data, randomStream(seed, "tests"), 0);
  return tensor(data, shape);
}

describe("a number that is not finite", () => {
  it.each(cases)("is left to the result where it must show: %s", (_, options, V, G) => {
    const g = geometryOf("test", inputShape, kernelShape, options);
    expect(shownByResult(g, "input", normal(g.inputShape, 1), 10)).toBe(V);
    expect(shownByResult(g, "outputGradient", normal(g.outputShape, 1), 10)).toBe(
      G && sizeOf(g.outputShape) >= 2 ** 14,
    );
    expect(shownByResult(g, "input", normal(g.inputShape, 1), 20_000)).toBe(false);
  });

  it.each(
    cases.flatMap(([name, options]) =>
      (["auto", "direct", "gemm", "winograd", "fft"] as const).map((a) => [name, a, options] as const),
    ),
  )("is named wherever it stands: %s, %s", (_, algorithm: Algorithm, options) => {
    const g = geometryOf("test", inputShape, kernelShape, options);
    const [V, K, G] = [normal(g.inputShape, 1), normal(g.kernelShape, 2), normal(g.outputShape, 3)];
    const given = { ...options, algorithm };
    const calls = {
      g: () => convKernelGradient(G, V, { ...given, kernelShape }),
      h: () => convInputGradient(K, G, { ...given, inputShape }),
      f: () => conv(V, K, given),
    };
    try {
      calls.g();
    } catch {
      return; // The algorithm refuses these options.
    }
    for (let i = 0; i < 6; i++) {
      const bad = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY][i % 3]!;
      for (const [name, operand, passes] of [
        ["outputGradient", G, ["g", "h"]],
        ["input", V, ["f", "g"]],
      ] as const) {
        const at = i === 0 ? operand.data.length - 1 : integerAt(operand.data.length, randomStream(i, "tests"), 0, 0);
        const held = operand.data[at]!;
        operand.data[at] = bad;
        for (const pass of passes) expect(calls[pass]).toThrow(`${name}[${at}] is ${bad}, finite numbers are needed`);
        operand.data[at] = held;
      }
    }
  });

  it("is no error where finite numbers overflow", () => {
    const G = tensor(new Float32Array(2 ** 15).fill(1e30), [1, 2 ** 15]);
    const V = tensor(new Float32Array(2 ** 15 + 2).fill(1e30), [1, 2 ** 15 + 2]);
    const { data } = convKernelGradient(G, V, { kernelShape: [1, 1, 3], algorithm: "gemm" });
    expect([...data]).toEqual(Array(3).fill(Number.POSITIVE_INFINITY));
  });
});
