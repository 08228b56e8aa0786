import type { SpikeTrain } from "../../cells/response.js";
import { cholesky } from "../../math/cholesky.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import { binsWithSpikes, countSpikes, refuseConstantCounts, refuseSilence, timingWarnings } from "../pairing.js";
import { type Whitening, whiteMoments, whiteningOf, whiteningWarnings } from "./istac-whitening.js";
import { type AllMoments, type Moments, type Watch, windowMoments } from "./stc-moments.js";

/** What the spikes' stimuli are, beside all of them. */
export interface Ensembles {
  readonly moments: AllMoments;
  readonly white: Whitening;
  /** the spikes' moments in white coordinates, their covariance of full rank */
  readonly spikes: Moments;
  /** those of the shifted spikes whose covariance has full rank */
  readonly draws: readonly Draw[];
  readonly used: number;
  readonly skipped: number;
  readonly warnings: readonly string[];
}

/** Spikes shifted in time, in white coordinates. */
export interface Draw {
  readonly shift: number;
  readonly spikes: Moments;
}

/** Both ensembles in white coordinates; refuses a constant stimulus and too few spikes for a covariance. */
export function ensemblesOf(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  { lags, leastVariance }: { readonly lags: number; readonly leastVariance: number },
  shifts: readonly number[] = [],
  watch: Watch = {},
): Ensembles {
  const counted = countSpikes(spikes, lags);
  const { used, skipped } = counted;
  refuseSilence(where, counted, lags - 1);
  refuseConstantCounts(where, spikes, lags - 1);
  const moments = windowMoments(where, stimulus, spikes.counts, lags, shifts, watch);
  const white = whiteningOf(where, moments.all, leastVariance);
  const own = whiteMoments(white, moments.spikes);
  const bins = binsWithSpikes(spikes, lags);
  if (bins <= white.kept || !hasFullRank(own)) {
    refuse(
      where,
      `spikes has ${used} spikes in ${bins} bins, their covariance in ${white.kept} dimensions has no full rank: more spikes or fewer pixels are needed`,
    );
  }
  const draws = moments.draws
    .map((draw, d): Draw => ({ shift: shifts[d], spikes: whiteMoments(white, draw) }))
    .filter((draw) => hasFullRank(draw.spikes));
  const warnings = [...whiteningWarnings(white, moments.constantEntries), ...timingWarnings(spikes)];
  if (draws.length < shifts.length)
    warnings.push(
      `${shifts.length - draws.length} of ${shifts.length} draws have too few spikes for a covariance: left out`,
    );
  return { moments, white, spikes: own, draws, used, skipped, warnings };
}

/** A variance below this share of 1 is the rounding of float32's sums: a direction in which the spikes do not vary. */
const singular = 1e-6;

function hasFullRank({ covariance, mean }: Moments): boolean {
  const P = mean.length;
  const less = covariance.slice();
  for (let i = 0; i < P; i++) less[i * P + i] -= singular;
  return cholesky(less, P) !== undefined;
}
