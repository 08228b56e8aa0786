import { levelsOf, type Numbers, spreadWindows, sumWindows } from "./pool-passes.js";
import type { Windows } from "./pool-windows.js";

/** The number of cells that each place divides by. */
export function divisors({ axes: [z, y, x], places }: Windows, countPadding: boolean): Float64Array {
  const [a, b, c] = [z, y, x].map((axis) => (countPadding ? axis.declared : axis.count)) as [
    Int32Array,
    Int32Array,
    Int32Array,
  ];
  const counts = new Float64Array(places);
  for (let i = 0, p = 0; i < a.length; i++)
    for (let j = 0; j < b.length; j++) for (let k = 0; k < c.length; k++, p++) counts[p] = a[i]! * b[j]! * c[k]!;
  return counts;
}

/** `Z = Σ V / n` over each window, one axis after the other. */
export function averagePool(w: Windows, countPadding: boolean, V: Numbers, Z: Numbers): void {
  const levels = levelsOf(w);
  const counts = divisors(w, countPadding);
  for (let plane = 0; plane < w.planes; plane++) {
    const sums = sumWindows(w, V, plane * w.cells, levels);
    const at = plane * w.places;
    for (let p = 0; p < w.places; p++) Z[at + p] = sums[p]! / counts[p]!;
  }
}

/** `dV = Σ G / n` over the windows that a cell lies in. */
export function averagePoolGradient(w: Windows, countPadding: boolean, G: Numbers, dV: Numbers): void {
  const levels = levelsOf(w);
  const counts = divisors(w, countPadding);
  const shares = levels[w.passes.length]!;
  for (let plane = 0; plane < w.planes; plane++) {
    const at = plane * w.places;
    for (let p = 0; p < w.places; p++) shares[p] = G[at + p]! / counts[p]!;
    dV.set(spreadWindows(w, levels), plane * w.cells);
  }
}
