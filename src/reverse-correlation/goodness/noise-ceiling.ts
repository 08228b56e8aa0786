import type { SpikeTrain } from "../../cells/response.js";
import { variance } from "../../math/statistics.js";
import { checkInteger, checkOptions, describe } from "../../tensor/arguments.js";
import { refuse } from "../../tensor/errors.js";

/** How much of a response repeats, and so can be predicted at all. */
export interface NoiseCeiling {
  readonly kind: "noise-ceiling";
  readonly repeats: number;
  readonly bins: number;
  /** SP, the variance over time of the expected count, counts² a bin; its estimate may be below 0 */
  readonly signalPower: number;
  /** NP, the mean variance of one repeat about the expected count, counts² a bin */
  readonly noisePower: number;
  /** `Var(ȳ)`, the variance over time of the mean of the repeats, `SP + NP/N` */
  readonly averagedPower: number;
  /** `SP / (SP + NP)`: the share of one repeat's variance that a perfect model explains */
  readonly explainableVariance: number;
  /** `√(SP / Var(ȳ))`: the correlation of a perfect model with the mean of these repeats; NaN where SP is not above 0 */
  readonly ceiling: number;
  /** of each, from the estimates with one block of time left out */
  readonly standardErrors: {
    readonly signalPower: number;
    readonly noisePower: number;
    readonly averagedPower: number;
    readonly explainableVariance: number;
    readonly ceiling: number;
  };
  readonly warnings: readonly string[];
}

export interface NoiseCeilingOptions {
  /** the first bin that counts; default 0 */
  readonly first?: number;
  /** blocks of time for the standard errors; default 40 */
  readonly blocks?: number;
}

/**
 * The signal and the noise in repeats of one stimulus:
 * `SP = (N·Var(ȳ) - mean_n Var(y_n)) / (N - 1)`, `NP = mean_n Var(y_n) - SP`, variances over time.
 *
 * Whatever the noise's distribution, SP is unbiased as long as the repeats are independent and the cell does not drift.
 *
 * @param repeats N >= 2 spike trains of the same frames
 * @returns the powers, the explainable share, the ceiling of a correlation, and their standard errors
 * @throws InputError if there are fewer than two repeats, they differ in bins, or no spike is among them
 * @see Sahani & Linden 2003, NIPS 15:317; Schoppe, Harper, Willmore, King & Schnupp 2016, Front Comput Neurosci 10:10
 */
export function noiseCeiling(repeats: readonly SpikeTrain[], options: NoiseCeilingOptions = {}): NoiseCeiling {
  const where = "noiseCeiling";
  checkOptions(where, options, ["first", "blocks"]);
  checkRepeats(where, repeats, 2);
  return ceilingOf(where, repeats, options);
}

/** The same for a public function named `where`, which its errors name. */
export function ceilingOf(where: string, repeats: readonly SpikeTrain[], options: NoiseCeilingOptions): NoiseCeiling {
  const { first = 0, blocks = 40 } = options;
  const frames = repeats[0].counts.length;
  if (frames < 4) refuse(where, `repeats have ${frames} bins, at least 4 are needed`);
  checkInteger(where, "first", first, 0, frames - 4);
  checkInteger(where, "blocks", blocks, 2, Math.floor((frames - first) / 2));
  const counts = repeats.map((train) => Float64Array.from(train.counts.subarray(first)));
  if (counts.every((train) => train.every((n) => n === 0)))
    refuse(where, "repeats hold no spike, at least one is needed");
  const whole = powersOf(counts);
  return {
    kind: "noise-ceiling",
    repeats: repeats.length,
    bins: frames - first,
    ...whole,
    standardErrors: leftOutErrors(frames - first, blocks, (keep) =>
      powersOf(counts.map((train) => train.filter(keep))),
    ),
    warnings: warningsOf(whole),
  };
}

function warningsOf({ signalPower, noisePower }: ReturnType<typeof powersOf>): string[] {
  if (!(signalPower > 0)) return ["no signal: the repeats share no more than chance, nothing can be explained"];
  return noisePower > 1e-9 * signalPower
    ? []
    : ["no noise: the repeats agree as one train with itself, or better than chance allows"];
}

/** The numbers of `NoiseCeiling`. */
export function powersOf(repeats: readonly Float64Array[]) {
  const N = repeats.length;
  const averaged = variance(meanOf(repeats));
  const single = repeats.reduce((sum, train) => sum + variance(train), 0) / N;
  const signalPower = (N * averaged - single) / (N - 1);
  return {
    signalPower,
    noisePower: single - signalPower,
    averagedPower: averaged,
    explainableVariance: signalPower / single,
    ceiling: signalPower > 0 ? Math.sqrt(signalPower / averaged) : Number.NaN,
  };
}

/** The mean of the repeats in each bin. */
export function meanOf(repeats: readonly ArrayLike<number>[]): Float64Array {
  return Float64Array.from(repeats[0], (_, t) => repeats.reduce((sum, train) => sum + train[t], 0) / repeats.length);
}

/**
 * Standard errors from leaving out one block of time after the other: `√((B - 1)/B · Σ (θ_b - θ̄)²)`.
 *
 * @see Efron & Tibshirani 1993, An Introduction to the Bootstrap, chapter 11, for the jackknife
 */
export function leftOutErrors<K extends string>(
  bins: number,
  blocks: number,
  estimate: (keep: (value: number, bin: number) => boolean) => Readonly<Record<K, number>>,
): Record<K, number> {
  const left = Array.from({ length: blocks }, (_, b) =>
    estimate((_value, bin) => Math.floor((bin * blocks) / bins) !== b),
  );
  const errors = { ...left[0] } as Record<K, number>;
  for (const name of Object.keys(errors) as K[]) {
    const mean = left.reduce((sum, one) => sum + one[name], 0) / blocks;
    const squares = left.reduce((sum, one) => sum + (one[name] - mean) ** 2, 0);
    errors[name] = Math.sqrt(((blocks - 1) / blocks) * squares);
  }
  return errors;
}

/** Throws unless there are `least` spike trains of the same bins. */
export function checkRepeats(where: string, repeats: readonly SpikeTrain[], least: number): void {
  if (!Array.isArray(repeats)) refuse(where, `repeats is ${describe(repeats)}, a list of spike trains is needed`);
  if (repeats.length < least) refuse(where, `repeats has ${repeats.length} spike trains, at least ${least} are needed`);
  repeats.forEach((train, i) => {
    if (train?.kind !== "spike-train") refuse(where, `repeats[${i}] is ${describe(train)}, a spike train is needed`);
    const [bins, seconds] = [repeats[0].counts.length, repeats[0].frameSeconds];
    if (train.counts.length !== bins)
      refuse(
        where,
        `repeats[${i}] has ${train.counts.length} bins, repeats[0] has ${bins}: one stimulus has one length`,
      );
    if (Math.abs(train.frameSeconds - seconds) > 1e-9 * seconds)
      refuse(where, `repeats[${i}] has bins of ${train.frameSeconds} s, repeats[0] has ${seconds} s`);
  });
}
