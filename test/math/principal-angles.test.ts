import { describe, expect, it } from "vitest";
import { principalAngles } from "../../src/math/principal-angles.js";
import { tensor } from "../../src/tensor/tensor.js";

describe("principalAngles", () => {
  it("is the tilt of a plane about a line that both planes share", () => {
    for (const tilt of [1e-9, 0.3, 1.2, Math.PI / 2]) {
      const angles = principalAngles(
        [
          [1, 0, 0],
          [0, 1, 0],
        ],
        [
          [1, 0, 0],
          [0, Math.cos(tilt), Math.sin(tilt)],
        ],
      );
      expect(angles[0]).toBeLessThan(1e-15);
      expect(angles[1] / tilt).toBeCloseTo(1, 12);
    }
  });

  it("takes tensors of any shape for their entries", () => {
    const filters = [tensor([1, 0, 0, 0], [1, 2, 2]), tensor([0, 1, 0, 0], [1, 2, 2])];
    expect(principalAngles(filters, [[1, 0, 0, 0]])).toEqual(
      principalAngles([filters[0].data, filters[1].data], [[1, 0, 0, 0]]),
    );
  });

  it("finds the two tilts of planes in four dimensions, ascending, in whatever basis and scale", () => {
    const [p, q] = [0.2, 1.1];
    const u = [Math.cos(p), 0, Math.sin(p), 0];
    const v = [0, Math.cos(q), 0, Math.sin(q)];
    const mixed = [u.map((x, i) => x + v[i]), u.map((x, i) => 1e-14 * (x - 2 * v[i]))];
    const angles = principalAngles(
      [
        [3, 1, 0, 0],
        [1, -1, 0, 0],
      ],
      mixed,
    );
    expect(angles[0]).toBeCloseTo(p, 13);
    expect(angles[1]).toBeCloseTo(q, 13);
  });

  it("is the angle between two lines, whatever their signs", () => {
    expect(principalAngles([[1, 0]], [[-1, -1]])[0]).toBeCloseTo(Math.PI / 4, 14);
  });

  it("compares spaces of different dimension by the smaller one", () => {
    const plane = [
      [1, 0, 0],
      [0, 1, 0],
    ];
    const line = [[1, 0, 1]];
    expect(principalAngles(plane, line)).toHaveLength(1);
    expect(principalAngles(plane, line)[0]).toBeCloseTo(Math.PI / 4, 14);
    expect(principalAngles(line, plane)[0]).toBeCloseTo(Math.PI / 4, 14);
  });

  it("refuses empty, unequal, dependent and infinite vectors", () => {
    const refused: readonly (readonly [number[][], number[][], string])[] = [
      [[], [[1]], "principalAngles: a is a list of 0, a list of at least one vector is needed"],
      [[[1, 0]], [], "principalAngles: b is a list of 0, a list of at least one vector is needed"],
      [[[1, 0]], [[1]], "principalAngles: b[0] has 1 entries, a[0] has 2"],
      [
        [
          [1, 0],
          [2, 0],
        ],
        [[1, 0]],
        "principalAngles: a is linearly dependent",
      ],
      [[[1], [2]], [[1]], "principalAngles: a has 2 vectors of 1 entries: they are dependent"],
      [[[0, 0]], [[1, 0]], "principalAngles: a is linearly dependent"],
      [[[1, 0]], [[1, NaN]], "principalAngles: b[0][1] is NaN, finite numbers are needed"],
    ];
    for (const [a, b, message] of refused) expect(() => principalAngles(a, b)).toThrow(message);
  });
});
