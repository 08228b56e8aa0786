import { checkChoice, checkOptions, checkPositive } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText } from "../tensor/tensor.js";
import { listMat, readMat } from "./mat.js";
import type { MatValue } from "./mat-variables.js";
import { isMat73, listMat73, readMat73 } from "./mat73.js";
import { listNpz, readNpz } from "./npz.js";
import type { NumericArray } from "./numeric-array.js";
import { barNotes, countsOf, framesOf, isList, secondsOf } from "./recording-arrays.js";
import {
  type Answered,
  checkTiming,
  type Recording,
  recordingOf,
  renamed,
  renamedLater,
  type Shown,
  type TimingOptions,
  timingNames,
} from "./recording-parts.js";
import { checkCell, countsTrain, timesTrain } from "./recording-trains.js";

export type { Recording };

export interface RecordingOptions extends TimingOptions {
  /** the name of the array of frames; default "stim" */
  readonly stimulus?: string;
  /** the name of the spike counts, one a frame; default "counts" */
  readonly counts?: string;
  /** the name of the spike times in seconds; default "spikeTimes", where the file has no counts */
  readonly spikeTimes?: string;
  /** from 0, which of several cells: counts may be [cells, frames] or [frames, cells], spike times a MATLAB cell array of lists; default the only one */
  readonly cell?: number;
  /** the name of the frames' onsets in seconds; default "frameTimes", where the file has it */
  readonly frameTimes?: string;
  /** where the frames run in the array's shape: "last" is [height, width, frames], "first" is [frames, height, width] (bars: [bars, frames] or [frames, bars]) */
  readonly frameAxis?: "first" | "last";
  /** where it comes from, kept in the record; default the format's name */
  readonly source?: string;
}

/** The names of the frame duration and of a pixel's angle in a file. */
const duration = "frameSeconds";
const pixelStep = "step";

/**
 * The recording in a MATLAB file (5 or 7.3, told by its header): frames `stim`, [height, width, frames], and spike counts
 * `counts`, one a frame, or spike times `spikeTimes` in seconds, with the frames' onsets `frameTimes` or `frameSeconds`, and
 * degrees a pixel `step` where they are known.
 *
 * MATLAB's first index is the image's row (row 0 at the top), the second its column; a `stim` that is one list of numbers is
 * frames of one pixel, one of two axes, [bars, frames], frames of height 1. Other variables are not read.
 *
 * @param bytes the whole file
 * @param options other names, the frame duration, `frameAxis` (default "last"), how spike times are aligned
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError if the file cannot be read (see `readMat`, `readMat73`), a variable is missing or of another shape, the
 *   lengths differ, a value is not finite, a count is not a whole number of at least 0, or the frame duration is not known
 */
export async function recordingFromMat(bytes: Uint8Array, options: RecordingOptions = {}): Promise<Recording> {
  const where = "recordingFromMat";
  checkRecordingOptions(where, options);
  const hdf5 = bytes instanceof Uint8Array && isMat73(bytes);
  const { listed, read } = hdf5 ? await mat73(where, bytes) : mat5(where, bytes);
  const names = namesOf(where, listed, options);
  const values = await read(wantedOf(names));
  const source = hdf5 ? "a MATLAB 7.3 file" : "a MATLAB 5 file";
  return recordingFrom(where, values, names, { frameAxis: "last", source, ...options });
}

interface MatReader {
  readonly listed: readonly string[];
  readonly read: (variables: readonly string[]) => Promise<ReadonlyMap<string, MatValue>>;
}

function mat5(where: string, bytes: Uint8Array): MatReader {
  return {
    listed: renamed(where, {}, () => listMat(bytes).map(({ name }) => name)),
    read: async (variables) => renamed(where, {}, () => readMat(bytes, { variables })),
  };
}

async function mat73(where: string, bytes: Uint8Array): Promise<MatReader> {
  const headings = await renamedLater(where, () => listMat73(bytes));
  return {
    listed: headings.map(({ name }) => name),
    read: (variables) => renamedLater(where, () => readMat73(bytes, { variables })),
  };
}

/**
 * The recording in a NumPy archive: frames `stim`, [frames, height, width], and spike counts `counts`, one a frame, or spike
 * times `spikeTimes` in seconds, with the frames' onsets `frameTimes` or `frameSeconds`.
 *
 * @param bytes the whole `.npz` file
 * @param options other names, the frame duration, `frameAxis` (default "first"), how spike times are aligned
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError as `recordingFromMat` does, and as `readNpz` does
 */
export function recordingFromNpz(bytes: Uint8Array, options: RecordingOptions = {}): Recording {
  const where = "recordingFromNpz";
  checkRecordingOptions(where, options);
  const listed = renamed(where, {}, () => listNpz(bytes));
  const names = namesOf(where, listed, options);
  const arrays = renamed(where, {}, () => readNpz(bytes, wantedOf(names)));
  return recordingFrom(where, arrays, names, { frameAxis: "first", source: "an npz file", ...options });
}

/**
 * The recording in arrays that were read one by one, such as two `.npy` files.
 *
 * @param arrays by name: frames, counts or spike times, and what else `recordingFromNpz` takes
 * @param options as in `recordingFromNpz`
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError as `recordingFromNpz` does
 */
export function recordingFromArrays(
  arrays: Readonly<Record<string, NumericArray>>,
  options: RecordingOptions = {},
): Recording {
  const where = "recordingFromArrays";
  checkRecordingOptions(where, options);
  const names = namesOf(where, Object.keys(arrays), options);
  const found = new Map(Object.entries(arrays));
  return recordingFrom(where, found, names, { frameAxis: "first", source: "arrays", ...options });
}

/** The names of what a recording is made of, all of them in the file. */
interface Names {
  readonly stimulus: string;
  readonly counts?: string;
  readonly spikeTimes?: string;
  readonly frameTimes?: string;
  readonly duration?: string;
  readonly step?: string;
  /** counts or times that are there too, under the name of the default, and are not read */
  readonly passedOver?: string;
}

function checkRecordingOptions(where: string, options: RecordingOptions): void {
  const known = ["stimulus", "counts", "spikeTimes", "cell", "frameTimes", "frameAxis", "source", ...timingNames];
  checkOptions(where, options, known);
  checkTiming(where, options);
  checkCell(where, options.cell);
  if (options.frameAxis !== undefined) checkChoice(where, "frameAxis", options.frameAxis, ["first", "last"]);
  if (options.counts !== undefined && options.spikeTimes !== undefined)
    refuse(where, "options counts and spikeTimes are both given, one of them is needed");
}

function namesOf(where: string, listed: readonly string[], options: RecordingOptions): Names {
  const inFile = (name: string): string => {
    if (!listed.includes(name))
      refuse(where, `the file has no variable "${name}", it has ${listed.join(", ") || "no variables"}`);
    return name;
  };
  const ifThere = (name: string) => (listed.includes(name) ? name : undefined);
  const stimulus = inFile(options.stimulus ?? "stim");
  const timed =
    options.spikeTimes ??
    (options.counts === undefined && !listed.includes("counts") ? ifThere("spikeTimes") : undefined);
  const other = timed === undefined ? "spikeTimes" : "counts";
  const passedOver = other === (timed ?? options.counts) ? undefined : ifThere(other);
  return {
    stimulus,
    ...(passedOver === undefined ? {} : { passedOver }),
    ...(timed === undefined ? { counts: inFile(options.counts ?? "counts") } : { spikeTimes: inFile(timed) }),
    frameTimes: options.frameTimes === undefined ? ifThere("frameTimes") : inFile(options.frameTimes),
    duration: ifThere(duration),
    step: ifThere(pixelStep),
  };
}

function wantedOf({ passedOver: _, ...names }: Names): string[] {
  return Object.values(names).filter((name) => name !== undefined);
}

function recordingFrom(
  where: string,
  values: ReadonlyMap<string, MatValue>,
  names: Names,
  options: RecordingOptions & { readonly frameAxis: "first" | "last"; readonly source: string },
): Recording {
  const value = (name: string) => values.get(name)!;
  const array = (name: string) => numbersIn(where, name, value(name));
  const axes = options.frameAxis === "last" ? "row-column-frame" : "frame-row-column";
  const stimulus = array(names.stimulus);
  const images = framesOf(where, names.stimulus, stimulus, axes);
  const answered = answeredIn(where, names, value, images.shape[0], options);
  if ("counts" in answered) checkAxis(where, names.stimulus, stimulus.shape, options.frameAxis, answered);
  const seconds = names.duration === undefined ? undefined : numberOf(where, duration, array(names.duration));
  const shown: Shown = {
    name: names.stimulus,
    images,
    ...(names.frameTimes === undefined
      ? {}
      : { frameTimes: { name: names.frameTimes, times: secondsOf(where, names.frameTimes, array(names.frameTimes)) } }),
    ...(seconds === undefined ? {} : { frameSeconds: { seconds, says: "as the file says" } }),
    ...(names.step === undefined ? {} : { step: numberOf(where, pixelStep, array(names.step)) }),
  };
  const notes = [
    ...(options.cell === undefined ? [] : [`cell ${options.cell} of ${answered.name}`]),
    ...barNotes(names.stimulus, stimulus.shape, images),
    ...(names.passedOver === undefined
      ? []
      : [`the spikes are those of ${answered.name}; ${names.passedOver}, which the file holds too, is passed over`]),
  ];
  return recordingOf(where, shown, answered, options, options.source, notes);
}

/** The spikes of the cell that is wanted. */
function answeredIn(
  where: string,
  { counts, spikeTimes }: Names,
  value: (name: string) => MatValue,
  frames: number,
  { cell, frameAxis }: { readonly cell?: number; readonly frameAxis: "first" | "last" },
): Answered {
  if (spikeTimes !== undefined) {
    const times = timesTrain({ where, name: spikeTimes, cell }, value(spikeTimes));
    return { name: spikeTimes, times: secondsOf(where, spikeTimes, times) };
  }
  const name = counts!;
  return { name, counts: countsOf(where, name, countsTrain({ where, name, cell }, value(name), frames, frameAxis)) };
}

function numbersIn(where: string, name: string, value: MatValue): NumericArray {
  if (value.kind !== "array") refuse(where, `${name} is of kind ${value.kind}, numbers are needed`);
  return value;
}

/** One number above 0. */
function numberOf(where: string, name: string, { data, shape }: NumericArray): number {
  if (data.length !== 1) refuse(where, `${name} has shape ${shapeText(shape)}, one number is needed`);
  checkPositive(where, name, data[0]);
  return data[0];
}

/** Throws where the frames seem to run along the other axis. */
function checkAxis(
  where: string,
  stimulus: string,
  shape: readonly number[],
  axis: "first" | "last",
  { name, counts }: { readonly name: string; readonly counts: Uint32Array },
): void {
  const last = shape[shape.length - 1];
  const frames = axis === "last" ? last : shape[0];
  // a list has no axis to mistake: its length is compared with the rest
  if (isList(shape) || counts.length === frames) return;
  const [other, length] = axis === "last" ? (["first", shape[0]] as const) : (["last", last] as const);
  const fits = length === counts.length ? `; with frameAxis "${other}" they agree` : "";
  refuse(
    where,
    `${name} has ${counts.length} bins, ${stimulus} of shape ${shapeText(shape)} has ${frames} frames${fits}`,
  );
}
