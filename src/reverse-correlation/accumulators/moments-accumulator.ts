import { allFinite } from "../../kernels/finite.js";
import { gramBlock } from "../../math/gram.js";
import { type Grid, pixelsOf } from "../../math/grid.js";
import { refuse } from "../../tensor/errors.js";
import type { Moments } from "../subspaces/stc-moments.js";
import { type Accumulator, accumulatorFrom, accumulatorOf, type Counting } from "./accumulator.js";
import { afterFrames, constantWarnings } from "./constancy.js";
import {
  addWindows,
  mergeWindows,
  momentsOf,
  noWindows,
  type Room,
  roomOf,
  type WindowSums,
} from "./moments-accumulator-sums.js";
import { meanOf, subtract, windowsOf } from "./moments-accumulator-windows.js";
import {
  type AccumulatorOptions,
  type AccumulatorState,
  afterBlock,
  type BlockOfBins,
  checkResult,
  emptyState,
  firstBin,
} from "./state.js";

/** What the moments of windows have counted so far, as plain data. */
export interface MomentsState extends AccumulatorState {
  readonly kind: "moments-state";
  /** every window weighs 1 */
  readonly all: WindowSums;
  /** a window weighs the spikes in its bin */
  readonly spikes: WindowSums;
  /** `Σ n²` over the bins with a full window */
  readonly squaredCounts: number;
}

/** Means and covariances of windows of D = lags·height·width numbers, lag 0 first. */
export interface WindowMoments {
  readonly kind: "window-moments";
  readonly grid: Grid;
  readonly lags: number;
  /** bins with a full window */
  readonly bins: number;
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
  /** `Σ n²` over these bins */
  readonly squaredCounts: number;
  /** of all windows */
  readonly all: Moments;
  /** of the windows before spikes; a bin of n spikes weighs n */
  readonly spikes: Moments;
  /** of the D numbers, how many have one value throughout */
  readonly constantEntries: number;
  readonly warnings: readonly string[];
}

export type MomentsAccumulator = Accumulator<MomentsState, WindowMoments>;

/**
 * Means and covariances of all windows and of the spikes' that take a recording part by part, in any order: what whitened and
 * ridge averages, spike-triggered covariance and information-theoretic subspaces need of it.
 *
 * `mean = Σ w·x / Σ w`, `covariance = Σ w·x·xᵀ / Σ w - mean·meanᵀ`, w = 1 and w = n(t). The sums are exact sums of the products of
 * fixed blocks of bins: every order of parts and of merges gives the same bits.
 *
 * @param options grid, lags, and frameSeconds (s) of the recording; memory is about 60·D² bytes
 * @returns an accumulator; its `result()` warns of bins that are missing, of constant pixels and of too few windows
 * @throws InputError if an option is missing, out of range or unknown, or D is too large
 */
export function momentsAccumulator(options: AccumulatorOptions): MomentsAccumulator {
  return accumulatorOf(emptyMoments("momentsAccumulator", options), momentsCounting());
}

/**
 * A moments accumulator that goes on from a state, such as one that another thread has sent.
 *
 * @param state a moments accumulator's, which is copied
 * @throws InputError if it is none
 */
export function momentsAccumulatorFrom(state: MomentsState): MomentsAccumulator {
  return accumulatorFrom("momentsAccumulatorFrom", state, emptyMoments, momentsCounting());
}

/** 6 GiB. */
const mostBytes = 6 * 2 ** 30;

function emptyMoments(where: string, options: AccumulatorOptions): MomentsState {
  const shared = emptyState(where, options);
  const D = shared.lags * pixelsOf(shared.grid);
  if (60 * D * D > mostBytes)
    refuse(where, `${D} pixels times lags need ${((60 * D * D) / 2 ** 30).toFixed(0)} GiB, at most 6 are taken`);
  return { kind: "moments-state", ...shared, all: noWindows(D), spikes: noWindows(D), squaredCounts: 0 };
}

function momentsCounting(): Counting<MomentsState, WindowMoments> {
  let room: Room | undefined;
  return {
    name: "momentsAccumulator",
    kind: "moments-state",
    block: gramBlock,
    addBlock: (where, state, bins) => {
      room ??= roomOf(state.lags, pixelsOf(state.grid));
      return addBlock(where, state, bins, room);
    },
    arraysOf: ({ all, spikes }) =>
      [all.first, all.second, spikes.first, spikes.second].flatMap(({ parts }) => [...parts]),
    sumsOf: (a, b) => ({
      all: mergeWindows(a.all, b.all),
      spikes: mergeWindows(a.spikes, b.spikes),
      squaredCounts: a.squaredCounts + b.squaredCounts,
    }),
    result: resultOf,
  };
}

function addBlock(where: string, state: MomentsState, bins: BlockOfBins, room: Room): MomentsState {
  const { lags, grid } = state;
  const { counts, start, to } = bins;
  const shared = afterBlock(where, state, bins, gramBlock);
  const first = firstBin(bins, lags);
  const count = to - first;
  if (count === 0) return { ...state, ...shared };
  const D = lags * pixelsOf(grid);
  const windows = windowsOf(bins.stimulus, first - start, count, lags, room.frames);
  const constancy = afterFrames(state.constancy, room.frames.subarray(0, (count + lags - 1) * pixelsOf(grid)));
  // About its own mean a block's rounding is that of the stimulus's variance, not of its mean; see `addMoved`.
  const centre = meanOf(windows, D);
  if (!allFinite(centre))
    refuse(where, `frames ${first - lags + 1} to ${to - 1} hold NaN or an infinity, finite contrasts are needed`);
  subtract(windows, centre);
  const own = Float32Array.from(counts.subarray(first - start, to - start));
  const squares = own.reduce((sum, n) => sum + n * n, 0);
  return {
    ...state,
    ...shared,
    ...addWindows(where, state, windows, own, centre, room),
    squaredCounts: state.squaredCounts + squares,
    constancy,
  };
}

function resultOf(where: string, state: MomentsState): WindowMoments {
  const { grid, lags, bins, spikesUsed, spikesSkipped, squaredCounts, constancy } = state;
  const pixels = pixelsOf(grid);
  const warnings = checkResult(where, state);
  const constantEntries = lags * constancy.constant;
  warnings.push(...rankWarnings(lags * pixels, bins, spikesUsed, constantEntries));
  return {
    kind: "window-moments",
    grid,
    lags,
    bins,
    spikesUsed,
    spikesSkipped,
    squaredCounts,
    all: momentsOf(state.all, bins, constancy.varies),
    spikes: momentsOf(state.spikes, spikesUsed, constancy.varies),
    constantEntries,
    warnings,
  };
}

/** What D numbers a window, of which some are constant, leave unknown after so many windows and spikes. */
export function rankWarnings(D: number, windows: number, spikes: number, constantEntries: number): string[] {
  const warnings = constantWarnings(constantEntries, D);
  if (spikes <= D)
    warnings.push(`${spikes} spikes for ${D} pixels times lags: the covariance among spikes has no full rank`);
  if (windows <= D)
    warnings.push(`${windows} windows for ${D} pixels times lags: the covariance of the stimulus has no full rank`);
  return warnings;
}
