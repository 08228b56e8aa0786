import { type RevcorOptions, revcorJob } from "./revcor-options.js";
import { report } from "./run-command.js";

/** Infers the receptive field of the cell in a file, and writes the report. */
export function revcor(file: string, options: RevcorOptions): Promise<void> {
  const job = revcorJob(file, options);
  return report(job.experiment, [job], { out: options.out, workers: 1 });
}
