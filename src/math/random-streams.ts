import { checkInteger } from "../tensor/arguments.js";

/**
 * One number a purpose, the last word of the generator's counter: draws for different purposes are independent under the
 * same seed. A number once given keeps its meaning, since it decides the bits of every result.
 */
export const STREAMS = {
  stimulus: 1,
  spikes: 2,
  nullShifts: 3,
  bootstrap: 4,
  permutations: 5,
  initialKernels: 6,
  patches: 7,
  batches: 8,
  fitStarts: 9,
  phaseScrambling: 10,
  crossValidation: 11,
  populations: 12,
  tests: 13,
  clusters: 14,
} as const;

export type Purpose = keyof typeof STREAMS;

/** What a draw is made from, as a plain record: the same record and place give the same bits everywhere. */
export interface RandomStream {
  /** whole number from 0 to 2^53 - 1 */
  readonly seed: number;
  /** the last word of the counter, one of STREAMS */
  readonly stream: number;
}

/** The stream of a seed for a purpose. The seed is trusted: check it at the public door with `checkSeed`. */
export function randomStream(seed: number, purpose: Purpose): RandomStream {
  return { seed, stream: STREAMS[purpose] };
}

/** Throws unless `seed` is a whole number from 0 to 2^53 - 1. */
export function checkSeed(where: string, seed: unknown): asserts seed is number {
  checkInteger(where, "seed", seed);
}
