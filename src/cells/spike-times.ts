import { checkFinite, checkInteger, checkNumber, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { SpikeTrain } from "./response.js";
import { checkList, trainOf } from "./spikes.js";

/** When the frames were shown: onset by onset, or at a fixed rate. */
export type SpikeTimesOptions =
  | {
      /** seconds; when each frame appeared, increasing, `[frames]` */
      readonly frameTimes: ArrayLike<number>;
      /** seconds that a frame is shown; default the median interval of `frameTimes` */
      readonly frameSeconds?: number;
    }
  | {
      /** seconds that a frame is shown */
      readonly frameSeconds: number;
      /** number of frames */
      readonly frames: number;
      /** seconds; when the first frame appeared; default 0 */
      readonly start?: number;
    };

/**
 * Spike counts from spike times: a spike belongs to the frame that is on the screen when it occurs.
 *
 * Bins are half-open: frame i is on from its onset on until before the next one's. The last frame lasts `frameSeconds`.
 * With a fixed rate the onset of frame i is `start + i · frameSeconds`.
 *
 * @param times spike times in seconds, in any order
 * @param options either frameTimes (and frameSeconds), or frameSeconds, frames and start; seconds on the clock of `times`
 * @returns counts `[frames]`; spikes before the first onset or after the last frame are in `spikesOutside`
 * @throws InputError if a time is NaN or infinite, the onsets do not increase, or an option is missing, wrong or unknown
 */
export function spikesFromTimes(times: ArrayLike<number>, options: SpikeTimesOptions): SpikeTrain {
  const where = "spikesFromTimes";
  checkList(where, "times", times);
  checkFinite(where, "times", times);
  const { onsets, frameSeconds, specification } = onsetsOf(where, options);
  const frames = onsets.length;
  const end = onsets[frames - 1] + frameSeconds;
  const counts = new Uint32Array(frames);
  let outside = 0;
  for (let i = 0; i < times.length; i++) {
    const time = times[i];
    if (time < onsets[0] || time >= end) outside++;
    else counts[frameAt(onsets, time)]++;
  }
  return trainOf(counts, frameSeconds, outside, specification);
}

/** The last onset that is not after `time`, by bisection; `onsets[0] <= time`. */
export function frameAt(onsets: Float64Array, time: number): number {
  let low = 0;
  let high = onsets.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (onsets[middle] <= time) low = middle;
    else high = middle;
  }
  return low;
}

interface Onsets {
  readonly onsets: Float64Array;
  readonly frameSeconds: number;
  readonly specification: SpikeTrain["specification"];
}

function onsetsOf(where: string, options: SpikeTimesOptions): Onsets {
  if (options !== undefined && "frameTimes" in options) return givenOnsets(where, options);
  checkOptions(where, options, ["frameSeconds", "frames", "start"]);
  const { frameSeconds, frames, start = 0 } = options ?? {};
  checkPositive(where, "frameSeconds", frameSeconds);
  checkInteger(where, "frames", frames, 1, 2 ** 31);
  checkNumber(where, "start", start);
  const onsets = Float64Array.from({ length: frames }, (_, i) => start + i * frameSeconds);
  return { onsets, frameSeconds, specification: { name: "spike-times", frames, frameSeconds, start } };
}

function givenOnsets(where: string, options: SpikeTimesOptions & { frameTimes: ArrayLike<number> }): Onsets {
  checkOptions(where, options, ["frameTimes", "frameSeconds"]);
  const { frameTimes, frameSeconds: stated } = options;
  const onsets = checkedOnsets(where, frameTimes, stated);
  const frames = onsets.length;
  const frameSeconds = stated ?? medianInterval(onsets);
  return { onsets, frameSeconds, specification: { name: "spike-times", frames, frameSeconds, start: onsets[0] } };
}

/**
 * Onsets that increase, from which the frames' duration follows where none is stated.
 *
 * @throws InputError if one is NaN or infinite, they do not increase, there is none, or one alone without `frameSeconds`
 */
export function checkedOnsets(
  where: string,
  frameTimes: ArrayLike<number>,
  frameSeconds: number | undefined,
): Float64Array {
  checkList(where, "frameTimes", frameTimes);
  checkFinite(where, "frameTimes", frameTimes);
  const onsets = Float64Array.from(frameTimes);
  if (onsets.length === 0) refuse(where, "frameTimes is empty, at least one frame is needed");
  const late = onsets.findIndex((time, i) => i > 0 && time <= onsets[i - 1]);
  if (late > 0)
    refuse(where, `frameTimes[${late}] is ${onsets[late]}, not after the one before it, ${onsets[late - 1]}`);
  if (frameSeconds !== undefined) checkPositive(where, "frameSeconds", frameSeconds);
  else if (onsets.length === 1) refuse(where, "frameTimes has one frame, frameSeconds is needed with it");
  return onsets;
}

/** The median of the differences of at least two onsets. */
export function medianInterval(onsets: Float64Array): number {
  const intervals = Float64Array.from({ length: onsets.length - 1 }, (_, i) => onsets[i + 1] - onsets[i]).sort();
  const middle = intervals.length / 2;
  return (intervals[Math.ceil(middle) - 1] + intervals[Math.floor(middle)]) / 2;
}
