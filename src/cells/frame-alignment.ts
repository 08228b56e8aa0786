import { checkChoice, checkFinite, checkNumber, checkOptions, checkPositive } from "../tensor/arguments.js";
import type { SpikeTrain } from "./response.js";
import { checkedOnsets, frameAt, medianInterval } from "./spike-times.js";
import { checkList, trainOf } from "./spikes.js";

export interface FrameAlignmentOptions {
  /** seconds, `[frames]`: when each frame that was shown came, by the computer's or a photodiode's stamp, increasing */
  readonly frameTimes: ArrayLike<number>;
  /** seconds a bin; default the median interval. One refresh of the screen, where frames last several, gives a bin a refresh */
  readonly frameSeconds?: number;
  /** seconds from a frame's stamp to its light on the screen; default 0 */
  readonly latency?: number;
  /** what becomes of the refreshes on which no new frame came: the earlier frame again (default), or no bin at all */
  readonly dropped?: "repeat" | "cut";
  /** seconds; a frame that stays for longer is followed by a pause, which is never filled with frames; default 1 */
  readonly longestFrame?: number;
}

/** Spike counts bin by bin, and which frame was on the screen in each bin. */
export interface FrameAlignment {
  readonly kind: "frame-alignment";
  /** the counts; spikes in no bin are its `spikesOutside` */
  readonly spikes: SpikeTrain;
  /** [bins], the index of the frame that is on in each bin */
  readonly frames: Uint32Array;
  /** seconds a bin */
  readonly frameSeconds: number;
  /** refreshes on which no new frame came though one was due */
  readonly dropped: number;
  /** frames followed by a pause longer than `longestFrame` */
  readonly pauses: number;
  /** seconds; the largest difference between a frame's interval and whole bins */
  readonly jitter: number;
  /** spikes that came between the first and the last bin, but in a refresh that was cut or in a pause */
  readonly spikesCut: number;
  readonly warnings: readonly string[];
}

/**
 * Counts spike times in bins of equal length that follow the frames as they were really shown.
 *
 * A frame that stays for k bins (its interval over `frameSeconds`, rounded) was held over k - 1 refreshes. With
 * `dropped: "repeat"` it takes k bins, each an equal part of its interval; with "cut" one bin, of `frameSeconds`, and the rest of
 * its time is in no bin. Bins are half-open; a spike belongs to the frame that is on when it occurs, never to a later one.
 *
 * @param times spike times in seconds, in any order, on the clock of `frameTimes`
 * @returns counts `[bins]` and the frame of each bin; what was dropped, cut or outside is counted
 * @throws InputError if a time is NaN or infinite, the onsets do not increase, there is no frame, or an option is wrong or unknown
 */
export function alignToFrames(times: ArrayLike<number>, options: FrameAlignmentOptions): FrameAlignment {
  const where = "alignToFrames";
  checkList(where, "times", times);
  checkFinite(where, "times", times);
  const settings = settingsOf(where, options);
  const bins = binsOf(settings);
  const { starts, ends, frames } = bins;
  const counts = new Uint32Array(starts.length);
  let outside = 0;
  let cut = 0;
  for (let i = 0; i < times.length; i++) {
    const bin = times[i] < starts[0] ? -1 : frameAt(starts, times[i]);
    if (bin >= 0 && times[i] < ends[bin]) counts[bin]++;
    else if (bin >= 0 && bin < starts.length - 1) cut++;
    else outside++;
  }
  const { frameSeconds, dropped, latency } = settings;
  const specification = { name: "aligned-spike-times", frames: starts.length, frameSeconds, latency, dropped };
  return {
    kind: "frame-alignment",
    spikes: trainOf(counts, frameSeconds, outside + cut, specification),
    frames,
    frameSeconds,
    dropped: bins.dropped,
    pauses: bins.pauses,
    jitter: bins.jitter,
    spikesCut: cut,
    warnings: warningsOf(settings, bins, outside, cut),
  };
}

interface Settings {
  readonly onsets: Float64Array;
  readonly frameSeconds: number;
  readonly latency: number;
  readonly dropped: "repeat" | "cut";
  readonly longestFrame: number;
}

function settingsOf(where: string, options: FrameAlignmentOptions): Settings {
  checkOptions(where, options, ["frameTimes", "frameSeconds", "latency", "dropped", "longestFrame"]);
  const { frameTimes, latency = 0, dropped = "repeat", longestFrame = 1, frameSeconds: stated } = options ?? {};
  const stamps = checkedOnsets(where, frameTimes, stated);
  checkNumber(where, "latency", latency);
  checkChoice(where, "dropped", dropped, ["repeat", "cut"]);
  checkPositive(where, "longestFrame", longestFrame);
  const onsets = stamps.map((time) => time + latency);
  return { onsets, frameSeconds: stated ?? medianInterval(onsets), latency, dropped, longestFrame };
}

interface Bins {
  readonly starts: Float64Array;
  readonly ends: Float64Array;
  readonly frames: Uint32Array;
  readonly dropped: number;
  readonly pauses: number;
  readonly jitter: number;
  /** seconds a bin, by the median interval */
  readonly length: number;
}

function binsOf({ onsets, frameSeconds, dropped: choice, longestFrame }: Settings): Bins {
  const [starts, ends, frames]: [number[], number[], number[]] = [[], [], []];
  // bins that a frame takes where none is dropped: several, where a bin is one refresh
  const median = onsets.length === 1 ? frameSeconds : medianInterval(onsets);
  const usual = Math.max(1, Math.round(median / frameSeconds));
  const longest = Math.max(longestFrame, usual * frameSeconds);
  let [dropped, pauses, jitter] = [0, 0, 0];
  for (let i = 0; i < onsets.length; i++) {
    const last = i === onsets.length - 1;
    const interval = last ? usual * frameSeconds : onsets[i + 1] - onsets[i];
    const whole = Math.max(1, Math.round(interval / frameSeconds));
    const pause = interval > longest * (1 + 1e-9);
    if (pause) pauses++;
    else {
      dropped += Math.max(0, whole - usual);
      jitter = Math.max(jitter, Math.abs(interval - whole * frameSeconds));
    }
    const cut = pause || (choice === "cut" && whole > usual);
    const count = cut ? usual : whole;
    const length = cut ? frameSeconds : interval / whole;
    for (let k = 0; k < count; k++) {
      starts.push(onsets[i] + k * length);
      // the next onset itself, so that rounding leaves no gap between one frame and the next
      ends.push(!cut && !last && k === count - 1 ? onsets[i + 1] : onsets[i] + (k + 1) * length);
      frames.push(i);
    }
  }
  return {
    starts: Float64Array.from(starts),
    ends: Float64Array.from(ends),
    frames: Uint32Array.from(frames),
    dropped,
    pauses,
    jitter,
    length: median / usual,
  };
}

function warningsOf(settings: Settings, bins: Bins, outside: number, cut: number): string[] {
  const { frameSeconds, dropped, longestFrame } = settings;
  const warnings: string[] = [];
  if (bins.dropped > 0) {
    const done = dropped === "repeat" ? "the earlier frame is repeated" : "they are cut, so that lags skip them";
    warnings.push(`${bins.dropped} refreshes brought no new frame though one was due: ${done}`);
  }
  if (bins.pauses > 0)
    warnings.push(`${bins.pauses} pauses longer than ${longestFrame} s have no bins: lags reach across them`);
  if (bins.jitter > frameSeconds / 4)
    warnings.push(`a frame's interval is ${bins.jitter.toPrecision(3)} s off whole bins of ${frameSeconds} s`);
  if (Math.abs(bins.length - frameSeconds) > 0.01 * frameSeconds)
    warnings.push(
      `bins last ${bins.length.toPrecision(4)} s by the onsets, frameSeconds says ${frameSeconds}: rates are off by as much`,
    );
  if (outside > 0) warnings.push(`${outside} spikes came before the first frame or after the last and are in no bin`);
  if (cut > 0) warnings.push(`${cut} spikes came while refreshes were cut or in a pause and are in no bin`);
  return warnings;
}
