import type { SpikeTrain } from "../../cells/response.js";
import { fft3 } from "../../math/fft3.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import type { Estimate } from "../estimate.js";
import { eachBlock } from "../pairing.js";
import type { WhiteningProblem } from "./whitened-average-problem.js";

/** Windows at the most whose spectra are averaged: they leave its powers uncertain by some three parts in a hundred. */
const mostWindows = 1000;

/** Whitening by the power spectrum of a stationary stimulus, periodic in the window. */
export function whitenedBySpectrum(stimulus: Stimulus, spikes: SpikeTrain, average: Estimate): WhiteningProblem {
  const shape = average.kernel.shape as unknown as readonly [number, number, number];
  const [lags] = shape;
  const D = average.kernel.data.length;
  const means = meanWindow(stimulus, lags);
  const bins = stimulus.frames - lags + 1;
  const power = countPower(spikes, lags);
  const signal = [
    Float64Array.from(average.kernel.data, (value, d) => value - means[d]!),
    new Float64Array(D),
  ] as const;
  fft3(signal[0], signal[1], shape);
  const spectrum = averageSpectrum(stimulus, shape, means);
  // Sums over bins, as if the windows were periodic: G has eigenvalues N·S_f, and Σ y·x is spikes·(STA - mean).
  const used = average.spikesUsed;
  return {
    meanVariance: spectrum.reduce((sum, value) => sum + value, 0) / D,
    scoreAt: (floor) => {
      let [left, logs] = [power, 0];
      for (let f = 0; f < D; f++) {
        const squared = (signal[0][f]! ** 2 + signal[1][f]! ** 2) / D;
        left -= (used ** 2 * squared) / (bins * (spectrum[f]! + floor));
        logs += Math.log(1 + spectrum[f]! / floor);
      }
      return 0.5 * ((bins - 1) * Math.log(left / power) + logs);
    },
    fieldAt: (floor) => {
      const re = signal[0].map((value, f) => value / (spectrum[f]! + floor));
      const im = signal[1].map((value, f) => value / (spectrum[f]! + floor));
      fft3(re, im, shape, true);
      const gain = spectrum.reduce((sum, S) => sum + S / (S + floor) ** 2, 0) / D;
      const error = Math.sqrt((power * gain) / used ** 2);
      return { kernel: re, standardErrors: new Float64Array(D).fill(error) };
    },
  };
}

/** `Σ (y - ȳ)²` over the bins with a full window. */
function countPower(spikes: SpikeTrain, lags: number): number {
  const counts = spikes.counts.subarray(lags - 1);
  const mean = counts.reduce((sum, y) => sum + y, 0) / counts.length;
  return counts.reduce((sum, y) => sum + (y - mean) ** 2, 0);
}

/** The mean of every number of a window over all bins, `[lags · pixels]`. */
function meanWindow(stimulus: Stimulus, lags: number): Float64Array {
  const pixels = pixelsOf(stimulus.grid);
  const means = new Float64Array(lags * pixels);
  const bins = stimulus.frames - lags + 1;
  eachBlock(stimulus, (frames, start, count) => {
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < lags; k++) {
        const bin = start + i + k - (lags - 1);
        if (bin < 0 || bin >= bins) continue;
        for (let p = 0; p < pixels; p++) means[k * pixels + p]! += frames[i * pixels + p]! / bins;
      }
    }
  });
  return means;
}

/**
 * `E|X_f|²/D` of the windows about their mean, over windows spread evenly. One transform serves two windows, as its real and its
 * imaginary part: the powers of both at ±f add up to the transform's at f and at -f.
 */
function averageSpectrum(
  stimulus: Stimulus,
  shape: readonly [number, number, number],
  means: Float64Array,
): Float64Array {
  const D = means.length;
  const bins = stimulus.frames - shape[0] + 1;
  const windows = Math.min(bins, mostWindows);
  const sum = new Float64Array(D);
  for (let w = 0; w < windows; w += 2) {
    const [real, imaginary] = [w, w + 1].map((at) =>
      at < windows ? centredWindow(stimulus, Math.floor((at * bins) / windows), means) : new Float64Array(D),
    ) as [Float64Array, Float64Array];
    fft3(real, imaginary, shape);
    for (let f = 0; f < D; f++) sum[f]! += real[f]! ** 2 + imaginary[f]! ** 2;
  }
  return sum.map((value, f) => (value + sum[opposite(f, shape)]!) / (2 * D * windows));
}

function opposite(f: number, [L, H, W]: readonly [number, number, number]): number {
  const [t, y, x] = [Math.floor(f / (H * W)), Math.floor(f / W) % H, f % W];
  return (((L - t) % L) * H + ((H - y) % H)) * W + ((W - x) % W);
}

/** The window whose earliest frame is `first`, lag 0 first, less the mean. */
function centredWindow(stimulus: Stimulus, first: number, means: Float64Array): Float64Array {
  const pixels = pixelsOf(stimulus.grid);
  const lags = means.length / pixels;
  const frames = stimulus.read(first, lags);
  return means.map((mean, d) => frames[(lags - 1 - Math.floor(d / pixels)) * pixels + (d % pixels)]! - mean);
}
