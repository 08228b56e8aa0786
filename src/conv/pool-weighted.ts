import { refuse } from "../tensor/errors.js";
import { shapeText } from "../tensor/tensor.js";
import type { Numbers } from "./pool-passes.js";
import { emptyWindow, fillWindow, type Windows } from "./pool-windows.js";

/** The index of a place along the three axes. */
function indexOf({ axes: [, y, x] }: Windows, place: number): [number, number, number] {
  const row = Math.floor(place / x.output);
  return [Math.floor(row / y.output), row % y.output, place % x.output];
}

/** The sum of the weights of the taps of a place that read cells or declared padding. */
function declaredSum(w: Windows, place: number, weights: Float64Array): number {
  const [z, y, x] = w.axes;
  const [p0, p1, p2] = indexOf(w, place);
  let sum = 0;
  for (let t0 = 0; t0 < z.declared[p0]!; t0++) {
    for (let t1 = 0; t1 < y.declared[p1]!; t1++) {
      for (let t2 = 0; t2 < x.declared[p2]!; t2++) sum += weights[(t0 * y.taps + t1) * x.taps + t2]!;
    }
  }
  return sum;
}

/**
 * For each place the sum of the weights that it divides by: of those that read real cells, or with `countPadding` of those that
 * read declared padding too.
 *
 * @throws InputError naming the first place whose weights add up to 0
 */
export function weightSums(where: string, w: Windows, weights: Float64Array, countPadding: boolean): Float64Array {
  const sums = new Float64Array(w.places);
  const window = emptyWindow(w);
  for (let place = 0; place < w.places; place++) {
    if (countPadding) sums[place] = declaredSum(w, place, weights);
    else for (let i = fillWindow(w, place, window) - 1; i >= 0; i--) sums[place]! += weights[window.tap[i]!]!;
    if (sums[place] !== 0) continue;
    const at = shapeText(indexOf(w, place).slice(3 - w.space));
    refuse(where, `weights add up to 0 over what the window at place ${at} averages, a sum above 0 is needed`);
  }
  return sums;
}

/** What a weighted average needs besides its windows: the weight of each tap, and what each place divides by. */
export interface Weighting {
  readonly weights: Float64Array;
  readonly sums: Float64Array;
}

/** `Z = Σ w V / Σ w` over each window. */
export function weightedPool(w: Windows, { weights, sums }: Weighting, V: Numbers, Z: Numbers): void {
  const window = emptyWindow(w);
  const { cell, tap } = window;
  for (let place = 0; place < w.places; place++) {
    const n = fillWindow(w, place, window);
    for (let plane = 0, from = 0; plane < w.planes; plane++, from += w.cells) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += weights[tap[i]!]! * V[from + cell[i]!]!;
      Z[plane * w.places + place] = sum / sums[place]!;
    }
  }
}

/** `dV = Σ w G / Σ w` over the windows that a cell lies in. */
export function weightedPoolGradient(w: Windows, { weights, sums }: Weighting, G: Numbers, dV: Numbers): void {
  const total = new Float64Array(dV.length);
  const window = emptyWindow(w);
  const { cell, tap } = window;
  for (let place = 0; place < w.places; place++) {
    const n = fillWindow(w, place, window);
    for (let plane = 0, from = 0; plane < w.planes; plane++, from += w.cells) {
      const share = G[plane * w.places + place]! / sums[place]!;
      for (let i = 0; i < n; i++) total[from + cell[i]!]! += weights[tap[i]!]! * share;
    }
  }
  dV.set(total);
}
