import { describe, expect, it } from "vitest";
import { alongLine } from "../../src/compare/distances.js";
import { similarityOf } from "../../src/compare/similarity.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";

const edges = [0, 1, 2, 3, 4];
const source = randomStream(3, "bootstrap");

/** Values in bins of the given shares. */
function sampleOf(shares: readonly number[], n: number, row: number): number[] {
  const tests = randomStream(8, "tests");
  return Array.from({ length: n }, (_, i) => {
    let rest = uniformAt(tests, row, i);
    for (const [bin, share] of shares.entries()) {
      rest -= share;
      if (rest < 0) return bin + 0.5;
    }
    return shares.length - 0.5;
  });
}

function tallyOf(values: readonly number[]): number[] {
  return [0, 1, 2, 3].map((bin) => values.filter((value) => Math.floor(value) === bin).length);
}

describe("similarityOf", () => {
  it("is 1 less the distance, within its interval, the same for the same stream and rows", () => {
    const contest = alongLine([0.5, 1.5, 1.6, 3.5], edges, [10, 10, 10, 10]);
    const similarity = similarityOf(contest, source, 0, 500);
    expect(similarity.value).toBeCloseTo(0.75, 14);
    expect(similarity.low).toBeLessThanOrEqual(similarity.value);
    expect(similarity.high).toBeGreaterThanOrEqual(similarity.value);
    expect(similarity).toMatchObject({ level: 0.95, draws: 500 });
    expect(similarityOf(contest, source, 0, 500)).toEqual(similarity);
    const finer = alongLine(sampleOf([0.2, 0.3, 0.3, 0.2], 37, 0), edges, [11, 9, 10, 13]);
    expect(similarityOf(finer, source, 1000, 500)).not.toEqual(similarityOf(finer, source, 0, 500));
  });

  it("is 0 where nothing overlaps, with no room for more", () => {
    const contest = alongLine(new Array(30).fill(9), edges, [10, 10, 10, 10]);
    expect(similarityOf(contest, source, 0, 200)).toMatchObject({ value: 0, low: 0, high: 0 });
  });

  it("covers the true similarity of two populations about as often as it says, equal ones among them", () => {
    const reference = [0.1, 0.4, 0.4, 0.1];
    for (const [ours, truth, least] of [
      [reference, 1, 0.88],
      [[0.3, 0.4, 0.25, 0.05], 0.8, 0.86],
      [[0.6, 0.3, 0.1, 0], 0.5, 0.86],
    ] as const) {
      let covered = 0;
      for (let trial = 0; trial < 150; trial++) {
        const contest = alongLine(
          sampleOf(ours, 48, 2 * trial),
          edges,
          tallyOf(sampleOf(reference, 79, 2 * trial + 1)),
        );
        const { low, high } = similarityOf(contest, randomStream(trial, "bootstrap"), 0, 200);
        if (low <= truth && truth <= high) covered++;
      }
      // .95 less 4 standard errors of .018; where the truth is not 1, a percentile interval of so few values covers less
      expect(covered / 150, `${truth}`).toBeGreaterThan(least);
    }
  });

  it("says what samples of these sizes reach though they are of one distribution", () => {
    const few = similarityOf(
      alongLine(sampleOf([0.25, 0.25, 0.25, 0.25], 10, 999), edges, [20, 20, 20, 20]),
      source,
      0,
      400,
    );
    const many = similarityOf(
      alongLine(sampleOf([0.25, 0.25, 0.25, 0.25], 1000, 998), edges, [2000, 2000, 2000, 2000]),
      source,
      0,
      400,
    );
    expect(few.ofOneDistribution.median).toBeLessThan(0.9);
    expect(many.ofOneDistribution.median).toBeGreaterThan(0.97);
    expect(few.ofOneDistribution.low).toBeLessThan(few.ofOneDistribution.median);
  });
});
