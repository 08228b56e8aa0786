import type { Preparation } from "../stimuli/photographs.js";
import type { Tensor } from "../tensor/tensor.js";

/** Everything that can be set about learning kernels, apart from the seed. */
export interface LearningSettings {
  /** how many kernels are learned */
  readonly kernels: number;
  /** pixels on a side of a kernel */
  readonly kernelSize: number;
  /** pixels between neighbouring places of a kernel */
  readonly stride: number;
  /** crops in a batch */
  readonly crops: number;
  /** pixels on a side of a crop */
  readonly cropSize: number;
  /** the least standard deviation of a crop, in that of the prepared photograph */
  readonly leastContrast: number;
  /** the share of each photograph's columns, at its right, that is held out, 0 to below 1 */
  readonly heldOut: number;
  /** updates */
  readonly steps: number;
  /** Adam's rate while it holds */
  readonly rate: number;
  /** the share of the steps for which the rate holds */
  readonly hold: number;
  /** the share of the rate that is left at the last step */
  readonly end: number;
  /** Adam's decay of the mean gradient */
  readonly meanDecay: number;
  /** Adam's decay of the mean squared gradient */
  readonly squareDecay: number;
  /** the share of places at which each kernel is to be active */
  readonly targetActivity: number;
  /** how fast the thresholds adapt */
  readonly thresholdRate: number;
  /** thresholds at the start, in standard deviations of the prepared photograph */
  readonly firstThreshold: number;
  /** whether the gradient also goes through the encoder */
  readonly encoderGradient: boolean;
  /** whether the mean is taken off each kernel after each step */
  readonly balanced: boolean;
}

/** How well crops that were never learned from are reconstructed. */
export interface HeldOutResult {
  readonly crops: number;
  /** `1 - Σ(V - R)² / ΣV²`, the share of the crops' variance that the reconstruction explains */
  readonly explained: number;
}

/** A network's first layer as it learned it, and everything needed to learn it again. */
export interface TrainingRecord {
  readonly kind: "training-record";
  readonly network: "tied-autoencoder";
  /** [kernels, 1, kernelSize, kernelSize], unit norm, and mean 0 where `balanced` */
  readonly kernels: Tensor;
  /** before the first update, of the same shape, unit norm */
  readonly initialKernels: Tensor;
  /** one a step taken: the share of the batch's variance that the reconstruction leaves unexplained, before the update */
  readonly loss: Float64Array;
  /** [kernels], the share of places where each kernel is active: in held-out crops, in the last batch where none are held out */
  readonly activity: Float64Array;
  /** [kernels], in standard deviations of the prepared photograph */
  readonly thresholds: Float64Array;
  /** absent where nothing is held out */
  readonly heldOut?: HeldOutResult;
  /** updates taken; fewer than asked for where the training was stopped */
  readonly steps: number;
  readonly stopped: "steps" | "aborted";
  readonly seed: number;
  readonly settings: LearningSettings;
  readonly photographs: readonly {
    readonly name: string;
    /** of the prepared photograph, pixels */
    readonly height: number;
    readonly width: number;
    readonly preparation: Preparation;
  }[];
}
