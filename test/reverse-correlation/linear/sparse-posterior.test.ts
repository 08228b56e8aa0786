import { describe, expect, it } from "vitest";
import { elasticNet } from "../../../src/math/elastic-net.js";
import { uniformAt } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { posteriorOf } from "../../../src/reverse-correlation/linear/evidence.js";
import { momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { laplaceMoments, sparsePosterior } from "../../../src/reverse-correlation/linear/sparse-posterior.js";
import { sumWindows } from "../../../src/reverse-correlation/linear/windows.js";
import { gaussianCounts, noise } from "./world.js";

const [lags, size, deviation] = [2, 5, 3];
const D = lags * size * size;

function recording(seed: number, scale: number) {
  const source = randomStream(seed, "tests");
  // Laplace: an exponential of either sign
  const field = Float64Array.from({ length: D }, (_, d) => {
    const u = uniformAt(source, 2, d) - 0.5;
    return -scale * Math.sign(u) * Math.log(1 - 2 * Math.abs(u));
  });
  const stimulus = noise(400, size, seed);
  const spikes = gaussianCounts(stimulus, field, deviation, 60, seed + 1);
  return { field, moments: momentsAbout(sumWindows(stimulus, spikes, lags, 1).all) };
}

describe("the posterior under the elastic net's prior", () => {
  it("is the ridge's where the penalty is all squares", () => {
    const { moments } = recording(1, 0.2);
    const mode = elasticNet(moments, 50, 0, new Float64Array(D)).weights;
    const found = sparsePosterior(moments, mode, 50, 0, deviation ** 2);
    const ridge = posteriorOf(moments, new Float64Array(D).fill(1 / 50));
    found.coefficients.forEach((value, j) => {
      expect(value).toBeCloseTo(ridge.coefficients[j]!, 10);
      expect(Math.abs(value - mode[j]!)).toBeLessThan(1e-3);
    });
  });

  it("covers 95 % of weights drawn from it about the elastic net, those that it sets to 0 too", () => {
    const scale = 0.15;
    const penalty = deviation ** 2 / scale;
    let [inside, zeros, zerosInside] = [0, 0, 0];
    const recordings = 40;
    for (let run = 0; run < recordings; run++) {
      const { field, moments } = recording(100 + run, scale);
      const mode = elasticNet(moments, penalty, 1, new Float64Array(D)).weights;
      const { coefficients, root } = sparsePosterior(moments, mode, penalty, 1, deviation ** 2);
      const squares = coefficients.map((w, j) => (w - mode[j]!) ** 2);
      for (let at = 0; at < root.length; at++) squares[at % D]! += deviation ** 2 * root[at]! ** 2;
      field.forEach((w, j) => {
        const within = Math.abs(w - mode[j]!) <= 1.96 * Math.sqrt(squares[j]!) ? 1 : 0;
        inside += within;
        if (mode[j] !== 0) return;
        zeros++;
        zerosInside += within;
      });
    }
    // 2,000 weights, nearly independent in white noise: five standard errors are .024
    expect(Math.abs(inside / (recordings * D) - 0.95)).toBeLessThan(0.03);
    expect(zeros).toBeGreaterThan(200);
    expect(zerosInside / zeros).toBeGreaterThan(0.9);
  });
});

describe("a normal number under an exponential of its magnitude", () => {
  it.each([
    [0.3, 1, 2],
    [-2, 0.5, 0.4],
    [1, 4, 30],
    [9, 0.2, 3],
  ])("has the moments of a sum over a fine grid: middle %d, variance %d, steepness %d", (middle, spread, steepness) => {
    const logs = (w: number) => -((w - middle) ** 2) / (2 * spread) - steepness * Math.abs(w);
    const peak = Math.sign(middle) * Math.max(0, Math.abs(middle) - steepness * spread);
    let [total, first, second] = [0, 0, 0];
    const width = 12 * Math.sqrt(spread);
    for (let k = -200_000; k <= 200_000; k++) {
      const w = peak + (k * width) / 200_000;
      const weight = Math.exp(logs(w) - logs(peak));
      total += weight;
      first += weight * w;
      second += weight * w * w;
    }
    const { mean, variance } = laplaceMoments(middle, spread, steepness);
    expect(mean).toBeCloseTo(first / total, 5);
    expect(variance / (second / total - (first / total) ** 2)).toBeCloseTo(1, 3);
  });

  it("stays finite where one side of 0 has almost nothing", () => {
    for (const middle of [-1e4, -50, 0, 50, 1e4]) {
      const { mean, variance } = laplaceMoments(middle, 1, 3);
      expect(mean).toBeCloseTo(middle === 0 ? 0 : middle - 3 * Math.sign(middle), 6);
      expect(variance).toBeCloseTo(middle === 0 ? variance : 1, 6);
    }
  });
});
