import { type Hdf5File, readHdf5 } from "./hdf5.js";
import { attributeOf, headingOf, kindAt, namesIn, refusePath, textAttribute } from "./hdf5-read.js";

/** Opens an NWB file; throws unless its root says that it is one. */
export function readNwb<T>(where: string, bytes: Uint8Array, read: (file: Hdf5File) => T): Promise<T> {
  return readHdf5(where, bytes, "an NWB 2 file (HDF5)", (file) => {
    const version = String(attributeOf(file, "", "nwb_version")[0] ?? "");
    if (!/^(NWB-)?2\./.test(version)) {
      const seen = version === "" ? "has no nwb_version" : `says nwb_version ${JSON.stringify(version)}`;
      refusePath(file, "", `not an NWB 2 file: it ${seen}`);
    }
    return read(file);
  });
}

/** A series over time, as a list shows it. */
export interface NwbSeries {
  /** from the file's root, "stimulus/presentation/noise" */
  readonly path: string;
  /** NWB's name of its kind: "OpticalSeries", "IndexSeries", "TimeSeries", … */
  readonly type: string;
  /** the shape of its data as the file holds them; [] where it has none */
  readonly shape: readonly number[];
}

/** The kinds of NWB that hold images over time. */
export const imageTypes: readonly string[] = ["ImageSeries", "OpticalSeries", "IndexSeries"];

/** The series under a path, and under the groups in it. */
export function seriesUnder(file: Hdf5File, path: string, depth = 3): NwbSeries[] {
  return namesIn(file, path).flatMap((name) => {
    const inner = `${path}/${name}`;
    if (kindAt(file, inner) !== "group") return [];
    const data = kindAt(file, `${inner}/data`);
    // images in another file, or a link to them, are a series all the same: choosing it says why it is not read
    if (data === "dataset" || data === "broken" || kindAt(file, `${inner}/external_file`) === "dataset") {
      const shape = data === "dataset" ? headingOf(file, `${inner}/data`).shape : [];
      return [{ path: inner, type: textAttribute(file, inner, "neurodata_type"), shape }];
    }
    return depth > 0 ? seriesUnder(file, inner, depth - 1) : [];
  });
}

/** The one series that is meant: by its name or path, or the only one that is suitable. */
export function chooseSeries(
  file: Hdf5File,
  option: string,
  wanted: string | undefined,
  all: readonly NwbSeries[],
  suitable: (series: NwbSeries) => boolean,
): NwbSeries {
  const listed = all.map(({ path }) => path).join(", ") || "none";
  if (wanted !== undefined) {
    const path = wanted.replace(/^\//, "");
    const found = all.filter((one) => one.path === path || one.path.endsWith(`/${path}`));
    if (found.length === 1) return found[0];
    const what = found.length === 0 ? "is no series of the file" : "names several series";
    return refusePath(file, "", `${option} ${JSON.stringify(wanted)} ${what}, it has ${listed}`);
  }
  const found = all.filter(suitable);
  if (found.length === 1) return found[0];
  const what = found.length === 0 ? "no series is suitable" : "several series are suitable";
  return refusePath(file, "", `${what}, name one with the option ${option}: ${listed}`);
}
