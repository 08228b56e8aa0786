import { dot } from "../../math/vectors.js";
import { type FrameRange, timeBlocksIn } from "../goodness/time-blocks.js";
import { firstBin, type GlmSettings, type PenaltyWeights } from "./glm-options.js";
import { type PenaltyForms, penaltyLogDeterminant, quadraticPenalty } from "./glm-penalty.js";
import { binTerms, etaOf, logFactorials, type PoissonLink, sumOfBins } from "./poisson-link.js";
import { maximisePoisson, type PoissonProblem, type PoissonSolution, penalisedCurvature } from "./poisson-newton.js";
import type { Rows } from "./poisson-rows.js";
import { factorCurvature } from "./poisson-steps.js";

/** What was taken off the likelihood, and how it was chosen. */
export interface PenaltyChoice extends PenaltyWeights {
  readonly chosenBy: "given" | "evidence" | "cross-validation";
  /** each candidate's log evidence, or its log-likelihood summed over the stretches held out, nats; empty where it was given */
  readonly candidates: readonly (PenaltyWeights & { readonly score: number })[];
}

/** The regression that a fit solves, before its penalty. */
export interface GlmProblem {
  readonly rows: Rows;
  readonly counts: Uint32Array;
  readonly forms: PenaltyForms;
  readonly settings: GlmSettings;
}

/** Fits all parameters under one candidate. */
export function solveGlm(
  problem: GlmProblem,
  weights: PenaltyWeights,
  start: Float64Array,
  mask?: Uint8Array,
): { readonly problem: PoissonProblem; readonly solution: PoissonSolution } {
  const { rows, counts, forms, settings } = problem;
  const { link, maxIterations, tolerance } = settings;
  const penalty = quadraticPenalty(forms, weights, rows.columns);
  const filter = forms.time * forms.space;
  const lasso =
    weights.lasso > 0
      ? Float64Array.from({ length: rows.columns }, (_, i) => (i >= 1 && i <= filter ? weights.lasso : 0))
      : undefined;
  const poisson = { rows, counts, link, penalty, lasso, mask, maxIterations, tolerance };
  return { problem: poisson, solution: maximisePoisson(poisson, start) };
}

/** No filter, and the mean rate of the rows taken. */
export function meanRateStart(
  counts: Uint32Array,
  link: PoissonLink,
  parameters: number,
  mask?: Uint8Array,
): Float64Array {
  let [spikes, bins] = [0, 0];
  for (let t = 0; t < counts.length; t++) {
    if (mask !== undefined && mask[t] === 0) continue;
    spikes += counts[t];
    bins++;
  }
  const start = new Float64Array(parameters);
  // A stretch without a spike starts from half a spike: its rate has no logarithm.
  start[0] = etaOf(link, Math.max(0.5, spikes) / bins);
  return start;
}

/** The best candidate: the first of those with the largest score. */
export function choosePenalty(where: string, problem: GlmProblem): PenaltyChoice {
  const { candidates, chooseBy } = problem.settings;
  if (candidates.length === 1) return { ...candidates[0], chosenBy: "given", candidates: [] };
  const scores = chooseBy === "evidence" ? evidences(problem) : heldOutScores(where, problem);
  const scored = candidates.map((weights, i) => ({ ...weights, score: scores[i] }));
  const best = scored.reduce((most, one) => (one.score > most.score ? one : most));
  const { ridge, smooth, lasso } = best;
  return { ridge, smooth, lasso, chosenBy: chooseBy, candidates: scored };
}

/**
 * The evidence of each candidate in Laplace's approximation, with flat priors on all but the filter:
 * `ln L(θ̂) - ½·ûᵀPû + ½·ln det P - ½·ln det(H + P) + const`.
 */
function evidences(problem: GlmProblem): number[] {
  const { rows, counts, forms, settings } = problem;
  const p = rows.columns;
  let start = meanRateStart(counts, settings.link, p);
  return settings.candidates.map((weights) => {
    const { problem: poisson, solution } = solveGlm(problem, weights, start);
    const { theta, eta, value } = solution;
    const H = penalisedCurvature(poisson, binTerms(settings.link, counts, eta, undefined).weights);
    const determinant = factorCurvature(H, p)?.logDeterminant;
    const prior = penaltyLogDeterminant(forms, weights);
    if (determinant === undefined || prior === undefined || solution.stopped !== "step")
      return Number.NEGATIVE_INFINITY;
    start = theta;
    const filter = forms.time * forms.space;
    const penalty = poisson.penalty?.times(theta) ?? new Float64Array(p);
    return (
      value -
      logFactorials(counts) -
      0.5 * dot(theta, penalty) +
      0.5 * (prior - determinant + (p - filter) * Math.log(2 * Math.PI))
    );
  });
}

/**
 * Stretches of time of equal length; each is held out once, and predicted by a fit to the others, less the bins whose windows
 * share frames or spikes with those of the stretch.
 */
function heldOutScores(where: string, problem: GlmProblem): number[] {
  const { rows, counts, settings } = problem;
  const { candidates, folds, link } = settings;
  const scores = candidates.map(() => 0);
  for (const { test, train } of timeBlocksIn(where, counts.length, folds, firstBin(settings))) {
    const held = maskOf(counts.length, [test]);
    const mask = maskOf(counts.length, train);
    let start = meanRateStart(counts, link, rows.columns, mask);
    candidates.forEach((weights, i) => {
      const { solution } = solveGlm(problem, weights, start, mask);
      if (solution.stopped !== "step") {
        scores[i] = Number.NEGATIVE_INFINITY;
        return;
      }
      start = solution.theta;
      scores[i] += sumOfBins(link, counts, solution.eta, held) - logFactorials(counts, held);
    });
  }
  return scores;
}

/** 1 in the bins of the ranges, 0 elsewhere. */
function maskOf(bins: number, ranges: readonly FrameRange[]): Uint8Array {
  const mask = new Uint8Array(bins);
  for (const { start, end } of ranges) mask.fill(1, start, end);
  return mask;
}
