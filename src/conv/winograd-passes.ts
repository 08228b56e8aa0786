/**
 * The convolution and the gradient of its input by Winograd's filters. Both multiply transformed kernels with transformed tiles at
 * every point and take the products back: the second is the transpose of the first, with the same transforms of the kernels, so
 * that it needs no flipped kernels and no padding; its tiles overlap and add.
 */
import { depthBlock, evenBlock } from "../kernels/product.js";
import type { Geometry } from "./geometry.js";
import { imagesPerRun, pointGap, type Stage, type StageSizes } from "./winograd-arena.js";
import type { TileClass, WinogradPlan } from "./winograd-plan.js";

/** One pass over the tiles of some images. */
export interface Pass {
  readonly analysis: "data" | "gradient";
  readonly synthesis: "output" | "input";
  readonly source: "cells" | "places";
  readonly target: "cells" | "places";
  readonly rows: number;
  readonly depth: number;
  /** columns that are worked on at once */
  readonly block: number;
  /** addresses of tables and bytes of a row: of the kernels, of the source's channels and of the target's */
  readonly kernels: Patches & { readonly lanes: number };
  readonly sources: Patches;
  readonly targets: Patches;
}

/** Which of the two it is. */
export type Way = "forward" | "inputGradient";

/** Where patches lie: a table of steps, of kernels one of lanes too (those of tiles are the classes'), and the bytes of a row. */
interface Patches {
  readonly steps: number;
  readonly pitch: number;
}

/** Depths up to which all points of one tile of the product are made at once: the products then never leave the cache. */
const shallow = 16;

/** Columns that even the class of the fewest tiles shall have. */
export const columnsOfRun = 32;

/** Numbers of transformed tiles and products that are worked on at once, so that they stay in the second level of the cache. */
const blockBudget = 3 << 16;

/** What a pass stages, and the columns that it works on at once. */
export function passSizes(g: Geometry, plan: WinogradPlan, way: Way) {
  const [outputs, channels] = [g.outChannels, plan.channels];
  const [rows, depth] = way === "forward" ? [outputs, channels] : [channels, outputs];
  const points = plan.classes.map((each) => each.points);
  const most = Math.max(...points);
  const run = Math.min(g.batch, imagesPerRun(g, plan, columnsOfRun));
  const block = Math.min(256, Math.max(8, Math.floor(blockBudget / (most * (rows + depth)) / 8) * 8));
  const fours = Math.ceil(rows / 4) * 4;
  const sizes: StageSizes = {
    run,
    rowPanels: points.map((count) => count * (fours * depth + pointGap)),
    columnPanels: most * (block * depth + pointGap),
    products: [most * (block * fours + pointGap)],
  };
  return { rows, depth, block, sizes };
}

/** The pass of `Z = c(K, V)`, or of `dV = h(K, G)`. */
export function passOf(s: Stage, g: Geometry, plan: WinogradPlan, way: Way): Pass {
  const { rows, depth, block } = passSizes(g, plan, way);
  const pitch = 4 * plan.x.r;
  const cells = { steps: s.cellChannels, pitch: 4 * plan.x.length };
  const places = { steps: s.placeChannels, pitch: 4 * plan.x.places };
  return way === "forward"
    ? {
        ...{ analysis: "data", synthesis: "output", source: "cells", target: "places", rows, depth, block },
        kernels: { lanes: s.kernelOutputs, steps: s.kernelChannels, pitch },
        ...{ sources: cells, targets: places },
      }
    : {
        ...{ analysis: "gradient", synthesis: "input", source: "places", target: "cells", rows, depth, block },
        kernels: { lanes: s.kernelChannels, steps: s.kernelOutputs, pitch },
        ...{ sources: places, targets: cells },
      };
}

/**
 * The blocks of a depth that are summed in a row. What a sum over channels loses is multiplied by the transform back, the more so
 * the more points there are: from 49 points on short sums are made and then added, which takes a third off the error.
 */
function depthBlocks(depth: number, points: number): { readonly from: number; readonly count: number }[] {
  const step = evenBlock(depth, points < 49 ? depthBlock : 32, 1);
  const blocks = [];
  for (let from = 0; from < depth; from += step) blocks.push({ from, count: Math.min(step, depth - from) });
  return blocks;
}

/** Bytes between two points of the kernels of a deep pass: panels of each block of depth lie behind those of the block before. */
const kernelStride = ({ rows, depth }: Pass) => 4 * (Math.ceil(rows / 4) * 4 * depth + pointGap);

/** Transforms the kernels for the class `i`. */
export function packKernels(s: Stage, pass: Pass, { points }: TileClass, i: number): void {
  const { rows, depth, kernels } = pass;
  const { kernel } = s.functions[i]!;
  const into = s.rowPanels[i]!;
  const panels = Math.ceil(rows / 4);
  const { lanes, steps, pitch } = kernels;
  if (depth <= shallow) kernel(into, 16 * depth, 16 * depth * points, 1, lanes, panels, steps, depth, pitch, s.scratch);
  else
    for (const { from, count } of depthBlocks(depth, points)) {
      const at = into + 16 * panels * from;
      kernel(at, kernelStride(pass), 16 * count, 1, lanes, panels, steps + 4 * from, count, pitch, s.scratch);
    }
}

/** The tiles of the class `i` of `images` images, whose transformed kernels are made. */
export function runTiles(s: Stage, pass: Pass, tiles: TileClass, i: number, images: number): void {
  const columns = tiles.cells.length * images;
  const run = pass.depth <= shallow ? runShallow : runDeep;
  for (let first = 0; first < columns; first += pass.block)
    run(s, pass, tiles, i, first, Math.min(pass.block, columns - first));
}

function runDeep(s: Stage, pass: Pass, { points }: TileClass, i: number, first: number, count: number): void {
  const { rows, depth, sources, targets } = pass;
  const functions = s.functions[i]!;
  const panels = Math.ceil(count / 8);
  const pitch = 32 * panels;
  const product = s.products[0]!;
  const [strideA, strideB] = [kernelStride(pass), 4 * (8 * panels * depth + pointGap)];
  const strideC = pitch * Math.ceil(rows / 4) * 4 + 4 * pointGap;
  const source = s.tiles[i]![pass.source] + 4 * first;
  for (const part of depthBlocks(depth, points)) {
    const A = s.rowPanels[i]! + 16 * Math.ceil(rows / 4) * part.from;
    const B = s.columnPanels + pitch * part.from;
    const steps = sources.steps + 4 * part.from;
    functions[pass.analysis](
      ...([B, strideB, 32 * part.count, 2, source, panels, steps, part.count, sources.pitch, s.scratch] as const),
    );
    s.parts.multiplyAtPoints(
      ...([A, B, product, points, strideA, strideB, strideC] as const),
      ...([rows, panels, part.count, pitch, part.from > 0 ? 1 : 0] as const),
    );
  }
  const target = s.tiles[i]![pass.target] + 4 * first;
  functions[pass.synthesis](
    ...([product, strideC, pitch, target, Math.ceil(count / 4), targets.steps, rows, targets.pitch] as const),
    s.scratch,
  );
}

function runShallow(s: Stage, pass: Pass, { points }: TileClass, i: number, first: number, count: number): void {
  const { rows, depth, sources, targets } = pass;
  const functions = s.functions[i]!;
  const panels = Math.ceil(count / 8);
  const back = pass.synthesis === "output" ? functions.shallowOutput : functions.shallowInput;
  const [source, target] = [s.tiles[i]![pass.source] + 4 * first, s.tiles[i]![pass.target] + 4 * first];
  functions[pass.analysis](
    ...([s.columnPanels, 32 * depth, 32 * depth * points, 2, source, panels] as const),
    ...([sources.steps, depth, sources.pitch, s.scratch] as const),
  );
  back(
    ...([s.rowPanels[i]!, s.columnPanels, s.products[0]!, depth, target, panels] as const),
    ...([targets.steps, rows, targets.pitch, s.scratch] as const),
  );
}
