import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const scratch = () => mkdtempSync(join(tmpdir(), "striate-cli-"));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(process.execPath, ["--import", "tsx", join(root, "src/cli/striate.ts"), ...args], { cwd: root });
  const texts = { out: "", error: "" };
  child.stdout.on("data", (data) => {
    texts.out += data;
  });
  child.stderr.on("data", (data) => {
    texts.error += data;
  });
  const ended = new Promise<Ended>((resolve) => child.on("close", (code) => resolve({ code, ...texts })));
  return { child, ended };
}

const striate = (...args: string[]) => start(args).ended;

/** A protocol so short that a run takes a second. */
function shortProtocol(frames: number): string {
  const path = join(scratch(), "short.json");
  const protocol = JSON.parse(readFileSync(join(root, "stimuli/white-noise-16x16.json"), "utf8"));
  writeFileSync(path, JSON.stringify({ ...protocol, frames }));
  return path;
}

describe("the command line", () => {
  it("lists every experiment with its question", async () => {
    const { code, out } = await striate("list");
    expect(code).toBe(0);
    for (const name of ["main", "simple-cell", "complex-cell", "recorded-cell", "learned-kernels"])
      expect(out).toMatch(new RegExp(`^${name} +\\S.*[?.]$`, "m"));
  });

  it("writes page, numbers and pictures, prints the findings, and tells of progress in plain lines when piped", async () => {
    const folder = scratch();
    const { code, out, error } = await striate(
      "run",
      "simple-cell",
      "--protocol",
      shortProtocol(4000),
      "--seed",
      "3",
      "--out",
      folder,
    );
    expect(error).toContain("simple-cell: started");
    expect(error).toContain("simple-cell: done in");
    expect(error).not.toContain("\u001b");
    expect(code).toBe(0);
    expect(out).toContain("correlation of the STA with the true filter");
    expect(out).toContain(`Report: ${folder}/report.html`);
    expect(readdirSync(folder).sort()).toEqual(["figures", "files.json", "report.html", "results.json"]);
    expect(readdirSync(join(folder, "figures")).sort()).toEqual(
      ["simple-cell-field", "simple-cell-parameters"].flatMap((name) => [`${name}.png`, `${name}.svg`]),
    );
    const { experiments, versions } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
    expect(experiments["simple-cell"].result.settings.seed).toBe(3);
    expect(experiments["simple-cell"].result.estimate.kernel.data.length).toBe(256);
    expect(versions.kernels).toMatch(/\S/);
  });

  it("stops within a second of Ctrl-C, says what was kept, and leaves nothing half-written", async () => {
    const folder = scratch();
    const { child, ended } = start(["run", "complex-cell", "--out", folder]);
    await new Promise<void>((resolve) =>
      child.stderr?.on("data", (text) => String(text).includes("started") && setTimeout(resolve, 1500)),
    );
    const stopped = performance.now();
    child.kill("SIGINT");
    const { code, error } = await ended;
    expect(performance.now() - stopped).toBeLessThan(1000);
    expect(code).toBe(130);
    expect(error).toContain("striate: stopped by SIGINT; nothing was finished, nothing was written");
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [["run", "nothing"], 'run: experiment "nothing" is not known, there are main, simple-cell'],
    [["run", "recorded-cell"], '"recorded-cell" needs --recording with the path of a recorded cell'],
    [["run", "main", "--recording", "missing.mat"], "missing.mat"],
    [["run", "main", "--photographs", "missing-folder"], "missing-folder"],
    [["run", "simple-cell", "--protocol", "missing.json"], "missing.json cannot be read"],
    [["run", "simple-cell", "--photographs", "."], '--photographs does not apply to "simple-cell"'],
    [["run", "main", "--protocol", "x.json"], "--protocol belongs to one cell"],
    [["run", "simple-cell", "--degrees-per-pixel", "1"], '--degrees-per-pixel does not apply to "simple-cell"'],
    [["run", "main", "--frame-seconds", "1"], "--frame-seconds describes a recording, --recording is needed with it"],
    [["run", "main", "--seed", "x"], "A whole number of at least 0 is needed."],
    [["run", "simple-cell", "--out", "package.json"], "out: folder package.json cannot be written"],
  ])("refuses %j in one line with exit code 2 and no stack", async (args, message) => {
    const out = args.includes("--out") ? [] : ["--out", join(scratch(), "never")];
    const { code, error } = await striate(...args, ...(args[1] === "nothing" ? [] : out));
    expect(error).toContain(message);
    expect(error).not.toMatch(/\n\s+at /);
    expect(
      error
        .trim()
        .split("\n")
        .filter((line) => !/: started$/.test(line)),
    ).toHaveLength(1);
    expect(code).toBe(2);
    if (out.length > 0) expect(existsSync(out[1])).toBe(false);
  });

  it("refuses a truncated recording by name, and shows where with --debug", async () => {
    const path = join(scratch(), "cut.mat");
    writeFileSync(
      path,
      Buffer.concat([
        Buffer.from("MATLAB 5.0 MAT-file".padEnd(124)),
        Buffer.from([0, 1, 0x49, 0x4d, 14, 0, 0, 0, 200, 0, 0, 0]),
      ]),
    );
    const { code, error } = await striate(
      "run",
      "recorded-cell",
      "--recording",
      path,
      "--out",
      join(scratch(), "never"),
      "--debug",
    );
    expect(code).toBe(2);
    expect(error).toContain(path);
    expect(error).toMatch(/\n\s+at /);
  });
});
