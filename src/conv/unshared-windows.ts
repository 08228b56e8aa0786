/**
 * Windows of the input side by side, for layers whose weights depend on the place. Places that meet the same weights are one
 * block: a single place of an unshared layer, all places of one tile of a tiled one.
 */
import type { Geometry } from "./geometry.js";

/** Numbers that are read or written in place. */
export type Numbers = Float32Array | Float64Array;

/** Which places meet which weights. */
export interface Sharing {
  /** the places, block by block */
  readonly order: Int32Array;
  /** block `b` has the places `order[starts[b]]` to before `order[starts[b + 1]]` */
  readonly starts: Int32Array;
  /** from the weights of a block to those of the next */
  readonly blockStride: number;
  /** from the weights of an output channel to those of the next, within a block */
  readonly outputStride: number;
}

/** Windows of a chunk that belong to one block. */
export interface Segment {
  readonly block: number;
  readonly from: number;
  readonly to: number;
  /** whether the block begins and ends in this segment */
  readonly first: boolean;
  readonly last: boolean;
}

/** Some windows, each with every channel's taps in a row of `values`. */
export interface Chunk {
  readonly segments: readonly Segment[];
  readonly count: number;
  /** numbers of one window: channels times taps */
  readonly width: number;
  readonly values: Float64Array;
  /** the place of each window, where its image starts in V, and where its place in the first map lies in Z */
  readonly place: Int32Array;
  readonly image: Int32Array;
  readonly output: Int32Array;
  /** of one output channel, what it is, or its gradient, at each window */
  readonly line: Float64Array;
}

/** Numbers of a chunk, 128 KiB: it stays in a core's own cache while every output channel passes over it. */
const chunkBudget = 2 ** 14;

/** The segments of windows `first` to before `end`, counted over all blocks, an image after the other within a place. */
function segmentsOf({ starts }: Sharing, batch: number, first: number, end: number, block: number): Segment[] {
  const segments: Segment[] = [];
  for (let at = first; at < end; block++) {
    const [from, to] = [starts[block] * batch, starts[block + 1] * batch];
    if (to <= at) continue;
    const stop = Math.min(to, end);
    segments.push({ block, from: at - first, to: stop - first, first: at === from, last: stop === to });
    at = stop;
  }
  return segments;
}

/** Calls `visit` for chunk after chunk, in the order of blocks, with the values of the chunk before it left in place. */
export function eachChunk(g: Geometry, sharing: Sharing, visit: (chunk: Chunk) => void): void {
  const inputs = g.groups * g.inChannels;
  const outputs = g.groups * g.outChannels;
  const width = inputs * g.taps;
  const total = g.batch * g.places;
  const most = Math.min(total, Math.max(4, Math.floor(chunkBudget / width)));
  const [place, image, output] = [new Int32Array(most), new Int32Array(most), new Int32Array(most)];
  const [values, line] = [new Float64Array(most * width), new Float64Array(most)];
  for (let first = 0, block = 0; first < total; first += most) {
    const count = Math.min(most, total - first);
    for (let w = 0; w < count; w++) {
      const n = (first + w) % g.batch;
      place[w] = sharing.order[Math.floor((first + w) / g.batch)];
      image[w] = n * inputs * g.cells;
      output[w] = n * outputs * g.places + place[w];
    }
    const segments = segmentsOf(sharing, g.batch, first, first + count, block);
    block = segments[segments.length - 1].block;
    visit({ segments, count, width, values, place, image, output, line });
  }
}

/** Fills `cells` with the cell that each tap reads at a place; -1 for a zero of the padding. */
function fillCells({ axes: [z, y, x] }: Geometry, place: number, cells: Int32Array): void {
  const row = Math.floor(place / x.output);
  const start0 = Math.floor(row / y.output) * z.stride;
  const start1 = (row % y.output) * y.stride;
  const start2 = (place % x.output) * x.stride;
  for (let m0 = 0, at = 0; m0 < z.kernel; m0++) {
    const r0 = z.source[start0 + z.tapAt[m0]];
    for (let m1 = 0; m1 < y.kernel; m1++) {
      const r1 = y.source[start1 + y.tapAt[m1]];
      const line = r0 < 0 || r1 < 0 ? -1 : (r0 * y.input + r1) * x.input;
      for (let m2 = 0; m2 < x.kernel; m2++, at++) {
        const r2 = x.source[start2 + x.tapAt[m2]];
        cells[at] = line < 0 || r2 < 0 ? -1 : line + r2;
      }
    }
  }
}

/** Calls `visit` for each window of a chunk with the cells that its taps read. */
function eachWindow(g: Geometry, chunk: Chunk, visit: (w: number, cells: Int32Array) => void): void {
  const cells = new Int32Array(g.taps);
  for (let w = 0; w < chunk.count; w++) {
    if (w === 0 || chunk.place[w] !== chunk.place[w - 1]) fillCells(g, chunk.place[w], cells);
    visit(w, cells);
  }
}

/** Copies what the windows of a chunk see of V into its values. */
export function gather(g: Geometry, V: Numbers, chunk: Chunk): void {
  eachWindow(g, chunk, (w, cells) => copyWindow(V, g.cells, chunk, w, cells));
}

function copyWindow(V: Numbers, plane: number, { values, width, image }: Chunk, w: number, cells: Int32Array): void {
  const taps = cells.length;
  for (let at = w * width, from = image[w]; at < (w + 1) * width; at += taps, from += plane)
    for (let t = 0; t < taps; t++) values[at + t] = cells[t] < 0 ? 0 : V[from + cells[t]];
}

/** The adjoint of `gather`: adds the values of a chunk to the cells that its windows see. */
export function scatter(g: Geometry, chunk: Chunk, dV: Float64Array): void {
  eachWindow(g, chunk, (w, cells) => addWindow(dV, g.cells, chunk, w, cells));
}

function addWindow(
  dV: Float64Array,
  plane: number,
  { values, width, image }: Chunk,
  w: number,
  cells: Int32Array,
): void {
  const taps = cells.length;
  const end = (w + 1) * width;
  for (let at = w * width, to = image[w]; at < end; at += taps, to += plane) {
    for (let t = 0; t < taps; t++) {
      const cell = cells[t];
      if (cell >= 0) dV[to + cell] += values[at + t];
    }
  }
}
