import type { Worker } from "node:worker_threads";
import { leaveConvThreads, useConvThreads } from "../conv/threaded.js";
import type { ThreadPool } from "../kernels/thread-pool.js";
import { checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { spawn } from "./spawn.js";

/** Threads for convolutions, see `startConvThreads`. The fields follow what becomes of the threads. */
export interface ConvThreads {
  /** threads that work, the calling one counted: 1 where no other could be had */
  readonly threads: number;
  /** why there are fewer threads than were asked for; undefined where there are as many */
  readonly reason: string | undefined;
  /** the threads beside the calling one, for `useConvThreads`; undefined where there are none */
  readonly pool: ThreadPool | undefined;
  /** ends the threads; convolutions then run on the calling one */
  readonly stop: () => Promise<void>;
}

/** The most threads that may be asked for. */
const mostThreads = 64;

/** Checks the options of `startConvThreads` and gives the number of threads. */
function checkedThreads(where: string, options: unknown): number {
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, a record with threads is needed`);
  checkOptions(where, options, ["threads"]);
  const { threads } = options as { readonly threads?: unknown };
  checkInteger(where, "threads", threads, 1, mostThreads);
  return threads;
}

/** What a worker is given: a flag that it raises when it ends. */
export interface ConvWorkerData {
  readonly ended: Int32Array;
}

/** Waits until a worker says that it is ready, or throws why it is not. */
function ready(worker: Worker): Promise<void> {
  return new Promise((resolve, reject) => {
    worker.once("message", () => resolve());
    worker.once("error", reject);
    worker.once("exit", (code) => reject(new Error(`a worker ended with code ${code} before it was ready`)));
  });
}

/** What convolutions need of workers that are ready. */
function poolOf(workers: readonly Worker[], ended: Int32Array, fail: (reason: string) => void): ThreadPool {
  return {
    workers: workers.length,
    post: (worker, message) => workers[worker]!.postMessage(message),
    alive: () => Atomics.load(ended, 0) === 0,
    now: () => performance.now(),
    fail,
  };
}

/**
 * Starts threads that convolutions use from then on, for calls with enough work: `conv`, its gradients and all that call them.
 * Results are the same bits with any number of threads. The threads do not keep a program from ending. Where they cannot be
 * started, or fail later, convolutions run on the calling thread: no result depends on them.
 *
 * @param options `threads`: how many work at once, the calling one counted; 1 to 64
 * @throws InputError if `threads` is not a whole number from 1 to 64 or another option is given
 */
export async function startConvThreads(options: { readonly threads: number }): Promise<ConvThreads> {
  const threads = checkedThreads("startConvThreads", options);
  const workers: Worker[] = [];
  const handle: { -readonly [Field in keyof ConvThreads]: ConvThreads[Field] } = {
    threads: 1,
    reason: undefined,
    pool: undefined,
    stop: async () => {
      if (handle.pool) leaveConvThreads(handle.pool);
      handle.threads = 1;
      handle.pool = undefined;
      await Promise.all(workers.map((worker) => worker.terminate()));
    },
  };
  const fail = (why: string): void => {
    handle.reason ??= why;
    void handle.stop();
  };
  try {
    const ended = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 1; i < threads; i++) {
      const worker = spawn(import.meta.url, "conv-threads-worker", { workerData: { ended } satisfies ConvWorkerData });
      workers.push(worker);
    }
    await Promise.all(workers.map(ready));
    if (workers.length > 0) {
      handle.threads = threads;
      handle.pool = poolOf(workers, ended, fail);
      useConvThreads(handle.pool);
    }
    for (const worker of workers) {
      worker.on("error", (error) => fail(`a worker failed: ${error.message}`));
      worker.on("exit", (code) => handle.pool && fail(`a worker ended with code ${code}`));
      worker.unref();
    }
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  return handle;
}
