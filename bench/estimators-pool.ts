import type { Worker } from "node:worker_threads";
import { spawn } from "../src/node/spawn.js";
import type { Measured, Task } from "./estimators-tasks.js";

type Answer = { readonly measured: Measured } | { readonly error: string };

/** Runs tasks in threads and gives what each measured, in the order of the tasks; one that failed gives its message. */
export async function runTasks(
  tasks: readonly Task[],
  threads: number,
  onDone: (task: Task, result: Measured | string) => void,
): Promise<(Measured | string)[]> {
  const results: (Measured | string)[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    const worker = spawn(import.meta.url, "estimators-worker");
    await messageOf(worker);
    while (next < tasks.length) {
      const index = next++;
      worker.postMessage(tasks[index]);
      const answer = (await messageOf(worker)) as Answer;
      results[index] = "error" in answer ? answer.error : answer.measured;
      onDone(tasks[index]!, results[index]!);
    }
    await worker.terminate();
  };
  await Promise.all(Array.from({ length: Math.min(threads, tasks.length) }, lane));
  return results;
}

function messageOf(worker: Worker): Promise<unknown> {
  return new Promise((resolve, reject) => {
    worker.once("message", (message) => {
      worker.off("error", reject);
      resolve(message);
    });
    worker.once("error", reject);
  });
}
