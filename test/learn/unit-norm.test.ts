import { expect, it } from "vitest";
import { balanceKernels, normalizeKernels } from "../../src/learn/unit-norm.js";
import { tensor } from "../../src/tensor/tensor.js";

it("scales each kernel to unit norm and leaves one of zeros", () => {
  const kernels = tensor(Float64Array.of(3, 4, 0, 0, 0, -2), [3, 1, 1, 2]);
  normalizeKernels(kernels);
  expect(Array.from(kernels.data)).toEqual([3 / 5, 4 / 5, 0, 0, 0, -1].map((value) => expect.closeTo(value, 12)));
});

it("takes its own mean off each kernel", () => {
  const kernels = tensor(Float64Array.of(3, 5, -1, 1), [2, 1, 1, 2]);
  balanceKernels(kernels);
  expect(Array.from(kernels.data)).toEqual([-1, 1, -1, 1]);
});
