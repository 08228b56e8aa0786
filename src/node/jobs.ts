import type { Worker } from "node:worker_threads";
import type { Progress, Sources } from "../experiments/experiment.js";
import { InputError } from "../tensor/errors.js";

import { spawn } from "./spawn.js";

/** One experiment to run in a thread of its own: plain data. */
export interface Job {
  readonly experiment: string;
  readonly settings: object;
  /** where its inputs came from */
  readonly sources: Sources;
  /** what was read from there */
  readonly inputs: object;
}

/** What a job gave, and how long it took. */
export interface JobResult {
  readonly experiment: string;
  readonly settings: object;
  readonly sources: Sources;
  readonly result: object;
  readonly seconds: number;
}

/** What a job's thread says. */
export type JobMessage =
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "result"; readonly result: object; readonly seconds: number }
  | { readonly kind: "error"; readonly input: boolean; readonly message: string; readonly stack: string | undefined };

export interface JobOptions {
  /** how many jobs run at once */
  readonly workers: number;
  readonly onStart?: (job: Job) => void;
  readonly onProgress?: (job: Job, progress: Progress) => void;
  readonly onResult?: (result: JobResult) => void;
  /** stops the threads at once; the promise is then rejected with the signal's reason */
  readonly signal?: AbortSignal;
}

/**
 * Runs jobs in threads, at most `workers` at once, and gives their results in the order of the jobs.
 * A job is a pure function of its settings, inputs and seeds, so the number of workers changes nothing but the time.
 * The first failure stops the others.
 */
export async function runJobs(jobs: readonly Job[], options: JobOptions): Promise<JobResult[]> {
  const results: JobResult[] = [];
  const running = new Set<Worker>();
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < jobs.length) {
      options.signal?.throwIfAborted();
      const index = next++;
      options.onStart?.(jobs[index]);
      results[index] = await runJob(jobs[index], running, options);
      options.onResult?.(results[index]);
    }
  };
  const stop = () => Promise.all([...running].map((worker) => worker.terminate()));
  const aborted = new Promise<never>((_, reject) => {
    options.signal?.addEventListener("abort", () => reject(options.signal?.reason), { once: true });
  });
  try {
    const lanes = Array.from({ length: Math.min(options.workers, jobs.length) }, lane);
    await Promise.race([Promise.all(lanes), aborted]);
  } finally {
    await stop();
  }
  return results;
}

function runJob(job: Job, running: Set<Worker>, options: JobOptions): Promise<JobResult> {
  return new Promise((resolve, reject) => {
    const worker = spawn(import.meta.url, "job-worker", { workerData: job });
    running.add(worker);
    worker.on("message", (message: JobMessage) => {
      if (message.kind === "progress") options.onProgress?.(job, message.progress);
      else if (message.kind === "error") reject(errorFrom(message));
      else {
        const { experiment, settings, sources } = job;
        resolve({ experiment, settings, sources, result: message.result, seconds: message.seconds });
      }
    });
    worker.on("error", reject);
    worker.on("exit", (code) => {
      running.delete(worker);
      reject(new Error(`the thread of "${job.experiment}" ended with code ${code} and no result`));
    });
  });
}

function errorFrom(message: Extract<JobMessage, { kind: "error" }>): Error {
  const error = message.input ? new InputError(message.message) : new Error(message.message);
  error.stack = message.stack;
  return error;
}
