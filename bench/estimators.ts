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
import { parseArgs } from "node:util";
import { type MethodName, methodNames } from "../src/experiments/revcor-methods.js";
import { tableText } from "../src/plot/table-text.js";
import { intervalMethods } from "./estimators-coverage.js";
import { planeMethods } from "./estimators-filters.js";
import { planCases } from "./estimators-plan.js";
import { runTasks } from "./estimators-pool.js";
import { type Row, rowsOf, summaryTable } from "./estimators-rows.js";
import type { Task } from "./estimators-tasks.js";
import { machine, printRecord } from "./harness.js";

const parts = ["recovery", "false-positives", "energy", "coverage", "plan", "speed"] as const;
/** Those that give one filter, at a price that twelve lags of 256 pixels allow. */
const recovered: readonly MethodName[] = ["sta", "whitened", "ridge", "asd", "ald", "sparse", "glm"];

const { values } = parseArgs({
  options: {
    parts: { type: "string", default: parts.join(",") },
    only: { type: "string" },
    frames: { type: "string", default: "2000,20000,200000" },
    seeds: { type: "string", default: "20" },
    cells: { type: "string", default: "200" },
    "cell-frames": { type: "string", default: "40000" },
    runs: { type: "string", default: "400" },
    threads: { type: "string", default: "2" },
  },
});
const chosen = values.parts.split(",");
const only = values.only?.split(",");
for (const part of chosen) if (!(parts as readonly string[]).includes(part)) throw new Error(`no part ${part}`);
for (const name of only ?? [])
  if (!(methodNames as readonly string[]).includes(name)) throw new Error(`no method ${name}`);

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
