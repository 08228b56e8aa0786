import { pixelsOf } from "../math/grid.js";
import { dotAt } from "../math/vectors.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { framesPerBlock } from "./cell.js";

/**
 * The linear drives `s(I_t) = Σ w(x,y)·I_t(x,y)` of one or more fields in every frame, of which the stimulus is made once.
 *
 * @param fields float32 values `[height · width]` each
 * @returns one `[frames]` a field; no sum depends on how the frames were split
 */
export function linearDrives(stimulus: Stimulus, fields: readonly ArrayLike<number>[]): Float64Array[] {
  const pixels = pixelsOf(stimulus.grid);
  const weights = fields.map((field) => Float64Array.from(field));
  const drives = fields.map(() => new Float64Array(stimulus.frames));
  const block = framesPerBlock(stimulus);
  const buffer = new Float32Array(block * pixels);
  for (let start = 0; start < stimulus.frames; start += block) {
    const count = Math.min(block, stimulus.frames - start);
    const frames = stimulus.read(start, count, buffer);
    drives.forEach((drive, k) => {
      for (let t = 0; t < count; t++) drive[start + t] = dotAt(weights[k], frames, t * pixels);
    });
  }
  return drives;
}

/**
 * What a space-time filter gives in each frame: `s(t) = Σ_k Σ_{y,x} w(k, y, x)·I(t - k, y, x)`; frames before the first count as 0.
 *
 * @param weights w, `[lags · height · width]`, lag 0 first
 * @returns [frames], in float64; no sum depends on how the frames were split
 */
export function spaceTimeDrive(stimulus: Stimulus, weights: Float32Array | Float64Array): Float64Array {
  const pixels = pixelsOf(stimulus.grid);
  const fields = Array.from({ length: weights.length / pixels }, (_, k) =>
    weights.subarray(k * pixels, (k + 1) * pixels),
  );
  const drive = new Float64Array(stimulus.frames);
  linearDrives(stimulus, fields).forEach((ofLag, k) => {
    for (let t = k; t < drive.length; t++) drive[t] += ofLag[t - k];
  });
  return drive;
}
