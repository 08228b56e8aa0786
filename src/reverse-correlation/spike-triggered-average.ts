import type { SpikeTrain } from "../cells/response.js";
import { pixelsOf } from "../math/grid.js";
import type { Stimulus } from "../stimuli/stimulus.js";
import { checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { tensor } from "../tensor/tensor.js";
import type { Estimate } from "./estimate.js";
import { checkPairing, countSpikes, eachBlock } from "./pairing.js";

export interface SpikeTriggeredAverageOptions {
  /** frames before and including the spike's own, lags 0 to `lags - 1`; default 1 */
  readonly lags?: number;
}

/**
 * The mean stimulus before a spike:
 * `STA(k, y, x) = Σ_t n(t)·I(t - k, y, x) / Σ_t n(t)`, over the bins `t >= lags - 1`, whose whole window was shown.
 *
 * A bin of n spikes weighs n. For Gaussian white noise and a linear filter before any nonlinearity
 * the expected STA is proportional to the filter.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @returns the average, `[lags, height, width]`, in the stimulus's contrast, lag 0 first
 * @throws InputError if the lengths or frame durations differ, no spike can be used, or the stimulus is constant
 * @see de Boer & Kuyper 1968; Chichilnisky 2001
 */
export function spikeTriggeredAverage(
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: SpikeTriggeredAverageOptions = {},
): Estimate {
  const where = "spikeTriggeredAverage";
  checkOptions(where, options, ["lags"]);
  const lags = options.lags ?? 1;
  checkPairing(where, stimulus, spikes, lags);
  const { used, skipped } = countSpikes(spikes, lags);
  if (used === 0) {
    refuse(where, `spikes has no spike from bin ${lags - 1} on (${skipped} before it), at least one is needed`);
  }
  const { sum, constantPixels } = sumBeforeSpikes(stimulus, spikes, lags);
  const pixels = pixelsOf(stimulus.grid);
  if (constantPixels === pixels) refuse(where, "stimulus is constant, it must vary for a field to be inferred");
  const warnings: string[] = [];
  if (constantPixels > 0) warnings.push(`${constantPixels} of ${pixels} pixels never change: nothing is known of them`);
  if (used < 2) warnings.push("one spike: the estimate is that one stimulus");
  return {
    kind: "estimate",
    method: "spike-triggered-average",
    grid: stimulus.grid,
    kernel: tensor(
      sum.map((value) => value / used),
      [lags, stimulus.grid.height, stimulus.grid.width],
    ),
    spikesUsed: used,
    spikesSkipped: skipped,
    warnings,
  };
}

/** `Σ_t n(t)·I(t - k)` for every lag, in float64, and how many pixels have one value throughout. */
function sumBeforeSpikes(stimulus: Stimulus, spikes: SpikeTrain, lags: number) {
  const pixels = pixelsOf(stimulus.grid);
  const sum = new Float64Array(lags * pixels);
  const first = stimulus.read(0, 1).slice();
  const varies = new Uint8Array(pixels);
  let constantPixels = pixels;
  eachBlock(stimulus, (frames, start, count) => {
    for (let i = 0; i < count; i++) {
      // Frame t is lag k of the spikes in bin t + k: one pass over the frames serves every lag.
      for (let k = Math.max(0, lags - 1 - start - i); k < lags && start + i + k < stimulus.frames; k++) {
        const weight = spikes.counts[start + i + k];
        if (weight > 0) addScaled(sum, k * pixels, frames, i * pixels, pixels, weight);
      }
      if (constantPixels > 0) constantPixels -= markVarying(varies, first, frames, i * pixels);
    }
  });
  return { sum, constantPixels };
}

function addScaled(
  sum: Float64Array,
  sumStart: number,
  frames: Float32Array,
  frameStart: number,
  length: number,
  weight: number,
): void {
  for (let p = 0; p < length; p++) sum[sumStart + p] += weight * frames[frameStart + p];
}

/** Marks the pixels that differ from the first frame; returns how many are newly marked. */
function markVarying(varies: Uint8Array, first: Float32Array, frames: Float32Array, frameStart: number): number {
  let marked = 0;
  for (let p = 0; p < first.length; p++) {
    if (varies[p] === 0 && frames[frameStart + p] !== first[p]) {
      varies[p] = 1;
      marked++;
    }
  }
  return marked;
}
