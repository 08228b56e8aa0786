import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";

/** The windows of bins `start …` of a stimulus: `[count, lags, pixels]`, lag 0 first. Frames are read into `buffer`. */
export function windowsOf(
  stimulus: Stimulus,
  start: number,
  count: number,
  lags: number,
  buffer: Float32Array,
): Float32Array {
  const pixels = pixelsOf(stimulus.grid);
  return laidOut(stimulus.read(start - lags + 1, count + lags - 1, buffer), count, lags, pixels);
}

/**
 * The windows of successive frames `[count + lags - 1, pixels]`: `[count, lags, pixels]`, lag 0 first; with one lag the frames
 * themselves.
 */
export function laidOut(frames: Float32Array, count: number, lags: number, pixels: number): Float32Array {
  if (lags === 1) return frames;
  const windows = new Float32Array(count * lags * pixels);
  for (let i = 0; i < count; i++) {
    for (let k = 0; k < lags; k++) {
      const frame = (i + lags - 1 - k) * pixels;
      windows.set(frames.subarray(frame, frame + pixels), (i * lags + k) * pixels);
    }
  }
  return windows;
}

/** The mean of windows of D numbers, rounded to float32. */
export function meanOf(windows: Float32Array, D: number): Float32Array {
  const sum = new Float64Array(D);
  const count = windows.length / D;
  const whole = count - (count % 4);
  // Four windows at once: a sum is fetched and put back once for them all.
  for (let a = 0; a < whole * D; a += 4 * D) {
    const [b, c, d] = [a + D, a + 2 * D, a + 3 * D];
    for (let i = 0; i < D; i++) sum[i] += windows[a + i] + windows[b + i] + (windows[c + i] + windows[d + i]);
  }
  for (let a = whole * D; a < windows.length; a += D) for (let i = 0; i < D; i++) sum[i] += windows[a + i];
  return Float32Array.from(sum, (value) => value / count);
}

/** Takes `centre` off every window, in place. */
export function subtract(windows: Float32Array, centre: Float32Array): void {
  const D = centre.length;
  for (let from = 0; from < windows.length; from += D) for (let i = 0; i < D; i++) windows[from + i] -= centre[i];
}
