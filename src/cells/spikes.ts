import { checkOptions, checkPositive, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { SpikeTrain } from "./response.js";

/**
 * A spike train of given counts.
 *
 * @param counts spikes in each bin, whole numbers from 0 to 2^32 - 1, `[frames]`
 * @param options frameSeconds: seconds a bin
 * @returns a spike train of its own copy of the counts
 * @throws InputError if there is no bin, a count is not a whole number of at least 0, or an option is unknown
 */
export function spikesFrom(counts: ArrayLike<number>, options: { readonly frameSeconds: number }): SpikeTrain {
  const where = "spikesFrom";
  checkList(where, "counts", counts);
  checkOptions(where, options, ["frameSeconds"]);
  const { frameSeconds } = options ?? {};
  checkPositive(where, "frameSeconds", frameSeconds);
  if (counts.length === 0) refuse(where, "counts is empty, at least one bin is needed");
  for (let t = 0; t < counts.length; t++) {
    const count = counts[t];
    if (!Number.isInteger(count) || count < 0 || count >= 2 ** 32)
      refuse(where, `counts[${t}] is ${describe(count)}, a whole number from 0 to ${2 ** 32 - 1} is needed`);
  }
  return trainOf(Uint32Array.from(counts), frameSeconds, 0, { name: "counts", frames: counts.length, frameSeconds });
}

/** The record of a spike train, its sum taken. */
export function trainOf(
  counts: Uint32Array,
  frameSeconds: number,
  spikesOutside: number,
  specification: SpikeTrain["specification"],
): SpikeTrain {
  const spikes = counts.reduce((sum, count) => sum + count, 0);
  return { kind: "spike-train", counts, frameSeconds, spikes, spikesOutside, specification };
}

/** Throws unless `value` is an array or a typed array. */
export function checkList(where: string, name: string, value: unknown): asserts value is ArrayLike<number> {
  if (!Array.isArray(value) && !(ArrayBuffer.isView(value) && !(value instanceof DataView)))
    refuse(where, `${name} is ${describe(value)}, a list of numbers is needed`);
}
