import { hinted } from "./revcor-hints.js";
import { type RevcorOptions, revcorJob } from "./revcor-options.js";
import { report } from "./run-command.js";

/** Infers the receptive field of the cell in a file, and writes the report; refusals name the option that answers them. */
export async function revcor(file: string, options: RevcorOptions): Promise<void> {
  const job = revcorJob(file, options);
  await report(job.experiment, [job], { out: options.out, workers: 1 }).catch((error: unknown) => {
    throw hinted(error);
  });
}
