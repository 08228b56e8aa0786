import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import { recordedCellExperiment } from "../../src/experiments/recorded-cell.js";
import { choiceOver } from "../../src/experiments/revcor-choice.js";
import { describeField } from "../../src/experiments/revcor-field.js";
import { heldOut } from "../../src/experiments/revcor-held-out.js";
import { type MethodName, methodNames, methods } from "../../src/experiments/revcor-methods.js";
import { meanFrame, pixelVariance } from "../../src/experiments/revcor-stimulus.js";
import { gaborValues, quadraturePair, renderGabor } from "../../src/math/gabor.js";
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
    { ...recordedCellExperiment.defaults, lags: 2, nullDraws: 39, folds: 2, method, ...settings },
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
      name: "recorded cell: filters other than 0 that are significant",
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

describe("what describes a field", () => {
  const frameSeconds = simple.frameSeconds;

  it("is told by held-out error: the Gabor that the cell has, with its centre in degrees", () => {
    const result = run("sta", { ...simple, step: 0.25 });
    const { choice, field } = result;
    expect(choice?.kind === "chosen" && choice.choice.chosen).toBe("gabor");
    const { x, y } = field!.ellipse!;
    // The energy of a Gabor is not symmetric about its envelope's centre: a tenth of a degree off is its own.
    expect(Math.abs(x.value - 0.25 * madeGabor.x0)).toBeLessThan(0.1 + 3 * x.standardError);
    expect(Math.abs(y.value - 0.25 * madeGabor.y0)).toBeLessThan(0.1 + 3 * y.standardError);
    const { gabor, standardErrors } = field!.gabor!;
    expect(Math.abs(gabor.frequency - madeGabor.frequency / 0.25)).toBeLessThan(4 * standardErrors.frequency);
    const tables = recordedCellExperiment.section(result).tables;
    expect(tables.map(({ title }) => title)).toContain("The ellipse of the field");
    expect(JSON.stringify(tables)).toContain("cycles/degree");
    expect(JSON.stringify(tables)).not.toContain("pixel)");
  });

  it("is a Gabor in space and time too, where there are lags enough, with times in seconds", () => {
    const result = run("sta", simple, { lags: 4 });
    const { gabor } = result.field!.spaceTimeGabor!;
    expect(gabor.t0).toBeGreaterThan(0);
    expect(gabor.t0).toBeLessThan(2 * frameSeconds);
    const compared = result.choice?.kind === "chosen" ? result.choice.choice.models.map(({ model }) => model) : [];
    expect([...compared].sort()).toEqual(["difference-of-gaussians", "gabor", "space-time-gabor"]);
    checkSection(result);
  });

  it("is not told where a block of time has no spike to see", () => {
    const counts = simple.counts.map((n, t) => (t < 3100 ? 0 : n));
    const few = run("ridge", { ...simple, counts }, { folds: 0 });
    expect(few.choice).toBeNull();
    const stimulus = stimulusFrom(simple.stimulus, { frameSeconds });
    const { folds } = { folds: 4 };
    const choice = choiceOver(
      methods.sta,
      stimulus,
      spikesFrom(counts, { frameSeconds }),
      { ...few.settings, folds },
      {},
    );
    expect(choice).toMatchObject({ kind: "none", why: expect.stringContaining("no spike") });
  });

  it("is described by nothing where the average is noise", () => {
    const counts = Uint32Array.from(simple.counts, (_, t) => ((t * 7919) % 13 === 0 ? 1 : 0));
    const section = recordedCellExperiment.section(run("sta", { ...simple, counts }, { folds: 5 }));
    const described = section.findings.find(({ name }) => name.includes("described best"));
    expect(described?.value).toBe("by nothing");
  });

  it("is none where a penalty leaves no weight, and the mean rate foretells the spikes", () => {
    const counts = Uint32Array.from(simple.counts, (_, t) => (t % 40 === 7 ? 1 : 0));
    const result = run("sparse", { ...simple, counts }, { folds: 2 });
    expect(result.found.filters[0].kernel.data.every((weight) => weight === 0)).toBe(true);
    expect(result.field).toBeNull();
    expect(result.curve).toBeNull();
    expect(Math.abs(result.heldOut!.bits)).toBeLessThan(0.1);
    checkSection(result);
  });

  it("warns of what is rarely meant, and refuses spikes that all miss the frames", () => {
    const slow = run("sta", { ...simple, frameSeconds: 16.7, spikesOutside: 5 }, { folds: 0, nullDraws: 39 });
    const findings = JSON.stringify(recordedCellExperiment.section(slow).findings);
    expect(findings).toContain("were milliseconds given for seconds?");
    expect(findings).toContain(`5 of ${slow.spikes + 5}`);
    const missed = { ...simple, counts: new Uint32Array(simple.counts.length), spikesOutside: 7 };
    expect(() => run("sta", missed)).toThrow("recorded-cell: none of 7 spike times is within the frames");
  });
});

describe("the held-out prediction", () => {
  const stimulus = stimulusFrom(simple.stimulus, { frameSeconds: simple.frameSeconds });
  const spikes = spikesFrom(simple.counts, { frameSeconds: simple.frameSeconds });
  const settings = { lags: 2, nullDraws: 39, level: 0.05, seed: 1, filters: null, subunit: null, folds: 4 };

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
    const kernel = tensor([0, 2, -1], [3, 1, 1]);
    const field = describeField({ label: "field", grid: { height: 1, width: 1 }, kernel }, 1, undefined);
    expect(field.gabor).toBeNull();
    expect(field.separability.index).toBe(1);
    expect(Array.from(field.strongest.profile)).toEqual([0, 2, -1]);
  });

  it("gives the fits of a field under a smooth prior no errors, and says why", () => {
    const grid = { height: 8, width: 8 };
    const truth = { amplitude: 1, betaX: 0.2, betaY: 0.15, frequency: 1, phase: 0.5, x0: 0, y0: 0, tau: 0.4 };
    const { data } = renderGabor(truth, grid);
    const kernel = tensor(data, [1, 8, 8]);
    const bare = describeField({ label: "field", grid, kernel }, 1, undefined).gabor!;
    const method = "automatic-smoothness-determination";
    const smooth = describeField({ label: "field", method, grid, kernel }, 1, undefined).gabor!;
    expect(bare.standardErrors.frequency).not.toBeNaN();
    expect(smooth.standardErrors.frequency).toBeNaN();
    expect(smooth.warnings[0]).toContain("errors");
  });

  it("sets the band of noise at the strongest pixel's own errors", () => {
    const kernel = tensor([1, 0, 0, -5, 0, 2], [3, 1, 2]);
    const deviation = tensor([1, 2, 3, 4, 5, 6], [3, 1, 2]);
    const { strongest } = describeField({ label: "field", grid: { height: 1, width: 2 }, kernel }, 1, {
      deviation,
      band: { errors: 2 },
    });
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
