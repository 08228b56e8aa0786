import { availableParallelism } from "node:os";
import type { Progress } from "../experiments/experiment.js";
import { loadInputs } from "../node/inputs.js";
import { type Job, type JobResult, runJobs } from "../node/jobs.js";
import { openReportFolder, type ReportFolder } from "../node/report-folder.js";
import { findingsTable, stageReport, stageResults } from "../node/run-report.js";
import { tableText } from "../plot/table-text.js";
import { Interrupted } from "./failures.js";
import { jobsOf, type RunOptions } from "./job-options.js";
import { type ProgressDisplay, progressDisplay } from "./progress.js";

/** Where the finished experiments of a stopped run go. */
const partialResults = "results.partial.json";

const tickMilliseconds = 1000;

/** Runs an experiment, or all of them, and writes the report; prints the findings and where the report is. */
export function run(name: string, options: RunOptions): Promise<void> {
  return report(name, jobsOf(name, options), options);
}

/** Runs jobs and writes the report of a name; prints the findings and where the report is. */
export async function report(
  name: string,
  unread: readonly Omit<Job, "inputs">[],
  options: ReportOptions,
): Promise<void> {
  // Every input is read before anything runs, so that a file that cannot be used ends the run at once.
  const jobs = await Promise.all(unread.map(async (job) => ({ ...job, inputs: await loadInputs(job.sources) })));
  const folder = await openReportFolder(options.out);
  const stop = stopOnSignals();
  const display = progressDisplay(process.stderr, () => performance.now() / 1000);
  const ticking = setInterval(display.tick, tickMilliseconds);
  const finished: JobResult[] = [];
  try {
    const started = performance.now();
    const results = await runAll(jobs, options, { display, finished, signal: stop.signal });
    const seconds = (performance.now() - started) / 1000;
    await stageReport(folder, name, results, {
      seconds,
      signal: stop.signal,
      onFigure: (done, total) => display.update("report", { done, total, unit: "figures" }),
      onStart: () => display.start("report"),
    });
    display.finish("report", (performance.now() - started) / 1000 - seconds);
    await folder.publish();
    process.stdout.write(
      `\n${tableText(findingsTable(results))}\nReport: ${folder.path}/report.html (numbers: results.json, pictures: figures/)\n`,
    );
  } catch (error) {
    display.clear();
    if (!stop.signal.aborted) {
      await folder.discard();
      throw error;
    }
    throw new Interrupted(stop.signal.reason as "SIGINT" | "SIGTERM", await keepFinished(folder, name, finished));
  } finally {
    clearInterval(ticking);
    stop.release();
  }
}

/** Where a report goes, and how many of its jobs run at once. */
export type ReportOptions = Pick<RunOptions, "out" | "workers">;

interface Watch {
  readonly display: ProgressDisplay;
  readonly finished: JobResult[];
  readonly signal: AbortSignal;
}

function runAll(
  jobs: readonly Job[],
  options: ReportOptions,
  { display, finished, signal }: Watch,
): Promise<JobResult[]> {
  return runJobs(jobs, {
    workers: options.workers ?? Math.min(4, availableParallelism()),
    signal,
    onStart: (job) => display.start(job.experiment),
    onProgress: (job, progress: Progress) => display.update(job.experiment, progress),
    onResult: (result) => {
      finished.push(result);
      display.finish(result.experiment, result.seconds);
    },
  });
}

/** Writes what was finished when the run was stopped, and says so. */
async function keepFinished(folder: ReportFolder, name: string, finished: readonly JobResult[]): Promise<string> {
  await folder.discard();
  if (finished.length === 0) return "nothing was finished, nothing was written";
  const kept = await openReportFolder(folder.path);
  await stageResults(kept, partialResults, name, finished);
  await kept.publish();
  return `kept: ${finished.map((result) => result.experiment).join(", ")} in ${folder.path}/${partialResults}`;
}

/** A signal that is aborted by Ctrl-C or a request to end, with the signal's name as its reason. */
function stopOnSignals(): { readonly signal: AbortSignal; readonly release: () => void } {
  const controller = new AbortController();
  const handlers = (["SIGINT", "SIGTERM"] as const).map((name) => {
    const handler = (): void => controller.abort(name);
    process.once(name, handler);
    return () => process.off(name, handler);
  });
  return {
    signal: controller.signal,
    release: () => {
      for (const release of handlers) release();
    },
  };
}
