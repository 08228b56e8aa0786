import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import { recordedCellExperiment } from "../../src/experiments/recorded-cell.js";
import { choiceOver } from "../../src/experiments/revcor-choice.js";
import { heldOut } from "../../src/experiments/revcor-held-out.js";
import { type MethodName, methods } from "../../src/experiments/revcor-methods.js";
import type { Recording } from "../../src/formats/recording.js";
import { uniformAt } from "../../src/math/random.js";
import { randomStream } from "../../src/math/random-streams.js";
import { norm } from "../../src/math/vectors.js";
import { stimulusFrom } from "../../src/stimuli/given-frames.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { tensor } from "../../src/tensor/tensor.js";
import { madeRecording } from "./revcor-cells.js";

const simple = madeRecording("simple", 4000);
const complex = madeRecording("complex", 6000);
const run = (method: MethodName, recording = simple, settings = {}) =>
  recordedCellExperiment.run(
    { ...recordedCellExperiment.defaults, lags: 2, nullDraws: 39, folds: 2, method, ...settings },
    { recording },
    {},
  );

describe("what a report says", () => {
  const findingsOf = (result: ReturnType<typeof run>) => recordedCellExperiment.section(result).findings;
  const figureOf = (result: ReturnType<typeof run>, name: string) =>
    recordedCellExperiment.section(result).figures.find((figure) => figure.name === `recorded-cell-${name}`)!;

  it.each([
    ["stc", "weight (stimulus units)"],
    ["quadratic", "weight (η per stimulus unit)"],
    ["istac", "weight (unit norm)"],
  ] as const)("%s names the unit of the filter that is drawn", (method, title) => {
    const result = run(method, { ...simple, stimulus: scaled(simple.stimulus, 50) }, { folds: 0 });
    const figure = figureOf(result, "time-course");
    expect(figure.layout.yaxis).toMatchObject({ title: { text: title } });
    const drawn = result.found.filters[0].kernel;
    if (title.includes("unit norm")) expect(norm(drawn.data)).toBeCloseTo(1, 6);
    else expect(Math.abs(norm(drawn.data) - 1)).toBeGreaterThan(0.1);
  });

  it.each([
    [-9.81e59, 4e59, "below -1, worse than a constant rate"],
    [Number.NEGATIVE_INFINITY, Number.NaN, "below -1, worse than a constant rate"],
    [-0.05, 0.01, "-0.050 ± 0.010, worse than a constant rate"],
    [-0.05, 0.04, "-0.050 ± 0.040"],
    [0.5, 0.1, "0.50 ± 0.10"],
  ])("tells %s ± %s bits a spike as what they mean", (bits, bitsError, value) => {
    const result = run("ridge");
    const heldOut = { ...result.heldOut!, bits, bitsError, foldBits: Float64Array.of(bits, 0.1) };
    const section = recordedCellExperiment.section({ ...result, heldOut });
    expect(section.findings.find(({ name }) => name.endsWith("bits a spike"))?.value).toBe(value);
    expect(JSON.stringify(section)).not.toMatch(/e\+?59/);
  });

  it("repeats every warning of the fits, and every note of the reader, among the findings", () => {
    const result = run("sta", { ...simple, notes: ["frames of 2 s, said somewhere"] }, { folds: 0 });
    const field = result.field!;
    const bound = "sigmaSurround ended on its upper bound, 4 patch widths";
    const differenceOfGaussians = { ...field.differenceOfGaussians!, warnings: [bound] };
    const found = { ...result.found, converged: false, warnings: ["twice", "twice"] };
    const findings = findingsOf({ ...result, found, field: { ...field, differenceOfGaussians } });
    const warnings = findings.filter(({ name }) => name.endsWith("warning")).map(({ value }) => value);
    expect(warnings).toContain(`difference of Gaussians: ${bound}`);
    expect(warnings).toContain("the search ended before it converged");
    expect(warnings.filter((warning) => warning === "twice").length).toBe(1);
    expect(findings.map(({ value }) => value)).toContain("frames of 2 s, said somewhere");
  });

  it("prints a fit whose errors cannot be told without them", () => {
    const result = run("sta", simple, { folds: 0 });
    const gabor = result.field!.gabor!;
    const standardErrors = { ...gabor.standardErrors, frequency: Number.NaN };
    const field = { ...result.field!, gabor: { ...gabor, standardErrors } };
    const { tables } = recordedCellExperiment.section({ ...result, field });
    const rows = tables.find(({ title }) => title.startsWith("The Gabor nearest"))!.rows;
    const frequency = rows.find(([label]) => String(label).startsWith("frequency"))![1];
    expect(frequency).toEqual({ value: gabor.gabor.frequency / (2 * Math.PI) });
  });

  it("draws filters of one pixel as time courses, and of many as images", () => {
    const pixel = onePixel(6000);
    const result = run("stc", pixel, { lags: 6, folds: 0 });
    expect(result.found.filters.length).toBeGreaterThan(1);
    const { data, layout } = figureOf(result, "filters");
    expect(data.map(({ type }) => type)).toEqual(result.found.filters.map(() => "scatter"));
    expect(layout.xaxis).toMatchObject({ title: { text: "lag before the spike (ms)" } });
    for (const { x, y } of data) {
      expect((x as number[]).length).toBe(6);
      expect(norm(y as number[])).toBeCloseTo(1, 3);
    }
    const images = figureOf(run("istac", complex, { lags: 1, filters: 2, folds: 0 }), "filters");
    expect(new Set(images.data.map(({ type }) => type))).toEqual(new Set(["heatmap"]));
  });

  it("counts a block of time when it ends: none is told before the first fit, all after the last", () => {
    const told: string[] = [];
    const method = {
      ...methods.ridge,
      fit: (...args: Parameters<typeof methods.ridge.fit>) => {
        told.push("fit");
        return methods.ridge.fit(...args);
      },
    };
    const stimulus = stimulusFrom(simple.stimulus, { frameSeconds: simple.frameSeconds });
    const spikes = spikesFrom(simple.counts, { frameSeconds: simple.frameSeconds });
    const settings = { lags: 1, nullDraws: 39, level: 0.05, seed: 1, filters: null, subunit: null, folds: 2 };
    const watching = { onProgress: (done: number, total: number) => told.push(`${done} of ${total}`) };
    heldOut(method, stimulus, spikes, settings, watching);
    expect(told).toEqual(["0 of 2", "fit", "1 of 2", "fit", "2 of 2"]);
    told.length = 0;
    choiceOver(method, stimulus, spikes, settings, watching);
    expect(told).toEqual(["0 of 2", "fit", "1 of 2", "fit", "2 of 2"]);
  });
});

function scaled({ data, shape }: Recording["stimulus"], factor: number): Recording["stimulus"] {
  return tensor(
    Float32Array.from(data, (value) => factor * value),
    shape,
  );
}

/** A cell that fires by one filter in time, and more by the square of another, of one pixel of noise. */
function onePixel(frames: number): Recording {
  const frameSeconds = 0.002;
  const shown = whiteNoise({ grid: { height: 1, width: 1 }, frames, frameSeconds, seed: 3 }).read(0, frames);
  const draws = randomStream(4, "spikes");
  const counts = Uint32Array.from(shown, (now, t) => {
    const [before, earlier, first] = [1, 2, 3].map((back) => (t < back ? 0 : shown[t - back]));
    const rate = 0.15 * Math.max(0, before) + 0.08 * (now - earlier + first) ** 2;
    return uniformAt(draws, 0, t) < rate ? 1 : 0;
  });
  const stimulus = tensor(shown, [frames, 1, 1]);
  return { kind: "recording", stimulus, counts, frameSeconds, source: "made here", notes: [] };
}
