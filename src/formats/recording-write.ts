import type { SpikeTrain } from "../cells/response.js";
import { spikesFrom } from "../cells/spikes.js";
import { checkPairing } from "../reverse-correlation/pairing.js";
import { stimulusFrom } from "../stimuli/given-frames.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { tensor } from "../tensor/tensor.js";
import { writeCsv } from "./csv.js";
import { writeNpz } from "./npz.js";
import { type WriteNwbOptions, writeNwb } from "./nwb-write.js";
import type { Recording } from "./recording-parts.js";

/**
 * A recording of a simulated cell, all frames of its stimulus in memory: what the writers take.
 *
 * @param stimulus what was shown
 * @param spikes what the cell answered, in bins of the stimulus's frames
 * @param options source: where it comes from; default "a simulated cell"
 * @throws InputError if the train does not fit the stimulus
 */
export function recordingOfSpikes(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: { readonly source?: string } = {},
): Recording {
  const where = "recordingOfSpikes";
  checkOptions(where, options, ["source"]);
  checkPairing(where, stimulus, spikes, 1);
  const { frames, frameSeconds, grid } = stimulus;
  return {
    kind: "recording",
    stimulus: tensor(stimulus.read(0, frames), [frames, grid.height, grid.width]),
    counts: spikes.counts,
    frameSeconds,
    ...(grid.step === undefined ? {} : { step: grid.step }),
    spikesOutside: spikes.spikesOutside,
    source: options.source ?? "a simulated cell",
    notes: [`frames of ${frameSeconds} s, as simulated`],
  };
}

/** A recording as an `.npz` file that `numpy.load` and `recordingFromNpz` read: `stim`, `counts`, `frameSeconds` and, where it is known, `step`. */
export function recordingToNpz(recording: Recording): Uint8Array {
  checkRecording("recordingToNpz", recording);
  const { stimulus, counts, frameSeconds, step } = recording;
  const number = (value: number) => tensor(Float64Array.of(value), []);
  const column = { kind: "array", type: "uint32", shape: [counts.length], order: "row-major", data: counts } as const;
  return writeNpz({
    stim: stimulus,
    counts: column,
    frameSeconds: number(frameSeconds),
    ...(step === undefined ? {} : { step: number(step) }),
  });
}

/**
 * A recording as a CSV file that `recordingFromCsv` reads: columns `frameTimes`, `counts`, `step` where it is known, `r0c0`, `r0c1`,
 * …, a frame a row.
 */
export function recordingToCsv(recording: Recording): Uint8Array {
  checkRecording("recordingToCsv", recording);
  const { stimulus, counts, frameSeconds, step } = recording;
  const [frames, height, width] = stimulus.shape;
  const columns: Record<string, ArrayLike<number>> = {
    frameTimes: Float64Array.from({ length: frames }, (_, t) => t * frameSeconds),
    counts,
    ...(step === undefined ? {} : { step: new Float64Array(frames).fill(step) }),
  };
  for (let pixel = 0; pixel < height * width; pixel++) {
    const column = Float32Array.from({ length: frames }, (_, t) => stimulus.data[t * height * width + pixel]);
    columns[`r${Math.floor(pixel / width)}c${pixel % width}`] = column;
  }
  return writeCsv(columns);
}

/**
 * A recording as an NWB 2 file, see `writeNwb`.
 *
 * @throws InputError as `writeNwb` does
 */
export function recordingToNwb(recording: Recording, options: WriteNwbOptions = {}): Promise<Uint8Array> {
  checkRecording("recordingToNwb", recording);
  const { stimulus, counts, frameSeconds, step } = recording;
  return writeNwb(
    { stimulus: stimulusFrom(stimulus, { frameSeconds, step }), spikes: spikesFrom(counts, { frameSeconds }) },
    { sessionDescription: `A recording: ${recording.source}`, ...options },
  );
}

function checkRecording(where: string, recording: unknown): asserts recording is Recording {
  if ((recording as Recording)?.kind !== "recording")
    refuse(where, `recording is ${describe(recording)}, a recording is needed`);
}
