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

/** Spikes in bins whose window of `lags` frames lies within the stimulus, and spikes before the first such bin. */
export function countSpikes(spikes: SpikeTrain, lags: number): { readonly used: number; readonly skipped: number } {
  let skipped = 0;
  for (let t = 0; t < lags - 1; t++) skipped += spikes.counts[t];
  return { used: spikes.spikes - skipped, skipped };
}

/** Throws where no spike from bin `first` on can be used. */
export function refuseSilence(where: string, spikes: ReturnType<typeof countSpikes>, first: number): void {
  const { used, skipped } = spikes;
  if (used === 0)
    refuse(where, `spikes has no spike from bin ${first} on (${skipped} before it), at least one is needed`);
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
