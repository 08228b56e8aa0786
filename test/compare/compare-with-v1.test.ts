import { describe, expect, it } from "vitest";
import { type Comparison, compareWithV1 } from "../../src/compare/compare-with-v1.js";
import { InputError } from "../../src/tensor/errors.js";
import { fitOf, gaborOf, publishedPopulation } from "./kernels.js";

function measureOf(comparison: Comparison, name: string) {
  const measure = comparison.measures.find((one) => one.name === name);
  if (measure === undefined) throw new Error(`no measure ${name}`);
  return measure;
}

const population = publishedPopulation(60, 1);

describe("compareWithV1", () => {
  it("finds a population drawn from the published table as alike as one can be", () => {
    const comparison = compareWithV1(publishedPopulation(200, 4), { seed: 1, draws: 300 });
    for (const { value, high, ofOneDistribution } of [
      measureOf(comparison, "nx").similarity!,
      measureOf(comparison, "ny").similarity!,
      measureOf(comparison, "elongation").similarity!,
      comparison.joint.similarity!,
    ]) {
      expect(high).toBe(1);
      expect(value).toBeGreaterThan(ofOneDistribution.low);
    }
    expect(comparison.joint.outside).toBe(0);
    expect(comparison.joint.counts.flat().reduce((sum, count) => sum + count, 0)).toBe(200);
  });

  it("finds long stripes unlike V1, in each measure of shape", () => {
    const stripes = Array.from({ length: 40 }, (_, i) => fitOf(gaborOf(1.1 + 0.01 * i, 1.2, 0.2, 0.1 * i)));
    const comparison = compareWithV1(stripes, { seed: 1, draws: 200 });
    for (const name of ["nx", "ny", "frequencySelectivity"]) {
      const { low, high } = measureOf(comparison, name).similarity!;
      expect(high, name).toBeLessThan(0.2);
      expect(low, name).toBeGreaterThanOrEqual(0);
    }
    expect(comparison.classes.inV1Box.count).toBe(0);
  });

  it("is the same for the same seed, and plain data that survives JSON", () => {
    const comparison = compareWithV1(population, { seed: 7, draws: 100 });
    expect(compareWithV1(population, { seed: 7, draws: 100 })).toEqual(comparison);
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
    const other = compareWithV1(population, { seed: 8, draws: 100 });
    expect(measureOf(other, "nx").similarity!.value).toBe(measureOf(comparison, "nx").similarity!.value);
    expect(measureOf(other, "nx").similarity).not.toEqual(measureOf(comparison, "nx").similarity);
  });

  it("leaves fits below R² .7 out of the distributions, and counts and keeps them", () => {
    const fits = [...population, fitOf(gaborOf(0.4, 0.4, 0.1), 0.3)];
    const comparison = compareWithV1(fits, { seed: 1, draws: 100 });
    expect(measureOf(comparison, "nx").ours.n).toBe(60);
    expect(comparison.classes).toMatchObject({ fits: 61, notGabor: { count: 1, of: 61 } });
    expect(comparison.kernels).toHaveLength(61);
    expect(comparison.kernels[60]).toMatchObject({ gaborLike: false, rSquared: 0.3 });
  });

  it("names the source, the cells and the sample sizes of every reference", () => {
    const comparison = compareWithV1(population, { seed: 1, draws: 100 });
    const sizes = comparison.measures.map(({ name, reference }) => [name, reference?.n ?? null]);
    expect(sizes).toEqual([
      ["nx", 79],
      ["ny", 79],
      ["elongation", 79],
      ["orientation", 246],
      ["fromCardinal", 246],
      ["frequencySpread", 148],
      ["frequencySelectivity", 30],
      ["bandwidth", null],
      ["orientationHalfWidth", 304],
      ["phase", null],
      ["symmetry", null],
      ["aspect", null],
    ]);
    for (const { reference, similarity } of comparison.measures) {
      if (reference !== null) expect(reference.source).toMatch(/\(\d{4}\)/);
      expect(similarity === null).toBe(reference === null || reference.counts === null);
      if (reference?.counts) expect(reference.counts.reduce((sum, count) => sum + count, 0)).toBe(reference.n);
    }
    expect(comparison.joint.reference.source).toMatch(/Ringach/);
  });

  it("compares frequencies by their spread alone, unless pixels have a size", () => {
    const shifted = population.map(({ gabor }) => {
      const { frequency, betaX, betaY } = gabor;
      return fitOf({ ...gabor, frequency: frequency * 0.6, betaX: betaX * 0.36, betaY: betaY * 0.36 });
    });
    const [a, b] = [population, shifted].map((fits) =>
      compareWithV1(fits, { seed: 1, draws: 100, degreesPerPixel: 0.05 }),
    );
    const [spreadA, spreadB] = [a, b].map((one) => measureOf(one, "frequencySpread"));
    expect(spreadB.similarity!.value).toBeCloseTo(spreadA.similarity!.value, 12);
    expect(spreadA.ours.median).toBe(0);
    expect(measureOf(b, "frequency").similarity!.value).not.toBe(measureOf(a, "frequency").similarity!.value);
    expect(measureOf(b, "frequency").ours.median! / measureOf(a, "frequency").ours.median!).toBeCloseTo(0.6, 9);
    const peak = a.kernels[0].measures.peakCyclesPerUnit!;
    expect(measureOf(a, "frequency").ours.values[0]).toBeCloseTo(peak / 0.05, 12);
    expect(a.degreesPerPixel).toBe(0.05);
    const without = compareWithV1(population, { seed: 1, draws: 100 });
    expect(without.measures.some(({ name }) => name === "frequency")).toBe(false);
    expect(without.degreesPerPixel).toBeNull();
  });

  it("turns a bandwidth of one octave into a cut-off ratio of 50, and a lowpass kernel into 0", () => {
    const comparison = compareWithV1([fitOf(gaborOf(0.5, 0.5, 0.15)), fitOf(gaborOf(0.1, 0.1, 0.06))], {
      seed: 1,
      draws: 100,
    });
    const octaves = comparison.kernels[0].measures.bandwidthOctaves!;
    expect(measureOf(comparison, "frequencySelectivity").ours.values).toEqual([100 * 2 ** -octaves, 0]);
    expect(measureOf(comparison, "bandwidth").ours).toMatchObject({
      n: 1,
      leftOut: { count: 1, reason: "no low cut-off" },
    });
    expect(measureOf(comparison, "frequencySpread").ours.leftOut).toEqual({ count: 1, reason: "lowpass" });
  });

  it("sorts bars into the four published bins, and into cardinal and oblique", () => {
    // bars at 0, 45, 90 and 135 degrees, and one just below 180, which is horizontal again
    const bars = [0, 45, 90, 135, 179].map((angle) => fitOf(gaborOf(0.4, 0.5, 0.1, 0, ((angle + 90) * Math.PI) / 180)));
    const comparison = compareWithV1(bars, { seed: 1, draws: 100 });
    const orientation = measureOf(comparison, "orientation");
    for (const [i, angle] of [0, 45, 90, 135, 179].entries()) expect(orientation.ours.values[i]).toBeCloseTo(angle, 9);
    expect(orientation.ours).toMatchObject({ median: null, quartiles: null });
    // shares .4 .2 .2 .2 less 66 49 77 54 of 246: the largest run is that of the two last bins and the one before
    const differences = [0.4 - 66 / 246, 0.2 - 49 / 246, 0.2 - 77 / 246, 0.2 - 54 / 246];
    const runs = [differences[0] + differences[1], -(differences[2] + differences[3])];
    expect(orientation.similarity!.value).toBeCloseTo(1 - Math.max(...runs), 12);
    const cardinal = measureOf(comparison, "fromCardinal");
    expect(cardinal.ours.values.map(Math.round)).toEqual([0, 45, 0, 45, 1]);
    expect(cardinal.similarity!.value).toBeCloseTo(1 - Math.abs(0.6 - 143 / 246), 12);
  });

  it("counts bins of ny above nx, and kernels outside the table", () => {
    const fits = [gaborOf(0.2, 0.4, 0.1), gaborOf(0.4, 0.4, 0.1), gaborOf(2, 0.4, 0.3), gaborOf(0.05, 0.4, 0.1)];
    const comparison = compareWithV1(
      fits.map((gabor) => fitOf(gabor)),
      { seed: 1, draws: 100 },
    );
    expect(measureOf(comparison, "elongation").ours.values).toEqual([1, 0, -3, 4]);
    expect(comparison.joint.outside).toBe(2);
    expect(comparison.joint.counts[1][2]).toBe(1);
    expect(comparison.joint.counts[2][2]).toBe(1);
    const none = compareWithV1([fitOf({ ...gaborOf(0.4, 0.4, 0.1), frequency: 0 })], { seed: 1, draws: 100 });
    expect(measureOf(none, "elongation").ours.leftOut).toEqual({ count: 1, reason: "no carrier" });
  });

  it("warns of few values and shows none where there are none", () => {
    const few = compareWithV1(population.slice(0, 4), { seed: 1, draws: 100 });
    expect(few.warnings[0]).toBe("nx: 4 values are few to compare");
    expect(few.warnings).toHaveLength(12);
    const none = compareWithV1([fitOf(gaborOf(0.4, 0.4, 0.1), 0.1)], { seed: 1, draws: 100 });
    expect(none.warnings[0]).toBe("nx: no kernel has a value");
    expect(none.measures.every(({ similarity, ours }) => similarity === null && ours.median === null)).toBe(true);
    expect(none.joint).toMatchObject({ n: 0, similarity: null });
    expect(compareWithV1(population, { seed: 1, draws: 100 }).warnings).toEqual([]);
  });

  it("refuses what it cannot compare, in one line", () => {
    const refusal = (fits: unknown, options: object, message: string) => {
      const run = () => compareWithV1(fits as never, { seed: 1, ...options });
      expect(run).toThrow(new InputError(`compareWithV1: ${message}`));
    };
    const bare = { gabor: gaborOf(0.4, 0.4, 0.1), rSquared: 0.9, warnings: [] };
    refusal([], {}, "fits is empty, at least one is needed");
    refusal(5, {}, "fits is 5, a list of Gabor fits is needed");
    refusal([5], {}, "fits[0] is 5, { gabor, rSquared, warnings } is needed");
    refusal([bare], {}, "fits[0] has no residual and kernelWidth is not given, the kernel's width in pixels is needed");
    refusal(
      [{ ...bare, gabor: { ...bare.gabor, tau: NaN } }],
      { kernelWidth: 9 },
      "fits[0]: gabor.tau is NaN, a finite number is needed",
    );
    refusal([bare], { kernelWidth: 0 }, "kernelWidth is 0, a number above 0 is needed");
    refusal(population, { degreesPerPixel: -1 }, "degreesPerPixel is -1, a number above 0 is needed");
    refusal(population, { draws: 99 }, "draws is 99, a whole number from 100 to 1000000 is needed");
    refusal(population, { seed: 0.5 }, "seed is 0.5, a whole number of at least 0 is needed");
    refusal(population, { bins: 5 }, 'option "bins" is not known, it takes seed, draws, degreesPerPixel, kernelWidth');
    expect(compareWithV1([bare], { seed: 1, draws: 100, kernelWidth: 9 }).classes.strict.count).toBe(1);
  });

  it("takes the shorter side of the residual for the kernel's width", () => {
    const strict = (shape: readonly number[]) => {
      const fit = { ...fitOf(gaborOf(0.4, 0.4, 0.1)), residual: { shape } };
      return compareWithV1([fit], { seed: 1, draws: 100 }).classes.strict.count;
    };
    // σ is 4 pixels
    expect([strict([7, 7]), strict([6, 20]), strict([20, 6])]).toEqual([1, 0, 0]);
  });
});
