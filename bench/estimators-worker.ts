import { parentPort } from "node:worker_threads";
import { runTask, type Task } from "./estimators-tasks.js";

parentPort!.on("message", async (task: Task) => {
  try {
    parentPort!.postMessage({ measured: await runTask(task) });
  } catch (error) {
    parentPort!.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
});
// What is sent before the modules are loaded would be lost.
parentPort!.postMessage("ready");
