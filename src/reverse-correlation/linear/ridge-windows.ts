import type { SpikeTrain } from "../../cells/response.js";
import { inverseRoot, rotated, shiftedSystems, solveShifted } from "../../math/shifted-systems.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import type { LinearSetting } from "./estimate.js";
import { type HeldOut, heldOutErrors, logEvidenceOf } from "./evidence.js";
import { foldsOf, type LinearMoments, momentsAbout } from "./moments.js";
import { type RidgeProblem, type RidgeSystems, squaredRows, weightsAt } from "./ridge-problem.js";
import { sumWindows } from "./windows.js";

/** The ridge in the numbers of a window: where there are more bins than numbers. */
export function ridgeInWindows(stimulus: Stimulus, spikes: SpikeTrain, setting: LinearSetting): RidgeProblem {
  const { stretches, all, centre, constantPixels } = sumWindows(stimulus, spikes, setting.lags, setting.folds);
  const moments = momentsAbout(all);
  const { n, bins, cross, power, means } = moments;
  const whole = prepared(moments);
  const folds = setting.chooseBy === "evidence" ? [] : foldsOf(stretches);
  const systems = new Map(folds.map(({ train }) => [train, prepared(train)]));
  const errorsAt = (shift: number): HeldOut | undefined =>
    heldOutErrors(folds, (train) => weightsAt(systems.get(train)!, shift));
  const meanEnergy = moments.gram.reduce((sum, value, i) => (i % (n + 1) === 0 ? sum + value : sum), 0) / n;
  return {
    meanEnergy,
    constantPixels,
    errorsAt,
    evidenceAt: (shift) => {
      const solution = solveShifted(whole.systems, shift, whole.target);
      if (solution === undefined) return Number.NaN;
      const left = power - dot(solution.x, whole.target);
      return logEvidenceOf(bins - 1, left / (bins - 1), solution.logDeterminant - n * Math.log(shift));
    },
    fieldAt: (shift) => {
      const kernel = weightsAt(whole, shift);
      const variances = squaredRows(inverseRoot(whole.systems, shift), n);
      const middle = kernel.reduce((sum, w, d) => sum + w * (means.features[d]! + centre[d % centre.length]!), 0);
      return {
        kernel,
        offset: means.count - middle,
        noiseVariance: (power - dot(cross, kernel)) / (bins - 1),
        variances,
        effectiveParameters: n - shift * variances.reduce((sum, value) => sum + value, 0),
      };
    },
  };
}

function prepared({ n, gram, cross }: LinearMoments): RidgeSystems {
  const systems = shiftedSystems(gram.slice(), n);
  return { systems, target: rotated(systems, cross) };
}
