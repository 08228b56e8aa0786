import type { SpikeTrain } from "../../cells/response.js";
import { trainOf } from "../../cells/spikes.js";
import { pixelsOf } from "../../math/grid.js";
import { targetOf } from "../../stimuli/check-stimulus.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkInteger, checkOptions } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";

/** Successive frames: from `start` up to but without `end`. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** One part of a recording that is held out, and what may be fitted on meanwhile. */
export interface TimeBlock {
  readonly test: FrameRange;
  /** one or two ranges in order, each at least `gap` frames away from the test's */
  readonly train: readonly FrameRange[];
}

export interface TimeBlocksOptions {
  /** parts into which the recording is cut; default 5 */
  readonly folds?: number;
  /** frames between training and test that neither uses, on either side; default 0 */
  readonly gap?: number;
}

/**
 * Cuts a recording into successive blocks of time, each held out once.
 *
 * Frames are never shuffled: neighbours share a window of the stimulus and the cell's state, so that a test among its own
 * neighbours is no test. With `gap` at least the lags of a model no window of a training bin reaches into the test.
 *
 * @param frames of the recording
 * @returns one record a fold: the test's range, and the training's ranges
 * @throws InputError if there are fewer than two folds, or a fold would leave no frame to train or to test on
 * @see Roberts et al. 2017, Ecography 40:913, for blocks in place of shuffled data
 */
export function timeBlocks(frames: number, options: TimeBlocksOptions = {}): TimeBlock[] {
  const where = "timeBlocks";
  checkInteger(where, "frames", frames, 2);
  checkOptions(where, options, ["folds", "gap"]);
  const { folds = 5, gap = 0 } = options;
  return timeBlocksIn(where, frames, folds, gap);
}

/** The blocks for a public function named `where`, which their refusals name. */
export function timeBlocksIn(where: string, frames: number, folds: number, gap: number): TimeBlock[] {
  checkInteger(where, "folds", folds, 2, frames);
  checkInteger(where, "gap", gap);
  return Array.from({ length: folds }, (_, i) => {
    const test = { start: Math.floor((i * frames) / folds), end: Math.floor(((i + 1) * frames) / folds) };
    const sides = [
      { start: 0, end: test.start - gap },
      { start: test.end + gap, end: frames },
    ];
    const train = sides.filter(({ start, end }) => end > start);
    if (train.length === 0)
      refuse(where, `gap is ${gap}: fold ${i} of ${folds} leaves none of the ${frames} frames to train on`);
    return { test, train };
  });
}

/** Some frames of a stimulus as a stimulus of its own: the ranges in order, one after the other. Trusts the ranges. */
export function stimulusOfRanges(stimulus: Stimulus, ranges: readonly FrameRange[]): Stimulus {
  const frames = ranges.reduce((sum, { start, end }) => sum + end - start, 0);
  const pixels = pixelsOf(stimulus.grid);
  const read = (start: number, count: number, into?: Float32Array): Float32Array => {
    const target = targetOf(frames, pixels, start, count, into);
    let before = 0;
    for (const range of ranges) {
      const from = Math.max(start, before);
      const to = Math.min(start + count, before + range.end - range.start);
      if (to > from) {
        const part = target.subarray((from - start) * pixels, (to - start) * pixels);
        stimulus.read(range.start + from - before, to - from, part);
      }
      before += range.end - range.start;
    }
    return target;
  };
  return { ...stimulus, frames, specification: { name: "part", of: stimulus.specification, ranges }, read };
}

/** The spikes of the same frames. */
export function spikesOfRanges(spikes: SpikeTrain, ranges: readonly FrameRange[]): SpikeTrain {
  const counts = new Uint32Array(ranges.reduce((sum, { start, end }) => sum + end - start, 0));
  let at = 0;
  for (const { start, end } of ranges) {
    counts.set(spikes.counts.subarray(start, end), at);
    at += end - start;
  }
  return trainOf(counts, spikes.frameSeconds, 0, { name: "part", of: spikes.specification, ranges });
}

/** The spikes of some frames. */
export function spikesIn(spikes: SpikeTrain, ranges: readonly FrameRange[]): number {
  return ranges.reduce((sum, { start, end }) => sum + spikes.counts.subarray(start, end).reduce((a, n) => a + n, 0), 0);
}

/** The frames left without a test: what follows it is shown from its end on, so that the gap is the lead-in of its first windows. */
export function shownWithout({ test, train }: TimeBlock): FrameRange[] {
  return train.map(({ start, end }) => (start > test.end ? { start: test.end, end } : { start, end }));
}

/** What is left of a recording without a test; no spike is kept in the gap after it. */
export function withoutTest(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  block: TimeBlock,
  gap: number,
): { readonly stimulus: Stimulus; readonly spikes: SpikeTrain } {
  const { test, train } = block;
  const shown = shownWithout(block);
  const part = spikesOfRanges(spikes, shown);
  const after = train.findIndex(({ start }) => start >= test.end);
  if (after >= 0) {
    const seam = after === 0 ? 0 : shown[0]!.end;
    part.counts.fill(0, seam, seam + gap);
  }
  return { stimulus: stimulusOfRanges(stimulus, shown), spikes: { ...part, spikes: spikesIn(spikes, train) } };
}
