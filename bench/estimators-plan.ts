import { complexCell } from "../src/cells/complex-cell.js";
import { poissonSpikes } from "../src/cells/poisson-spikes.js";
import { simpleCell } from "../src/cells/simple-cell.js";
import { quadraturePair, renderGabor } from "../src/math/gabor.js";
import { pixelsOf } from "../src/math/grid.js";
import { principalAngles } from "../src/math/principal-angles.js";
import { norm } from "../src/math/vectors.js";
import { spikeTriggeredAverage } from "../src/reverse-correlation/average/spike-triggered-average.js";
import { planRecording } from "../src/reverse-correlation/goodness/plan-recording.js";
import { spikeTriggeredCovariance } from "../src/reverse-correlation/subspaces/spike-triggered-covariance.js";
import { whiteNoise } from "../src/stimuli/white-noise.js";
import { along, frameSeconds, gaborOf } from "./estimators-recovery.js";

/** Cells whose plan is held against simulation. */
export const planCases = ["rectified", "squared", "energy"] as const;
export type PlanCase = (typeof planCases)[number];

const [grid, meanRate] = [{ height: 16, width: 16 }, 10];

/** The correlation with the truth (of an energy cell the cosine of the plane's angle) that a recording gave, and the planned one. */
export function planRun({
  plan,
  frames,
  seed,
}: {
  readonly plan: PlanCase;
  readonly frames: number;
  readonly seed: number;
}) {
  const gabor = gaborOf(seed);
  const { correlation: planned } = planRecording({ grid, frameSeconds, meanRate, nonlinearity: plan, frames });
  const stimulus = whiteNoise({ grid, frames, frameSeconds, seed });
  const pair = quadraturePair(gabor).map((g) => renderGabor(g, grid).data);
  const length = norm(pair[0]!);
  if (plan === "energy") {
    const expected = norm(pair[0]!) ** 2 + norm(pair[1]!) ** 2;
    const response = complexCell(gabor, { energy: true }).respond(stimulus);
    const spikes = poissonSpikes(response, { peakRate: meanRate, peakDrive: expected, seed });
    const { significant } = spikeTriggeredCovariance(stimulus, spikes, { seed, nullDraws: 39 });
    const plane = significant.filter(({ sign }) => sign === 1).slice(0, 2);
    if (plane.length < 2) return { measured: Number.NaN, planned };
    const [first, second] = principalAngles(
      plane.map(({ filter }) => filter.data),
      pair,
    );
    // Theory is of one filter: the mean over the plane's two axes.
    return { measured: (Math.cos(first!) + Math.cos(second!)) / 2, planned };
  }
  const response = simpleCell(gabor, { nonlinearity: plan }).respond(stimulus);
  // E max(0, z) = σ/√(2π), E max(0, z)² = σ²/2, of a drive of standard deviation σ = ‖w‖.
  const peakDrive = plan === "squared" ? length ** 2 / 2 : length / Math.sqrt(2 * Math.PI);
  const spikes = poissonSpikes(response, { peakRate: meanRate, peakDrive, seed });
  const { kernel } = spikeTriggeredAverage(stimulus, spikes);
  if (kernel.data.length !== pixelsOf(grid)) throw new Error("one lag was asked for");
  return { measured: along(kernel.data, pair[0]!), planned };
}
