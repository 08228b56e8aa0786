import type { SpikeTrain } from "../../cells/response.js";
import { symmetricEigen } from "../../math/symmetric-eigen.js";
import { dot } from "../../math/vectors.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import type { StandardStimulus } from "../standard-stimulus.js";
import { record, sizeOfBasis } from "./basis.js";
import { glmDesign } from "./glm-design.js";
import { combineSpaceTime, errorOfSum, errorsOf, type FilterErrors } from "./glm-errors.js";
import { combinedBasis, type LowRankSolution } from "./glm-low-rank.js";
import type { GlmSettings } from "./glm-options.js";
import { penaltyForms, quadraticPenalty } from "./glm-penalty.js";
import { binTerms } from "./poisson-link.js";
import { curvature, kept, type Rows } from "./poisson-rows.js";
import { factorCurvature } from "./poisson-steps.js";

/**
 * Standard errors among the filters of one rank: the inverse curvature along the directions in which such a filter can move,
 * `dW = T·Aᵀ + T⊥·B·Sᵀ`, of which no two are the same. Of covariance only what is along them is left.
 *
 * @returns undefined where the data do not determine every direction
 */
export function lowRankErrors(
  where: string,
  { stimulus, mean, spread }: StandardStimulus,
  spikes: SpikeTrain,
  settings: GlmSettings,
  { T, S, rank, eta }: LowRankSolution,
): FilterErrors | undefined {
  const { time, space, link } = settings;
  const [mt, ms] = [sizeOfBasis(time).functions, sizeOfBasis(space).functions];
  const rest = mt - rank;
  const across = complement(T, mt, rank);
  const first = { ...settings, time: combinedBasis(time, T, rank) };
  const design = glmDesign(where, stimulus, spikes, first);
  const parts = [{ rows: design.rows, from: 0, columns: design.columns.all }];
  const second = { ...settings, history: undefined, coupling: undefined, trains: [] };
  if (rest > 0) {
    const moved = { ...second, time: combinedBasis(time, across, rest), space: combinedBasis(space, S, rank) };
    // Its windows may start earlier than the first design's, which also waits for past spikes.
    const other = glmDesign(where, stimulus, spikes, moved);
    parts.push({ rows: later(other.rows, design.first - other.first), from: 1, columns: rest * rank });
  }
  const rows = kept(beside(parts));
  const { weights } = binTerms(link, spikes.counts.subarray(design.first), eta, undefined);
  const H = curvature(rows, weights);
  const directions = directionsOf(T, across, S, mt, ms, rank, design.columns.all, rows.columns);
  addPenalty(H, rows.columns, directions, stimulus, settings, mt * ms);
  const values = factorCurvature(H, rows.columns)?.inverse();
  if (values === undefined) return undefined;
  const samples = sizeOfBasis(time).samples * sizeOfBasis(space).samples;
  const tangent = new Float64Array(samples * rows.columns);
  const grey = new Float64Array(rows.columns);
  grey[0] = 1;
  directions.forEach((direction, column) => {
    combineSpaceTime(time, space, direction).forEach((value, i) => {
      tangent[i * rows.columns + column] = value / spread;
      grey[column] -= (value * mean[i % mean.length]) / spread;
    });
  });
  const covariance = { values, p: rows.columns };
  const basis = record("given", tangent, samples, rows.columns, [], false);
  return {
    kernel: errorsOf(basis, covariance, 0),
    offset: errorOfSum(covariance, grey),
    covariance,
    past: 1 + rank * ms,
  };
}

/** Orthonormal columns, [mt, mt - rank], at right angles to those of T. */
function complement(T: Float64Array, mt: number, rank: number): Float64Array {
  const P = new Float64Array(mt * mt);
  for (let a = 0; a < mt; a++)
    for (let b = 0; b < mt; b++) for (let i = 0; i < rank; i++) P[a * mt + b] += T[a * rank + i] * T[b * rank + i];
  const { vectors } = symmetricEigen(P, mt);
  const rest = mt - rank;
  return Float64Array.from({ length: mt * rest }, (_, at) => vectors[(at % rest) * mt + Math.floor(at / rest)]);
}

function later(rows: Rows, by: number): Rows {
  return {
    count: rows.count - by,
    columns: rows.columns,
    read: (start, count, into) => rows.read(start + by, count, into),
  };
}

/** Designs side by side, of each its columns `from` on. */
function beside(parts: readonly { readonly rows: Rows; readonly from: number; readonly columns: number }[]): Rows {
  const width = parts.reduce((sum, { columns }) => sum + columns, 0);
  const read = (start: number, count: number, target?: Float32Array): Float32Array => {
    const into = target ?? new Float32Array(count * width);
    let at = 0;
    for (const { rows, from, columns } of parts) {
      const X = rows.read(start, count);
      for (let t = 0; t < count; t++) {
        const row = t * rows.columns + from;
        into.set(X.subarray(row, row + columns), t * width + at);
      }
      at += columns;
    }
    return into;
  };
  return { count: parts[0].rows.count, columns: width, read };
}

/** The change of the coefficients [mt, ms] that each column stands for; none for the offset and the past. */
function directionsOf(
  T: Float64Array,
  across: Float64Array,
  S: Float64Array,
  mt: number,
  ms: number,
  rank: number,
  firstColumns: number,
  columns: number,
): Float64Array[] {
  const rest = mt - rank;
  return Array.from({ length: columns }, (_, column) => {
    const W = new Float64Array(mt * ms);
    const [i, j] = [Math.floor((column - 1) / ms), (column - 1) % ms];
    if (column >= 1 && i < rank) for (let a = 0; a < mt; a++) W[a * ms + j] = T[a * rank + i];
    const other = column - firstColumns;
    if (other >= 0) {
      const [b, r] = [Math.floor(other / rank), other % rank];
      for (let a = 0; a < mt; a++) for (let s = 0; s < ms; s++) W[a * ms + s] = across[a * rest + b] * S[s * rank + r];
    }
    return W;
  });
}

/** Adds the penalty of the filter along the directions. */
function addPenalty(
  H: Float64Array,
  p: number,
  directions: readonly Float64Array[],
  { grid }: Stimulus,
  { time, space, candidates }: GlmSettings,
  coefficients: number,
): void {
  const penalty = quadraticPenalty(penaltyForms(grid, time, space), candidates[0], 1 + coefficients);
  if (penalty === undefined) return;
  directions.forEach((direction, i) => {
    const bent = penalty.times(Float64Array.of(0, ...direction)).subarray(1);
    directions.forEach((other, j) => {
      H[i * p + j] += dot(other, bent);
    });
  });
}
