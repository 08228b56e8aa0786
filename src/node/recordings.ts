import { readFile } from "node:fs/promises";
import { extname } from "node:path";
import { type Recording, type RecordingOptions, recordingFromMat, recordingFromNpz } from "../formats/recording.js";
import { InputError, refuse } from "../tensor/errors.js";

const readers = {
  ".mat": { read: recordingFromMat, format: "MATLAB 5" },
  ".npz": { read: recordingFromNpz, format: "NumPy npz" },
} as const;

/**
 * The recording in a file: a MATLAB 5 file (`.mat`) or a NumPy archive (`.npz`) with frames and spike counts.
 *
 * @param path the file; its ending says the format
 * @param options names, frame duration and frame axis as in `recordingFromMat`; `source` defaults to the path
 * @returns the recording, its stimulus [frames, height, width]
 * @throws InputError in one line that names the file, the format expected and where it broke
 */
export async function readRecording(path: string, options: RecordingOptions = {}): Promise<Recording> {
  const where = "readRecording";
  const ending = extname(path).toLowerCase();
  if (ending !== ".mat" && ending !== ".npz") {
    refuse(where, `${path} ends in ${ending === "" ? "nothing" : ending}, .mat (MATLAB 5) or .npz (NumPy) is needed`);
  }
  const { read, format } = readers[ending];
  try {
    return read(await readFile(path), { source: path, ...options });
  } catch (error) {
    if (error instanceof InputError) refuse(where, `${path}, as a ${format} file: ${withoutDoor(error.message)}`);
    const code = (error as { code?: string }).code;
    if (code !== undefined) refuse(where, `${path}: ${reasons[code] ?? code}, a ${format} file is needed`);
    throw error;
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  EISDIR: "this is a folder",
  EACCES: "reading it is not allowed",
};

/** A message without the name of the function that refused: the caller called another. */
function withoutDoor(message: string): string {
  return message.replace(/^recordingFrom\w+: /, "");
}
