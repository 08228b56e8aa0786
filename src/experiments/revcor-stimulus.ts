import { pixelsOf } from "../math/grid.js";
import { eachBlock } from "../reverse-correlation/pairing.js";
import type { Stimulus } from "../stimuli/stimulus.js";

/** [height · width], the mean of all frames. */
export function meanFrame(stimulus: Stimulus): Float64Array {
  const pixels = pixelsOf(stimulus.grid);
  const sums = new Float64Array(pixels);
  eachBlock(stimulus, (frames, _, count) => {
    for (let i = 0; i < count * pixels; i++) sums[i % pixels] += frames[i];
  });
  return sums.map((sum) => sum / stimulus.frames);
}

/** The variance of a pixel over the frames, in the mean over the pixels. */
export function pixelVariance(stimulus: Stimulus): number {
  const mean = meanFrame(stimulus);
  let squares = 0;
  eachBlock(stimulus, (frames, _, count) => {
    for (let i = 0; i < count * mean.length; i++) squares += (frames[i] - mean[i % mean.length]) ** 2;
  });
  return squares / (stimulus.frames * mean.length);
}
