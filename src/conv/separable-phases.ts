/**
 * One-dimensional passes with few outputs a group. The product computes four rows at once and packs its windows once for all
 * of them, so a pass to one output wastes three quarters of it. P neighbouring places are P outputs of a convolution with P
 * times the stride instead, whose kernels are the kernel shifted by one stride each: bands of a Toeplitz matrix.
 */
import type { Axis } from "./axis.js";
import { directConv } from "./direct.js";
import { fitsArena, gemmConv } from "./gemm.js";
import type { Geometry } from "./geometry.js";
import type { RunConv } from "./separable-passes.js";

/** What it costs to pack a number of the windows, and to put a number of the phases in its place, in rows of the product. */
const [packing, placing] = [10, 30];

const mostPhases = 32;

/** Taps of the kernels of P phases. */
function spanOf({ tapAt, stride }: Axis, phases: number): number {
  return Math.max(tapAt[0]!, tapAt[tapAt.length - 1]!) + 1 + (phases - 1) * stride;
}

/** How many phases are cheapest for a pass to `outputs` channels a group; 1: the pass as it is. */
export function phasesOf(axis: Axis, outputs: number): number {
  const cost = (phases: number, taps: number) => (taps * (4 * Math.ceil((phases * outputs) / 4) + packing)) / phases;
  let best = { phases: 1, cost: cost(1, axis.kernel) };
  for (let phases = 2; phases <= Math.min(mostPhases, axis.output); phases++) {
    const each = cost(phases, spanOf(axis, phases)) + placing * outputs;
    if (each < best.cost) best = { phases, cost: each };
  }
  return best.phases;
}

/** The axis of a pass in phases; places beyond the last read zeros or what lies there, and nobody reads them. */
function phasedAxis(axis: Axis, phases: number): Axis {
  const kernel = spanOf(axis, phases);
  const output = Math.ceil(axis.output / phases);
  const stride = axis.stride * phases;
  const source = new Int32Array((output - 1) * stride + kernel).fill(-1);
  source.set(axis.source.subarray(0, source.length));
  return { input: axis.input, kernel, output, stride, tapAt: Int32Array.from({ length: kernel }, (_, i) => i), source };
}

/** Each kernel of the pass, once for each phase, shifted by the stride. */
function bands(K: Float32Array, axis: Axis, phases: number, inputs: number): Float32Array {
  const span = spanOf(axis, phases);
  const kernels = K.length / axis.kernel;
  const banded = new Float32Array(kernels * phases * span);
  for (let i = 0; i < kernels; i++) {
    const [o, c] = [Math.floor(i / inputs), i % inputs];
    for (let p = 0; p < phases; p++) {
      const at = ((o * phases + p) * inputs + c) * span + p * axis.stride;
      for (let tap = 0; tap < axis.kernel; tap++) banded[at + axis.tapAt[tap]!] = K[i * axis.kernel + tap]!;
    }
  }
  return banded;
}

/** The geometry of a pass along `along` in phases. */
function phasedGeometry(g: Geometry, along: number, phases: number): Geometry {
  const phased = phasedAxis(g.axes[along]!, phases);
  const [z, y, x] = g.axes.map((axis, i) => (i === along ? phased : axis)) as [Axis, Axis, Axis];
  const outChannels = g.outChannels * phases;
  return {
    ...g,
    outChannels,
    axes: [z, y, x],
    kernelShape: [g.groups * outChannels, g.inChannels, z.kernel, y.kernel, x.kernel],
    outputShape: [g.batch, g.groups * outChannels, z.output, y.output, x.output],
    taps: phased.kernel,
    places: z.output * y.output * x.output,
  };
}

/** Puts the phases of an axis in a row: `[planes, phases, outer, axis, inner]` to `[planes, outer, axis·phases, inner]`. */
function interleave(maps: Float32Array, phased: Geometry, along: number, phases: number, Z: Float32Array): void {
  const lengths = phased.axes.map((axis) => axis.output);
  const size = (list: readonly number[]) => list.reduce((product, length) => product * length, 1);
  const [outer, count, inner] = [size(lengths.slice(0, along)), lengths[along]!, size(lengths.slice(along + 1))];
  const planes = maps.length / (phases * phased.places);
  const whole = Z.length / (planes * outer * inner);
  for (let line = 0; line < planes * outer; line++) {
    const plane = Math.floor(line / outer);
    for (let p = 0; p < phases; p++) {
      const from = ((plane * phases + p) * outer + (line % outer)) * count * inner;
      for (let j = p, at = from; j < whole; j += phases, at += inner) {
        const to = (line * whole + j) * inner;
        if (inner >= 32) Z.set(maps.subarray(at, at + inner), to);
        else for (let i = 0; i < inner; i++) Z[to + i] = maps[at + i]!;
      }
    }
  }
}

/** Computes a pass along one axis by the matrix product, in phases where that is cheaper. */
function runPhased(g: Geometry, V: Float32Array, K: Float32Array, Z: Float32Array): void {
  const along = g.axes.findIndex((axis) => axis.kernel > 1);
  const axis = g.axes[along];
  const phases = axis ? phasesOf(axis, g.outChannels) : 1;
  if (!axis || phases === 1 || g.connections) {
    gemmConv(g, V, K, Z);
    return;
  }
  const phased = phasedGeometry(g, along, phases);
  const maps = new Float32Array(g.batch * g.groups * phased.outChannels * phased.places);
  gemmConv(phased, V, bands(K, axis, phases, g.inChannels), maps);
  interleave(maps, phased, along, phases, Z);
}

/** Computes a pass: by the matrix product in float32, by nested loops in float64 and where the product does not fit. */
export const runPass: RunConv = (g, V, K, Z) => {
  if (V instanceof Float32Array && K instanceof Float32Array && Z instanceof Float32Array && fitsArena(g))
    runPhased(g, V, K, Z);
  else directConv(g, V, K, Z);
};
