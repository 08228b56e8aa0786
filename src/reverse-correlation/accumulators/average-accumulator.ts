import { allFinite } from "../../kernels/finite.js";
import { type RowSums, withRowSums } from "../../kernels/row-sums.js";
import {
  addExactly,
  checkAddable,
  type ExactSums,
  exactSums,
  exactTotals,
  mergeExactly,
} from "../../math/exact-sums.js";
import { pixelsOf } from "../../math/grid.js";
import { refuse } from "../../tensor/errors.js";
import { tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import { blockFrames } from "../pairing.js";
import { type Accumulator, accumulatorFrom, accumulatorOf, type Counting } from "./accumulator.js";
import { afterFrames, type Constancy } from "./constancy.js";
import type { Span } from "./spans.js";
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

/** Frames that are read and added at a time, of 1,024 pixels a quarter of a megabyte: they are still in the cache when they are added. */
const stretch = 64;

/** How an average is counted. */
export function averageCounting(name: string): Counting<AverageState, Estimate> {
  return {
    name,
    kind: "average-state",
    block: blockFrames,
    addBlock,
    arraysOf: ({ sums }) => sums.parts,
    sumsOf: (a, b) => ({ sums: mergeExactly(a.sums, b.sums) }),
    result: estimateOf,
  };
}

function addBlock(where: string, state: AverageState, bins: BlockOfBins): AverageState {
  const { lags, grid } = state;
  const { from, to } = bins;
  const shared = afterBlock(where, state, bins, blockFrames);
  // A block without spikes is not even read, once every pixel is known to vary.
  const silent = shared.spikesUsed === state.spikesUsed;
  if (silent && state.constancy.constant === 0) return { ...state, ...shared };
  const first = Math.max(0, from - lags + 1);
  const size = { rows: stretch, length: pixelsOf(grid), sums: lags };
  const { product, constancy } = withRowSums(size, (sums) => {
    let { constancy } = state;
    for (let frame = first; frame < to; frame += stretch) {
      const span = { from: frame, to: Math.min(frame + stretch, to) };
      constancy = addFrames(sums, bins, span, lags, constancy);
    }
    return { product: sums.totals(), constancy };
  });
  if (!allFinite(product)) refuseInfinite(where, bins, first, pixelsOf(grid));
  checkAddable(where, state.sums, product);
  return { ...state, ...shared, sums: silent ? state.sums : addExactly(state.sums, product), constancy };
}

/** Adds what some frames give to `Σ_t n(t)·I(t - k)` over the bins of a block, each lag k to its sum. */
function addFrames(sums: RowSums, bins: BlockOfBins, span: Span, lags: number, seen: Constancy): Constancy {
  const { stimulus, counts, start, to } = bins;
  const read = reach(bins, span, lags, seen);
  const count = read.to - read.from;
  if (count === 0) return seen;
  const frames = stimulus.read(read.from - start, count, sums.rows);
  if (frames.buffer !== sums.rows.buffer) sums.rows.set(frames);
  const firstSpike = firstBin(bins, lags);
  for (let k = 0; k < lags; k++) {
    const last = Math.min(read.to + k, to);
    for (let t = Math.max(read.from + k, firstSpike); t < last; t++) {
      const n = counts[t - start];
      if (n > 0) sums.pick(t - k - read.from, n);
    }
    sums.add(k);
  }
  return afterFrames(seen, frames);
}

/** The frames of a span that are to be read: all until every pixel has varied, then from the first to the last in a spike's window. */
function reach(bins: BlockOfBins, span: Span, lags: number, { constant }: Constancy): Span {
  if (constant > 0) return span;
  const { counts, start, to } = bins;
  let [from, end] = [span.to, span.from];
  for (let t = Math.max(span.from, firstBin(bins, lags)); t < Math.min(span.to + lags - 1, to); t++) {
    if (counts[t - start] === 0) continue;
    from = Math.min(from, Math.max(span.from, t - lags + 1));
    end = Math.max(end, Math.min(span.to, t + 1));
  }
  return { from: Math.min(from, end), to: end };
}

/** Names the first number of a block that is none; it is looked for where the sums have shown that there is one. */
function refuseInfinite(where: string, { stimulus, start, to }: BlockOfBins, first: number, pixels: number): never {
  for (let frame = first; frame < to; frame++) {
    const pixel = stimulus.read(frame - start, 1).findIndex((value) => !Number.isFinite(value));
    if (pixel >= 0)
      refuse(where, `frame ${frame} is not finite at pixel ${pixel} of ${pixels}, finite contrasts are needed`);
  }
  refuse(where, `frames ${first} to ${to - 1} have sums beyond float32, smaller contrasts are needed`);
}

function estimateOf(where: string, state: AverageState): Estimate {
  const { grid, lags, spikesUsed, spikesSkipped, sums, constancy } = state;
  const pixels = pixelsOf(grid);
  const warnings = checkResult(where, state);
  if (state.bins < lags * pixels)
    warnings.push(`${state.bins} bins for ${lags * pixels} pixels times lags: expect much of the average to be chance`);
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
