import { describe, expect, it } from "vitest";
import { classesOf, comparedKernel } from "../../src/compare/kernel-classes.js";
import { measuresOf } from "../../src/compare/kernel-measures.js";
import { wilsonInterval } from "../../src/math/intervals.js";
import { fitOf, gaborOf } from "./kernels.js";

const good = gaborOf(0.4, 0.5, 0.15);

describe("comparedKernel", () => {
  it("counts a fit from R² .7 on", () => {
    expect(comparedKernel(fitOf(good, 0.7), 16)).toMatchObject({
      gaborLike: true,
      strict: true,
      inV1Box: true,
      rSquared: 0.7,
    });
    expect(comparedKernel(fitOf(good, 0.699), 16)).toMatchObject({ gaborLike: false, strict: false, inV1Box: false });
    expect(comparedKernel(fitOf(good, NaN), 16)).toMatchObject({ gaborLike: false, rSquared: null });
  });

  it("calls strict only what keeps to each of the four limits", () => {
    const strict = (nx: number, ny: number, cycles: number) =>
      comparedKernel(fitOf(gaborOf(nx, ny, cycles)), 16).strict;
    expect(strict(0.4, 0.4, 0.15)).toBe(true);
    expect(strict(0.35, 0.35, 0.039)).toBe(false);
    expect(strict(0.35, 0.35, 0.041)).toBe(true);
    expect(strict(0.5, 0.5, 0.46)).toBe(false);
    expect(strict(0.5, 0.5, 0.44)).toBe(true);
    // σx of .69 and .71 pixels
    expect(strict(0.207, 0.5, 0.3)).toBe(false);
    expect(strict(0.213, 0.5, 0.3)).toBe(true);
    // .6 of 16 pixels are 9.6
    expect(strict(0.97, 0.5, 0.1)).toBe(false);
    expect(strict(0.95, 0.5, 0.1)).toBe(true);
    expect(strict(0.5, 0.97, 0.1)).toBe(false);
    expect(strict(0.5, 0.95, 0.1)).toBe(true);
  });

  it("has a box of nx .2 to .6 and ny .2 to .8, where no phase makes a blob", () => {
    const inBox = (nx: number, ny: number, phase = 0) =>
      comparedKernel(fitOf(gaborOf(nx, ny, 0.15, phase)), 16).inV1Box;
    expect(inBox(0.3, 0.79)).toBe(true);
    expect(inBox(0.3, 0.81)).toBe(false);
    expect(inBox(0.61, 0.5)).toBe(false);
    expect(inBox(0.19, 0.5)).toBe(false);
    expect(inBox(0.3, 0.19)).toBe(false);
    for (let phase = 0; phase < Math.PI; phase += 0.02) {
      for (const ny of [0.2, 0.25, 0.3]) expect(measuresOf(gaborOf(0.2, ny, 0.15, phase)).blob).toBe(false);
    }
  });

  it("knows a fit on a bound by its warning", () => {
    const warned = (warning: string) => comparedKernel(fitOf(good, 0.9, [warning]), 16).onBound;
    expect(warned("x0 ended on its bound, the patch's left edge")).toBe(true);
    expect(warned("not converged")).toBe(false);
    expect(warned("boundless")).toBe(false);
  });
});

describe("classesOf", () => {
  it("counts every fit, the bad ones too, each class of its own whole", () => {
    const fits = [
      fitOf(good),
      fitOf(gaborOf(0.1, 0.12, 0.06)),
      fitOf(gaborOf(0.4, 0.95, 0.15)),
      fitOf(good, 0.2, ["sigmaX ended on its lower bound, .4 pixels"]),
    ];
    const classes = classesOf(fits.map((fit) => comparedKernel(fit, 16)));
    const counted = (count: number, of: number) => ({
      count,
      of,
      share: count / of,
      interval: wilsonInterval(count, of),
    });
    expect(classes).toEqual({
      fits: 4,
      gaborLike: counted(3, 4),
      notGabor: counted(1, 4),
      strict: counted(3, 4),
      onBound: counted(1, 4),
      blobs: counted(1, 3),
      inV1Box: counted(1, 3),
    });
  });

  it("has no share where there is no case", () => {
    const classes = classesOf([comparedKernel(fitOf(good, 0.1), 16)]);
    expect(classes.blobs).toEqual({ count: 0, of: 0, share: null, interval: null });
    expect(classes.inV1Box).toEqual({ count: 0, of: 0, share: null, interval: null });
  });
});
