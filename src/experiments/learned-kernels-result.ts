import type { Comparison } from "../compare/compare-with-v1.js";
import type { GaborFit } from "../fit/gabor-fit.js";
import type { TrainingRecord } from "../learn/training-record.js";
import type { Tensor } from "../tensor/tensor.js";

export interface LearnedKernelsSettings {
  /** of the initial kernels, the crops, the scrambled phases and the bootstrap, each in a stream of its own */
  readonly seed: number;
  readonly kernels: number;
  /** updates */
  readonly steps: number;
  /** bootstrap draws of each comparison */
  readonly draws: number;
  /** degrees of visual angle of a photograph's pixel; null: not known, so that frequencies are compared by their spread */
  readonly degreesPerPixel: number | null;
}

/** A stack of kernels with its Gabor fits and its place beside macaque V1. */
export interface KernelSet {
  readonly name: "learned" | "initial" | "phase-scrambled";
  /** [kernels, 1, height, width] */
  readonly kernels: Tensor;
  readonly fits: readonly GaborFit[];
  readonly comparison: Comparison;
}

/** What a network learned, and the two controls of the same fits. */
export interface LearnedKernelsResult {
  readonly settings: LearnedKernelsSettings;
  readonly training: TrainingRecord;
  readonly learned: KernelSet;
  readonly initial: KernelSet;
  readonly scrambled: KernelSet;
}
