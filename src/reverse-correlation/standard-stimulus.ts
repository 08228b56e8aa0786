import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { eachBlock } from "./pairing.js";

/** A stimulus about its own mean and in units of its own spread, in which a fit does not see how contrast was counted. */
export interface StandardStimulus {
  readonly stimulus: Stimulus;
  /** [pixels], of the frames as they were shown */
  readonly mean: Float64Array;
  /** σ, the root of the pixels' mean variance; 1 where none varies */
  readonly spread: number;
}

/** `(I - mean)/σ`, made as it is read; a pixel that never changes is exactly 0. */
export function standardised(stimulus: Stimulus): StandardStimulus {
  const { mean, spread } = levelsOf(stimulus);
  const read: Stimulus["read"] = (start, count, into) => {
    const frames = stimulus.read(start, count, into);
    const out = into ?? frames;
    for (let at = 0; at < frames.length; at += mean.length)
      for (let p = 0; p < mean.length; p++) out[at + p] = (frames[at + p] - mean[p]) / spread;
    return out.subarray(0, frames.length);
  };
  return { stimulus: { ...stimulus, read }, mean, spread };
}

/** Mean and spread from one pass: squares are of differences from the first frame, so that a large mean costs no digits. */
function levelsOf(stimulus: Stimulus): Omit<StandardStimulus, "stimulus"> {
  const pixels = pixelsOf(stimulus.grid);
  const first = Float64Array.from(stimulus.read(0, 1));
  const [sums, squares] = [new Float64Array(pixels), new Float64Array(pixels)];
  eachBlock(stimulus, (frames) => {
    for (let at = 0; at < frames.length; at += pixels)
      for (let p = 0; p < pixels; p++) {
        const difference = frames[at + p] - first[p];
        sums[p] += difference;
        squares[p] += difference * difference;
      }
  });
  const shift = sums.map((sum) => sum / stimulus.frames);
  const variance = squares.reduce((all, sum, p) => all + Math.max(0, sum / stimulus.frames - shift[p] ** 2), 0);
  return { mean: first.map((value, p) => value + shift[p]), spread: Math.sqrt(variance / pixels) || 1 };
}
