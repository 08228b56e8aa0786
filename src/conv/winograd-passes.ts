/**
 * The convolution and the gradient of its input by Winograd's filters. Both multiply transformed kernels with transformed tiles at
 * every point and take the products back: the second is the transpose of the first, with the same transforms of the kernels, so
 * that it needs no flipped kernels and no padding; its tiles overlap and add.
 */
import { writeTable } from "../kernels/product.js";
import {
  depthBlocks,
  multiplyAtPoints,
  type PanelLayout,
  type Patches,
  packPatches,
  type Range,
  type Stage,
  spaced,
  type TileClass,
  tilesOfImages,
  unpackPatches,
} from "./winograd-arena.js";

/** One pass over the tiles of some images. */
export interface Pass {
  readonly rows: number;
  readonly depth: number;
  /** columns that are worked on at once */
  readonly block: number;
  readonly analysis: "data" | "gradient";
  readonly synthesis: "output" | "input";
  readonly kernels: Patches;
  readonly source: Plane;
  readonly target: Plane;
}

/** Channels of images in the arena, in bytes. */
export interface Plane {
  readonly address: number;
  readonly image: number;
  readonly channel: number;
  readonly pitch: number;
  readonly tiles: "cells" | "places";
}

/** Depths up to which all points of one tile of the product are made at once: the products then never leave the cache. */
export const shallow = 16;

/** Numbers between two points beyond what they hold, so that points do not share the same sets of the cache. */
export const pointGap = 16;

/** The panels of the rows for one class. */
export function rowLayout(address: number, { rows, depth }: Pick<Pass, "rows" | "depth">, points: number): PanelLayout {
  if (depth <= shallow) return { address, width: 4, pointStride: 16 * depth, panelStride: 16 * depth * points };
  const panels = Math.ceil(rows / 4);
  return { address, width: 4, pointStride: 4 * (4 * panels * depth + pointGap), panelStride: 16 * depth };
}

/** The numbers of the panels of the rows for one class. */
export function rowNumbers({ rows, depth }: Pick<Pass, "rows" | "depth">, points: number): number {
  return points * (4 * Math.ceil(rows / 4) * depth + pointGap);
}

/** Panels of a block of depth start where those of the blocks before it end. */
function blockOf(layout: PanelLayout, lanes: number, range: { from: number; depth: number }): PanelLayout {
  const padded = Math.ceil(lanes / layout.width) * layout.width;
  return { ...layout, address: layout.address + 4 * padded * range.from, panelStride: 4 * layout.width * range.depth };
}

/** Transforms the kernels of one class. */
export function packKernels(s: Stage, pass: Pass, tiles: TileClass, address: number): void {
  const layout = rowLayout(address, pass, tiles.points);
  const all = { first: 0, count: pass.rows, from: 0, depth: pass.depth };
  if (pass.depth <= shallow) packPatches(s, tiles.functions.kernel, pass.kernels, all, layout);
  else
    for (const part of depthBlocks(pass.depth, tiles.points))
      packPatches(s, tiles.functions.kernel, pass.kernels, { ...all, ...part }, blockOf(layout, pass.rows, part));
}

/** The tiles of one class of `images` images, whose transformed kernels lie at `kernels`. */
export function runTiles(s: Stage, pass: Pass, tiles: TileClass, images: number, kernels: number): void {
  const { source, target, rows, depth, block } = pass;
  const patches = (plane: Plane, channels: number): Patches => ({
    lanes: tilesOfImages(plane.address, images, plane.image, tiles[plane.tiles]),
    steps: spaced(0, channels, plane.channel),
    pitch: plane.pitch,
  });
  const from = patches(source, depth);
  const spare = target.address + images * target.image;
  const to = { ...patches(target, rows), ...(pass.synthesis === "input" ? { spare } : {}) };
  const columns = from.lanes.length;
  for (let first = 0; first < columns; first += block) {
    const range = { first, count: Math.min(block, columns - first), from: 0, depth };
    if (depth <= shallow) runShallow(s, pass, tiles, { from, to, kernels }, range);
    else runDeep(s, pass, tiles, { from, to, kernels }, range);
  }
}

interface Operands {
  readonly from: Patches;
  readonly to: Patches;
  readonly kernels: number;
}

function runDeep(s: Stage, pass: Pass, tiles: TileClass, { from, to, kernels }: Operands, range: Range): void {
  const { rows, depth } = pass;
  const { points, functions } = tiles;
  const panels = Math.ceil(range.count / 8);
  const right: PanelLayout = {
    address: s.columnPanels,
    width: 8,
    pointStride: 4 * (8 * panels * depth + pointGap),
    panelStride: 0,
  };
  const left = rowLayout(kernels, pass, points);
  const pitch = 32 * panels;
  const product = { address: s.product, pointStride: pitch * Math.ceil(rows / 4) * 4 + 4 * pointGap, pitch };
  for (const part of depthBlocks(depth, points)) {
    const at = blockOf(right, range.count, part);
    packPatches(s, functions[pass.analysis], from, { ...range, ...part }, at);
    const [A, B] = [
      { ...blockOf(left, rows, part), count: rows },
      { ...at, count: range.count },
    ];
    multiplyAtPoints(s, points, A, B, product, { depth: part.depth, keep: part.from > 0 ? 1 : 0 });
  }
  unpackPatches(s, functions[pass.synthesis], product, to, { ...range, from: 0, depth: rows });
}

function runShallow(s: Stage, pass: Pass, tiles: TileClass, { from, to, kernels }: Operands, range: Range): void {
  const { rows, depth } = pass;
  const { points, functions } = tiles;
  const panelStride = 32 * depth * points;
  const into: PanelLayout = { address: s.columnPanels, width: 8, pointStride: 32 * depth, panelStride };
  packPatches(s, functions[pass.analysis], from, range, into);
  const back = pass.synthesis === "output" ? functions.shallowOutput : functions.shallowInput;
  const padded = Math.ceil(range.count / 8) * 8;
  writeTable(s.k, s.laneTable, to.lanes, range.first, range.count, padded);
  writeTable(s.k, s.stepTable, to.steps, 0, rows, rows);
  if (to.spare !== undefined)
    s.k.arena.integers.fill(to.spare, (s.laneTable >> 2) + range.count, (s.laneTable >> 2) + padded);
  for (let column = 0; column < padded; column += 8) {
    const B = s.columnPanels + (column / 8) * panelStride;
    back(kernels, B, s.product, depth, s.laneTable + 4 * column, s.stepTable, rows, to.pitch, s.scratch);
  }
}
