import type { SpikeTrain } from "../../cells/response.js";
import { checkGrid, type Grid, gridOf, gridText, pixelsOf, sameGrid } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions, checkPositive, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { checkPairing, refuseSilence } from "../pairing.js";
import { type Constancy, unseen } from "./constancy.js";
import { gapWarnings, type Span, withSpan } from "./spans.js";

/** What every part of a recording shares. */
export interface AccumulatorOptions {
  readonly grid: Grid;
  /** frames of a window, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
  /** seconds that a frame is shown */
  readonly frameSeconds: number;
}

/** A part of a recording: frames and bins of which the first is frame `start` of the whole. */
export interface Chunk {
  readonly stimulus: Stimulus;
  /** one bin a frame of `stimulus` */
  readonly spikes: SpikeTrain;
  /** default 0 */
  readonly start?: number;
  /** first bin of the whole that is counted; default the first one whose window is in the chunk (0 where `start` is 0) */
  readonly from?: number;
  /** the bin of the whole after the last that is counted; default the chunk's end */
  readonly to?: number;
}

/** What the states of all accumulators share. */
export interface AccumulatorState {
  readonly grid: Grid;
  readonly lags: number;
  readonly frameSeconds: number;
  /** the bins counted, in order */
  readonly spans: readonly Span[];
  /** bins with a full window */
  readonly bins: number;
  readonly spikesUsed: number;
  /** spikes before the first full window of lags */
  readonly spikesSkipped: number;
  readonly constancy: Constancy;
}

/** The bins of one block that a part holds. */
export interface BlockOfBins extends Span {
  readonly stimulus: Stimulus;
  readonly counts: Uint32Array;
  /** index in the whole of the part's first frame */
  readonly start: number;
}

/** Nothing counted yet. */
export function emptyState(where: string, options: AccumulatorOptions): AccumulatorState {
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, { grid, lags, frameSeconds } is needed`);
  checkOptions(where, options, ["grid", "lags", "frameSeconds"]);
  const { grid, lags = 1, frameSeconds } = options;
  checkGrid(where, grid);
  checkInteger(where, "lags", lags, 1);
  checkPositive(where, "frameSeconds", frameSeconds);
  const counted = { spans: [], bins: 0, spikesUsed: 0, spikesSkipped: 0 };
  return { grid: gridOf(grid), lags, frameSeconds, ...counted, constancy: unseen(pixelsOf(grid)) };
}

/** The blocks of a part, once it is known to fit. */
export function blocksOf(where: string, chunk: Chunk, state: AccumulatorState, block: number): BlockOfBins[] {
  const { stimulus, start, from, to, counts } = checkedChunk(where, chunk, state, block);
  withSpan(where, state.spans, { from, to }, block);
  return Array.from({ length: Math.ceil((to - from) / block) }, (_, b) => {
    const first = from + b * block;
    return { stimulus, counts, start, from: first, to: Math.min(first + block, to) };
  });
}

function checkedChunk(where: string, chunk: Chunk, { grid, lags, frameSeconds }: AccumulatorState, block: number) {
  if (typeof chunk !== "object" || chunk === null)
    refuse(where, `chunk is ${describe(chunk)}, { stimulus, spikes } is needed`);
  checkOptions(where, chunk, ["stimulus", "spikes", "start", "from", "to"]);
  const { stimulus, spikes, start = 0 } = chunk;
  checkPairing(where, stimulus, spikes, lags);
  checkInteger(where, "start", start);
  checkSame(where, { grid, lags, frameSeconds }, { grid: stimulus.grid, lags, frameSeconds: stimulus.frameSeconds });
  const end = start + stimulus.frames;
  const { from = start === 0 ? 0 : start + lags - 1, to = end } = chunk;
  checkInteger(where, "from", from, start, end - 1);
  checkInteger(where, "to", to, from + 1, end);
  if (from % block !== 0)
    refuse(where, `from is ${from}, sums run on blocks of bins: a multiple of ${block} is needed`);
  if (to % block !== 0 && to !== end)
    refuse(where, `to is ${to}, sums run on blocks of bins: a multiple of ${block} or the recording's end is needed`);
  const earliest = Math.max(0, from - lags + 1);
  if (start > earliest)
    refuse(
      where,
      `start is ${start}, the window of bin ${from} begins at frame ${earliest}: give the frames before it`,
    );
  return { stimulus, counts: spikes.counts, start, from, to };
}

/** Throws unless two parts are of one recording. */
function checkSame(where: string, own: AccumulatorOptions, other: AccumulatorOptions): void {
  if (!sameGrid(own.grid, other.grid))
    refuse(where, `the grid is ${gridText(other.grid)}, the accumulator's ${gridText(own.grid)} is needed`);
  if (own.lags !== other.lags) refuse(where, `lags is ${other.lags}, the accumulator's ${own.lags} is needed`);
  if (Math.abs(own.frameSeconds - other.frameSeconds) > 1e-9 * own.frameSeconds)
    refuse(where, `frameSeconds is ${other.frameSeconds}, the accumulator's ${own.frameSeconds} is needed`);
}

/** The shared part of a state after one block more. */
export function afterBlock(where: string, state: AccumulatorState, bins: BlockOfBins, block: number) {
  const { counts, start, from, to } = bins;
  let [used, skipped] = [0, 0];
  const first = firstBin(bins, state.lags);
  for (let t = from; t < to; t++) {
    if (t < first) skipped += counts[t - start]!;
    else used += counts[t - start]!;
  }
  return {
    spans: withSpan(where, state.spans, { from, to }, block),
    bins: state.bins + Math.max(0, to - first),
    spikesUsed: state.spikesUsed + used,
    spikesSkipped: state.spikesSkipped + skipped,
  };
}

/** The first bin of a block whose whole window was shown. */
export function firstBin({ from, to }: Span, lags: number): number {
  return Math.min(Math.max(from, lags - 1), to);
}

/** The shared part of the state of both. */
export function mergedState(where: string, a: AccumulatorState, b: AccumulatorState, block: number) {
  checkSame(where, a, b);
  return {
    spans: b.spans.reduce((spans, span) => withSpan(where, spans, span, block), a.spans),
    bins: a.bins + b.bins,
    spikesUsed: a.spikesUsed + b.spikesUsed,
    spikesSkipped: a.spikesSkipped + b.spikesSkipped,
  };
}

/** Throws where nothing can be inferred; else says what the result does not know. */
export function checkResult(where: string, state: AccumulatorState): string[] {
  const { grid, lags, spikesUsed, spikesSkipped, spans, constancy } = state;
  refuseSilence(where, { used: spikesUsed, skipped: spikesSkipped }, lags - 1);
  if (constancy.constant === pixelsOf(grid))
    refuse(where, "stimulus is constant, it must vary for a field to be inferred");
  return gapWarnings(spans);
}

/** Throws unless `state` is one of this kind. */
export function checkState(where: string, state: unknown, kind: string): void {
  if (typeof state !== "object" || state === null || (state as { readonly kind?: unknown }).kind !== kind)
    refuse(where, `state is ${describe(state)}, a state of kind "${kind}" is needed`);
}

/** Throws unless the arrays of a state that was sent are as long as those of the accumulator. */
export function checkArrays(
  where: string,
  own: readonly ArrayLike<number>[],
  other: readonly ArrayLike<number>[],
): void {
  own.forEach((array, i) => {
    if (other[i]?.length !== array.length)
      refuse(where, `state is damaged, an array has ${other[i]?.length} numbers, ${array.length} are needed`);
  });
}
