import { describe, expect, it } from "vitest";
import { transposedForward } from "../../src/learn/conv-layer.js";
import { squaredError } from "../../src/learn/squared-error.js";
import {
  reconstruct,
  reconstructBackward,
  type TiedAutoencoder,
  trainableAutoencoder,
} from "../../src/learn/tied-autoencoder.js";
import type { Tensor } from "../../src/tensor/tensor.js";
import { tensor } from "../../src/tensor/tensor.js";
import { centralDifferences, inner, noise, sumOf } from "./gradients.js";

const network: TiedAutoencoder = {
  kernels: noise([4, 1, 3, 3], 1),
  thresholds: Float64Array.of(0.5, 1, 2, 3),
  geometry: { stride: 3 },
};
const input = noise([5, 1, 9, 9], 2);
const withKernels = (kernels: Tensor): TiedAutoencoder => ({ ...network, kernels });

describe("the tied autoencoder", () => {
  it("moves the kernels against the gradient of the squared error for the codes at hand", () => {
    const forward = reconstruct(network, input);
    const { gradient } = squaredError(forward.reconstruction, input);
    const moved = reconstructBackward(network, input, forward, gradient, false);
    const lossAt = (K: Tensor) =>
      squaredError(transposedForward(K, forward.code, input.shape, network.geometry), input).loss;
    const differences = centralDifferences(network.kernels, lossAt);
    moved.data.forEach((value, i) => {
      expect(value).toBeCloseTo(differences[i], 5);
    });
  });

  it("with the encoder's part has the gradient of the whole loss, codes moving with the kernels", () => {
    const forward = reconstruct(network, input);
    const { gradient } = squaredError(forward.reconstruction, input);
    const whole = reconstructBackward(network, input, forward, gradient, true);
    const lossAt = (K: Tensor) => squaredError(reconstruct(withKernels(K), input).reconstruction, input).loss;
    const differences = centralDifferences(network.kernels, lossAt, 1e-6);
    whole.data.forEach((value, i) => {
      expect(value).toBeCloseTo(differences[i], 4);
    });
    const decoder = reconstructBackward(network, input, forward, gradient, false);
    expect(Math.abs(whole.data[0] - decoder.data[0])).toBeGreaterThan(1e-3);
  });

  it("reconstructs exactly what orthonormal kernels span when nothing is below the thresholds", () => {
    const identity = tensor(
      Float64Array.from({ length: 81 }, (_, i) => (i % 10 === 0 ? 1 : 0)),
      [9, 1, 3, 3],
    );
    const complete = { ...network, kernels: identity, thresholds: new Float64Array(9) };
    const { reconstruction } = reconstruct(complete, input);
    expect(Array.from(reconstruction.data)).toEqual(Array.from(input.data));
  });

  it("settles on balanced kernels of unit norm and moves thresholds towards the activity that is asked for", () => {
    const kernels = noise([4, 1, 3, 3], 5);
    const thresholds = Float64Array.of(0.01, 0.01, 100, 100);
    const rule = { targetActivity: 0.1, thresholdRate: 0.025, encoderGradient: false, balanced: true };
    const trainable = trainableAutoencoder({ ...network, kernels, thresholds }, rule);
    trainable.evaluate(input);
    trainable.settle();
    for (let k = 0; k < 4; k++) {
      const kernel = tensor(kernels.data.slice(9 * k, 9 * k + 9), [9]);
      expect(inner(kernel, kernel)).toBeCloseTo(1, 12);
      expect(sumOf(kernel.data)).toBeCloseTo(0, 12);
    }
    expect(thresholds[0]).toBeGreaterThan(0.01);
    expect(thresholds[2]).toBeCloseTo(97.5, 10);
  });

  it("leaves the kernels' means alone where they are not to be balanced", () => {
    const kernels = tensor(new Float64Array(36).fill(1), [4, 1, 3, 3]);
    const rule = { targetActivity: 0.1, thresholdRate: 0, encoderGradient: false, balanced: false };
    const trainable = trainableAutoencoder({ ...network, kernels }, rule);
    trainable.settle();
    expect(kernels.data[0]).toBeCloseTo(1 / 3, 12);
  });
});
