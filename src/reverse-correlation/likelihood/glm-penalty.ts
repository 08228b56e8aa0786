import { cholesky } from "../../math/cholesky.js";
import type { Grid } from "../../math/grid.js";
import { type Basis, sizeOfBasis } from "./basis.js";
import type { PenaltyWeights } from "./glm-options.js";
import type { QuadraticPenalty } from "./poisson-steps.js";

/** The quadratic forms of a filter in its bases, made once for all candidates: its squares, and its neighbours' differences. */
export interface PenaltyForms {
  /** functions */
  readonly time: number;
  readonly space: number;
  readonly timeSquares: Float64Array;
  readonly timeDifferences: Float64Array;
  readonly spaceSquares: Float64Array;
  readonly spaceDifferences: Float64Array;
}

export function penaltyForms(grid: Grid, time: Basis, space: Basis): PenaltyForms {
  const [T, S] = [sizeOfBasis(time), sizeOfBasis(space)];
  const along = (count: number, back: number, has: (i: number) => boolean) =>
    Array.from({ length: count }, (_, i) => [i, i - back] as const).filter(([i]) => has(i));
  const { width } = grid;
  return {
    time: T.functions,
    space: S.functions,
    timeSquares: formOf(time, undefined),
    timeDifferences: formOf(
      time,
      along(T.samples, 1, (k) => k > 0),
    ),
    spaceSquares: formOf(space, undefined),
    spaceDifferences: formOf(space, [
      ...along(S.samples, 1, (p) => p % width > 0),
      ...along(S.samples, width, (p) => p >= width),
    ]),
  };
}

/** `Σ b bᵀ` over the rows b of a basis, or over the differences of pairs of rows. */
function formOf(basis: Basis, pairs: readonly (readonly [number, number])[] | undefined): Float64Array {
  const { samples, functions } = sizeOfBasis(basis);
  const B = basis.matrix.data;
  const form = new Float64Array(functions * functions);
  const row = new Float64Array(functions);
  for (let r = 0; r < (pairs?.length ?? samples); r++) {
    const [i, j] = pairs?.[r] ?? [r, undefined];
    for (let a = 0; a < functions; a++) row[a] = B[i * functions + a] - (j === undefined ? 0 : B[j * functions + a]);
    for (let a = 0; a < functions; a++) {
      if (row[a] !== 0) for (let b = 0; b < functions; b++) form[a * functions + b] += row[a] * row[b];
    }
  }
  return form;
}

/** `outer ⊗ inner`, times a number. */
interface Term {
  readonly outer: Float64Array;
  readonly inner: Float64Array;
  readonly by: number;
}

function termsOf(forms: PenaltyForms, { ridge, smooth }: PenaltyWeights): Term[] {
  const { timeSquares, timeDifferences, spaceSquares, spaceDifferences } = forms;
  return [
    { outer: timeSquares, inner: spaceSquares, by: ridge },
    { outer: timeDifferences, inner: spaceSquares, by: smooth },
    { outer: timeSquares, inner: spaceDifferences, by: smooth },
  ].filter(({ by }) => by > 0);
}

/** Ridge and smoothness of the filter, among `parameters` of which the first is the offset and the filter's follow; undefined for none. */
export function quadraticPenalty(
  forms: PenaltyForms,
  weights: PenaltyWeights,
  parameters: number,
): QuadraticPenalty | undefined {
  const terms = termsOf(forms, weights);
  if (terms.length === 0) return undefined;
  return {
    times: (v) => {
      const product = new Float64Array(parameters);
      for (const term of terms) addTimes(term, forms, v.subarray(1), product.subarray(1));
      return product;
    },
    addTo: (H) => {
      for (const term of terms) addDense(term, forms, H, parameters, 1);
    },
    diagonal: () => {
      const { time, space } = forms;
      const diagonal = new Float64Array(parameters);
      for (const { outer, inner, by } of terms)
        for (let i = 0; i < time * space; i++) {
          const [a, j] = [Math.floor(i / space), i % space];
          diagonal[1 + i] += by * outer[a * time + a] * inner[j * space + j];
        }
      return diagonal;
    },
  };
}

/** `ln det P` of the filter's penalty, or undefined where P is no proper prior. */
export function penaltyLogDeterminant(forms: PenaltyForms, weights: PenaltyWeights): number | undefined {
  const m = forms.time * forms.space;
  const P = new Float64Array(m * m);
  for (const term of termsOf(forms, weights)) addDense(term, forms, P, m, 0);
  return cholesky(P, m)?.logDeterminant;
}

/** `(outer ⊗ inner)·v`: inner along space, then outer along lags. */
function addTimes({ outer, inner, by }: Term, forms: PenaltyForms, v: Float64Array, into: Float64Array): void {
  const { time, space } = forms;
  const along = new Float64Array(space);
  for (let b = 0; b < time; b++) {
    for (let i = 0; i < space; i++) {
      let sum = 0;
      for (let j = 0; j < space; j++) sum += inner[i * space + j] * v[b * space + j];
      along[i] = by * sum;
    }
    for (let a = 0; a < time; a++) {
      const weight = outer[a * time + b];
      if (weight !== 0) for (let i = 0; i < space; i++) into[a * space + i] += weight * along[i];
    }
  }
}

/** Adds `outer ⊗ inner` to a matrix of `p` columns, from row and column `first` on. */
function addDense({ outer, inner, by }: Term, forms: PenaltyForms, H: Float64Array, p: number, first: number): void {
  const { time, space } = forms;
  for (let a = 0; a < time; a++) {
    for (let b = 0; b < time; b++) {
      const weight = by * outer[a * time + b];
      if (weight === 0) continue;
      for (let i = 0; i < space; i++) {
        const at = (first + a * space + i) * p + first + b * space;
        for (let j = 0; j < space; j++) H[at + j] += weight * inner[i * space + j];
      }
    }
  }
}
