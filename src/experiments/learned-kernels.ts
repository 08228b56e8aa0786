import { compareWithV1 } from "../compare/compare-with-v1.js";
import { fitGabor } from "../fit/fit-gabor.js";
import { learnKernels } from "../learn/learn-kernels.js";
import { defaultLearning } from "../learn/learning-settings.js";
import { phaseScrambled } from "../learn/phase-scramble.js";
import { type Photograph, preparePhotograph } from "../stimuli/photographs.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import type { Context, Experiment } from "./experiment.js";
import type { KernelSet, LearnedKernelsResult, LearnedKernelsSettings } from "./learned-kernels-result.js";
import { learnedKernelsSection } from "./learned-kernels-section.js";

export interface LearnedKernelsInputs {
  readonly photographs: readonly Photograph[];
}

/** Kernels that a network learns from photographs, fitted by Gabors and set beside V1. */
export const learnedKernelsExperiment: Experiment<LearnedKernelsSettings, LearnedKernelsInputs, LearnedKernelsResult> =
  {
    name: "learned-kernels",
    question: "Do kernels that a network learns from photographs look like simple cells of macaque V1?",
    defaults: {
      seed: 1,
      kernels: defaultLearning.kernels,
      steps: defaultLearning.steps,
      draws: 1000,
      degreesPerPixel: null,
    },
    smoke: { kernels: 16, steps: 60, draws: 100 },
    takes: ["photographs"],
    sources: { photographs: "packaged" },
    run(settings, { photographs }, { onProgress, signal }) {
      const { seed, kernels, steps } = settings;
      const prepared = photographs.map((photograph, i) => {
        onProgress?.({ done: i, total: photographs.length, unit: "photographs" });
        return preparePhotograph(photograph);
      });
      const training = learnKernels(prepared, { seed, kernels, steps, signal, onProgress });
      const fitted = fitter(3 * kernels, settings, onProgress);
      return {
        settings,
        training,
        learned: fitted("learned", training.kernels),
        initial: fitted("initial", training.initialKernels),
        scrambled: fitted("phase-scrambled", phaseScrambled(training.kernels, { seed })),
      };
    },
    section: learnedKernelsSection,
  };

/** Fits stacks of kernels and compares them; tells of each fit as one of `total`. */
function fitter(total: number, settings: LearnedKernelsSettings, onProgress: Context["onProgress"]) {
  const { seed, draws, degreesPerPixel } = settings;
  let done = 0;
  return (name: KernelSet["name"], kernels: Tensor): KernelSet => {
    const fits = planesOf(kernels).map((plane) => {
      onProgress?.({ done: ++done, total, unit: "Gabor fits" });
      return fitGabor(plane);
    });
    const comparison = compareWithV1(fits, { seed, draws, ...(degreesPerPixel === null ? {} : { degreesPerPixel }) });
    return { name, kernels, fits, comparison };
  };
}

/** A stack [kernels, 1, height, width] as its kernels [height, width]. */
export function planesOf(kernels: Tensor): Tensor[] {
  const [count, , height, width] = kernels.shape;
  const size = height * width;
  return Array.from({ length: count }, (_, k) =>
    tensor(kernels.data.subarray(k * size, (k + 1) * size), [height, width]),
  );
}
