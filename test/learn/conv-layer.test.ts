import { describe, expect, it } from "vitest";
import { convBackward, convForward, transposedBackward, transposedForward } from "../../src/learn/conv-layer.js";
import { centralDifferences, inner, noise } from "./gradients.js";

const geometry = { stride: 2 };
const kernels = noise([3, 2, 4, 4], 1);
const input = noise([2, 2, 10, 8], 2);
const code = noise([2, 3, 4, 3], 3);

describe("the layer that analyses", () => {
  it("gives back the gradients of <c(K, V), G> that central differences find", () => {
    const back = convBackward(kernels, input, code, geometry);
    const byKernels = centralDifferences(kernels, (K) => inner(convForward(K, input, geometry), code));
    const byInput = centralDifferences(input, (V) => inner(convForward(kernels, V, geometry), code));
    expect(back.kernels.shape).toEqual(kernels.shape);
    expect(back.input().shape).toEqual(input.shape);
    back.kernels.data.forEach((value, i) => {
      expect(value).toBeCloseTo(byKernels[i], 7);
    });
    back.input().data.forEach((value, i) => {
      expect(value).toBeCloseTo(byInput[i], 7);
    });
  });
});

describe("the layer that synthesises", () => {
  it("gives back the gradients of <h(K, H), E> that central differences find", () => {
    const back = transposedBackward(kernels, code, input, geometry);
    const byKernels = centralDifferences(kernels, (K) =>
      inner(transposedForward(K, code, input.shape, geometry), input),
    );
    const byCode = centralDifferences(code, (H) => inner(transposedForward(kernels, H, input.shape, geometry), input));
    back.kernels.data.forEach((value, i) => {
      expect(value).toBeCloseTo(byKernels[i], 7);
    });
    back.code().data.forEach((value, i) => {
      expect(value).toBeCloseTo(byCode[i], 7);
    });
  });

  it("is the adjoint of the layer that analyses", () => {
    const analysed = inner(convForward(kernels, input, geometry), code);
    expect(inner(transposedForward(kernels, code, input.shape, geometry), input)).toBeCloseTo(analysed, 10);
  });
});
