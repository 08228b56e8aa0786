import { expect, it } from "vitest";
import { initialKernels } from "../../src/learn/initial-kernels.js";
import { powerOf } from "./gradients.js";

it("are of unit norm, the same for a seed, others for another", () => {
  const kernels = initialKernels([5, 2, 3, 3], 1);
  for (let k = 0; k < 5; k++) {
    const power = powerOf(kernels.data.slice(18 * k, 18 * k + 18));
    expect(power).toBeCloseTo(1, 6);
  }
  expect(kernels.data.slice(18, 36)).not.toEqual(kernels.data.slice(0, 18));
  expect(initialKernels([5, 2, 3, 3], 1)).toEqual(kernels);
  expect(initialKernels([5, 2, 3, 3], 2)).not.toEqual(kernels);
});

it("do not change when more are made", () => {
  const few = initialKernels([2, 1, 4, 4], 1).data;
  expect(initialKernels([6, 1, 4, 4], 1).data.slice(0, 32)).toEqual(few);
});
