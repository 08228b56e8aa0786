import { alignToFrames } from "../cells/frame-alignment.js";
import { medianInterval, spikesFromTimes } from "../cells/spike-times.js";
import { checkChoice, checkNumber, checkPositive } from "../tensor/arguments.js";
import { InputError, refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { knownRecordings } from "./known-recordings.js";
import { framesInOrder, rangeNotes } from "./recording-arrays.js";

/** What was shown and what a cell answered, frame by frame. */
export interface Recording {
  readonly kind: "recording";
  /** [frames, height, width], float32, in the file's values */
  readonly stimulus: Tensor;
  /** [frames], the spikes in each frame's bin */
  readonly counts: Uint32Array;
  /** seconds a frame */
  readonly frameSeconds: number;
  /** degrees of visual angle a pixel; not there where nobody says, and lengths are in pixels */
  readonly step?: number;
  /** spikes that fell into no frame, where the file holds spike times */
  readonly spikesOutside?: number;
  /** where it comes from, as the caller names it */
  readonly source: string;
  /** what a reader must know: where the frame duration comes from, dropped frames, values that are no contrasts */
  readonly notes: readonly string[];
}

/** What a file may leave out of its frames, and how spike times find them. */
export interface TimingOptions {
  /** degrees of visual angle a pixel; goes before what the file says */
  readonly step?: number;
  /** seconds a frame; goes before what the file says */
  readonly frameSeconds?: number;
  /** seconds from a frame's time stamp to its light on the screen; default 0; for spike times only */
  readonly latency?: number;
  /** what becomes of refreshes that brought no new frame, see `alignToFrames`; default "repeat"; for spike times only */
  readonly dropped?: "repeat" | "cut";
}

export const timingNames = ["step", "frameSeconds", "latency", "dropped"] as const;

export function checkTiming(where: string, { step, frameSeconds, latency, dropped }: TimingOptions): void {
  if (step !== undefined) checkPositive(where, "step", step);
  if (frameSeconds !== undefined) checkPositive(where, "frameSeconds", frameSeconds);
  if (latency !== undefined) checkNumber(where, "latency", latency);
  if (dropped !== undefined) checkChoice(where, "dropped", dropped, ["repeat", "cut"]);
}

/** What was shown, as a file says it. */
export interface Shown {
  /** what errors call it */
  readonly name: string;
  /** [images, height, width] */
  readonly images: Tensor;
  /** [frames], the image of each frame; default each image once, in order */
  readonly order?: Uint32Array;
  /** seconds, [frames] */
  readonly frameTimes?: { readonly name: string; readonly times: Float64Array };
  /** seconds a frame, and what says so */
  readonly frameSeconds?: { readonly seconds: number; readonly says: string };
  /** degrees a pixel */
  readonly step?: number;
  /** seconds; when the first frame came, where there are no frame times; default 0 */
  readonly start?: number;
}

/** What the cell answered. */
export type Answered =
  | { readonly name: string; readonly counts: Uint32Array }
  | { readonly name: string; readonly times: Float64Array };

/** The record of what was shown and answered, every frame with its count. */
export function recordingOf(
  where: string,
  shown: Shown,
  answered: Answered,
  timing: TimingOptions,
  source: string,
  notes: readonly string[] = [],
): Recording {
  const frames = shown.order?.length ?? shown.images.shape[0];
  const onsets = shown.frameTimes;
  if (onsets !== undefined && onsets.times.length !== frames)
    refuse(where, `${onsets.name} has ${onsets.times.length} times, ${shown.name} has ${frames} frames`);
  const record =
    "counts" in answered
      ? withCounts(where, shown, answered, frames, timing)
      : withTimes(where, shown, answered.times, frames, timing);
  const step = timing.step ?? shown.step;
  const [first, ...others] = record.notes;
  return {
    kind: "recording",
    ...record,
    ...(step === undefined ? {} : { step }),
    source,
    notes: [first, ...notes, ...others, ...rangeNotes(shown.name, shown.images.data)],
  };
}

type Aligned = Pick<Recording, "stimulus" | "counts" | "frameSeconds" | "spikesOutside" | "notes">;

function withCounts(
  where: string,
  shown: Shown,
  { name, counts }: { readonly name: string; readonly counts: Uint32Array },
  frames: number,
  timing: TimingOptions,
): Aligned {
  for (const option of ["latency", "dropped"] as const) {
    if (timing[option] !== undefined)
      refuse(where, `option "${option}" applies to spike times, the file's ${name} are counts a frame`);
  }
  if (counts.length !== frames) refuse(where, `${name} has ${counts.length} bins, ${shown.name} has ${frames} frames`);
  const stimulus = shown.order === undefined ? shown.images : framesInOrder(shown.images, shown.order);
  const told = frameSecondsOf(where, shown, timing.frameSeconds, stimulus.shape, counts);
  return { stimulus, counts, frameSeconds: told.seconds, notes: [told.note, ...unevenNotes(where, shown)] };
}

/** A note where frame times that go with counts are not evenly spaced; throws where they do not increase. */
function unevenNotes(where: string, { frameTimes }: Shown): string[] {
  if (frameTimes === undefined || frameTimes.times.length < 2) return [];
  const { name, times } = frameTimes;
  const usual = medianInterval(times);
  let uneven = 0;
  for (let i = 1; i < times.length; i++) {
    const interval = times[i] - times[i - 1];
    if (!(interval > 0)) refuse(where, `${name}[${i}] is ${times[i]}, not after the one before it, ${times[i - 1]}`);
    if (Math.abs(interval - usual) > usual / 2) uneven++;
  }
  return uneven === 0
    ? []
    : [
        `${uneven} intervals of ${name} are more than half a frame off ${usual} s: every bin counts as that long all the same`,
      ];
}

function withTimes(
  where: string,
  shown: Shown,
  times: Float64Array,
  frames: number,
  { frameSeconds, latency = 0, dropped }: TimingOptions,
): Aligned {
  if (shown.frameTimes === undefined) {
    if (dropped !== undefined) refuse(where, 'option "dropped" applies where the file has frame times, it has none');
    const told = frameSecondsOf(where, shown, frameSeconds, shown.images.shape, undefined);
    const start = (shown.start ?? 0) + latency;
    const spikes = spikesFromTimes(times, { frameSeconds: told.seconds, frames, start });
    const { spikesOutside } = spikes;
    const stimulus = shown.order === undefined ? shown.images : framesInOrder(shown.images, shown.order);
    const outside =
      spikesOutside > 0
        ? [`${spikesOutside} spikes came before the first frame or after the last and are in no bin`]
        : [];
    const from = `spikes counted in frames from ${start} s on`;
    return {
      stimulus,
      counts: spikes.counts,
      frameSeconds: told.seconds,
      spikesOutside,
      notes: [told.note, from, ...outside],
    };
  }
  const { times: frameTimes, name } = shown.frameTimes;
  const aligned = renamed(where, { frameTimes: name }, () =>
    alignToFrames(times, {
      frameTimes,
      latency,
      ...(frameSeconds === undefined ? {} : { frameSeconds }),
      ...(dropped === undefined ? {} : { dropped }),
    }),
  );
  const { spikes, warnings } = aligned;
  const { order } = shown;
  const same = order === undefined && aligned.frames.length === frames;
  const stimulus = same
    ? shown.images
    : framesInOrder(shown.images, order === undefined ? aligned.frames : aligned.frames.map((frame) => order[frame]));
  const says = frameSeconds === undefined ? `the median interval of ${name}` : "as given by the caller";
  const late = latency === 0 ? "" : `, ${latency} s after their stamps`;
  const notes = [
    `frames of ${aligned.frameSeconds} s, ${says}`,
    `spikes counted from each frame's own onset on (${name})${late}`,
    ...warnings,
  ];
  return {
    stimulus,
    counts: spikes.counts,
    frameSeconds: aligned.frameSeconds,
    spikesOutside: spikes.spikesOutside,
    notes,
  };
}

/** The frame duration, from the caller, the file or what is published of the recording, and which of these it is. */
function frameSecondsOf(
  where: string,
  shown: Shown,
  given: number | undefined,
  shape: readonly number[],
  counts: Uint32Array | undefined,
): { readonly seconds: number; readonly note: string } {
  const inFile = shown.frameSeconds ?? medianOf(shown);
  if (given !== undefined) {
    const beside = inFile === undefined ? "" : `; the file says ${inFile.seconds} s`;
    return { seconds: given, note: `frames of ${given} s, as given by the caller${beside}` };
  }
  if (inFile !== undefined) return { seconds: inFile.seconds, note: `frames of ${inFile.seconds} s, ${inFile.says}` };
  const spikes = counts?.reduce((sum, count) => sum + count, 0);
  const known = knownRecordings.find(
    (one) => one.spikes === spikes && shapeText([one.frames, one.height, one.width]) === shapeText(shape),
  );
  if (known === undefined) {
    refuse(where, `the file has no number "frameSeconds" and none is given, the seconds a frame was shown are needed`);
  }
  const note = `frames of ${known.frameSeconds} s: not in the file, published for ${known.name}, taken by shape and spikes`;
  return { seconds: known.frameSeconds, note };
}

function medianOf({ frameTimes }: Shown): Shown["frameSeconds"] {
  if (frameTimes === undefined || frameTimes.times.length < 2) return undefined;
  const seconds = medianInterval(frameTimes.times);
  return seconds > 0 ? { seconds, says: `the median interval of ${frameTimes.name}` } : undefined;
}

/** Errors of an inner function under the name of the one that was called, its arguments under the file's names. */
export function renamed<T>(where: string, names: Readonly<Record<string, string>>, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw error instanceof InputError ? new InputError(renamedText(where, names, error.message)) : error;
  }
}

/** The same for an inner function whose result is awaited. */
export async function renamedLater<T>(where: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof InputError ? new InputError(renamedText(where, {}, error.message)) : error;
  }
}

function renamedText(where: string, names: Readonly<Record<string, string>>, message: string): string {
  let text = message.replace(/^\w+: /, "");
  for (const [inner, outer] of Object.entries(names)) text = text.replace(new RegExp(`^${inner}\\b`), outer);
  return `${where}: ${text}`;
}
