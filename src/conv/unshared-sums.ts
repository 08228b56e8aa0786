/**
 * The three operations of layers whose weights depend on the place, summed in float64 and rounded once. Letters as in the
 * chapter: input V, weights W, output Z, gradient of the output G. The weights of one output channel in one block are a row:
 * a row is read once a chunk, for all its windows, since the weights are most of the memory that such a layer moves.
 */
import type { Geometry } from "./geometry.js";
import {
  type Chunk,
  eachChunk,
  gather,
  type Numbers,
  type Segment,
  type Sharing,
  scatter,
} from "./unshared-windows.js";

/** Neighbouring weights of a row, `from` to before `to`. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/** For each output channel where its row begins in a window, and which of its weights are not masked. */
function rowsOf(g: Geometry): { readonly at: number; readonly runs: readonly Run[] }[] {
  const length = g.inChannels * g.taps;
  return Array.from({ length: g.groups * g.outChannels }, (_, o) => {
    const at = Math.floor(o / g.outChannels) * length;
    if (!g.connections) return { at, runs: [{ from: 0, to: length }] };
    const runs: Run[] = [];
    for (let c = 0; c < g.inChannels; c++) {
      if (g.connections[o * g.inChannels + c] === 0) continue;
      const from = runs[runs.length - 1]?.to === c * g.taps ? runs.pop()!.from : c * g.taps;
      runs.push({ from, to: (c + 1) * g.taps });
    }
    return { at, runs };
  });
}

/** `Z = c(W, V)`. */
export function unsharedSums(g: Geometry, sharing: Sharing, V: Numbers, W: Numbers, Z: Numbers): void {
  const rows = rowsOf(g);
  const line = new Float64Array(g.batch * g.places);
  eachChunk(g, sharing, (chunk) => {
    gather(g, V, chunk);
    rows.forEach(({ at, runs }, o) => {
      line.fill(0, 0, chunk.count);
      for (const segment of chunk.segments) {
        const row = segment.block * sharing.blockStride + o * sharing.outputStride;
        for (const run of runs) addDots(W, row, chunk, at, segment, run, line);
      }
      for (let w = 0; w < chunk.count; w++) Z[chunk.output[w] + o * g.places] = line[w];
    });
  });
}

/** Adds to the line of each window of a segment the product of the row's run with the window; `at` is its group's start. */
function addDots(
  W: Numbers,
  row: number,
  chunk: Chunk,
  at: number,
  segment: Segment,
  run: Run,
  line: Float64Array,
): void {
  const { values: X, width } = chunk;
  const { from, to } = run;
  let w = segment.from;
  for (; w + 4 <= segment.to; w += 4) {
    const x0 = w * width + at;
    const x1 = x0 + width;
    const x2 = x1 + width;
    const x3 = x2 + width;
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    for (let i = from; i < to; i++) {
      const weight = W[row + i];
      s0 += weight * X[x0 + i];
      s1 += weight * X[x1 + i];
      s2 += weight * X[x2 + i];
      s3 += weight * X[x3 + i];
    }
    line[w] += s0;
    line[w + 1] += s1;
    line[w + 2] += s2;
    line[w + 3] += s3;
  }
  for (; w < segment.to; w++) line[w] += dot(W, row, X, w * width + at, run);
}

/** One window's product, in four sums that hide the latency of an addition. */
function dot(W: Numbers, row: number, X: Float64Array, x: number, { from, to }: Run): number {
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  let i = from;
  for (; i + 4 <= to; i += 4) {
    s0 += W[row + i] * X[x + i];
    s1 += W[row + i + 1] * X[x + i + 1];
    s2 += W[row + i + 2] * X[x + i + 2];
    s3 += W[row + i + 3] * X[x + i + 3];
  }
  for (; i < to; i++) s0 += W[row + i] * X[x + i];
  return s0 + s1 + (s2 + s3);
}

/** Copies what an output channel's gradient is at the windows of a chunk. */
function gradientLine(G: Numbers, chunk: Chunk, map: number, line: Float64Array): void {
  for (let w = 0; w < chunk.count; w++) line[w] = G[chunk.output[w] + map];
}

/** `dW = g(G, V)`; `dW` is given as zeros. */
export function unsharedWeightSums(g: Geometry, sharing: Sharing, G: Numbers, V: Numbers, dW: Numbers): void {
  const rows = rowsOf(g);
  const length = g.inChannels * g.taps;
  const line = new Float64Array(g.batch * g.places);
  // A block may go on in the next chunk, so each output channel has a row of sums that outlives a chunk.
  const sums = new Float64Array(rows.length * length);
  eachChunk(g, sharing, (chunk) => {
    gather(g, V, chunk);
    rows.forEach(({ at, runs }, o) => {
      gradientLine(G, chunk, o * g.places, line);
      const own = o * length;
      for (const segment of chunk.segments) {
        const row = segment.block * sharing.blockStride + o * sharing.outputStride;
        if (segment.first && segment.last && segment.to === segment.from + 1) {
          for (const run of runs) writeOuter(dW, row, chunk, at, segment.from, run, line);
          continue;
        }
        if (segment.first) sums.fill(0, own, own + length);
        for (const run of runs) addOuter(sums, own, chunk, at, segment, run, line);
        if (segment.last) for (let i = 0; i < length; i++) dW[row + i] = sums[own + i];
      }
    });
  });
}

/** Writes the only window of a block, times its number of the line, to a row of the gradient. */
function writeOuter(
  dW: Numbers,
  row: number,
  { values: X, width }: Chunk,
  at: number,
  w: number,
  { from, to }: Run,
  line: Float64Array,
): void {
  const x = w * width + at;
  const up = line[w];
  for (let i = from; i < to; i++) dW[row + i] = up * X[x + i];
}

/** Adds each window of a segment, times its number of the line, to a row of sums. */
function addOuter(
  sums: Float64Array,
  own: number,
  { values: X, width }: Chunk,
  at: number,
  segment: Segment,
  { from, to }: Run,
  line: Float64Array,
): void {
  let w = segment.from;
  for (; w + 4 <= segment.to; w += 4) {
    const x0 = w * width + at;
    const x1 = x0 + width;
    const x2 = x1 + width;
    const x3 = x2 + width;
    const g0 = line[w];
    const g1 = line[w + 1];
    const g2 = line[w + 2];
    const g3 = line[w + 3];
    for (let i = from; i < to; i++)
      sums[own + i] += g0 * X[x0 + i] + g1 * X[x1 + i] + (g2 * X[x2 + i] + g3 * X[x3 + i]);
  }
  for (; w < segment.to; w++) {
    const x = w * width + at;
    const up = line[w];
    for (let i = from; i < to; i++) sums[own + i] += up * X[x + i];
  }
}

/** `dV = h(W, G)`. */
export function unsharedInputSums(g: Geometry, sharing: Sharing, W: Numbers, G: Numbers, dV: Numbers): void {
  const rows = rowsOf(g);
  const line = new Float64Array(g.batch * g.places);
  const sums = new Float64Array(dV.length);
  eachChunk(g, sharing, (chunk) => {
    chunk.values.fill(0);
    rows.forEach(({ at, runs }, o) => {
      gradientLine(G, chunk, o * g.places, line);
      for (const segment of chunk.segments) {
        const row = segment.block * sharing.blockStride + o * sharing.outputStride;
        for (const run of runs) addRow(W, row, chunk, at, segment, run, line);
      }
    });
    scatter(g, chunk, sums);
  });
  dV.set(sums);
}

/** Adds the row's run, times the window's number of the line, to each window of a segment. */
function addRow(
  W: Numbers,
  row: number,
  chunk: Chunk,
  at: number,
  segment: Segment,
  run: Run,
  line: Float64Array,
): void {
  const { values: X, width } = chunk;
  const { from, to } = run;
  let w = segment.from;
  for (; w + 4 <= segment.to; w += 4) {
    const x0 = w * width + at;
    const x1 = x0 + width;
    const x2 = x1 + width;
    const x3 = x2 + width;
    const g0 = line[w];
    const g1 = line[w + 1];
    const g2 = line[w + 2];
    const g3 = line[w + 3];
    for (let i = from; i < to; i++) {
      const weight = W[row + i];
      X[x0 + i] += g0 * weight;
      X[x1 + i] += g1 * weight;
      X[x2 + i] += g2 * weight;
      X[x3 + i] += g3 * weight;
    }
  }
  for (; w < segment.to; w++) {
    const x = w * width + at;
    const up = line[w];
    for (let i = from; i < to; i++) X[x + i] += up * W[row + i];
  }
}
