import { integerAt } from "../../math/random.js";
import { randomStream } from "../../math/random-streams.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";

/**
 * The circular shifts of a null, one a draw: spikes keep their own statistics and lose their stimulus.
 *
 * Uniform over the shifts that move the spikes by at least the longest lag and a second either way, over the bins with a
 * full window, no shift twice: draw d is row d of the seed's stream, and takes the row's first number that no earlier draw
 * took. Fewer shifts than draws are refused, since a p of 1 / (1 + draws) rests on as many different ones.
 */
export function nullShifts(where: string, stimulus: Stimulus, lags: number, draws: number, seed: number): number[] {
  const bins = stimulus.frames - lags + 1;
  const least = lags + Math.ceil(1 / stimulus.frameSeconds);
  const choices = bins - 2 * least + 1;
  if (choices < draws) {
    refuse(
      where,
      `stimulus has ${bins} bins with a full window, at least ${2 * least + draws - 1} are needed to shift the spikes by ${least} either way in ${draws} draws`,
    );
  }
  const stream = randomStream(seed, "nullShifts");
  const taken = new Set<number>();
  for (let draw = 0; draw < draws; draw++) {
    let attempt = 0;
    while (taken.size === draw) taken.add(least + integerAt(choices, stream, draw, attempt++));
  }
  return [...taken];
}

/** The count that a shift moves into bin `bin`: counts of the bins from `lags - 1` on go round, the ones before are 0. */
export function shiftedCount(counts: Uint32Array, lags: number, shift: number, bin: number): number {
  const first = lags - 1;
  const bins = counts.length - first;
  const at = bin - first;
  return at >= 0 && at < bins ? counts[first + ((at + bins - shift) % bins)] : 0;
}
