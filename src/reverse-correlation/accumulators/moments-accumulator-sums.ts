import { addProduct } from "../../kernels/product.js";
import {
  addExactly,
  checkAddable,
  type ExactSums,
  exactSums,
  exactTotals,
  mergeExactly,
} from "../../math/exact-sums.js";
import { addUpperGram, gramBlock } from "../../math/gram.js";
import type { Moments } from "../subspaces/stc-moments.js";

/** Sums over windows x of D numbers, under some weights. */
export interface WindowSums {
  /** [D], `Σ w·x` */
  readonly first: ExactSums;
  /** [D·(D+1)/2], `Σ w·x·xᵀ` on and above the diagonal, row after row */
  readonly second: ExactSums;
}

/** Sums of nothing. */
export function noWindows(D: number): WindowSums {
  return { first: exactSums(D), second: exactSums((D * (D + 1)) / 2) };
}

/** The sums of both. */
export function mergeWindows(a: WindowSums, b: WindowSums): WindowSums {
  return { first: mergeExactly(a.first, b.first), second: mergeExactly(a.second, b.second) };
}

/** Arrays that every block uses again. */
export interface Room {
  readonly frames: Float32Array;
  /** [D, D] each, of which the triangle above the diagonal is used */
  readonly all: Float64Array;
  readonly spikes: Float64Array;
  /** [D·(D+1)/2] */
  readonly triangle: Float64Array;
}

/** For windows of `lags` frames of `pixels`, a block at a time. */
export function roomOf(lags: number, pixels: number): Room {
  const D = lags * pixels;
  return {
    frames: new Float32Array((gramBlock + lags - 1) * pixels),
    all: new Float64Array(D * D),
    spikes: new Float64Array(D * D),
    triangle: new Float64Array((D * (D + 1)) / 2),
  };
}

/**
 * What a block of windows adds to the sums of all windows and of the spikes'; refuses, as `where`, sums too large to be exact.
 *
 * @param windows z = x - centre, `[count, D]`
 * @param counts spikes in the bin of each window, `[count]`
 * @param centre c, [D]
 */
export function addWindows(
  where: string,
  sums: { readonly all: WindowSums; readonly spikes: WindowSums },
  windows: Float32Array,
  counts: Float32Array,
  centre: Float32Array,
  room: Room,
): { readonly all: WindowSums; readonly spikes: WindowSums } {
  const D = centre.length;
  const depth = counts.length;
  const weights = new Float32Array(2 * depth).fill(1);
  weights.set(counts, depth);
  const products = new Float32Array(2 * D);
  addProduct(weights, windows, products, { rows: 2, columns: D, depth });
  gramsOf(windows, counts, D, room);
  const spikes = counts.reduce((sum, n) => sum + n, 0);
  return {
    all: addMoved(where, sums.all, depth, products.subarray(0, D), room.all, centre, room.triangle),
    spikes:
      spikes === 0
        ? sums.spikes
        : addMoved(where, sums.spikes, spikes, products.subarray(D), room.spikes, centre, room.triangle),
  };
}

/** Windows of one count that are worth a product of their own: the passes over D² numbers that it takes cost as much. */
const worthProduct = 256;

/**
 * `Σ z·zᵀ` and `Σ n·z·zᵀ`, into `all` and `spikes`.
 *
 * Windows of one count share their product `G`: `Σ n·z·zᵀ = Σ n·G(n)`. From the largest count down, `all` grows to the sum of the
 * products so far, and `spikes` takes it once for every spike that the next count has fewer. What is left, silent windows and
 * those of rare counts, is multiplied as it is.
 */
function gramsOf(windows: Float32Array, counts: Float32Array, D: number, { all, spikes }: Room): void {
  const tally = new Map<number, number>();
  for (const n of counts) tally.set(n, (tally.get(n) ?? 0) + 1);
  const shared = [...tally.keys()].filter((n) => n > 0 && tally.get(n)! >= worthProduct).sort((a, b) => b - a);
  const addGram = (into: Float64Array, weight: (n: number) => number) =>
    addUpperGram(windows, counts.map(weight), counts.length, D, into);
  all.fill(0);
  spikes.fill(0);
  shared.forEach((n, i) => {
    addGram(all, (count) => (count === n ? 1 : 0));
    addTriangle(spikes, all, n - (shared[i + 1] ?? 0), D);
  });
  addGram(all, (count) => (shared.includes(count) ? 0 : 1));
  addGram(spikes, (count) => (shared.includes(count) ? 0 : count));
}

/** `into += times·from` on and above the diagonal of `[D, D]`. */
function addTriangle(into: Float64Array, from: Float64Array, times: number, D: number): void {
  for (let i = 0; i < D; i++) for (let at = i * D + i; at < (i + 1) * D; at++) into[at]! += times * from[at]!;
}

/**
 * Moves the sums of windows z = x - c, whose products are float32, to those of x in float64, and adds them:
 * `Σ w·x = s + W·c` and `Σ w·x·xᵀ = Σ w·z·zᵀ + c·sᵀ + s·cᵀ + W·c·cᵀ`, `s = Σ w·z`, `W = Σ w`.
 */
function addMoved(
  where: string,
  sums: WindowSums,
  total: number,
  product: Float32Array,
  gram: Float64Array,
  centre: Float32Array,
  triangle: Float64Array,
): WindowSums {
  const D = centre.length;
  const first = Float64Array.from(product, (s, i) => s + total * centre[i]!);
  for (let i = 0, at = 0; i < D; i++) {
    const [c, s] = [centre[i]!, first[i]!];
    // c·sᵀ + s·cᵀ + W·c·cᵀ is c·sᵀ + (s + W·c)·cᵀ.
    for (let j = i; j < D; j++, at++) triangle[at] = gram[i * D + j]! + c * product[j]! + s * centre[j]!;
  }
  checkAddable(where, sums.first, first);
  checkAddable(where, sums.second, triangle);
  return { first: addExactly(sums.first, first), second: addExactly(sums.second, triangle) };
}

/** Mean and covariance of sums of total weight `total`; entries of pixels that do not vary have none. */
export function momentsOf(sums: WindowSums, total: number, varies: Uint8Array): Moments {
  const mean = exactTotals(sums.first).map((sum) => sum / total);
  const D = mean.length;
  const second = exactTotals(sums.second);
  const covariance = new Float64Array(D * D);
  for (let i = 0, at = 0; i < D; i++) {
    for (let j = i; j < D; j++, at++) {
      // Exactly none, whatever the last bits say.
      if (varies[i % varies.length] === 0 || varies[j % varies.length] === 0) continue;
      covariance[i * D + j] = second[at]! / total - mean[i]! * mean[j]!;
      covariance[j * D + i] = covariance[i * D + j]!;
    }
  }
  return { mean, covariance };
}
