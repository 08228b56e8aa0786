import { describe, expect, it } from "vitest";
import { fieldOf } from "../../src/fit/field-of.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import type { Estimate } from "../../src/reverse-correlation/estimate.js";
import { tensor, zeros } from "../../src/tensor/tensor.js";

const grid = { height: 3, width: 4, step: 0.5 };

function estimate(kernel: ArrayLike<number>, lags: number, type: "float32" | "float64" = "float64"): Estimate {
  const record = { method: "spike-triggered-average", spikesUsed: 1, spikesSkipped: 0, warnings: [] };
  return { kind: "estimate", grid, kernel: tensor(kernel, [lags, 3, 4], type), ...record };
}

function normals(n: number, row: number): Float64Array {
  const out = new Float32Array(n);
  fillNormal(out, randomStream(9, "tests"), row);
  return Float64Array.from(out);
}

/** The first spatial singular vector times its value, by power iteration on KᵀK, signed by the temporal weights K·v. */
function byPowers(kernel: Float64Array, lags: number): number[] {
  let v = Array.from({ length: 12 }, (_, i) => 1 + i);
  const times = (v: readonly number[]) =>
    Array.from({ length: lags }, (_, l) => v.reduce((sum, x, i) => sum + kernel[l * 12 + i] * x, 0));
  for (let round = 0; round < 2000; round++) {
    const weights = times(v);
    const next = v.map((_, i) => weights.reduce((sum, w, l) => sum + kernel[l * 12 + i] * w, 0));
    const length = Math.hypot(...next);
    v = next.map((x) => x / length);
  }
  const weights = times(v);
  const strongest = weights.reduce((most, w) => (Math.abs(w) > Math.abs(most) ? w : most), 0);
  return v.map((x) => x * Math.hypot(...weights) * Math.sign(strongest));
}

describe("fieldOf", () => {
  it("takes a tensor as it is, on its own shape in pixels or on the grid it is given", () => {
    const data = normals(12, 0);
    const field = fieldOf("here", tensor(data, [3, 4]), undefined);
    expect(field).toEqual({ data, grid: { height: 3, width: 4 }, type: "float64" });
    expect(fieldOf("here", tensor(data, [3, 4]), grid).grid).toEqual(grid);
  });

  it("takes an estimate of one lag as it is, with its grid and its sign", () => {
    const data = Float32Array.from(normals(12, 1));
    const field = fieldOf("here", estimate(data, 1, "float32"), undefined);
    expect([...field.data]).toEqual([...data]);
    expect(field).toMatchObject({ grid, type: "float32" });
  });

  it.each([2, 3, 5, 20])("takes of %d lags the first spatial singular vector times its value", (lags) => {
    for (let row = 10; row < 16; row++) {
      const kernel = normals(12 * lags, row);
      const { data } = fieldOf("here", estimate(kernel, lags), undefined);
      const expected = byPowers(kernel, lags);
      for (const [i, x] of expected.entries()) expect(data[i]).toBeCloseTo(x, 8);
    }
  });

  it("signs it so that the temporal weight largest in magnitude is positive", () => {
    const spatial = normals(12, 2);
    const separable = (weights: readonly number[]) => weights.flatMap((w) => [...spatial].map((x) => w * x));
    for (const [weights, sign] of [
      [[0.3, -0.2, 0.1], 1],
      [[0.3, -0.4, 0.2], -1],
      [[-0.5, 0.4, 0.3], -1],
    ] as const) {
      const { data } = fieldOf("here", estimate(separable(weights), 3), undefined);
      const size = sign * Math.hypot(...weights);
      for (const [i, x] of spatial.entries()) expect(data[i]).toBeCloseTo(size * x, 12);
    }
  });

  it("refuses what holds no field", () => {
    const take = (field: unknown, on?: unknown) => () => fieldOf("here", field as never, on as never);
    expect(take(undefined)).toThrow("here: field is undefined, a tensor [H, W] or an estimate is needed");
    expect(take({ kind: "stc" })).toThrow(
      "here: field is an object (Object), a tensor [H, W] or an estimate is needed",
    );
    expect(take(zeros([12]))).toThrow("here: field has shape [12], 2 axes are needed");
    expect(take({ ...estimate(zeros([12]).data, 1), kernel: 3 })).toThrow(
      "here: field.kernel is 3, a tensor is needed",
    );
    expect(take({ ...estimate(zeros([12]).data, 1), kernel: zeros([0, 3, 4]) })).toThrow(
      "here: field.kernel has shape [0, 3, 4], at least one lag is needed",
    );
    const broken = new Float64Array(24);
    broken[13] = Infinity;
    expect(take(estimate(broken, 2))).toThrow("here: field.kernel[13] is Infinity, finite numbers are needed");
    expect(take(zeros([3, 4]), { height: 4, width: 3, step: 2 })).toThrow(
      "here: grid is 4x3 (step 2), the field of shape [3, 4] needs 3x4",
    );
    expect(take({ ...estimate(zeros([12]).data, 1), grid: { height: 4, width: 4 } })).toThrow(
      "here: grid is 4x4 (step 1), the field of shape [3, 4] needs 3x4",
    );
    expect(take(zeros([3, 4]), { height: 3, width: 4, step: -1 })).toThrow("here: grid.step is -1");
  });
});
