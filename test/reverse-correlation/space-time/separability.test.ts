import { describe, expect, it } from "vitest";
import type { Estimate } from "../../../src/reverse-correlation/estimate.js";
import { spaceTimeSeparability } from "../../../src/reverse-correlation/space-time/separability.js";
import { tensor, zeros } from "../../../src/tensor/tensor.js";

const space = [0.5, -0.5, 0.5, 0.5, 0, 0];
const time = [1, -3, 0.5];
const product = (scale: number) => time.flatMap((u) => space.map((v) => scale * u * v));

describe("space-time separability", () => {
  it("is 1 for an image times a time course, and gives both back", () => {
    const {
      index,
      space: image,
      time: course,
      singularValues,
    } = spaceTimeSeparability(tensor(product(2), [3, 2, 3], "float64"));
    expect(index).toBeCloseTo(1, 12);
    expect(singularValues.length).toBe(3);
    space.forEach((value, i) => {
      expect(image.data[i]).toBeCloseTo(-value, 10);
    });
    time.forEach((value, i) => {
      expect(course[i]).toBeCloseTo(-2 * value, 10);
    });
    expect(image.shape).toEqual([2, 3]);
  });

  it("takes an estimate for its kernel", () => {
    const kernel = tensor(product(2), [3, 2, 3], "float64");
    const estimate = { kind: "estimate", kernel } as Estimate;
    expect(spaceTimeSeparability(estimate)).toEqual(spaceTimeSeparability(kernel));
  });

  it("turns signs so that the strongest lag is positive, whatever the sign of the whole", () => {
    for (const scale of [1, -1]) {
      const { time: course, space: image } = spaceTimeSeparability(tensor(product(scale), [3, 2, 3], "float64"));
      expect(course[1]).toBeCloseTo(3, 10);
      expect(image.data[0]).toBeCloseTo(-0.5 * scale, 10);
    }
  });

  it("is the first term's share of the energy where two orthogonal terms add", () => {
    const kernel = zeros([2, 1, 2], "float64");
    kernel.data.set([3, 0, 0, 2]);
    expect(spaceTimeSeparability(kernel).index).toBeCloseTo(9 / 13, 12);
  });

  it("refuses fields without lags and fields of nothing", () => {
    expect(() => spaceTimeSeparability(zeros([2, 2]))).toThrow(
      "spaceTimeSeparability: kernel has shape [2, 2], 3 axes are needed",
    );
    expect(() => spaceTimeSeparability(zeros([2, 0, 2]))).toThrow(
      "spaceTimeSeparability: kernel has shape [2, 0, 2], no axis may be 0",
    );
    expect(() => spaceTimeSeparability(zeros([2, 2, 2]))).toThrow("spaceTimeSeparability: kernel is 0 throughout");
  });
});
