/** How Winograd's filters use the arena: tables of offsets, staged images and kernels, panels of values, and their products. */
import { type Panels, panels } from "../kernels/panels.js";
import { layout } from "../kernels/product.js";
import { winogradFunctions, winogradParts } from "../kernels/winograd.js";
import type { WinogradFunctions } from "../kernels/winograd-functions.js";
import type { WinogradParts } from "../kernels/winograd-parts.js";
import type { Geometry } from "./geometry.js";
import { type ImageTables, imageTables, staysPlain } from "./winograd-lines.js";
import type { WinogradPlan } from "./winograd-plan.js";

/** Numbers between two points beyond what they hold, so that points do not share the same sets of the cache. */
export const pointGap = 16;

/** Offsets of the tiles of all images of a run, in bytes, for each class. */
export interface TileTables {
  readonly cells: number;
  readonly places: number;
}

/** Where things lie in the arena, addresses in bytes. Tables are padded to whole panels by their last entry. */
export interface Stage {
  readonly k: Panels;
  readonly parts: WinogradParts;
  readonly functions: readonly WinogradFunctions[];
  readonly scratch: number;
  /** offsets of the channels of an image, and of the outputs of one: of a group */
  readonly cellChannels: number;
  readonly placeChannels: number;
  /** offsets of outputs and of channels in the taps of a group */
  readonly kernelOutputs: number;
  readonly kernelChannels: number;
  readonly tiles: readonly TileTables[];
  readonly lines: ImageTables;
  /** taps of one group, `[outputs][channels][taps]` */
  readonly kernels: number;
  readonly rowPanels: readonly number[];
  readonly columnPanels: number;
  readonly products: readonly number[];
  /** images as they are, `[image][channel][cells]`, where they are staged otherwise */
  readonly images: number;
  /** images `[image][channel][phase][cells]` and outputs `[image][channel][places]` of one group */
  readonly cells: number;
  readonly outputs: number;
}

/** The sizes of the parts of a stage, in numbers. */
export interface StageSizes {
  /** images of a run */
  readonly run: number;
  readonly rowPanels: readonly number[];
  readonly columnPanels: number;
  readonly products: readonly number[];
}

/** Between neighbouring parts: they then do not start in the same sets of the cache, and vectors may read past an end. */
const gap = 64 + 16;

/** Calls `take` for each part of a stage, in turn, with its numbers. */
function layOut<T>(g: Geometry, plan: WinogradPlan, sizes: StageSizes, take: (numbers: number) => T) {
  const { run } = sizes;
  const raw = staysPlain(g, plan) ? 0 : g.inChannels * g.cells;
  const [outputs, channels] = [g.outChannels + 8, plan.channels + 8];
  return {
    scratch: take(1024),
    cellChannels: take(channels),
    placeChannels: take(outputs),
    kernelOutputs: take(outputs),
    kernelChannels: take(channels),
    tiles: plan.classes.map(({ cells }) => {
      const count = cells.length * run + 8;
      return { cells: take(count), places: take(count) };
    }),
    lines: take(plan.y.phases * plan.y.length + plan.x.phases * plan.x.length),
    kernels: take(g.outChannels * plan.channels * plan.taps),
    rowPanels: sizes.rowPanels.map(take),
    columnPanels: take(sizes.columnPanels),
    products: sizes.products.map(take),
    images: take(run * raw),
    // One image more: the lanes beyond the last add to it, and nobody reads it.
    cells: take((run + 1) * plan.channels * plan.plane),
    outputs: take(run * g.outChannels * g.places),
  };
}

/** The numbers that a stage takes. */
export function stageSize(g: Geometry, plan: WinogradPlan, sizes: StageSizes): number {
  let numbers = 0;
  layOut(g, plan, sizes, (part) => {
    numbers += Math.ceil(part / 16) * 16 + gap;
  });
  return numbers;
}

/** Lays out a stage, makes room for it and fills in the tables that are the same for all runs. */
export function makeStage(g: Geometry, plan: WinogradPlan, sizes: StageSizes, k: Panels = panels()): Stage {
  k.arena.reserve(layout.stage + 4 * stageSize(g, plan, sizes));
  let at = layout.stage;
  const parts = layOut(g, plan, sizes, (numbers) => {
    const address = at;
    at += 4 * (Math.ceil(numbers / 16) * 16 + gap);
    return address;
  });
  const I = k.arena.integers;
  const [outputs, channels] = [g.outChannels, plan.channels];
  const perChannel = 4 * plan.taps;
  spaced(I, parts.cellChannels, 0, channels, 4 * plan.plane);
  spaced(I, parts.placeChannels, 0, outputs, 4 * g.places);
  spaced(I, parts.kernelOutputs, parts.kernels, outputs, channels * perChannel);
  spaced(I, parts.kernelChannels, 0, channels, perChannel);
  return {
    ...parts,
    k,
    parts: winogradParts(k),
    functions: plan.classes.map(({ down, across }) => winogradFunctions(k, down, across)),
    lines: imageTables(g, plan, I, parts.lines),
  };
}

/** Writes offsets `base + i·stride` in bytes, the last one eight times more. */
function spaced(I: Int32Array, table: number, base: number, count: number, stride: number): void {
  const at = table >> 2;
  for (let i = 0; i < count; i++) I[at + i] = base + i * stride;
  I.fill(base + (count - 1) * stride, at + count, at + count + 8);
}

/**
 * Writes the addresses of the tiles of `images` images, tile by tile: neighbours are then of different images and do not overlap.
 * The table is padded by `spare`, or by the last address.
 */
function tileTable(
  s: Stage,
  table: number,
  tiles: Int32Array,
  images: number,
  { base, stride, spare }: { readonly base: number; readonly stride: number; readonly spare?: number },
): void {
  const I = s.k.arena.integers;
  let at = table >> 2;
  for (let tile = 0; tile < tiles.length; tile++) {
    const first = base + tiles[tile]!;
    for (let image = 0; image < images; image++) I[at++] = first + image * stride;
  }
  I.fill(spare ?? I[at - 1]!, at, at + 8);
}

/** Fills in the tables of the tiles of a run; where tiles are added, lanes beyond the last add to the image after the run. */
export function tileTables(s: Stage, g: Geometry, plan: WinogradPlan, images: number, adds: boolean): void {
  const [cells, places] = [4 * plan.channels * plan.plane, 4 * g.outChannels * g.places];
  const spare = adds ? { spare: s.cells + images * cells } : {};
  plan.classes.forEach((each, i) => {
    tileTable(s, s.tiles[i]!.cells, each.cells, images, { base: s.cells, stride: cells, ...spare });
    tileTable(s, s.tiles[i]!.places, each.places, images, { base: s.outputs, stride: places });
  });
}

/** Numbers that a run stages: so many stay in the second level of the cache; and at most so many, for columns enough. */
const [runNumbers, mostNumbers] = [1 << 17, 1 << 20];

/** Images of a run: as many as the cache takes, and as many as give the class of the fewest tiles so many columns. */
export function imagesPerRun(g: Geometry, plan: WinogradPlan, columns: number): number {
  const image = plan.channels * plan.plane + g.outChannels * g.places;
  const fewest = Math.min(...plan.classes.map(({ cells }) => cells.length));
  const most = Math.floor(mostNumbers / image);
  const images = Math.max(1, Math.floor(runNumbers / image), Math.min(most, Math.ceil(columns / fewest)));
  return images > 8 ? images - (images % 8) : images;
}
