import { levelsOf, type Numbers, spreadWindows, sumWindows } from "./pool-passes.js";
import { emptyWindow, fillWindow, type Window, type Windows } from "./pool-windows.js";

/**
 * Whether no power, sum of powers or quotient of them can overflow or lose digits to underflow: with all values of 0 or within
 * [least, most], the p-th powers stay within 1e±140, so their quotients do within 1e±280, and 1e28 terms fit besides.
 */
export function powersFit(V: Numbers, p: number): boolean {
  let most = 0;
  let least = Number.POSITIVE_INFINITY;
  for (let i = 0; i < V.length; i++) {
    const size = Math.abs(V[i]!);
    if (size > most) most = size;
    if (size < least && size > 0) least = size;
  }
  return most === 0 || (p * Math.log10(most) < 140 && p * Math.log10(least) > -140);
}

/** `size^p`: by squaring for whole p up to 64, which takes a fraction of a power's time and errs by at most 2p roundings. */
function power(size: number, p: number): number {
  if (p > 64 || p !== Math.floor(p)) return size ** p;
  let product = 1;
  for (let rest = p, square = size; ; square *= square) {
    if (rest % 2 === 1) product *= square;
    rest >>= 1;
    if (rest === 0) return product;
  }
}

/** `to = |V|^p` for one plane. */
function powers(V: Numbers, at: number, p: number, to: Float64Array): void {
  if (p === 1) for (let i = 0; i < to.length; i++) to[i] = Math.abs(V[at + i]!);
  else if (p === 2) for (let i = 0; i < to.length; i++) to[i] = V[at + i]! * V[at + i]!;
  else for (let i = 0; i < to.length; i++) to[i] = power(Math.abs(V[at + i]!), p);
}

/** The sums of powers to their roots, in place. */
function takeRoots(sums: Float64Array, p: number): void {
  if (p === 2) for (let i = 0; i < sums.length; i++) sums[i] = Math.sqrt(sums[i]!);
  else if (p !== 1) for (let i = 0; i < sums.length; i++) sums[i] = sums[i]! ** (1 / p);
}

/** `|v|^(p - 1) sign v`, 0 at 0. */
function slope(v: number, p: number): number {
  return p === 2 ? v : p === 1 ? Math.sign(v) : Math.sign(v) * power(Math.abs(v), p - 1);
}

/** `Z = (Σ |V|^p)^(1/p)` over each window. */
export function powerPool(w: Windows, p: number, V: Numbers, Z: Numbers): void {
  if (!powersFit(V, p)) {
    scaledPool(w, p, V, Z);
    return;
  }
  const levels = levelsOf(w);
  for (let plane = 0; plane < w.planes; plane++) {
    powers(V, plane * w.cells, p, levels[0]!);
    const sums = sumWindows(w, levels[0]!, 0, levels);
    takeRoots(sums, p);
    Z.set(sums, plane * w.places);
  }
}

/** `dV = |V|^(p - 1) sign V · Σ G / Z^(p - 1)` over the windows that a cell lies in; a window whose Z is 0 gives 0. */
export function powerPoolGradient(w: Windows, p: number, G: Numbers, V: Numbers, dV: Numbers): void {
  if (!powersFit(V, p)) {
    scaledPoolGradient(w, p, G, V, dV);
    return;
  }
  const levels = levelsOf(w);
  for (let plane = 0; plane < w.planes; plane++) {
    const [at, from] = [plane * w.places, plane * w.cells];
    powers(V, from, p, levels[0]!);
    const shares = sumWindows(w, levels[0]!, 0, levels);
    takeRoots(shares, p);
    for (let i = 0; i < shares.length; i++) shares[i] = shares[i] === 0 ? 0 : G[at + i]! / slope(shares[i]!, p);
    const sums = spreadWindows(w, levels);
    for (let i = 0; i < w.cells; i++) dV[from + i] = sums[i]! * slope(V[from + i]!, p);
  }
}

/** The largest magnitude in a window and the root of the sum of powers in units of it, at least 1 where any cell is not 0. */
function scaledRoot(V: Numbers, at: number, p: number, { cell }: Window, n: number): { most: number; root: number } {
  let most = 0;
  for (let i = 0; i < n; i++) most = Math.max(most, Math.abs(V[at + cell[i]!]!));
  if (most === 0) return { most, root: 0 };
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (Math.abs(V[at + cell[i]!]!) / most) ** p;
  return { most, root: sum ** (1 / p) };
}

/** As `powerPool`, window by window and in units of each window's largest magnitude: slower, and right for all numbers. */
function scaledPool(w: Windows, p: number, V: Numbers, Z: Numbers): void {
  const window = emptyWindow(w);
  for (let place = 0; place < w.places; place++) {
    const n = fillWindow(w, place, window);
    for (let plane = 0; plane < w.planes; plane++) {
      const { most, root } = scaledRoot(V, plane * w.cells, p, window, n);
      Z[plane * w.places + place] = most * root;
    }
  }
}

/** As `powerPoolGradient`, window by window: `Σ G (|V| / Z)^(p - 1) sign V`. */
function scaledPoolGradient(w: Windows, p: number, G: Numbers, V: Numbers, dV: Numbers): void {
  const sums = new Float64Array(dV.length);
  const window = emptyWindow(w);
  for (let place = 0; place < w.places; place++) {
    const n = fillWindow(w, place, window);
    for (let plane = 0; plane < w.planes; plane++) {
      const from = plane * w.cells;
      const { most, root } = scaledRoot(V, from, p, window, n);
      if (most === 0) continue;
      const g = G[plane * w.places + place]!;
      for (let i = 0; i < n; i++) {
        const v = from + window.cell[i]!;
        sums[v]! += g * slope(V[v]! / most / root, p);
      }
    }
  }
  dV.set(sums);
}
