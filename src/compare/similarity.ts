import { fillWords } from "../math/random.js";
import type { RandomStream } from "../math/random-streams.js";
import { quantileOfSorted } from "../math/statistics.js";
import type { Contest } from "./distances.js";

/** How alike two distributions are: 1 minus the largest difference of their cumulative ones. */
export interface Similarity {
  /** from 0 (no overlap) to 1 (the same shares) */
  readonly value: number;
  /** the bootstrap interval, both samples drawn anew */
  readonly low: number;
  readonly high: number;
  readonly level: number;
  readonly draws: number;
  /** what two samples of these sizes reach where both come from the reference: the median and the lowest twentieth's end */
  readonly ofOneDistribution: { readonly median: number; readonly low: number };
}

/** The level of the interval, and the share of samples of one distribution that count as too unlike. */
const level = 0.95;

/**
 * The similarity of a sample and a reference, `1 - D`, with its bootstrap interval.
 *
 * Each draw takes as many values with replacement from our sample and as many cells from the reference. The interval is
 * the percentile one of `1 - D`. A resampled D cannot shrink to 0, so where the samples are as alike as 95 % of pairs of
 * samples that both come from the reference, the interval goes up to 1.
 *
 * @param contest a sample of at least one value
 * @param source the stream of the draws
 * @param firstRow two rows of the stream a draw are used from here on
 */
export function similarityOf<T>(
  contest: Contest<T>,
  source: RandomStream,
  firstRow: number,
  draws: number,
): Similarity {
  const { ours, counts, distance } = contest;
  const cells = counts.flatMap((count, bin) => new Array<number>(count).fill(bin));
  const [n, all] = [ours.length, ours.length + cells.length];
  const [resampled, same] = [new Float64Array(draws), new Float64Array(draws)];
  const words = new Uint32Array(all);
  const places = new Uint32Array(n);
  const sample = new Array<T>(n);
  const fromReference = new Array<T>(n);
  for (let draw = 0; draw < draws; draw++) {
    fillWords(words, source, firstRow + 2 * draw);
    fillWords(places, source, firstRow + 2 * draw + 1);
    // a word picks one of our values and one cell of the reference: they enter two distances that never meet
    for (let i = 0; i < n; i++) {
      sample[i] = ours[below(n, words[i])];
      fromReference[i] = contest.valueIn(cells[below(cells.length, words[i])], places[i] / 2 ** 32);
    }
    const reference = recount(cells, words, n, counts.length);
    resampled[draw] = similar(distance(sample, reference));
    same[draw] = similar(distance(fromReference, reference));
  }
  resampled.sort();
  same.sort();
  const value = similar(distance(ours, counts));
  const ofOneDistribution = { median: quantileOfSorted(same, 0.5), low: quantileOfSorted(same, 1 - level) };
  return {
    value,
    low: Math.min(value, quantileOfSorted(resampled, (1 - level) / 2)),
    high: value >= ofOneDistribution.low ? 1 : Math.max(value, quantileOfSorted(resampled, (1 + level) / 2)),
    level,
    draws,
    ofOneDistribution,
  };
}

/** A word scaled to 0 … n-1; no place is favoured by more than n / 2^32. */
function below(n: number, word: number): number {
  return Math.floor((word / 2 ** 32) * n);
}

/** A histogram of cells drawn with replacement, one for each word from `start` on. */
function recount(cells: readonly number[], words: Uint32Array, start: number, bins: number): number[] {
  const counts = new Array<number>(bins).fill(0);
  for (let i = start; i < words.length; i++) counts[cells[below(cells.length, words[i])]]++;
  return counts;
}

/** 1 - D; shares that sum to 1 but for rounding may differ by a little more than 1. */
function similar(distance: number): number {
  return Math.max(0, 1 - distance);
}
