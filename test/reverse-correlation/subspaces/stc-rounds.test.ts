import { describe, expect, it } from "vitest";
import { allowedBeyond, nestedRounds, projectOut } from "../../../src/reverse-correlation/subspaces/stc-rounds.js";

/** A diagonal matrix, so that every eigenvalue and direction is known. */
function diagonal(values: readonly number[]): Float64Array {
  const n = values.length;
  return Float64Array.from({ length: n * n }, (_, at) => (at % (n + 1) === 0 ? values[at / (n + 1)] : 0));
}

const axis = (found: { direction: Float64Array } | undefined) => found?.direction.findIndex((x) => Math.abs(x) > 0.5);

/** 39 draws whose tops and bottoms are ±1 to ±1.38 on two axes of their own. */
function draws(n: number, spread = 1): Float64Array[] {
  return Array.from({ length: 39 }, (_, d) => {
    const values = new Array(n).fill(0);
    values[d % n] = 1 + spread * d * 0.01;
    values[(d + 1) % n] = -1 - d * 0.01;
    return diagonal(values);
  });
}

describe("nested rounds", () => {
  it("take first, of two that pass, the one farther out in null standard deviations, not the larger one", () => {
    // The draws' tops spread ten times as far as their bottoms: 6 is nearer to its null than -2.
    const rounds = nestedRounds(diagonal([6, -2, 0, 0]), draws(4, 10), 4, 0.05, 4, () => undefined);
    expect(rounds.map(({ found }) => found?.sign)).toEqual([-1, 1, undefined]);
    expect(rounds.map(({ found }) => axis(found))).toEqual([1, 0, undefined]);
    expect(rounds[0].low.pValue).toBe(1 / 40);
    expect(rounds[0].high.pValue).toBe(1 / 40);
    expect(rounds[0].high.nullMean).toBeCloseTo(1 + 1.9, 12);
    expect(rounds[0].low.nullDeviation).toBeCloseTo(0.01 * Math.sqrt((39 * 40) / 12), 12);
  });

  it("stop at an extreme that equals one of 39 draws", () => {
    const [round] = nestedRounds(diagonal([1.38, 0, 0, 0]), draws(4), 4, 0.05, 4, () => undefined);
    expect(round.found).toBeUndefined();
    expect(round.high.pValue).toBe(2 / 40);
    expect(round.high.band).toBeCloseTo(1.38, 12);
    expect(round.low.band).toBeCloseTo(-1.38, 12);
  });

  it("project what they found out of the draws too: the next round's band has lost it", () => {
    const nulls = Array.from({ length: 39 }, (_, d) => diagonal([1 + d * 0.01, 0.1 + d * 0.001, -0.1, 0]));
    const rounds = nestedRounds(diagonal([5, 0.5, 0, 0]), nulls, 4, 0.05, 4, () => undefined);
    expect(rounds.map(({ found }) => axis(found))).toEqual([0, 1, undefined]);
    expect(rounds[0].high.band).toBeCloseTo(1.38, 12);
    expect(rounds[1].high.band).toBeCloseTo(0.138, 12);
  });

  it("count a direction that was projected out with 0, which is never significant", () => {
    const tilted = diagonal([-3, -3, -3]);
    const nulls = Array.from({ length: 39 }, () => diagonal([-1, -1, -1]));
    const direction = [0.6, 0.48, 0.64];
    for (const matrix of [tilted, ...nulls]) projectOut(matrix, direction);
    const rounds = nestedRounds(tilted, nulls, 3, 0.05, 2, () => undefined);
    // Both bottoms are found; the top, 0 in data and draws alike, is not.
    expect(rounds.map(({ found }) => found?.sign)).toEqual([-1, -1]);
    expect(rounds.map(({ high }) => [high.value, high.pValue])).toEqual([
      [0, 1],
      [0, 1],
    ]);
  });

  it("end when nothing is left to find", () => {
    const nulls = Array.from({ length: 39 }, () => diagonal([0.1, -0.1]));
    const rounds = nestedRounds(diagonal([2, 3]), nulls, 2, 0.05, 2, () => undefined);
    expect(rounds.map(({ found }) => axis(found))).toEqual([1, 0]);
  });

  it("allow as many draws beyond as the level has room for", () => {
    expect(allowedBeyond(0.05, 38)).toBe(0);
    expect(allowedBeyond(0.05, 39)).toBe(1);
    expect(allowedBeyond(0.05, 99)).toBe(2);
    expect(allowedBeyond(0.05, 199)).toBe(5);
    expect(allowedBeyond(0.1, 59)).toBe(3);
  });
});
