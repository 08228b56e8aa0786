import { checkGrid, type Grid, gridOf, pixelsOf } from "../math/grid.js";
import { checkFinite, checkInteger, checkOptions, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { targetOf } from "./check-stimulus.js";
import type { Stimulus } from "./stimulus.js";

export interface StimulusReaderOptions {
  readonly grid: Grid;
  /** number of frames */
  readonly frames: number;
  /** seconds that a frame is shown */
  readonly frameSeconds: number;
  /** frames `start` to `start + count - 1`, contrast, `[count, height, width]`; the same ones whenever it is asked */
  readonly read: (start: number, count: number) => ArrayLike<number>;
}

/**
 * A stimulus that is read piece by piece: a recording too long for memory.
 *
 * @param options grid in pixels (step in degrees per pixel), frames, frameSeconds in seconds, read
 * @returns a stimulus whose frames come from `read`, rounded to float32
 * @throws InputError if an option is missing, out of range or unknown; when read, if a piece has a wrong length, or holds NaN
 *   or an infinity
 */
export function stimulusFromReader(options: StimulusReaderOptions): Stimulus {
  const where = "stimulusFromReader";
  if (typeof options !== "object" || options === null)
    refuse(where, `options is ${describe(options)}, { grid, frames, frameSeconds, read } is needed`);
  checkOptions(where, options, ["grid", "frames", "frameSeconds", "read"]);
  const { frames, frameSeconds, read } = options;
  checkGrid(where, options.grid);
  checkInteger(where, "frames", frames, 1);
  checkPositive(where, "frameSeconds", frameSeconds);
  if (typeof read !== "function") refuse(where, `read is ${describe(read)}, a function is needed`);
  const grid = gridOf(options.grid);
  const pixels = pixelsOf(grid);
  const checkedRead = (start: number, count: number, into?: Float32Array): Float32Array => {
    const target = targetOf(frames, pixels, start, count, into);
    if (count > 0) target.set(pieceOf(read(start, count), start, count, pixels));
    return target;
  };
  const specification = { name: "reader", grid, frames, frameSeconds };
  return { kind: "stimulus", grid, frames, frameSeconds, specification, read: checkedRead };
}

function pieceOf(piece: ArrayLike<number>, start: number, count: number, pixels: number): ArrayLike<number> {
  const frames = `frames ${start} to ${start + count - 1}`;
  if (piece?.length !== count * pixels)
    refuse(
      "read",
      `the reader gave ${piece?.length ?? describe(piece)} numbers for ${frames}, ${count * pixels} are needed`,
    );
  const rounded = piece instanceof Float32Array ? piece : Float32Array.from(piece);
  checkFinite("read", `what the reader gave for ${frames}`, rounded);
  return rounded;
}
