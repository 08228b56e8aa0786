import type { SpikeTrain } from "../../cells/response.js";
import {
  inverseRoot,
  orthogonalOf,
  rotated,
  rotatedBack,
  shiftedSystems,
  solveShifted,
} from "../../math/shifted-systems.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import type { Estimate } from "../estimate.js";
import { momentsAbout } from "../linear/moments.js";
import { squaredRows } from "../linear/ridge-problem.js";
import { sumWindows } from "../linear/windows.js";
import type { WhiteningProblem } from "./whitened-average-problem.js";

/** The step in ln λ of a difference that stands for a derivative. */
const step = 1e-3;

/** Whitening by the covariance of the windows as measured. */
export function whitenedByCovariance(stimulus: Stimulus, spikes: SpikeTrain, average: Estimate): WhiteningProblem {
  const lags = average.kernel.shape[0]!;
  const { n, bins, gram, cross, power } = momentsAbout(sumWindows(stimulus, spikes, lags, 1).stretches[0]!);
  const energy = cross.reduce((sum, _, i) => sum + gram[i * n + i]!, 0);
  const systems = shiftedSystems(gram, n);
  const target = rotated(systems, cross);
  // (C + λ)⁻¹·(STA - mean) = (G + N·λ)⁻¹·r·N/spikes, with G and r sums over the N bins about the means
  const scale = bins / average.spikesUsed;
  return {
    meanVariance: energy / bins / n,
    scoreAt: (floor) => {
      const solution = solveShifted(systems, bins * floor, target);
      if (solution === undefined) return Number.NaN;
      const left = power - dot(solution.x, target);
      return 0.5 * ((bins - 1) * Math.log(left / power) + solution.logDeterminant - n * Math.log(bins * floor));
    },
    fieldAt: (floor) => {
      const shift = bins * floor;
      const solution = solveShifted(systems, shift, target)!;
      const Q = orthogonalOf(systems);
      const diagonal = (at: number) => squaredRows(inverseRoot(systems, at, Q.slice()), n);
      // P·G·P = P - λ·P² with P = (G + λ)⁻¹, and P² = -dP/dλ
      const [here, less, more] = [shift, shift * Math.exp(-step), shift * Math.exp(step)].map(diagonal) as [
        Float64Array,
        Float64Array,
        Float64Array,
      ];
      const noise = power / (bins - 1);
      return {
        kernel: rotatedBack(systems, solution.x).map((value) => scale * value),
        standardErrors: here.map(
          (p, i) => scale * Math.sqrt(noise * Math.max(0, p + (more[i]! - less[i]!) / (2 * step))),
        ),
      };
    },
  };
}
