import { extname } from "node:path";
import type { Sources } from "../experiments/experiment.js";
import { recordedCellExperiment } from "../experiments/recorded-cell.js";
import { type MethodName, methodNames } from "../experiments/revcor-methods.js";
import type { RecordedCellSettings } from "../experiments/revcor-result.js";
import type { Job } from "../node/jobs.js";
import { refuse } from "../tensor/errors.js";

/** The options of `striate revcor`, as the command line gives them. */
export interface RevcorOptions {
  readonly stimulus?: string;
  readonly spikes?: string;
  readonly spikesAre?: "counts" | "times";
  readonly frameTimes?: string;
  readonly frameSeconds?: number;
  readonly frameAxis?: "first" | "last";
  readonly latency?: number;
  readonly dropped?: "repeat" | "cut";
  /** a unit's id, a place from 0 among several cells, or the name of an array or a column */
  readonly cell?: string;
  readonly degreesPerPixel?: number;
  readonly method: string;
  readonly lags?: number;
  readonly filters?: number;
  readonly subunit?: number;
  readonly modes?: number;
  readonly nullDraws?: number;
  readonly folds?: number;
  readonly seed?: number;
  readonly out: string;
}

/** The job of `striate revcor FILE` with these options; refuses what the file's format does not take. */
export function revcorJob(file: string, options: RevcorOptions): Omit<Job, "inputs"> {
  return {
    experiment: recordedCellExperiment.name,
    settings: settingsOf(options),
    sources: { recording: { path: file, reading: readingOf(file, options) } },
  };
}

function settingsOf(options: RevcorOptions): RecordedCellSettings {
  const { method, lags, filters, subunit, modes, nullDraws, folds, seed } = options;
  if (!methodNames.includes(method as MethodName))
    refuse("revcor", `--method is "${method}", one of ${methodNames.join(", ")} is needed`);
  if (folds === 1) refuse("revcor", "--folds is 1, 0 or at least 2 are needed");
  const given = { lags, filters, subunit, modes, nullDraws, folds, seed };
  const settings = { ...recordedCellExperiment.defaults, ...defined(given), method: method as MethodName };
  const takers: Readonly<Record<"filters" | "subunit" | "modes", readonly string[]>> = {
    filters: ["istac", "quadratic", "subunit", "mid"],
    subunit: ["subunit"],
    modes: ["asd", "ald"],
  };
  for (const name of ["filters", "subunit", "modes"] as const) {
    if (given[name] !== undefined && !takers[name].includes(method))
      refuse("revcor", `--${name} does not apply to --method ${method}, it is for ${takers[name].join(", ")}`);
  }
  const least = Math.ceil(2 / settings.level - 1);
  if (settings.nullDraws < least)
    refuse("revcor", `--null-draws is ${settings.nullDraws}, at least ${least} are needed`);
  return settings;
}

type Reading = NonNullable<NonNullable<Sources["recording"]>["reading"]>;

/** What each format calls the options; what it has no name for is refused. */
function readingOf(file: string, options: RevcorOptions): Reading {
  const { stimulus, spikesAre, frameTimes, frameAxis, frameSeconds, degreesPerPixel, latency, dropped } = options;
  const ending = extname(file).toLowerCase();
  const timing = defined({ frameSeconds, step: degreesPerPixel, latency, dropped });
  const { spikes, cell } = cellOf(file, options);
  const refuseOther = (unused: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(unused))
      if (value !== undefined) refuse("revcor", `--${name} does not apply to a ${ending} file: ${file}`);
  };
  if ([".nwb", ".h5", ".hdf5"].includes(ending)) {
    refuseOther({ "spikes-are": spikesAre, "frame-times": frameTimes, "frame-axis": frameAxis });
    return { ...timing, ...defined({ stimulus, counts: spikes, cell }) };
  }
  if (isText(file)) {
    refuseOther({ stimulus, "spikes-are": spikesAre, "frame-axis": frameAxis });
    const second = isText(options.spikes);
    if (!second) return { ...timing, ...defined({ counts: spikes, frameTimes }) };
    return { ...timing, ...defined({ spikes: options.spikes, spikeTimes: options.cell, frameTimes }) };
  }
  if (ending === ".npy") {
    refuseOther({ stimulus, "frame-times": frameTimes });
    if (spikesAre !== undefined && spikes === undefined)
      refuse("revcor", `--spikes-are is "${spikesAre}", --spikes with the path of the spikes is needed with it`);
    return { ...timing, ...defined({ spikes, spikesAre, frameAxis, cell }) };
  }
  const role = spikesAre === "times" ? "spikeTimes" : "counts";
  // What the spikes are, without their name, asks for the array that has that name by default.
  const answered = spikes ?? (spikesAre === undefined ? undefined : role);
  return { ...timing, ...defined({ stimulus, [role]: answered, cell, frameTimes, frameAxis }) };
}

const textEndings = [".csv", ".tsv", ".txt"];

function isText(path: string | undefined): boolean {
  return path !== undefined && textEndings.includes(extname(path).toLowerCase());
}

/** Which spikes --spikes and --cell mean together: a cell that is no number, or is in a table, is named as spikes are. */
function cellOf(file: string, { spikes, cell }: RevcorOptions): { readonly spikes?: string; readonly cell?: number } {
  if (cell === undefined) return { spikes };
  const place = /^\d+$/.test(cell) && !isText(file) ? Number(cell) : undefined;
  if (place !== undefined) return { spikes, cell: place };
  const ending = extname(file).toLowerCase();
  if ([".nwb", ".h5", ".hdf5", ".npy"].includes(ending))
    refuse("revcor", `--cell is "${cell}", a whole number is needed for a ${ending} file`);
  if (spikes !== undefined && !(isText(file) && isText(spikes)))
    refuse("revcor", `--spikes is "${spikes}" and --cell "${cell}", one name of the spikes is needed`);
  return { spikes: cell };
}

/** The entries that are given. */
function defined<T extends Readonly<Record<string, string | number | undefined>>>(
  entries: T,
): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}
