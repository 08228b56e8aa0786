import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import { recordedCellExperiment } from "../../src/experiments/recorded-cell.js";
import { describeField } from "../../src/experiments/revcor-field.js";
import { heldOut } from "../../src/experiments/revcor-held-out.js";
import { type MethodName, methodNames, methods } from "../../src/experiments/revcor-methods.js";
import { meanFrame, pixelVariance } from "../../src/experiments/revcor-stimulus.js";
import { gaborValues, quadraturePair } from "../../src/math/gabor.js";
import { principalAngles } from "../../src/math/principal-angles.js";
import { dot, norm } from "../../src/math/vectors.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { tensor } from "../../src/tensor/tensor.js";
import { madeGabor, madeRecording, madeTime } from "./revcor-cells.js";

const grid = { height: 7, width: 7 };
const space = gaborValues(madeGabor, grid);
const truth = madeTime.flatMap((weight) => Array.from(space, (value) => weight * value));
const cosine = (a: ArrayLike<number>, b: ArrayLike<number>) => dot(a, b) / (norm(a) * norm(b));

const simple = madeRecording("simple", 4000);
const complex = madeRecording("complex", 6000);
const run = (method: MethodName, recording = simple, settings = {}) =>
  recordedCellExperiment.run(
    { ...recordedCellExperiment.defaults, lags: 2, draws: 39, folds: 2, method, ...settings },
    { recording },
    {},
  );

describe("a recording, by every method", () => {
  it.each(methodNames.filter((name) => methods[name].linear))("%s recovers the field of a simple cell", (method) => {
    const result = run(method);
    expect(structuredClone(result)).toEqual(result);
    expect(cosine(result.found.filters[0].kernel.data, truth)).toBeGreaterThan(0.85);
    expect(result.found.spikesUsed + result.found.spikesSkipped).toBe(simple.counts.reduce((sum, n) => sum + n, 0));
    expect(result.field!.separability.index).toBeGreaterThan(0.85);
    expect(result.heldOut!.bits).toBeGreaterThan(10 * result.heldOut!.bitsError);
    expect(result.heldOut!.correlation).toBeGreaterThan(0.2);
    checkSection(result);
  });

  it.each(["stc", "istac", "quadratic", "mid"] as const)("%s finds the plane of a complex cell", (method) => {
    const result = run(method, method === "mid" ? madeRecording("complex", 3000) : complex, {
      lags: 1,
      filters: method === "stc" ? null : 2,
      folds: method === "mid" ? 0 : 2,
    });
    expect(structuredClone(result)).toEqual(result);
    const filters = result.found.filters.filter(({ label }) => label !== "linear");
    expect(filters.length).toBe(2);
    const pair = quadraturePair(madeGabor).map((gabor) => gaborValues(gabor, grid));
    const [, largest] = principalAngles(
      filters.map(({ kernel }) => kernel.data),
      pair,
    );
    expect(largest).toBeLessThan(0.35);
    if (result.heldOut !== null) expect(result.heldOut.bits).toBeGreaterThan(5 * result.heldOut.bitsError);
    checkSection(result);
  });

  it("the subunit model foretells a simple cell, though its filter is smaller than the patch", () => {
    const result = run("subunit", simple, { subunit: 5 });
    expect(result.field!.grid).toEqual({ height: 5, width: 5 });
    expect(result.curve).toBeNull();
    expect(result.heldOut!.by).toBe("model");
    expect(result.heldOut!.bits).toBeGreaterThan(5 * result.heldOut!.bitsError);
    checkSection(result);
  });

  it("says that nothing is there where spikes ignore the stimulus, and foretells nothing", () => {
    const counts = Uint32Array.from(simple.counts, (_, t) => ((t * 7919) % 13 === 0 ? 1 : 0));
    const result = run("stc", { ...simple, counts });
    expect(result.found.filters).toEqual([]);
    expect(result.field).toBeNull();
    expect(Math.abs(result.heldOut!.bits)).toBeLessThan(0.1);
    checkSection(result);
    expect(recordedCellExperiment.section(result).findings).toContainEqual({
      name: "recorded cell: significant filters",
      value: "none",
      expected: "",
    });
    expect(Math.abs(run("sta", { ...simple, counts }).heldOut!.bits)).toBeLessThan(0.1);
  });

  it("leaves the held-out prediction out where it is not wanted", () => {
    const result = run("sta", simple, { folds: 0 });
    expect(result.heldOut).toBeNull();
    expect(result.curve!.heldOut).toBe(false);
    checkSection(result);
  });
});

describe("the held-out prediction", () => {
  const stimulus = stimulusFrom(simple.stimulus, { frameSeconds: simple.frameSeconds });
  const spikes = spikesFrom(simple.counts, { frameSeconds: simple.frameSeconds });
  const settings = { lags: 2, draws: 39, level: 0.05, seed: 1, filters: null, subunit: null, folds: 4 };

  it("never shows a fit the frames that it foretells", () => {
    const shown: number[] = [];
    const method = {
      ...methods.sta,
      fit: (...args: Parameters<typeof methods.sta.fit>) => {
        shown.push(args[0].frames);
        return methods.sta.fit(...args);
      },
    };
    heldOut(method, stimulus, spikes, settings, {});
    // of each block's three quarters of the frames three quarters: the curve has the rest
    expect(shown.length).toBe(4);
    for (const frames of shown) expect(frames).toBeLessThanOrEqual(0.75 * 0.75 * stimulus.frames);
  });

  it("gives each block's drive by a filter of unit norm from the other blocks", () => {
    const { drive } = heldOut(methods.sta, stimulus, spikes, settings, {});
    const own = truth.map((value) => value / norm(truth));
    const wanted = Array.from({ length: stimulus.frames - 1 }, (_, t) => {
      const pixels = 49;
      const now = stimulus.read(t + 1, 1);
      const before = stimulus.read(t, 1);
      return dot(now, own.slice(0, pixels)) + dot(before, own.slice(pixels));
    });
    expect(cosine(drive!.subarray(1), wanted)).toBeGreaterThan(0.85);
    expect(norm(drive!) / Math.sqrt(drive!.length)).toBeCloseTo(1, 1);
  });
});

describe("the parts of a report", () => {
  it("measures the mean frame and the variance of a pixel", () => {
    const stimulus = stimulusFrom(tensor([0, 4, 2, 4], [2, 1, 2]), { frameSeconds: 1 });
    expect(Array.from(meanFrame(stimulus))).toEqual([1, 4]);
    expect(pixelVariance(stimulus)).toBe(0.5);
  });

  it("describes a field of one pixel without a fit in space", () => {
    const field = describeField("field", { height: 1, width: 1 }, tensor([0, 2, -1], [3, 1, 1]), undefined);
    expect(field.gabor).toBeNull();
    expect(field.separability.index).toBe(1);
    expect(Array.from(field.strongest.profile)).toEqual([0, 2, -1]);
  });

  it("sets the band of noise at the strongest pixel's own errors", () => {
    const kernel = tensor([1, 0, 0, -5, 0, 2], [3, 1, 2]);
    const deviation = tensor([1, 2, 3, 4, 5, 6], [3, 1, 2]);
    const { strongest } = describeField("field", { height: 1, width: 2 }, kernel, { deviation, band: { errors: 2 } });
    expect([strongest.row, strongest.column]).toEqual([0, 1]);
    expect(Array.from(strongest.band!)).toEqual([4, 8, 12]);
  });
});

function checkSection(result: ReturnType<typeof run>): void {
  const section = recordedCellExperiment.section(result);
  const names = section.figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const texts = [...section.text, ...section.findings.flatMap(({ name, value, expected }) => [name, value, expected])];
  expect(texts.join(" ")).not.toMatch(/undefined|NaN|\[object/);
  for (const table of section.tables) for (const row of table.rows) expect(row.length).toBe(table.columns.length);
}
