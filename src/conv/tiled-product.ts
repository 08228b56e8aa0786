/**
 * The three operations of a tiled layer as one convolution a tile, of stride s·t and woven together, each a packed float32
 * product: windows of one tile start where a convolution of that stride starts, so only the axes need to be cut.
 */
import { sizeOf } from "../tensor/tensor.js";
import type { Axis } from "./axis.js";
import { fitsArena, gemmConv, gemmInputGradient, gemmKernelGradient } from "./gemm.js";
import type { Geometry } from "./geometry.js";
import type { Tiling } from "./tiled-kernels.js";
import type { Sharing } from "./unshared-windows.js";

/** What the places of one tile read and write. */
interface Part {
  readonly tile: number;
  readonly g: Geometry;
  /** the layer's place of each of the part's */
  readonly places: Int32Array;
}

/** The axis of every `t`-th place from place `first` on. */
function cutAxis({ output, stride, source, tapAt, ...axis }: Axis, first: number, t: number): Axis {
  const places = Math.floor((output - 1 - first) / t) + 1;
  const end = (first + (places - 1) * t) * stride + Math.max(...tapAt) + 1;
  return { ...axis, tapAt, output: places, stride: stride * t, source: source.subarray(first * stride, end) };
}

function partOf({ g, tile }: Tiling, sharing: Sharing, index: number): Part {
  const t = [1, 1, 1, ...tile].slice(-3);
  const first = [Math.floor(index / (t[1] * t[2])), Math.floor(index / t[2]) % t[1], index % t[2]];
  const [z, y, x] = g.axes.map((axis, i) => cutAxis(axis, first[i], t[i]));
  const space = [z.output, y.output, x.output];
  const outputShape = [...g.outputShape.slice(0, -tile.length), ...space.slice(-tile.length)];
  const places = sharing.order.subarray(sharing.starts[index], sharing.starts[index + 1]);
  return { tile: index, g: { ...g, axes: [z, y, x], outputShape, places: sizeOf(space) }, places };
}

/** Products of a tile below which setting up a matrix product costs more than the sums. */
const smallPart = 2 ** 14;

/** The parts of a tiled layer, one a tile that some place uses. */
export function partsOf(tiling: Tiling, sharing: Sharing): Part[] {
  const parts: Part[] = [];
  for (let tile = 0; tile < tiling.tiles; tile++)
    if (sharing.starts[tile + 1] > sharing.starts[tile]) parts.push(partOf(tiling, sharing, tile));
  return parts;
}

/**
 * The parts of a tiled layer, or undefined where the sums of `unshared-sums` serve better: each part lays out the images anew,
 * which must be little beside its products.
 */
export function servingParts(tiling: Tiling, sharing: Sharing): Part[] | undefined {
  const { g, tiles } = tiling;
  const products = (g.batch * g.places * g.groups * g.outChannels * g.inChannels * g.taps) / tiles;
  const images = g.batch * g.groups * g.inChannels * g.cells;
  if (products < smallPart || products < 8 * images) return undefined;
  const parts = partsOf(tiling, sharing);
  return parts.every((part) => fitsArena(part.g)) ? parts : undefined;
}

/** The weights of one tile, of all that stand tile by tile. */
function weightsOf({ g, tile }: Part, weights: Float32Array): Float32Array {
  const size = g.groups * g.outChannels * g.inChannels * g.taps;
  return weights.subarray(tile * size, (tile + 1) * size);
}

/** `Z = c(K, V)`, the kernels tile by tile. */
export function productConv(g: Geometry, parts: readonly Part[], V: Float32Array, K: Float32Array, Z: Float32Array) {
  for (const part of parts) {
    const count = part.places.length;
    const own = new Float32Array((Z.length / g.places) * count);
    gemmConv(part.g, V, weightsOf(part, K), own);
    for (let from = 0, to = 0; from < own.length; from += count, to += g.places)
      for (let p = 0; p < count; p++) Z[to + part.places[p]] = own[from + p];
  }
}

/** The gradient of the output at the places of one part. */
function gradientOf(g: Geometry, { places }: Part, G: Float32Array): Float32Array {
  const count = places.length;
  const own = new Float32Array((G.length / g.places) * count);
  for (let from = 0, to = 0; to < own.length; from += g.places, to += count)
    for (let p = 0; p < count; p++) own[to + p] = G[from + places[p]];
  return own;
}

/** `dK = g(G, V)`, tile by tile; `dK` is given as zeros. */
export function productKernelGradient(
  g: Geometry,
  parts: readonly Part[],
  G: Float32Array,
  V: Float32Array,
  dK: Float32Array,
) {
  for (const part of parts) gemmKernelGradient(part.g, gradientOf(g, part, G), V, weightsOf(part, dK));
}

/** `dV = h(K, G)`, the kernels tile by tile; the tiles' gradients add up in float64. */
export function productInputGradient(
  g: Geometry,
  parts: readonly Part[],
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
) {
  const sums = new Float64Array(dV.length);
  for (const part of parts) {
    dV.fill(0);
    gemmInputGradient(part.g, weightsOf(part, K), gradientOf(g, part, G), dV);
    for (let i = 0; i < sums.length; i++) sums[i] += dV[i];
  }
  dV.set(sums);
}
