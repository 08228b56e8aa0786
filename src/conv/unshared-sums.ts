/**
 * The three operations of layers whose weights depend on the place, summed in float64 and rounded once. Letters as in the
 * chapter: input V, weights W, output Z, gradient of the output G. The weights of one output channel in one block are a row:
 * a row is read once a chunk, for all its windows, since the weights are most of the memory that such a layer moves. Windows
 * are taken four at once, so that what is read of a row, or of its gradient, serves four times.
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

/** Where the row of an output channel begins in a window, and which of its weights are not masked. */
interface Row {
  readonly at: number;
  readonly runs: readonly Run[];
}

/** The rows of all output channels. */
function rowsOf(g: Geometry): Row[] {
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

/** A row of weights, or of their gradient, that starts at `row`, and the windows that meet it. */
interface Meeting extends Row {
  readonly row: number;
  readonly segment: Segment;
}

/** Calls `visit` for each segment of a chunk with the row that an output channel has there. */
function eachMeeting(chunk: Chunk, sharing: Sharing, { at, runs }: Row, o: number, visit: (m: Meeting) => void): void {
  for (const segment of chunk.segments)
    visit({ row: segment.block * sharing.blockStride + o * sharing.outputStride, at, runs, segment });
}

/** `Z = c(K, V)`. */
export function unsharedSums(g: Geometry, sharing: Sharing, V: Numbers, W: Numbers, Z: Numbers): void {
  const rows = rowsOf(g);
  eachChunk(g, sharing, (chunk) => {
    gather(g, V, chunk);
    rows.forEach((own, o) => {
      chunk.line.fill(0);
      eachMeeting(chunk, sharing, own, o, (m) => addDots(W, chunk, m));
      for (let w = 0; w < chunk.count; w++) Z[chunk.output[w] + o * g.places] = chunk.line[w];
    });
  });
}

/** Adds to the number of each window the product of the row with the window. */
function addDots(W: Numbers, { values: X, width, line }: Chunk, { row, at, runs, segment }: Meeting): void {
  for (const { from, to } of runs) {
    let w = segment.from;
    for (; w + 4 <= segment.to; w += 4) {
      const x = w * width + at;
      let [s0, s1, s2, s3] = [0, 0, 0, 0];
      for (let i = from; i < to; i++) {
        const weight = W[row + i];
        s0 += weight * X[x + i];
        s1 += weight * X[x + width + i];
        s2 += weight * X[x + 2 * width + i];
        s3 += weight * X[x + 3 * width + i];
      }
      line[w] += s0;
      line[w + 1] += s1;
      line[w + 2] += s2;
      line[w + 3] += s3;
    }
    for (; w < segment.to; w++) line[w] += dot(W, row + from, X, w * width + at + from, to - from);
  }
}

/** One window's product, in four sums that hide the latency of an addition. */
function dot(W: Numbers, row: number, X: Float64Array, x: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 4 <= length; i += 4) {
    s0 += W[row + i] * X[x + i];
    s1 += W[row + i + 1] * X[x + i + 1];
    s2 += W[row + i + 2] * X[x + i + 2];
    s3 += W[row + i + 3] * X[x + i + 3];
  }
  for (; i < length; i++) s0 += W[row + i] * X[x + i];
  return s0 + s1 + (s2 + s3);
}

/** Copies an output channel's gradient at the windows of a chunk to its line. */
function gradientLine(G: Numbers, { count, output, line }: Chunk, map: number): void {
  for (let w = 0; w < count; w++) line[w] = G[output[w] + map];
}

/** `dW = g(G, V)`; `dW` is given as zeros. */
export function unsharedWeightSums(g: Geometry, sharing: Sharing, G: Numbers, V: Numbers, dW: Numbers): void {
  const rows = rowsOf(g);
  const length = g.inChannels * g.taps;
  // A block may go on in the next chunk, so each output channel has a row of sums that outlives a chunk.
  const sums = rows.map(() => new Float64Array(length));
  eachChunk(g, sharing, (chunk) => {
    gather(g, V, chunk);
    rows.forEach((own, o) => {
      gradientLine(G, chunk, o * g.places);
      eachMeeting(chunk, sharing, own, o, (m) => addWeights(dW, sums[o], chunk, m));
    });
  });
}

/** Adds a segment's windows, each times its number, to a row of the gradient, through sums where it has several. */
function addWeights(dW: Numbers, sums: Float64Array, chunk: Chunk, m: Meeting): void {
  const { from, to, first, last } = m.segment;
  if (first && last && to === from + 1) {
    writeOuter(dW, chunk, m);
    return;
  }
  if (first) sums.fill(0);
  addOuter(sums, chunk, m);
  if (last) for (let i = 0; i < sums.length; i++) dW[m.row + i] = sums[i];
}

/** Writes the only window of a block, times its number, to a row of the gradient. */
function writeOuter(dW: Numbers, { values: X, width, line }: Chunk, { row, at, runs, segment }: Meeting): void {
  const x = segment.from * width + at;
  const up = line[segment.from];
  for (const { from, to } of runs) for (let i = from; i < to; i++) dW[row + i] = up * X[x + i];
}

/** Adds each window of a segment, times its number, to a row of sums. */
function addOuter(sums: Float64Array, { values: X, width, line }: Chunk, { at, runs, segment }: Meeting): void {
  for (const { from, to } of runs) {
    let w = segment.from;
    for (; w + 4 <= segment.to; w += 4) {
      const x = w * width + at;
      const [g0, g1, g2, g3] = [line[w], line[w + 1], line[w + 2], line[w + 3]];
      for (let i = from; i < to; i++)
        sums[i] += g0 * X[x + i] + g1 * X[x + width + i] + (g2 * X[x + 2 * width + i] + g3 * X[x + 3 * width + i]);
    }
    for (; w < segment.to; w++) {
      const x = w * width + at;
      const up = line[w];
      for (let i = from; i < to; i++) sums[i] += up * X[x + i];
    }
  }
}

/** `dV = h(W, G)`. */
export function unsharedInputSums(g: Geometry, sharing: Sharing, W: Numbers, G: Numbers, dV: Numbers): void {
  const rows = rowsOf(g);
  const sums = new Float64Array(dV.length);
  eachChunk(g, sharing, (chunk) => {
    chunk.values.fill(0);
    rows.forEach((own, o) => {
      gradientLine(G, chunk, o * g.places);
      eachMeeting(chunk, sharing, own, o, (m) => addRow(W, chunk, m));
    });
    scatter(g, chunk, sums);
  });
  dV.set(sums);
}

/** Adds the row, times the window's number, to each window of a segment. */
function addRow(W: Numbers, { values: X, width, line }: Chunk, { row, at, runs, segment }: Meeting): void {
  for (const { from, to } of runs) {
    let w = segment.from;
    for (; w + 4 <= segment.to; w += 4) {
      const x0 = w * width + at;
      const [x1, x2, x3] = [x0 + width, x0 + 2 * width, x0 + 3 * width];
      const [g0, g1, g2, g3] = [line[w], line[w + 1], line[w + 2], line[w + 3]];
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
}
