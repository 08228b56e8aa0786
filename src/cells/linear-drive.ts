import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { framesPerBlock } from "./cell.js";

/** `Σ w(x,y)·I(x,y)` for one frame, in float64; four sums in a fixed order, so that the additions overlap. */
function dot(weights: Float64Array, frames: Float32Array, at: number): number {
  const n = weights.length;
  const whole = n - (n % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let p = 0; p < whole; p += 4) {
    a += weights[p] * frames[at + p];
    b += weights[p + 1] * frames[at + p + 1];
    c += weights[p + 2] * frames[at + p + 2];
    d += weights[p + 3] * frames[at + p + 3];
  }
  for (let p = whole; p < n; p++) a += weights[p] * frames[at + p];
  return a + b + (c + d);
}

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
      for (let t = 0; t < count; t++) drive[start + t] = dot(weights[k], frames, t * pixels);
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
