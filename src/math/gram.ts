import { tileColumns, tileRows } from "../kernels/panel-kernels.js";
import { type Panels, panels } from "../kernels/panels.js";
import { depthBlock, evenBlock } from "../kernels/product.js";
import { checkInteger } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";

/**
 * Frames in one block: a block's product is summed in float32, the blocks in float64. Sums are the same bits however a caller
 * splits its frames, as long as it splits at multiples of this.
 */
export const gramBlock = 4096;

function check(
  where: string,
  frames: Float32Array,
  weights: ArrayLike<number>,
  count: number,
  D: number,
  into: Float64Array,
): void {
  checkInteger(where, "count", count);
  checkInteger(where, "dimensions", D, 1);
  if (frames.length < count * D)
    refuse(where, `frames has ${frames.length} numbers, ${count} frames of ${D} need ${count * D}`);
  if (weights.length < count) refuse(where, `weights has ${weights.length} numbers, ${count} frames need ${count}`);
  if (into.length !== D * D) refuse(where, `into has ${into.length} numbers, ${D} dimensions need ${D * D}`);
  for (let t = 0; t < count; t++) {
    const weight = weights[t]!;
    if (!(weight >= 0 && weight < Number.POSITIVE_INFINITY))
      refuse(where, `weights[${t}] is ${weight}, a number of at least 0 is needed`);
  }
}

/** The most frames that are copied at once, see `stage`. */
const longestStretch = 4 * depthBlock;

/** Where the parts of the product lie in the arena, in bytes; staged frames come last, with room for what is read past one. */
function layoutOf(D: number) {
  const width = Math.ceil(D / 16) * 16;
  const weights = 0;
  const places = weights + 4 * depthBlock;
  const A = places + 4 * depthBlock;
  // 64 bytes more than a whole number of pages keep the parts from sharing the same sets of the cache.
  const B = A + 4 * depthBlock * width + 64;
  const C = B + 4 * depthBlock * width + 64;
  const source = C + 4 * width * width + 64;
  return { width, weights, places, A, B, C, source, end: source + 4 * longestStretch * D + 64 };
}

/**
 * Writes the picked frames, their places and weights to the arena. One copy of the whole stretch costs less than one copy for
 * each run of neighbours, unless the stretch is mostly frames that nobody asked for.
 */
function stage(
  k: Panels,
  { weights: weightsAt, places, source }: ReturnType<typeof layoutOf>,
  frames: Float32Array,
  weights: ArrayLike<number>,
  D: number,
  picked: Int32Array,
): void {
  const { floats: F, integers: I } = k.arena;
  const first = picked[0]!;
  const stretch = picked[picked.length - 1]! - first + 1;
  const whole = stretch <= 4 * picked.length;
  if (whole) F.set(frames.subarray(first * D, (first + stretch) * D), source >> 2);
  for (let i = 0; i < picked.length; i++) {
    const t = picked[i]!;
    F[(weightsAt >> 2) + i] = weights[t]!;
    I[(places >> 2) + i] = source + 4 * D * (whole ? t - first : i);
    if (!whole) F.set(frames.subarray(t * D, (t + 1) * D), (source >> 2) + i * D);
  }
}

/** Adds a run of numbers, four at once: the loads of four wait for memory together. */
function addRun(C: Float32Array, from: number, into: Float64Array, at: number, end: number): void {
  for (; at + 4 <= end; at += 4, from += 4) {
    const a = into[at]! + C[from]!;
    const b = into[at + 1]! + C[from + 1]!;
    const c = into[at + 2]! + C[from + 2]!;
    const d = into[at + 3]! + C[from + 3]!;
    into[at] = a;
    into[at + 1] = b;
    into[at + 2] = c;
    into[at + 3] = d;
  }
  for (; at < end; at++, from++) into[at]! += C[from]!;
}

/** Adds the upper triangle of one block's product. */
function addTriangle(C: Float32Array, first: number, width: number, D: number, into: Float64Array): void {
  for (let i = 0; i < D; i++) addRun(C, first + i * width + i, into, i * D + i, (i + 1) * D);
}

/** Numbers of a square that is mirrored at once: two of them stay in the cache. */
const square = 32;

/** Copies what is above the diagonal of `[D, D]` to below it. */
export function mirror(into: Float64Array, D: number): void {
  for (let top = 0; top < D; top += square) {
    for (let left = 0; left <= top; left += square) {
      for (let i = top; i < Math.min(top + square, D); i++)
        for (let j = left; j < Math.min(left + square, i); j++) into[i * D + j] = into[j * D + i]!;
    }
  }
}

/**
 * Adds a weighted sum of outer products: the inner loop of covariances.
 *
 * `into += Σ w(t) x(t) x(t)ᵀ` over the frames t of weight above 0. Of the product only the tiles on or above the diagonal are
 * computed, in float32 within a block of `gramBlock` frames, with sums of at most 256 frames before they are added up; blocks
 * add in float64. So an entry is off by at most (256 + 16)·2⁻²⁴ of its Σ w |x||x|, and in noise by some 10⁻⁶ of it.
 *
 * @param frames x, `[count, dimensions]`, finite
 * @param weights w, one a frame, at least 0; they are rounded to float32
 * @param count the number of frames
 * @param dimensions D
 * @param into `[D, D]`, the full symmetric matrix (what it holds below the diagonal is replaced by what is above)
 * @throws InputError if a length does not fit or a weight is negative, NaN or infinite
 */
export function addWeightedGram(
  frames: Float32Array,
  weights: ArrayLike<number>,
  count: number,
  dimensions: number,
  into: Float64Array,
  k: Panels = panels(),
): void {
  check("addWeightedGram", frames, weights, count, dimensions, into);
  addTriangles(frames, weights, count, dimensions, into, k);
  mirror(into, dimensions);
}

/**
 * `addWeightedGram` of what is on and above the diagonal, the rest is left as it is: for sums of many blocks, of which `mirror` makes
 * a symmetric matrix at the end.
 *
 * @throws InputError as `addWeightedGram`
 */
export function addUpperGram(
  frames: Float32Array,
  weights: ArrayLike<number>,
  count: number,
  dimensions: number,
  into: Float64Array,
  k: Panels = panels(),
): void {
  check("addUpperGram", frames, weights, count, dimensions, into);
  addTriangles(frames, weights, count, dimensions, into, k);
}

function addTriangles(
  frames: Float32Array,
  weights: ArrayLike<number>,
  count: number,
  D: number,
  into: Float64Array,
  k: Panels,
): void {
  const parts = layoutOf(D);
  k.arena.reserve(parts.end);
  const picked = new Int32Array(gramBlock);
  const rowPanels = Math.ceil(D / tileRows);
  const columnPanels = Math.ceil(D / tileColumns);
  for (let start = 0; start < count; start += gramBlock) {
    let used = 0;
    for (let t = start; t < Math.min(count, start + gramBlock); t++) if (weights[t]! > 0) picked[used++] = t;
    if (used === 0) continue;
    const step = evenBlock(used, depthBlock, 1);
    for (let from = 0; from < used; from += step) {
      const some = picked.subarray(from, Math.min(used, from + step));
      stage(k, parts, frames, weights, D, some);
      k.packWeighted(parts.places, parts.weights, parts.width / 16, some.length, parts.A, parts.B);
      const keep = from > 0 ? 1 : 0;
      k.multiplyPanels(parts.A, parts.B, parts.C, rowPanels, columnPanels, some.length, 4 * parts.width, keep, 0);
    }
    addTriangle(k.arena.floats, parts.C >> 2, parts.width, D, into);
  }
}
