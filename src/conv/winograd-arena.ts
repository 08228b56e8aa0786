/** How Winograd's filters use the arena: tables, transformed operands in panels, and their products at each point. */
import { type Panels, panels } from "../kernels/panels.js";
import { depthBlock, evenBlock, layout, noSkew, writeTable } from "../kernels/product.js";
import { winogradFunctions } from "../kernels/winograd.js";
import type { Analysis, Synthesis, WinogradFunctions } from "../kernels/winograd-functions.js";
import type { Geometry } from "./geometry.js";
import type { WinogradPlan } from "./winograd-plan.js";

/** The tiles of one size. */
export interface TileClass {
  readonly functions: WinogradFunctions;
  readonly points: number;
  /** offsets in bytes of each tile, from the first cell and from the first place of a channel */
  readonly cells: Int32Array;
  readonly places: Int32Array;
}

/** Where things lie in the arena, addresses in bytes. */
export interface Stage {
  readonly k: Panels;
  readonly laneTable: number;
  readonly stepTable: number;
  readonly scratch: number;
  /** taps of one group, `[outputs][channels][taps]` */
  readonly kernels: number;
  /** the transformed kernels of each class in panels; for gradients of kernels the panels of the rows */
  readonly rowPanels: readonly number[];
  readonly columnPanels: number;
  readonly product: number;
  /** images `[image][channel][cells]` and outputs `[image][channel][places]` of one group */
  readonly cells: number;
  readonly outputs: number;
}

/** The sizes of the parts of a stage, in numbers. */
export interface StageSizes {
  readonly table: number;
  readonly kernels: number;
  readonly rowPanels: readonly number[];
  readonly columnPanels: number;
  readonly product: number;
  readonly cells: number;
  readonly outputs: number;
}

/** The tile classes of a plan. */
export function tileClasses({ y, x }: WinogradPlan, k: Panels): TileClass[] {
  return y.cuts.flatMap((down) =>
    x.cuts.map((across) => {
      const starts = down.starts.flatMap((row) => across.starts.map((column) => [row, column] as const));
      return {
        functions: winogradFunctions(k, down, across),
        points: (down.m + down.r - 1) * (across.m + across.r - 1),
        cells: Int32Array.from(starts, ([row, column]) => 4 * (row * x.length + column)),
        places: Int32Array.from(starts, ([row, column]) => 4 * (row * x.places + column)),
      };
    }),
  );
}

/** Between neighbouring parts: they then do not start in the same sets of the cache, and vectors may read past an end. */
const gap = 64 + 16;

/** The numbers that a stage takes. */
export function stageSize(sizes: StageSizes): number {
  const { table, kernels, rowPanels, columnPanels, product, cells, outputs } = sizes;
  const parts = [table, table, 1024, kernels, ...rowPanels, columnPanels, product, cells, outputs];
  return parts.reduce((sum, part) => sum + Math.ceil(part / 16) * 16 + gap, 0);
}

/** Lays out a stage and makes room for it. */
export function makeStage(sizes: StageSizes, k: Panels = panels()): Stage {
  let at = layout.stage;
  const take = (numbers: number): number => {
    const address = at;
    at += 4 * (Math.ceil(numbers / 16) * 16 + gap);
    return address;
  };
  k.arena.reserve(layout.stage + 4 * stageSize(sizes));
  return {
    k,
    laneTable: take(sizes.table),
    stepTable: take(sizes.table),
    scratch: take(1024),
    kernels: take(sizes.kernels),
    rowPanels: sizes.rowPanels.map(take),
    columnPanels: take(sizes.columnPanels),
    product: take(sizes.product),
    cells: take(sizes.cells),
    outputs: take(sizes.outputs),
  };
}

/** Patches in the arena, by where each lane and each step starts, in bytes. */
export interface Patches {
  readonly lanes: Int32Array;
  readonly steps: Int32Array;
  /** bytes of a row */
  readonly pitch: number;
  /** where the lanes beyond the last go, when they would add a second time */
  readonly spare?: number;
}

/** Panels of values at points: lanes in `width`s, `[panel][step][lane]` for each point. */
export interface PanelLayout {
  readonly address: number;
  readonly width: 4 | 8;
  readonly pointStride: number;
  readonly panelStride: number;
}

/** Some lanes and steps of an operand. */
export interface Range {
  readonly first: number;
  readonly count: number;
  readonly from: number;
  readonly depth: number;
}

/** Fills panels with the transforms of patches; lanes past the last repeat it. */
export function packPatches(s: Stage, transform: Analysis, patches: Patches, range: Range, into: PanelLayout): void {
  const { lanes, steps, pitch } = patches;
  const { address, width, pointStride, panelStride } = into;
  const padded = Math.ceil(range.count / width) * width;
  writeTable(s.k, s.laneTable, lanes, range.first, range.count, padded);
  writeTable(s.k, s.stepTable, steps, range.from, range.depth, range.depth);
  for (let lane = 0; lane < padded; lane += 4) {
    const panel = Math.floor(lane / width);
    const to = address + panel * panelStride + 4 * (lane - panel * width);
    transform(to, pointStride, 4 * width, s.laneTable + 4 * lane, s.stepTable, range.depth, pitch, s.scratch);
  }
}

/**
 * The blocks of a depth that are summed in a row. What a sum over channels loses is multiplied by the transform back, the more so
 * the more points there are: from 49 points on short sums are made and then added, which takes a third off the error.
 */
export function depthBlocks(depth: number, points: number): { readonly from: number; readonly depth: number }[] {
  const step = evenBlock(depth, points < 49 ? depthBlock : 32, 1);
  return Array.from({ length: Math.ceil(depth / step) }, (_, i) => ({
    from: i * step,
    depth: Math.min(step, depth - i * step),
  }));
}

/** The products of two operands, `[point][row][column]` with `pitch` bytes a row. */
export interface ProductLayout {
  readonly address: number;
  readonly pointStride: number;
  readonly pitch: number;
}

/** Multiplies panels at every point over one block of depth, or adds the product where `keep` is 1. */
export function multiplyAtPoints(
  s: Stage,
  points: number,
  rows: PanelLayout & { readonly count: number },
  columns: PanelLayout & { readonly count: number },
  into: ProductLayout,
  { depth, keep }: { readonly depth: number; readonly keep: 0 | 1 },
): void {
  const [rowPanels, columnPanels] = [Math.ceil(rows.count / 4), Math.ceil(columns.count / 8)];
  for (let p = 0; p < points; p++) {
    const A = rows.address + p * rows.pointStride;
    const B = columns.address + p * columns.pointStride;
    const C = into.address + p * into.pointStride;
    s.k.multiplyPanels(A, B, C, rowPanels, columnPanels, depth, into.pitch, keep, noSkew);
  }
}

/** Takes products back to patches: their columns are lanes, their rows steps. */
export function unpackPatches(
  s: Stage,
  transform: Synthesis,
  from: ProductLayout,
  patches: Patches,
  { first, count, from: row, depth }: Range,
): void {
  const padded = Math.ceil(count / 4) * 4;
  writeTable(s.k, s.laneTable, patches.lanes, first, count, padded);
  writeTable(s.k, s.stepTable, patches.steps, row, depth, depth);
  if (patches.spare !== undefined)
    s.k.arena.integers.fill(patches.spare, (s.laneTable >> 2) + count, (s.laneTable >> 2) + padded);
  for (let lane = 0; lane < padded; lane += 4) {
    const source = from.address + 4 * lane;
    const lanes = s.laneTable + 4 * lane;
    transform(source, from.pointStride, from.pitch, lanes, s.stepTable, depth, patches.pitch, s.scratch);
  }
}

/** Offsets `base + i·stride` in bytes. */
export function spaced(base: number, count: number, stride: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => base + i * stride);
}

/** Offsets of each tile of each image, tile by tile: neighbours are then of different images and do not overlap. */
export function tilesOfImages(base: number, images: number, imageStride: number, tiles: Int32Array): Int32Array {
  return Int32Array.from({ length: tiles.length * images }, (_, i) => {
    const tile = Math.floor(i / images);
    return base + (i - tile * images) * imageStride + tiles[tile]!;
  });
}

/** Numbers of one image as it is staged: cells and places of the channels of a group. */
export function imageNumbers(g: Geometry, plan: WinogradPlan): { readonly cells: number; readonly places: number } {
  return { cells: plan.channels * plan.plane, places: g.outChannels * g.places };
}

/** Images that are staged at once: as many as give the class of fewest tiles its columns, within a number of numbers. */
export function imagesAtOnce(
  g: Geometry,
  plan: WinogradPlan,
  most: { readonly numbers: number; readonly columns: number },
): number {
  const { cells, places } = imageNumbers(g, plan);
  const fewest = Math.min(...plan.y.cuts.flatMap((a) => plan.x.cuts.map((b) => a.starts.length * b.starts.length)));
  const fitting = Math.floor(most.numbers / (cells + places));
  return Math.max(1, Math.min(g.batch, fitting, Math.ceil(most.columns / fewest)));
}
