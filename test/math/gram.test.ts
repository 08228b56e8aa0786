import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainPanels, wasmPanels } from "../../src/kernels/panels.js";
import { addUpperGram, addWeightedGram, gramBlock, mirror } from "../../src/math/gram.js";
import { InputError } from "../../src/tensor/errors.js";

function noise(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}

/** Spike counts: 0 in a share of the frames, else 1 to 4. */
function counts(count: number, silent: number, seed: number): Float64Array {
  return Float64Array.from(noise(count, seed), (x) =>
    Math.abs(x) < silent ? 0 : 1 + (Math.floor(4 * Math.abs(x)) % 4),
  );
}

/** Σ w x xᵀ and Σ w |x||x|ᵀ in float64. */
function oracle(frames: Float32Array, weights: ArrayLike<number>, count: number, D: number) {
  const sums = new Float64Array(D * D);
  const magnitudes = new Float64Array(D * D);
  for (let t = 0; t < count; t++) {
    if (weights[t] === 0) continue;
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        const product = weights[t]! * frames[t * D + i]! * frames[t * D + j]!;
        sums[i * D + j]! += product;
        magnitudes[i * D + j]! += Math.abs(product);
      }
    }
  }
  return { sums, magnitudes };
}

/** One rounding of w·x, one of the product, 256 additions in a run and 16 runs in a block. */
const bound = (256 + 16 + 2) * 2 ** -24;

function worstError(frames: Float32Array, weights: Float64Array, count: number, D: number): number {
  const into = new Float64Array(D * D);
  addWeightedGram(frames, weights, count, D, into);
  const { sums, magnitudes } = oracle(frames, weights, count, D);
  return into.reduce((worst, value, i) => {
    if (magnitudes[i] === 0) return value === 0 ? worst : Number.POSITIVE_INFINITY;
    return Math.max(worst, Math.abs(value - sums[i]!) / magnitudes[i]!);
  }, 0);
}

describe("the weighted Gram matrix", () => {
  it("is within its rounding bound of the sum in float64, for any number of frames, pixels and silent frames", () => {
    const sizes = fc.record({
      count: fc.integer({ min: 0, max: 700 }),
      D: fc.integer({ min: 1, max: 40 }),
      silent: fc.constantFrom(0, 0.5, 0.9, 1),
      seed: fc.integer(),
    });
    fc.assert(
      fc.property(sizes, ({ count, D, silent, seed }) => {
        expect(worstError(noise(count * D, seed), counts(count, silent, seed + 1), count, D)).toBeLessThan(bound);
      }),
      { numRuns: 80, seed: 1 },
    );
  });

  it("keeps that bound over many blocks, and is ten times better in noise", () => {
    const [count, D] = [3 * gramBlock + 100, 24];
    expect(worstError(noise(count * D, 5), counts(count, 0.5, 6), count, D)).toBeLessThan(bound / 10);
  });

  it("adds to what it is given, and is symmetric to the bit", () => {
    const [count, D] = [300, 19];
    const frames = noise(count * D, 7);
    const weights = counts(count, 0.4, 8);
    const once = new Float64Array(D * D);
    addWeightedGram(frames, weights, count, D, once);
    const twice = once.slice();
    addWeightedGram(frames, weights, count, D, twice);
    expect(twice).toEqual(once.map((value) => 2 * value));
    for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) expect(once[i * D + j]).toBe(once[j * D + i]);
  });

  it("is the same bits however the frames are split, at multiples of the block", () => {
    const [count, D] = [4 * gramBlock + 77, 11];
    const frames = noise(count * D, 9);
    const weights = counts(count, 0.5, 10);
    const whole = new Float64Array(D * D);
    addWeightedGram(frames, weights, count, D, whole);
    for (const cut of [gramBlock, 3 * gramBlock]) {
      const parts = new Float64Array(D * D);
      addWeightedGram(frames, weights, cut, D, parts);
      addWeightedGram(frames.subarray(cut * D), weights.subarray(cut), count - cut, D, parts);
      expect(parts).toEqual(whole);
    }
  });

  it("is, above the diagonal alone and then mirrored, the same bits", () => {
    // More than one square of the mirror, and a part of one.
    const [count, D] = [300, 75];
    const frames = noise(count * D, 15);
    const weights = counts(count, 0.4, 16);
    const whole = new Float64Array(D * D);
    addWeightedGram(frames, weights, count, D, whole);
    const upper = new Float64Array(D * D).fill(Number.NaN);
    for (let i = 0; i < D; i++) upper.fill(0, i * D + i, (i + 1) * D);
    addUpperGram(frames, weights, count, D, upper);
    for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) expect(upper[i * D + j]).toBeNaN();
    mirror(upper, D);
    expect(upper).toEqual(whole);
    expect(() => addUpperGram(frames, [-1], 1, D, upper)).toThrow("addUpperGram: weights[0] is -1");
  });

  it("does not read a frame of weight 0", () => {
    const [count, D] = [500, 9];
    const frames = noise(count * D, 11);
    const weights = counts(count, 0.5, 12);
    const clean = new Float64Array(D * D);
    addWeightedGram(frames, weights, count, D, clean);
    for (let t = 0; t < count; t++) if (weights[t] === 0) frames.fill(Number.NaN, t * D, (t + 1) * D);
    const spoilt = new Float64Array(D * D);
    addWeightedGram(frames, weights, count, D, spoilt);
    expect(spoilt).toEqual(clean);
  });

  it("is the same bits as its plain twin", () => {
    const [count, D] = [gramBlock + 300, 21];
    const frames = noise(count * D, 13);
    for (const silent of [0.3, 0.74, 0.95]) {
      const weights = counts(count, silent, 14);
      const fast = new Float64Array(D * D);
      const slow = new Float64Array(D * D);
      addWeightedGram(frames, weights, count, D, fast, wasmPanels()!);
      addWeightedGram(frames, weights, count, D, slow, plainPanels());
      expect(slow).toEqual(fast);
    }
  });

  it("is a plain number for one pixel and one frame", () => {
    const into = Float64Array.of(0.5);
    addWeightedGram(Float32Array.of(3), [2], 1, 1, into);
    expect([...into]).toEqual([18.5]);
  });

  it.each([
    [[4, 1, 2, 0, 4], "addWeightedGram: count is 1.5, a whole number of at least 0 is needed", 1.5],
    [[4, 1, 2, 4, 4], "addWeightedGram: frames has 4 numbers, 3 frames of 2 need 6", 3],
    [[4, 1, 2, 4, 4], "addWeightedGram: weights has 1 numbers, 2 frames need 2", 2],
    [[4, 1, 0, 4, 4], "addWeightedGram: dimensions is 0, a whole number of at least 1 is needed", 1],
    [[4, 1, 2, 4, 5], "addWeightedGram: into has 5 numbers, 2 dimensions need 4", 1],
  ])("refuses lengths that do not fit (%#)", ([frames, weights, D, , into], message, count) => {
    const call = () =>
      addWeightedGram(new Float32Array(frames!), new Float32Array(weights!), count, D!, new Float64Array(into!));
    expect(call).toThrow(InputError);
    expect(call).toThrow(message);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY])("refuses the weight %d", (weight) => {
    expect(() => addWeightedGram(new Float32Array(2), [1, weight], 2, 1, new Float64Array(1))).toThrow(
      `addWeightedGram: weights[1] is ${weight}, a number of at least 0 is needed`,
    );
  });
});
