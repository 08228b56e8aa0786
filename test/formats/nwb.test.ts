import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spikesFrom } from "../../src/cells/spikes.js";
import type { Hdf5GroupContent } from "../../src/formats/hdf5-write.js";
import { writeHdf5 } from "../../src/formats/hdf5-write.js";
import { writeNwb } from "../../src/formats/nwb-write.js";
import { listNwb, type NwbRecordingOptions, recordingFromNwb } from "../../src/formats/recording-nwb.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { InputError } from "../../src/tensor/errors.js";
import { oddNwb } from "./hdf5-fixtures.js";

const frameSeconds = 1 / 60;
const [height, width, frames] = [3, 5, 40];
const stimulus = whiteNoise({ grid: { height, width }, frames, frameSeconds, seed: 1 });
const counts = Uint32Array.from({ length: frames }, (_, i) => (i * 7) % 4);
const spikes = spikesFrom(counts, { frameSeconds });
const silent = spikesFrom(new Uint32Array(frames), { frameSeconds });

/** An NWB file of the parts given, its images [frame, x, y] counting 100·frame + 10·x + y. */
function nwbOf(
  presentation: Record<string, Hdf5GroupContent>,
  others: Record<string, Hdf5GroupContent> = {},
  beside: Record<string, Hdf5GroupContent> = {},
) {
  return writeHdf5("test", {
    attributes: { nwb_version: "2.6.0" },
    groups: { stimulus: { groups: { presentation: { groups: presentation }, ...others } }, units, ...beside },
  });
}

const units: Hdf5GroupContent = {
  datasets: {
    id: { data: Int32Array.of(3, 8) },
    spike_times: { data: Float64Array.of(0.1, 0.32, 0.33, 0.52) },
    spike_times_index: { data: Uint8Array.of(1, 4) },
  },
};
const images = (count: number) =>
  Int16Array.from({ length: count * 6 }, (_, i) => 100 * Math.floor(i / 6) + 10 * (Math.floor(i / 3) % 2) + (i % 3));
const rate = { starting_time: { data: 0.2, attributes: { rate: 10 } } };

function series(datasets: Hdf5GroupContent["datasets"], type = "OpticalSeries", links = {}): Hdf5GroupContent {
  return { attributes: { neurodata_type: type }, datasets, links };
}

describe("recordingFromNwb", () => {
  it("gives back what writeNwb wrote: every pixel, every count, the frame duration", async () => {
    const bytes = await writeNwb({ stimulus, spikes: [spikes, silent] });
    for (const options of [{ cell: 0 }, { counts: "unit_0" }, { counts: "processing/spike_counts/unit_0" }]) {
      const recording = await recordingFromNwb(bytes, options);
      expect(recording.stimulus).toMatchObject({ shape: [frames, height, width], data: stimulus.read(0, frames) });
      expect(recording.counts).toEqual(counts);
      expect(recording.frameSeconds).toBeCloseTo(frameSeconds, 15);
    }
    expect((await recordingFromNwb(bytes, { cell: 1 })).counts).toEqual(silent.counts);
    const single = await recordingFromNwb(await writeNwb({ stimulus, spikes }));
    expect(single.counts).toEqual(counts);
    expect(single).toMatchObject({ source: "an NWB file", spikesOutside: 0 });
  });

  it("knows a pixel's angle by the field of view and the distance, both in metres, where they are numbers above 0", async () => {
    const seen = async (view: number | string, distance: number) => {
      const movie = series({
        data: { data: images(6), shape: [6, 2, 3] },
        ...rate,
        dimension: { data: Int32Array.of(2, 3) },
        field_of_view: { data: typeof view === "string" ? view : Float32Array.of(view, 1.5 * view) },
        distance: { data: distance },
      });
      return recordingFromNwb(await nwbOf({ movie }), { cell: 3 });
    };
    // half a metre of two pixels at a quarter of a metre: a pixel as wide as it is far, 45 degrees
    const recording = await seen(0.5, 0.25);
    expect(recording.step).toBeCloseTo(45, 10);
    expect(recording.notes).toContain(
      "pixels of 45.0 degrees, by field_of_view and distance of stimulus/presentation/movie",
    );
    for (const [view, distance] of [
      [0, 0.25],
      [0.5, 0],
      [0.5, -1],
      [0.5, Number.NaN],
      ["wide", 0.25],
    ] as const)
      expect("step" in (await seen(view, distance))).toBe(false);
  });

  it("says how many frames came while the unit was not observed", async () => {
    // frames at 0.2, 0.3, … 0.7; unit 3 observed in one interval, unit 8 in two
    const movie = series({ data: { data: images(6), shape: [6, 2, 3] }, ...rate });
    const read = async (unit: number, ends: readonly number[], shape = [3, 2]) => {
      const observed = {
        obs_intervals: { data: Float64Array.of(0, 0.45, 0, 0.2, 0.45, 9), shape },
        obs_intervals_index: { data: Uint8Array.from(ends) },
      };
      const bytes = await nwbOf({ movie }, {}, { units: { datasets: { ...units.datasets, ...observed } } });
      return (await recordingFromNwb(bytes, { cell: unit })).notes;
    };
    const note = (outside: number) =>
      `${outside} of 6 frames came outside of the unit's obs_intervals: that they have no spikes says nothing`;
    expect(await read(3, [1, 3])).toContain(note(3));
    expect(await read(8, [1, 3])).toContain(note(2));
    expect((await read(8, [0, 3])).join()).not.toContain("obs_intervals");
    expect(await read(3, [0, 3])).toContain(note(6));
    await expect(read(8, [1, 4])).rejects.toThrow(
      "recordingFromNwb: units/obs_intervals_index: does not give each of 2 units its part of the 3 intervals",
    );
    await expect(read(8, [1, 3], [6, 1])).rejects.toThrow("units/obs_intervals: has shape [6, 1], [intervals, 2]");
  });

  it("takes the second axis for x, the third for y, as NWB defines them, or as it is told", async () => {
    const bytes = await nwbOf({ movie: series({ data: { data: images(2), shape: [2, 2, 3] }, ...rate }) });
    const read = async (options: NwbRecordingOptions) =>
      (await recordingFromNwb(bytes, { cell: 3, ...options })).stimulus;
    expect(await read({})).toMatchObject({
      shape: [2, 3, 2],
      data: Float32Array.of(0, 10, 1, 11, 2, 12, 100, 110, 101, 111, 102, 112),
    });
    expect(await read({ imageAxes: "columns-rows" })).toEqual(await read({}));
    expect(await read({ imageAxes: "rows-columns" })).toMatchObject({
      shape: [2, 2, 3],
      data: Float32Array.from(images(2)),
    });
    const notes = (await recordingFromNwb(bytes, { cell: 3 })).notes;
    expect(notes[1]).toBe(
      'images of stimulus/presentation/movie, columns (x) before rows (y), as NWB defines them: if they are turned over, give imageAxes "rows-columns"',
    );
    const told = await nwbOf({
      movie: series({ data: { data: images(2), shape: [2, 2, 3] }, dimension: { data: Int32Array.of(3, 2) }, ...rate }),
    });
    const recording = await recordingFromNwb(told, { cell: 3 });
    expect(recording.stimulus.shape).toEqual([2, 2, 3]);
    expect(recording.notes[1]).toMatch(/rows before columns, since its dimension says 3 pixels on x$/);
  });

  it("starts the frames at the starting time, and adds the latency", async () => {
    const data = { data: images(4), shape: [4, 2, 3] };
    const bytes = await nwbOf({ movie: series({ data, ...rate }) });
    const recording = await recordingFromNwb(bytes, { cell: 8 });
    expect(recording.counts).toEqual(Uint32Array.of(0, 2, 0, 1));
    expect(recording.frameSeconds).toBe(0.1);
    const later = await recordingFromNwb(bytes, { cell: 8, latency: 0.15 });
    expect(later.counts).toEqual(Uint32Array.of(0, 1, 0, 0));
    expect(later).toMatchObject({ spikesOutside: 2 });
    expect(later.notes).toContain("2 spikes came before the first frame or after the last and are in no bin");
  });

  it("repeats a frame over the refreshes that its time stamps show were dropped, or cuts them", async () => {
    const data = { data: images(4), shape: [4, 2, 3] };
    const timestamps = { data: Float64Array.of(0, 0.125, 0.25, 0.5) };
    const bytes = await nwbOf({ movie: series({ data, timestamps }) });
    const recording = await recordingFromNwb(bytes, { cell: 8 });
    expect(recording.stimulus.shape).toEqual([5, 3, 2]);
    expect(Array.from({ length: 5 }, (_, t) => recording.stimulus.data[6 * t])).toEqual([0, 100, 200, 200, 300]);
    expect(recording.counts).toEqual(Uint32Array.of(0, 0, 2, 0, 1));
    expect(recording.notes).toContain(
      "1 refreshes brought no new frame though one was due: the earlier frame is repeated",
    );
    const cut = await recordingFromNwb(bytes, { cell: 8, dropped: "cut" });
    expect(cut.stimulus.shape).toEqual([4, 3, 2]);
    expect(cut.counts).toEqual(Uint32Array.of(0, 0, 2, 1));
  });

  it("follows an index into a template, and into single images", async () => {
    const index = (links: object) =>
      series({ data: { data: Uint32Array.of(2, 0, 2, 1) }, ...rate }, "IndexSeries", links);
    const template = series({ data: { data: images(3), shape: [3, 2, 3] } }, "ImageSeries");
    const bytes = await nwbOf(
      { shown: index({ indexed_timeseries: "stimulus/templates/movie" }) },
      { templates: { groups: { movie: template } } },
    );
    const recording = await recordingFromNwb(bytes, { cell: 8 });
    expect(recording.stimulus.shape).toEqual([4, 3, 2]);
    expect(Array.from({ length: 4 }, (_, t) => recording.stimulus.data[6 * t])).toEqual([200, 0, 200, 100]);
    expect(recording.counts).toEqual(Uint32Array.of(0, 2, 0, 1));
    const timestamps = { data: Float64Array.of(0, 0.125, 0.25, 0.5) };
    const held = await nwbOf(
      {
        shown: series({ data: { data: Uint32Array.of(2, 0, 2, 1) }, timestamps }, "IndexSeries", {
          indexed_timeseries: "stimulus/templates/movie",
        }),
      },
      { templates: { groups: { movie: template } } },
    );
    const repeated = (await recordingFromNwb(held, { cell: 8 })).stimulus;
    expect(Array.from({ length: 5 }, (_, t) => repeated.data[6 * t])).toEqual([200, 0, 200, 200, 100]);
    const pictures = await recordingFromNwb(oddNwb, { stimulus: "pictures", cell: 7 });
    // the group's order is b (20), then a (10)
    expect(pictures.stimulus.shape).toEqual([3, 3, 2]);
    expect(Array.from({ length: 3 }, (_, t) => pictures.stimulus.data[6 * t])).toEqual([10, 20, 10]);
    const wrong = await nwbOf(
      {
        shown: series({ data: { data: Uint32Array.of(3) }, ...rate }, "IndexSeries", {
          indexed_timeseries: "stimulus/templates/movie",
        }),
      },
      { templates: { groups: { movie: template } } },
    );
    await expect(recordingFromNwb(wrong, { cell: 8 })).rejects.toThrow(
      "stimulus/presentation/shown/data: [0] is 3, an image from 0 to 2 is needed",
    );
  });

  it("uses data times conversion plus offset", async () => {
    const data = { data: Int16Array.of(0, 2, 4), shape: [3, 1, 1], attributes: { conversion: 0.5, offset: -1 } };
    const bytes = await nwbOf({ movie: series({ data, ...rate }) });
    expect((await recordingFromNwb(bytes, { cell: 3 })).stimulus.data).toEqual(Float32Array.of(-1, 0, 1));
  });

  it("refuses a factor that is no number, rather than leave it out", async () => {
    const odd = { data: Int16Array.of(0, 2, 4), shape: [3, 1, 1], attributes: { conversion: Number.NaN } };
    await expect(recordingFromNwb(await nwbOf({ movie: series({ data: odd, ...rate }) }), { cell: 3 })).rejects.toThrow(
      "stimulus/presentation/movie/data: its conversion is NaN, a finite number is needed",
    );
  });

  it("refuses counts whose own times are not the frames'", async () => {
    const answer = (datasets: Hdf5GroupContent["datasets"]) =>
      nwbOf(
        { movie: series({ data: { data: images(4), shape: [4, 2, 3] }, ...rate }) },
        { templates: { groups: {} } },
        { acquisition: { groups: { answer: series({ data: { data: Uint8Array.of(0, 1, 0, 2) }, ...datasets }) } } },
      );
    const read = async (datasets: Hdf5GroupContent["datasets"]) =>
      recordingFromNwb(await answer(datasets), { counts: "answer" });
    const at = (start: number, perSecond: number) => ({
      starting_time: { data: start, attributes: { rate: perSecond } },
    });
    const fitting: NonNullable<Hdf5GroupContent["datasets"]>[] = [
      {},
      rate,
      at(0.25, 10),
      { timestamps: { data: Float64Array.of(0.2, 0.3, 0.4, 0.5) } },
    ];
    for (const fits of fitting) expect((await read(fits)).counts).toEqual(Uint32Array.of(0, 1, 0, 2));
    await expect(read(at(0, 10))).rejects.toThrow(
      "acquisition/answer: bin 0 is at 0 s, frame 0 of stimulus/presentation/movie at 0.2 s: one bin a frame is needed",
    );
    await expect(read(at(0.2, 20))).rejects.toThrow("acquisition/answer: bin 3 is at 0.35");
    await expect(read({ timestamps: { data: Float64Array.of(0.2) } })).rejects.toThrow("bin 3 is at NaN s");
  });

  const data = { data: images(4), shape: [4, 2, 3] };
  const path = "stimulus/presentation/movie";
  it.each<[string, Hdf5GroupContent, string]>([
    ["no time", series({ data }), `${path}: has neither timestamps nor starting_time`],
    [
      "no rate",
      series({ data, starting_time: { data: 0 } }),
      `${path}/starting_time: its rate is missing, frames per second are needed`,
    ],
    [
      "colour",
      series({ data: { data: images(4), shape: [2, 2, 2, 3] }, ...rate }),
      `${path}/data: has shape [2, 2, 2, 3]: colour or depth, grey images are needed`,
    ],
    [
      "a NaN",
      series({ data: { data: Float32Array.of(0, Number.NaN), shape: [2, 1, 1] }, ...rate }),
      `${path}/data is NaN at frame 1, row 0, column 0, finite numbers are needed`,
    ],
    [
      "stamps of another length",
      series({ data, timestamps: { data: Float64Array.of(0, 1) } }),
      `${path}/timestamps has 2 times, ${path} has 4 frames`,
    ],
    [
      "stamps that go back",
      series({ data, timestamps: { data: Float64Array.of(0, 0.2, 0.1, 0.3) } }),
      `${path}/timestamps[2] is 0.1, not after the one before it, 0.2`,
    ],
    [
      "stamps that are no numbers",
      series({ data, timestamps: { data: Float64Array.of(0, Number.NaN, 0.1, 0.3) } }),
      `${path}/timestamps[1] is NaN, finite seconds are needed`,
    ],
    [
      "an index into nothing",
      series({ data, ...rate }, "IndexSeries"),
      `${path}: has neither indexed_timeseries nor indexed_images, images are needed`,
    ],
  ])("refuses a stimulus with %s", async (_, content, message) => {
    const bytes = await nwbOf({ movie: content });
    await expect(recordingFromNwb(bytes, { cell: 8 })).rejects.toThrow(new InputError(`recordingFromNwb: ${message}`));
  });

  it.each<[object | undefined, string]>([
    [{ cell: 5 }, "units: has no unit 5, it has 3, 8"],
    [{}, "units: has 2 units, cell is needed: 3, 8"],
    [{ cell: 3, counts: "x" }, "options cell and counts are both given, one of them is needed"],
    [{ counts: "x" }, `the file's root: counts "x" is no series of the file, it has none`],
    [{ stimulus: "film" }, `the file's root: stimulus "film" is no series of the file, it has ${path}`],
    [{ cell: -1 }, "cell is -1, a whole number of at least 0 is needed"],
    [{ cell: 3, imageAxes: "xy" }, 'imageAxes is "xy", one of "columns-rows", "rows-columns" is needed'],
    [{ cell: 3, dropped: "cut" }, 'option "dropped" applies where the file has frame times, it has none'],
    [
      { unit: 3 },
      'option "unit" is not known, it takes stimulus, cell, counts, imageAxes, source, step, frameSeconds, latency, dropped',
    ],
  ])("refuses the options %o", async (options, message) => {
    const bytes = await nwbOf({ movie: series({ data, ...rate }) });
    await expect(recordingFromNwb(bytes, options)).rejects.toThrow(new InputError(`recordingFromNwb: ${message}`));
  });

  it("refuses images that lie in other files, and units whose table contradicts itself", async () => {
    await expect(recordingFromNwb(oddNwb, { stimulus: "external", cell: 7 })).rejects.toThrow(
      "recordingFromNwb: stimulus/presentation/external: its images lie in other files: movie.avi",
    );
    await expect(recordingFromNwb(oddNwb, { stimulus: "indexed", cell: 7 })).rejects.toThrow(
      "stimulus/presentation/indexed/indexed_timeseries: is a link that leads nowhere in this file",
    );
    const bad = await writeHdf5("test", {
      attributes: { nwb_version: "2.6.0" },
      groups: {
        stimulus: { groups: { presentation: { groups: { movie: series({ data, ...rate }) } } } },
        units: {
          datasets: { spike_times: { data: Float64Array.of(1) }, spike_times_index: { data: Uint8Array.of(2) } },
        },
      },
    });
    await expect(recordingFromNwb(bad)).rejects.toThrow(
      "units/spike_times_index: row 0 ends at 2, from 0 up to the 1 spike times is needed",
    );
  });

  it("refuses HDF5 that is no NWB 2 file", async () => {
    const none = await writeHdf5("test", {});
    await expect(recordingFromNwb(none)).rejects.toThrow("the file's root: not an NWB 2 file: it has no nwb_version");
    const old = await writeHdf5("test", { attributes: { nwb_version: "1.0.6" } });
    await expect(recordingFromNwb(old)).rejects.toThrow('not an NWB 2 file: it says nwb_version "1.0.6"');
    const empty = await writeHdf5("test", { attributes: { nwb_version: "2.6.0" } });
    await expect(recordingFromNwb(empty)).rejects.toThrow(
      "no series is suitable, name one with the option stimulus: none",
    );
  });
});

describe("listNwb", () => {
  it("names stimuli, units and series", async () => {
    const bytes = await writeNwb({ stimulus, spikes: [spikes, silent] }, { identifier: "a", sessionDescription: "b" });
    expect(await listNwb(bytes)).toEqual({
      version: "2.6.0",
      identifier: "a",
      sessionDescription: "b",
      stimuli: [{ path: "stimulus/presentation/stimulus", type: "OpticalSeries", shape: [frames, width, height] }],
      units: [
        { id: 0, spikes: spikes.spikes },
        { id: 1, spikes: 0 },
      ],
      series: [0, 1].map((unit) => ({
        path: `processing/spike_counts/unit_${unit}`,
        type: "TimeSeries",
        shape: [frames],
      })),
    });
  });
});

describe("writeNwb", () => {
  it("writes every field that NWB requires, as h5py reads it", async (ctx) => {
    const folder = mkdtempSync(join(tmpdir(), "striate-nwb-"));
    try {
      writeFileSync(join(folder, "cell.nwb"), await writeNwb({ stimulus, spikes: [spikes, silent] }));
      const check = join(import.meta.dirname, "check-nwb.py");
      const python = ["python3", "/usr/bin/python3"]
        .map((name) => spawnSync(name, [check, "cell.nwb"], { cwd: folder, encoding: "utf8" }))
        .find(({ status }) => status !== null && status !== 3);
      if (python === undefined) {
        console.warn("SKIPPED: python3 with h5py is not here to read an NWB file");
        return ctx.skip();
      }
      expect(python.stderr).toBe("");
      const told = JSON.parse(python.stdout);
      expect(told.problems).toEqual([]);
      expect(told.spikes).toEqual([spikes.spikes, 0]);
      // data[frame, x, y], as imshow(data[frame].T) shows it
      expect(told.pixel).toBe(stimulus.read(7, 1)[2 * width + 4]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each<[object, object, string]>([
    [{ stimulus, spikes: [] }, {}, "spikes is empty, at least one spike train is needed"],
    [{ stimulus: 1, spikes }, {}, "stimulus is 1, a stimulus is needed"],
    [{ stimulus, spikes: [spikes, 2] }, {}, "spikes[1] is 2, a spike train is needed"],
    [{ stimulus, spikes: spikesFrom([1], { frameSeconds }) }, {}, "spikes has 1 bins, the stimulus has 40 frames"],
    [
      { stimulus, spikes: spikesFrom(counts, { frameSeconds: 1 }) },
      {},
      `spikes has bins of 1 s, the stimulus has frames of ${frameSeconds} s`,
    ],
    [
      { stimulus, spikes },
      { sessionStartTime: "today" },
      'sessionStartTime is "today", a date of ISO 8601 with its zone is needed, 2026-05-01T09:30:00+02:00',
    ],
    [{ stimulus, spikes }, { identifier: "" }, 'identifier is "", a text is needed'],
    [{ stimulus, spikes }, { stimulusName: "a/b" }, 'stimulusName is "a/b", a name without / is needed'],
    [
      { stimulus, spikes },
      { name: "x" },
      'option "name" is not known, it takes sessionDescription, identifier, sessionStartTime, fileCreateDate, stimulusName',
    ],
  ])("refuses %o with %o", async (experiment, options, message) => {
    await expect(writeNwb(experiment as { stimulus: typeof stimulus; spikes: typeof spikes }, options)).rejects.toThrow(
      new InputError(`writeNwb: ${message}`),
    );
  });
});
