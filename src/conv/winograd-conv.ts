/** The three operations by Winograd's minimal filtering. */
import { type Panels, panels } from "../kernels/panels.js";
import type { Geometry } from "./geometry.js";
import { copyPlain } from "./slab.js";
import {
  imageNumbers,
  imagesAtOnce,
  makeStage,
  type Stage,
  spaced,
  stageSize,
  type TileClass,
  tileClasses,
} from "./winograd-arena.js";
import { gradientSizes, runGradient } from "./winograd-gradient.js";
import { type Pass, type Plane, packKernels, pointGap, rowNumbers, runTiles } from "./winograd-passes.js";
import { type WinogradPlan, winogradPlan } from "./winograd-plan.js";
import { fillImages, fillKernels, foldImages, foldKernels, type ImageRun } from "./winograd-stage.js";

/** The most bytes that one call may stage. */
const stageLimit = 2 ** 30;

/** Numbers of images and outputs that are staged at once: fixed, so that sums do not depend on the machine. */
const imageBudget = 1 << 20;

/** Numbers of transformed tiles and products that are worked on at once, so that they stay in the second level of the cache. */
const blockBudget = 3 << 16;

function planOf(g: Geometry): WinogradPlan {
  const plan = winogradPlan(g);
  if (plan === undefined) throw new Error("winograd: the geometry does not fit, winogradApplies tells");
  return plan;
}

/** Products at the points of all tiles of an image and a pair of channels. */
function pointsOf({ y, x }: WinogradPlan): number {
  const along = (cuts: typeof y.cuts) => cuts.reduce((sum, { m, r, starts }) => sum + starts.length * (m + r - 1), 0);
  return along(y.cuts) * along(x.cuts);
}

/** The points of each class. */
function classPoints({ y, x }: WinogradPlan): number[] {
  return y.cuts.flatMap((down) => x.cuts.map((across) => (down.m + down.r - 1) * (across.m + across.r - 1)));
}

function passSizes(g: Geometry, plan: WinogradPlan, rows: number, depth: number) {
  const points = classPoints(plan);
  const image = imageNumbers(g, plan);
  const images = imagesAtOnce(g, plan, { numbers: imageBudget, columns: 64 });
  const most = Math.max(...points);
  const block = Math.min(256, Math.max(8, Math.floor(blockBudget / (most * (rows + depth)) / 8) * 8));
  return {
    images,
    block,
    sizes: {
      table: Math.max(block, g.outChannels, plan.channels) + 8,
      kernels: g.outChannels * plan.channels * plan.taps,
      rowPanels: points.map((count) => rowNumbers({ rows, depth }, count)),
      columnPanels: most * (block * depth + pointGap),
      product: most * (block * Math.ceil(rows / 4) * 4 + pointGap),
      // One image more: the lanes beyond the last add to it, and nobody reads it.
      cells: (images + 1) * image.cells,
      outputs: images * image.places,
    },
  };
}

/**
 * Whether Winograd's filters apply: two dimensions or one, any padding and boundary, no dilation, and 2 to 5 taps along an axis
 * for each of its phases, which are as many as its stride; and the arena takes what one image needs.
 */
export function winogradApplies(g: Geometry): boolean {
  const plan = winogradPlan(g);
  if (plan === undefined) return false;
  const [o, c] = [g.outChannels, plan.channels];
  const sizes = [passSizes(g, plan, o, c).sizes, passSizes(g, plan, c, o).sizes, gradientSizes(g, plan).sizes];
  return sizes.every((each) => 4 * stageSize(each) <= stageLimit);
}

/** How long a pass takes, in multiply-adds of the matrix product at its full speed. */
export interface WinogradCost {
  /** the products over channels */
  readonly products: number;
  /** the transforms of inputs, of outputs and of kernels */
  readonly transforms: number;
}

/** What each pass costs: the same products in all three, and transforms of about six additions a point. */
export function winogradCost(g: Geometry): WinogradCost {
  const plan = planOf(g);
  const points = pointsOf(plan);
  const each = classPoints(plan).reduce((sum, count) => sum + count, 0);
  const pairs = g.outChannels * plan.channels;
  const images = g.batch * g.groups;
  return {
    products: images * points * pairs,
    transforms: 6 * (images * points * (g.outChannels + plan.channels) + g.groups * each * pairs),
  };
}

function eachRun(g: Geometry, images: number, visit: (run: ImageRun) => void): void {
  for (let group = 0; group < g.groups; group++) {
    for (let first = 0; first < g.batch; first += images)
      visit({ group, first, count: Math.min(images, g.batch - first) });
  }
}

function cellPlane(s: Stage, plan: WinogradPlan): Plane {
  const channel = 4 * plan.plane;
  return { address: s.cells, image: plan.channels * channel, channel, pitch: 4 * plan.x.length, tiles: "cells" };
}

function outputPlane(s: Stage, g: Geometry): Plane {
  const channel = 4 * g.places;
  const pitch = 4 * g.axes[2].output;
  return { address: s.outputs, image: g.outChannels * channel, channel, pitch, tiles: "places" };
}

/** Copies outputs, or their gradients, of some images of a group to the arena or from it. */
function copyOutputs(s: Stage, g: Geometry, Z: Float32Array, run: ImageRun, toArena: boolean): void {
  const image = g.outChannels * g.places;
  copyPlain(Z, s.k.arena.floats, { groups: g.groups, image, ...run }, s.outputs >> 2, toArena);
}

function startGroup(s: Stage, g: Geometry, plan: WinogradPlan, K: Float32Array, group: number): void {
  fillKernels(g, plan, K, group, s.k.arena.floats, s.kernels >> 2);
}

function runPass(s: Stage, pass: Pass, classes: readonly TileClass[], run: ImageRun): void {
  classes.forEach((tiles, i) => {
    if (run.first === 0) packKernels(s, pass, tiles, s.rowPanels[i]!);
    runTiles(s, pass, tiles, run.count, s.rowPanels[i]!);
  });
}

/** `Z = c(K, V)`. */
export function winogradConv(g: Geometry, V: Float32Array, K: Float32Array, Z: Float32Array, k: Panels = panels()) {
  const plan = planOf(g);
  const [rows, depth] = [g.outChannels, plan.channels];
  const { sizes, images, block } = passSizes(g, plan, rows, depth);
  const classes = tileClasses(plan, k);
  const s = makeStage(sizes, k);
  const taps = 4 * plan.taps;
  const pass: Pass = {
    ...{ rows, depth, block, analysis: "data", synthesis: "output" },
    kernels: { lanes: spaced(s.kernels, rows, depth * taps), steps: spaced(0, depth, taps), pitch: 4 * plan.x.r },
    source: cellPlane(s, plan),
    target: outputPlane(s, g),
  };
  eachRun(g, images, (run) => {
    if (run.first === 0) startGroup(s, g, plan, K, run.group);
    fillImages(g, plan, V, run, k.arena.floats, s.cells >> 2);
    runPass(s, pass, classes, run);
    copyOutputs(s, g, Z, run, false);
  });
}

/** `dV = h(K, G)`; `dV` is 0 at first. */
export function winogradInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: Panels = panels(),
): void {
  const plan = planOf(g);
  const [rows, depth] = [plan.channels, g.outChannels];
  const { sizes, images, block } = passSizes(g, plan, rows, depth);
  const classes = tileClasses(plan, k);
  const s = makeStage(sizes, k);
  const taps = 4 * plan.taps;
  const pass: Pass = {
    ...{ rows, depth, block, analysis: "gradient", synthesis: "input" },
    kernels: { lanes: spaced(s.kernels, rows, taps), steps: spaced(0, depth, rows * taps), pitch: 4 * plan.x.r },
    source: outputPlane(s, g),
    target: cellPlane(s, plan),
  };
  eachRun(g, images, (run) => {
    if (run.first === 0) startGroup(s, g, plan, K, run.group);
    copyOutputs(s, g, G, run, true);
    const F = k.arena.floats;
    F.fill(0, s.cells >> 2, (s.cells >> 2) + run.count * plan.channels * plan.plane);
    runPass(s, pass, classes, run);
    foldImages(g, plan, dV, run, F, s.cells >> 2);
  });
}

/** `dK = g(G, V)`; runs of tiles are summed in float32, their sums in float64. */
export function winogradKernelGradient(
  g: Geometry,
  G: Float32Array,
  V: Float32Array,
  dK: Float32Array,
  k: Panels = panels(),
): void {
  const plan = planOf(g);
  const { sizes, images, block } = gradientSizes(g, plan);
  const classes = tileClasses(plan, k);
  const s = makeStage(sizes, k);
  const sums = new Float64Array(dK.length);
  const staged = new Float64Array(sizes.kernels);
  eachRun(g, images, (run) => {
    if (run.first === 0) staged.fill(0);
    fillImages(g, plan, V, run, k.arena.floats, s.cells >> 2);
    copyOutputs(s, g, G, run, true);
    for (const tiles of classes) {
      const planes = { cells: cellPlane(s, plan), outputs: outputPlane(s, g) };
      runGradient(s, { ...planes, plan, outChannels: g.outChannels, images: run.count, block }, tiles, staged);
    }
    if (run.first + run.count === g.batch) foldKernels(g, plan, sums, run.group, staged);
  });
  g.connections?.forEach((sees, pair) => {
    if (!sees) sums.fill(0, pair * g.taps, (pair + 1) * g.taps);
  });
  dK.set(sums);
}
