import { readFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import type { Section } from "../experiments/experiment.js";
import { experimentNamed } from "../experiments/registry.js";
import { kernelBuild } from "../kernels/panels.js";
import type { Figure } from "../plot/figure.js";
import type { Table } from "../plot/table.js";
import { drawFigures } from "./figures.js";
import type { JobResult } from "./jobs.js";
import { reportPage } from "./report/report-page.js";
import type { ReportFolder } from "./report-folder.js";

/** What the report is told beside the results. */
export interface ReportOptions {
  /** of the whole run, up to the report */
  readonly seconds: number;
  readonly signal: AbortSignal;
  readonly onStart: () => void;
  readonly onFigure: (done: number, total: number) => void;
}

const lead =
  "White noise in, receptive field out: what a laboratory infers from spikes, set beside the truth that only a simulation knows and beside what theory predicts; then the kernels that a network learns from photographs, beside macaque V1.";

function sectionsOf(results: readonly JobResult[]): Section[] {
  return results.map(({ experiment, result }) => experimentNamed(experiment).section(result));
}

/** The findings of every experiment, as the terminal and the page show them first. */
export function findingsTable(results: readonly JobResult[]): Table {
  return {
    kind: "table",
    title: "Every finding, beside what it should be",
    columns: [{ header: "finding" }, { header: "value" }, { header: "beside" }],
    rows: sectionsOf(results).flatMap(({ findings }) =>
      findings.map(({ name, value, expected }) => [name, value, expected]),
    ),
  };
}

/** Stages the page, each figure as SVG and PNG, and every number. */
export async function stageReport(
  folder: ReportFolder,
  name: string,
  results: readonly JobResult[],
  options: ReportOptions,
): Promise<void> {
  const sections = sectionsOf(results);
  const figures = sections.flatMap((section) => section.figures);
  options.onStart();
  await stageFigures(folder, figures, options);
  const page = reportPage({
    title: name === "main" ? "The main experiment" : `The experiment “${name}”`,
    lead: name === "main" ? lead : experimentNamed(name).question,
    sections: [{ title: "Findings", text: [], tables: [findingsTable(results)], figures: [] }, ...sections],
    facts: factsOf(results, options.seconds),
  });
  await folder.stage("report.html", page);
  await stageResults(folder, "results.json", name, results);
}

async function stageFigures(folder: ReportFolder, figures: readonly Figure[], { signal, onFigure }: ReportOptions) {
  let done = 0;
  onFigure(done, figures.length);
  await drawFigures(
    figures,
    async ({ name, svg, png }) => {
      await folder.stage(`figures/${name}.svg`, svg);
      await folder.stage(`figures/${name}.png`, png);
      onFigure(++done, figures.length);
    },
    signal,
  );
}

/** Stages every number of the results, with the seeds, versions and timings that they depend on or took. */
export async function stageResults(folder: ReportFolder, file: string, name: string, results: readonly JobResult[]) {
  const record = {
    run: name,
    versions: versions(),
    experiments: Object.fromEntries(
      results.map(({ experiment, result, sources }) => [experiment, { sources, result }]),
    ),
    findings: Object.fromEntries(results.map((one) => [one.experiment, sectionsOf([one])[0].findings])),
    secondsOf: Object.fromEntries(results.map(({ experiment, seconds }) => [experiment, seconds])),
  };
  await folder.stage(file, readableJson(record));
}

/** JSON with a line a field, and a list of numbers or texts on one line. */
function readableJson(record: object): string {
  const text = JSON.stringify(record, plainNumbers, 1);
  return `${text.replace(/\[\n[^[\]{}]*\]/g, (list) => list.replace(/\n\s*/g, " "))}\n`;
}

/** Typed arrays as lists; numbers that JSON cannot hold as the texts "NaN", "Infinity" and "-Infinity". */
function plainNumbers(_key: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, (x) => (Number.isFinite(x) ? x : String(x)));
  return value;
}

function versions() {
  const { version } = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  };
  return {
    striate: version,
    node: process.version,
    kernels: kernelBuild(),
    system: `${platform()} ${arch()}`,
    processor: cpus()[0]?.model ?? "unknown",
  };
}

function factsOf(results: readonly JobResult[], seconds: number): [string, string][] {
  const { striate, node, kernels, system, processor } = versions();
  const seeds = results.map(
    ({ experiment, settings }) => `${experiment} ${(settings as { seed?: number }).seed ?? "none"}`,
  );
  return [
    ["Striate", striate],
    ["Node", node],
    ["Kernels", kernels],
    ["System", `${system}, ${processor}`],
    ["Seeds", seeds.join(", ")],
    ...results.map(({ experiment, seconds: own }): [string, string] => [
      `Time of ${experiment}`,
      `${own.toFixed(1)} s`,
    ]),
    ["Time of all, side by side", `${seconds.toFixed(1)} s`],
  ];
}
