/**
 * The three operations as packed float32 matrix products. The matrix of all windows is never made: its panels are packed
 * straight from the padded images. A block of columns is some places of some images, one after the other.
 */
import { tileColumns, tileRows } from "../kernels/panel-tile.js";
import { type Panels, panels } from "../kernels/panels.js";
import { layout as arenaLayout, reserveStage, runProduct, strided, tablePacker } from "../kernels/product.js";
import type { Geometry } from "./geometry.js";
import { clearUnseen } from "./seen-kernels.js";
import {
  copyPlain,
  fillSlab,
  foldSlab,
  perImage,
  type SlabLayout,
  type Staging,
  slabLayout,
  stagingSize,
  unpadded,
} from "./slab.js";
import { addRun } from "./sums.js";

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
  /** addresses in the arena: kernels of one group, outputs or their gradients, images */
  readonly kernels: number;
  readonly outputs: number;
  readonly staging: Staging;
}

/** Numbers of one image: its padded cells, and its outputs. */
function imageSize(g: Geometry): number {
  const padded = g.axes.reduce((product, axis) => product * Math.max(axis.input, axis.source.length), 1);
  return g.inChannels * padded + g.outChannels * g.places;
}

/** Whether the arena takes what one image and the kernels of one group need; a padded image is staged beside its table. */
export function fitsArena(g: Geometry): boolean {
  const stages = g.axes.every(unpadded) ? 1 : 3;
  return 4 * (stages * imageSize(g) + g.outChannels * g.inChannels * g.taps) <= stageLimit;
}

function planOf(g: Geometry, k: Panels, phases = false): Plan {
  const slab = slabLayout(g, phases);
  const images = Math.min(g.batch, Math.max(1, Math.floor(slabBudget / imageSize(g))));
  const weights = g.outChannels * g.inChannels * g.taps;
  const staging = stagingSize(g, slab);
  const kernels = arenaLayout.stage;
  const cells = kernels + 4 * weights;
  const outputs = cells + 4 * images * slab.image;
  const image = outputs + 4 * images * g.outChannels * g.places;
  const table = image + 4 * staging.image;
  reserveStage(k, (table - kernels) / 4 + staging.table);
  return { k, g, slab, images, kernels, outputs, staging: { cells, image, table } };
}

/** Calls `visit` for each group and, within it, for each run of images. */
function eachSlab({ g, images }: Plan, visit: (part: { group: number; first: number; count: number }) => void): void {
  for (let group = 0; group < g.groups; group++) {
    for (let first = 0; first < g.batch; first += images)
      visit({ group, first, count: Math.min(images, g.batch - first) });
  }
}

function counting(count: number): Int32Array {
  const list = new Int32Array(count);
  for (let i = 0; i < count; i++) list[i] = i;
  return list;
}

/**
 * The taps of all channels, column by column of the kernel: neighbours along a line come far apart. A vector that is added to
 * what the last one just wrote, one cell off, waits until the memory has it.
 */
function apartOrder(g: Geometry): Int32Array {
  const width = g.axes[2].kernel;
  const lines = (g.inChannels * g.taps) / width;
  return counting(lines * width).map((i) => (i % lines) * width + Math.floor(i / lines));
}

/** Copies the kernels of one group to the arena, `order[i]` to tap i, with zeros where an output does not see an input. */
function stageKernels({ k, g, kernels }: Plan, K: Float32Array, group: number, order?: Int32Array): void {
  const F = k.arena.floats;
  const taps = g.inChannels * g.taps;
  const at = kernels >> 2;
  const from = group * g.outChannels * taps;
  if (!order) F.set(K.subarray(from, from + g.outChannels * taps), at);
  for (let o = 0; order && o < g.outChannels; o++)
    for (let i = 0; i < taps; i++) F[at + o * taps + i] = K[from + o * taps + order[i]!]!;
  // Groups and tables of connections exclude each other: a pair's place is its place in the table.
  g.connections?.forEach((sees, pair) => {
    const [o, c] = [Math.floor(pair / g.inChannels), pair % g.inChannels];
    for (let i = 0; !sees && i < taps; i++) {
      if (Math.floor((order?.[i] ?? i) / g.taps) === c) F[at + o * taps + i] = 0;
    }
  });
}

function stageOutputs({ k, g, outputs }: Plan, G: Float32Array, part: { group: number; first: number; count: number }) {
  const image = g.outChannels * g.places;
  copyPlain(G, k.arena.floats, { groups: g.groups, image, ...part }, outputs >> 2, true);
}

/** `Z = c(K, V)`: kernels `[outputs, taps of all channels]` times windows `[taps of all channels, images and places]`. */
export function gemmConv(g: Geometry, V: Float32Array, K: Float32Array, Z: Float32Array, k: Panels = panels()): void {
  const plan = planOf(g, k);
  const { slab, images, kernels, outputs, staging } = plan;
  const depth = slab.taps.length;
  const image = g.outChannels * g.places;
  const windows = perImage(images, slab.image, slab.places);
  const packRows = tablePacker(k, kernels, strided(g.outChannels, depth), strided(depth, 1), tileRows);
  const packColumns = tablePacker(k, staging.cells, windows, perImage(1, 0, slab.taps), tileColumns);
  const laneAddresses = perImage(images, image, counting(g.places), outputs);
  const stepOffsets = strided(g.outChannels, g.places);
  eachSlab(plan, (part) => {
    if (part.first === 0) stageKernels(plan, K, part.group);
    fillSlab(k, g, slab, V, part, staging);
    const size = { rows: g.outChannels, columns: part.count * g.places, depth };
    runProduct(k, { ...size, packRows, packColumns, laneAddresses, stepOffsets, add: false });
    copyPlain(Z, k.arena.floats, { groups: g.groups, image, ...part }, outputs >> 2, false);
  });
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
  const { slab, images, kernels, outputs, staging } = plan;
  const columns = slab.taps.length;
  const weights = g.outChannels * columns;
  const sums = new Float64Array(dK.length);
  const windows = perImage(images, slab.image, slab.places);
  const places = perImage(images, g.outChannels * g.places, counting(g.places));
  const packRows = tablePacker(k, outputs, strided(g.outChannels, g.places), places, tileRows);
  const packColumns = tablePacker(k, staging.cells, perImage(1, 0, slab.taps), windows, tileColumns);
  const laneAddresses = strided(columns, 1, kernels);
  const stepOffsets = strided(g.outChannels, columns);
  eachSlab(plan, (part) => {
    fillSlab(k, g, slab, V, part, staging);
    stageOutputs(plan, G, part);
    const size = { rows: g.outChannels, columns, depth: part.count * g.places };
    runProduct(k, { ...size, packRows, packColumns, laneAddresses, stepOffsets, add: false });
    addRun(k.arena.floats, kernels >> 2, sums, part.group * weights, weights);
  });
  clearUnseen(g, sums);
  dK.set(sums);
}

/**
 * `dV = h(K, G)`: kernels `[taps of all channels, outputs]` times gradients `[outputs, images and places]`, whose rows are
 * added where their taps lie, the adjoint of the packing of windows.
 */
export function gemmInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: Panels = panels(),
): void {
  // Sorted by phases, sums are added as vectors: it pays where each cell takes many. A large image is not staged twice for it.
  const plan = planOf(g, k, g.taps * g.places >= 4 * g.cells && imageSize(g) <= slabBudget);
  const { slab, images, kernels, outputs, staging } = plan;
  const rows = slab.taps.length;
  const order = apartOrder(g);
  const places = perImage(images, g.outChannels * g.places, counting(g.places));
  const packRows = tablePacker(k, kernels, strided(rows, 1), strided(g.outChannels, rows), tileRows);
  const packColumns = tablePacker(k, outputs, places, strided(g.outChannels, g.places), tileColumns);
  const laneAddresses = perImage(images, slab.image, slab.places, staging.cells);
  const stepOffsets = perImage(
    1,
    0,
    order.map((tap) => slab.taps[tap]!),
  );
  eachSlab(plan, (part) => {
    if (part.first === 0) stageKernels(plan, K, part.group, order);
    stageOutputs(plan, G, part);
    k.arena.floats.fill(0, staging.cells >> 2, (staging.cells >> 2) + part.count * slab.image);
    const size = { rows, columns: part.count * g.places, depth: g.outChannels };
    runProduct(k, { ...size, packRows, packColumns, laneAddresses, stepOffsets, add: true });
    foldSlab(k, g, slab, dV, part, staging);
  });
}
