/**
 * The three operations as packed float32 matrix products. The matrix of all windows is never made: its panels are packed
 * straight from the padded images. A block of columns is some places of some images, one after the other.
 */
import { tileColumns, tileRows } from "../kernels/panel-kernels.js";
import { type Panels, panels } from "../kernels/panels.js";
import {
  layout as arenaLayout,
  reserveStage,
  runProduct,
  strided,
  tablePacker,
  writeTable,
} from "../kernels/product.js";
import type { Geometry } from "./geometry.js";
import { copyPlain, fillSlab, foldSlab, perImage, type SlabLayout, slabLayout } from "./slab.js";

/** Numbers of images and gradients that are staged at once, 4 MiB: fixed, so that sums do not depend on the machine. */
const slabBudget = 1 << 20;

/** The most bytes that one call may stage. */
const stageLimit = 2 ** 30;

interface Plan {
  readonly k: Panels;
  readonly g: Geometry;
  readonly slab: SlabLayout;
  /** images that are worked on at once */
  readonly images: number;
  /** addresses in the arena: kernels of one group, images, gradients of the output */
  readonly kernels: number;
  readonly cells: number;
  readonly outputs: number;
}

/** Numbers of one image: its padded cells, and its outputs. */
function imageSize(g: Geometry): number {
  const padded = g.axes.reduce((product, axis) => product * Math.max(axis.input, axis.source.length), 1);
  return g.inChannels * padded + g.outChannels * g.places;
}

/** Whether the arena takes what one image and the kernels of one group need. */
export function fitsArena(g: Geometry): boolean {
  return 4 * (imageSize(g) + g.outChannels * g.inChannels * g.taps) <= stageLimit;
}

function planOf(g: Geometry, k: Panels): Plan {
  const slab = slabLayout(g);
  const images = Math.min(g.batch, Math.max(1, Math.floor(slabBudget / imageSize(g))));
  const weights = g.outChannels * g.inChannels * g.taps;
  reserveStage(k, weights + images * (slab.image + g.outChannels * g.places));
  const cells = arenaLayout.stage + 4 * weights;
  return { k, g, slab, images, kernels: arenaLayout.stage, cells, outputs: cells + 4 * images * slab.image };
}

/** Calls `visit` for each group and, within it, for each run of images. */
function eachSlab({ g, images }: Plan, visit: (part: { group: number; first: number; count: number }) => void): void {
  for (let group = 0; group < g.groups; group++) {
    for (let first = 0; first < g.batch; first += images)
      visit({ group, first, count: Math.min(images, g.batch - first) });
  }
}

/** Copies the kernels of one group to the arena, with zeros where an output does not see an input. */
function stageKernels({ k, g, kernels }: Plan, K: Float32Array, group: number): void {
  const F = k.arena.floats;
  const size = g.outChannels * g.inChannels * g.taps;
  const at = kernels >> 2;
  F.set(K.subarray(group * size, (group + 1) * size), at);
  g.connections?.forEach((sees, pair) => {
    if (!sees) F.fill(0, at + pair * g.taps, at + (pair + 1) * g.taps);
  });
}

function stageOutputs({ k, g, outputs }: Plan, G: Float32Array, part: { group: number; first: number; count: number }) {
  const image = g.outChannels * g.places;
  copyPlain(G, k.arena.floats, { groups: g.groups, image, ...part }, outputs >> 2, true);
}

function counting(count: number): Int32Array {
  const list = new Int32Array(count);
  for (let i = 0; i < count; i++) list[i] = i;
  return list;
}

function copyRun(from: Float32Array, first: number, into: Float32Array, at: number, count: number): void {
  if (count >= 64) into.set(from.subarray(first, first + count), at);
  else for (let i = 0; i < count; i++) into[at + i] = from[first + i]!;
}

/** `Z = c(K, V)`: kernels `[outputs, taps of all channels]` times windows `[taps of all channels, images and places]`. */
export function gemmConv(g: Geometry, V: Float32Array, K: Float32Array, Z: Float32Array, k: Panels = panels()): void {
  const plan = planOf(g, k);
  const { slab, kernels, cells } = plan;
  const depth = slab.taps.length;
  const taps = perImage(1, 0, slab.taps);
  const windows = perImage(plan.images, slab.image, slab.places);
  const packRows = tablePacker(k, kernels, strided(g.outChannels, depth), strided(depth, 1), tileRows);
  const packColumns = tablePacker(k, cells, windows, taps, tileColumns);
  eachSlab(plan, (part) => {
    if (part.first === 0) stageKernels(plan, K, part.group);
    fillSlab(k, g, slab, V, part, cells);
    const columns = part.count * g.places;
    const store = (address: number, pitch: number, row: number, rows: number, column: number, width: number) => {
      for (let at = column; at < column + width; ) {
        const image = Math.floor(at / g.places);
        const place = at - image * g.places;
        const run = Math.min(g.places - place, column + width - at);
        const plane = ((part.first + image) * g.groups + part.group) * g.outChannels + row;
        const from = (address >> 2) + at - column;
        for (let i = 0; i < rows; i++)
          copyRun(k.arena.floats, from + i * (pitch >> 2), Z, (plane + i) * g.places + place, run);
        at += run;
      }
    };
    runProduct(k, { rows: g.outChannels, columns, depth, packRows, packColumns, store });
  });
}

function addRun(from: Float32Array, first: number, into: Float64Array, at: number, count: number): void {
  for (let i = 0; i < count; i++) into[at + i]! += from[first + i]!;
}

/**
 * `dK = g(G, V)`: gradients `[outputs, images and places]` times windows `[images and places, taps of all channels]`. The sum
 * over images and places is long: slabs add up in float64.
 */
export function gemmKernelGradient(
  g: Geometry,
  G: Float32Array,
  V: Float32Array,
  dK: Float32Array,
  k: Panels = panels(),
): void {
  const plan = planOf(g, k);
  const { slab, cells, outputs } = plan;
  const columns = slab.taps.length;
  const sums = new Float64Array(dK.length);
  const taps = perImage(1, 0, slab.taps);
  const windows = perImage(plan.images, slab.image, slab.places);
  const places = perImage(plan.images, g.outChannels * g.places, counting(g.places));
  const packRows = tablePacker(k, outputs, strided(g.outChannels, g.places), places, tileRows);
  const packColumns = tablePacker(k, cells, taps, windows, tileColumns);
  eachSlab(plan, (part) => {
    fillSlab(k, g, slab, V, part, cells);
    stageOutputs(plan, G, part);
    const first = part.group * g.outChannels;
    const store = (address: number, pitch: number, row: number, rows: number, column: number, width: number) => {
      for (let i = 0; i < rows; i++)
        addRun(k.arena.floats, (address + i * pitch) >> 2, sums, (first + row + i) * columns + column, width);
    };
    runProduct(k, { rows: g.outChannels, columns, depth: part.count * g.places, packRows, packColumns, store });
  });
  g.connections?.forEach((sees, pair) => {
    if (!sees) sums.fill(0, pair * g.taps, (pair + 1) * g.taps);
  });
  dK.set(sums);
}

/**
 * `dV = h(K, G)`: kernels `[taps of all channels, outputs]` times gradients `[outputs, images and places]`, whose rows are then
 * added where their taps lie, the adjoint of the packing of windows.
 */
export function gemmInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: Panels = panels(),
): void {
  const plan = planOf(g, k);
  const { slab, kernels, cells, outputs } = plan;
  const rows = slab.taps.length;
  const taps = perImage(1, 0, slab.taps);
  const windows = perImage(plan.images, slab.image, slab.places);
  const places = perImage(plan.images, g.outChannels * g.places, counting(g.places));
  const packRows = tablePacker(k, kernels, strided(rows, 1), strided(g.outChannels, rows), tileRows);
  const packColumns = tablePacker(k, outputs, places, strided(g.outChannels, g.places), tileColumns);
  const { laneTable, stepTable } = arenaLayout;
  const store = (address: number, pitch: number, row: number, height: number, column: number, width: number) => {
    writeTable(k, laneTable, windows, column, width, width);
    writeTable(k, stepTable, taps, row, height, height);
    k.scatterAdd(address, pitch, cells, laneTable, stepTable, width, height);
  };
  eachSlab(plan, (part) => {
    if (part.first === 0) stageKernels(plan, K, part.group);
    stageOutputs(plan, G, part);
    k.arena.floats.fill(0, cells >> 2, (cells >> 2) + part.count * slab.image);
    const columns = part.count * g.places;
    runProduct(k, { rows, columns, depth: g.outChannels, packRows, packColumns, store });
    foldSlab(k, g, slab, dV, part, cells);
  });
}
