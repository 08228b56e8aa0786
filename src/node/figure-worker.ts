import { parentPort, workerData } from "node:worker_threads";
import type { Figure } from "../plot/figure.js";
import { exportFigure } from "./export/export-figure.js";
import type { FigureMessage } from "./figures.js";

const say = (message: FigureMessage): void => parentPort?.postMessage(message);

async function draw(figures: readonly Figure[]): Promise<void> {
  for (const figure of figures) say({ name: figure.name, ...(await exportFigure(figure)) });
}

draw(workerData as readonly Figure[]).catch((error: unknown) => {
  throw error;
});
