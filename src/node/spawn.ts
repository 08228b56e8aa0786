import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a worker thread from a module beside the caller's, in whichever form the caller runs: `name.js` when built,
 * `name.ts` under tsx or a test runner, which do not pass their loaders on to threads.
 *
 * @param callerUrl `import.meta.url` of the caller
 * @param name the module's file name without ending
 */
export function spawn(callerUrl: string, name: string, options: WorkerOptions = {}): Worker {
  if (!callerUrl.endsWith(".ts")) return new Worker(new URL(`./${name}.js`, callerUrl), options);
  const target = new URL(`./${name}.ts`, callerUrl).href;
  const loader = JSON.stringify(import.meta.resolve("tsx/esm/api"));
  const boot = `import { register } from ${loader}; register(); await import(${JSON.stringify(target)});`;
  return new Worker(new URL(`data:text/javascript,${encodeURIComponent(boot)}`), options);
}
