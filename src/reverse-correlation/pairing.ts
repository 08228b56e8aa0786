import type { SpikeTrain } from "../cells/response.js";
import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/** Frames read at a time: the sums of one block are the unit in which partial results are made. */
export const blockFrames = 1024;

/** Throws unless the spikes were recorded while this stimulus was shown, and the windows fit into it. */
export function checkPairing(where: string, stimulus: Stimulus, spikes: SpikeTrain, lags: number): void {
  if (stimulus?.kind !== "stimulus") refuse(where, `stimulus is ${describe(stimulus)}, a stimulus is needed`);
  if (spikes?.kind !== "spike-train") refuse(where, `spikes is ${describe(spikes)}, a spike train is needed`);
  if (spikes.counts.length !== stimulus.frames) {
    refuse(where, `spikes has ${spikes.counts.length} bins, the stimulus has ${stimulus.frames} frames`);
  }
  if (Math.abs(spikes.frameSeconds - stimulus.frameSeconds) > 1e-9 * stimulus.frameSeconds) {
    refuse(
      where,
      `spikes has bins of ${spikes.frameSeconds} s, the stimulus has frames of ${stimulus.frameSeconds} s: give both the same frameSeconds`,
    );
  }
  checkInteger(where, "lags", lags, 1);
  if (lags > stimulus.frames) refuse(where, `lags is ${lags}, the stimulus has ${stimulus.frames} frames`);
}

/** Where the spikes of a train lie. */
export interface SpikeCount {
  /** in bins whose whole window was shown */
  readonly used: number;
  /** in the bins before the first such bin */
  readonly skipped: number;
  /** in no bin, before the first frame or after the last; default 0 */
  readonly outside?: number;
}

/** Spikes in bins whose window of `lags` frames lies within the stimulus, spikes before the first such bin, and those in no bin. */
export function countSpikes(spikes: SpikeTrain, lags: number): SpikeCount {
  let skipped = 0;
  for (let t = 0; t < lags - 1; t++) skipped += spikes.counts[t];
  return { used: spikes.spikes - skipped, skipped, outside: spikes.spikesOutside };
}

/** Throws where no spike from bin `first` on can be used. */
export function refuseSilence(where: string, spikes: SpikeCount, first: number): void {
  const { used, skipped, outside = 0 } = spikes;
  const lost = outside > 0 ? `, ${outside} outside the frames: are their times in seconds on the frames' clock?` : "";
  if (used === 0)
    refuse(where, `spikes has no spike from bin ${first} on (${skipped} before it${lost}), at least one is needed`);
}

/** The count of every bin from `first` on, where there are several and all have the same. */
function constantCount({ counts }: SpikeTrain, first: number): number | undefined {
  const used = counts.subarray(first);
  return used.length > 1 && used.every((count) => count === used[0]) ? used[0] : undefined;
}

/** Throws where every bin from `first` on has the same count. */
export function refuseConstantCounts(where: string, spikes: SpikeTrain, first: number): void {
  const count = constantCount(spikes, first);
  if (count !== undefined) refuse(where, `every bin has ${count} spikes, they must vary for a field to be inferred`);
}

/** Longer frames are taken for a number of milliseconds. */
const longFrame = 2;

/** Tells of spikes of which every bin from `first` on has as many. */
export function constantCountWarnings(spikes: SpikeTrain, first: number): string[] {
  const count = constantCount(spikes, first);
  return count === undefined ? [] : [`every bin has ${count} spikes: they tell nothing of the stimulus`];
}

/** Tells of frames so long that their duration seems to be in another unit. */
export function longFrameWarnings(frameSeconds: number): string[] {
  return frameSeconds > longFrame ? [`frames of ${frameSeconds} s: frameSeconds is in seconds, not milliseconds`] : [];
}

/** Tells of frames and spikes whose times seem to be in another unit or on another clock. */
export function timingWarnings({ frameSeconds, spikes, spikesOutside }: SpikeTrain): string[] {
  return [
    ...longFrameWarnings(frameSeconds),
    ...(spikesOutside > spikes
      ? [`${spikesOutside} of ${spikes + spikesOutside} spikes came outside the frames: are both on one clock?`]
      : []),
  ];
}

/** How many bins with a full window hold spikes. */
export function binsWithSpikes({ counts }: SpikeTrain, lags: number): number {
  return counts.subarray(lags - 1).reduce((sum, n) => sum + (n > 0 ? 1 : 0), 0);
}

/** Calls `visit` with every block of the stimulus in order: the frames `[count, height, width]` and the index of the first. */
export function eachBlock(
  stimulus: Stimulus,
  visit: (frames: Float32Array, start: number, count: number) => void,
): void {
  const buffer = new Float32Array(Math.min(blockFrames, stimulus.frames) * pixelsOf(stimulus.grid));
  for (let start = 0; start < stimulus.frames; start += blockFrames) {
    const count = Math.min(blockFrames, stimulus.frames - start);
    visit(stimulus.read(start, count, buffer), start, count);
  }
}
