import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type RevcorOptions, revcorJob } from "../../src/cli/revcor-options.js";
import { writeNpz } from "../../src/formats/npz.js";
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

  it.each([
    [{ method: "magic" }, '--method is "magic", one of sta, whitened'],
    [{ folds: 1 }, "--folds is 1, 0 or at least 2 are needed"],
    [{ nullDraws: 10 }, "--null-draws is 10, at least 39 are needed"],
    [{ filters: 2 }, "--filters does not apply to --method sta, it is for istac, quadratic, subunit, mid"],
    [{ method: "mid", subunit: 2 }, "--subunit does not apply to --method mid, it is for subunit"],
    [{ spikes: "n", cell: "b" }, '--spikes is "n" and --cell "b", one name of the spikes is needed'],
  ])("refuses %j", (options, message) => {
    expect(() => revcorJob("a.mat", { ...base, ...options })).toThrow(`revcor: ${message}`);
  });

  it.each([
    ["a.nwb", { frameAxis: "first" as const }, "--frame-axis does not apply to a .nwb file: a.nwb"],
    ["a.csv", { stimulus: "s" }, "--stimulus does not apply to a .csv file: a.csv"],
    ["a.nwb", { cell: "b" }, '--cell is "b", a whole number is needed for a .nwb file'],
    ["a.npy", { frameTimes: "f" }, "--frame-times does not apply to a .npy file: a.npy"],
  ])("refuses for %s %j, which it has no name for", (file, options, message) => {
    expect(() => revcorJob(file, { ...base, ...options })).toThrow(message);
  });
});
