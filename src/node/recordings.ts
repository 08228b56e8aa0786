import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { readCsv } from "../formats/csv.js";
import { hdf5Start } from "../formats/hdf5.js";
import { isMat73 } from "../formats/mat73.js";
import { readNpy } from "../formats/npy.js";
import type { NumericArray } from "../formats/numeric-array.js";
import {
  type Recording,
  type RecordingOptions,
  recordingFromArrays,
  recordingFromMat,
  recordingFromNpz,
} from "../formats/recording.js";
import { type CsvRecordingOptions, recordingFromCsv } from "../formats/recording-csv.js";
import { type NwbRecordingOptions, recordingFromNwb } from "../formats/recording-nwb.js";
import { checkChoice } from "../tensor/arguments.js";
import { InputError, refuse } from "../tensor/errors.js";

/** Options of the file's format (`recordingFromMat`, `recordingFromNpz`, `recordingFromNwb`, `recordingFromCsv`). */
export type ReadRecordingOptions = Omit<RecordingOptions & NwbRecordingOptions & CsvRecordingOptions, "spikes"> & {
  /** with a stimulus in a .npy or .csv file: the file of counts a frame or spike times, .npy or .csv */
  readonly spikes?: string;
  /** with spikes in a .npy file: whether it holds counts a frame or spike times in seconds; default counts where all are whole numbers */
  readonly spikesAre?: "counts" | "times";
};

type Kind = "mat" | "npz" | "npy" | "nwb" | "csv";

const formats: Readonly<Record<Kind, string>> = {
  mat: "a MATLAB",
  npz: "a NumPy npz",
  npy: "a NumPy npy",
  nwb: "an NWB 2",
  csv: "a CSV",
};

/** What a file's ending promises. */
const endings: Readonly<Record<string, Kind>> = {
  ".mat": "mat",
  ".npz": "npz",
  ".npy": "npy",
  ".nwb": "nwb",
  ".h5": "nwb",
  ".hdf5": "nwb",
  ".csv": "csv",
  ".tsv": "csv",
  ".txt": "csv",
};

/**
 * The recording in a file: MATLAB 5 or 7.3 (`.mat`), NumPy (`.npz`), NWB 2 (`.nwb`, `.h5`) or CSV (`.csv`, `.tsv`, `.txt`) with
 * frames and spikes; or a stimulus in one file (`.npy`, `.csv`) and spikes in another.
 *
 * @param path the file; its ending says the format, and its first bytes must agree
 * @param options names, frame duration, alignment and more, as the format's own reader takes them; `source` defaults to the path
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError in one line that names the file, the format expected and where it broke
 */
export async function readRecording(path: string, options: ReadRecordingOptions = {}): Promise<Recording> {
  const where = "readRecording";
  const kind = endings[extname(path).toLowerCase()];
  if (kind === undefined) {
    const ending = extname(path) === "" ? "nothing" : extname(path).toLowerCase();
    refuse(where, `${path} ends in ${ending}, one of ${Object.keys(endings).join(", ")} is needed`);
  }
  const bytes = await bytesOf(where, path, formats[kind]);
  return named(where, `${path}, as ${formats[kind]} file`, async () => {
    checkMagic(kind, bytes);
    const { spikes, ...others } = { source: path, ...options };
    if (spikes === undefined && kind === "npy")
      refuse(where, "an npy file holds the frames alone, the option spikes is needed: a file of counts or spike times");
    if (spikes === undefined) return readOne(kind, bytes, others);
    if (kind !== "npy" && kind !== "csv")
      refuse(where, "the option spikes goes with frames in an npy or CSV file, this file holds its own spikes");
    return readTwo(kind, bytes, spikes, others);
  });
}

type OneFile = Omit<ReadRecordingOptions, "spikes">;

function readOne(kind: Kind, bytes: Uint8Array, options: OneFile): Recording | Promise<Recording> {
  if (kind === "mat") return recordingFromMat(bytes, options as RecordingOptions);
  if (kind === "npz") return recordingFromNpz(bytes, options as RecordingOptions);
  if (kind === "nwb") return recordingFromNwb(bytes, options as NwbRecordingOptions);
  return recordingFromCsv(bytes, options as CsvRecordingOptions);
}

async function readTwo(kind: "npy" | "csv", bytes: Uint8Array, spikes: string, options: OneFile): Promise<Recording> {
  const { spikesAre, ...others } = options;
  if (spikesAre !== undefined) checkChoice("readRecording", "spikesAre", spikesAre, ["counts", "times"]);
  const ending = extname(spikes).toLowerCase();
  const second = await bytesOf("readRecording", spikes, "a NumPy npy or CSV");
  if (kind === "csv") {
    if (spikesAre === "counts")
      refuse("readRecording", 'spikesAre is "counts", a second CSV file holds spike times: give counts as a column');
    if (ending === ".npy") refuse("readRecording", `${spikes}: spikes of a CSV file are needed as CSV, too`);
    return recordingFromCsv(bytes, { ...(others as CsvRecordingOptions), spikes: second });
  }
  const stim = readNpy(bytes);
  const array = await named("readRecording", spikes, async () =>
    ending === ".npy" ? readNpy(second) : columnOf(second),
  );
  const whole = array.data.every((value) => Number.isInteger(value));
  const role = spikesAre ?? (whole ? "counts" : "times");
  const name = role === "counts" ? "counts" : "spikeTimes";
  return recordingFromArrays({ stim, [name]: array }, others as RecordingOptions);
}

function columnOf(bytes: Uint8Array): NumericArray {
  const { columns, names, rows } = readCsv(bytes);
  if (columns.length !== 1) refuse("readCsv", `it has the columns ${names.join(", ")}, one column is needed`);
  return { kind: "array", type: "number", shape: [rows], order: "row-major", data: columns[0] };
}

async function bytesOf(where: string, path: string, format: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    const code = (error as { code?: string }).code;
    if (code !== undefined) refuse(where, `${path}: ${reasons[code] ?? code}, ${format} file is needed`);
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a folder",
  EACCES: "reading it is not allowed",
};

/** Throws where the first bytes are those of another format than the ending's. */
function checkMagic(kind: Kind, bytes: Uint8Array): void {
  const seen = kindOf(bytes);
  // an HDF5 file may be MATLAB 7.3 or NWB: its own reader tells
  const fits = seen === undefined || seen === kind || (seen === "nwb" && kind === "mat");
  if (!fits) refuse("readRecording", `its bytes are those of ${formats[seen]} file: give it that format's ending`);
}

function kindOf(bytes: Uint8Array): Kind | undefined {
  const start = Buffer.from(bytes.subarray(0, 16)).toString("latin1");
  if (start.startsWith("\x93NUMPY")) return "npy";
  if (start.startsWith("PK\x03\x04")) return "npz";
  if (start.startsWith("MATLAB ")) return "mat";
  return hdf5Start(bytes) === 0 ? "nwb" : isMat73(bytes) ? "mat" : undefined;
}

/** Errors of a reader under this function's name, with the file. */
async function named<T>(where: string, file: string, read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    // the caller called another function than the one that refused
    if (error instanceof InputError) refuse(where, `${file}: ${error.message.replace(/^\w+: /, "")}`);
    throw error;
  }
}
