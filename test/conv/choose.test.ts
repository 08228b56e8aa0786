import { describe, expect, it } from "vitest";
import { cancellation, mostCancellation } from "../../src/conv/choose-accuracy.js";
import { choiceOf } from "../../src/conv/choose-auto.js";
import { costOf, countsOf } from "../../src/conv/cost.js";
import { coefficients } from "../../src/conv/cost-coefficients.js";
import { directConv, directInputGradient, directKernelGradient } from "../../src/conv/direct.js";
import { execute } from "../../src/conv/execute.js";
import { type Geometry, geometryOf } from "../../src/conv/geometry.js";
import type { Operation } from "../../src/conv/operation.js";
import type { GeometryOptions } from "../../src/conv/options.js";
import { winogradApplies } from "../../src/conv/winograd-conv.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { sizeOf } from "../../src/tensor/tensor.js";

const operations: readonly Operation[] = ["forward", "kernelGradient", "inputGradient"];
const bounds: Readonly<Record<Operation, number>> = { forward: 2e-5, kernelGradient: 5e-5, inputGradient: 2e-5 };
const direct = { forward: directConv, kernelGradient: directKernelGradient, inputGradient: directInputGradient };

function normal(count: number, row: number): Float32Array {
  const data = new Float32Array(count);
  fillNormal(data, randomStream(11, "tests"), row);
  return data;
}

interface Arrays {
  readonly V: Float32Array;
  readonly K: Float32Array;
  readonly G: Float32Array;
}

function arraysOf(g: Geometry): Arrays {
  const [V, K, G] = [g.inputShape, g.kernelShape, g.outputShape].map((shape, row) => normal(sizeOf(shape), row));
  return { V: V!, K: K!, G: G! };
}

/** A, B and the size of the result. */
function operandsOf(operation: Operation, { V, K, G }: Arrays): [Float32Array, Float32Array, number] {
  if (operation === "forward") return [V, K, G.length];
  return operation === "kernelGradient" ? [G, V, K.length] : [K, G, V.length];
}

function errorOf(operation: Operation, g: Geometry, algorithm: Parameters<typeof execute>[1], arrays: Arrays): number {
  const [A, B, size] = operandsOf(operation, arrays);
  const [got, exact] = [new Float32Array(size), new Float64Array(size)];
  execute(operation, algorithm, g, A, B, got);
  direct[operation](g, A, B, exact);
  const largest = exact.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  return exact.reduce((most, x, i) => Math.max(most, Math.abs(x - got[i]!)), 0) / largest;
}

/** Takes the mean off each kernel. */
function balanced(K: Float32Array, taps: number): Float32Array {
  return K.map((x, i) => {
    const start = i - (i % taps);
    return x - K.subarray(start, start + taps).reduce((sum, y) => sum + y, 0) / taps;
  });
}

/** Planes whose amplitudes fall with the frequency, all above 0, as a photograph's. */
function photographs(planes: number, height: number, width: number): Float32Array {
  const waves = normal(planes * 40, 9);
  const data = Float32Array.from({ length: planes * height * width }, (_, at) => {
    const [plane, y, x] = [Math.floor(at / (height * width)), Math.floor(at / width) % height, at % width];
    let sum = 0;
    for (let wave = 0; wave < 10; wave++) {
      const [a, b, phase] = waves.subarray(40 * plane + 4 * wave, 40 * plane + 4 * wave + 3);
      sum += Math.cos((a! * x + b! * y) / 2 ** (wave / 2) + 9 * phase!) * 2 ** (wave / 2);
    }
    return sum;
  });
  const least = data.reduce((low, x) => Math.min(low, x), 0);
  return data.map((x) => x - least);
}

const layers: readonly (readonly [string, readonly number[], readonly number[], GeometryOptions])[] = [
  ["5x5 over 3 channels", [4, 3, 32, 32], [32, 3, 5, 5], { padding: "same" }],
  ["3x3 over 32 channels", [4, 32, 16, 16], [32, 32, 3, 3], {}],
  ["11x11 over 3 channels", [4, 3, 40, 40], [8, 3, 11, 11], {}],
];

const nasty: readonly (readonly [string, (a: Arrays, g: Geometry) => Arrays])[] = [
  ["normal numbers", (a) => a],
  ["a large mean", (a) => ({ ...a, V: a.V.map((x) => x + 100) })],
  ["a large mean and kernels without one", (a, g) => ({ ...a, V: a.V.map((x) => x + 20), K: balanced(a.K, g.taps) })],
  ["a gradient with a large mean", (a, g) => ({ ...a, G: a.G.map((x) => x + 20), K: balanced(a.K, g.taps) })],
  ["one huge pixel", (a) => ({ ...a, V: a.V.map((x, i) => (i === 777 ? 1e6 : x)) })],
  ["one huge pixel on nothing", (a) => ({ ...a, V: a.V.map((_, i) => (i === 777 ? 1e6 : 0)) })],
  ["channels of different size", (a, g) => ({ ...a, V: a.V.map((x, i) => x * 1e3 ** (Math.floor(i / g.cells) % 3)) })],
  ["tiny numbers", (a) => ({ V: a.V.map((x) => 1e-32 * x), K: a.K, G: a.G.map((x) => 1e-32 * x) })],
  ["photographs", (a, g) => ({ ...a, V: photographs(g.batch * g.inChannels, g.axes[1].input, g.axes[2].input) })],
  [
    "photographs and kernels without a mean",
    (a, g) => ({
      ...a,
      V: photographs(g.batch * g.inChannels, g.axes[1].input, g.axes[2].input),
      K: balanced(a.K, g.taps),
    }),
  ],
];

describe("auto", () => {
  it.each(layers.flatMap(([layer, ...rest]) => nasty.map(([name, change]) => [layer, name, rest, change] as const)))(
    "picks an algorithm that is exact enough: %s, %s",
    (_layer, name, [input, kernel, options], change) => {
      const g = geometryOf("test", input, kernel, options);
      const arrays = change(arraysOf(g), g);
      for (const operation of operations) {
        // Products of 1e-64 are beyond float32 altogether.
        if (name === "tiny numbers" && operation === "kernelGradient") continue;
        const [A, B] = operandsOf(operation, arrays);
        expect(errorOf(operation, g, choiceOf(operation, g, A, B), arrays)).toBeLessThan(bounds[operation]);
      }
    },
  );

  it("keeps Winograd's filters and Fourier transforms from numbers of which they would lose too much", () => {
    const g = geometryOf("test", [4, 32, 16, 16], [32, 32, 3, 3], {});
    const arrays = arraysOf(g);
    const bright = { V: arrays.V.map((x) => x + 300), K: balanced(arrays.K, 9), G: arrays.G };
    expect(errorOf("forward", g, "winograd", bright)).toBeGreaterThan(2e-5);
    expect(cancellation("forward", g, bright.V, bright.K)).toBeGreaterThan(mostCancellation("winograd", "forward", g));
    expect(
      cancellation(
        "forward",
        g,
        arrays.V.map((x) => 1e-32 * x),
        arrays.K,
      ),
    ).toBe(Number.POSITIVE_INFINITY);
  });

  it.each(operations)("tells normal numbers, which do not cancel, in every kind of layer: %s", (operation) => {
    for (const [input, kernel, options] of [
      [[2, 8, 20, 20], [8, 8, 3, 3], {}],
      [[2, 6, 21, 19], [9, 2, 5, 4], { groups: 3, stride: 2, padding: "same", flip: true }],
      [[1, 4, 12, 12, 12], [4, 4, 3, 3, 3], { boundary: "wrap", padding: "full" }],
      [[1, 3, 500], [5, 3, 9], { dilation: 2 }],
    ] as [number[], number[], GeometryOptions][]) {
      const g = geometryOf("test", input, kernel, options);
      const [A, B] = operandsOf(operation, arraysOf(g));
      expect(cancellation(operation, g, A, B)).toBeGreaterThan(0.4);
      expect(cancellation(operation, g, A, B)).toBeLessThan(2.5);
    }
  });

  it("is direct for less than two thousand products, whatever the rest", () => {
    const g = geometryOf("test", [1, 1, 8, 8], [1, 1, 3, 3], {});
    const { V, K } = arraysOf(g);
    expect(choiceOf("forward", g, V, K)).toBe("direct");
  });

  it("takes passes of one dimension only for kernels that are outer products", () => {
    const g = geometryOf("test", [1, 1, 40, 40, 40], [1, 1, 9, 9, 9], { padding: "same", boundary: "wrap" });
    const { V, K } = arraysOf(g);
    const line = normal(9, 5);
    const outer = K.map((_, i) => line[Math.floor(i / 81)]! * line[Math.floor(i / 9) % 9]! * line[i % 9]!);
    expect(choiceOf("forward", g, V, outer)).toBe("separable");
    expect(choiceOf("forward", g, V, K)).not.toBe("separable");
    expect(choiceOf("kernelGradient", g, V, V)).not.toBe("separable");
  });

  it("takes the FFT for large kernels and Winograd's filters for small ones over many channels", () => {
    const pick = (input: number[], kernel: number[]) => {
      const g = geometryOf("test", input, kernel, {});
      const { V, K } = arraysOf(g);
      return choiceOf("forward", g, V, K);
    };
    expect(pick([1, 1, 256, 256], [16, 1, 31, 31])).toBe("fft");
    expect(pick([16, 64, 18, 18], [64, 64, 3, 3])).toBe("winograd");
    expect(pick([4, 64, 28, 28], [128, 64, 1, 1])).toBe("gemm");
  });
});

describe("Winograd's filters", () => {
  it.each([2, 3, 4, 5])("err on normal numbers as the table says, over 1 to 256 channels: %d taps", (r) => {
    for (let places = 2; places + r <= 9; places++) {
      for (const channels of [1, 16, 256]) {
        const g = geometryOf(
          "test",
          [256 / channels + 1, channels, places + r - 1, places + r - 1],
          [16, channels, r, r],
          {},
        );
        expect(winogradApplies(g)).toBe(true);
        for (const operation of operations) {
          const error = bounds[operation] / mostCancellation("winograd", operation, g);
          // Few outputs have a smaller largest one, so the error is a larger share of it.
          expect(errorOf(operation, g, "winograd", arraysOf(g))).toBeLessThan(1.5 * error);
        }
      }
    }
  });
});

describe("costOf", () => {
  const g = geometryOf("test", [2, 8, 20, 20], [8, 8, 3, 3], {});

  it("has a coefficient, not below 0, for every count", () => {
    for (const algorithm of ["direct", "gemm", "winograd", "fft", "separable"] as const) {
      for (const operation of operations) {
        if (algorithm === "separable" && operation === "kernelGradient") continue;
        const each = coefficients[algorithm][operation];
        expect(Object.keys(each).sort()).toEqual(Object.keys(countsOf(algorithm, operation, g)).sort());
        expect(Object.values(each).every((value) => value >= 0)).toBe(true);
        expect(costOf(algorithm, operation, g)).toBeGreaterThan(0);
      }
    }
  });

  it("grows with the batch", () => {
    const twice = geometryOf("test", [8, 8, 20, 20], [8, 8, 3, 3], {});
    for (const algorithm of ["direct", "gemm", "winograd", "fft"] as const)
      for (const operation of operations)
        expect(costOf(algorithm, operation, twice)).toBeGreaterThan(costOf(algorithm, operation, g));
  });
});
