import { parentPort, workerData } from "node:worker_threads";
import { serveConv } from "../conv/threaded-serve.js";
import type { ThreadMessage } from "../kernels/thread-pool.js";
import type { ConvWorkerData } from "./conv-threads.js";

const { ended } = workerData as ConvWorkerData;
process.on("exit", () => Atomics.store(ended, 0, 1));
parentPort?.on("message", (message: ThreadMessage) => serveConv(message));
parentPort?.postMessage("ready");
