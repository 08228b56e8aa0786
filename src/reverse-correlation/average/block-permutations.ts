import { integerAt, permutation } from "../../math/random.js";
import { randomStream } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";

/** A recording cut into blocks of equal length from `offset` on, going round, the blocks in another order. */
export interface BlockPermutation {
  /** bins a block */
  readonly length: number;
  /** the first bin of block 0, counted from the first bin with a full window */
  readonly offset: number;
  /** [blocks]: block i shows the counts of block `order[i]` */
  readonly order: Uint32Array;
}

const leastBlocks = 10;

/**
 * Permutations of the spikes' blocks, one a draw: within a block of a second (and at least the longest lag) spikes keep their
 * own statistics, and no block keeps its stimulus but by chance.
 *
 * Why blocks and not one circular shift: the pixels of an m-sequence show one sequence at different times, so that a shifted
 * train finds the cell's own field again at another pixel. Blocks that move by different amounts do not.
 */
export function blockPermutations(
  where: string,
  stimulus: Stimulus,
  lags: number,
  draws: number,
  seed: number,
): BlockPermutation[] {
  const bins = stimulus.frames - lags + 1;
  const length = Math.max(lags, Math.ceil(1 / stimulus.frameSeconds));
  const blocks = Math.floor(bins / length);
  if (blocks < leastBlocks) {
    refuse(
      where,
      `stimulus has ${bins} bins with a full window, at least ${leastBlocks * length} are needed: ${leastBlocks} blocks of ${length} to permute`,
    );
  }
  const [orders, offsets] = [randomStream(seed, "permutations"), randomStream(seed, "nullShifts")];
  return Array.from({ length: draws }, (_, draw) => ({
    length,
    offset: integerAt(bins, offsets, draw, 0),
    order: permutation(blocks, orders, draw),
  }));
}

/** The count that a permutation moves into bin `bin`; bins before `lags - 1` hold none, what fills no block stays in place. */
export function permutedCount(
  counts: Uint32Array,
  lags: number,
  { length, offset, order }: BlockPermutation,
  bin: number,
): number {
  const first = lags - 1;
  const bins = counts.length - first;
  const at = bin - first;
  if (at < 0 || at >= bins) return 0;
  const place = (at - offset + bins) % bins;
  const block = Math.floor(place / length);
  const from = block < order.length ? order[block] * length + (place % length) : place;
  return counts[first + ((from + offset) % bins)];
}
