import { checkChoice, checkOptions, checkPositive } from "../tensor/arguments.js";
import { InputError, refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { knownRecordings } from "./known-recordings.js";
import { listMat, readMat } from "./mat.js";
import { listNpz, readNpz } from "./npz.js";
import type { NumericArray } from "./numeric-array.js";
import { countsOf, framesOf, rangeNotes } from "./recording-arrays.js";

/** What was shown and what a cell answered, frame by frame. */
export interface Recording {
  readonly kind: "recording";
  /** [frames, height, width], float32, in the file's values */
  readonly stimulus: Tensor;
  /** [frames], the spikes in each frame's bin */
  readonly counts: Uint32Array;
  /** seconds a frame */
  readonly frameSeconds: number;
  /** where it comes from, as the caller names it */
  readonly source: string;
  /** what a reader must know: where the frame duration comes from, values that are no contrasts */
  readonly notes: readonly string[];
}

export interface RecordingOptions {
  /** the name of the array of frames; default "stim" */
  readonly stimulus?: string;
  /** the name of the spike counts; default "counts" */
  readonly counts?: string;
  /** seconds a frame; default: the file's one number `frameSeconds`, else what is known of a published recording */
  readonly frameSeconds?: number;
  /** where the frames run in the array's shape: "last" is [height, width, frames], "first" is [frames, height, width] */
  readonly frameAxis?: "first" | "last";
  /** where it comes from, kept in the record; default the format's name */
  readonly source?: string;
}

/** The name of the frame duration in a file. */
const duration = "frameSeconds";

/**
 * The recording in a MATLAB 5 file: frames `stim`, [height, width, frames], and spike counts `counts`, one a frame.
 *
 * MATLAB's first index is the image's row (row 0 at the top), the second its column. Other variables are not read.
 *
 * @param bytes the whole file
 * @param options other names, the frame duration, `frameAxis` (default "last")
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError if the file cannot be read (see `readMat`), a variable is missing or of another shape, the lengths
 *   differ, a value is not finite, a count is not a whole number of at least 0, or the frame duration is not known
 */
export function recordingFromMat(bytes: Uint8Array, options: RecordingOptions = {}): Recording {
  const where = "recordingFromMat";
  const { names, settings } = checkedOptions(where, options, "last", "a MATLAB 5 file");
  const listed = renamed(where, "readMat", () => listMat(bytes).map(({ name }) => name));
  const wanted = wantedOf(where, listed, names);
  const values = renamed(where, "readMat", () => readMat(bytes, { variables: wanted }));
  const arrays = new Map<string, NumericArray>();
  for (const [name, value] of values) {
    if (value.kind !== "array") refuse(where, `${name} is of kind ${value.kind}, numbers are needed`);
    arrays.set(name, value);
  }
  return recordingFrom(where, arrays, names, settings);
}

/**
 * The recording in a NumPy archive: frames `stim`, [frames, height, width], and spike counts `counts`, one a frame.
 *
 * @param bytes the whole `.npz` file
 * @param options other names, the frame duration, `frameAxis` (default "first")
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError as `recordingFromMat` does, and as `readNpz` does
 */
export function recordingFromNpz(bytes: Uint8Array, options: RecordingOptions = {}): Recording {
  const where = "recordingFromNpz";
  const { names, settings } = checkedOptions(where, options, "first", "an npz file");
  const wanted = wantedOf(
    where,
    renamed(where, "readNpz", () => listNpz(bytes)),
    names,
  );
  const arrays = renamed(where, "readNpz", () => readNpz(bytes, wanted));
  return recordingFrom(where, arrays, names, settings);
}

interface Names {
  readonly stimulus: string;
  readonly counts: string;
}

interface Settings {
  readonly frameAxis: "first" | "last";
  readonly frameSeconds: number | undefined;
  readonly source: string;
}

function checkedOptions(where: string, options: RecordingOptions, frameAxis: "first" | "last", source: string) {
  checkOptions(where, options, ["stimulus", "counts", "frameSeconds", "frameAxis", "source"]);
  if (options.frameSeconds !== undefined) checkPositive(where, "frameSeconds", options.frameSeconds);
  if (options.frameAxis !== undefined) checkChoice(where, "frameAxis", options.frameAxis, ["first", "last"]);
  const names: Names = { stimulus: options.stimulus ?? "stim", counts: options.counts ?? "counts" };
  const settings: Settings = {
    frameAxis: options.frameAxis ?? frameAxis,
    frameSeconds: options.frameSeconds,
    source: options.source ?? source,
  };
  return { names, settings };
}

/** The names to read, all of them in the file. */
function wantedOf(where: string, listed: readonly string[], names: Names): string[] {
  for (const name of [names.stimulus, names.counts]) {
    if (!listed.includes(name)) {
      refuse(where, `the file has no variable "${name}", it has ${listed.join(", ") || "no variables"}`);
    }
  }
  return [names.stimulus, names.counts, ...(listed.includes(duration) ? [duration] : [])];
}

/** Errors of a reader under the name of the function that was called. */
function renamed<T>(where: string, reader: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InputError) refuse(where, error.message.replace(`${reader}: `, ""));
    throw error;
  }
}

function recordingFrom(
  where: string,
  arrays: ReadonlyMap<string, NumericArray>,
  names: Names,
  settings: Settings,
): Recording {
  const stimulus = framesOf(where, names.stimulus, arrays.get(names.stimulus)!, settings.frameAxis);
  const counts = countsOf(where, names.counts, arrays.get(names.counts)!);
  const frames = stimulus.shape[0];
  if (counts.length !== frames) {
    const { shape } = arrays.get(names.stimulus)!;
    const other = settings.frameAxis === "last" ? "first" : "last";
    const fits = shape[other === "first" ? 0 : 2] === counts.length ? `; with frameAxis "${other}" they agree` : "";
    const held = `${names.stimulus} of shape ${shapeText(shape)} has ${frames} frames`;
    refuse(where, `${names.counts} has ${counts.length} bins, ${held}${fits}`);
  }
  const told = frameSecondsOf(where, arrays.get(duration), settings.frameSeconds, stimulus.shape, counts);
  const notes = [told.note, ...rangeNotes(names.stimulus, stimulus.data)];
  return { kind: "recording", stimulus, counts, frameSeconds: told.seconds, source: settings.source, notes };
}

/** The frame duration, from the caller, the file or what is published of the recording, and which of these it is. */
function frameSecondsOf(
  where: string,
  array: NumericArray | undefined,
  given: number | undefined,
  shape: readonly number[],
  counts: Uint32Array,
): { readonly seconds: number; readonly note: string } {
  const inFile = array?.data[0];
  if (given !== undefined) {
    const beside = inFile === undefined ? "" : `; the file says ${inFile} s`;
    return { seconds: given, note: `frames of ${given} s, as given by the caller${beside}` };
  }
  if (array !== undefined) {
    if (array.data.length !== 1) refuse(where, `${duration} has shape ${shapeText(array.shape)}, one number is needed`);
    checkPositive(where, duration, inFile);
    return { seconds: inFile, note: `frames of ${inFile} s, as the file says` };
  }
  const spikes = counts.reduce((sum, count) => sum + count, 0);
  const known = knownRecordings.find(
    (one) => one.spikes === spikes && shapeText([one.frames, one.height, one.width]) === shapeText(shape),
  );
  if (known === undefined) {
    refuse(where, `the file has no number "${duration}" and none is given, the seconds a frame was shown are needed`);
  }
  const note = `frames of ${known.frameSeconds} s: not in the file, published for ${known.name}, taken by shape and spikes`;
  return { seconds: known.frameSeconds, note };
}
