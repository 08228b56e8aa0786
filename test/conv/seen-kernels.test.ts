import { describe, expect, it } from "vitest";
import { geometryOf } from "../../src/conv/geometry.js";
import { seenKernels } from "../../src/conv/seen-kernels.js";
import { noise } from "./cases.js";

describe("seenKernels", () => {
  const K = noise([2, 3, 2, 2], 1).data as Float32Array;
  const of = (options: object) => geometryOf("test", [3, 5, 5], [2, 3, 2, 2], options);

  it("are 0 for pairs that do not see each other, in a copy", () => {
    const connections = [
      [true, false, true],
      [false, true, true],
    ];
    const before = K.slice();
    const sees = (at: number) => connections[Math.floor(at / 12)]![Math.floor(at / 4) % 3];
    expect(seenKernels(of({ connections }), K)).toEqual(before.map((w, at) => (sees(at) ? w : 0)));
    expect(K).toEqual(before);
  });

  it("are the kernels themselves where all pairs do", () => {
    expect(seenKernels(of({}), K)).toBe(K);
  });
});
