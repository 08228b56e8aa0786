import { expect, it } from "vitest";
import { squaredError } from "../../src/learn/squared-error.js";
import { tensor } from "../../src/tensor/tensor.js";
import { centralDifferences, noise } from "./gradients.js";

it("halves the sum of squares over the batch's examples, and tells which share of the power is left", () => {
  const target = tensor(Float64Array.of(1, 2, 3, 4), [2, 2]);
  const error = squaredError(tensor(Float64Array.of(1, 2, 3, 1), [2, 2]), target);
  expect(error.loss).toBe(9 / 4);
  expect(error.unexplained).toBeCloseTo(9 / 30, 12);
  expect(Array.from(error.gradient.data)).toEqual([0, 0, 0, -1.5]);
});

it("has the gradient that central differences find", () => {
  const [reconstruction, target] = [noise([3, 4], 1), noise([3, 4], 2)];
  const differences = centralDifferences(reconstruction, (R) => squaredError(R, target).loss);
  squaredError(reconstruction, target).gradient.data.forEach((value, i) => {
    expect(value).toBeCloseTo(differences[i], 8);
  });
});

it("leaves nothing unexplained of a target that is 0 everywhere", () => {
  expect(squaredError(noise([1, 2], 1), tensor(new Float64Array(2), [1, 2])).unexplained).toBe(0);
});
