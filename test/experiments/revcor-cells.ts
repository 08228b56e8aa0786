import { complexCell } from "../../src/cells/complex-cell.js";
import { poissonSpikes } from "../../src/cells/poisson-spikes.js";
import { spaceTimeCell } from "../../src/cells/space-time-cell.js";
import type { Recording } from "../../src/formats/recording.js";
import type { Gabor } from "../../src/math/gabor.js";
import { whiteNoise } from "../../src/stimuli/white-noise.js";
import { tensor } from "../../src/tensor/tensor.js";

/** The field of the made cells, on 7x7 pixels. */
export const madeGabor: Gabor = {
  amplitude: 1,
  betaX: 0.3,
  betaY: 0.2,
  frequency: 1.4,
  phase: 0.4,
  x0: 0.3,
  y0: -0.2,
  tau: 0.6,
};
/** The weight of the field at each lag. */
export const madeTime = [0.3, 1];

/** A recording of a simulated cell of noise. */
export function madeRecording(kind: "simple" | "complex", frames: number, peakRate = 300): Recording {
  const grid = { height: 7, width: 7 };
  const frameSeconds = 1 / 60;
  const noise = whiteNoise({ grid, frames, frameSeconds, seed: 11 });
  const cell =
    kind === "simple"
      ? spaceTimeCell({ gabor: madeGabor, temporal: madeTime })
      : complexCell(madeGabor, { energy: true });
  const spikes = poissonSpikes(cell.respond(noise), { peakRate, seed: 12 });
  const stimulus = tensor(noise.read(0, frames), [frames, grid.height, grid.width]);
  return { kind: "recording", stimulus, counts: spikes.counts, frameSeconds, source: "made here", notes: [] };
}
