import type { Tensor } from "../../tensor/tensor.js";
import { type Basis, sizeOfBasis } from "./basis.js";

/** What a cell's own past spikes, or another cell's, add to the linear sum η: `Σ_j h(j)·n(t - j)`, j from 1 on. */
export interface SpikeFilter {
  /** [bins], h; one bin after a spike first */
  readonly filter: Tensor;
  /** [bins]; absent where the fit has none */
  readonly standardErrors?: Tensor;
  readonly basis: Basis;
  /** [functions], `h = B·c` */
  readonly coefficients: Float64Array;
}

/** Spikes of the bins before, weighed by each function of a basis: `[bins, functions]`, spikes before the first bin count as 0. */
export function pastSpikes(counts: ArrayLike<number>, basis: Basis): Float32Array {
  const { samples, functions } = sizeOfBasis(basis);
  const B = basis.matrix.data;
  const past = new Float32Array(counts.length * functions);
  for (let t = 0; t < counts.length; t++) {
    if (counts[t] === 0) continue;
    for (let j = 1; j <= samples && t + j < counts.length; j++) {
      for (let a = 0; a < functions; a++) past[(t + j) * functions + a] += counts[t] * B[(j - 1) * functions + a];
    }
  }
  return past;
}

/** Adds `Σ_j h(j)·n(t - j)` to `into`; the filter's lag 1 first. */
export function addPastSpikes(counts: ArrayLike<number>, filter: ArrayLike<number>, into: Float64Array): void {
  for (let t = 0; t < counts.length; t++) {
    if (counts[t] !== 0) addAfter(t, counts[t], filter, into);
  }
}

/** Adds what the spikes of bin t do to the bins after it. */
export function addAfter(t: number, count: number, filter: ArrayLike<number>, into: Float64Array): void {
  const reach = Math.min(filter.length, into.length - 1 - t);
  for (let j = 1; j <= reach; j++) into[t + j] += count * filter[j - 1];
}
