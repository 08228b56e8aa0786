/**
 * The three operations as nested loops that sum in float64: the plain form, exact to one rounding at the end for float32.
 * Letters as in the chapter: input V, kernels K, output Z, gradient of the output G.
 */
import type { Geometry } from "./geometry.js";

type Numbers = Float32Array | Float64Array;

/** Where the planes of one image and one pair of channels start, `Z` at the line of places that is worked on. */
interface Start {
  readonly V: number;
  readonly K: number;
  readonly Z: number;
}

/** Some places along the last axis: for place `p` and tap `t` the cell that is read at `[p·taps + t]`, -1 for a zero. */
interface Line {
  readonly places: number;
  readonly taps: number;
  readonly cells: Int32Array;
}

/** Cells of a line, 256 KiB, so that long lines of large kernels take no more memory than others. */
const lineBudget = 2 ** 16;

/** Fills the line's cells for its places from (p0, p1, p2) on. */
function fillLine(g: Geometry, line: Line, p0: number, p1: number, p2: number): void {
  const [z, y, x] = g.axes;
  for (let m0 = 0, tap = 0; m0 < z.kernel; m0++) {
    const r0 = z.source[p0 * z.stride + z.tapAt[m0]!]!;
    for (let m1 = 0; m1 < y.kernel; m1++, tap += x.kernel) {
      const r1 = y.source[p1 * y.stride + y.tapAt[m1]!]!;
      const start = r0 < 0 || r1 < 0 ? -1 : (r0 * y.input + r1) * x.input;
      for (let p = 0; p < line.places; p++) {
        for (let m2 = 0; m2 < x.kernel; m2++) {
          const r2 = x.source[(p2 + p) * x.stride + x.tapAt[m2]!]!;
          line.cells[p * line.taps + tap + m2] = start < 0 || r2 < 0 ? -1 : start + r2;
        }
      }
    }
  }
}

/** Calls `visit` for each line of places, each image, and each pair of an output and an input channel that it sees. */
function eachLine(g: Geometry, visit: (line: Line, start: Start) => void): void {
  const [, y, x] = g.axes;
  const inputs = g.groups * g.inChannels;
  const outputs = g.groups * g.outChannels;
  const most = Math.min(x.output, Math.max(1, Math.floor(lineBudget / g.taps)));
  const cells = new Int32Array(most * g.taps);
  for (let place = 0; place < g.places; ) {
    const p2 = place % x.output;
    const row = (place - p2) / x.output;
    const line = { places: Math.min(most, x.output - p2), taps: g.taps, cells };
    fillLine(g, line, Math.floor(row / y.output), row % y.output, p2);
    for (let plane = 0; plane < g.batch * outputs; plane++) {
      const image = Math.floor(plane / outputs);
      const o = plane % outputs;
      const first = Math.floor(o / g.outChannels) * g.inChannels;
      for (let c = 0; c < g.inChannels; c++) {
        if (g.connections && g.connections[o * inputs + c] === 0) continue;
        const V = (image * inputs + first + c) * g.cells;
        visit(line, { V, K: (o * g.inChannels + c) * g.taps, Z: plane * g.places + place });
      }
    }
    place += line.places;
  }
}

/** `Z = c(K, V)`. */
export function directConv(g: Geometry, V: Numbers, K: Numbers, Z: Numbers): void {
  const sums = new Float64Array(Z.length);
  eachLine(g, (line, start) => addConv(line, V, K, sums, start));
  Z.set(sums);
}

function addConv({ places, taps, cells }: Line, V: Numbers, K: Numbers, sums: Float64Array, start: Start): void {
  const { V: plane, K: kernel, Z: line } = start;
  for (let p = 0, at = 0; p < places; p++) {
    let sum = 0;
    for (let t = 0; t < taps; t++, at++) {
      const cell = cells[at]!;
      if (cell >= 0) sum += K[kernel + t]! * V[plane + cell]!;
    }
    sums[line + p]! += sum;
  }
}

/** `dK = g(G, V)`. */
export function directKernelGradient(g: Geometry, G: Numbers, V: Numbers, dK: Numbers): void {
  const sums = new Float64Array(dK.length);
  eachLine(g, (line, start) => addKernelGradient(line, G, V, sums, start));
  dK.set(sums);
}

function addKernelGradient(
  { places, taps, cells }: Line,
  G: Numbers,
  V: Numbers,
  sums: Float64Array,
  start: Start,
): void {
  const { V: plane, K: kernel, Z: line } = start;
  for (let p = 0, at = 0; p < places; p++) {
    const up = G[line + p]!;
    for (let t = 0; t < taps; t++, at++) {
      const cell = cells[at]!;
      if (cell >= 0) sums[kernel + t]! += up * V[plane + cell]!;
    }
  }
}

/** `dV = h(K, G)`. */
export function directInputGradient(g: Geometry, K: Numbers, G: Numbers, dV: Numbers): void {
  const sums = new Float64Array(dV.length);
  eachLine(g, (line, start) => addInputGradient(line, K, G, sums, start));
  dV.set(sums);
}

function addInputGradient(
  { places, taps, cells }: Line,
  K: Numbers,
  G: Numbers,
  sums: Float64Array,
  start: Start,
): void {
  const { V: plane, K: kernel, Z: line } = start;
  for (let p = 0, at = 0; p < places; p++) {
    const up = G[line + p]!;
    for (let t = 0; t < taps; t++, at++) {
      const cell = cells[at]!;
      if (cell >= 0) sums[plane + cell]! += up * K[kernel + t]!;
    }
  }
}
