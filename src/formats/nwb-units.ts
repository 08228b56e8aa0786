import { shapeText } from "../tensor/tensor.js";
import type { Hdf5File } from "./hdf5.js";
import { kindAt, numbersAt, refusePath } from "./hdf5-read.js";

/** A sorted unit, as a list shows it. */
export interface NwbUnit {
  /** its id in the table */
  readonly id: number;
  readonly spikes: number;
}

interface UnitRow extends NwbUnit {
  readonly start: number;
}

/** From a start to a stop, seconds. */
export type Interval = readonly [start: number, stop: number];

/** Where each unit's spikes lie: `spike_times_index` holds, row by row, where they end. */
function rowsOf(file: Hdf5File): readonly UnitRow[] {
  if (kindAt(file, "units/spike_times") !== "dataset") return [];
  const ends = numbersAt(file, "units/spike_times_index").data;
  const spikes = file.file.get("units/spike_times") as { readonly shape?: readonly number[] | null };
  const total = spikes.shape?.[0] ?? 0;
  const ids = kindAt(file, "units/id") === "dataset" ? numbersAt(file, "units/id").data : undefined;
  if (ids !== undefined && ids.length !== ends.length)
    refusePath(file, "units/id", `has ${ids.length} ids, spike_times_index has ${ends.length} rows`);
  return Array.from(ends, (end, row) => {
    const start = row === 0 ? 0 : ends[row - 1];
    if (end < start || end > total) {
      refusePath(
        file,
        "units/spike_times_index",
        `row ${row} ends at ${end}, from ${start} up to the ${total} spike times is needed`,
      );
    }
    return { id: ids?.[row] ?? row, spikes: end - start, start };
  });
}

export function unitsOf(file: Hdf5File): readonly NwbUnit[] {
  return rowsOf(file).map(({ id, spikes }) => ({ id, spikes }));
}

const mostListed = 20;

/** The spike times of a unit, in seconds, and the intervals in which it was observed; the only unit where none is named. */
export function spikeTimesOf(
  file: Hdf5File,
  wanted: number | undefined,
): { readonly id: number; readonly times: Float64Array; readonly observed?: readonly Interval[] } {
  const rows = rowsOf(file);
  const ids = rows
    .slice(0, mostListed)
    .map(({ id }) => id)
    .join(", ")
    .concat(rows.length > mostListed ? `, … (${rows.length})` : "");
  if (rows.length === 0) refusePath(file, "units", "has no spike times");
  if (wanted === undefined && rows.length > 1)
    refusePath(file, "units", `has ${rows.length} units, cell is needed: ${ids}`);
  const row = wanted === undefined ? rows[0] : rows.find(({ id }) => id === wanted);
  if (row === undefined) return refusePath(file, "units", `has no unit ${wanted}, it has ${ids}`);
  const { data } = numbersAt(file, "units/spike_times");
  const times = Float64Array.from(data.subarray(row.start, row.start + row.spikes));
  const wrong = times.findIndex((time) => !Number.isFinite(time));
  if (wrong >= 0)
    refusePath(
      file,
      "units/spike_times",
      `spike ${wrong} of unit ${row.id} is ${times[wrong]}, finite seconds are needed`,
    );
  return { id: row.id, times, observed: observedIn(file, rows.indexOf(row), rows.length) };
}

/** The intervals in which the unit of a row was observed; undefined where the file does not say, and the unit always was. */
function observedIn(file: Hdf5File, row: number, rows: number): readonly Interval[] | undefined {
  const [path, index] = ["units/obs_intervals", "units/obs_intervals_index"];
  if (kindAt(file, path) !== "dataset" || kindAt(file, index) !== "dataset") return undefined;
  const { shape, data } = numbersAt(file, path);
  const ends = numbersAt(file, index).data;
  const [from, to] = [row === 0 ? 0 : ends[row - 1], ends[row]];
  if (shape.length !== 2 || shape[1] !== 2)
    refusePath(file, path, `has shape ${shapeText(shape)}, [intervals, 2] is needed`);
  if (ends.length !== rows || !(from <= to && to <= shape[0]))
    refusePath(file, index, `does not give each of ${rows} units its part of the ${shape[0]} intervals`);
  return Array.from({ length: to - from }, (_, i) => [data[2 * (from + i)], data[2 * (from + i) + 1]] as const);
}
