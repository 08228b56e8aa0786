import { describe, expect, it } from "vitest";
import { comparedKernel } from "../../src/compare/kernel-classes.js";
import { fitGabor } from "../../src/fit/fit-gabor.js";
import { learnKernels } from "../../src/learn/learn-kernels.js";
import { defaultLearning } from "../../src/learn/learning-settings.js";
import { phaseScrambled } from "../../src/learn/phase-scramble.js";
import { fillNormal, integerAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { packagedPhotographs } from "../../src/node/images.js";
import { defaultPreparation, type PreparedPhotograph, preparePhotograph } from "../../src/stimuli/photographs.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";
import { powerOf, sumOf } from "./gradients.js";

const stream = randomStream(11, "tests");

function preparedOf(pixels: Float32Array, size: number): PreparedPhotograph {
  const image = tensor(pixels, [size, size]);
  return { kind: "prepared-photograph", name: "made", pixels: image, preparation: defaultPreparation };
}

function whiteNoiseImage(size: number): PreparedPhotograph {
  const pixels = new Float32Array(size * size);
  fillNormal(pixels, stream, 0);
  return preparedOf(pixels, size);
}

const small = { kernels: 6, kernelSize: 5, stride: 5, cropSize: 15, crops: 8, steps: 20, seed: 1 };

/** Shares of a stack's kernels with R² >= .7 and strict. */
function sharesOf(kernels: Tensor) {
  const [count, , height, width] = kernels.shape;
  const size = height * width;
  const compared = Array.from({ length: count }, (_, k) =>
    comparedKernel(fitGabor(tensor(kernels.data.slice(k * size, (k + 1) * size), [height, width])), width),
  );
  const share = (is: "gaborLike" | "strict") => compared.filter((kernel) => kernel[is]).length / count;
  return { good: share("gaborLike"), strict: share("strict") };
}

describe("learning from a picture whose parts are known", () => {
  // a mosaic of 8x8 patches, each one of four balanced, orthogonal patterns with either sign
  const patterns = [
    (_: number, c: number) => Math.sign(c - 3.5),
    (r: number) => Math.sign(r - 3.5),
    (r: number, c: number) => Math.sign((r - 3.5) * (c - 3.5)),
    (_: number, c: number) => (c % 2 === 0 ? 1 : -1),
  ];
  const size = 160;
  const pixels = new Float32Array(size * size);
  for (let i = 0; i < pixels.length; i++) {
    const [r, c] = [Math.floor(i / size), i % size];
    const pick = integerAt(8, stream, 1, Math.floor(r / 8) * 20 + Math.floor(c / 8));
    pixels[i] = (pick < 4 ? 1 : -1) * patterns[pick % 4](r % 8, c % 8);
  }

  it("explains held-out crops far better than its initial kernels could", () => {
    const settings = { kernels: 32, kernelSize: 8, stride: 8, cropSize: 24, crops: 16, seed: 1, targetActivity: 0.2 };
    const photographs = [preparedOf(pixels, size)];
    const learned = learnKernels(photographs, { ...settings, steps: 400 });
    const hardly = learnKernels(photographs, { ...settings, steps: 1 });
    expect(learned.heldOut?.explained).toBeGreaterThan(0.6);
    expect(hardly.heldOut?.explained).toBeLessThan(0.4);
    expect(learned.loss[399]).toBeLessThan(0.5 * learned.loss[0]);
  });
});

describe("the training record", () => {
  const photographs = [whiteNoiseImage(60)];
  const record = learnKernels(photographs, small);

  it("holds balanced kernels of unit norm, one activity and threshold each, and one loss a step", () => {
    expect(record.kernels.shape).toEqual([6, 1, 5, 5]);
    expect([record.activity.length, record.thresholds.length, record.loss.length]).toEqual([6, 6, 20]);
    for (let k = 0; k < 6; k++) {
      const kernel = record.kernels.data.slice(25 * k, 25 * k + 25);
      expect(sumOf(kernel)).toBeCloseTo(0, 5);
      expect(powerOf(kernel)).toBeCloseTo(1, 5);
    }
  });

  it("names all that makes it again: the same bits for the same seed, others for another", () => {
    const { seed, settings } = record;
    expect(learnKernels(photographs, { ...settings, seed })).toEqual(record);
    const other = learnKernels(photographs, { ...settings, seed: 2 });
    expect(other.kernels).not.toEqual(record.kernels);
    expect(other.initialKernels).not.toEqual(record.initialKernels);
    expect(record.photographs).toEqual([{ name: "made", height: 60, width: 60, preparation: defaultPreparation }]);
  });

  it("keeps the initial kernels as they were", () => {
    expect(record.initialKernels).not.toEqual(record.kernels);
    expect(learnKernels(photographs, { ...small, steps: 1 }).initialKernels).toEqual(record.initialKernels);
  });

  it("says where the training was stopped, and keeps the kernels of that step", () => {
    const signal = { aborted: false };
    const stopped = learnKernels(photographs, {
      ...small,
      hold: 1,
      signal,
      onProgress: ({ done }) => {
        signal.aborted = done === 5;
      },
    });
    const short = learnKernels(photographs, { ...small, hold: 1, steps: 5 });
    expect([stopped.stopped, stopped.steps, stopped.loss.length]).toEqual(["aborted", 5, 5]);
    expect(stopped.kernels).toEqual(short.kernels);
  });

  it("measures what is explained in the held-out columns, from which nothing is learned", () => {
    const { pixels } = photographs[0];
    // 10 % of 60 columns, but at least a crop's 15
    const doubled = pixels.data.map((value, i) => (i % 60 < 45 ? value : 2 * value)) as Float32Array;
    const other = learnKernels([preparedOf(doubled, 60)], small);
    expect(other.kernels).toEqual(record.kernels);
    expect(other.heldOut?.crops).toBe(256);
    expect(other.heldOut?.explained).not.toBe(record.heldOut?.explained);
  });

  it("has no held-out result where nothing is held out", () => {
    const all = learnKernels(photographs, { ...small, heldOut: 0 });
    expect(all.heldOut).toBeUndefined();
    expect(all.activity.length).toBe(6);
  });

  it("obeys every setting that is no size: another value, another result", () => {
    const others = {
      leastContrast: 1,
      heldOut: 0.4,
      rate: 0.01,
      hold: 0.1,
      end: 0.5,
      meanDecay: 0.5,
      squareDecay: 0.9,
      targetActivity: 0.2,
      thresholdRate: 0.1,
      firstThreshold: 0.5,
      encoderGradient: true,
      balanced: false,
      stride: 4,
    };
    for (const [name, value] of Object.entries(others)) {
      expect(learnKernels(photographs, { ...small, [name]: value }).kernels, name).not.toEqual(record.kernels);
    }
  });
});

describe("learnKernels refuses", () => {
  const photographs = [whiteNoiseImage(60)];
  const refusals: [object, string][] = [
    [{ momentum: 0.9 }, 'learnKernels: option "momentum" is not known, it takes seed, kernels'],
    [{ seed: 1.5 }, "learnKernels: seed is 1.5, a whole number of at least 0 is needed"],
    [{ kernels: 0 }, "learnKernels: kernels is 0, a whole number of at least 1 is needed"],
    [{ rate: 0 }, "learnKernels: rate is 0, a number above 0 is needed"],
    [{ hold: 1.5 }, "learnKernels: hold is 1.5, a number from 0 to 1 is needed"],
    [{ heldOut: 1 }, "learnKernels: heldOut is 1, a number from 0 to below 1 is needed"],
    [{ targetActivity: 0 }, "learnKernels: targetActivity is 0, a number above 0 is needed"],
    [{ targetActivity: 2 }, "learnKernels: targetActivity is 2, a number from 0 to 1 is needed"],
    [{ balanced: 1 }, "learnKernels: balanced is 1, true or false is needed"],
    [{ encoderGradient: "no" }, 'learnKernels: encoderGradient is "no", true or false is needed'],
    [{ cropSize: 4 }, "learnKernels: cropSize is 4, at least kernelSize, 5, is needed"],
    [{ cropSize: 80 }, 'learnKernels: "made" has 60x60 pixels once prepared, crops of 80 with 0.1 held out need'],
  ];
  it.each(refusals)("%o", (options, message) => {
    expect(() => learnKernels(photographs, { ...small, ...options })).toThrow(message);
  });

  it("a photograph that was not prepared, and none at all", () => {
    expect(() => learnKernels([], small)).toThrow(
      "learnKernels: photographs is a list of 0, a list of at least one prepared photograph is needed",
    );
    expect(() => learnKernels([{ kind: "photograph" }] as never, small)).toThrow(
      "learnKernels: photographs[0] is an object (Object), one from preparePhotograph is needed",
    );
  });
});

describe("learning from the four packaged photographs", () => {
  it("gives Gabor-like kernels, which the initial and the phase-scrambled ones are not", async () => {
    const prepared = (await packagedPhotographs()).map((photograph) => preparePhotograph(photograph));
    const record = learnKernels(prepared, { seed: 1 });
    const learned = sharesOf(record.kernels);
    expect(learned.good).toBeGreaterThanOrEqual(0.9);
    expect(learned.strict).toBeGreaterThanOrEqual(0.85);
    expect(sharesOf(record.initialKernels).good).toBeLessThanOrEqual(0.05);
    expect(sharesOf(phaseScrambled(record.kernels, { seed: 1 })).good).toBeLessThanOrEqual(0.2);
    expect(record.heldOut?.explained).toBeGreaterThan(0.45);
    const { targetActivity } = defaultLearning;
    for (const share of record.activity) {
      expect(share).toBeGreaterThan(targetActivity / 4);
      expect(share).toBeLessThan(2 * targetActivity);
    }
  });
});
