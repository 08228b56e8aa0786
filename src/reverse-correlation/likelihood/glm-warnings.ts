import type { SpikeTrain } from "../../cells/response.js";
import { refuse } from "../../tensor/errors.js";
import { refuseConstantCounts, refuseSilence, timingWarnings } from "../pairing.js";
import type { PenaltyChoice } from "./glm-choice.js";
import type { Design } from "./glm-design.js";
import type { FilterErrors } from "./glm-errors.js";
import type { GlmSettings, PenaltyWeights } from "./glm-options.js";
import { mostWithErrors } from "./glm-solution.js";
import type { PoissonSolution } from "./poisson-newton.js";
import { constantColumns } from "./poisson-rows.js";

const penalties = ["ridge", "smooth", "lasso"] as const;

/** Throws where the data cannot determine the parameters; else tells what is thin about them. */
export function dataWarnings(
  where: string,
  { rows, columns, first }: Design,
  parameters: number,
  spikes: SpikeTrain,
  used: number,
  { candidates }: GlmSettings,
): string[] {
  refuseSilence(where, { used, skipped: spikes.spikes - used, outside: spikes.spikesOutside }, first);
  const penalised = candidates.every((weights) => penalties.some((name) => weights[name] > 0));
  const lassoed = candidates.some(({ lasso }) => lasso > 0);
  if (lassoed && parameters > mostWithErrors)
    refuse(
      where,
      `a lasso takes at most ${mostWithErrors} parameters, there are ${parameters}: give bases with fewer functions`,
    );
  if (!penalised && parameters >= rows.count)
    refuse(where, `${parameters} parameters and ${rows.count} bins: give a penalty, or bases with fewer functions`);
  const constant = constantColumns(rows);
  refuseConstantCounts(where, spikes, first);
  const still = constant.subarray(1, 1 + columns.stimulus).reduce((sum, one) => sum + one, 0);
  if (still === columns.stimulus) refuse(where, "stimulus is constant, it must vary for a filter to be inferred");
  if (constant.subarray(1 + columns.stimulus).some((one) => one === 1))
    refuse(where, "a function of the past spikes has one value throughout: the history or coupling cannot be inferred");
  const part = `${still} of ${columns.stimulus} coefficients of the filter see a stimulus that never changes`;
  if (still > 0 && !penalised) refuse(where, `${part}: give a penalty, or a basis without them`);
  return [
    ...timingWarnings(spikes),
    ...(still > 0 ? [`${part}: only the penalty decides them`] : []),
    ...(used === 1 ? ["one spike: the estimate rests on that one stimulus"] : []),
    ...(parameters >= rows.count
      ? [`${parameters} parameters and ${rows.count} bins: the penalty decides what the data do not`]
      : used < parameters
        ? [`${used} spikes for ${parameters} parameters: standard errors rest on more spikes than parameters`]
        : []),
  ];
}

/** Tells where the chosen weight is at an end of its list: a better one may lie beyond. */
export function choiceWarnings(choice: PenaltyChoice, { candidates }: GlmSettings): string[] {
  return penalties.flatMap((name) => {
    const list = candidates.map((weights: PenaltyWeights) => weights[name]);
    const [least, greatest] = [Math.min(...list), Math.max(...list)];
    if (least === greatest || (choice[name] !== least && choice[name] !== greatest) || choice[name] === 0) return [];
    return [`the chosen ${name} of ${choice[name]} is an end of the values given: a better one may lie beyond`];
  });
}

/** Tells why a search ended without a maximum, and why there are no standard errors. */
export function endWarnings(
  { stopped, iterations, theta }: PoissonSolution,
  { standardErrors }: GlmSettings,
  { lasso, ridge, smooth, candidates }: PenaltyChoice,
  errors: FilterErrors | undefined,
): string[] {
  if (candidates.length > 0 && candidates.every(({ score }) => score === Number.NEGATIVE_INFINITY))
    return ["no candidate could be scored: the penalty is the first of the list"];
  if (stopped === "singular")
    return ["the likelihood has no maximum: some direction of the parameters raises it for ever; give a penalty"];
  if (stopped === "limit") return [`not converged after ${iterations} iterations`];
  if (!standardErrors || errors !== undefined) return [];
  if (lasso > 0) return ["a lasso has no standard errors"];
  if (theta.length > mostWithErrors) return [`no standard errors: there are more than ${mostWithErrors} parameters`];
  if (ridge > 0 || smooth > 0)
    return ["no standard errors: the curvature is not determined at the precision of its sums"];
  return ["some parameters are not determined: no standard errors"];
}
