import { checkSeed, randomStream } from "../math/random-streams.js";
import type { PreparedPhotograph } from "../stimuli/photographs.js";
import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Tensor } from "../tensor/tensor.js";
import { adam } from "./adam.js";
import { type CropSettings, divideFields, drawCrops, type Field } from "./crops.js";
import { activeShares } from "./hard-threshold.js";
import { initialKernels } from "./initial-kernels.js";
import { checkLearningSettings, defaultLearning } from "./learning-settings.js";
import { holdThenFall } from "./schedule.js";
import { squaredError } from "./squared-error.js";
import { reconstruct, type TiedAutoencoder, trainableAutoencoder } from "./tied-autoencoder.js";
import { type TrainingProgress, train } from "./train.js";
import type { HeldOutResult, LearningSettings, TrainingRecord } from "./training-record.js";

/** What `learnKernels` takes: settings that differ from `defaultLearning`, a seed, and what the platform hands in. */
export interface LearningOptions extends Partial<LearningSettings> {
  /** of the initial kernels and of the draw of crops */
  readonly seed: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  /** set from outside to stop: the kernels learned so far are kept, and the record says so */
  readonly signal?: { readonly aborted: boolean };
}

/** crops that the reconstruction is measured on */
const HELD_OUT_CROPS = 256;

/**
 * Learns convolution kernels from photographs: a tied convolutional autoencoder with a hard threshold.
 *
 * `A = c(K, V)`, `H = A where |A| > θ_j, else 0`, `R = h(K, H)`. For the codes at hand the kernels move along `g(H, V - R)`,
 * the negative gradient of `½‖V - R‖²`, by Adam, and are brought to mean 0 and unit norm after each step; each threshold
 * follows its kernel's activity, so that all are active equally often.
 *
 * @param photographs prepared by `preparePhotograph`
 * @param options the seed, settings (see `LearningSettings`), progress and cancelling
 * @returns the kernels before and after, loss curve, activities and thresholds, with all that makes them again
 * @throws InputError if a setting is out of its range or a photograph too small
 * @see Rumelhart, Hinton & Williams 1986 for the autoencoder; Olshausen & Field 1996 for sparse codes of natural images
 */
export function learnKernels(photographs: readonly PreparedPhotograph[], options: LearningOptions): TrainingRecord {
  const where = "learnKernels";
  checkOptions(where, options, ["seed", ...Object.keys(defaultLearning), "onProgress", "signal"]);
  const { seed, onProgress, signal, ...chosen } = options;
  checkSeed(where, seed);
  const settings = { ...defaultLearning, ...chosen };
  checkLearningSettings(where, settings);
  checkPhotographs(where, photographs);
  const { training, heldOut } = divideFields(where, photographs, settings.cropSize, settings.heldOut);

  const start = initialKernels([settings.kernels, 1, settings.kernelSize, settings.kernelSize], seed);
  const network = newAutoencoder(start, settings);
  const batches = randomStream(seed, "batches");
  const batch = (step: number) => drawCrops(training, settings.crops, settings, batches, step);
  const course = train(trainableAutoencoder(network, settings), {
    steps: settings.steps,
    batch,
    optimiser: adam({ ...settings, epsilon: 1e-8 }),
    schedule: holdThenFall(settings.rate, settings.steps, settings.hold, settings.end),
    onProgress,
    signal,
  });

  const fresh = heldOut.length > 0 ? freshCrops(heldOut, settings, seed) : batch(Math.max(0, course.steps - 1));
  return {
    kind: "training-record",
    network: "tied-autoencoder",
    kernels: network.kernels,
    initialKernels: start,
    loss: course.losses,
    thresholds: network.thresholds,
    ...measured(network, fresh, heldOut.length > 0),
    steps: course.steps,
    stopped: course.stopped,
    seed,
    settings,
    photographs: photographs.map(({ name, pixels: { shape }, preparation }) => ({
      name,
      height: shape[0],
      width: shape[1],
      preparation,
    })),
  };
}

function checkPhotographs(where: string, photographs: readonly PreparedPhotograph[]): void {
  if (!Array.isArray(photographs) || photographs.length === 0)
    refuse(where, `photographs is ${describe(photographs)}, a list of at least one prepared photograph is needed`);
  const wrong = photographs.findIndex((photograph) => photograph?.kind !== "prepared-photograph");
  if (wrong >= 0)
    refuse(where, `photographs[${wrong}] is ${describe(photographs[wrong])}, one from preparePhotograph is needed`);
}

function newAutoencoder(start: Tensor, settings: LearningSettings): TiedAutoencoder {
  return {
    kernels: { ...start, data: start.data.slice() },
    thresholds: new Float64Array(settings.kernels).fill(settings.firstThreshold),
    geometry: { stride: settings.stride },
  };
}

function freshCrops(heldOut: readonly Field[], settings: CropSettings, seed: number): Tensor {
  return drawCrops(heldOut, HELD_OUT_CROPS, settings, randomStream(seed, "patches"), 0);
}

/** The activity of the network in crops and, where they were held out, how well it reconstructs them. */
function measured(network: TiedAutoencoder, crops: Tensor, held: boolean) {
  const { code, reconstruction } = reconstruct(network, crops);
  const activity = activeShares(code);
  if (!held) return { activity };
  const explained = 1 - squaredError(reconstruction, crops).unexplained;
  const heldOut: HeldOutResult = { crops: crops.shape[0], explained };
  return { activity, heldOut };
}
