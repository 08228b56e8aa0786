import type { SpikeTrain } from "../cells/response.js";
import { fillWords } from "../math/random.js";
import { checkSeed, randomStream } from "../math/random-streams.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkInteger, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { tensor } from "../tensor/tensor.js";
import { checkPairing } from "./pairing.js";
import { type SpaceTimeMeasures, type SpaceTimeNumbers, spaceTimeMeasures } from "./space-time-measures.js";
import { spikeTriggeredAverage } from "./spike-triggered-average.js";
import { spikesOfRanges, stimulusOfRanges } from "./time-blocks.js";

export interface AverageMeasuresOptions {
  readonly lags: number;
  /** blocks of time that are drawn with replacement; default 20 */
  readonly blocks?: number;
  /** resamples; default 200 */
  readonly draws?: number;
  readonly seed: number;
}

/** The measures of a spike-triggered average with their standard errors. */
export interface AverageMeasures {
  readonly kind: "average-measures";
  readonly measures: SpaceTimeMeasures;
  /** over resamples of blocks of time; angles by their distance round the circle */
  readonly standardErrors: SpaceTimeNumbers;
  readonly blocks: number;
  readonly draws: number;
}

/** The period of each angle. */
const periods: Readonly<Partial<Record<keyof SpaceTimeNumbers, number>>> = {
  orientation: Math.PI,
  direction: 2 * Math.PI,
};

/**
 * Measures of the spike-triggered average of a recording, with standard errors by the bootstrap over blocks of time: within a
 * block neighbouring spikes stay together, so that what they share is not counted as new.
 *
 * @param stimulus what was shown
 * @param spikes one bin a frame
 * @throws InputError as `spikeTriggeredAverage`, or if a block would be shorter than the lags
 * @see Künsch 1989, Ann Stat 17:1217, for blocks
 */
export function averageMeasures(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: AverageMeasuresOptions,
): AverageMeasures {
  const where = "averageMeasures";
  checkOptions(where, options, ["lags", "blocks", "draws", "seed"]);
  const { lags, blocks = 20, draws = 200, seed } = options ?? {};
  checkPairing(where, stimulus, spikes, lags);
  checkInteger(where, "blocks", blocks, 2);
  checkInteger(where, "draws", draws, 2);
  checkSeed(where, seed);
  if (stimulus.frames - lags + 1 < blocks * lags)
    refuse(where, `blocks is ${blocks}: ${stimulus.frames} frames hold no ${blocks} blocks of at least ${lags} lags`);
  const { frameSeconds, grid } = stimulus;
  const estimate = spikeTriggeredAverage(stimulus, spikes, { lags });
  const measures = spaceTimeMeasures(estimate, { frameSeconds });
  const parts = blockSums(stimulus, spikes, lags, blocks);
  const source = randomStream(seed, "bootstrap");
  const words = new Uint32Array(blocks);
  const drawn: SpaceTimeMeasures[] = [];
  for (let draw = 0; draw < draws; draw++) {
    fillWords(words, source, draw);
    const sum = new Float64Array(estimate.kernel.data.length);
    for (const word of words) {
      const part = parts[Math.floor((word / 2 ** 32) * blocks)];
      for (let i = 0; i < sum.length; i++) sum[i] += part[i];
    }
    if (sum.every((value) => value === 0)) continue;
    drawn.push(spaceTimeMeasures(tensor(sum, estimate.kernel.shape), { frameSeconds, grid }));
  }
  return { kind: "average-measures", measures, standardErrors: spreads(measures, drawn), blocks, draws: drawn.length };
}

/** `Σ_t n(t)·I(t - k)` over the spikes of each block of bins; a block starts with the frames that its first window needs. */
function blockSums(stimulus: Stimulus, spikes: SpikeTrain, lags: number, blocks: number): Float64Array[] {
  const bins = stimulus.frames - lags + 1;
  return Array.from({ length: blocks }, (_, b) => {
    const range = [{ start: Math.floor((b * bins) / blocks), end: Math.floor(((b + 1) * bins) / blocks) + lags - 1 }];
    const part = spikesOfRanges(spikes, range);
    const used = part.counts.subarray(lags - 1).reduce((sum, n) => sum + n, 0);
    const size = lags * stimulus.grid.height * stimulus.grid.width;
    if (used === 0) return new Float64Array(size);
    const { kernel } = spikeTriggeredAverage(stimulusOfRanges(stimulus, range), part, { lags });
    return Float64Array.from(kernel.data, (value) => value * used);
  });
}

/** The root mean square distance of the draws from their own centre; of angles from the estimate, the short way round. */
function spreads(measures: SpaceTimeMeasures, drawn: readonly SpaceTimeMeasures[]): SpaceTimeNumbers {
  const of = (name: keyof SpaceTimeNumbers): number => {
    const period = periods[name];
    const away = drawn.map((one) => {
      const distance = one[name] - measures[name];
      return period === undefined ? distance : distance - period * Math.round(distance / period);
    });
    const centre = away.reduce((sum, value) => sum + value, 0) / away.length;
    return Math.sqrt(away.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (away.length - 1));
  };
  return {
    timeToPeak: of("timeToPeak"),
    biphasicIndex: of("biphasicIndex"),
    duration: of("duration"),
    orientation: of("orientation"),
    cyclesPerUnit: of("cyclesPerUnit"),
    temporalFrequency: of("temporalFrequency"),
    directionIndex: of("directionIndex"),
    direction: of("direction"),
    separability: of("separability"),
  };
}
