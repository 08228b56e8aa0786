/** The three operations by Winograd's minimal filtering. */
import { type Panels, panels } from "../kernels/panels.js";
import type { Geometry } from "./geometry.js";
import { imagesPerRun, makeStage, type Stage, stageSize, tileTables } from "./winograd-arena.js";
import { addTiles, gradientPass, gradientSizes, takeBack } from "./winograd-gradient.js";
import { copyOutputs, fillImages, foldImages, type ImageRun } from "./winograd-images.js";
import { columnsOfRun, type Pass, packKernels, passOf, passSizes, runTiles, type Way } from "./winograd-passes.js";
import { type WinogradPlan, winogradPlan } from "./winograd-plan.js";
import { fillKernels, foldKernels } from "./winograd-taps.js";

/** The most bytes that one call may stage. */
const stageLimit = 2 ** 30;

function planOf(g: Geometry): WinogradPlan {
  const plan = winogradPlan(g);
  if (plan === undefined) throw new Error("winograd: the geometry does not fit, winogradApplies tells");
  return plan;
}

/**
 * Whether Winograd's filters apply: two dimensions or one, any padding and boundary, no dilation, and 2 to 5 taps along an axis
 * for each of its phases, which are as many as its stride; and the arena takes what one image needs.
 */
export function winogradApplies(g: Geometry): boolean {
  const plan = winogradPlan(g);
  if (plan === undefined) return false;
  const { sizes: forward } = passSizes(g, plan, "forward");
  const { sizes: back } = passSizes(g, plan, "inputGradient");
  return [forward, back, gradientSizes(g, plan)].every((each) => 4 * stageSize(g, plan, each) <= stageLimit);
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
  const { classes, channels } = planOf(g);
  const points = classes.reduce((sum, each) => sum + each.points * each.cells.length, 0);
  const each = classes.reduce((sum, { points: count }) => sum + count, 0);
  const pairs = g.outChannels * channels;
  const images = g.batch * g.groups;
  return {
    products: images * points * pairs,
    transforms: 6 * (images * points * (g.outChannels + channels) + g.groups * each * pairs),
  };
}

/**
 * The images that one run of a pass takes. Each image's outputs and each input's gradient have the same bits however a batch is
 * split; parts of a multiple of so many images are worked on at full speed. The gradient of the kernels is a sum over the batch:
 * its parts have to be added in a fixed order.
 */
export function winogradRun(g: Geometry): number {
  return imagesPerRun(g, planOf(g), columnsOfRun);
}

function eachRun(
  s: Stage,
  g: Geometry,
  plan: WinogradPlan,
  images: number,
  adds: boolean,
  visit: (run: ImageRun) => void,
) {
  let staged = 0;
  for (let group = 0; group < g.groups; group++) {
    for (let first = 0; first < g.batch; first += images) {
      const count = Math.min(images, g.batch - first);
      if (count !== staged) tileTables(s, g, plan, count, adds);
      staged = count;
      visit({ group, first, count });
    }
  }
}

function startGroup(s: Stage, g: Geometry, plan: WinogradPlan, pass: Pass, K: Float32Array, group: number): void {
  fillKernels(g, plan, K, group, s.k.arena.floats, s.kernels >> 2);
  plan.classes.forEach((tiles, i) => {
    packKernels(s, pass, tiles, i);
  });
}

/** Runs a pass over all images: `stage` brings what it reads to the arena, `take` what it made from there. */
function runPass(
  [way, g, K, k]: readonly [way: Way, g: Geometry, K: Float32Array, k: Panels],
  stage: (s: Stage, plan: WinogradPlan, run: ImageRun) => void,
  take: (s: Stage, plan: WinogradPlan, run: ImageRun) => void,
): void {
  const plan = planOf(g);
  const { sizes } = passSizes(g, plan, way);
  const s = makeStage(g, plan, sizes, k);
  const pass = passOf(s, g, plan, way);
  eachRun(s, g, plan, sizes.run, way === "inputGradient", (run) => {
    if (run.first === 0) startGroup(s, g, plan, pass, K, run.group);
    stage(s, plan, run);
    plan.classes.forEach((tiles, i) => {
      runTiles(s, pass, tiles, i, run.count);
    });
    take(s, plan, run);
  });
}

/** `Z = c(K, V)`. */
export function winogradConv(
  g: Geometry,
  V: Float32Array,
  K: Float32Array,
  Z: Float32Array,
  k: Panels = panels(),
): void {
  runPass(
    ["forward", g, K, k],
    (s, plan, run) => fillImages(s, g, plan, V, run),
    (s, _, run) => copyOutputs(s, g, Z, run, false),
  );
}

/** `dV = h(K, G)`; `dV` is 0 at first. */
export function winogradInputGradient(
  g: Geometry,
  K: Float32Array,
  G: Float32Array,
  dV: Float32Array,
  k: Panels = panels(),
): void {
  runPass(
    ["inputGradient", g, K, k],
    (s, plan, run) => {
      copyOutputs(s, g, G, run, true);
      const cells = s.cells >> 2;
      k.arena.floats.fill(0, cells, cells + run.count * plan.channels * plan.plane);
    },
    (s, plan, run) => foldImages(s, g, plan, dV, run),
  );
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
  const sizes = gradientSizes(g, plan);
  const s = makeStage(g, plan, sizes, k);
  const pass = gradientPass(s, g, plan);
  eachRun(s, g, plan, sizes.run, false, (run) => {
    if (run.first === 0) pass.sums.fill(0);
    fillImages(s, g, plan, V, run);
    copyOutputs(s, g, G, run, true);
    plan.classes.forEach((tiles, i) => {
      addTiles(s, pass, tiles, i, run.count);
      if (run.first + run.count === g.batch) takeBack(s, pass, i);
    });
    if (run.first + run.count === g.batch) foldKernels(g, plan, dK, run.group, pass.sums);
  });
}
