/**
 * What each estimator recovers, beside theory, with fixed seeds: one table, and last a line of JSON.
 *
 * recovery         correlation with the true field of a simple cell, 16x16 pixels, 12 lags, 60 Hz, peak rate 100 spikes/s, under
 *                  Gaussian white noise and under patches of photographs
 * false-positives  cells of one filter in which STC finds a filter beyond the average
 * energy           both filters of an energy cell, 20,000 spikes at 16x16: the largest angle of their plane to the true one
 * coverage         share of true weights within 95 % intervals
 * plan             planRecording beside simulation
 * speed            bench/streaming.ts: averages and covariances beside NumPy
 *
 * Each run is a line of JSON on the error stream. The regularised methods take from seconds to minutes a run, aldEstimate most.
 *
 * npx tsx bench/estimators.ts [--parts recovery,plan] [--only sta,ridge] [--frames 2000,20000] [--seeds 20] [--cells 200]
 *   [--cell-frames 40000] [--runs 400] [--threads 2]
 */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { type MethodName, methodNames } from "../src/experiments/revcor-methods.js";
import { tableText } from "../src/plot/table-text.js";
import { intervalMethods } from "./estimators-coverage.js";
import { planeMethods } from "./estimators-filters.js";
import { planCases } from "./estimators-plan.js";
import { runTasks } from "./estimators-pool.js";
import { type Row, rowsOf, summaryTable } from "./estimators-rows.js";
import type { Task } from "./estimators-tasks.js";
import { machine, printRecord, readOptions } from "./harness.js";

const parts = ["recovery", "false-positives", "energy", "coverage", "plan", "speed"] as const;
/** Those that give one filter, at a price that twelve lags of 256 pixels allow. */
const recovered: readonly MethodName[] = ["sta", "whitened", "ridge", "asd", "ald", "sparse", "glm"];

const defaults = {
  parts: parts.join(","),
  frames: "2000,20000,200000",
  seeds: "20",
  cells: "200",
  "cell-frames": "40000",
  runs: "400",
  threads: "2",
};
const usage = `usage: bench/estimators.ts [--only METHOD,…] ${Object.entries(defaults)
  .map(([name, value]) => `[--${name} ${value}]`)
  .join(" ")}`;

function oneOf(what: string, names: readonly string[], known: readonly string[]): void {
  const other = names.find((name) => !known.includes(name));
  if (other !== undefined) throw new Error(`no ${what} "${other}", there are ${known.join(", ")}`);
}

const { values, chosen, only } = readOptions(usage, ["only", ...Object.keys(defaults)], (given) => {
  const values = { ...defaults, ...given } as typeof defaults;
  const [chosen, only] = [values.parts.split(","), given.only?.split(",")];
  oneOf("part", chosen, parts);
  oneOf("method", only ?? [], methodNames);
  const { parts: _, ...numbers } = values;
  for (const name of Object.keys(defaults).filter((name) => name in numbers))
    if (!/^\d+(,\d+)*$/.test(numbers[name as keyof typeof numbers])) throw new Error(`--${name} needs whole numbers`);
  return { values, chosen, only };
});

const upTo = (count: string) => Array.from({ length: Number(count) }, (_, i) => i + 1);
const wanted = <T extends string>(names: readonly T[]): T[] =>
  names.filter((name) => only === undefined || only.includes(name));

function tasksOf(part: string): Task[] {
  if (part === "recovery")
    return values.frames
      .split(",")
      .flatMap((frames) =>
        (["noise", "photographs"] as const).flatMap((shown) =>
          (only === undefined ? recovered : (only as MethodName[])).flatMap((method) =>
            upTo(values.seeds).map((seed) => ({ part, method, shown, frames: Number(frames), seed }) as const),
          ),
        ),
      );
  if (part === "false-positives" && wanted(["stc"]).length > 0)
    return upTo(values.cells).map((seed) => ({ part, frames: Number(values["cell-frames"]), seed }));
  if (part === "energy")
    return wanted(planeMethods).flatMap((method) => upTo(values.seeds).map((seed) => ({ part, method, seed })));
  if (part === "coverage")
    return wanted(intervalMethods).flatMap((method) => upTo(values.runs).map((seed) => ({ part, method, seed })));
  if (part === "plan" && only === undefined)
    return planCases.flatMap((plan) =>
      [10_000, 40_000].flatMap((frames) => upTo(values.seeds).map((seed) => ({ part, plan, frames, seed }) as const)),
    );
  return [];
}

console.log(machine());
const rows: Row[] = [];
for (const part of chosen.filter((name) => name !== "speed")) {
  const tasks = tasksOf(part);
  if (tasks.length === 0) continue;
  // Every run is told as it ends, so that a run cut short has not been for nothing.
  const tell = (task: Task, result: object | string) => console.error(JSON.stringify({ ...task, result }));
  const found = rowsOf(tasks, await runTasks(tasks, Number(values.threads), tell));
  console.log(`\n${tableText(summaryTable(part, found))}`);
  rows.push(...found);
}
if (chosen.includes("speed") && only === undefined)
  spawnSync(process.execPath, ["--import", "tsx", join(import.meta.dirname, "streaming.ts")], { stdio: "inherit" });
printRecord("estimators", { rows });
