#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { failureOf } from "./failures.js";
import type { RunOptions } from "./job-options.js";
import type { RevcorOptions } from "./revcor-options.js";

function wholeNumber(least: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (text.trim() === "" || !Number.isSafeInteger(value) || value < least) {
      throw new InvalidArgumentError(`A whole number of at least ${least} is needed.`);
    }
    return value;
  };
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value) || value <= 0) throw new InvalidArgumentError("A number above 0 is needed.");
  return value;
}

function anyNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("A number is needed.");
  return value;
}

function version(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { version: string }).version;
}

/** The command line as a whole; what a command does is loaded when it is called, so that `--help` is quick. */
function commandLine(): Command {
  const striate = new Command("striate")
    .description(
      "Simulate V1: show white noise, record spikes, recover the receptive field, learn kernels, compare with macaque.",
    )
    .version(version())
    .exitOverride();
  striate
    .command("list")
    .description("list the experiments and the question that each asks")
    .action(async () => (await import("./list-command.js")).list(process.stdout));
  striate
    .command("run")
    .description("run an experiment, or `main`, which is all of them, and write its report")
    .argument("<experiment>", "a name that `striate list` prints")
    .option("--seed <n>", "seed of every random draw", wholeNumber(0))
    .option("--workers <n>", "experiments that run at once", wholeNumber(1))
    .option("--out <folder>", "where the report goes", "out")
    .option("--smoke", "a small run that only shows that everything works", false)
    .option("--recording <file>", "a recorded cell: .mat with stim [height, width, frames] and counts [frames]")
    .option("--frame-seconds <s>", "seconds a frame of the recording, before what the file says", positiveNumber)
    .option("--protocol <file>", "a stimulus protocol (JSON) in place of the experiment's own")
    .option("--photographs <folder>", "your own photographs in place of the four packaged ones")
    .option(
      "--degrees-per-pixel <d>",
      "visual angle of a photograph's pixel, to compare frequencies in cycles per degree",
      positiveNumber,
    )
    .option("--debug", "on failure print where it happened", false)
    .action(async (experiment: string, options: RunOptions) => {
      await (await import("./run-command.js")).run(experiment, options);
    });
  addRevcor(striate);
  return striate;
}

function addRevcor(striate: Command): void {
  striate
    .command("revcor")
    .description("infer the receptive field of a recorded cell, and write its report")
    .argument("<file>", "the recording: .mat, .npz, .nwb (.h5), .csv (.tsv, .txt), or .npy frames")
    .option(
      "--method <name>",
      "sta, whitened, ridge, asd, ald, sparse, glm, stc, istac, quadratic, subunit or mid",
      "sta",
    )
    .option("--stimulus <name>", "the file's name for the frames (.mat, .npz: stim)")
    .option("--spikes <name>", "the name of the spike counts (.mat, .npz, .csv: counts), or a second file (.npy, .csv)")
    .addOption(
      new Option("--spikes-are <kind>", "whether the spikes are counts a frame or times in seconds").choices([
        "counts",
        "times",
      ]),
    )
    .option("--cell <id>", "of several cells the one wanted: an NWB unit's id, a place from 0, or a name")
    .option("--lags <n>", "frames before and including the spike's own (16)", wholeNumber(1))
    .option("--frame-seconds <s>", "seconds a frame, before what the file says", positiveNumber)
    .option(
      "--degrees-per-pixel <d>",
      "visual angle of a pixel, before what the file says; else lengths are in pixels",
      positiveNumber,
    )
    .option("--frame-times <name>", "the name of the frames' onsets in seconds")
    .addOption(
      new Option("--frame-axis <end>", "[frames, height, width] or [height, width, frames]").choices(["first", "last"]),
    )
    .option("--latency <s>", "seconds from a frame's time to its light on the screen", anyNumber)
    .addOption(
      new Option("--dropped <how>", "what becomes of refreshes without a new frame").choices(["repeat", "cut"]),
    )
    .option("--filters <n>", "filters of istac, quadratic, subunit or mid", wholeNumber(1))
    .option("--subunit <pixels>", "side of a subunit's filter", wholeNumber(1))
    .option("--modes <n>", "the most space-time cosines of asd and ald (as many as they need)", wholeNumber(1))
    .option("--null-draws <n>", "permutations or shifts of the spikes that make up a null (199)", wholeNumber(1))
    .option("--folds <n>", "blocks of time, each held out once; 0 for none (5)", wholeNumber(0))
    .option("--seed <n>", "seed of every random draw", wholeNumber(0))
    .option("--out <folder>", "where the report goes", "out")
    .option("--debug", "on failure print where it happened", false)
    .action(async (file: string, options: RevcorOptions) => {
      await (await import("./revcor-command.js")).revcor(file, options);
    });
}

// Who reads with `head` closes the pipe: what is left to say then has no reader, and nothing has failed.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

commandLine()
  .parseAsync()
  .catch((error: unknown) => {
    const { code, message } = failureOf(error);
    if (message !== "") process.stderr.write(`${message}\n`);
    if (code !== 0 && process.argv.includes("--debug") && error instanceof Error)
      process.stderr.write(`${error.stack}\n`);
    process.exitCode = code;
  });
