import type { Tensor } from "../tensor/tensor.js";
import type { Optimiser } from "./adam.js";
import type { Schedule } from "./schedule.js";

/** What a network makes of one batch. */
export interface Evaluation {
  /** the number that the loss curve shows */
  readonly loss: number;
  /** of the loss that is minimised, one a parameter, in the parameters' order */
  readonly gradients: readonly Tensor[];
}

/** A network as the training loop sees it. */
export interface Trainable<Batch> {
  /** what the optimiser moves, in place */
  readonly parameters: readonly Tensor[];
  readonly evaluate: (batch: Batch) => Evaluation;
  /** what follows each update: constraints, thresholds that adapt */
  readonly settle: () => void;
}

/** How far a training has come. */
export interface TrainingProgress {
  readonly done: number;
  readonly total: number;
  readonly unit: "steps";
  /** of the batch of the last step */
  readonly loss: number;
}

/** How a network is trained. */
export interface TrainingPlan<Batch> {
  readonly steps: number;
  /** makes the batch of a step, counted from 0 */
  readonly batch: (step: number) => Batch;
  readonly optimiser: Optimiser;
  readonly schedule: Schedule;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** set from outside to stop after the step that runs */
  readonly signal?: { readonly aborted: boolean };
}

/** What a training leaves beside the parameters. */
export interface TrainingCourse {
  /** one a step that was taken */
  readonly losses: Float64Array;
  readonly steps: number;
  readonly stopped: "steps" | "aborted";
}

/** Trains a network: batch, loss and gradients, update, constraints, step after step. Where it is aborted, it keeps what it has. */
export function train<Batch>(network: Trainable<Batch>, plan: TrainingPlan<Batch>): TrainingCourse {
  const losses = new Float64Array(plan.steps);
  for (let step = 0; step < plan.steps; step++) {
    if (plan.signal?.aborted) return { losses: losses.slice(0, step), steps: step, stopped: "aborted" };
    const { loss, gradients } = network.evaluate(plan.batch(step));
    plan.optimiser(network.parameters, gradients, plan.schedule(step));
    network.settle();
    losses[step] = loss;
    plan.onProgress?.({ done: step + 1, total: plan.steps, unit: "steps", loss });
  }
  return { losses, steps: plan.steps, stopped: "steps" };
}
