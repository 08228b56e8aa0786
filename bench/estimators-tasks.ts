import type { MethodName } from "../src/experiments/revcor-methods.js";
import { coverageRun, type IntervalMethod } from "./estimators-coverage.js";
import { energyRun, falsePositiveRun, type PlaneMethod } from "./estimators-filters.js";
import { type PlanCase, planRun } from "./estimators-plan.js";
import { recoveryRun, type Shown } from "./estimators-recovery.js";

/** One simulation: a pure function of this record. */
export type Task =
  | {
      readonly part: "recovery";
      readonly method: MethodName;
      readonly shown: Shown;
      readonly frames: number;
      readonly seed: number;
    }
  | { readonly part: "false-positives"; readonly frames: number; readonly seed: number }
  | { readonly part: "energy"; readonly method: PlaneMethod; readonly seed: number }
  | { readonly part: "coverage"; readonly method: IntervalMethod; readonly seed: number }
  | { readonly part: "plan"; readonly plan: PlanCase; readonly frames: number; readonly seed: number };

/** What a simulation measured, by name. */
export type Measured = Readonly<Record<string, number>>;

/** Runs one simulation. */
export function runTask(task: Task): Measured | Promise<Measured> {
  if (task.part === "recovery") return recoveryRun(task);
  if (task.part === "false-positives") return falsePositiveRun(task);
  if (task.part === "energy") return energyRun(task);
  if (task.part === "coverage") return coverageRun(task);
  return planRun(task);
}
