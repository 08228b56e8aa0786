import type { SpikeTrain } from "../../cells/response.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { refuse } from "../../tensor/errors.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Estimate } from "../estimate.js";
import type { Counts, Prediction, SpikeModel } from "../prediction.js";
import { type StandardStimulus, standardised } from "../standard-stimulus.js";
import { sizeOfBasis } from "./basis.js";
import { choosePenalty, type GlmProblem, meanRateStart, type PenaltyChoice, solveGlm } from "./glm-choice.js";
import { type Design, glmDesign } from "./glm-design.js";
import { solveLowRank } from "./glm-low-rank.js";
import { lowRankErrors } from "./glm-low-rank-errors.js";
import { predictGlm, simulateGlm } from "./glm-model.js";
import { type GlmOptions, type GlmSettings, glmSettings } from "./glm-options.js";
import { penaltyForms } from "./glm-penalty.js";
import { errorsAt, filtersOf, mostWithErrors } from "./glm-solution.js";
import { choiceWarnings, dataWarnings, endWarnings } from "./glm-warnings.js";
import type { SpikeFilter } from "./history.js";
import { logFactorials, type PoissonLink } from "./poisson-link.js";
import type { PoissonSolution } from "./poisson-newton.js";

/** Spikes of a cell, bin by bin. */

/** A Poisson GLM of largest likelihood: `n(t) ~ Poisson(λ(η_t))`. */
export interface GlmEstimate extends Estimate, SpikeModel {
  readonly link: PoissonLink;
  /** bins, its own among them, that a bin's expectation looks at */
  readonly lags: number;
  /** b, the η of a grey screen and no spike */
  readonly offset: number;
  readonly offsetError?: number;
  /** what the cell's own past spikes add to η */
  readonly history?: SpikeFilter;
  /** what each coupled cell's past spikes add */
  readonly coupling: readonly SpikeFilter[];
  /** natural logarithm, `Σ n·ln λ - λ - ln n!` over the bins used */
  readonly logLikelihood: number;
  /** its gain over a constant rate, on the bins that were fitted */
  readonly bitsPerSpike: number;
  readonly binsUsed: number;
  readonly parameters: number;
  readonly penalty: PenaltyChoice;
  readonly iterations: number;
  readonly stopped: PoissonSolution["stopped"];
  readonly converged: boolean;
  /** expected spikes in each bin, given the spikes before it; a model with coupling takes the coupled cells' trains */
  readonly predict: (stimulus: Stimulus, spikes?: Counts, coupled?: readonly Counts[]) => Prediction;
  /** spikes of the model, which sees its own past; the same seed gives the same spikes */
  readonly simulate: (stimulus: Stimulus, seed: number, coupled?: readonly Counts[]) => SpikeTrain;
}

/**
 * Fits a Poisson GLM by its largest likelihood, less a penalty where one is given:
 * `λ(t) = f(b + Σ_k Σ_{y,x} w(k, y, x)·I(t - k, y, x) + Σ_j h(j)·n(t - j) + Σ_c Σ_j h_c(j)·n_c(t - j))` spikes a bin, j from 1 on,
 * with f exponential or `ln(1 + e^η)`.
 *
 * w is a sum of the functions of `timeBasis` by those of `spaceBasis`, h of the functions of `history`. The problem is convex: the
 * maximum, where there is one, is found. Bins before the first whole window are skipped. For stimuli without a preferred
 * direction the filter's direction is right under any nonlinearity that moves the spikes' mean; its length is not.
 *
 * With `rank` the filter is a sum of that many separable ones, found by fitting space and time in turn: a maximum near the
 * average's own components, since the problem is no longer convex.
 *
 * The fit is of the stimulus about its mean and in units of its spread σ, the root of the pixels' mean variance: a constant that
 * is added to the frames goes into b alone, and penalties have no unit.
 *
 * Standard errors are from the inverse curvature, carried through the bases; under a ridge or a smoothness they are standard
 * deviations of the posterior (its Laplace approximation), and under a lasso there are none.
 *
 * @param stimulus what was shown, contrast
 * @param spikes one bin a frame
 * @param options lags; link; bases; history and coupling, in bins or a basis; penalty, each weight one number or a list to
 *   choose from by held-out stretches of time or by the evidence
 * @returns the filter `[lags, height, width]`, in η a contrast of 1; the others' filters `[bins]`, in η a spike; `converged` and
 *   `warnings` tell where there is no maximum
 * @throws InputError if arguments do not fit each other, no spike can be used, or the data cannot determine the parameters and no
 *   penalty does
 * @see Paninski 2004; Truccolo et al. 2005; Pillow et al. 2008
 */
export function fitGlm(stimulus: Stimulus, spikes: SpikeTrain, options: GlmOptions = {}): GlmEstimate {
  return fitGlmFrom("fitGlm", "glm", stimulus, spikes, options);
}

/** A GLM for a public function named `where`, which its errors name. */
export function fitGlmFrom(
  where: string,
  method: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  options: GlmOptions,
): GlmEstimate {
  const settings = glmSettings(where, stimulus, spikes, options);
  const standard = standardised(stimulus);
  const design = glmDesign(where, standard.stimulus, spikes, settings, settings.rank === undefined);
  const counts = spikes.counts.subarray(design.first);
  const used = counts.reduce((sum, count) => sum + count, 0);
  const parameters = parametersOf(design, settings);
  const warnings = dataWarnings(where, design, parameters, spikes, used, settings);
  const { solution, penalty, errors, wanted, ...fitted } =
    settings.rank === undefined
      ? fitFull(where, standard, design, counts, settings)
      : fitLowRank(where, standard, spikes, design, settings, settings.rank);
  const determined = !wanted || errors !== undefined || penalty.ridge > 0 || penalty.smooth > 0;
  warnings.push(...choiceWarnings(penalty, settings), ...endWarnings(solution, settings, penalty, errors));
  const parts = filtersOf(solution.theta, fitted.columns, fitted.settings, stimulus.grid, errors, standard);
  return {
    kind: "estimate",
    method,
    grid: stimulus.grid,
    ...parts,
    link: settings.link,
    lags: design.first + 1,
    spikesUsed: used,
    spikesSkipped: spikes.spikes - used,
    ...scoresOf(counts, solution.value, used),
    parameters,
    penalty,
    iterations: solution.iterations,
    stopped: solution.stopped,
    converged: solution.stopped === "step" && determined,
    warnings,
    ...modelOf(method, parts, settings, design, stimulus.frameSeconds),
  };
}

/** The free numbers of a fit: a filter of rank r has r·(lags + pixels - r), of functions where bases are given. */
function parametersOf({ columns }: Design, { rank, time, space }: GlmSettings): number {
  if (rank === undefined) return columns.all;
  const [mt, ms] = [time, space].map((basis) => sizeOfBasis(basis).functions);
  return columns.all - columns.stimulus + rank * (mt + ms - rank);
}

function fitFull(
  where: string,
  standard: StandardStimulus,
  { rows, columns }: Design,
  counts: Uint32Array,
  settings: GlmSettings,
) {
  const forms = penaltyForms(standard.stimulus.grid, settings.time, settings.space);
  const glm: GlmProblem = { rows, counts, forms, settings };
  const penalty = choosePenalty(where, glm);
  const start = meanRateStart(counts, settings.link, rows.columns);
  const { problem, solution } = solveGlm(glm, penalty, start);
  refuseUndetermined(where, solution);
  const wanted = settings.standardErrors && penalty.lasso === 0 && rows.columns <= mostWithErrors;
  const errors =
    wanted && solution.stopped === "step" ? errorsAt(problem, solution, settings, columns, standard) : undefined;
  return { solution, penalty, errors, wanted, columns, settings };
}

function fitLowRank(
  where: string,
  standard: StandardStimulus,
  spikes: SpikeTrain,
  full: Design,
  settings: GlmSettings,
  rank: number,
) {
  const solution = solveLowRank(where, standard.stimulus, spikes, settings, full, rank);
  refuseUndetermined(where, solution);
  const penalty: PenaltyChoice = { ...settings.candidates[0], chosenBy: "given", candidates: [] };
  const wanted = settings.standardErrors && parametersOf(full, settings) <= mostWithErrors;
  const errors =
    wanted && solution.stopped === "step" ? lowRankErrors(where, standard, spikes, settings, solution) : undefined;
  return { solution, penalty, errors, wanted, columns: solution.design.columns, settings: solution.settings };
}

function refuseUndetermined(where: string, { stopped, iterations }: PoissonSolution): void {
  if (stopped === "singular" && iterations === 0)
    refuse(where, "the data do not determine every parameter: give a penalty, or bases with fewer functions");
}

/** The log-likelihood of the bins used, and its gain over their mean rate. */
export function scoresOf(counts: Uint32Array, value: number, spikes: number) {
  const constant = spikes * Math.log(spikes / counts.length) - spikes;
  return {
    logLikelihood: value - logFactorials(counts),
    bitsPerSpike: (value - constant) / (spikes * Math.LN2),
    binsUsed: counts.length,
  };
}

function modelOf(
  method: string,
  fitted: {
    readonly kernel: Tensor;
    readonly offset: number;
    readonly history?: SpikeFilter;
    readonly coupling: readonly SpikeFilter[];
  },
  { link }: GlmSettings,
  { first }: Design,
  frameSeconds: number,
): Pick<GlmEstimate, "predict" | "simulate"> {
  const parts = { ...fitted, method, link, first, frameSeconds };
  return {
    predict: (stimulus, spikes, coupled = []) => predictGlm(parts, stimulus, spikes, coupled),
    simulate: (stimulus, seed, coupled = []) => simulateGlm(parts, stimulus, seed, coupled),
  };
}
