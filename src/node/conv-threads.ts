import type { Worker } from "node:worker_threads";
import { leaveConvThreads, useConvThreads } from "../conv/threaded.js";
import type { ThreadPool } from "../kernels/thread-pool.js";
import { spawn } from "./spawn.js";

/** Threads for convolutions, see `startConvThreads`. */
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

/**
 * Starts threads that convolutions use from then on, for calls with enough work: `conv`, its gradients and all that call them.
 * Results are the same bits with any number of threads. The threads do not keep a program from ending. Where they cannot be
 * started, or fail later, convolutions run on the calling thread: no result depends on them.
 *
 * @param options `threads`: how many work at once, the calling one counted; at least 1
 * @throws RangeError if `threads` is not a whole number of at least 1
 */
export async function startConvThreads({ threads }: { readonly threads: number }): Promise<ConvThreads> {
  if (!Number.isSafeInteger(threads) || threads < 1)
    throw new RangeError(`startConvThreads: threads is ${threads}, a whole number of at least 1 is needed`);
  const workers: Worker[] = [];
  let pool: ThreadPool | undefined;
  let reason: string | undefined;
  let running = true;
  const stop = async (): Promise<void> => {
    if (pool) leaveConvThreads(pool);
    running = false;
    await Promise.all(workers.map((worker) => worker.terminate()));
  };
  const fail = (why: string): void => {
    reason ??= why;
    void stop();
  };
  try {
    const ended = new Int32Array(new SharedArrayBuffer(4));
    for (let i = 1; i < threads; i++) {
      const worker = spawn(import.meta.url, "conv-threads-worker", { workerData: { ended } satisfies ConvWorkerData });
      workers.push(worker);
    }
    await Promise.all(workers.map(ready));
    for (const worker of workers) {
      worker.on("error", (error) => fail(`a worker failed: ${error.message}`));
      worker.on("exit", (code) => running && fail(`a worker ended with code ${code}`));
      worker.unref();
    }
    pool = {
      workers: workers.length,
      post: (worker, message) => workers[worker]!.postMessage(message),
      alive: () => Atomics.load(ended, 0) === 0,
      now: () => performance.now(),
      fail,
    };
    if (workers.length > 0) useConvThreads(pool);
  } catch (error) {
    fail(error instanceof Error ? error.message : String(error));
  }
  return {
    get threads() {
      return running ? workers.length + 1 : 1;
    },
    get pool() {
      return running && workers.length > 0 ? pool : undefined;
    },
    get reason() {
      return reason;
    },
    stop,
  };
}
