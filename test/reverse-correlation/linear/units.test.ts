import { describe, expect, it } from "vitest";
import { whitenedAverage } from "../../../src/reverse-correlation/average/whitened-average.js";
import { aldEstimate } from "../../../src/reverse-correlation/linear/ald-estimate.js";
import { asdEstimate } from "../../../src/reverse-correlation/linear/asd-estimate.js";
import { ridgeEstimate } from "../../../src/reverse-correlation/linear/ridge-estimate.js";
import { sparseEstimate } from "../../../src/reverse-correlation/linear/sparse-estimate.js";
import { stimulusFrom } from "../../../src/stimuli/given-frames.js";
import { tensor } from "../../../src/tensor/tensor.js";
import { frameSeconds, gaussianCounts, patches, simpleField } from "./world.js";

const estimators = {
  ridge: ridgeEstimate,
  asd: asdEstimate,
  ald: aldEstimate,
  sparse: sparseEstimate,
  whitened: whitenedAverage,
};
const names = Object.keys(estimators) as (keyof typeof estimators)[];
const lags = 3;
const shown = patches(300, 5, 9);
const spikes = gaussianCounts(
  shown,
  simpleField(lags, 5).map((w) => 4 * w),
  1,
  10,
  10,
);

/** The same movie counted in another unit from another zero: `scale·I + level`. */
const counted = (scale: number, level: number, step?: number) =>
  stimulusFrom(
    tensor(
      shown.read(0, 300).map((value) => scale * value + level),
      [300, 5, 5],
    ),
    { frameSeconds, ...(step !== undefined && { step }) },
  );

const largest = (values: ArrayLike<number>) => Array.from(values, Math.abs).reduce((a, b) => Math.max(a, b), 0);

describe.each(names)("a field by %s does not depend on how contrast is counted", (name) => {
  const estimate = estimators[name];
  const plain = estimate(shown, spikes, { lags });

  it.each([
    [1e-6, 0],
    [1e-3, 0],
    [3, 10],
    [1e6, 0],
    [1e-3, 0.01],
    [1, -2],
  ])("%d times, and %d more", (scale, level) => {
    const other = estimate(counted(scale, level), spikes, { lags });
    for (const of of ["kernel", "standardErrors"] as const) {
      const [expected, found] = [plain[of]!.data, other[of]!.data];
      const most = largest(expected);
      expect(most).toBeGreaterThan(0);
      // to the rounding of frames of float32, and to where a search of 19 parameters ends: at a ten-thousandth of the evidence
      const near = name === "ald" ? (of === "kernel" ? 0.02 : 0.1) : 2e-3;
      Array.from(expected).forEach((value, d) => {
        expect(Math.abs(scale * found[d]! - value)).toBeLessThan(near * most);
      });
    }
    expect(other.warnings).toEqual(plain.warnings);
    if (!("predict" in plain && "predict" in other)) return;
    const [a, b] = [plain.predict(shown), other.predict(counted(scale, level))];
    a.expected.forEach((count, t) => {
      expect(Math.abs(b.expected[t]! - count)).toBeLessThan(name === "ald" ? 0.1 : 0.02);
    });
    expect(other.logEvidence === undefined).toBe(plain.logEvidence === undefined);
    if (plain.logEvidence !== undefined) expect(other.logEvidence).toBeCloseTo(plain.logEvidence, 1);
    const varianceOf = ({ hyperparameters }: typeof plain) =>
      hyperparameters.find(({ name: own }) => own === "priorVariance")?.value ?? Number.NaN;
    if (name !== "sparse")
      expect((varianceOf(other) * scale ** 2) / varianceOf(plain)).toBeCloseTo(1, name === "ald" ? 0 : 1);
  });
});

describe.each(["ridge", "asd", "ald", "sparse"] as const)("a field by %s", (name) => {
  const estimate = estimators[name];

  it("is the same of frames as large as float32 can hold", () => {
    const [plain, huge] = [shown, counted(1e20, 0)].map((movie) => estimate(movie, spikes, { lags }));
    Array.from(plain!.kernel.data).forEach((value, d) => {
      expect(Math.abs(1e20 * huge!.kernel.data[d]! - value)).toBeLessThan(
        (name === "ald" ? 0.02 : 2e-3) * largest(plain!.kernel.data),
      );
    });
  });

  it("gives lengths in pixels where the grid has no step, else in degrees", () => {
    const unitsOf = (step?: number) =>
      estimate(counted(1, 0, step), spikes, { lags })
        .hyperparameters.map(({ unit }) => unit)
        .join();
    expect(unitsOf()).not.toMatch(/deg/);
    expect(unitsOf(0.5)).not.toMatch(/pixel/);
    if (name === "asd" || name === "ald") {
      expect(unitsOf()).toMatch(/pixel/);
      expect(unitsOf(0.5)).toMatch(/deg/);
    }
  });
});
