import type { SpikeTrain } from "../../cells/response.js";
import { addProduct } from "../../kernels/product.js";
import { addWeightedGram, gramBlock } from "../../math/gram.js";
import { pixelsOf } from "../../math/grid.js";
import type { Stimulus } from "../../stimuli/stimulus.js";
import { afterFrames, unseen } from "../accumulators/constancy.js";
import { meanOf, subtract } from "../accumulators/moments-accumulator-windows.js";
import type { FrameRange } from "../goodness/time-blocks.js";
import type { Modes } from "./modes.js";
import { emptySums, type StretchSums, totalSums } from "./moments.js";

/** Sums of one pass over a recording. */
export interface RecordingSums {
  /** one a stretch of time, in order; no window of one reaches into another's */
  readonly stretches: readonly StretchSums[];
  /** of all bins, those between the stretches too */
  readonly all: StretchSums;
  /** [height · width], what was taken off every frame */
  readonly centre: Float32Array;
  /** pixels that have one value throughout */
  readonly constantPixels: number;
}

/**
 * The bins that have a full window in `parts` equal stretches, with `lags - 1` bins between one and the next, so that what is
 * held out shares no frame with what is learnt from; and those between.
 */
export function stretchesOf(
  frames: number,
  lags: number,
  parts: number,
): { readonly stretches: readonly FrameRange[]; readonly between: readonly FrameRange[] } {
  const gap = lags - 1;
  const bins = frames - parts * gap;
  const starts = Array.from({ length: parts + 1 }, (_, k) => (k + 1) * gap + Math.round((k * bins) / parts));
  return {
    stretches: starts.slice(1).map((next, k) => ({ start: starts[k]!, end: next - gap })),
    between: gap === 0 ? [] : starts.slice(1, -1).map((end) => ({ start: end - gap, end })),
  };
}

/** The sums of each stretch and of all bins, each range summed by `sumOf`. */
export function sumsOfStretches(
  { stretches: ranges, between }: ReturnType<typeof stretchesOf>,
  sumOf: (range: FrameRange) => StretchSums,
): Pick<RecordingSums, "stretches" | "all"> {
  const stretches = ranges.map(sumOf);
  if (stretches.length === 1) return { stretches, all: stretches[0]! };
  return { stretches, all: between.reduce((sums, range) => totalSums([sums, sumOf(range)]), totalSums(stretches)) };
}

/**
 * The sums of the windows' coefficients in some modes, in one pass over the stimulus, a stretch of time each.
 *
 * The mean of the first block of frames is taken off first: moments about a mean do not see it, and the rounding of float32
 * is then that of the stimulus's variance.
 */
export function sumFeatures(stimulus: Stimulus, spikes: SpikeTrain, modes: Modes, parts: number): RecordingSums {
  const lags = modes.shape[0];
  const pixels = pixelsOf(stimulus.grid);
  const project = projector(modes);
  const reader = centredReader(stimulus, lags);
  const totals = sumsOfStretches(stretchesOf(stimulus.frames, lags, parts), (range) => {
    let sums = emptySums(modes.count);
    for (let start = range.start; start < range.end; start += gramBlock) {
      const count = Math.min(gramBlock, range.end - start);
      const features = project(reader.read(start - lags + 1, count + lags - 1), count + lags - 1, pixels);
      sums = addBlock(sums, features, spikes.counts.subarray(start, start + count));
    }
    return sums;
  });
  return { ...totals, centre: reader.centre, constantPixels: reader.constantPixels() };
}

/** Adds a block `[count, n]` of features; the arrays of `sums` are changed and handed on. */
function addBlock(sums: StretchSums, features: Float32Array, counts: Uint32Array): StretchSums {
  const n = sums.sum.length;
  addWeightedGram(features, new Float32Array(counts.length).fill(1), counts.length, n, sums.gram);
  let [total, squares] = [sums.counts, sums.squares];
  for (let t = 0; t < counts.length; t++) {
    const y = counts[t]!;
    total += y;
    squares += y * y;
    for (let j = 0; j < n; j++) sums.sum[j]! += features[t * n + j]!;
    if (y > 0) for (let j = 0; j < n; j++) sums.cross[j]! += y * features[t * n + j]!;
  }
  return { ...sums, bins: sums.bins + counts.length, counts: total, squares };
}

/** Reads runs of frames with the first block's mean taken off, and notes which pixels ever change. */
export function centredReader(stimulus: Stimulus, lags: number) {
  const pixels = pixelsOf(stimulus.grid);
  const first = Math.min(gramBlock, stimulus.frames);
  const buffer = new Float32Array(Math.min(stimulus.frames, gramBlock + lags - 1) * pixels);
  const centre = meanOf(stimulus.read(0, first, buffer), pixels);
  let seen = unseen(pixels);
  const read = (start: number, count: number): Float32Array => {
    const frames = stimulus.read(start, count, buffer);
    seen = afterFrames(seen, frames);
    subtract(frames, centre);
    return frames;
  };
  return { centre, read, constantPixels: () => seen.constant };
}

/** Makes of successive frames `[count + lags - 1, pixels]` the coefficients of their windows, float32 `[count, modes]`. */
function projector(modes: Modes) {
  const [L] = modes.shape;
  const { fields, fieldOfMode } = spatialFields(modes);
  const filters = Float64Array.from({ length: modes.count * L }, (_, i) => {
    const k = modes.indices[0][Math.floor(i / L)]!;
    return modes.bases[0][k * L + (i % L)]!;
  });
  return (frames: Float32Array, length: number, pixels: number): Float32Array => {
    const rows = fields.length / pixels;
    const series = new Float32Array(rows * length);
    addProduct(fields, frames, series, { rows, columns: length, depth: pixels, transposeB: true });
    const count = length - L + 1;
    const features = new Float32Array(count * modes.count);
    for (let j = 0; j < modes.count; j++) {
      const from = fieldOfMode[j]! * length + L - 1;
      for (let t = 0; t < count; t++) {
        let sum = 0;
        for (let k = 0; k < L; k++) sum += filters[j * L + k]! * series[from + t - k]!;
        features[t * modes.count + j] = sum;
      }
    }
    return features;
  };
}

/** The different images among the modes, float32 `[fields, pixels]`, and which of them each mode has. */
function spatialFields({ shape, count, indices, bases }: Modes) {
  const [, H, W] = shape;
  const places = new Map<number, number>();
  const fieldOfMode = Int32Array.from({ length: count }, (_, j) => {
    const key = indices[1][j]! * W + indices[2][j]!;
    if (!places.has(key)) places.set(key, places.size);
    return places.get(key)!;
  });
  const fields = new Float32Array(places.size * H * W);
  for (const [key, place] of places) {
    const [ky, kx] = [Math.floor(key / W), key % W];
    for (let y = 0; y < H; y++) {
      for (let x = 0; x < W; x++) fields[(place * H + y) * W + x] = bases[1][ky * H + y]! * bases[2][kx * W + x]!;
    }
  }
  return { fields, fieldOfMode };
}
