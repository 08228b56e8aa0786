import { poissonAt } from "../math/random.js";
import { checkSeed, randomStream } from "../math/random-streams.js";
import { checkFinite, checkInteger, checkOptions, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Response, SpikeTrain } from "./response.js";
import { trainOf } from "./spikes.js";

export interface PoissonSpikesOptions {
  /** spikes/s at `peakDrive` */
  readonly peakRate: number;
  /** the drive at which the rate is `peakRate`; default the largest drive in this response */
  readonly peakDrive?: number;
  /** index of the response's first frame in the whole stimulus; default 0 */
  readonly firstFrame?: number;
  /** whole number from 0 to 2^53 - 1; the same seed in a stimulus gives an independent stream */
  readonly seed: number;
}

/** the largest expected count of a bin: far above any neuron's, far below what a bin can hold */
const MOST = 1e6;

/**
 * Poisson spikes: each bin's count is drawn alone, with mean `rate · frameSeconds`, `rate = peakRate · drive / peakDrive`.
 *
 * Frame t is row t of the seed's spike stream. Whoever splits a stimulus gives `peakDrive`, and for each part its
 * `firstFrame`, and gets the counts of the whole.
 *
 * @param response drives of at least 0, `[frames]`
 * @param options peakRate (spikes/s), peakDrive (the drive's unit), firstFrame, seed
 * @returns counts `[frames]`; its specification names the cell, the stimulus, and the peak drive that was used
 * @throws InputError if a drive is negative, NaN or infinite, all drives are 0 and no peakDrive is given, the expected count
 *   of a bin exceeds 10^6, or an option is wrong
 */
export function poissonSpikes(response: Response, options: PoissonSpikesOptions): SpikeTrain {
  const where = "poissonSpikes";
  if (response?.kind !== "response") refuse(where, `response is ${describe(response)}, a response is needed`);
  checkOptions(where, options, ["peakRate", "peakDrive", "firstFrame", "seed"]);
  const { peakRate, peakDrive = largestOf(where, response), firstFrame = 0, seed } = options ?? {};
  checkPositive(where, "peakRate", peakRate);
  checkPositive(where, "peakDrive", peakDrive);
  checkInteger(where, "firstFrame", firstFrame);
  checkSeed(where, seed);
  const { drive, frameSeconds, cell, stimulus } = response;
  checkDrives(where, drive);
  const source = randomStream(seed, "spikes");
  const counts = new Uint32Array(drive.length);
  for (let t = 0; t < drive.length; t++) {
    const mean = ((peakRate * drive[t]) / peakDrive) * frameSeconds;
    if (mean > MOST)
      refuse(where, `frame ${t} has an expected count of ${mean.toPrecision(3)}, at most ${MOST} is needed`);
    counts[t] = poissonAt(mean, source, firstFrame + t);
  }
  const specification = { name: "poisson-spikes", peakRate, peakDrive, firstFrame, seed, cell, stimulus };
  return trainOf(counts, frameSeconds, 0, specification);
}

function checkDrives(where: string, drive: Float64Array): void {
  checkFinite(where, "drive", drive);
  const negative = drive.findIndex((value) => value < 0);
  if (negative >= 0)
    refuse(
      where,
      `drive[${negative}] is ${drive[negative]}, a rate needs drives of at least 0: rectify the cell's output`,
    );
}

function largestOf(where: string, response: Response): number {
  checkDrives(where, response.drive);
  const largest = response.drive.reduce((most, value) => Math.max(most, value), 0);
  if (largest === 0) refuse(where, "the drive is 0 in every frame, peakDrive is needed");
  return largest;
}
