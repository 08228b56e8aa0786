import { allFinite } from "../../kernels/finite.js";
import { addProduct } from "../../kernels/product.js";
import { addExactly, type ExactSums, exactSums, exactTotals, mergeExactly } from "../../math/exact-sums.js";
import { pixelsOf } from "../../math/grid.js";
import { refuse } from "../../tensor/errors.js";
import { tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { blockFrames } from "../pairing.js";
import { type Accumulator, accumulatorFrom, accumulatorOf, type Counting } from "./accumulator.js";
import { afterFrames } from "./constancy.js";
import {
  type AccumulatorOptions,
  type AccumulatorState,
  afterBlock,
  type BlockOfBins,
  checkResult,
  emptyState,
  firstBin,
} from "./state.js";

/** What a spike-triggered average has counted so far, as plain data. */
export interface AverageState extends AccumulatorState {
  readonly kind: "average-state";
  /** [lags, pixels], `Σ_t n(t)·I(t - k)` */
  readonly sums: ExactSums;
}

export type AverageAccumulator = Accumulator<AverageState, Estimate>;

/**
 * A spike-triggered average that takes a recording part by part, in any order.
 *
 * `Σ_t n(t)·I(t - k)` is an exact sum of the products of fixed blocks of bins: every order of parts and of merges gives the bits
 * that `spikeTriggeredAverage` gives for the whole.
 *
 * @param options grid, lags, and frameSeconds (s) of the recording
 * @returns an accumulator; its `result()` is the average, `[lags, height, width]`, with a warning of bins that are missing
 * @throws InputError if an option is missing, out of range or unknown
 */
export function averageAccumulator(options: AccumulatorOptions): AverageAccumulator {
  return accumulatorOf(emptyAverage("averageAccumulator", options), averageCounting("averageAccumulator"));
}

/**
 * An average accumulator that goes on from a state, such as one that another thread has sent.
 *
 * @param state an average accumulator's, which is copied
 * @throws InputError if it is none
 */
export function averageAccumulatorFrom(state: AverageState): AverageAccumulator {
  return accumulatorFrom("averageAccumulatorFrom", state, emptyAverage, averageCounting("averageAccumulator"));
}

/** Nothing counted yet. */
export function emptyAverage(where: string, options: AccumulatorOptions): AverageState {
  const shared = emptyState(where, options);
  return { kind: "average-state", ...shared, sums: exactSums(shared.lags * pixelsOf(shared.grid)) };
}

/**
 * Frames that are read and multiplied at a time: a megabyte of 1,024 pixels, so that they are still in the second level of
 * the cache when the product takes them.
 */
const stretch = 256;

/** How an average is counted; each has its own room for a stretch of frames. */
export function averageCounting(name: string): Counting<AverageState, Estimate> {
  let room = new Float32Array(0);
  return {
    name,
    kind: "average-state",
    block: blockFrames,
    addBlock: (where, state, bins) => {
      const numbers = stretch * pixelsOf(state.grid);
      if (room.length < numbers) room = new Float32Array(numbers);
      return addBlock(where, state, bins, room);
    },
    arraysOf: ({ sums }) => sums.parts,
    sumsOf: (a, b) => ({ sums: mergeExactly(a.sums, b.sums) }),
    result: estimateOf,
  };
}

function addBlock(where: string, state: AverageState, bins: BlockOfBins, room: Float32Array): AverageState {
  const { lags, grid } = state;
  const { stimulus, start, from, to } = bins;
  const shared = afterBlock(where, state, bins, blockFrames);
  const spikes = shared.spikesUsed - state.spikesUsed;
  let { constancy } = state;
  const product = new Float32Array(lags * pixelsOf(grid));
  const first = Math.max(0, from - lags + 1);
  // Frames without spikes are not even read, once every pixel is known to vary.
  for (let frame = first; frame < to && spikes + constancy.constant > 0; frame += stretch) {
    const count = Math.min(stretch, to - frame);
    const frames = stimulus.read(frame - start, count, room);
    constancy = afterFrames(constancy, frames);
    if (spikes > 0) addFrames(bins, frames, frame, count, lags, product);
  }
  if (!allFinite(product))
    refuse(where, `frames ${first} to ${to - 1} hold NaN or an infinity, finite contrasts are needed`);
  return { ...state, ...shared, sums: spikes > 0 ? addExactly(state.sums, product) : state.sums, constancy };
}

/** Adds what `count` frames give to `Σ_t n(t)·I(t - k)` over the bins of a block, `[lags, pixels]`; `frames` may be changed. */
function addFrames(
  bins: BlockOfBins,
  frames: Float32Array,
  first: number,
  count: number,
  lags: number,
  product: Float32Array,
): void {
  const { counts, start, to } = bins;
  const pixels = product.length / lags;
  const firstSpike = firstBin(bins, lags);
  const weights = new Float32Array(count * lags);
  let depth = 0;
  for (let i = 0; i < count; i++) {
    let weight = 0;
    for (let k = Math.max(0, firstSpike - first - i); k < lags && first + i + k < to; k++) {
      const n = counts[first + i + k - start]!;
      weights[depth * lags + k] = n;
      weight += n;
    }
    // Only the frames in the window of a spike take part: the next one takes the place of one that does not.
    if (weight === 0) continue;
    if (i !== depth) frames.copyWithin(depth * pixels, i * pixels, (i + 1) * pixels);
    depth++;
  }
  const [A, B] = [weights.subarray(0, depth * lags), frames.subarray(0, depth * pixels)];
  addProduct(A, B, product, { rows: lags, columns: pixels, depth, transposeA: true });
}

function estimateOf(where: string, state: AverageState): Estimate {
  const { grid, lags, spikesUsed, spikesSkipped, sums, constancy } = state;
  const pixels = pixelsOf(grid);
  const warnings = checkResult(where, state);
  if (constancy.constant > 0)
    warnings.push(`${constancy.constant} of ${pixels} pixels never change: nothing is known of them`);
  if (spikesUsed < 2) warnings.push("one spike: the estimate is that one stimulus");
  const average = exactTotals(sums).map((sum) => sum / spikesUsed);
  return {
    kind: "estimate",
    method: "spike-triggered-average",
    grid,
    kernel: tensor(average, [lags, grid.height, grid.width]),
    spikesUsed,
    spikesSkipped,
    warnings,
  };
}
