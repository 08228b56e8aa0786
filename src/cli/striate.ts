#!/usr/bin/env node
import { readFileSync } from "node:fs";
import { Command, InvalidArgumentError } from "commander";
import { failureOf } from "./failures.js";
import type { RunOptions } from "./job-options.js";

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
  return striate;
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
