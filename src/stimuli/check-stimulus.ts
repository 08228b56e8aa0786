import { checkInteger, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import type { Stimulus } from "./stimulus.js";

/** Throws unless `value` is a stimulus. */
export function checkStimulus(where: string, value: unknown): asserts value is Stimulus {
  if (typeof value !== "object" || value === null || (value as Partial<Stimulus>).kind !== "stimulus")
    refuse(where, `stimulus is ${describe(value)}, a stimulus is needed`);
}

/**
 * The array that `read` fills: the first `count · pixels` elements of `into`, or a fresh array.
 *
 * @throws InputError unless the frames exist and `into` is a Float32Array that holds them
 */
export function targetOf(
  frames: number,
  pixels: number,
  start: number,
  count: number,
  into: Float32Array | undefined,
): Float32Array {
  checkInteger("read", "start", start, 0, frames);
  checkInteger("read", "count", count, 0, frames - start);
  if (into === undefined) return new Float32Array(count * pixels);
  if (!(into instanceof Float32Array)) refuse("read", `into is ${describe(into)}, a Float32Array is needed`);
  if (into.length < count * pixels)
    refuse("read", `into holds ${into.length} numbers, ${count} frames of ${pixels} pixels need ${count * pixels}`);
  return into.subarray(0, count * pixels);
}
