import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { checkFinite, checkInteger } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";
import { checkKernel, filterDrive } from "../filter-drive.js";
import { lnFactorial } from "../goodness/bits-per-spike.js";
import { checkPairing, countSpikes, refuseSilence } from "../pairing.js";
import { type Filter, kernelsOf, longest } from "./model.js";

/** A filter, or its output in every frame, `[frames]`. */
export type DriveSource = Filter | ArrayLike<number>;

/** The outputs of one or two filters beside the spikes, over the bins with a full window. */
export interface DriveAndSpikes {
  /** one or two, [bins] */
  readonly drives: readonly Float64Array[];
  /** [bins] */
  readonly counts: Uint32Array;
  readonly frameSeconds: number;
  readonly spikesUsed: number;
  readonly spikesSkipped: number;
}

/** Pairs drives with spikes. `first` is the first bin that counts where drives are given, which have no lags to tell. */
export function drivesAndSpikes(
  where: string,
  source: DriveSource | readonly [DriveSource, DriveSource],
  stimulus: Stimulus,
  spikes: SpikeTrain,
  first: number | undefined,
): DriveAndSpikes {
  checkPairing(where, stimulus, spikes, 1);
  const sources = isPair(source) ? source : [source];
  const given = sources.map(isDrive);
  if (first !== undefined && !given.every(Boolean))
    refuse(where, "first is given beside a filter, whose lags tell the first bin");
  if (first !== undefined) checkInteger(where, "first", first, 0, stimulus.frames - 1);
  const kernels = sources.flatMap((one) => (isDrive(one) ? [] : kernelsOf(where, one)));
  const lags = kernels.length > 0 ? longest(kernels) : (first ?? 0) + 1;
  checkPairing(where, stimulus, spikes, lags);
  const drives = sources.map((one) => driveOf(where, one, stimulus).subarray(lags - 1));
  const { used, skipped } = countSpikes(spikes, lags);
  refuseSilence(where, { used, skipped }, lags - 1);
  drives.forEach((drive, i) => {
    if (drive.every((z) => z === drive[0])) refuse(where, `drive ${i} is ${drive[0]} in every frame, it must vary`);
  });
  return {
    drives,
    counts: spikes.counts.subarray(lags - 1),
    frameSeconds: spikes.frameSeconds,
    spikesUsed: used,
    spikesSkipped: skipped,
  };
}

function isDrive(source: DriveSource): source is ArrayLike<number> {
  return ArrayBuffer.isView(source) || (Array.isArray(source) && source.every((z) => typeof z === "number"));
}

function isPair(
  source: DriveSource | readonly [DriveSource, DriveSource],
): source is readonly [DriveSource, DriveSource] {
  return Array.isArray(source) && source.length === 2 && source.every((one) => typeof one === "object");
}

function driveOf(where: string, source: DriveSource, stimulus: Stimulus): Float64Array {
  if (!isDrive(source)) {
    const [kernel] = kernelsOf(where, source);
    checkKernel(where, kernel, stimulus);
    return filterDrive(kernel, stimulus);
  }
  if (source.length !== stimulus.frames)
    refuse(where, `drive has ${source.length} numbers, the stimulus has ${stimulus.frames} frames`);
  checkFinite(where, "drive", source);
  return Float64Array.from(source);
}

/** `Σ n·ln λ - λ - ln n!` of a rate in spikes/s. */
export function poissonLogLikelihood(
  { drives, counts, frameSeconds }: DriveAndSpikes,
  rateAt: (z: number, z2?: number) => number,
): number {
  let sum = 0;
  for (let t = 0; t < counts.length; t++) {
    const expected = rateAt(drives[0][t], drives[1]?.[t]) * frameSeconds;
    sum += (counts[t] > 0 ? counts[t] * Math.log(expected) : 0) - expected - lnFactorial(counts[t]);
  }
  return sum;
}
