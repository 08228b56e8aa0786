import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fillUniform, fillWords, integerAt, permutation, poissonAt, uniformAt } from "../../src/math/random.js";
import { checkSeed, randomStream, STREAMS } from "../../src/math/random-streams.js";
import { chiSquaredError, kolmogorov, meanError } from "./random-checks.js";

const source = randomStream(5, "tests");
const LIMIT = 4;

/** How often each value below `below` occurs. */
function histogram(values: Iterable<number>, below: number): Float64Array {
  const counts = new Float64Array(below);
  for (const value of values) counts[Math.min(value, below - 1)]++;
  return counts;
}

describe("randomStream", () => {
  it("gives every purpose a number of its own", () => {
    const numbers = Object.values(STREAMS);
    expect(new Set(numbers).size).toBe(numbers.length);
  });

  it("refuses a seed that is not a whole number from 0 to 2^53 - 1", () => {
    expect(() => checkSeed("f", -1)).toThrow("f: seed is -1, a whole number of at least 0 is needed");
    for (const seed of [0.5, 2 ** 53, Number.NaN, "1", undefined]) expect(() => checkSeed("f", seed)).toThrow("seed");
    expect(() => checkSeed("f", 2 ** 53 - 1)).not.toThrow();
  });
});

describe("uniformAt", () => {
  const values = new Float64Array(100_000);
  fillUniform(values, source, 1);

  it("is uniform by Kolmogorov and Smirnov's measure at .001", () => {
    expect(kolmogorov(values, (x) => x)).toBeLessThan(1.95);
    expect(values.every((u) => u >= 0 && u < 1)).toBe(true);
  });

  it("has 53 bits, each set half of the time", () => {
    for (let bit = 1; bit <= 53; bit++) {
      const scale = 2 ** bit;
      const error = meanError(values, 0.5, 0.25, (u) => Math.floor(u * scale) % 2);
      expect(Math.abs(error), `bit ${bit}`).toBeLessThan(LIMIT);
    }
    expect(values.every((u) => Number.isInteger(u * 2 ** 53))).toBe(true);
  });

  it("gives each element of a row alone, and rows apart from one another", () => {
    for (const i of [0, 1, 2, 3, 777, 99_999]) expect(uniformAt(source, 1, i)).toBe(values[i]);
    const places = [0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 53 - 1].map((row) => uniformAt(source, row, 3));
    expect(new Set(places).size).toBe(5);
  });
});

describe("fillWords", () => {
  it("fills words of which a shorter row is the start of a longer one", () => {
    const [long, short] = [new Uint32Array(11), new Uint32Array(6)];
    fillWords(long, source, 2);
    fillWords(short, source, 2);
    expect(short).toEqual(long.subarray(0, 6));
    expect(new Set(long).size).toBe(11);
  });
});

describe("integerAt", () => {
  it.each([2, 3, 10, 37])("gives every whole number below %i as often as another", (below) => {
    const values = Array.from({ length: 50_000 }, (_, i) => integerAt(below, source, 3, i));
    const expected = new Float64Array(below).fill(50_000 / below);
    expect(histogram(values, below).length).toBe(Math.max(...values) + 1);
    expect(Math.abs(chiSquaredError(histogram(values, below), expected))).toBeLessThan(LIMIT);
  });

  it("is without bias where 2^32 is not a multiple", () => {
    // by remainders alone the lower third of 3·2^30 would be twice as likely as the rest
    const thirds = Array.from({ length: 30_000 }, (_, i) => Math.floor(integerAt(3 * 2 ** 30, source, 4, i) / 2 ** 30));
    expect(Math.abs(chiSquaredError(histogram(thirds, 3), [10_000, 10_000, 10_000]))).toBeLessThan(LIMIT);
  });

  it("takes all 32 bits at 2^32 and is 0 below 1", () => {
    const words = new Uint32Array(1);
    fillWords(words, source, 6);
    expect(integerAt(2 ** 32, source, 6, 0)).toBe(words[0]);
    expect(integerAt(1, source, 6, 0)).toBe(0);
  });
});

describe("permutation", () => {
  it("holds every number once, for any length, seed and row", () => {
    fc.assert(
      fc.property(fc.nat(200), fc.maxSafeNat(), fc.maxSafeNat(), (n, seed, row) => {
        const order = permutation(n, randomStream(seed, "permutations"), row);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: n }, (_, i) => i));
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  it("gives each of the 24 orders of four as often as another", () => {
    const codes = Array.from({ length: 24_000 }, (_, row) => permutation(4, source, row).join(""));
    const counts = new Map<string, number>();
    for (const code of codes) counts.set(code, (counts.get(code) ?? 0) + 1);
    expect(counts.size).toBe(24);
    expect(Math.abs(chiSquaredError([...counts.values()], new Float64Array(24).fill(1000)))).toBeLessThan(LIMIT);
  });
});

describe("poissonAt", () => {
  it.each([0.01, 0.4, 3, 31.9, 32.1, 100])("has the Poisson distribution of mean %f", (mean) => {
    const draws = 40_000;
    const first = Math.max(0, Math.floor(mean - 2.5 * Math.sqrt(mean)));
    const last = Math.ceil(mean + 2.5 * Math.sqrt(mean)) + 1;
    // ln p(k) = k ln m - m - ln k!; the cells at both ends hold the tails
    const probabilities: number[] = [];
    for (let k = 0, log = -mean; k <= 400; k++, log += Math.log(mean / k)) {
      const cell = Math.min(Math.max(k, first), last) - first;
      probabilities[cell] = (probabilities[cell] ?? 0) + Math.exp(log);
    }
    const counts = new Float64Array(probabilities.length);
    for (let row = 0; row < draws; row++) {
      counts[Math.min(Math.max(poissonAt(mean, source, row), first), last) - first]++;
    }
    const expected = probabilities.map((p) => p * draws);
    expect(Math.abs(chiSquaredError(counts, expected))).toBeLessThan(LIMIT);
  });

  it("has equal mean and variance where the mean is large", () => {
    const mean = 5000;
    const counts = Float64Array.from({ length: 4000 }, (_, row) => poissonAt(mean, source, row));
    expect(Math.abs(meanError(counts, mean, mean))).toBeLessThan(LIMIT);
    // the variance of (k - m)² is m + 2m²
    const error = meanError(counts, mean, mean + 2 * mean * mean, (count) => (count - mean) ** 2);
    expect(Math.abs(error)).toBeLessThan(LIMIT);
  });

  it("is 0 for a mean of 0, and the same for the same row", () => {
    expect(poissonAt(0, source, 1)).toBe(0);
    expect(poissonAt(20, source, 8)).toBe(poissonAt(20, source, 8));
  });
});
