import { describe, expect, it } from "vitest";
import {
  frequencySelectivity,
  frequencySelectivityMedian,
  modulationRatio,
  orientationCircularVariance,
  peakFrequency,
  preferredOrientation,
  type ReferenceHistogram,
  simpleCellShape,
  sizeTuning,
} from "../../src/cells/macaque-v1.js";
import { histogramQuantile } from "../../src/math/distributions.js";

const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);

const histograms: [string, ReferenceHistogram][] = Object.entries({
  preferredOrientation,
  peakFrequency,
  frequencySelectivity,
  sizeTuning,
  responses: { orientationCircularVariance, modulationRatio },
}).flatMap(([group, members]) =>
  Object.entries<ReferenceHistogram>(members).map(([name, one]): [string, ReferenceHistogram] => [
    `${group}.${name}`,
    one,
  ]),
);

/** The quantile with the values of a bin spread evenly over its logarithm. */
function logQuantile(edges: readonly number[], counts: readonly number[], p: number): number {
  return Math.exp(histogramQuantile(edges.map(Math.log), counts, p));
}

describe("the reference histograms of macaque V1", () => {
  it.each(histograms)("%s has as many cells as it says, in ascending bins, with a source", (_, one) => {
    expect(sum(one.counts)).toBe(one.n);
    expect(one.edges).toHaveLength(one.counts.length + 1);
    expect(one.edges.every((edge, i) => i === 0 || edge > one.edges[i - 1])).toBe(true);
    expect(one.source).toMatch(/\(\d{4}\)/);
  });

  it("of frequency and size have the medians that are stated, within 2 % (logarithmic bins)", () => {
    const stated = [...Object.values(peakFrequency), sizeTuning.summationField, sizeTuning.surroundOverSummation];
    for (const { edges, counts, median } of stated) {
      expect(Math.abs(logQuantile(edges, counts, 0.5) / median - 1)).toBeLessThan(0.02);
    }
  });

  it("of selectivity, variance and suppression have the medians and quartiles that are stated, within .6 % of the scale", () => {
    const { simple, complex } = frequencySelectivity;
    expect(Math.abs(histogramQuantile(simple.edges, simple.counts, 0.5) - simple.median)).toBeLessThan(0.6);
    expect(Math.abs(histogramQuantile(complex.edges, complex.counts, 0.5) - complex.median)).toBeLessThan(0.6);
    const both = simple.counts.map((count, i) => count + complex.counts[i]);
    expect(Math.abs(histogramQuantile(simple.edges, both, 0.5) - frequencySelectivityMedian)).toBeLessThan(0.6);
    const { edges, counts, quartiles } = orientationCircularVariance;
    for (const [i, p] of [0.25, 0.5, 0.75].entries()) {
      expect(Math.abs(histogramQuantile(edges, counts, p) - quartiles[i])).toBeLessThan(0.006);
    }
    const { suppressionIndex } = sizeTuning;
    const suppression = histogramQuantile(suppressionIndex.edges, suppressionIndex.counts, 0.5);
    expect(Math.abs(suppression - suppressionIndex.median)).toBeLessThan(0.006);
  });

  it("of F1/F0 have the stated share of simple cells", () => {
    expect(sum(modulationRatio.counts.slice(5)) / modulationRatio.n).toBeCloseTo(modulationRatio.shareAboveOne, 3);
  });
});

describe("the table of nx and ny", () => {
  const { edges, counts, n, quartiles } = simpleCellShape;

  it("has 79 cells in bins from .1 to 1.585", () => {
    expect(sum(counts.flat())).toBe(n);
    expect(edges.map((edge) => Number(edge.toPrecision(4)))).toEqual([0.1, 0.1738, 0.302, 0.5248, 0.912, 1.585]);
  });

  it("has the stated quartiles, its rows being nx", () => {
    const rows = counts.map(sum);
    const columns = edges.slice(1).map((_, column) => sum(counts.map((row) => row[column])));
    for (const [i, p] of [0.25, 0.5, 0.75].entries()) {
      expect(logQuantile(edges, rows, p)).toBeCloseTo(quartiles[0][i], 2);
      expect(logQuantile(edges, columns, p)).toBeCloseTo(quartiles[1][i], 2);
    }
  });

  it("has 30 cells in a higher bin of ny than of nx, 37 in the same and 12 in a lower one", () => {
    const where = (is: (nx: number, ny: number) => boolean) =>
      sum(counts.flatMap((row, nx) => row.filter((_, ny) => is(nx, ny))));
    expect([where((nx, ny) => ny > nx), where((nx, ny) => ny === nx), where((nx, ny) => ny < nx)]).toEqual([
      30, 37, 12,
    ]);
  });
});
