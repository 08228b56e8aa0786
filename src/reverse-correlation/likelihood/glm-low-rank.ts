import type { SpikeTrain } from "../../cells/response.js";
import { matrixProduct, transposed } from "../../math/matrix-product.js";
import { singularValueDecomposition } from "../../math/singular-values.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { type Basis, record, sizeOfBasis } from "./basis.js";
import { type GlmProblem, meanRateStart, solveGlm } from "./glm-choice.js";
import { type Design, glmDesign } from "./glm-design.js";
import type { GlmSettings } from "./glm-options.js";
import { penaltyForms } from "./glm-penalty.js";
import { objectiveAt, type PoissonSolution } from "./poisson-newton.js";
import { transposeTimes } from "./poisson-rows.js";

/** Filters whose coefficients are `Σ_i t_i·s_iᵀ`, and the solution of the last convex problem, that for all t. */
export interface LowRankSolution extends PoissonSolution {
  /** [functions of lag, rank], orthonormal columns that span the t_i */
  readonly T: Float64Array;
  /** [functions of space, rank], orthonormal columns that span the s_i */
  readonly S: Float64Array;
  /** of the last problem, whose space basis is `space·S` */
  readonly settings: GlmSettings;
  readonly design: Design;
  readonly rank: number;
}

const roundLimit = 100;

/** Rounds end where one raises the objective by less than this part of it. */
const enough = 1e-9;

/** The functions `B·C`, C [functions, rank]. */
export function combinedBasis(basis: Basis, C: Float64Array, rank: number): Basis {
  const { samples, functions } = sizeOfBasis(basis);
  const values = matrixProduct(Float64Array.from(basis.matrix.data), C, {
    rows: samples,
    depth: functions,
    columns: rank,
  });
  return record(
    "given",
    values,
    samples,
    rank,
    Array.from({ length: rank }, (_, i) => `component ${i}`),
    false,
  );
}

function orthonormal(A: Float64Array, rows: number, rank: number): Float64Array {
  return Float64Array.from(record("given", A, rows, rank, [], true).matrix.data);
}

/**
 * A filter of few space-time components: the fit in all space filters with the time filters held, then in all time filters, in
 * turn, each a convex problem. Together they are not convex: what is found is a maximum, started from the spike-triggered
 * average's first components.
 */
export function solveLowRank(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: GlmSettings,
  full: Design,
  rank: number,
): LowRankSolution {
  const counts = spikes.counts.subarray(full.first);
  const [mt, ms] = [sizeOfBasis(settings.time).functions, sizeOfBasis(settings.space).functions];
  let T = firstTimes(full, counts, mt, ms, rank);
  const solve = (part: GlmSettings, from: (p: number) => Float64Array) =>
    solvePart(where, stimulus, spikes, part, from);
  let start = (p: number) => meanRateStart(counts, settings.link, p);
  let before = Number.POSITIVE_INFINITY;
  for (let round = 1; ; round++) {
    const ofSpace = solve({ ...settings, time: combinedBasis(settings.time, T, rank) }, start);
    const { theta } = ofSpace.solution;
    const U = theta.subarray(1, 1 + rank * ms);
    const S = orthonormal(transposed(U, rank, ms), ms, rank);
    const part = { ...settings, space: combinedBasis(settings.space, S, rank) };
    const TU = matrixProduct(T, U, { rows: mt, depth: rank, columns: ms });
    const V0 = matrixProduct(TU, S, { rows: mt, depth: ms, columns: rank });
    const ofTime = solve(part, () => Float64Array.of(theta[0], ...V0, ...theta.subarray(1 + rank * ms)));
    const last = ofTime.solution.theta;
    const V = last.slice(1, 1 + mt * rank);
    T = orthonormal(V, mt, rank);
    const ended = (stopped: PoissonSolution["stopped"]): LowRankSolution => ({
      ...ofTime.solution,
      T,
      S,
      settings: part,
      design: ofTime.design,
      rank,
      // A first problem without a solution is the data's fault, not the search's.
      iterations: round === 1 && ofSpace.solution.iterations === 0 ? 0 : round,
      stopped,
    });
    for (const { stopped } of [ofSpace.solution, ofTime.solution]) if (stopped !== "step") return ended(stopped);
    if (before - ofTime.objective <= enough * Math.max(1, Math.abs(ofTime.objective))) return ended("step");
    if (round === roundLimit) return ended("limit");
    before = ofTime.objective;
    const TV = matrixProduct(transposed(T, mt, rank), V, { rows: rank, depth: mt, columns: rank });
    const U0 = matrixProduct(TV, transposed(S, ms, rank), { rows: rank, depth: rank, columns: ms });
    start = () => Float64Array.of(last[0], ...U0, ...last.subarray(1 + mt * rank));
  }
}

/** One of the convex problems: the fit in a design of its own bases. */
function solvePart(
  where: string,
  stimulus: Stimulus,
  spikes: SpikeTrain,
  settings: GlmSettings,
  start: (p: number) => Float64Array,
) {
  const design = glmDesign(where, stimulus, spikes, settings);
  const forms = penaltyForms(stimulus.grid, settings.time, settings.space);
  const glm: GlmProblem = { rows: design.rows, counts: spikes.counts.subarray(design.first), forms, settings };
  const { problem, solution } = solveGlm(glm, settings.candidates[0], start(design.rows.columns));
  return { design, solution, objective: objectiveAt(problem, solution.theta, solution.eta) };
}

/** The first time functions of the average stimulus before a spike, less that before all bins. */
function firstTimes({ rows }: Design, counts: Uint32Array, mt: number, ms: number, rank: number): Float64Array {
  const mean = counts.reduce((sum, n) => sum + n, 0) / counts.length;
  const slopes = Float64Array.from(counts, (n) => n - mean);
  const average = transposeTimes(rows, slopes).subarray(1, 1 + mt * ms);
  const { left } = singularValueDecomposition(average, mt, ms);
  return transposed(left.slice(0, rank * mt), rank, mt);
}
