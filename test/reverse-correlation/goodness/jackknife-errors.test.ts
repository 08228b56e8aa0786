import { describe, expect, it } from "vitest";
import { complexCell } from "../../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../../src/cells/poisson-spikes.js";
import type { SpikeTrain } from "../../../src/cells/response.js";
import { simpleCell } from "../../../src/cells/simple-cell.js";
import { spikesFrom } from "../../../src/cells/spikes.js";
import { quadraturePair, renderGabor } from "../../../src/math/gabor.js";
import { turnedOnto } from "../../../src/math/procrustes.js";
import { mean } from "../../../src/math/statistics.js";
import { norm } from "../../../src/math/vectors.js";
import { spikeTriggeredAverage } from "../../../src/reverse-correlation/average/spike-triggered-average.js";
import { jackknifeErrors } from "../../../src/reverse-correlation/goodness/jackknife-errors.js";
import {
  averageGain,
  effectiveSpikes,
  expectedAverageCorrelation,
} from "../../../src/reverse-correlation/goodness/theory.js";
import { informationTheoreticSpikeTriggeredSubspace } from "../../../src/reverse-correlation/subspaces/istac.js";
import type { Stimulus } from "../../../src/stimuli/stimulus.js";
import { whiteNoise } from "../../../src/stimuli/white-noise.js";
import { type Tensor, tensor } from "../../../src/tensor/tensor.js";

const [grid, frameSeconds] = [{ height: 6, width: 6 }, 0.02];
const gabor = { amplitude: 1, betaX: 0.3, betaY: 0.3, frequency: 1.2, phase: 0.4, x0: 0, y0: 0, tau: 0.5 };
/** Student's 97.5 % quantile for 19 degrees of freedom. */
const quantile = 2.093;

const average = (stimulus: Stimulus, spikes: SpikeTrain): Tensor[] => [spikeTriggeredAverage(stimulus, spikes).kernel];
const plane = (stimulus: Stimulus, spikes: SpikeTrain): Tensor[] => [
  ...informationTheoreticSpikeTriggeredSubspace(stimulus, spikes, { dimensions: 2, seed: 1 }).filters,
];

function unit(values: ArrayLike<number>): Float64Array {
  const length = norm(values);
  return Float64Array.from(values, (value) => value / length);
}

/** The share of true numbers inside the intervals. */
function inside(filters: readonly ArrayLike<number>[], errors: readonly Tensor[], truth: readonly ArrayLike<number>[]) {
  const hits = filters.flatMap((filter, i) =>
    Array.from(filter, (value, at) => (Math.abs(value - truth[i]![at]!) <= quantile * errors[i]!.data[at]! ? 1 : 0)),
  );
  return mean(hits);
}

describe("the jackknife over blocks of time", () => {
  it("has intervals that cover the expected average of a simple cell, and theory's angle", () => {
    const truth = unit(renderGabor(gabor, grid).data).map((value) => averageGain.squared * value);
    const runs = Array.from({ length: 40 }, (_, i) => {
      const stimulus = whiteNoise({ grid, frames: 6000, frameSeconds, seed: i + 1 });
      const response = simpleCell(gabor, { nonlinearity: "squared" }).respond(stimulus);
      const peakDrive = mean(response.drive);
      const spikes = poissonSpikes(response, { peakRate: 10, peakDrive, seed: i + 1 });
      const found = jackknifeErrors(average, stimulus, spikes, { gap: 1 });
      const effective = effectiveSpikes(response.drive.map((drive) => (10 * frameSeconds * drive) / peakDrive));
      return {
        share: inside([average(stimulus, spikes)[0]!.data], found.standardErrors, [truth]),
        ratio: found.angle / Math.acos(expectedAverageCorrelation(averageGain.squared, 36, effective)),
      };
    });
    // 1,440 numbers: a standard error of .006, and some more since those of a run share their spikes.
    expect(mean(runs.map(({ share }) => share))).toBeGreaterThan(0.925);
    expect(mean(runs.map(({ share }) => share))).toBeLessThan(0.975);
    expect(Math.abs(mean(runs.map(({ ratio }) => ratio)) - 1)).toBeLessThan(0.08);
  });

  it("has intervals that cover the plane of an energy cell, whichever way its filters are turned", () => {
    const pair = quadraturePair(gabor).map((each) => unit(renderGabor(each, grid).data));
    const shares = Array.from({ length: 12 }, (_, i) => {
      const stimulus = whiteNoise({ grid, frames: 12_000, frameSeconds, seed: i + 1 });
      const response = complexCell(gabor, { energy: true }).respond(stimulus);
      const spikes = poissonSpikes(response, { peakRate: 15, peakDrive: mean(response.drive), seed: i + 1 });
      const filters = plane(stimulus, spikes).map(({ data }) => data);
      const found = jackknifeErrors(plane, stimulus, spikes, { gap: 1 });
      return inside(filters, found.standardErrors, turnedOnto(pair, filters));
    });
    // 864 numbers of 12 runs.
    expect(mean(shares)).toBeGreaterThan(0.9);
    expect(mean(shares)).toBeLessThan(0.985);
  });

  it("is the standard error of a mean where the filter is a mean of blocks", () => {
    const stimulus = whiteNoise({ grid: { height: 1, width: 1 }, frames: 80, frameSeconds, seed: 1 });
    const spikes = spikesOfOnes(80);
    const meanOf: typeof average = (shown) => [
      tensor(Float64Array.of(10 + mean(shown.read(1, shown.frames - 1))), [1]),
    ];
    const { standardErrors, blocks } = jackknifeErrors(meanOf, stimulus, spikes, { gap: 1, blocks: 8 });
    const values = Array.from({ length: 8 }, (_, b) => {
      const kept = [...Array(80).keys()].filter((t) => t < 10 * b || t >= 10 * b + 10);
      const shown = kept.filter((t) => t !== 10 * b - 1);
      // Shown are the frames but for the block and the gap before it; the first of them is left out by the mean.
      return mean(shown.slice(1).map((t) => stimulus.read(t, 1)[0]!));
    });
    // Far from 0, so that no sign is turned.
    const expected = Math.sqrt((7 / 8) * values.reduce((sum, v) => sum + (v - mean(values)) ** 2, 0));
    expect(blocks).toBe(8);
    expect(standardErrors[0]!.data[0]).toBeCloseTo(expected, 12);
  });

  it("refuses what is no method, and filters that come and go", () => {
    const stimulus = whiteNoise({ grid, frames: 100, frameSeconds, seed: 1 });
    const spikes = spikesOfOnes(100);
    const zero = tensor([1], [1]);
    expect(() => jackknifeErrors(1 as never, stimulus, spikes, { gap: 1 })).toThrow(
      "jackknifeErrors: filtersOf is 1, a function is needed",
    );
    expect(() => jackknifeErrors(() => [], stimulus, spikes, { gap: 1 })).toThrow(
      "jackknifeErrors: filtersOf gives a list of 0 of the recording, at least one filter is needed",
    );
    const coming = (shown: Stimulus) => (shown.frames === 100 ? [zero] : [zero, zero]);
    expect(() => jackknifeErrors(coming, stimulus, spikes, { gap: 1 })).toThrow(
      "filtersOf gives [1], [1] of the recording without block 0, the same as of the whole, [1], is needed",
    );
    expect(() => jackknifeErrors(average, stimulus, spikes, { gap: 1, blocks: 1 })).toThrow(
      "jackknifeErrors: blocks is 1, a whole number from 2 to 100 is needed",
    );
  });

  it("refuses a gap that a filter's lags reach across, and takes one that they do not", () => {
    const stimulus = whiteNoise({ grid, frames: 400, frameSeconds, seed: 1 });
    const spikes = poissonSpikes(simpleCell(gabor).respond(stimulus), { peakRate: 60, seed: 2 });
    const averages = (shown: Stimulus, fired: SpikeTrain) => [spikeTriggeredAverage(shown, fired, { lags: 6 }).kernel];
    expect(() => jackknifeErrors(averages, stimulus, spikes, { gap: 5 })).toThrow(
      "jackknifeErrors: gap is 5, the filters have 6 lags: a gap of at least as many is needed",
    );
    expect(jackknifeErrors(averages, stimulus, spikes, { gap: 6, blocks: 4 }).blocks).toBe(4);
  });
});

function spikesOfOnes(frames: number): SpikeTrain {
  return spikesFrom(new Uint32Array(frames).fill(1), { frameSeconds });
}
