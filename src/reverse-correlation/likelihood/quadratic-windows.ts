import type { SpikeTrain } from "../../cells/response.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import { countSpikes, refuseSilence } from "../pairing.js";

/** The windows of a stimulus, held in memory, since a search looks at all of them in each of its steps. */
export interface Windows {
  readonly lags: number;
  readonly pixels: number;
  /** windows, one a bin from bin `lags - 1` on */
  readonly bins: number;
  /** [bins + lags - 1, pixels]: each frame once, whatever the lags */
  readonly frames: Float32Array;
  /** [bins], spikes in each window's bin */
  readonly counts: Uint32Array;
  /** their sum */
  readonly spikes: number;
}

/** Numbers that the frames may take: 2 GiB. */
const mostNumbers = 2 ** 29;

/** All windows of a stimulus, no spikes in any; refuses one too long to hold. */
export function allWindows(where: string, stimulus: Stimulus, lags: number): Windows {
  const pixels = pixelsOf(stimulus.grid);
  if (stimulus.frames * pixels > mostNumbers)
    refuse(where, `stimulus has ${stimulus.frames} frames of ${pixels} pixels, 2 GiB are taken at most: show fewer`);
  const bins = stimulus.frames - lags + 1;
  const frames = stimulus.read(0, stimulus.frames);
  return { lags, pixels, bins, frames, counts: new Uint32Array(bins), spikes: 0 };
}

/** All windows and the spikes in their bins; refuses a recording without a spike too. */
export function windowsIn(where: string, stimulus: Stimulus, spikes: SpikeTrain, lags: number): Windows {
  const counted = countSpikes(spikes, lags);
  refuseSilence(where, counted, lags - 1);
  return { ...allWindows(where, stimulus, lags), counts: spikes.counts.subarray(lags - 1), spikes: counted.used };
}

/** `s_i = Σ_k w_k·x_{i+lags-1-k}`, what a filter `[lags, pixels]` gives in each window; [bins]. */
export function drivesOf({ lags, pixels, bins, frames }: Windows, filter: Float64Array): Float64Array {
  const drives = new Float64Array(bins);
  for (let k = 0; k < lags; k++) {
    for (let i = 0; i < bins; i++) {
      const at = (i + lags - 1 - k) * pixels;
      let [a, b] = [0, 0];
      let p = 0;
      for (; p + 1 < pixels; p += 2) {
        a += filter[k * pixels + p] * frames[at + p];
        b += filter[k * pixels + p + 1] * frames[at + p + 1];
      }
      if (p < pixels) a += filter[k * pixels + p] * frames[at + p];
      drives[i] += a + b;
    }
  }
  return drives;
}

/** `Σ_i r_i·x_i`, the windows' weighted sum, the adjoint of `drivesOf`; [lags, pixels]. */
export function weightedSum({ lags, pixels, bins, frames }: Windows, weights: Float64Array): Float64Array {
  const sum = new Float64Array(lags * pixels);
  for (let k = 0; k < lags; k++) {
    const own = sum.subarray(k * pixels, (k + 1) * pixels);
    for (let i = 0; i < bins; i++) {
      const weight = weights[i];
      if (weight === 0) continue;
      const at = (i + lags - 1 - k) * pixels;
      for (let p = 0; p < pixels; p++) own[p] += weight * frames[at + p];
    }
  }
  return sum;
}
