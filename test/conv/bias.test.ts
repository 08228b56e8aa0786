import { describe, expect, it } from "vitest";
import { biasGradient } from "../../src/conv/bias.js";
import { conv } from "../../src/conv/conv.js";
import { tensor } from "../../src/tensor/tensor.js";
import { dot, noise } from "./cases.js";

describe("the bias gradient", () => {
  it.each([
    ["without batch", [2, 6, 6]],
    ["with batch", [3, 2, 6, 6]],
  ])("is the adjoint of adding the bias, one a map or one a place, %s", (_, shape) => {
    const V = noise(shape, 1, "float64");
    const K = noise([4, 2, 3, 2], 2, "float64");
    for (const biasShape of [[4], [4, 4, 5]]) {
      const bias = noise(biasShape, 3, "float64");
      const [Z, plain] = [conv(V, K, { bias }), conv(V, K)];
      const added = { ...Z, data: Z.data.map((z, i) => z - plain.data[i]!) };
      const G = noise(Z.shape, 4, "float64");
      const gradient = biasGradient(G, biasShape);
      expect(gradient.shape).toEqual(biasShape);
      expect(dot(gradient, bias)).toBeCloseTo(dot(G, added), 10);
    }
  });

  it("sums in float64 and keeps the type of the gradient", () => {
    const gradient = biasGradient(tensor([2 ** 24, 1, 1, 1], [1, 4]), [1]);
    expect(gradient.data).toBeInstanceOf(Float32Array);
    expect(gradient.data[0]).toBe(2 ** 24 + 4);
  });

  it("reads two space dimensions where axes can be read in two ways, else what `space` says", () => {
    const G = tensor(
      Array.from({ length: 12 }, (_, i) => i),
      [2, 2, 3],
    );
    expect([...biasGradient(G, [2]).data]).toEqual([15, 51]);
    expect([...biasGradient(G, [2], { space: 1 }).data]).toEqual([3 + 21, 12 + 30]);
    const batch = tensor(
      Array.from({ length: 16 }, (_, i) => i),
      [2, 2, 2, 2],
    );
    expect([...biasGradient(batch, [2]).data]).toEqual([6 + 38, 22 + 54]);
    expect([...biasGradient(batch, [2], { space: 3 }).data]).toEqual([28, 92]);
  });

  it("reads other dimensions where only they fit", () => {
    const ones = (shape: number[]) => tensor(new Float32Array(shape.reduce((a, b) => a * b)).fill(1), shape);
    expect([...biasGradient(ones([5, 2, 3]), [2]).data]).toEqual([15, 15]);
    expect([...biasGradient(ones([2, 5, 3]), [2]).data]).toEqual([15, 15]);
    expect([...biasGradient(ones([2, 5, 3, 4]), [2]).data]).toEqual([60, 60]);
    expect([...biasGradient(ones([5, 2, 3, 4, 1]), [2]).data]).toEqual([60, 60]);
    expect([...biasGradient(ones([2, 7]), [2]).data]).toEqual([7, 7]);
  });

  it.each([
    [
      [2, 3, 4],
      [5],
      "biasGradient: outputGradient has shape [2, 3, 4], [batch, 5] and 1 to 3 space axes, or without batch, are needed",
    ],
    [[2, 3, 4], [3, 3], "biasGradient: outputGradient has shape [2, 3, 4], it does not end in the bias's shape [3, 3]"],
    [
      [2, 3],
      [1, 2, 3, 4],
      "biasGradient: outputGradient has shape [2, 3], it does not end in the bias's shape [1, 2, 3, 4]",
    ],
  ])("refuses shapes that do not fit (%#)", (shape, biasShape, message) => {
    expect(() => biasGradient(noise(shape, 1), biasShape)).toThrow(message);
  });

  it("refuses a space that does not fit, and what is not a number", () => {
    expect(() => biasGradient(noise([2, 3, 4], 1), [3], { space: 2 })).toThrow(
      "biasGradient: outputGradient has shape [2, 3, 4], [batch, 3] and 2 space axes, or without batch, are needed",
    );
    expect(() => biasGradient(noise([2, 3], 1), [2], { space: 4 })).toThrow(
      "biasGradient: space is 4, a whole number from 1 to 3 is needed",
    );
    expect(() => biasGradient(tensor([1, Number.NaN], [1, 2]), [1])).toThrow(
      "biasGradient: outputGradient[1] is NaN, finite numbers are needed",
    );
    expect(() => biasGradient(noise([2, 3], 1), 2 as never)).toThrow(
      "biasGradient: biasShape is 2, a list with the length of every axis is needed",
    );
    expect(() => biasGradient(noise([2, 0, 3], 1), [2])).toThrow(
      "biasGradient: outputGradient has shape [2, 0, 3], axes of at least 1 are needed",
    );
    expect(() => biasGradient(noise([2, 3], 1), [2], null as never)).toThrow(
      "biasGradient: options is null, a record is needed",
    );
    expect(() => biasGradient(noise([2, 3], 1), [2], { spaces: 1 } as never)).toThrow(
      'biasGradient: option "spaces" is not known, it takes space, tiled',
    );
  });

  it("sums over the places of each tile, `j mod t`, and over images", () => {
    const G = tensor(
      Array.from({ length: 20 }, (_, i) => i),
      [2, 2, 5],
    );
    expect(biasGradient(G, [2, 2], { tiled: true })).toEqual(
      tensor([0 + 2 + 4 + (10 + 12 + 14), 1 + 3 + (11 + 13), 5 + 7 + 9 + (15 + 17 + 19), 6 + 8 + (16 + 18)], [2, 2]),
    );
    expect(biasGradient(tensor([1, 2, 3], [1, 3]), [1, 2], { tiled: true, space: 1 }).data).toEqual(
      Float32Array.of(4, 2),
    );
    expect(biasGradient(noise([4, 3, 5], 1), [4, 3, 5], { tiled: true })).toEqual(
      biasGradient(noise([4, 3, 5], 1), [4, 3, 5]),
    );
  });

  it.each([
    [[2, 3, 4], [3, 2], { tiled: 1 }, "tiled is 1, true or false is needed"],
    [[2, 3, 4], [3], { tiled: true }, "biasShape is [3], [outChannels] and 1 to 3 axes of a tile are needed"],
    [[2, 3, 4], [3, 0], { tiled: true }, "biasShape has shape [3, 0], axes of at least 1 are needed"],
    [
      [1, 1],
      [1, 2 ** 40],
      { tiled: true },
      "biasShape has shape [1, 1099511627776] of 1099511627776 elements, at most 2147483648 fit",
    ],
    [[2, 3, 4], [3, 2], { tiled: true, space: 2 }, "space is 2, a bias of shape [3, 2], one a tile, has 1"],
    [
      [2, 3, 4],
      [4, 2],
      { tiled: true },
      "outputGradient has shape [2, 3, 4], a bias of shape [4, 2], one a tile, needs [batch, 4] and 1 space axes, or without batch",
    ],
    [
      [2, 3, 4, 5],
      [3, 2],
      { tiled: true },
      "outputGradient has shape [2, 3, 4, 5], a bias of shape [3, 2], one a tile, needs [batch, 3] and 1 space axes, or without batch",
    ],
  ])("refuses tiles that do not fit (%#)", (shape, biasShape, options, message) => {
    expect(() => biasGradient(noise(shape, 1), biasShape, options as never)).toThrow(`biasGradient: ${message}`);
  });
});
