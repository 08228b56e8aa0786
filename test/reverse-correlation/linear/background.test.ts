import { describe, expect, it } from "vitest";
import { aldHyperprior, aldParameterCount } from "../../../src/reverse-correlation/linear/ald-prior.js";
import {
  behindBackground,
  foldBehind,
  posteriorWith,
  withBackground,
} from "../../../src/reverse-correlation/linear/background.js";
import { heldOutError } from "../../../src/reverse-correlation/linear/evidence.js";
import {
  factorEvidence,
  factorHeldOut,
  factorPosterior,
} from "../../../src/reverse-correlation/linear/factor-evidence.js";
import { sumFeatures } from "../../../src/reverse-correlation/linear/features.js";
import { chooseModes, coefficientsOf, fieldOf } from "../../../src/reverse-correlation/linear/modes.js";
import { coefficientsOfMany, fieldsOfMany } from "../../../src/reverse-correlation/linear/modes-many.js";
import { foldsOf, momentsAbout } from "../../../src/reverse-correlation/linear/moments.js";
import { cellSpikes, patches, simpleField } from "./world.js";

const [lags, size, frames] = [3, 6, 200];
const stimulus = patches(frames, size, 1);
const spikes = cellSpikes(stimulus, simpleField(lags, size), 100, 2);
const modes = chooseModes([lags, size, size], [1, 1, 1], 30);
const sums = sumFeatures(stimulus, spikes, modes, 3);
const moments = momentsAbout(sums.all);
const folds = foldsOf(sums.stretches);
const [n, m] = [modes.count, 4];
const ratios = Float64Array.from({ length: n }, (_, j) => 0.05 / (1 + j * j));
const local = Float64Array.from({ length: n * m }, (_, at) => 0.3 * Math.sin(at * at));
/** The factor of both priors side by side: the sum of two fields has the sum of their covariances. */
const together = Float64Array.from({ length: n * (n + m) }, (_, at) => {
  const [i, j] = [Math.floor(at / (n + m)), at % (n + m)];
  return j < m ? local[i * m + j]! : i === j - m ? Math.sqrt(ratios[i]!) : 0;
});
const varianceOf = (root: Float64Array, j: number) =>
  root.reduce((sum, value, at) => sum + (at % n === j ? value * value : 0), 0);

describe("a field before a background", () => {
  const background = behindBackground(moments, ratios);

  it("has the posterior of the sum of both priors", () => {
    const expected = factorPosterior(moments, together);
    const found = posteriorWith(background, factorPosterior(background.seen, local));
    found.coefficients.forEach((value, j) => {
      expect(value).toBeCloseTo(expected.coefficients[j]!, 8);
    });
    expect(found.noiseVariance).toBeCloseTo(expected.noiseVariance, 8);
    expect(found.logEvidence).toBeCloseTo(expected.logEvidence, 7);
    expect(found.logDeterminant).toBeCloseTo(expected.logDeterminant, 7);
    expect(found.effectiveParameters).toBeCloseTo(expected.effectiveParameters, 7);
    for (const j of [0, 9, n - 1]) expect(varianceOf(found.root, j)).toBeCloseTo(varianceOf(expected.root, j), 8);
  });

  it("is searched by the same evidence, but for what does not change", () => {
    const other = local.map((value) => 2 * value);
    const sum = together.map((value, at) => (at % (n + m) < m ? 2 * value : value));
    const difference = factorEvidence(background.seen, other).value - factorEvidence(background.seen, local).value;
    expect(difference).toBeCloseTo(factorEvidence(moments, sum).value - factorEvidence(moments, together).value, 7);
  });

  it("predicts what is held out as both together do", () => {
    const seen = folds.map((fold) => foldBehind(fold, ratios));
    folds.forEach(({ train, heldOut }, k) => {
      const own = behindBackground(train, ratios);
      const rest = factorPosterior(own.seen, local).coefficients;
      const whole = factorPosterior(train, together).coefficients;
      withBackground(own, rest).forEach((value, j) => {
        expect(value).toBeCloseTo(whole[j]!, 8);
      });
      expect(heldOutError(seen[k]!.heldOut, rest).error).toBeCloseTo(heldOutError(heldOut, whole).error, 7);
    });
    const power = (parts: typeof folds) => parts.reduce((sum, { heldOut }) => sum + heldOut.power, 0);
    const bins = folds.reduce((sum, { heldOut }) => sum + heldOut.bins, 0);
    const offset = 0.5 * bins * Math.log(power(seen) / power(folds));
    expect(factorHeldOut(seen, local).value + offset).toBeCloseTo(factorHeldOut(folds, together).value, 7);
  });
});

describe("many fields at once", () => {
  it("have the coefficients, and coefficients the fields, of each alone", () => {
    const D = lags * size * size;
    const fields = Float64Array.from({ length: 5 * D }, (_, at) => Math.sin(at * at));
    const coefficients = coefficientsOfMany(modes, fields, 5);
    const back = fieldsOfMany(modes, coefficients, 5);
    for (let f = 0; f < 5; f++) {
      const one = coefficientsOf(modes, fields.subarray(f * D, (f + 1) * D));
      one.forEach((value, j) => {
        expect(coefficients[f * n + j]).toBeCloseTo(value, 12);
      });
      fieldOf(modes, one).forEach((value, d) => {
        expect(back[f * D + d]).toBeCloseTo(value, 12);
      });
    }
  });
});

describe("the hyperprior of a local field", () => {
  it("has a deviation for each parameter; only the variance may be any", () => {
    const { middles, deviations } = aldHyperprior([12, 16, 16]);
    expect(middles).toHaveLength(aldParameterCount);
    expect(deviations[0]).toBe(Number.POSITIVE_INFINITY);
    expect(deviations.subarray(1).every((value) => value > 0 && value < 20)).toBe(true);
    expect([...middles.subarray(1, 4)]).toEqual([5.5, 7.5, 7.5]);
  });
});
