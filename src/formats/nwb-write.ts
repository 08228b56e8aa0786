import type { SpikeTrain } from "../cells/response.js";
import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { crc32 } from "./checksums.js";
import { type Hdf5DatasetContent, type Hdf5GroupContent, writeHdf5 } from "./hdf5-write.js";
import { asciiBytes } from "./numbers.js";
import { stepComment } from "./nwb-step.js";

/** An experiment to write: what was shown, and what each unit answered. */
export interface NwbExperiment {
  readonly stimulus: Stimulus;
  /** one unit each, in bins of the stimulus's frames */
  readonly spikes: SpikeTrain | readonly SpikeTrain[];
}

export interface WriteNwbOptions {
  /** default "A simulated experiment" */
  readonly sessionDescription?: string;
  /** unique among files; default made of the specifications of stimulus and spikes */
  readonly identifier?: string;
  /** ISO 8601 with zone, "2026-05-01T09:30:00+02:00"; time 0 of the file. Default 1970-01-01T00:00:00Z, which means unknown */
  readonly sessionStartTime?: string;
  /** ISO 8601 with zone; default `sessionStartTime` */
  readonly fileCreateDate?: string;
  /** the stimulus's name under stimulus/presentation; default "stimulus" */
  readonly stimulusName?: string;
}

/**
 * An NWB 2 file of an experiment: the stimulus as an OpticalSeries, each unit's spike times, and its counts as a TimeSeries.
 *
 * The images are float32 contrasts [frame, x, y], as NWB orders them, x to the right and y down from the image's top. The n
 * spikes of a bin are spread evenly over it, at (j + 1/2)/n of its length, so that counting them again gives the same counts; the
 * counts themselves are in `processing/spike_counts`. The first frame comes at time 0. Where the grid has a step, the stimulus's
 * `comments` say it: NWB has a place for metres and a distance, not for visual angle.
 *
 * @param experiment a stimulus, and one or more spike trains of its frames
 * @returns the bytes of the file. They hold the times of writing, so that two files of the same data differ in them
 * @throws InputError if a train does not fit the stimulus, a date is not ISO 8601 with a zone, or an option is unknown
 * Source: Neurodata Without Borders, schema 2.6; Rübel et al. 2022.
 */
export async function writeNwb(experiment: NwbExperiment, options: WriteNwbOptions = {}): Promise<Uint8Array> {
  const where = "writeNwb";
  const { stimulus, trains } = checkedExperiment(where, experiment);
  const names = ["sessionDescription", "identifier", "sessionStartTime", "fileCreateDate", "stimulusName"];
  checkOptions(where, options, names);
  const made = JSON.stringify([stimulus.specification, trains.map(({ specification }) => specification)]);
  const {
    sessionDescription = "A simulated experiment",
    identifier = `striate-${hex(made)}`,
    sessionStartTime = "1970-01-01T00:00:00Z",
    fileCreateDate = sessionStartTime,
    stimulusName = "stimulus",
  } = options;
  checkDate(where, "sessionStartTime", sessionStartTime);
  checkDate(where, "fileCreateDate", fileCreateDate);
  const texts = { identifier, sessionDescription, stimulusName };
  for (const [name, text] of Object.entries(texts)) checkText(where, name, text);
  if (stimulusName.includes("/"))
    refuse(where, `stimulusName is ${JSON.stringify(stimulusName)}, a name without / is needed`);
  const typed = typing(identifier);
  const datasets = {
    file_create_date: { data: [fileCreateDate] },
    identifier: { data: identifier },
    session_description: { data: sessionDescription },
    session_start_time: { data: sessionStartTime },
    timestamps_reference_time: { data: sessionStartTime },
  };
  return writeHdf5(where, {
    attributes: { nwb_version: "2.6.0", ...typed("root", "NWBFile") },
    datasets,
    groups: {
      acquisition: {},
      analysis: {},
      general: { datasets: { stimulus: { data: JSON.stringify(stimulus.specification) } } },
      processing: { groups: { spike_counts: countsGroup(trains, typed) } },
      stimulus: {
        groups: { presentation: { groups: { [stimulusName]: stimulusGroup(stimulus, typed) } }, templates: {} },
      },
      units: unitsGroup(trains, typed),
    },
  });
}

type Typing = (path: string, type: string, namespace?: string) => Record<string, string>;

/** The attributes that say what an object of NWB is, its id made of the file's and its place. */
function typing(identifier: string): Typing {
  return (path, type, namespace = "core") => {
    const id = [0, 1, 2, 3].map((part) => hex(`${part}${identifier}/${path}`)).join("");
    const uuid = `${id.slice(0, 8)}-${id.slice(8, 12)}-8${id.slice(13, 16)}-a${id.slice(17, 20)}-${id.slice(20)}`;
    return { namespace, neurodata_type: type, object_id: uuid };
  };
}

function hex(text: string): string {
  return crc32(asciiBytes(text)).toString(16).padStart(8, "0");
}

/** The attributes of a series, and the starting time that goes with its rate. */
function seriesOf(
  path: string,
  type: string,
  description: string,
  frameSeconds: number,
  data: Hdf5DatasetContent,
  unit: string,
  typed: Typing,
): Hdf5GroupContent {
  return {
    attributes: { ...typed(path, type), description, comments: "no comments" },
    datasets: {
      data: { ...data, attributes: { conversion: 1, offset: 0, resolution: -1, unit, continuity: "step" } },
      starting_time: { data: 0, attributes: { rate: 1 / frameSeconds, unit: "seconds" } },
    },
  };
}

function stimulusGroup(stimulus: Stimulus, typed: Typing): Hdf5GroupContent {
  const { frames, frameSeconds, grid } = stimulus;
  const { height, width } = grid;
  const pixels = pixelsOf(grid);
  const images = new Float32Array(frames * pixels);
  const block = 1024;
  for (let start = 0; start < frames; start += block) {
    const count = Math.min(block, frames - start);
    const read = stimulus.read(start, count);
    for (let t = 0; t < count; t++) {
      for (let row = 0; row < height; row++) {
        for (let column = 0; column < width; column++) {
          images[(start + t) * pixels + column * height + row] = read[t * pixels + row * width + column];
        }
      }
    }
  }
  const data = { data: images, shape: [frames, width, height], packed: true };
  const description = "Contrast images, 0 mean grey, -1 black, 1 white";
  const series = seriesOf("stimulus", "OpticalSeries", description, frameSeconds, data, "contrast", typed);
  return {
    ...series,
    attributes: { ...series.attributes, ...(grid.step !== undefined && { comments: stepComment(grid.step) }) },
    datasets: {
      ...series.datasets,
      dimension: { data: new Int32Array([width, height]) },
      format: { data: "raw" },
      orientation: { data: "x to the right and y down from the top left corner, as seen on the screen" },
    },
  };
}

function countsGroup(trains: readonly SpikeTrain[], typed: Typing): Hdf5GroupContent {
  const groups = trains.map(({ counts, frameSeconds }, unit) => {
    const path = `unit_${unit}`;
    const description = `Spikes of unit ${unit} in each frame`;
    return [path, seriesOf(path, "TimeSeries", description, frameSeconds, { data: counts }, "spikes", typed)] as const;
  });
  return {
    attributes: { ...typed("spike_counts", "ProcessingModule"), description: "Spike counts, one bin a stimulus frame" },
    groups: Object.fromEntries(groups),
  };
}

function unitsGroup(trains: readonly SpikeTrain[], typed: Typing): Hdf5GroupContent {
  const total = trains.reduce((sum, { spikes }) => sum + spikes, 0);
  const times = new Float64Array(total);
  let at = 0;
  const ends = trains.map(({ counts, frameSeconds }) => {
    for (let t = 0; t < counts.length; t++) {
      for (let j = 0; j < counts[t]; j++) times[at++] = (t + (j + 0.5) / counts[t]) * frameSeconds;
    }
    return at;
  });
  const column = (name: string, type: string, description: string) => ({
    ...typed(`units/${name}`, type, "hdmf-common"),
    description,
  });
  return {
    attributes: { ...typed("units", "Units"), description: "The simulated cells", colnames: ["spike_times"] },
    datasets: {
      id: { data: Int32Array.from(trains.keys()), attributes: typed("units/id", "ElementIdentifiers", "hdmf-common") },
      spike_times: { data: times, attributes: column("spike_times", "VectorData", "seconds, unit by unit") },
      spike_times_index: {
        data: Uint32Array.from(ends),
        attributes: {
          ...column("spike_times_index", "VectorIndex", "where each unit's spike times end"),
          target: { reference: "units/spike_times" },
        },
      },
    },
  };
}

function checkedExperiment(where: string, experiment: NwbExperiment) {
  checkOptions(where, experiment, ["stimulus", "spikes"]);
  const { stimulus, spikes } = experiment ?? {};
  if (stimulus?.kind !== "stimulus") refuse(where, `stimulus is ${describe(stimulus)}, a stimulus is needed`);
  const trains = Array.isArray(spikes) ? (spikes as readonly SpikeTrain[]) : [spikes as SpikeTrain];
  if (trains.length === 0) refuse(where, "spikes is empty, at least one spike train is needed");
  for (const [unit, train] of trains.entries()) {
    const name = Array.isArray(spikes) ? `spikes[${unit}]` : "spikes";
    if (train?.kind !== "spike-train") refuse(where, `${name} is ${describe(train)}, a spike train is needed`);
    if (train.counts.length !== stimulus.frames)
      refuse(where, `${name} has ${train.counts.length} bins, the stimulus has ${stimulus.frames} frames`);
    if (Math.abs(train.frameSeconds - stimulus.frameSeconds) > 1e-9 * stimulus.frameSeconds)
      refuse(
        where,
        `${name} has bins of ${train.frameSeconds} s, the stimulus has frames of ${stimulus.frameSeconds} s`,
      );
  }
  return { stimulus, trains };
}

function checkDate(where: string, name: string, date: unknown): void {
  if (typeof date !== "string" || !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/.test(date))
    refuse(
      where,
      `${name} is ${describe(date)}, a date of ISO 8601 with its zone is needed, 2026-05-01T09:30:00+02:00`,
    );
}

function checkText(where: string, name: string, text: unknown): void {
  if (typeof text !== "string" || text === "") refuse(where, `${name} is ${describe(text)}, a text is needed`);
}
