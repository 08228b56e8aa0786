import type { SpikeTrain } from "../../cells/response.js";
import { allFinite } from "../../kernels/finite.js";
import { fillWords } from "../../math/random.js";
import { checkSeed, randomStream } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { tensor } from "../../tensor/tensor.js";
import { averageFor } from "../average/spike-triggered-average.js";
import { spikesOfRanges, stimulusOfRanges } from "../goodness/time-blocks.js";
import { allWindows, weightedSum } from "../likelihood/quadratic-windows.js";
import { checkPairing } from "../pairing.js";
import { type SpaceTimeMeasures, type SpaceTimeNumbers, spaceTimeMeasures } from "./space-time-measures.js";

export interface AverageMeasuresOptions {
  readonly lags: number;
  /** blocks of time that are drawn with replacement; default 20 */
  readonly blocks?: number;
  /** resamples; default 200 */
  readonly draws?: number;
  readonly seed: number;
}

/** The measures of a spike-triggered average less the mean stimulus, with their standard errors. */
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
 * Measures of the spike-triggered average of a recording less the mean stimulus, `Σ n·I / Σ n - Σ I / bins`, with standard
 * errors by the bootstrap over blocks of time: within a block neighbouring spikes stay together, so that what they share is not
 * counted as new.
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
  const estimate = averageFor(where, stimulus, spikes, lags);
  const parts = blockSums(where, stimulus, spikes, lags, blocks);
  const { shape } = estimate.kernel;
  const measures = spaceTimeMeasures(tensor(fieldOf(parts), shape), { frameSeconds, grid });
  const source = randomStream(seed, "bootstrap");
  const words = new Uint32Array(blocks);
  const drawn: SpaceTimeMeasures[] = [];
  for (let draw = 0; draw < draws; draw++) {
    fillWords(words, source, draw);
    const field = fieldOf(Array.from(words, (word) => parts[Math.floor((word / 2 ** 32) * blocks)]));
    // Blocks without a spike, or without a change, have no field.
    if (field.every((value) => !(Math.abs(value) > 0))) continue;
    drawn.push(spaceTimeMeasures(tensor(field, shape), { frameSeconds, grid }));
  }
  return { kind: "average-measures", measures, standardErrors: spreads(measures, drawn), blocks, draws: drawn.length };
}

/** Sums over a block of bins. */
interface BlockSums {
  /** [lags, pixels], `Σ_t n(t)·I(t - k)` */
  readonly bySpikes: Float64Array;
  /** [lags, pixels], `Σ_t I(t - k)` */
  readonly byBins: Float64Array;
  readonly spikes: number;
  readonly bins: number;
}

/** The sums of each block of bins; a block starts with the frames that its first window needs. */
function blockSums(where: string, stimulus: Stimulus, spikes: SpikeTrain, lags: number, blocks: number): BlockSums[] {
  const bins = stimulus.frames - lags + 1;
  return Array.from({ length: blocks }, (_, b) => {
    const range = [{ start: Math.floor((b * bins) / blocks), end: Math.floor(((b + 1) * bins) / blocks) + lags - 1 }];
    const windows = allWindows(where, stimulusOfRanges(stimulus, range), lags);
    if (!allFinite(windows.frames))
      refuse(where, `block ${b} of ${blocks} holds NaN or an infinity, finite contrasts are needed`);
    const counts = Float64Array.from(spikesOfRanges(spikes, range).counts.subarray(lags - 1));
    return {
      bySpikes: weightedSum(windows, counts),
      byBins: weightedSum(windows, new Float64Array(windows.bins).fill(1)),
      spikes: counts.reduce((sum, n) => sum + n, 0),
      bins: windows.bins,
    };
  });
}

/** The average less the mean stimulus, over some blocks; NaN where they hold no spike. */
function fieldOf(parts: readonly BlockSums[]): Float64Array {
  const total = (of: (part: BlockSums) => number) => parts.reduce((sum, part) => sum + of(part), 0);
  const [spikes, bins] = [total((part) => part.spikes), total((part) => part.bins)];
  return parts[0].bySpikes.map(
    (_, i) => total(({ bySpikes }) => bySpikes[i]) / spikes - total(({ byBins }) => byBins[i]) / bins,
  );
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
