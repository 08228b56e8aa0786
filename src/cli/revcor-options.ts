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
  readonly cell?: number;
  readonly method: string;
  readonly lags?: number;
  readonly filters?: number;
  readonly subunit?: number;
  readonly draws?: number;
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
  const { method, lags, filters, subunit, draws, folds, seed } = options;
  if (!methodNames.includes(method as MethodName))
    refuse("revcor", `--method is "${method}", one of ${methodNames.join(", ")} is needed`);
  if (folds === 1) refuse("revcor", "--folds is 1, 0 or at least 2 are needed");
  const given = { lags, filters, subunit, draws, folds, seed };
  const settings = { ...recordedCellExperiment.defaults, ...defined(given), method: method as MethodName };
  const takers: Readonly<Record<"filters" | "subunit", readonly string[]>> = {
    filters: ["istac", "quadratic", "subunit", "mid"],
    subunit: ["subunit"],
  };
  for (const name of ["filters", "subunit"] as const) {
    if (settings[name] !== null && !takers[name].includes(method))
      refuse("revcor", `--${name} does not apply to --method ${method}, it is for ${takers[name].join(", ")}`);
  }
  const least = Math.ceil(2 / settings.level - 1);
  if (settings.draws < least) refuse("revcor", `--draws is ${settings.draws}, at least ${least} are needed`);
  return settings;
}

type Reading = NonNullable<NonNullable<Sources["recording"]>["reading"]>;

/** What each format calls the options; what it has no name for is refused. */
function readingOf(file: string, options: RevcorOptions): Reading {
  const { stimulus, spikes, spikesAre, frameTimes, frameAxis, cell, frameSeconds, latency, dropped } = options;
  const ending = extname(file).toLowerCase();
  const timing = defined({ frameSeconds, latency, dropped });
  const refuseOther = (unused: Readonly<Record<string, unknown>>) => {
    for (const [name, value] of Object.entries(unused))
      if (value !== undefined) refuse("revcor", `--${name} does not apply to a ${ending} file: ${file}`);
  };
  if ([".nwb", ".h5", ".hdf5"].includes(ending)) {
    refuseOther({ "spikes-are": spikesAre, "frame-times": frameTimes, "frame-axis": frameAxis });
    return { ...timing, ...defined({ stimulus, counts: spikes, unit: cell }) };
  }
  if ([".csv", ".tsv", ".txt"].includes(ending)) {
    refuseOther({ stimulus, "spikes-are": spikesAre, "frame-axis": frameAxis, cell });
    const second = spikes !== undefined && [".csv", ".tsv", ".txt"].includes(extname(spikes).toLowerCase());
    return { ...timing, ...defined({ [second ? "spikes" : "counts"]: spikes, frameTimes }) };
  }
  if (ending === ".npy") {
    refuseOther({ stimulus, "frame-times": frameTimes, cell });
    return { ...timing, ...defined({ spikes, spikesAre, frameAxis }) };
  }
  refuseOther({ cell });
  return {
    ...timing,
    ...defined({ stimulus, [spikesAre === "times" ? "spikeTimes" : "counts"]: spikes, frameTimes, frameAxis }),
  };
}

/** The entries that are given. */
function defined<T extends Readonly<Record<string, string | number | undefined>>>(
  entries: T,
): { [K in keyof T]: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: NonNullable<T[K]>;
  };
}
