import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hinted } from "../../src/cli/revcor-hints.js";
import { type RevcorOptions, revcorJob } from "../../src/cli/revcor-options.js";
import { recordedCellExperiment } from "../../src/experiments/recorded-cell.js";
import type { RecordedCellSettings } from "../../src/experiments/revcor-result.js";
import { writeNpz } from "../../src/formats/npz.js";
import { loadInputs } from "../../src/node/inputs.js";
import { InputError } from "../../src/tensor/errors.js";
import { tensor } from "../../src/tensor/tensor.js";
import { madeRecording } from "../experiments/revcor-cells.js";

const base = { method: "sta", out: "out" };
const readingOf = (file: string, options: Partial<RevcorOptions>) =>
  revcorJob(file, { ...base, ...options }).sources.recording!.reading;

const root = join(import.meta.dirname, "..", "..");

/** The command line with these arguments, to its end. */
function striate(...args: readonly string[]) {
  const command = ["--import", "tsx", join(root, "src/cli/striate.ts"), ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, command, { cwd: root, encoding: "utf8" });
  return { code: status, out: stdout, error: stderr };
}

describe("striate revcor", () => {
  it("takes a file to a report, by the method asked for", () => {
    const folder = mkdtempSync(join(tmpdir(), "striate-revcor-"));
    const file = join(folder, "cell.npz");
    const { stimulus, counts } = madeRecording("simple", 1500);
    writeFileSync(file, writeNpz({ movie: stimulus, n: tensor(Float64Array.from(counts), [counts.length]) }));
    const names = ["--stimulus", "movie", "--spikes", "n", "--frame-seconds", "0.0167"];
    const asked = [
      "--method",
      "asd",
      "--lags",
      "2",
      "--null-draws",
      "39",
      "--folds",
      "2",
      "--out",
      join(folder, "out"),
    ];
    const { code, out } = striate("revcor", file, ...names, ...asked);
    expect(code).toBe(0);
    expect(out).toMatch(/held out, bits a spike +\d/);
    expect(out).toContain("lengthScaleX");
    expect(readdirSync(join(folder, "out"))).toContain("report.html");
    const { experiments } = JSON.parse(readFileSync(join(folder, "out", "results.json"), "utf8"));
    expect(experiments["recorded-cell"].sources.recording.reading.stimulus).toBe("movie");
    expect(experiments["recorded-cell"].result.found.filters[0].kernel.data.length).toBe(98);

    const never = join(folder, "never");
    const wrong = striate("revcor", file, "--stimulus", "film", "--out", never);
    expect(wrong.code).toBe(2);
    expect(wrong.error.trim()).toMatch(/^striate: readRecording: .*cell\.npz.*film.*$/);
    expect(existsSync(never)).toBe(false);
    rmSync(folder, { recursive: true });
  });

  it("gives each option the name that the file's reader knows", () => {
    expect(readingOf("a.mat", { stimulus: "s", spikes: "n" })).toEqual({ stimulus: "s", counts: "n" });
    expect(readingOf("a.npz", { spikes: "t", spikesAre: "times", frameTimes: "f", latency: 0.01 })).toEqual({
      spikeTimes: "t",
      frameTimes: "f",
      latency: 0.01,
    });
    expect(readingOf("a.NWB", { stimulus: "s", cell: "3" })).toEqual({ stimulus: "s", cell: 3 });
    expect(readingOf("a.h5", { spikes: "counts" })).toEqual({ counts: "counts" });
    expect(readingOf("a.csv", { spikes: "n", frameSeconds: 0.02 })).toEqual({ counts: "n", frameSeconds: 0.02 });
    expect(readingOf("a.csv", { spikes: "times.csv" })).toEqual({ spikes: "times.csv" });
    expect(readingOf("a.mat", { degreesPerPixel: 0.2 })).toEqual({ step: 0.2 });
    expect(readingOf("a.npy", { spikes: "n.npy", frameAxis: "last" })).toEqual({ spikes: "n.npy", frameAxis: "last" });
  });

  it("takes the spikes of the default name where only their kind is said", () => {
    expect(readingOf("a.npz", { spikesAre: "times" })).toEqual({ spikeTimes: "spikeTimes" });
    expect(readingOf("a.mat", { spikesAre: "counts", cell: "2" })).toEqual({ counts: "counts", cell: 2 });
  });

  it("takes a cell by its place, and by its name for the spikes themselves", () => {
    expect(readingOf("a.npz", { cell: "2" })).toEqual({ cell: 2 });
    expect(readingOf("a.mat", { spikes: "n", cell: "0" })).toEqual({ counts: "n", cell: 0 });
    expect(readingOf("a.mat", { cell: "b", spikesAre: "times" })).toEqual({ spikeTimes: "b" });
    expect(readingOf("a.csv", { cell: "7" })).toEqual({ counts: "7" });
    expect(readingOf("a.csv", { spikes: "t.csv", cell: "b" })).toEqual({ spikes: "t.csv", spikeTimes: "b" });
    expect(readingOf("a.npy", { spikes: "n.npy", cell: "1" })).toEqual({ spikes: "n.npy", cell: 1 });
  });

  it("runs the recorded-cell experiment with its defaults where nothing else is said", () => {
    const { experiment, settings } = revcorJob("a.mat", { ...base, method: "stc", lags: 4, seed: 9 });
    expect(experiment).toBe("recorded-cell");
    expect(settings).toEqual({
      method: "stc",
      lags: 4,
      nullDraws: 199,
      level: 0.05,
      seed: 9,
      filters: null,
      subunit: null,
      folds: 5,
    });
  });

  it("passes on the cosines of a smooth prior", () => {
    expect(revcorJob("a.mat", { ...base, method: "asd", modes: 9 }).settings).toMatchObject({ modes: 9 });
  });

  it.each([
    [{ method: "magic" }, '--method is "magic", one of sta, whitened'],
    [{ folds: 1 }, "--folds is 1, 0 or at least 2 are needed"],
    [{ nullDraws: 10 }, "--null-draws is 10, at least 39 are needed"],
    [{ filters: 2 }, "--filters does not apply to --method sta, it is for istac, quadratic, subunit, mid"],
    [{ method: "ridge", modes: 9 }, "--modes does not apply to --method ridge, it is for asd, ald"],
    [{ method: "mid", subunit: 2 }, "--subunit does not apply to --method mid, it is for subunit"],
    [{ spikes: "n", cell: "b" }, '--spikes is "n" and --cell "b", one name of the spikes is needed'],
  ])("refuses %j", (options, message) => {
    expect(() => revcorJob("a.mat", { ...base, ...options })).toThrow(`revcor: ${message}`);
  });

  it.each([
    ["a.nwb", { frameAxis: "first" as const }, "--frame-axis does not apply to a .nwb file: a.nwb"],
    ["a.csv", { stimulus: "s" }, "--stimulus does not apply to a .csv file: a.csv"],
    ["a.nwb", { cell: "b" }, '--cell is "b", a whole number is needed for a .nwb file'],
    [
      "a.npy",
      { spikesAre: "times" as const },
      '--spikes-are is "times", --spikes with the path of the spikes is needed',
    ],
    ["a.npy", { frameTimes: "f" }, "--frame-times does not apply to a .npy file: a.npy"],
  ])("refuses for %s %j, which it has no name for", (file, options, message) => {
    expect(() => revcorJob(file, { ...base, ...options })).toThrow(message);
  });
});

describe("a refusal", () => {
  const folder = mkdtempSync(join(tmpdir(), "striate-revcor-"));
  const file = join(folder, "cell.npz");
  const frames = 1200;
  const stim = tensor(
    Float32Array.from({ length: frames }, (_, i) => Math.sin(i * i)),
    [frames, 1, 1],
  );
  const counts = tensor(
    Float64Array.from({ length: frames }, (_, t) => (t === 40 ? 1 : 0)),
    [frames],
  );
  const both = tensor(new Float64Array(2 * frames), [2, frames]);
  const small = { method: "sta", lags: 2, nullDraws: 39, out: join(folder, "out") };
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ["--spikes names the spikes", 'no variable "counts", it has stim, n', { stim, n: counts }, {}],
    ["--stimulus names the frames", 'no variable "stim"', { film: stim, counts }, {}],
    ["--frame-seconds gives them", "seconds a frame was shown are needed", { stim, counts }, {}],
    ["--cell says which", "counts holds 2 cells, cell is needed", { stim, counts: both }, { frameSeconds: 0.01 }],
    ["--folds 0 leaves the held-out prediction out", "no spike to", { stim, counts }, { frameSeconds: 0.01, folds: 5 }],
  ])("says that %s", async (hint, refused, arrays, options) => {
    writeFileSync(file, writeNpz(arrays));
    const job = revcorJob(file, { ...small, ...options });
    const running = loadInputs(job.sources).then(({ recording }) =>
      recordedCellExperiment.run(job.settings as RecordedCellSettings, { recording: recording! }, {}),
    );
    const error: Error = await running.then(
      () => new Error("nothing was refused"),
      (reason) => hinted(reason) as Error,
    );
    expect(error).toBeInstanceOf(InputError);
    expect(error.message).toContain(refused);
    expect(error.message).toContain(`(${hint}`);
  });

  it("that no option answers stays as it is, and so does a fault of the program", () => {
    const [plain, fault] = [new InputError("revcor: no"), new Error('no variable "counts"')];
    expect(hinted(plain)).toBe(plain);
    expect(hinted(fault)).toBe(fault);
  });
});
