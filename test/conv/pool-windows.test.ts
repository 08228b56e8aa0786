import { describe, expect, it } from "vitest";
import { pool } from "../../src/conv/pool.js";
import type { PoolOptions } from "../../src/conv/pool-options.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

/** A line of one channel. */
const line = (...values: number[]) => tensor(Float64Array.from(values), [1, values.length]);

describe("the windows of pool", () => {
  it("have two dimensions for a size that is a number, and do not overlap by default", () => {
    const V = tensor([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4]);
    expect(pool(V, { kind: "max", size: 2 })).toEqual(tensor([6, 8, 14, 16], [1, 2, 2]));
    expect(pool(V, { kind: "max", size: [2, 4] }).shape).toEqual([1, 2, 1]);
    expect(pool(tensor(V.data, [4, 4]), { kind: "max", size: [3] })).toEqual(tensor([3, 7, 11, 15], [4, 1]));
    expect(pool(tensor(V.data, [1, 2, 2, 2, 2]), { kind: "max", size: [2, 2, 2] }).data).toEqual(
      Float32Array.of(8, 16),
    );
  });

  it("leave cells over at the end unless `ceil` lets a last window run beyond", () => {
    const V = line(1, 2, 3, 4, 5);
    expect([...pool(V, { kind: "max", size: [2] }).data]).toEqual([2, 4]);
    expect([...pool(V, { kind: "max", size: [2], ceil: true }).data]).toEqual([2, 4, 5]);
    expect([...pool(line(1, 2), { kind: "max", size: [3], stride: 2, ceil: true }).data]).toEqual([2]);
  });

  it("are dropped with `ceil` where they would start beyond the input and its leading padding", () => {
    const sums = (V: Tensor, options: object) => [...pool(V, { kind: "lp", p: 1, ...options } as PoolOptions).data];
    // starts 0, 2, 4 of 5 padded cells: the last is behind cell 3
    expect(sums(line(1, 2, 4), { size: [2], padding: 1, ceil: true })).toEqual([1, 6]);
    expect(sums(line(1, 2, 4, 8), { size: [2], padding: 1, ceil: true })).toEqual([1, 6, 8]);
    const trailing = { size: [1], padding: [[0, 3]] };
    expect(sums(line(1, 2), trailing)).toEqual([1, 2, 0, 0, 0]);
    expect(sums(line(1, 2), { ...trailing, ceil: true })).toEqual([1, 2]);
  });

  it("lie under `same` and `full` as those of conv do", () => {
    const V = line(1, 2, 4, 8, 16);
    const sums = (options: object) => [...pool(V, { kind: "lp", p: 1, size: [2], ...options } as PoolOptions).data];
    expect(sums({ padding: "same", stride: 1 })).toEqual([3, 6, 12, 24, 16]);
    expect(sums({ padding: "same" })).toEqual([3, 12, 16]);
    expect(sums({ padding: "full", stride: 1 })).toEqual([1, 3, 6, 12, 24, 16]);
    expect(sums({ padding: "full", stride: 1, dilation: 2 })).toEqual([1, 2, 5, 10, 20, 8, 16]);
    expect(sums({ padding: [[1, 0]], stride: 3 })).toEqual([1, 12]);
  });
});
