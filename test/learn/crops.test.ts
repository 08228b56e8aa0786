import { describe, expect, it } from "vitest";
import { divideFields, drawCrops } from "../../src/learn/crops.js";
import { randomStream } from "../../src/math/random-streams.js";
import { defaultPreparation, type PreparedPhotograph } from "../../src/stimuli/photographs.js";
import { tensor } from "../../src/tensor/tensor.js";
import { powerOf, sumOf } from "./gradients.js";

const stream = randomStream(3, "tests");

/** A photograph whose pixels say where they are: 1000·row + column. */
function photographOf(height: number, width: number, value = (r: number, c: number) => 1000 * r + c) {
  const pixels = tensor(
    Float32Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width)),
    [height, width],
  );
  return { kind: "prepared-photograph", name: "ramp", pixels, preparation: defaultPreparation } as PreparedPhotograph;
}

const whole = (photograph: PreparedPhotograph) => ({
  pixels: photograph.pixels,
  left: 0,
  right: photograph.pixels.shape[1],
});
const settings = { cropSize: 4, leastContrast: 0 };

describe("crops", () => {
  it("are windows of the photograph, less their mean", () => {
    const { shape, data } = drawCrops([whole(photographOf(9, 7))], 20, settings, stream, 0);
    expect(shape).toEqual([20, 1, 4, 4]);
    for (let i = 0; i < 20; i++) {
      const crop = data.subarray(16 * i, 16 * i + 16);
      expect(sumOf(crop)).toBeCloseTo(0, 1);
      expect([crop[1] - crop[0], crop[4] - crop[0], crop[15] - crop[0]]).toEqual([1, 1000, 3003]);
    }
  });

  it("of one row are the same whenever they are drawn, and of another row others", () => {
    const curved = (r: number, c: number) => r * r * c;
    const fields = [whole(photographOf(40, 50, curved)), whole(photographOf(30, 20, curved))];
    const first = drawCrops(fields, 8, settings, stream, 5);
    drawCrops(fields, 8, settings, stream, 6);
    expect(drawCrops(fields, 8, settings, stream, 5)).toEqual(first);
    expect(drawCrops(fields, 8, settings, stream, 6)).not.toEqual(first);
  });

  it("come from every place of every field equally often", () => {
    // the difference of a crop's first two pixels names its place: 2 places in the first field, 3 in the second, 1 in the third
    const squares = (offset: number) => (r: number, c: number) => (offset + c) ** 2 + 100 * r;
    const fields = [[3, 0] as const, [4, 10] as const, [2, 20] as const].map(([width, offset]) =>
      whole(photographOf(2, width, squares(offset))),
    );
    const counts = new Map<number, number>();
    const n = 5000;
    for (let row = 0; row < n; row++) {
      const { data } = drawCrops(fields, 1, { cropSize: 2, leastContrast: 0 }, stream, row);
      const place = Math.round(data[1] - data[0]);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    expect([...counts.keys()].sort((x, y) => x - y)).toEqual([1, 3, 21, 23, 25, 41]);
    // 4 standard errors of a binomial share of a sixth
    for (const count of counts.values()) expect(Math.abs(count / n - 1 / 6)).toBeLessThan(4 * Math.sqrt(5 / 36 / n));
  });

  it("below the least contrast are drawn anew", () => {
    // contrast in the right half only
    const half = photographOf(20, 40, (r, c) => (c < 20 ? 0 : (r + c) % 2));
    const { data } = drawCrops([whole(half)], 50, { cropSize: 4, leastContrast: 0.4 }, stream, 0);
    for (let i = 0; i < 50; i++) {
      const crop = data.subarray(16 * i, 16 * i + 16);
      expect(Math.sqrt(powerOf(crop) / 16)).toBeGreaterThanOrEqual(0.4);
    }
  });

  it("of too little contrast everywhere are refused", () => {
    const flat = photographOf(20, 20, () => 1);
    expect(() => drawCrops([whole(flat)], 1, { cropSize: 4, leastContrast: 0.3 }, stream, 0)).toThrow(
      "drawCrops: 256 crops in a row have a contrast below 0.3",
    );
  });
});

describe("fields held out", () => {
  it("share no column with those that are learned from", () => {
    const { training, heldOut } = divideFields("test", [photographOf(30, 200)], 10, 0.2);
    expect(training[0]).toMatchObject({ left: 0, right: 155 });
    expect(heldOut[0]).toMatchObject({ left: 160, right: 200 });
  });

  it("and those to learn from each give crops of their own columns only", () => {
    // chequers of contrast 1 at the left, 100 at the right; the gap between would spoil any crop that touches it
    const contrast = (c: number) => (c < 155 ? 1 : c < 160 ? Number.NaN : 100);
    const chequered = photographOf(30, 200, (r, c) => contrast(c) * (-1) ** (r + c));
    const { training, heldOut } = divideFields("test", [chequered], 10, 0.2);
    const crops = { cropSize: 10, leastContrast: 0 };
    const magnitudes = (fields: typeof training) =>
      new Set(drawCrops(fields, 200, crops, stream, 0).data.map(Math.abs));
    expect(magnitudes(training)).toEqual(new Set([1]));
    expect(magnitudes(heldOut)).toEqual(new Set([100]));
  });

  it("are none where nothing is to be held out", () => {
    const { training, heldOut } = divideFields("test", [photographOf(30, 200)], 10, 0);
    expect(training[0]).toMatchObject({ left: 0, right: 200 });
    expect(heldOut).toEqual([]);
  });

  it("and the rest must each hold a crop", () => {
    expect(() => divideFields("test", [photographOf(30, 24)], 10, 0.1)).toThrow(
      'test: "ramp" has 30x24 pixels once prepared, crops of 10 with 0.1 held out need at least 10x25',
    );
  });
});
