import { sizeOf } from "../tensor/tensor.js";
import { type Geometry, geometryOf } from "./geometry.js";
import type { GeometryOptions } from "./options.js";
import { tilesOfPlaces } from "./tiled-places.js";
import { spaceOfWeights } from "./unshared-shapes.js";
import type { Numbers, Sharing } from "./unshared-windows.js";

/** A tiled layer: the geometry of each of its kernels, and how many of them cycle along each axis. */
export interface Tiling {
  readonly g: Geometry;
  readonly tile: readonly number[];
  readonly tiles: number;
}

const layout = { axes: "[outChannels, inChannels, ...kernelSpace, ...tile]", channels: () => 1 } as const;

/** The tiling of kernels `[outChannels, channels / groups, ...kernelSpace, ...tile]`, with every shape and option checked. */
export function tilingOf(
  where: string,
  inputShape: readonly number[],
  [name, shape]: readonly [string, readonly number[]],
  options: GeometryOptions,
): Tiling {
  const space = spaceOfWeights(where, [name, shape], layout, inputShape, options.groups);
  const tile = shape.slice(-space);
  return { g: geometryOf(where, inputShape, shape.slice(0, -space), options), tile, tiles: sizeOf(tile) };
}

/** The places of one tile are a block: a counting sort of the places by tile. */
export function tiledSharing({ g, tile, tiles }: Tiling): Sharing {
  const tileOf = tilesOfPlaces(g.outputShape.slice(-tile.length), tile);
  const starts = new Int32Array(tiles + 1);
  for (const t of tileOf) starts[t + 1]++;
  for (let t = 0; t < tiles; t++) starts[t + 1] += starts[t];
  const next = starts.slice(0, -1);
  const order = new Int32Array(g.places);
  tileOf.forEach((t, place) => {
    order[next[t]++] = place;
  });
  const length = g.inChannels * g.taps;
  return { order, starts, blockStride: g.groups * g.outChannels * length, outputStride: length };
}

/** Kernels that stand tile by tile, as the sums read them, from kernels whose innermost axes are the tile. */
export function tileByTile<T extends Numbers>(kernels: T, tiles: number): T {
  if (tiles === 1) return kernels;
  const sorted = kernels.slice() as T;
  const size = kernels.length / tiles;
  for (let i = 0, at = 0; i < size; i++) for (let t = 0; t < tiles; t++, at++) sorted[t * size + i] = kernels[at];
  return sorted;
}

/** The inverse of `tileByTile`: writes kernels that stand tile by tile to kernels whose innermost axes are the tile. */
export function tileInnermost(sorted: Numbers, tiles: number, kernels: Numbers): void {
  const size = kernels.length / tiles;
  for (let i = 0, at = 0; i < size; i++) for (let t = 0; t < tiles; t++, at++) kernels[at] = sorted[t * size + i];
}
