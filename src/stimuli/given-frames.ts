import { gridOf } from "../math/grid.js";
import { checkFinite, checkOptions, checkPositive, checkTensor } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { targetOf } from "./check-stimulus.js";
import type { Stimulus } from "./stimulus.js";

export interface GivenFramesOptions {
  /** seconds that a frame is shown */
  readonly frameSeconds: number;
  /** degrees per pixel; default 1, so that lengths are in pixels */
  readonly step?: number;
}

/**
 * A stimulus of given frames: photographs, a recorded m-sequence, a movie.
 *
 * @param frames contrast images `[T, height, width]`; float32 data is used as it is, without a copy, float64 is rounded to float32
 * @param options frameSeconds in seconds, step in degrees per pixel
 * @returns a stimulus of T frames; its specification names the shape, the frames themselves are the caller's to keep
 * @throws InputError if the tensor has not three axes, is empty, or holds NaN or an infinity, or an option is unknown
 */
export function stimulusFrom(frames: Tensor, options: GivenFramesOptions): Stimulus {
  const where = "stimulusFrom";
  checkTensor(where, "frames", frames, 3);
  if (frames.data.length === 0)
    refuse(where, `frames has shape ${shapeText(frames.shape)}, at least one pixel is needed`);
  checkOptions(where, options, ["frameSeconds", "step"]);
  const { frameSeconds, step } = options ?? {};
  checkPositive(where, "frameSeconds", frameSeconds);
  if (step !== undefined) checkPositive(where, "step", step);
  const data = frames.data instanceof Float32Array ? frames.data : Float32Array.from(frames.data);
  // after the rounding, in which a large float64 becomes an infinity
  checkFinite(where, "frames", data);
  const [count, height, width] = frames.shape as [number, number, number];
  const pixels = height * width;
  const read = (start: number, length: number, into?: Float32Array): Float32Array => {
    const target = targetOf(count, pixels, start, length, into);
    target.set(data.subarray(start * pixels, (start + length) * pixels));
    return target;
  };
  const grid = gridOf({ height, width, step });
  return {
    kind: "stimulus",
    grid,
    frames: count,
    frameSeconds,
    specification: { name: "frames", grid, frames: count, frameSeconds },
    read,
  };
}
