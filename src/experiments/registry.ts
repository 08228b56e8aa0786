import { refuse } from "../tensor/errors.js";
import { complexCellExperiment } from "./complex-cell.js";
import type { Experiment } from "./experiment.js";
import { learnedKernelsExperiment } from "./learned-kernels.js";
import { networkUnitExperiment } from "./network-unit.js";
import { recordedCellExperiment } from "./recorded-cell.js";
import { simpleCellExperiment } from "./simple-cell.js";

/** An experiment as those see it who only run it and print what it says. */
export type AnyExperiment = Experiment<object, object, object>;

/** Every experiment, in the order in which the main experiment tells them. */
export const experiments: readonly AnyExperiment[] = [
  simpleCellExperiment,
  complexCellExperiment,
  recordedCellExperiment,
  learnedKernelsExperiment,
  networkUnitExperiment,
].map((experiment) => experiment as unknown as AnyExperiment);

/** The experiment of a name. */
export function experimentNamed(name: string): AnyExperiment {
  const found = experiments.find((experiment) => experiment.name === name);
  const names = ["main", ...experiments.map((experiment) => experiment.name)].join(", ");
  return found ?? refuse("run", `experiment "${name}" is not known, there are ${names}`);
}
