import { parentPort, workerData } from "node:worker_threads";
import type { Progress } from "../experiments/experiment.js";
import { experimentNamed } from "../experiments/registry.js";
import { InputError } from "../tensor/errors.js";
import type { Job, JobMessage } from "./jobs.js";

const progressEveryMilliseconds = 100;

const say = (message: JobMessage): void => parentPort?.postMessage(message);

/** Progress is told ten times a second at most, and at the end of each kind of work. */
function teller(): (progress: Progress) => void {
  let last = 0;
  return (progress) => {
    const now = performance.now();
    if (now - last < progressEveryMilliseconds && progress.done < progress.total) return;
    last = now;
    say({ kind: "progress", progress });
  };
}

function work({ experiment, settings, inputs }: Job): void {
  const started = performance.now();
  const result = experimentNamed(experiment).run(settings, inputs, { onProgress: teller() });
  say({ kind: "result", result, seconds: (performance.now() - started) / 1000 });
}

try {
  work(workerData as Job);
} catch (error) {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  say({ kind: "error", input: error instanceof InputError, message, stack });
}
