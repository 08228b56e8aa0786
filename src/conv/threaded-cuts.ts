/**
 * How a convolution is cut into parts for threads. A result must not depend on how many threads there are: a cut is free where
 * parts give the same bits as the whole, and else fixed by the geometry alone and made on one thread too.
 */
import type { Float32Algorithm } from "./execute.js";
import { type FftRange, fftParts } from "./fft-conv.js";
import { fftTiling } from "./fft-tiling.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { type Slice, type SliceAxis, sliceGeometry } from "./threaded-slices.js";
import { type WinogradPlan, winogradPlan } from "./winograd-plan.js";

/** A part of a convolution: a slice, which is a smaller convolution, or by FFT some eights of rows of the whole one. */
export interface Part {
  readonly slice: Slice;
  readonly eights?: FftRange;
}

/** The parts of a convolution. */
export interface Cut {
  readonly parts: readonly Part[];
  /** whether the results of the parts are added, in their order; else each has its own place */
  readonly sum: boolean;
}

/** The algorithms that are cut. */
export type CutAlgorithm = Exclude<Float32Algorithm, "separable">;

/** Ranges that end at some shares of the whole, rounded to multiples of `unit`; those that are empty are left out. */
function ranges(axis: SliceAxis, total: number, ends: readonly number[], unit = 1): Slice[] {
  const edge = (share: number) => Math.min(total, unit * Math.round((share * total) / unit));
  const edges = [0, ...ends.map(edge)];
  return ends
    .map((_, i) => ({ axis, from: edges[i]!, to: i === ends.length - 1 ? total : edges[i + 1]! }))
    .filter(({ from, to }) => to > from);
}

const equal = (count: number): number[] => Array.from({ length: count }, (_, i) => (i + 1) / count);

/**
 * Parts for some threads: a large one for each, since each part has to be set up, and small ones. The calling thread takes parts from
 * the first one on, the others from the last: they begin with a small one, so that they do not wait until a large one is copied,
 * and small ones are left at the end for whoever is there first.
 */
function uneven(threads: number): number[] {
  const [large, small] = [6, 1];
  const list = (count: number, size: number): number[] => Array(count).fill(size);
  const [middle, last] = [list(2 * threads - 1, small), list(threads - 1, small)];
  const sizes = [large, ...middle, ...list(threads - 1, large), ...last];
  const ends = sizes.map((_, i) => sizes.slice(0, i + 1).reduce((sum, size) => sum + size, 0));
  return ends.map((end) => end / ends[ends.length - 1]!);
}

const partsOf = (slices: readonly Slice[]): Part[] => slices.map((slice) => ({ slice }));

/** The most blocks of images whose results are added: each costs some passes over an array of the kernels' size. */
const mostBlocks = 8;

/** The least products of a block, some 50 µs of them: a call has its price. */
const blockProducts = 1 << 20;

/** How many numbers of images and outputs a block has at least for each number of the result. */
const blockWork = 24;

/** Channels that are kept together: lanes of the kernels. */
const lanes = 8;

const whole = (g: Geometry) => ({
  products: g.batch * g.groups * g.outChannels * g.inChannels * g.taps * g.places,
  images: g.batch * g.groups * (g.inChannels * g.cells + g.outChannels * g.places),
  kernels: g.groups * g.outChannels * g.inChannels * g.taps,
});

/** Blocks of outputs whose gradients of one input are added: with few inputs there is nothing else to cut. */
function outputBlocks(g: Geometry): number {
  const few = g.batch === 1 && g.groups === 1 && g.inChannels < 2 * lanes;
  return few ? Math.min(2, Math.floor(g.outChannels / (4 * g.inChannels))) : 1;
}

/** The cut that the geometry alone sets, and that one thread makes too; undefined where there is none. */
export function fixedCut(operation: Operation, algorithm: CutAlgorithm, g: Geometry): Cut | undefined {
  const { images, kernels, products } = whole(g);
  const most = Math.min(mostBlocks, g.batch, Math.floor(products / blockProducts));
  if (operation === "kernelGradient" && algorithm !== "fft") {
    // Sums over images: slabs and runs of tiles, and with them the order of the sums, depend on how many there are.
    const blocks = Math.min(most, Math.floor(images / (blockWork * kernels)));
    return blocks > 1 ? { parts: partsOf(ranges("images", g.batch, equal(blocks))), sum: true } : undefined;
  }
  if (operation === "inputGradient" && algorithm === "gemm" && most > 1) {
    // Windows add to the images in the order of the product's blocks of columns.
    const blocks = Math.min(most, Math.ceil((g.batch * g.places) / 2048));
    return { parts: partsOf(ranges("images", g.batch, equal(blocks))), sum: false };
  }
  if (operation === "inputGradient" && algorithm === "fft" && outputBlocks(g) > 1)
    return { parts: partsOf(ranges("outputs", g.outChannels, equal(outputBlocks(g)))), sum: true };
  return undefined;
}

const cutsOf = ({ y, x }: WinogradPlan) => JSON.stringify([y.cuts, x.cuts]);

/** Whether a slice gives the same bits as the whole gives there. */
function sameBits(operation: Operation, algorithm: "gemm" | "winograd", g: Geometry, slice: Slice): boolean {
  // The product's sums run over the depth alone, of one image at a time in the gradients.
  if (algorithm === "gemm") return operation === "forward" || g.batch === 1 || slice.axis === "groups";
  const [all, part] = [winogradPlan(g), winogradPlan(sliceGeometry(g, slice))];
  // A tile is worked on by itself, so its bits depend on its size; the gradient of the kernels adds tiles.
  return operation !== "kernelGradient" && !!all && !!part && cutsOf(all) === cutsOf(part);
}

/** The axes along which an operation may be cut, the better first: where every thread gets its parts, and of these images. */
function candidates(operation: Operation, g: Geometry, threads: number): Slice[][] {
  const shares = uneven(threads);
  const axes: (readonly [SliceAxis, number, number])[] = [["groups", g.groups, 1]];
  // Kernels work on several images at once: whole eights of them, where there are enough.
  const together = [lanes, 4, 2].find((each) => g.batch >= 2 * threads * each) ?? 1;
  if (operation !== "kernelGradient") axes.unshift(["images", g.batch, together]);
  if (g.groups === 1 && operation !== "inputGradient") axes.push(["outputs", g.outChannels, lanes]);
  if (g.groups === 1 && operation !== "forward") axes.push(["inputs", g.inChannels, lanes]);
  const lists = axes.map(([axis, total, unit]) => ranges(axis, total, shares, unit)).filter((list) => list.length > 1);
  return [...lists.filter(({ length }) => length > threads), ...lists.filter(({ length }) => length <= threads)];
}

/** What fills the rows of an FFT's products: `sidesOf` and `swapped` tell. */
function rowsOf(operation: Operation, swapped: boolean): SliceAxis {
  const [first, second] = {
    forward: ["outputs", "images"],
    inputGradient: ["images", "inputs"],
    kernelGradient: ["outputs", "inputs"],
  }[operation] as [SliceAxis, SliceAxis];
  return swapped ? second : first;
}

/** Eights of the rows of an FFT's products: of each group, or of images or channels in whole eights. */
function fftCut(operation: Operation, g: Geometry, threads: number): Cut | undefined {
  const tiling = fftTiling(operation, g);
  const count = fftParts(operation, g);
  if (!tiling || count < 2) return undefined;
  const shares = uneven(threads);
  const perGroup = count / g.groups;
  const axis = g.groups > 1 ? "groups" : rowsOf(operation, tiling.swapped);
  const tiles = tiling.y.tiles * tiling.x.tiles;
  const rows = axis === "groups" ? 8 * perGroup : axis === "images" ? tiles : 1;
  const total = { groups: g.groups, images: g.batch, outputs: g.outChannels, inputs: g.inChannels }[axis];
  const unit = [1, 2, 4, 8].find((each) => (each * rows) % 8 === 0)!;
  const parts = ranges(axis, total, shares, unit).map((slice) => ({
    slice,
    eights: { from: (slice.from * rows) / 8, to: Math.ceil((slice.to * rows) / 8) },
  }));
  return parts.length > 1 ? { parts, sum: false } : undefined;
}

/** A cut for some threads into parts that give the same bits as the whole; undefined where there is none. */
export function freeCut(operation: Operation, algorithm: CutAlgorithm, g: Geometry, threads: number): Cut | undefined {
  if (algorithm === "fft") return fftCut(operation, g, threads);
  const slices = candidates(operation, g, threads).find((list) =>
    list.every((slice) => sameBits(operation, algorithm, g, slice)),
  );
  return slices && { parts: partsOf(slices), sum: false };
}
