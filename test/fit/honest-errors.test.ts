import { describe, expect, it } from "vitest";
import type { SpikeTrain } from "../../src/cells/response.js";
import { fitDifferenceOfGaussians } from "../../src/fit/fit-difference-of-gaussians.js";
import { fitGabor } from "../../src/fit/fit-gabor.js";
import { fitSpaceTimeGabor } from "../../src/fit/fit-space-time-gabor.js";
import { correlationWarnings } from "../../src/fit/honest-errors.js";
import { canonicalGabor, type Gabor, gaborParameters, renderGabor } from "../../src/math/gabor.js";
import { mean } from "../../src/math/statistics.js";
import { spikeTriggeredAverage } from "../../src/reverse-correlation/average/spike-triggered-average.js";
import type { Estimate } from "../../src/reverse-correlation/estimate.js";
import { aldEstimate } from "../../src/reverse-correlation/linear/ald-estimate.js";
import { asdEstimate } from "../../src/reverse-correlation/linear/asd-estimate.js";
import { ridgeEstimate } from "../../src/reverse-correlation/linear/ridge-estimate.js";
import { sparseEstimate } from "../../src/reverse-correlation/linear/sparse-estimate.js";
import type { Stimulus } from "../../src/stimuli/stimulus.js";
import { tensor } from "../../src/tensor/tensor.js";
import { cellSpikes, noise } from "../reverse-correlation/linear/world.js";
import { gaborFrom, noisyField } from "./gabor-cases.js";

const size = 12;
const grid = { height: size, width: size };
/** The scale of an estimate is not the filter's. */
const compared = gaborParameters.filter((name) => name !== "amplitude");

type Estimator = (stimulus: Stimulus, spikes: SpikeTrain, options: { readonly lags: number }) => Estimate;

/** A cell of some phase and direction in white noise. */
function recording(seed: number) {
  const truth = canonicalGabor(
    gaborFrom({ sigmaX: 2, sigmaY: 2.4, cycles: 0.16 }, { y0: -0.4, tau: 0.5 + 0.3 * seed, phase: 0.6 + 0.7 * seed }),
  );
  const image = renderGabor(truth, grid).data;
  const length = Math.hypot(...image);
  const stimulus = noise(4000, size, 300 + seed);
  const spikes = cellSpikes(
    stimulus,
    Float64Array.from(image, (x) => x / length),
    60,
    800 + seed,
  );
  return { truth, stimulus, spikes };
}

/** The difference of two parameters in the form of the same function that is nearer. */
function difference(found: Gabor, truth: Gabor, name: keyof Gabor): number {
  const near =
    Math.cos(found.tau - truth.tau) >= 0 ? found : { ...found, tau: found.tau + Math.PI, phase: -found.phase };
  const d = near[name] - truth[name];
  return name === "tau" || name === "phase" ? Math.atan2(Math.sin(d), Math.cos(d)) : d;
}

/** The share of recordings in which each parameter's 95 % interval holds the truth, the errors those of the bare field. */
function coverage(estimate: Estimator, recordings: number): number[] {
  const inside = compared.map(() => 0);
  for (let seed = 0; seed < recordings; seed++) {
    const { truth, stimulus, spikes } = recording(seed);
    const { gabor, standardErrors } = fitGabor(
      tensor(estimate(stimulus, spikes, { lags: 1 }).kernel.data, [size, size]),
    );
    compared.forEach((name, i) => {
      if (Math.abs(difference(gabor, truth, name)) <= 1.96 * standardErrors[name]) inside[i]++;
    });
  }
  return inside.map((count) => count / recordings);
}

/** With how many recordings show it: the farther they err, the fewer. */
const shrinking: readonly (readonly [string, Estimator, number])[] = [
  ["automatic-smoothness-determination", asdEstimate, 10],
  ["automatic-locality-determination", aldEstimate, 4],
  ["sparse", sparseEstimate, 20],
];

describe("the standard errors of fits to a simple cell's estimates", () => {
  it.each([
    ["the average", spikeTriggeredAverage],
    ["the ridge", ridgeEstimate],
  ])("hold the truth as often as they say: %s of white noise, 60 recordings", (_, estimate) => {
    const shares = coverage(estimate, 60);
    // binomial standard error .028: four of them for each, and for the mean of the seven, which hang together, two
    for (const share of shares) expect(share).toBeGreaterThan(0.95 - 4 * 0.028);
    expect(Math.abs(mean(shares) - 0.95)).toBeLessThan(2 * 0.028);
  });

  it.each(shrinking)("would not hold it under a prior: %s", (_, estimate, recordings) => {
    // three standard errors, were all seven intervals of a recording one
    expect(mean(coverage(estimate, recordings))).toBeLessThan(0.95 - (3 * 0.22) / Math.sqrt(recordings));
  });

  it.each(shrinking)("are withheld there, with one warning that says why: %s", (method, estimate) => {
    const { stimulus, spikes } = recording(1);
    const image = estimate(stimulus, spikes, { lags: 1 });
    const kernel = [1, 0.6, -0.4].flatMap((weight) => Array.from(image.kernel.data, (x) => weight * x));
    const estimated = { ...image, kernel: tensor(kernel, [3, size, size]) };
    expect(estimated.method).toBe(method);
    const bare = { ...estimated, method: "ridge" };
    for (const [fit, plain] of [
      [fitGabor(estimated), fitGabor(bare)],
      [fitDifferenceOfGaussians(estimated), fitDifferenceOfGaussians(bare)],
      [fitSpaceTimeGabor(estimated), fitSpaceTimeGabor(bare)],
    ] as const) {
      expect(Object.values(fit.standardErrors).every(Number.isNaN)).toBe(true);
      expect(fit.warnings[0]).toMatch(new RegExp(`^no standard errors: those of an estimate by "${method}"`));
      expect(fit.warnings.filter((warning) => /standard errors/.test(warning) && !/within/.test(warning))).toHaveLength(
        1,
      );
      expect({ ...fit, standardErrors: 0, warnings: 0, parameters: 0 }).toEqual({
        ...plain,
        standardErrors: 0,
        warnings: 0,
        parameters: 0,
      });
    }
    expect(
      fitDifferenceOfGaussians(estimated).parameters.every(({ standardError }) => Number.isNaN(standardError)),
    ).toBe(true);
  });
});

describe("the warning of a residual that is not white", () => {
  const correlated = /^the residual is correlated from pixel to pixel/;
  const warned = ({ warnings }: { readonly warnings: readonly string[] }) =>
    warnings.some((warning) => correlated.test(warning));

  it("is of a smoothed field also where nothing names its estimator, and of none of 300 noisy Gabors", () => {
    const { stimulus, spikes } = recording(2);
    const image = tensor(asdEstimate(stimulus, spikes).kernel.data, [size, size]);
    expect(warned(fitGabor(image))).toBe(true);
    const truth = gaborFrom({ sigmaX: 2, sigmaY: 2.4, cycles: 0.16 });
    // chance leaves 1 in 30,000
    for (let seed = 0; seed < 300; seed++) expect(warned(fitGabor(noisyField(truth, grid, 0.3, seed)))).toBe(false);
  });

  it("is of a field that holds more than the function", () => {
    const field = noisyField(gaborFrom({ sigmaX: 2, sigmaY: 2.4, cycles: 0.16 }), grid, 0.1, 3);
    expect(warned(fitDifferenceOfGaussians(field))).toBe(true);
    expect(warned(fitGabor(field))).toBe(false);
  });

  it("takes neighbours within an image alone, and no rounding for a residual", () => {
    const images = [1, -1, 1, -1].flatMap((sign) => new Array<number>(35).fill(sign));
    expect(correlationWarnings(tensor(images, [4, 5, 7]), 0.5)).toEqual([expect.stringContaining("(by 1.00)")]);
    expect(correlationWarnings(tensor(images, [4, 5, 7]), 1e-12)).toEqual([]);
    const board = Array.from({ length: 64 }, (_, i) => ((i + Math.floor(i / 8)) % 2 === 0 ? 1 : -1));
    expect(correlationWarnings(tensor(board, [8, 8]), 0.5)).toEqual([]);
    const columns = Array.from({ length: 64 }, (_, i) => (i % 8 < 4 ? 1 : -1));
    // 112 pairs, of which the 8 across the middle disagree: (104 - 8) / 112
    expect(correlationWarnings(tensor(columns, [8, 8]), 0.5)).toEqual([expect.stringContaining("(by 0.86)")]);
  });
});
