import type { Figure } from "../plot/figure.js";
import { spawn } from "./spawn.js";

/** A figure as the drawing thread gives it. */
export interface FigureMessage {
  readonly name: string;
  readonly svg: string;
  readonly png: Uint8Array;
}

/**
 * Draws figures in a thread of its own, one after the other: plotly holds its thread for up to a second at a time, in which
 * the caller's would hear no Ctrl-C.
 *
 * @param onFigure called with each figure when it is drawn, in order
 * @param signal stops the thread at once; the promise is then rejected with the signal's reason
 */
export async function drawFigures(
  figures: readonly Figure[],
  onFigure: (drawn: FigureMessage) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  if (figures.length === 0) return;
  const worker = spawn(import.meta.url, "figure-worker", { workerData: figures });
  try {
    await new Promise<void>((resolve, reject) => {
      let written = Promise.resolve();
      let left = figures.length;
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      worker.on("error", reject);
      worker.on("exit", (code) => {
        if (left > 0) reject(new Error(`the drawing thread ended with code ${code} before ${left} figures`));
      });
      worker.on("message", (drawn: FigureMessage) => {
        left--;
        written = written.then(() => onFigure(drawn));
        if (left === 0) written.then(resolve, reject);
      });
    });
  } finally {
    await worker.terminate();
  }
}
