import { pixelsOf } from "../math/grid.js";
import { checkStimulus } from "../stimuli/check-stimulus.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { type Tensor, tensor } from "../tensor/tensor.js";
import { type Cell, framesPerBlock, responseOf } from "./cell.js";

/** A function of successive frames `[n, height, width]` that gives one finite number a frame, `[n]`. */
export type FramesFunction = (frames: Tensor) => ArrayLike<number>;

/**
 * A cell of any function of the image: a unit of a network, or a model of your own.
 *
 * `drive = respond(frames)`, made in blocks of frames. With `lags` = L the output in a frame may depend on that frame and
 * the L - 1 before it: each block then starts with the L - 1 frames before its first, and what `respond` gives for those is
 * dropped. So for any function that looks back no farther, the drive is what `respond` would give for the whole stimulus at
 * once; in the first L - 1 frames of the stimulus, where the past is missing, the function decides what to give. That it looks
 * back no farther is tried on a few frames, each with its L - 1 alone.
 *
 * @param respond successive frames, float32 `[n, height, width]`, to n finite numbers; n differs from call to call, and the
 *   frames are the function's own to keep or change
 * @param options lags: frames that an output depends on, its own among them; default 1
 * @returns a cell; its specification holds the lags, the function itself is the caller's to keep
 * @throws InputError if an argument is wrong; when responding, if the function gives a wrong count or a NaN or an infinity,
 *   or another number for a frame in a block than for that frame with its L - 1 before it
 */
export function cellFrom(respond: FramesFunction, options: { readonly lags?: number } = {}): Cell {
  const where = "cellFrom";
  if (typeof respond !== "function") refuse(where, `respond is ${describe(respond)}, a function is needed`);
  checkOptions(where, options, ["lags"]);
  const { lags = 1 } = options;
  checkInteger(where, "lags", lags, 1);
  const specification = { name: "function", lags };
  return {
    kind: "cell",
    specification,
    respond: (stimulus) => {
      checkStimulus("respond", stimulus);
      return responseOf(driveOf(respond, lags, stimulus), specification, stimulus);
    },
  };
}

function driveOf(respond: FramesFunction, lags: number, stimulus: Stimulus): Float64Array {
  const { height, width } = stimulus.grid;
  const drive = new Float64Array(stimulus.frames);
  // at least as many new frames as old ones, so that no frame is made more than twice
  const block = Math.max(framesPerBlock(stimulus), lags - 1);
  for (let start = 0; start < stimulus.frames; start += block) {
    const before = Math.min(start, lags - 1);
    const count = Math.min(block, stimulus.frames - start);
    const frames = stimulus.read(
      start - before,
      before + count,
      new Float32Array((before + count) * pixelsOf(stimulus.grid)),
    );
    // copied first, since the function may change its frames
    const probes = start === 0 ? probesOf(frames, [count, height, width], lags) : [];
    const values = answerTo(respond, frames, [before + count, height, width]);
    for (let t = 0; t < count; t++) {
      const value = values[before + t];
      if (!Number.isFinite(value))
        refuse(
          "respond",
          `the cell's function gave ${describe(value)} in frame ${start + t}, finite numbers are needed`,
        );
      drive[start + t] = value;
    }
    checkReach(respond, probes, drive.subarray(0, count), lags);
  }
  return drive;
}

function answerTo(respond: FramesFunction, frames: Float32Array, shape: readonly number[]): ArrayLike<number> {
  const values = respond(tensor(frames, shape));
  if (values?.length !== shape[0])
    refuse("respond", `the cell's function gave ${describe(values)} for ${shape[0]} frames, one number each is needed`);
  return values;
}

/** A frame, and copies of it with the frames before it that its output may depend on. */
interface Probe {
  readonly frame: number;
  readonly shape: readonly number[];
  readonly window: () => Float32Array;
}

/** A few frames of the first block whose whole window is in it. */
function probesOf(block: Float32Array, [count, height, width]: readonly number[], lags: number): Probe[] {
  const [first, last] = [lags - 1, count! - 1];
  if (last < 1 || first > last) return [];
  const pixels = height! * width!;
  return [...new Set([Math.min(first + 1, last), (first + last) >> 1, last])].map((frame) => {
    const window = block.slice((frame - first) * pixels, (frame + 1) * pixels);
    return { frame, shape: [lags, height!, width!], window: () => window.slice() };
  });
}

/** Of the largest output: the same sum in another order is closer, and what looks back is farther off. */
const sameOutput = 1e-3;

/** Throws where the output in a frame depends on frames beyond its window; of a function of chance nothing can be said. */
function checkReach(respond: FramesFunction, probes: readonly Probe[], drive: Float64Array, lags: number): void {
  if (probes.length === 0) return;
  const largest = drive.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  for (const { frame, shape, window } of probes) {
    const alone = () => answerTo(respond, window(), shape)[lags - 1]!;
    const value = alone();
    if (!(Math.abs(value - drive[frame]!) > sameOutput * largest) || alone() !== value) continue;
    const reach = lags === 1 ? "alone" : `with the ${lags - 1} before it`;
    refuse(
      "respond",
      `the cell's function gives ${value.toPrecision(3)} for frame ${frame} ${reach}, ${drive[frame]!.toPrecision(3)} among more frames: the option lags must say how many frames it looks at, it is ${lags}`,
    );
  }
}
