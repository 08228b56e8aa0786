/**
 * The gradient of the kernels by Winograd's filters: the transforms of the gradients and of the inputs are multiplied at every
 * point, summed over all tiles, and only the sums are taken back to taps.
 */
import type { Geometry } from "./geometry.js";
import {
  imageNumbers,
  imagesAtOnce,
  multiplyAtPoints,
  type PanelLayout,
  type Patches,
  packPatches,
  type Stage,
  type StageSizes,
  spaced,
  type TileClass,
  tilesOfImages,
  unpackPatches,
} from "./winograd-arena.js";
import { type Plane, pointGap } from "./winograd-passes.js";
import type { WinogradPlan } from "./winograd-plan.js";

/** Numbers of images and outputs that are staged at once. */
const imageBudget = 1 << 20;

/** Numbers of transformed tiles that are worked on at once. */
const blockBudget = 1 << 18;

/** Tiles that are summed in float32 at most, in blocks of at most 64: the transforms back multiply what such sums lose. */
const longestSum = 512;

interface Shape {
  readonly outputs: number;
  readonly channels: number;
}

/** Whether channels are rows and outputs columns: what leaves fewer lanes of the tile of the product empty. */
function channelsAreRows({ outputs, channels }: Shape): boolean {
  const padded = (rows: number, columns: number) => Math.ceil(rows / 4) * 4 * Math.ceil(columns / 8) * 8;
  return padded(channels, outputs) < padded(outputs, channels);
}

/** What the pass stages: the sizes, the images and the tiles that are worked on at once. */
export function gradientSizes(g: Geometry, plan: WinogradPlan) {
  const image = imageNumbers(g, plan);
  const images = imagesAtOnce(g, plan, { numbers: imageBudget, columns: longestSum });
  const [outputs, channels] = [g.outChannels, plan.channels];
  const [rows, columns] = channelsAreRows({ outputs, channels }) ? [channels, outputs] : [outputs, channels];
  const [highest, widest] = [Math.ceil(rows / 4) * 4, Math.ceil(columns / 8) * 8];
  const most = Math.max(...plan.y.cuts.flatMap((a) => plan.x.cuts.map((b) => (a.m + a.r - 1) * (b.m + b.r - 1))));
  const block = Math.min(64, Math.max(8, Math.floor(blockBudget / (most * (highest + widest)) / 8) * 8));
  const sizes: StageSizes = {
    table: Math.max(block, outputs, channels) + 8,
    kernels: outputs * channels * plan.taps,
    rowPanels: [most * (highest * block + pointGap)],
    columnPanels: most * (widest * block + pointGap),
    product: most * (highest * widest + pointGap),
    cells: images * image.cells,
    outputs: images * image.places,
  };
  return { sizes, images, block };
}

/** The images of one run, staged. */
export interface GradientRun {
  readonly plan: WinogradPlan;
  readonly outChannels: number;
  readonly images: number;
  readonly block: number;
  readonly cells: Plane;
  readonly outputs: Plane;
}

/** Adds the gradient from the tiles of one class to `sums`, `[outputs][channels][taps]`. */
export function runGradient(s: Stage, run: GradientRun, tiles: TileClass, sums: Float64Array): void {
  const { plan, outChannels: outputs, block } = run;
  const { functions, points } = tiles;
  const patches = (plane: Plane, channels: number): Patches => ({
    lanes: spaced(plane.address, channels, plane.channel),
    steps: tilesOfImages(0, run.images, plane.image, tiles[plane.tiles]),
    pitch: plane.pitch,
  });
  const gradient = { patches: patches(run.outputs, outputs), transform: functions.gradient, count: outputs };
  const data = { patches: patches(run.cells, plan.channels), transform: functions.data, count: plan.channels };
  const swapped = channelsAreRows({ outputs, channels: plan.channels });
  const [left, right] = swapped ? [data, gradient] : [gradient, data];
  const total = data.patches.steps.length;
  const pitch = 32 * Math.ceil(right.count / 8);
  const product = { address: s.product, pointStride: pitch * Math.ceil(left.count / 4) * 4 + 4 * pointGap, pitch };
  const taps = weightPatches(s, plan, outputs, swapped);
  for (let from = 0, summed = 0; from < total; from += block) {
    const depth = Math.min(block, total - from);
    const [A, B] = [panelsOf(s.rowPanels[0]!, 4, left.count, depth), panelsOf(s.columnPanels, 8, right.count, depth)];
    packPatches(s, left.transform, left.patches, { first: 0, count: left.count, from, depth }, A);
    packPatches(s, right.transform, right.patches, { first: 0, count: right.count, from, depth }, B);
    const [rows, columns] = [
      { ...A, count: left.count },
      { ...B, count: right.count },
    ];
    multiplyAtPoints(s, points, rows, columns, product, { depth, keep: summed > 0 ? 1 : 0 });
    summed += depth;
    if (from + depth < total && summed + block <= longestSum) continue;
    unpackPatches(s, functions.weight, product, taps, { first: 0, count: right.count, from: 0, depth: left.count });
    addStaged(s.k.arena.floats, s.kernels >> 2, sums);
    summed = 0;
  }
}

function panelsOf(address: number, width: 4 | 8, lanes: number, depth: number): PanelLayout {
  const padded = Math.ceil(lanes / width) * width;
  return { address, width, pointStride: 4 * (padded * depth + pointGap), panelStride: 4 * width * depth };
}

function weightPatches(s: Stage, plan: WinogradPlan, outputs: number, swapped: boolean): Patches {
  const [perChannel, perOutput] = [4 * plan.taps, 4 * plan.taps * plan.channels];
  const pitch = 4 * plan.x.r;
  return swapped
    ? { lanes: spaced(s.kernels, outputs, perOutput), steps: spaced(0, plan.channels, perChannel), pitch }
    : { lanes: spaced(s.kernels, plan.channels, perChannel), steps: spaced(0, outputs, perOutput), pitch };
}

function addStaged(F: Float32Array, from: number, sums: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += F[from + i]!;
}
