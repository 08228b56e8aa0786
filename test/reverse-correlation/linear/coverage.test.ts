import { describe, expect, it } from "vitest";
import { timesVector } from "../../../src/math/matrix-product.js";
import { fillNormal } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { aldEstimate } from "../../../src/reverse-correlation/linear/ald-estimate.js";
import { aldParameterCount, places } from "../../../src/reverse-correlation/linear/ald-prior.js";
import { aldFactor } from "../../../src/reverse-correlation/linear/ald-search.js";
import { allCycles, wavesAt } from "../../../src/reverse-correlation/linear/ald-waves.js";
import { asdEstimate } from "../../../src/reverse-correlation/linear/asd-estimate.js";
import { asdRatios } from "../../../src/reverse-correlation/linear/asd-prior.js";
import { posteriorOf } from "../../../src/reverse-correlation/linear/evidence.js";
import { factorPosterior } from "../../../src/reverse-correlation/linear/factor-evidence.js";
import { sumFeatures } from "../../../src/reverse-correlation/linear/features.js";
import { chooseModes, fieldOf } from "../../../src/reverse-correlation/linear/modes.js";
import { modesFindings } from "../../../src/reverse-correlation/linear/modes-estimate.js";
import { momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { ridgeEstimate } from "../../../src/reverse-correlation/linear/ridge-estimate.js";
import { gaussianCounts, noise, patches, simpleField } from "./world.js";

/*
 * A posterior's intervals hold over fields of its prior: fields are drawn from it here, a new one each recording.
 */
const [lags, size, frames, deviation] = [3, 6, 600, 3];
const shape = [lags, size, size] as const;
const modes = chooseModes(shape, [0.1, 0.1, 0.1], 1000);
const recordings = 40;

function normals(length: number, seed: number): Float64Array {
  const values = new Float32Array(length);
  fillNormal(values, randomStream(seed, "tests"), 3);
  return Float64Array.from(values);
}

/** The share of all numbers of all fields that lie within 1.96 standard errors of their estimates. */
function coverage(
  stimulusOf: typeof noise,
  drawn: (seed: number) => Float64Array,
  estimate: (
    stimulus: ReturnType<typeof noise>,
    spikes: ReturnType<typeof gaussianCounts>,
  ) => { readonly kernel: ArrayLike<number>; readonly standardErrors: ArrayLike<number> },
  runs = recordings,
): number {
  let [inside, all] = [0, 0];
  for (let run = 0; run < runs; run++) {
    const stimulus = stimulusOf(frames, size, 700 + run);
    const field = drawn(run);
    const { kernel, standardErrors } = estimate(stimulus, gaussianCounts(stimulus, field, deviation, 60, 900 + run));
    field.forEach((w, d) => {
      all++;
      if (Math.abs(kernel[d]! - w) <= 1.96 * standardErrors[d]!) inside++;
    });
  }
  return inside / all;
}

const drawSmooth = (parameters: readonly number[]) => {
  const { ratios } = asdRatios(modes, parameters);
  return (seed: number) => {
    const z = normals(modes.count, seed);
    return fieldOf(
      modes,
      ratios.map((ratio, j) => deviation * Math.sqrt(ratio) * z[j]!),
    );
  };
};

const dataOf = (estimate: ReturnType<typeof asdEstimate>) => ({
  kernel: estimate.kernel.data,
  standardErrors: estimate.standardErrors!.data,
});

const stimuli = [
  { shown: "white noise", stimulusOf: noise },
  { shown: "patches with amplitudes of 1/f", stimulusOf: patches },
];

describe("95 % intervals of fields drawn from the prior", () => {
  // The numbers of one field err together: 40 fields of some 20 to 100 free numbers leave about one part in a hundred.
  it.each(stimuli)("cover 95 % by the ridge, its variance found: $shown", ({ stimulusOf }) => {
    const ridge = coverage(stimulusOf, drawSmooth([-5, -9, -9, -9]), (stimulus, spikes) =>
      dataOf(ridgeEstimate(stimulus, spikes, { lags })),
    );
    expect(Math.abs(ridge - 0.95)).toBeLessThan(0.03);
  });

  it.each(stimuli)(
    "cover 95 % by a smooth prior that is known, and about as much where it is found: $shown",
    (each) => {
      const parameters = [-5, 0, 0.4, 0.4];
      const { ratios } = asdRatios(modes, parameters);
      const known = coverage(each.stimulusOf, drawSmooth(parameters), (stimulus, spikes) => {
        const sums = sumFeatures(stimulus, spikes, modes, 1);
        const moments = momentsAbout(sums.stretches[0]!);
        return modesFindings(modes, sums, moments, posteriorOf(moments, ratios), undefined);
      });
      expect(Math.abs(known - 0.95)).toBeLessThan(0.03);
      const found = coverage(each.stimulusOf, drawSmooth(parameters), (stimulus, spikes) =>
        dataOf(asdEstimate(stimulus, spikes, { lags })),
      );
      expect(Math.abs(found - 0.95)).toBeLessThan(0.03);
    },
  );

  it("cover 95 % by a local prior that is known", () => {
    const waves = wavesAt(shape, allCycles(shape).slice(2, 25));
    const parameters = new Float64Array(aldParameterCount);
    parameters[0] = -4;
    parameters.set([1, 2.5, 2.5], places.centre);
    for (const k of [0, 3, 5]) parameters[places.window + k] = -0.4;
    const factor = aldFactor(modes, waves, parameters);
    const drawn = (seed: number) =>
      fieldOf(
        modes,
        timesVector(factor, normals(waves.count, seed)).map((value) => deviation * value),
      );
    const local = coverage(patches, drawn, (stimulus, spikes) => {
      const sums = sumFeatures(stimulus, spikes, modes, 1);
      const moments = momentsAbout(sums.stretches[0]!);
      return modesFindings(modes, sums, moments, factorPosterior(moments, factor), undefined);
    });
    expect(Math.abs(local - 0.95)).toBeLessThan(0.03);
  });

  it("cover about as much of a simple cell by a local prior that is found", () => {
    const found = coverage(
      noise,
      (seed) => simpleField(lags, size, seed).map((w) => deviation * w),
      (movie, counts) => dataOf(aldEstimate(movie, counts, { lags })),
      12,
    );
    // The share of one field has a standard deviation of .05: three and a half standard errors.
    expect(Math.abs(found - 0.95)).toBeLessThan(0.05);
  }, 240_000);
});
