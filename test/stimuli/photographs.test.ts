import { describe, expect, it } from "vitest";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { bandPass, type Photograph, preparePhotograph } from "../../src/stimuli/photographs.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

function imageOf(height: number, width: number, value: (r: number, c: number) => number): Tensor {
  return tensor(
    Float32Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width)),
    [height, width],
  );
}

function noiseImage(height: number, width: number): Tensor {
  const pixels = new Float32Array(height * width);
  fillNormal(pixels, randomStream(5, "tests"), 0);
  return tensor(pixels, [height, width]);
}

const photograph = (pixels: Tensor, name = "test"): Photograph => ({ kind: "photograph", name, pixels });
const momentsOf = (image: Tensor) => {
  const data = Array.from(image.data);
  const mean = data.reduce((sum, value) => sum + value, 0) / data.length;
  return { mean, variance: data.reduce((sum, value) => sum + (value - mean) ** 2, 0) / data.length };
};

describe("the band-pass", () => {
  it("multiplies a grating of f cycles a pixel by f·exp(-(f/cutoff)⁴), whatever its direction", () => {
    for (const [fx, fy] of [
      [0.1, 0],
      [0, 0.2],
      [0.15, 0.2],
      [-0.2, 0.25],
    ]) {
      const grating = imageOf(121, 135, (r, c) => Math.cos(2 * Math.PI * (fx * c + fy * r)));
      const passed = bandPass(grating, 0.4);
      const f = Math.hypot(fx, fy);
      const gain = f * Math.exp(-((f / 0.4) ** 4));
      // far from the border, where the mirrored grating goes on
      for (let r = 50; r < 70; r++) {
        for (let c = 50; c < 80; c++) {
          expect(passed.data[r * 135 + c]).toBeCloseTo(gain * grating.data[r * 135 + c], 2);
        }
      }
    }
  });

  it("takes the mean grey away", () => {
    const passed = bandPass(
      imageOf(40, 50, () => 0.7),
      0.4,
    );
    for (const value of passed.data) expect(value).toBeCloseTo(0, 6);
  });

  it("makes no edge of the picture's opposite sides being different", () => {
    const ramp = bandPass(
      imageOf(64, 112, (_, c) => c / 112),
      0.4,
    );
    const step = bandPass(
      imageOf(64, 112, (_, c) => (c < 56 ? 0 : 1)),
      0.4,
    );
    const most = (image: Tensor, from: number, to: number) => {
      let found = 0;
      for (let r = 8; r < 56; r++) {
        for (let c = from; c < to; c++) found = Math.max(found, Math.abs(image.data[r * 112 + c]));
      }
      return found;
    };
    expect(most(ramp, 8, 104)).toBeLessThan(0.05 * most(step, 48, 64));
  });

  it("turns with the picture", () => {
    const image = noiseImage(30, 44);
    const turned = imageOf(44, 30, (r, c) => image.data[c * 44 + r]);
    const passed = bandPass(image, 0.3);
    const passedTurned = bandPass(turned, 0.3);
    for (let r = 0; r < 30; r++) {
      for (let c = 0; c < 44; c++) expect(passedTurned.data[c * 30 + r]).toBeCloseTo(passed.data[r * 44 + c], 5);
    }
  });
});

describe("a prepared photograph", () => {
  it("has mean 0, variance 1, and lacks the border", () => {
    const prepared = preparePhotograph(photograph(noiseImage(80, 101)));
    expect(prepared.pixels.shape).toEqual([64, 85]);
    const { mean, variance } = momentsOf(prepared.pixels);
    expect(mean).toBeCloseTo(0, 5);
    expect(variance).toBeCloseTo(1, 5);
    expect(prepared.name).toBe("test");
  });

  it("is the same for a picture that is brighter or of more contrast", () => {
    const image = noiseImage(60, 70);
    const other = imageOf(60, 70, (r, c) => 0.3 + 5 * image.data[r * 70 + c]);
    const [a, b] = [preparePhotograph(photograph(image)), preparePhotograph(photograph(other))];
    a.pixels.data.forEach((value, i) => {
      expect(b.pixels.data[i]).toBeCloseTo(value, 3);
    });
  });

  it("has much the same contrast where the picture had ten times as much", () => {
    const image = noiseImage(160, 320);
    const uneven = imageOf(160, 320, (r, c) => (c < 160 ? 1 : 10) * image.data[r * 320 + c]);
    const spread = (prepared: Tensor) => {
      const [height, width] = prepared.shape;
      const part = (from: number) => {
        let power = 0;
        for (let r = 0; r < height; r++) {
          for (let c = from; c < from + 100; c++) power += prepared.data[r * width + c] ** 2;
        }
        return power;
      };
      return Math.sqrt(part(width - 110) / part(10));
    };
    // with the floor at a tenth of the mean contrast the weak half, an eleventh of the sum, is above it
    expect(spread(preparePhotograph(photograph(uneven), { contrastFloor: 0.1 }).pixels)).toBeCloseTo(1, 1);
    // with the floor at the mean, 5.5 in units of the weak half's contrast, the weak half is divided by that
    const floored = spread(preparePhotograph(photograph(uneven), { contrastFloor: 1 }).pixels);
    expect(floored).toBeGreaterThan(4.5);
    expect(floored).toBeLessThan(6.5);
  });

  it("is each pixel within the border over the root mean square under a Gaussian window, or over the floor", () => {
    const [height, width, border, sigma, floor] = [26, 31, 3, 2, 0.9];
    const image = noiseImage(height + 2 * border, width + 2 * border);
    const whole = bandPass(image, 0.4).data;
    const passed = imageOf(height, width, (r, c) => whole[(r + border) * (width + 2 * border) + c + border]).data;
    const mirror = (i: number, n: number) => (i < 0 ? -1 - i : i < n ? i : 2 * n - 1 - i);
    // by the definition: a square window of 3 σ each way over the mirrored picture
    const local = Float64Array.from(passed, (_, place) => {
      let [sum, weights] = [0, 0];
      for (let dr = -6; dr <= 6; dr++) {
        for (let dc = -6; dc <= 6; dc++) {
          const [r, c] = [Math.floor(place / width) + dr, (place % width) + dc];
          const weight = Math.exp(-(dr * dr + dc * dc) / (2 * sigma ** 2));
          sum += weight * passed[mirror(r, height) * width + mirror(c, width)] ** 2;
          weights += weight;
        }
      }
      return Math.sqrt(sum / weights);
    });
    const mean = local.reduce((sum, value) => sum + value, 0) / local.length;
    const below = local.filter((value) => value < floor * mean).length;
    expect(below).toBeGreaterThan(0.1 * local.length);
    expect(below).toBeLessThan(0.9 * local.length);
    const evened = tensor(
      Float64Array.from(passed, (value, i) => value / Math.max(local[i], floor * mean)),
      [height, width],
    );
    const { mean: centre, variance } = momentsOf(evened);
    const options = { border, contrastSigma: sigma, contrastFloor: floor };
    const prepared = preparePhotograph(photograph(image), options).pixels.data;
    evened.data.forEach((value, i) => {
      expect(prepared[i]).toBeCloseTo((value - centre) / Math.sqrt(variance), 4);
    });
  });

  it("records its preparation", () => {
    const options = { cutoff: 0.3, border: 4, contrastSigma: 6, contrastFloor: 0.5 };
    const prepared = preparePhotograph(photograph(noiseImage(40, 40)), options);
    expect(prepared.preparation).toEqual(options);
    expect(prepared.pixels.shape).toEqual([32, 32]);
  });

  it("cannot be made of a picture that is small, flat, colourful or holed, or with settings out of range", () => {
    const image = noiseImage(40, 40);
    const refusal = (pixels: Tensor, options = {}) => expect(() => preparePhotograph(photograph(pixels), options));
    refusal(noiseImage(16, 40)).toThrow('preparePhotograph: "test" has 16x40 pixels, at least 17 each way are needed');
    refusal(imageOf(40, 40, () => 0.5)).toThrow('preparePhotograph: "test" has the same grey all over');
    refusal(tensor(new Float32Array(75), [5, 5, 3])).toThrow(
      'preparePhotograph: "test" has shape [5, 5, 3], 2 axes are needed',
    );
    refusal(imageOf(40, 40, (r) => (r === 1 ? Number.NaN : r))).toThrow('preparePhotograph: "test"[40] is NaN');
    refusal(image, { cutoff: 0 }).toThrow("preparePhotograph: cutoff is 0, a number above 0 is needed");
    refusal(image, { border: -1 }).toThrow("preparePhotograph: border is -1, a whole number of at least 0 is needed");
    refusal(image, { contrastSigma: Number.NaN }).toThrow("preparePhotograph: contrastSigma is NaN");
    refusal(image, { contrastFloor: 0 }).toThrow(
      "preparePhotograph: contrastFloor is 0, a share above 0 and at most 1 is needed",
    );
    expect(() => preparePhotograph(image as never)).toThrow(
      "preparePhotograph: photograph is a tensor of shape [40, 40], a photograph is needed",
    );
    refusal(image, { gamma: 2 }).toThrow('preparePhotograph: option "gamma" is not known');
  });
});
