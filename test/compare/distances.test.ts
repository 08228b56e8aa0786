import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { aboutMedian, alongLine, aroundCircle, type Contest, inPlane } from "../../src/compare/distances.js";
import { binnedDistance } from "../../src/math/distributions.js";

const distanceOf = (contest: Contest<number>) => contest.distance(contest.ours, contest.counts);
const bins = (most: number) => fc.array(fc.integer({ min: 0, max: most }), { minLength: 1, maxLength: 20 });

describe("alongLine", () => {
  it("is the binned Kolmogorov-Smirnov distance", () => {
    fc.assert(
      fc.property(bins(12), (values) => {
        const [edges, counts] = [
          [1, 3, 4, 9],
          [2, 5, 1],
        ];
        expect(distanceOf(alongLine(values, edges, counts))).toBeCloseTo(binnedDistance(values, edges, counts), 12);
      }),
    );
  });

  it("draws from the reference into the reference's bins", () => {
    const { valueIn, distance } = alongLine([1], [0, 1, 2], [1, 1]);
    expect(distance([valueIn(0, 0.5), valueIn(1, 0.5)], [1, 1])).toBe(0);
  });
});

describe("aroundCircle", () => {
  it("is the largest difference over any run of neighbouring bins, tried one by one", () => {
    fc.assert(
      fc.property(bins(3), (values) => {
        const counts = [66, 49, 77, 54];
        const share = (bin: number) =>
          values.filter((value) => value === bin).length / values.length - counts[bin] / 246;
        let largest = 0;
        for (let start = 0; start < 4; start++) {
          for (let length = 1; length <= 4; length++) {
            let sum = 0;
            for (let i = 0; i < length; i++) sum += share((start + i) % 4);
            largest = Math.max(largest, Math.abs(sum));
          }
        }
        expect(distanceOf(aroundCircle(values, counts))).toBeCloseTo(largest, 12);
      }),
    );
  });

  it("does not depend on where the circle is cut", () => {
    const [values, counts] = [
      [0, 0, 1, 3],
      [3, 1, 2, 2],
    ];
    const turned = aroundCircle(
      values.map((bin) => (bin + 1) % 4),
      [2, 3, 1, 2],
    );
    expect(distanceOf(turned)).toBeCloseTo(distanceOf(aroundCircle(values, counts)), 14);
  });
});

describe("aboutMedian", () => {
  it("does not see a shift, and sees a spread", () => {
    const [edges, counts] = [
      [0, 1, 2, 3, 4],
      [1, 3, 3, 1],
    ];
    // the medians of the bins' centres: exactly the reference's shares
    const same = [0.5, 1.5, 1.6, 1.7, 2.3, 2.4, 2.5, 3.5];
    expect(distanceOf(aboutMedian(same, edges, counts))).toBe(0);
    expect(
      distanceOf(
        aboutMedian(
          same.map((value) => value + 10),
          edges,
          counts,
        ),
      ),
    ).toBe(0);
    // all at one place: half of the reference lies on either side of its bin's limit
    expect(
      distanceOf(
        aboutMedian(
          same.map((value) => 3 * value),
          edges,
          counts,
        ),
      ),
    ).toBeGreaterThan(0.2);
  });
});

describe("aboutMedian, of a reference drawn anew", () => {
  it("shifts it to the median that it then has", () => {
    const { distance } = aboutMedian([0.5], [0, 1, 2, 3, 4], [1, 2, 1, 0]);
    const sample = [0.5, 1.2, 1.8, 2.5];
    expect(distance(sample, [1, 2, 1, 0])).toBe(0);
    expect(distance(sample, [0, 1, 2, 1])).toBe(0);
  });
});

describe("inPlane", () => {
  const edges = [0, 1, 2];
  const counts = [
    [2, 1],
    [0, 1],
  ];

  it("is the largest difference in any quadrant about any corner, counted point by point", () => {
    const point = fc.tuple(fc.double({ min: -1, max: 3, noNaN: true }), fc.double({ min: -1, max: 3, noNaN: true }));
    fc.assert(
      fc.property(fc.array(point, { minLength: 1, maxLength: 12 }), (points) => {
        const reference = [
          [0.5, 0.5],
          [0.5, 0.5],
          [0.5, 1.5],
          [1.5, 1.5],
        ];
        const share = (sample: readonly (readonly number[])[], x: number, y: number, right: boolean, up: boolean) =>
          sample.filter(([a, b]) => a >= x === right && b >= y === up).length / sample.length;
        let largest = 0;
        for (const x of [0, 1, 2]) {
          for (const y of [0, 1, 2]) {
            for (const right of [true, false]) {
              for (const up of [true, false]) {
                largest = Math.max(
                  largest,
                  Math.abs(share(points, x, y, right, up) - share(reference, x, y, right, up)),
                );
              }
            }
          }
        }
        expect(distanceOf(inPlane(points, edges, counts))).toBeCloseTo(largest, 12);
      }),
    );
  });

  it("is 0 for the reference's own shares and 1 for points outside", () => {
    const { distance, valueIn } = inPlane([[0.5, 0.5]], edges, counts);
    expect(distance([valueIn(0, 0), valueIn(0, 0), valueIn(1, 0), valueIn(3, 0)], counts.flat())).toBe(0);
    expect(distanceOf(inPlane([[5, 5]], edges, counts))).toBe(1);
    // only the quadrant of high x and low y, which the reference leaves empty, differs by all of it
    expect(distanceOf(inPlane([[1.5, 0.5]], edges, counts))).toBe(1);
  });
});
