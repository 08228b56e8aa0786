import type { SpikeTrain } from "../../cells/response.js";
import { addProduct } from "../../kernels/product.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { laidOut } from "../accumulators/moments-accumulator-windows.js";
import { centredReader, type RecordingSums, stretchesOf, sumsOfStretches } from "./features.js";
import { emptySums, type StretchSums } from "./moments.js";

/** Frames multiplied at a time: products of a block are float32, their sums float64. */
const block = 1024;

/**
 * The sums of whole windows, every pixel at every lag a feature of its own, a stretch of time each.
 *
 * Entry (k, k') of the sums over windows is that of (k - 1, k' - 1) but for one frame at each end, so that only the products
 * with lag 0 are made from the data.
 */
export function sumWindows(stimulus: Stimulus, spikes: SpikeTrain, lags: number, parts: number): RecordingSums {
  const reader = centredReader(stimulus, lags);
  const totals = sumsOfStretches(stretchesOf(stimulus.frames, lags, parts), ({ start, end }) =>
    sumStretch(reader.read, spikes.counts, pixelsOf(stimulus.grid), lags, start, end),
  );
  return { ...totals, centre: reader.centre, constantPixels: reader.constantPixels() };
}

type Read = (start: number, count: number) => Float32Array;

function sumStretch(
  read: Read,
  counts: Uint32Array,
  pixels: number,
  lags: number,
  from: number,
  to: number,
): StretchSums {
  const D = lags * pixels;
  const sums = emptySums(D);
  const product = new Float32Array(pixels * D);
  let [total, squares] = [0, 0];
  for (let start = from; start < to; start += block) {
    const count = Math.min(block, to - start);
    const frames = read(start - lags + 1, count + lags - 1);
    product.fill(0);
    const own = frames.subarray((lags - 1) * pixels);
    const size = { rows: pixels, columns: D, depth: count, transposeA: true };
    addProduct(own, laidOut(frames, count, lags, pixels), product, size);
    for (let i = 0; i < product.length; i++) sums.gram[i]! += product[i]!;
    for (let p = 0; p < own.length; p++) sums.sum[p % pixels]! += own[p]!;
    for (let t = 0; t < count; t++) {
      const y = counts[start + t]!;
      total += y;
      squares += y * y;
      if (y > 0) addWindow(sums.cross, y, frames, t + lags - 1, pixels);
    }
  }
  const early = read(from - lags + 1, lags - 1).slice();
  const late = read(to - lags + 1, lags - 1).slice();
  shiftAlong(sums, early, late, lags, pixels);
  return { ...sums, bins: to - from, counts: total, squares };
}

/** Adds y times the window that ends with frame `last`. */
function addWindow(cross: Float64Array, y: number, frames: Float32Array, last: number, pixels: number): void {
  for (let i = 0, k = 0; i < cross.length; k++)
    for (let p = 0; p < pixels; p++, i++) cross[i]! += y * frames[(last - k) * pixels + p]!;
}

/** Fills the sums of later lags from those of lag 0: a lag more gains a frame before the stretch and loses one at its end. */
function shiftAlong(
  { gram, sum }: StretchSums,
  early: Float32Array,
  late: Float32Array,
  lags: number,
  pixels: number,
): void {
  const D = lags * pixels;
  for (let k = 1; k < lags; k++) {
    // frames k before the first bin and before the end: the last of `early` is one before the first bin
    for (let p = 0; p < pixels; p++) {
      const own = (lags - 1 - k) * pixels + p;
      sum[k * pixels + p] = sum[(k - 1) * pixels + p]! + early[own]! - late[own]!;
      for (let m = k; m < lags; m++) {
        const row = (k * pixels + p) * D + m * pixels;
        const before = row - pixels * D - pixels;
        const other = (lags - 1 - m) * pixels;
        for (let q = 0; q < pixels; q++)
          gram[row + q] = gram[before + q]! + early[own]! * early[other + q]! - late[own]! * late[other + q]!;
      }
    }
  }
  for (let i = 0; i < D; i++) for (let j = 0; j < i; j++) gram[i * D + j] = gram[j * D + i]!;
}
