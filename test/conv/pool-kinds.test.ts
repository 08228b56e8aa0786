import { describe, expect, it } from "vitest";
import { pool, poolGradient } from "../../src/conv/pool.js";
import { tensor } from "../../src/tensor/tensor.js";
import { noise } from "./cases.js";

/** A line of one channel. */
const line = (...values: number[]) => tensor(Float64Array.from(values), [1, values.length]);

function expectClose(got: ArrayLike<number>, wanted: ArrayLike<number>, digits: number): void {
  expect(got.length).toBe(wanted.length);
  for (let i = 0; i < got.length; i++) expect(got[i]).toBeCloseTo(wanted[i]!, digits);
}

describe("max pooling", () => {
  it("pads with minus infinity, which a window in the padding alone keeps and which takes no gradient", () => {
    const V = line(-3, -1, -2);
    const options = { kind: "max", size: [2], stride: 1, padding: 2 } as const;
    expect([...pool(V, options).data]).toEqual([-Infinity, -3, -1, -1, -2, -Infinity]);
    expect([...poolGradient(line(1, 2, 4, 8, 16, 32), V, options).data]).toEqual([2, 12, 16]);
  });

  it("gives the gradient of tied maxima to the first in row-major order", () => {
    const V = tensor([0, 5, 5, 5], [1, 2, 2]);
    expect([...poolGradient(tensor([1], [1, 1, 1]), V, { kind: "max", size: 2 }).data]).toEqual([0, 1, 0, 0]);
    const tied = tensor([0, 0, 5, 5, 0, 0, 0, 5, 0], [1, 3, 3]);
    expect([...poolGradient(tensor([1], [1, 1, 1]), tied, { kind: "max", size: 3 }).data]).toEqual([
      0, 0, 1, 0, 0, 0, 0, 0, 0,
    ]);
    const cube = tensor(new Float64Array(8).fill(-2), [1, 2, 2, 2]);
    const G = tensor(new Float64Array(27).fill(1), [1, 3, 3, 3]);
    const dV = poolGradient(G, cube, { kind: "max", size: [2, 2, 2], stride: 1, padding: 1 });
    // along each axis cell 0 is first in two of three windows
    expect([...dV.data]).toEqual([8, 4, 4, 2, 4, 2, 2, 1]);
  });

  it("does not change when its input shifts by one cell in (k - 1)/(k + 1) of the windows, for independent cells", () => {
    for (const k of [2, 3, 5]) {
      // windows k + 1 apart share no cell, nor do they when shifted
      const places = 20_000;
      const V = tensor(noise([1, places * (k + 1)], k, "float64").data, [1, places * (k + 1)]);
      const shifted = tensor(Float64Array.of(...V.data.subarray(1), 2), V.shape);
      const options = { kind: "max", size: [k], stride: k + 1 } as const;
      const [a, b] = [pool(V, options).data, pool(shifted, options).data];
      const share = Array.from(a).filter((z, i) => z === b[i]).length / places;
      const theory = (k - 1) / (k + 1);
      // four standard errors of a share
      expect(Math.abs(share - theory)).toBeLessThan(4 * Math.sqrt((theory * (1 - theory)) / places));
      expect(V.data.every((v, i) => v !== shifted.data[i])).toBe(true);
    }
  });
});

describe("average pooling", () => {
  it("divides by the real cells, with countPadding by declared padding too, never by cells beyond", () => {
    const V = line(1, 2, 4, 8);
    // 6 padded cells; windows of 3 start at 0, 2 and 4: the last reads cell 3, one of the padding and one beyond it
    const options = { kind: "average", size: [3], stride: 2, padding: 1, ceil: true } as const;
    expect([...pool(V, options).data]).toEqual([3 / 2, 14 / 3, 8]);
    expect([...pool(V, { ...options, countPadding: true }).data]).toEqual([1, 14 / 3, 4]);
    expect([...poolGradient(line(6, 6, 6), V, { ...options, countPadding: true }).data]).toEqual([2, 4, 2, 5]);
    expect([...pool(line(1, 2, 4), { kind: "average", size: [2], ceil: true, countPadding: true }).data]).toEqual([
      1.5, 4,
    ]);
  });

  it("gives 0 with countPadding where a window lies in the padding alone", () => {
    const options = { kind: "average", size: [1], padding: 1, countPadding: true } as const;
    expect([...pool(line(3), options).data]).toEqual([0, 3, 0]);
  });

  it("sums in float64", () => {
    const V = tensor([2 ** 24, 1, 1, 2], [1, 4]);
    expect(pool(V, { kind: "average", size: [4] }).data[0]).toBe(2 ** 22 + 1);
  });
});

describe("l2 and lp pooling", () => {
  it("are the root of the sum of powers, not of the mean", () => {
    expect(pool(line(3, -4), { kind: "l2", size: [2] }).data[0]).toBe(5);
    expect(pool(line(3, -4), { kind: "lp", p: 1, size: [2] }).data[0]).toBe(7);
    expect(pool(line(3, -4, 5), { kind: "lp", p: 3, size: [3] }).data[0]).toBeCloseTo(6, 14);
  });

  it("are one for p = 2", () => {
    const V = noise([2, 3, 7, 7], 1, "float64");
    const geometry = { size: 3, stride: 2, padding: 1 };
    const Z = pool(V, { kind: "l2", ...geometry });
    expect(Z).toEqual(pool(V, { kind: "lp", p: 2, ...geometry }));
    expect(poolGradient(Z, V, { kind: "l2", ...geometry })).toEqual(
      poolGradient(Z, V, { kind: "lp", p: 2, ...geometry }),
    );
  });

  it("tend to max pooling of magnitudes for a large p, by at most n^(1/p), and their slope to its slope", () => {
    const V = noise([1, 12, 12], 3, "float64");
    const magnitudes = { ...V, data: V.data.map(Math.abs) };
    const most = pool(magnitudes, { kind: "max", size: 3 });
    for (const p of [20, 200, 1e4, 1e8]) {
      const Z = pool(V, { kind: "lp", p, size: 3 });
      Z.data.forEach((z, i) => {
        expect(z).toBeGreaterThanOrEqual(most.data[i]! * (1 - 1e-14));
        expect(z).toBeLessThanOrEqual(most.data[i]! * 9 ** (1 / p) * (1 + 1e-14));
      });
    }
    const slope = poolGradient(most, V, { kind: "lp", p: 1e8, size: 3 });
    const wanted = poolGradient(most, magnitudes, { kind: "max", size: 3 });
    expectClose(
      slope.data,
      wanted.data.map((d, i) => Math.sign(V.data[i]!) * d),
      6,
    );
  });

  it("have slope 0, not NaN, in a window of zeros, and at a zero for p = 1", () => {
    for (const p of [1, 1.5, 2, 3]) {
      const dV = poolGradient(line(1, 1), line(0, 0, 0, 4), { kind: "lp", p, size: [2] });
      expect([...dV.data.subarray(0, 3)]).toEqual([0, 0, 0]);
      expect(dV.data[3]).toBeCloseTo(1, 14);
    }
    expect([...poolGradient(line(1), line(0, 0), { kind: "l2", size: [2] }).data]).toEqual([0, 0]);
  });

  it.each([1, 1.5, 2, 3, 64, 65, 300])("scale with their input where powers would overflow or vanish: p = %d", (p) => {
    const V = noise([2, 5, 6], 5, "float64");
    const options = { kind: "lp", p, size: 2, stride: 1, padding: 1, dilation: 2 } as const;
    const Z = pool(V, options);
    const dV = poolGradient(Z, V, options).data;
    for (const by of [1e200, 1e-200]) {
      const scaled = { ...V, data: V.data.map((v) => v * by) };
      const ratios = pool(scaled, options).data.map((z, i) => z / by / Z.data[i]!);
      expectClose(ratios, new Float64Array(ratios.length).fill(1), 11);
      expectClose(poolGradient(Z, scaled, options).data, dV, 11);
    }
  });

  it("keep small windows beside large ones", () => {
    const V = line(3e-200, 4e-200, 3e200, 4e200, 0, 0);
    const Z = pool(V, { kind: "l2", size: [2] }).data;
    expectClose([Z[0]! * 1e200, Z[1]! / 1e200, Z[2]!], [5, 5, 0], 14);
    const dV = poolGradient(line(1, 1, 1), V, { kind: "l2", size: [2] }).data;
    expectClose(dV, [0.6, 0.8, 0.6, 0.8, 0, 0], 14);
  });
});

describe("weighted pooling", () => {
  it("divides by the weights of the real cells, with countPadding by those of declared padding too", () => {
    const V = line(1, 2, 4, 8);
    const weights = tensor(Float64Array.of(1, 2, 1), [3]);
    const options = { kind: "weighted", weights, size: [3], stride: 2, padding: 1, ceil: true } as const;
    expect([...pool(V, options).data]).toEqual([4 / 3, 18 / 4, 8]);
    expect([...pool(V, { ...options, countPadding: true }).data]).toEqual([1, 18 / 4, 8 / 3]);
  });

  it("takes the weight as a function of the distance from the window's centre, in cells", () => {
    const distances: number[] = [];
    const options = { kind: "weighted", size: [2, 3], dilation: [2, 1] } as const;
    const weights = (distance: number) => {
      distances.push(distance);
      return 1 / (1 + distance);
    };
    const V = noise([1, 4, 6], 2, "float64");
    const Z = pool(V, { ...options, weights });
    const [corner, side] = [Math.SQRT2, 1];
    expect(distances).toEqual([corner, side, corner, corner, side, corner]);
    const table = tensor(
      Float64Array.from(distances, (r) => 1 / (1 + r)),
      [2, 3],
    );
    expect(Z).toEqual(pool(V, { ...options, weights: table }));
    distances.length = 0;
    pool(noise([1, 3, 1, 5], 2), { kind: "weighted", size: [3, 1, 2], dilation: [1, 1, 3], weights });
    expect(distances).toEqual([-1, -1, 0, 0, 1, 1].map((z) => Math.hypot(z, 1.5)));
  });

  it("keeps a constant image, and is the average for equal weights", () => {
    const gaussian = (r: number) => Math.exp((-r * r) / 2);
    const constant = tensor(new Float64Array(49).fill(3), [1, 7, 7]);
    const same = { size: 3, stride: 1, padding: "same" } as const;
    for (const z of pool(constant, { kind: "weighted", weights: gaussian, ...same }).data) expect(z).toBeCloseTo(3, 14);
    const V = noise([2, 7, 7], 4, "float64");
    for (const countPadding of [false, true]) {
      const equal = pool(V, { kind: "weighted", weights: () => 0.7, countPadding, ...same }).data;
      expectClose(equal, pool(V, { kind: "average", countPadding, ...same }).data, 14);
    }
  });
});
