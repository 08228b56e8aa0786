import { mean, standardError } from "../src/math/statistics.js";
import type { Cell, Table } from "../src/plot/table.js";
import { binomialLimit, level } from "./estimators-filters.js";
import type { Measured, Task } from "./estimators-tasks.js";

/** One setting's runs in short. */
export interface Row {
  readonly part: Task["part"];
  readonly setting: string;
  readonly runs: number;
  readonly failed: number;
  /** the first failure's message */
  readonly failure?: string;
  /** by name: mean and standard error over the runs that gave a number */
  readonly means: Readonly<Record<string, { readonly mean: number; readonly error: number; readonly runs: number }>>;
}

/** A row for each setting, in the order of the tasks. */
export function rowsOf(tasks: readonly Task[], results: readonly (Measured | string)[]): Row[] {
  const groups = new Map<string, number[]>();
  tasks.forEach((task, i) => {
    const { seed: _, part, ...rest } = task;
    const key = Object.values(rest).join(", ");
    groups.set(key, [...(groups.get(key) ?? []), i]);
  });
  return [...groups].map(([setting, indices]) => {
    const all = indices.map((i) => results[i]!);
    const measured = all.filter((one): one is Measured => typeof one !== "string");
    const failure = all.find((one): one is string => typeof one === "string");
    return {
      part: tasks[indices[0]!]!.part,
      setting,
      runs: measured.length,
      failed: all.length - measured.length,
      ...(failure === undefined ? {} : { failure }),
      means: meansOf(measured),
    };
  });
}

function meansOf(measured: readonly Measured[]): Row["means"] {
  return Object.fromEntries(
    Object.keys(measured[0] ?? {}).map((name) => {
      const known = measured.map((one) => one[name]!).filter(Number.isFinite);
      const error = known.length > 1 ? standardError(known) : Number.NaN;
      return [name, { mean: known.length > 0 ? mean(known) : Number.NaN, error, runs: known.length }];
    }),
  );
}

const titles: Readonly<Record<string, string>> = {
  recovery: "Correlation with the true field (mean ± standard error over the seeds)",
  "false-positives": "Cells of one filter in which STC finds a filter beyond the average",
  energy: "The plane of an energy cell's two filters, 20,000 spikes: largest angle to the true plane, degrees",
  coverage: "Share of the true weights within 95 % intervals (92 to 98 % wanted)",
  plan: "planRecording beside simulation: correlation with the truth",
};

/** The rows of one part as a table; each number with its standard error over the runs. */
export function summaryTable(part: string, rows: readonly Row[]): Table {
  const names = [...new Set(rows.flatMap(({ means }) => Object.keys(means)))];
  return {
    kind: "table",
    title: titles[part] ?? part,
    columns: [{ header: "setting" }, { header: "runs" }, ...names.map((header) => ({ header }))],
    rows: rows.map(({ setting, runs, failed, failure, means }): Cell[] => [
      failed > 0 ? `${setting} (${failed} failed: ${failure})` : setting,
      runs,
      ...names.map((name): Cell => {
        const one = means[name];
        if (one === undefined || !Number.isFinite(one.mean)) return null;
        return Number.isFinite(one.error) && one.error > 0 ? { value: one.mean, error: one.error } : one.mean;
      }),
    ]),
    ...(part === "false-positives" && rows[0] !== undefined
      ? {
          note: `${Math.round(rows[0].runs * rows[0].means.found!.mean)} of ${rows[0].runs}; at a level of ${level} at most ${binomialLimit(rows[0].runs)} with a probability of 99 %.`,
        }
      : {}),
  };
}
