import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { complexCellExperiment } from "../../src/experiments/complex-cell.js";
import type { Progress, Section } from "../../src/experiments/experiment.js";
import { learnedKernelsExperiment } from "../../src/experiments/learned-kernels.js";
import { recordedCellExperiment } from "../../src/experiments/recorded-cell.js";
import { experimentNamed, experiments } from "../../src/experiments/registry.js";
import { simpleCellExperiment } from "../../src/experiments/simple-cell.js";
import { renderGabor } from "../../src/math/gabor.js";
import { fillNormal } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { dot } from "../../src/math/vectors.js";
import { type Tensor, tensor } from "../../src/tensor/tensor.js";

const protocol = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../stimuli/white-noise-16x16.json"), "utf8"),
) as object;

/** What every section must be: findings, figures with their own names, no hole in a text. */
function checkSection(section: Section): void {
  expect(section.findings.length).toBeGreaterThan(1);
  const names = section.figures.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const texts = [...section.text, ...section.findings.flatMap(({ name, value, expected }) => [name, value, expected])];
  expect(texts.join(" ")).not.toMatch(/undefined|NaN|\[object/);
  for (const table of section.tables) {
    for (const row of table.rows) expect(row.length).toBe(table.columns.length);
  }
}

describe("the experiments", () => {
  it("have names of their own and ask a question", () => {
    expect(new Set(experiments.map(({ name }) => name)).size).toBe(experiments.length);
    for (const { question } of experiments) expect(question).toMatch(/\?$/);
    expect(() => experimentNamed("none")).toThrow('run: experiment "none" is not known, there are main, simple-cell');
  });

  it("recover a simple cell, with numbers that can cross threads", () => {
    const told: Progress[] = [];
    const settings = { ...simpleCellExperiment.defaults, frames: 20_000 };
    const result = simpleCellExperiment.run(settings, { protocol }, { onProgress: (progress) => told.push(progress) });
    expect(structuredClone(result)).toEqual(result);
    expect(result.correlation).toBeGreaterThan(0.85);
    // The STA's correlation scatters by about (1 - r²)/√D.
    expect(Math.abs(result.correlation - result.theory.correlation)).toBeLessThan(0.05);
    expect(told.at(-1)).toEqual({ done: 20_000, total: 20_000, unit: "frames averaged" });
    checkSection(simpleCellExperiment.section(result));
  });

  it("recover a complex cell's plane, and say so where too few frames were shown", () => {
    const settings = { ...complexCellExperiment.defaults, frames: 12_000, nullDraws: 39 };
    const result = complexCellExperiment.run(settings, { protocol }, {});
    expect(result.covariance.significant.length).toBe(2);
    expect(result.angles[1]).toBeLessThan(1.5 * result.theory.angle);
    expect(Math.abs((result.phaseDifference?.value ?? 0) - 90)).toBeLessThan(4 * (result.phaseDifference?.error ?? 0));
    checkSection(complexCellExperiment.section(result));
    const few = complexCellExperiment.run({ ...settings, frames: 600 }, { protocol }, {});
    expect(few.covariance.significant.length).toBeLessThan(2);
    expect(few.phaseDifference).toBeNull();
    checkSection(complexCellExperiment.section(few));
  });

  it("recover a recorded cell, made here: its place, its time course, its separability", () => {
    const result = recordedCellExperiment.run(
      { ...recordedCellExperiment.defaults, lags: 6, nullDraws: 39 },
      { recording: madeRecording() },
      {},
    );
    expect(structuredClone(result)).toEqual(result);
    expect(result.average.pValue).toBe(1 / 40);
    const { strongest, separability } = result.field!;
    expect([strongest.row, strongest.column]).toEqual([4, 6]);
    expect(separability.time.indexOf(Math.max(...separability.time))).toBe(2);
    expect(separability.index).toBeGreaterThan(0.5);
    checkSection(recordedCellExperiment.section(result));
  });

  it("learn kernels, fit them beside two controls, and set them beside V1", () => {
    const settings = { ...learnedKernelsExperiment.defaults, ...learnedKernelsExperiment.smoke, degreesPerPixel: 0.02 };
    const result = learnedKernelsExperiment.run(settings, { photographs: madePhotographs() }, {});
    expect(structuredClone(result)).toEqual(result);
    for (const set of [result.learned, result.initial, result.scrambled]) expect(set.fits.length).toBe(16);
    expect(result.training.loss.length).toBe(60);
    const section = learnedKernelsExperiment.section(result);
    checkSection(section);
    expect(
      section.tables
        .find(({ title }) => title.includes("beside macaque"))
        ?.rows.some(([label]) => label === "peak frequency (cycles/degree)"),
    ).toBe(true);
    const { fits } = result.learned;
    const left = fits.filter((fit) => fit.rSquared < 0.7 || fit.warnings.length > 0);
    expect(section.tables[1].rows.length).toBe(left.length);
    const again = learnedKernelsExperiment.run(settings, { photographs: madePhotographs() }, {});
    expect(again).toEqual(result);
  });
});

/** White noise on 9×10 pixels and a cell whose filter is a spot at row 4, column 6 that reverses, strongest at lag 2. */
function madeRecording() {
  const [frames, height, width] = [4000, 9, 10];
  const pixels = height * width;
  const values = new Float32Array(frames * pixels);
  fillNormal(values, randomStream(5, "tests"), 0);
  const spot = { amplitude: 1, betaX: 0.5, betaY: 0.5, frequency: 0, phase: 0, x0: 1.5, y0: 0, tau: 0 };
  const space = renderGabor(spot, { height, width }).data;
  const drive = Array.from({ length: frames }, (_, t) => dot(space, values.subarray(t * pixels, (t + 1) * pixels)));
  const counts = Uint32Array.from(drive, (_, t) => {
    const sum = (drive[t - 2] ?? 0) + 0.5 * (drive[t - 1] ?? 0) - 0.4 * (drive[t - 3] ?? 0);
    return sum > 1.5 ? 1 : 0;
  });
  const stimulus = tensor(values, [frames, height, width]);
  return { kind: "recording" as const, stimulus, counts, frameSeconds: 0.02, source: "made here", notes: [] };
}

/** Bars of many widths and directions: pictures with edges. */
function madePhotographs() {
  return [0, 1].map((index) => ({ kind: "photograph" as const, name: `bars ${index}`, pixels: bars(index) }));
}

function bars(index: number): Tensor {
  const side = 120;
  const parts = new Float32Array(40 * 4);
  fillNormal(parts, randomStream(index, "tests"), 1);
  return tensor(
    Float32Array.from({ length: side * side }, (_, i) => {
      const [x, y] = [i % side, Math.floor(i / side)];
      let grey = 0.5;
      for (let k = 0; k < 40; k++) {
        const [a, b, angle, shade] = parts.subarray(4 * k, 4 * k + 4);
        const along = (x - 60 - 40 * a) * Math.cos(9 * angle) + (y - 60 - 40 * b) * Math.sin(9 * angle);
        if (Math.abs(along) < 2 + 3 * Math.abs(a)) grey = 0.5 + 0.2 * shade;
      }
      return Math.min(1, Math.max(0, grey));
    }),
    [side, side],
  );
}
