import type { Response } from "../cells/response.js";
import type { Gabor } from "../math/gabor.js";
import { stimulusFromProtocol } from "../stimuli/protocol.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import type { Context } from "./experiment.js";

/** What the two simulated cells share: how many frames they see, how they fire, from which seed. */
export interface SimulatedCellSettings {
  /** seed of the noise and, in a stream of its own, of the spikes */
  readonly seed: number;
  /** in degrees of visual angle where the protocol's grid names a step */
  readonly gabor: Gabor;
  /** frames shown; null: as many as the protocol says */
  readonly frames: number | null;
  /** spikes/s at the largest drive of the run */
  readonly peakRate: number;
}

/** The protocol as it was read; its seed and, where set, its frames are replaced. */
export interface ProtocolInputs {
  readonly protocol: object;
}

/** The stimulus that a protocol and the settings describe. */
export function shownStimulus(inputs: ProtocolInputs, settings: SimulatedCellSettings): Stimulus {
  const frames = settings.frames === null ? {} : { frames: settings.frames };
  return stimulusFromProtocol({ ...inputs.protocol, ...frames, seed: settings.seed });
}

/** A stimulus of which every frame that is read, in one pass, is told as progress. */
export function watchedStimulus(stimulus: Stimulus, onProgress: Context["onProgress"], unit: string): Stimulus {
  return {
    ...stimulus,
    read: (start, count, into) => {
      onProgress?.({ done: start + count, total: stimulus.frames, unit });
      return stimulus.read(start, count, into);
    },
  };
}

/** The expected count of every bin, `λ(t) = peakRate·drive(t)/largest drive·frameSeconds`. */
export function expectedCounts({ drive, frameSeconds }: Response, peakRate: number): Float64Array {
  const peak = drive.reduce((most, value) => Math.max(most, value), 0);
  return drive.map((value) => (peakRate * frameSeconds * value) / peak);
}
