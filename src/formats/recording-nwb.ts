import { checkChoice, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Hdf5File } from "./hdf5.js";
import { kindAt, numbersAt, refusePath, textsAt } from "./hdf5-read.js";
import { chooseSeries, type NwbSeries, readNwb, seriesUnder } from "./nwb-objects.js";
import { stepOf } from "./nwb-step.js";
import { isImageSeries, type NwbImageAxes, shownIn, timingOf } from "./nwb-stimulus.js";
import { type Interval, type NwbUnit, spikeTimesOf, unitsOf } from "./nwb-units.js";
import { countsOf } from "./recording-arrays.js";
import {
  type Answered,
  checkTiming,
  type Recording,
  recordingOf,
  type Shown,
  type TimingOptions,
  timingNames,
} from "./recording-parts.js";
import { checkCell } from "./recording-trains.js";

export interface NwbRecordingOptions extends TimingOptions {
  /** the name or path of the series that was shown; default the only one with images under `stimulus/presentation` */
  readonly stimulus?: string;
  /** the id of the unit whose spike times are taken; default the only one */
  readonly cell?: number;
  /** in place of a unit, the name or path of a series of counts, one a frame */
  readonly counts?: string;
  /** how images lie in the file; default as `dimension` says, else as NWB defines them, [frame, x, y]: "columns-rows" */
  readonly imageAxes?: NwbImageAxes;
  /** where it comes from, kept in the record; default "an NWB file" */
  readonly source?: string;
}

/** What an NWB file holds of a recording. */
export interface NwbContents {
  readonly version: string;
  readonly identifier: string;
  readonly sessionDescription: string;
  /** the series under stimulus/presentation */
  readonly stimuli: readonly NwbSeries[];
  /** the sorted units */
  readonly units: readonly NwbUnit[];
  /** the series that may hold counts: those of acquisition, processing and analysis */
  readonly series: readonly NwbSeries[];
}

/**
 * The recording in an NWB 2 file: a series of images shown, and a unit's spike times or a series of counts.
 *
 * The images are an OpticalSeries or ImageSeries, or an IndexSeries into one; the frames come at its time stamps, or at its rate
 * from its starting time on. Values are the file's data times `conversion` plus `offset`. Spikes are aligned to the frames as
 * `alignToFrames` does it, and the notes say how. Degrees a pixel are those of the comments that `writeNwb` writes, else by the
 * series's `field_of_view` and `distance`, both in metres.
 *
 * @param bytes the whole file
 * @param options which stimulus, which unit or counts, how images lie, how spike times are aligned
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError that names the path if there is none or more than one to choose from, images are coloured or lie in other
 *   files, a value is not finite, lengths differ, or a dataset is of a type or packed by a filter that is not read
 * Source: Neurodata Without Borders, schema 2.6; Rübel et al. 2022.
 */
export async function recordingFromNwb(bytes: Uint8Array, options: NwbRecordingOptions = {}): Promise<Recording> {
  const where = "recordingFromNwb";
  checkOptions(where, options, ["stimulus", "cell", "counts", "imageAxes", "source", ...timingNames]);
  checkTiming(where, options);
  const { stimulus, cell, counts, imageAxes, source = "an NWB file" } = options;
  if (imageAxes !== undefined) checkChoice(where, "imageAxes", imageAxes, ["columns-rows", "rows-columns"]);
  checkCell(where, cell);
  if (cell !== undefined && counts !== undefined)
    refuse(where, "options cell and counts are both given, one of them is needed");
  return readNwb(where, bytes, (file) => {
    const all = seriesUnder(file, "stimulus/presentation");
    const series = chooseSeries(file, "stimulus", stimulus, all, isImageSeries);
    const { shown, note } = shownIn(file, series, imageAxes);
    const { answered, says } = answeredIn(file, cell, counts, shown);
    const pixel = stepOf(file, series.path);
    const notes = [note, ...(pixel === undefined || options.step !== undefined ? [] : [pixel.says]), ...says];
    return recordingOf(where, { ...shown, step: pixel?.step }, answered, options, source, notes);
  });
}

/**
 * What an NWB 2 file holds: its stimuli, units and series.
 *
 * @param bytes the whole file
 * @throws InputError if it is no such file, or is truncated or damaged
 */
export function listNwb(bytes: Uint8Array): Promise<NwbContents> {
  return readNwb("listNwb", bytes, (file) => {
    const text = (path: string) => (kindAt(file, path) === "dataset" ? textsAt(file, path)[0] : "");
    return {
      version: String(file.file.get_attribute("nwb_version", false)),
      identifier: text("identifier"),
      sessionDescription: text("session_description"),
      stimuli: seriesUnder(file, "stimulus/presentation"),
      units: unitsOf(file),
      series: answerSeries(file),
    };
  });
}

function answerSeries(file: Hdf5File): NwbSeries[] {
  return ["acquisition", "processing", "analysis"].flatMap((path) => seriesUnder(file, path));
}

function answeredIn(
  file: Hdf5File,
  cell: number | undefined,
  counts: string | undefined,
  shown: Shown,
): { readonly answered: Answered; readonly says: readonly string[] } {
  if (counts === undefined) {
    const { id, times, observed } = spikeTimesOf(file, cell);
    const says = [`spike times of unit ${id}`, ...unobservedNotes(shown, observed)];
    return { answered: { name: "units/spike_times", times }, says };
  }
  const { path } = chooseSeries(file, "counts", counts, answerSeries(file), () => true);
  const name = `${path}/data`;
  const answered = { name, counts: countsOf(file.where, name, numbersAt(file, name)) };
  checkSameTime(file, path, shown, answered.counts.length);
  return { answered, says: [`counts of ${path}`] };
}

/** Throws where the counts have times of their own, and these are not the frames' within half a frame. */
function checkSameTime(file: Hdf5File, path: string, shown: Shown, bins: number): void {
  const timed = ["timestamps", "starting_time"].some((name) => kindAt(file, `${path}/${name}`) !== "missing");
  const last = framesIn(shown) - 1;
  if (!timed || last < 1 || bins !== last + 1) return;
  const own = timingOf(file, path);
  const frame = (onsetOf(shown, last) - onsetOf(shown, 0)) / last;
  for (const i of [0, last]) {
    const [bin, onset] = [onsetOf(own, i), onsetOf(shown, i)];
    if (!(Math.abs(bin - onset) <= (0.5 + 1e-6) * frame))
      refusePath(
        file,
        path,
        `bin ${i} is at ${bin} s, frame ${i} of ${shown.name} at ${onset} s: one bin a frame is needed`,
      );
  }
}

/** A note where frames came while the unit was not observed. */
function unobservedNotes(shown: Shown, observed: readonly Interval[] | undefined): string[] {
  if (observed === undefined) return [];
  const frames = framesIn(shown);
  let outside = 0;
  for (let i = 0; i < frames; i++) {
    const onset = onsetOf(shown, i);
    // a microsecond is rounding
    if (!observed.some(([start, stop]) => onset >= start - 1e-6 && onset <= stop + 1e-6)) outside++;
  }
  if (outside === 0) return [];
  return [
    `${outside} of ${frames} frames came outside of the unit's obs_intervals: that they have no spikes says nothing`,
  ];
}

function framesIn({ order, images }: Shown): number {
  return order?.length ?? images.shape[0];
}

function onsetOf({ frameTimes, start = 0, frameSeconds }: Partial<Shown>, i: number): number {
  return frameTimes?.times[i] ?? start + i * (frameSeconds?.seconds ?? Number.NaN);
}
