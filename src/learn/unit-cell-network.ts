import { randomStream } from "../math/random-streams.js";
import type { PreparedPhotograph } from "../stimuli/photographs.js";
import { adam } from "./adam.js";
import { convForward } from "./conv-layer.js";
import { divideFields, drawCrops } from "./crops.js";
import { initialKernels } from "./initial-kernels.js";
import { learnKernels } from "./learn-kernels.js";
import { defaultLearning } from "./learning-settings.js";
import { holdThenFall } from "./schedule.js";
import { type TiedAutoencoder, trainableAutoencoder } from "./tied-autoencoder.js";
import { type TrainingProgress, train } from "./train.js";
import { type RectifiedLayer, rectified } from "./unit-cell.js";

/** How two layers are learned, one upon the other. */
export interface TwoLayerSettings {
  readonly seed: number;
  /** kernels of each layer */
  readonly kernels: readonly [number, number];
  /** pixels on a side of each layer's kernels */
  readonly sizes: readonly [number, number];
  /** pixels between neighbouring units of the first layer */
  readonly stride: number;
  /** updates of each layer */
  readonly steps: number;
  /** the share of each photograph's columns that is not learned from */
  readonly heldOut: number;
  readonly onProgress?: (progress: TrainingProgress) => void;
  readonly signal?: { readonly aborted: boolean };
}

/**
 * Learns two layers of kernels from photographs, greedily: the first as `learnKernels` does, the second as the same
 * autoencoder of what the first, rectified, makes of crops as large as one unit of the second layer sees.
 *
 * @returns the two layers, from the image upwards
 * @see Bengio, Lamblin, Popovici & Larochelle 2007, for learning layer upon layer
 */
export function learnTwoLayers(
  photographs: readonly PreparedPhotograph[],
  settings: TwoLayerSettings,
): RectifiedLayer[] {
  const { seed, kernels, sizes, stride, steps, heldOut, onProgress, signal } = settings;
  const own = { kernelSize: sizes[0], stride: sizes[0], cropSize: 3 * sizes[0], heldOut };
  const first: RectifiedLayer = {
    kernels: learnKernels(photographs, { ...own, seed, kernels: kernels[0], steps, onProgress, signal }).kernels,
    stride,
  };
  const learning = { ...defaultLearning, cropSize: sizes[0] + stride * (sizes[1] - 1), crops: 128 };
  const { training } = divideFields("learnTwoLayers", photographs, learning.cropSize, heldOut);
  const batches = randomStream(seed, "batches");
  const second: TiedAutoencoder = {
    // the next seed's numbers: the first layer began with this one's
    kernels: initialKernels([kernels[1], kernels[0], sizes[1], sizes[1]], seed + 1),
    thresholds: new Float64Array(kernels[1]).fill(learning.firstThreshold),
    geometry: {},
  };
  train(trainableAutoencoder(second, learning), {
    steps,
    // the rows after those of the first layer's batches
    batch: (step) =>
      rectified(
        convForward(first.kernels, drawCrops(training, learning.crops, learning, batches, steps + step), { stride }),
      ),
    optimiser: adam({ ...learning, epsilon: 1e-8 }),
    schedule: holdThenFall(learning.rate, steps, learning.hold, learning.end),
    onProgress,
    signal,
  });
  return [first, { kernels: second.kernels }];
}
