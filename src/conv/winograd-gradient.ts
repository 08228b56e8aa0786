/**
 * The gradient of the kernels by Winograd's filters: the transforms of the gradients and of the inputs are multiplied at every
 * point, summed over all tiles, and only the sums are taken back to taps.
 */
import type { Geometry } from "./geometry.js";
import { addRun } from "./sums.js";
import { imagesPerRun, pointGap, type Stage, type StageSizes } from "./winograd-arena.js";
import type { TileClass, WinogradPlan } from "./winograd-plan.js";

/** Tiles that are summed in a row, and in float32 at most: the transforms back multiply what such sums lose. */
const [block, longestSum] = [64, 512];

/** One operand of the products at the points. */
interface Operand {
  readonly analysis: "gradient" | "data";
  readonly plane: "places" | "cells";
  readonly channels: number;
  readonly lanes: number;
  readonly pitch: number;
  /** addresses of its channels in the taps */
  readonly kernels: number;
}

/** The pass of `dK = g(G, V)`: its operands, and the sums that it makes, `[outputs][channels][taps]`. */
export interface GradientPass {
  readonly left: Operand;
  readonly right: Operand;
  readonly kernelPitch: number;
  readonly sums: Float64Array;
  /** tiles in the product of each class */
  readonly summed: Int32Array;
}

/** Whether channels are rows and outputs columns: what leaves fewer lanes of the tile of the product empty. */
function channelsAreRows(outputs: number, channels: number): boolean {
  const padded = (rows: number, columns: number) => rows * Math.ceil(columns / 8) * 8;
  return padded(channels, outputs) < padded(outputs, channels);
}

/** What the pass stages. */
export function gradientSizes(g: Geometry, plan: WinogradPlan): StageSizes {
  const [outputs, channels] = [g.outChannels, plan.channels];
  const [rows, columns] = channelsAreRows(outputs, channels) ? [channels, outputs] : [outputs, channels];
  const [highest, widest] = [Math.ceil(rows / 4) * 4, Math.ceil(columns / 8) * 8];
  const points = plan.classes.map((each) => each.points);
  const most = Math.max(...points);
  return {
    run: Math.min(g.batch, imagesPerRun(g, plan, block)),
    rowPanels: [most * (highest * block + pointGap)],
    columnPanels: most * (widest * block + pointGap),
    products: points.map((count) => count * (highest * widest + pointGap)),
  };
}

let kept = new Float64Array(0);

/** Memory for the sums, kept from call to call as the arena is: fresh pages cost as much as adding to them. */
function keptSums(length: number): Float64Array {
  if (kept.length < length) kept = new Float64Array(length);
  return kept.subarray(0, length);
}

/** The pass; its sums hold what they held. */
export function gradientPass(s: Stage, g: Geometry, plan: WinogradPlan): GradientPass {
  const [outputs, channels] = [g.outChannels, plan.channels];
  const gradient: Operand = {
    ...{ analysis: "gradient", plane: "places", channels: outputs, lanes: s.placeChannels, kernels: s.kernelOutputs },
    pitch: 4 * plan.x.places,
  };
  const data: Operand = {
    ...{ analysis: "data", plane: "cells", channels, lanes: s.cellChannels, kernels: s.kernelChannels },
    pitch: 4 * plan.x.length,
  };
  const [left, right] = channelsAreRows(outputs, channels) ? [data, gradient] : [gradient, data];
  const sums = keptSums(outputs * channels * plan.taps);
  return { left, right, kernelPitch: 4 * plan.x.r, sums, summed: new Int32Array(plan.classes.length) };
}

/** Adds what the tiles of the class `i` of `images` images give. */
export function addTiles(s: Stage, pass: GradientPass, tiles: TileClass, i: number, images: number): void {
  const { left, right, summed } = pass;
  const { points } = tiles;
  const { strideC, pitch } = productLayout(pass);
  const total = tiles.cells.length * images;
  for (let from = 0; from < total; from += block) {
    const depth = Math.min(block, total - from);
    if (summed[i]! + depth > longestSum) takeBack(s, pass, i);
    const strideA = packOperand(s, left, { i, from, depth, halves: 1 }, s.rowPanels[0]!);
    const strideB = packOperand(s, right, { i, from, depth, halves: 2 }, s.columnPanels);
    s.parts.multiplyAtPoints(
      ...([s.rowPanels[0]!, s.columnPanels, s.products[i]!, points, strideA, strideB, strideC] as const),
      ...([left.channels, Math.ceil(right.channels / 8), depth, pitch, summed[i]! > 0 ? 1 : 0] as const),
    );
    summed[i]! += depth;
  }
}

/** Takes the product of the class `i` back to taps and adds it to the sums. */
export function takeBack(s: Stage, pass: GradientPass, i: number): void {
  const { left, right, kernelPitch, sums, summed } = pass;
  if (summed[i] === 0) return;
  const { strideC, pitch } = productLayout(pass);
  const groups = Math.ceil(right.channels / 4);
  s.functions[i]!.weight(
    ...([s.products[i]!, strideC, pitch, right.kernels, groups] as const),
    ...([left.kernels, left.channels, kernelPitch, s.scratch] as const),
  );
  addRun(s.k.arena.floats, s.kernels >> 2, sums, 0, sums.length);
  summed[i] = 0;
}

function productLayout({ left, right }: GradientPass): { strideC: number; pitch: number } {
  const pitch = 32 * Math.ceil(right.channels / 8);
  return { pitch, strideC: pitch * Math.ceil(left.channels / 4) * 4 + 4 * pointGap };
}

/** Fills panels with the transforms of some tiles; returns the bytes between two points. */
function packOperand(
  s: Stage,
  { analysis, plane, channels, lanes, pitch }: Operand,
  { i, from, depth, halves }: { i: number; from: number; depth: number; halves: 1 | 2 },
  into: number,
): number {
  const panels = Math.ceil(channels / (4 * halves));
  const panelStride = 16 * halves * depth;
  const pointStride = panels * panelStride + 4 * pointGap;
  const steps = s.tiles[i]![plane] + 4 * from;
  s.functions[i]![analysis](
    ...([into, pointStride, panelStride, halves, lanes, panels, steps, depth, pitch, s.scratch] as const),
  );
  return pointStride;
}
