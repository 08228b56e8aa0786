import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sources } from "../experiments/experiment.js";
import type { Recording } from "../formats/recording.js";
import type { Photograph } from "../stimuli/photographs.js";
import { stimulusFromProtocol } from "../stimuli/protocol.js";
import { InputError, refuse } from "../tensor/errors.js";
import { packagedPhotographs, photographsIn } from "./images.js";
import { readRecording } from "./recordings.js";

/** What an experiment's sources hold, read: a key for each source that was named. */
export interface Inputs {
  readonly protocol?: object;
  readonly photographs?: readonly Photograph[];
  readonly recording?: Recording;
}

/** The folder of protocols that the package carries; as far from the sources as from what is built of them. */
const protocolFolder = fileURLToPath(new URL("../../stimuli/", import.meta.url));

/** Reads the sources that an experiment names; throws one line that names the file that cannot be read. */
export async function loadInputs(sources: Sources): Promise<Inputs> {
  return {
    ...(sources.protocol === undefined ? {} : { protocol: await readProtocol(sources.protocol) }),
    ...(sources.photographs === undefined ? {} : { photographs: await readPhotographs(sources.photographs) }),
    ...(sources.recording === undefined
      ? {}
      : { recording: await readRecording(sources.recording.path, sources.recording.reading) }),
  };
}

function readPhotographs(source: string): Promise<readonly Photograph[]> {
  return source === "packaged" ? packagedPhotographs() : photographsIn(source);
}

/** A protocol by its name in the package, such as `white-noise-24x24`, or by the path of a file. */
async function readProtocol(source: string): Promise<object> {
  const isName = /^[a-z0-9-]+$/.test(source);
  const path = isName ? join(protocolFolder, `${source}.json`) : source;
  const text = await readFile(path, "utf8").catch((error: Error) =>
    refuse("protocol", `${path} cannot be read: ${error.message}`),
  );
  try {
    const protocol = JSON.parse(text) as object;
    stimulusFromProtocol(protocol);
    return protocol;
  } catch (error) {
    const { message } = error as Error;
    const wrong = error instanceof InputError ? `: ${message.replace(/^\w+: /, "")}` : ` is not JSON: ${message}`;
    return refuse("protocol", `${path}${wrong}`);
  }
}
