import { describe, expect, it } from "vitest";
import { gaborAt } from "../../../src/math/gabor.js";
import { xOfColumn, yOfRow } from "../../../src/math/grid.js";
import { fillNormal } from "../../../src/math/random.js";
import { randomStream } from "../../../src/math/random-streams.js";
import { fieldEllipse, gaborEllipse } from "../../../src/reverse-correlation/average/field-ellipse.js";
import { tensor, zeros } from "../../../src/tensor/tensor.js";

const grid = { height: 24, width: 24, step: 0.5 };
const blob = { amplitude: 1, betaX: 0.5, betaY: 0.125, frequency: 0, phase: 0, x0: 0.7, y0: -0.4, tau: 0.5 };
const image = (g: typeof blob, noise = 0, seed = 0) => {
  const z = new Float32Array(576);
  fillNormal(z, randomStream(seed, "tests"), 0);
  const values = Float64Array.from(
    z,
    (e, i) => gaborAt(g, xOfColumn(grid, i % 24), yOfRow(grid, Math.floor(i / 24))) + noise * e,
  );
  return tensor(values, [24, 24]);
};
const none = { amplitude: 0, betaX: 0, betaY: 0, frequency: 0, phase: 0, x0: 0, y0: 0, tau: 0 };

describe("the ellipse of a field", () => {
  it("is that of a Gaussian envelope, σ = 1/√(2β), turned as it is", () => {
    const found = fieldEllipse(image(blob), { grid });
    expect(found.x.value).toBeCloseTo(0.7, 4);
    expect(found.y.value).toBeCloseTo(-0.4, 4);
    expect(found.major.value).toBeCloseTo(2, 3);
    expect(found.minor.value).toBeCloseTo(1, 3);
    // The longer axis is y', a quarter turn on from τ.
    expect(found.angle.value).toBeCloseTo(0.5 + Math.PI / 2, 4);
    expect(found.semiAxes[0]).toBeCloseTo(2 * Math.sqrt(-2 * Math.log(0.05)), 3);
    expect(found.warnings).toEqual([]);
  });

  it("does not depend on the sign or the scale, and hardly on a carrier", () => {
    const plain = fieldEllipse(image(blob), { grid });
    const turned = fieldEllipse(image({ ...blob, amplitude: -7 }), { grid });
    expect(turned.major.value).toBeCloseTo(plain.major.value, 10);
    const carried = fieldEllipse(image({ ...blob, frequency: 4, phase: 1 }), { grid });
    expect(Math.abs(carried.major.value - 2)).toBeLessThan(0.02);
    expect(Math.abs(carried.minor.value - 1)).toBeLessThan(0.02);
  });

  it("has 95 % intervals that hold the truth in 92 to 98 % of 400 noisy fields", () => {
    const truth = fieldEllipse(image(blob), { grid });
    const inside = { x: 0, y: 0, major: 0, minor: 0, angle: 0 };
    for (let seed = 0; seed < 400; seed++) {
      const found = fieldEllipse(image(blob, 0.02, seed), { grid, noise: 0.02 });
      for (const name of Object.keys(inside) as (keyof typeof inside)[])
        if (Math.abs(found[name].value - truth[name].value) < 1.96 * found[name].standardError) inside[name]++;
    }
    for (const count of Object.values(inside)) {
      expect(count).toBeGreaterThanOrEqual(368);
      expect(count).toBeLessThanOrEqual(392);
    }
  });

  it("sees only what the mask lets through", () => {
    const two = image(blob);
    for (let i = 0; i < 24; i++) two.data[i] += 3;
    const mask = zeros([24, 24]);
    mask.data.fill(1, 24);
    const [open, masked] = [fieldEllipse(two, { grid }), fieldEllipse(two, { grid, mask })];
    expect(masked.y.value).toBeCloseTo(-0.4, 2);
    expect(open.y.value).toBeGreaterThan(2);
  });

  it("says when it is not told from a circle, and refuses noise", () => {
    const round = fieldEllipse(image({ ...blob, betaX: 0.3, betaY: 0.3 }, 0.02, 1), { grid, noise: 0.02 });
    expect(round.warnings[0]).toContain("not told from a circle");
    expect(() => fieldEllipse(zeros([4, 4]))).toThrow("fieldEllipse: field has no energy beyond its noise");
    expect(() => fieldEllipse(image(blob), { grid: { height: 2, width: 2 } })).toThrow("grid is 2x2");
    expect(() => fieldEllipse(image(blob), { mask: zeros([2, 2]) })).toThrow("mask has shape [2, 2]");
    const line = zeros([3, 3]);
    line.data[4] = 1;
    expect(() => fieldEllipse(line)).toThrow("field has no extent along an axis");
    expect(() => fieldEllipse(image(blob), { level: 1 })).toThrow("level is 1");
    expect(() => fieldEllipse(image(blob), { noise: -1 })).toThrow("noise is -1 at weight 0");
    expect(() => fieldEllipse(image(blob), { grid: { ...grid, step: 0 } })).toThrow("fieldEllipse: grid.step is 0");
  });
});

describe("the ellipse of a fitted Gabor", () => {
  it("has its envelope's widths with the errors of β carried over", () => {
    const errors = { ...none, betaX: 0.05, betaY: 0.01, x0: 0.1, y0: 0.2, tau: 0.03 };
    const found = gaborEllipse({ ...blob, frequency: 3 }, errors);
    expect(found.major.value).toBeCloseTo(2, 10);
    expect(found.minor.value).toBeCloseTo(1, 10);
    // σ = (2β)^-½: dσ/dβ = -σ/(2β).
    expect(found.major.standardError).toBeCloseTo((2 / 0.25) * 0.01, 10);
    expect(found.minor.standardError).toBeCloseTo(0.05, 10);
    expect(found.angle).toEqual({ value: 0.5 + Math.PI / 2, standardError: 0.03 });
    expect(found.centreRegion[1]).toBeCloseTo(0.2 * Math.sqrt(-2 * Math.log(0.05)), 10);
    expect(() => gaborEllipse({ ...blob, betaX: 0 }, none)).toThrow("gaborEllipse: betaX is 0, a number above 0");
  });
});
