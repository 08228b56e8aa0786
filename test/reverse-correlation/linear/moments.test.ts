import { describe, expect, it } from "vitest";
import { stretchesOf, sumFeatures } from "../../../src/reverse-correlation/linear/features.js";
import { chooseModes, coefficientsOf, fieldOf } from "../../../src/reverse-correlation/linear/modes.js";
import { foldsOf, type LinearMoments, momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { sumWindows } from "../../../src/reverse-correlation/linear/windows.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { cellSpikes, frameSeconds, noise, patches, simpleField } from "./world.js";

const [lags, size, frames] = [3, 4, 1300];
const stimulus = patches(frames, size, 1);
const spikes = cellSpikes(stimulus, simpleField(lags, size), 100, 2);
const D = lags * size * size;

function windowOf(movie: Stimulus, t: number): Float64Array {
  const read = movie.read(t - lags + 1, lags);
  return Float64Array.from(
    { length: D },
    (_, d) => read[(lags - 1 - Math.floor(d / size ** 2)) * size ** 2 + (d % size ** 2)]!,
  );
}

/** By definition: windows and counts of some bins, about given means or their own. */
function momentsByDefinition(bins: readonly number[], feature: (window: Float64Array) => Float64Array, about = bins) {
  const mean = (values: readonly Float64Array[]) =>
    values[0]!.map((_, i) => values.reduce((sum, v) => sum + v[i]!, 0) / values.length);
  const z = bins.map((t) => feature(windowOf(stimulus, t)));
  const middle = mean(about.map((t) => feature(windowOf(stimulus, t))));
  const y = bins.map((t) => spikes.counts[t]!);
  const level = about.reduce((sum, t) => sum + spikes.counts[t]!, 0) / about.length;
  const n = middle.length;
  return {
    gram: Float64Array.from({ length: n * n }, (_, at) => {
      const [i, j] = [Math.floor(at / n), at % n];
      return z.reduce((sum, v) => sum + (v[i]! - middle[i]!) * (v[j]! - middle[j]!), 0);
    }),
    cross: middle.map((m, i) => z.reduce((sum, v, t) => sum + (v[i]! - m) * (y[t]! - level), 0)),
    power: y.reduce((sum, value) => sum + (value - level) ** 2, 0),
  };
}

function expectMoments(actual: LinearMoments, expected: ReturnType<typeof momentsByDefinition>) {
  const scale = expected.gram[0]!;
  actual.gram.forEach((value, at) => {
    expect(value / scale).toBeCloseTo(expected.gram[at]! / scale, 5);
  });
  actual.cross.forEach((value, at) => {
    expect(value / scale).toBeCloseTo(expected.cross[at]! / scale, 5);
  });
  expect(actual.power).toBeCloseTo(expected.power, 8);
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe("sums over the windows of a recording", () => {
  it("are the moments by definition, of all bins and of every fold, about the means that are learnt", () => {
    const { stretches, all } = sumWindows(stimulus, spikes, lags, 3);
    expectMoments(
      momentsAbout(all),
      momentsByDefinition(range(lags - 1, frames), (w) => w),
    );
    const folds = foldsOf(stretches);
    const [first, second, third] = stretchesOf(frames, lags, 3).stretches.map(({ start, end }) =>
      range(start, end),
    ) as [number[], number[], number[]];
    expectMoments(
      folds[1]!.train,
      momentsByDefinition([...first, ...third], (w) => w),
    );
    expectMoments(
      folds[1]!.heldOut,
      momentsByDefinition(second, (w) => w, [...first, ...third]),
    );
  });

  it("in cosines are those of the windows' coefficients", () => {
    const modes = chooseModes([lags, size, size], [1.5, 1, 1.2], 17);
    expect(modes.count).toBe(17);
    const moments = momentsAbout(sumFeatures(stimulus, spikes, modes, 2).all);
    expectMoments(
      moments,
      momentsByDefinition(range(lags - 1, frames), (w) => coefficientsOf(modes, w)),
    );
  });

  it("are of stretches alike in length, whose windows share no frame; with the bins between they are all bins", () => {
    for (const [T, L, parts] of [
      [103, 1, 5],
      [103, 4, 5],
      [50, 7, 2],
      [50, 3, 1],
    ] as const) {
      const { stretches, between } = stretchesOf(T, L, parts);
      const owners = stretches.map(({ start, end }) => new Set(range(start - L + 1, end)));
      expect(new Set(owners.flatMap((frames) => [...frames])).size).toBe(
        owners.reduce((sum, { size }) => sum + size, 0),
      );
      const lengths = stretches.map(({ start, end }) => end - start);
      expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(2);
      const bins = [...stretches, ...between].flatMap(({ start, end }) => range(start, end));
      expect(bins.sort((a, b) => a - b)).toEqual(range(L - 1, T));
      expect(bins.length - lengths.reduce((sum, length) => sum + length, 0)).toBe((parts - 1) * (L - 1));
    }
  });

  it("count the pixels that never change", () => {
    expect(sumWindows(noise(50, size, 1), spikesOf(50), lags, 1).constantPixels).toBe(0);
    const half = noise(50, size, 1).read(0, 50);
    for (let i = 0; i < half.length; i += 2) half[i] = 0.25;
    const still = stimulusFrom(tensor(half, [50, size, size]), { frameSeconds });
    expect(sumWindows(still, spikesOf(50), lags, 1).constantPixels).toBe(8);
  });
});

function spikesOf(length: number) {
  return { ...spikes, counts: spikes.counts.slice(0, length) };
}

describe("the modes of a field", () => {
  it("are all of them where there is room, and then any field comes back", () => {
    const modes = chooseModes([2, 3, 4], [0.1, 0.1, 0.1], 100);
    expect(modes.count).toBe(24);
    const field = Float64Array.from({ length: 24 }, (_, d) => Math.sin(d * d));
    fieldOf(modes, coefficientsOf(modes, field)).forEach((value, d) => {
      expect(value).toBeCloseTo(field[d]!, 12);
    });
  });

  it("are orthonormal: coefficients come back, whichever are chosen", () => {
    const modes = chooseModes([4, 5, 6], [1, 2, 1], 31);
    const coefficients = Float64Array.from({ length: modes.count }, (_, j) => Math.cos(j * j));
    coefficientsOf(modes, fieldOf(modes, coefficients)).forEach((value, j) => {
      expect(value).toBeCloseTo(coefficients[j]!, 12);
    });
  });

  it("are the slowest by the length scales: a long scale along an axis leaves only slow ones there", () => {
    const modes = chooseModes([4, 8, 8], [1, 4, 1], 40);
    expect(Math.max(...modes.indices[1])).toBeLessThan(Math.max(...modes.indices[2]));
  });
});
