import { pixelsOf } from "../math/grid.js";
import { checkInteger } from "../tensor/arguments.js";
import { checkStimulus, targetOf } from "./check-stimulus.js";
import type { Stimulus } from "./stimulus.js";

/**
 * Frames `from` to `to - 1` of a stimulus, as a stimulus: a view that makes the same frames when they are read.
 *
 * @param stimulus the whole
 * @param from its first frame
 * @param to its first frame after the part
 * @returns a stimulus of `to - from` frames; frame 0 is frame `from` of the whole
 * @throws InputError unless `0 <= from < to <= stimulus.frames`
 */
export function stimulusPart(stimulus: Stimulus, from: number, to: number): Stimulus {
  const where = "stimulusPart";
  checkStimulus(where, stimulus);
  checkInteger(where, "from", from, 0, stimulus.frames - 1);
  checkInteger(where, "to", to, from + 1, stimulus.frames);
  const { grid, frameSeconds, specification } = stimulus;
  const frames = to - from;
  const pixels = pixelsOf(grid);
  const read = (start: number, count: number, into?: Float32Array): Float32Array =>
    stimulus.read(from + start, count, targetOf(frames, pixels, start, count, into));
  return {
    kind: "stimulus",
    grid,
    frames,
    frameSeconds,
    specification: { name: "part", from, to, of: specification },
    read,
  };
}
