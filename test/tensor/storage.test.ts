import { afterEach, describe, expect, it, vi } from "vitest";
import { sharedZeros } from "../../src/tensor/storage.js";
import { zeros } from "../../src/tensor/tensor.js";

afterEach(() => vi.unstubAllGlobals());

describe("sharedZeros", () => {
  it("gives the zeros of either type on shared memory", () => {
    for (const type of ["float32", "float64"] as const) {
      const shared = sharedZeros([2, 3], type);
      expect(shared).toEqual(zeros([2, 3], type));
      expect(shared.data.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
    expect(sharedZeros([0]).data).toEqual(new Float32Array(0));
  });

  it("gives zeros on plain memory where the engine shares none", () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    expect(sharedZeros([4]).data.buffer).toBeInstanceOf(ArrayBuffer);
  });

  it("refuses what is no shape", () => {
    expect(() => sharedZeros([2, -1])).toThrow(
      "sharedZeros: shape [2, -1] needs whole numbers of at least 0, axis 1 is -1",
    );
  });
});
