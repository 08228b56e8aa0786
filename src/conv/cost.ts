/**
 * What each algorithm costs. The time of a call is a sum of counts (the products of the padded tiles, the numbers that are
 * packed, …), each times what one of them takes: see cost-coefficients.ts.
 */

import { type Costed, type Counts, coefficients } from "./cost-coefficients.js";
import { fftTiling, sidesOf } from "./fft-tiling.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { phasesOf } from "./separable-phases.js";
import { winogradPlan } from "./winograd-plan.js";

const up = (count: number, unit: number) => unit * Math.ceil(count / unit);

/** Nested loops: products; lines of places that are visited; cells of their tables. */
function directCounts(_operation: Operation, g: Geometry): Counts {
  const [z, y] = g.axes;
  const visits = g.batch * g.groups * g.outChannels * g.inChannels;
  return {
    call: 1,
    product: visits * g.places * g.taps,
    visit: visits * z.output * y.output,
    cell: g.places * g.taps,
  };
}

/** Numbers of one image of a group: its padded cells, and its outputs. */
function imageNumbers(g: Geometry): { cells: number; outputs: number } {
  const cells = g.axes.reduce((product, axis) => product * Math.max(axis.input, axis.source.length), 1);
  return { cells: g.inChannels * cells, outputs: g.outChannels * g.places };
}

/** Numbers that are staged: those of images that are padded, cell by cell, and those that are copied as they are. */
function stagedNumbers(g: Geometry): { padded: number; staged: number } {
  const { cells, outputs } = imageNumbers(g);
  const images = g.batch * g.groups;
  const plain = g.axes.every(
    ({ input, source }) => source.length <= input && source[0] === 0 && source.at(-1) === source.length - 1,
  );
  return plain
    ? { padded: 0, staged: images * (cells + outputs) }
    : { padded: images * cells, staged: images * outputs };
}

/** Runs of images, each of 2²⁰ numbers at most if one image is not more. */
function runsOf(g: Geometry): { runs: number; images: number } {
  const { cells, outputs } = imageNumbers(g);
  const images = Math.min(g.batch, Math.max(1, Math.floor(2 ** 20 / (cells + outputs))));
  return { images, runs: g.groups * Math.ceil(g.batch / images) };
}

/** The share of eights of neighbours that lie within one line of `length`. */
const inLine = (length: number) => Math.max(0, length - 7) / length;

/**
 * The packed product: products of whole tiles; numbers packed and stored, those apart whose eights lie in one line of the image;
 * numbers staged; blocks of the product; runs of images.
 */
function gemmCounts(operation: Operation, g: Geometry): Counts {
  const { runs, images } = runsOf(g);
  const [windows, taps] = [images * g.places, g.inChannels * g.taps];
  const sizes = { forward: [g.outChannels, windows, taps], kernelGradient: [g.outChannels, taps, windows] } as const;
  const [rows, columns, depth] = operation === "inputGradient" ? [taps, windows, g.outChannels] : sizes[operation];
  const [rowBlocks, columnBlocks] = [Math.ceil(rows / 512), Math.ceil(columns / 1024)];
  const x = g.axes[2];
  const windowLines = x.stride > 1 ? 0 : inLine(g.taps === 1 ? g.places : x.output);
  const lines = { forward: windowLines, kernelGradient: inLine(x.kernel), inputGradient: inLine(g.places) }[operation];
  const packed = runs * columns * depth * rowBlocks;
  const stored = runs * rows * columns;
  const scattered = operation === "inputGradient" ? stored * (1 - windowLines) : 0;
  return {
    call: 1,
    run: runs,
    block: runs * rowBlocks * columnBlocks * Math.ceil(depth / 256),
    product: runs * up(rows, 4) * up(columns, 8) * depth,
    packed: packed * lines,
    gathered: packed * (1 - lines),
    rows: runs * rows * depth * columnBlocks,
    stored: stored - scattered,
    scattered,
    ...stagedNumbers(g),
    table: windows,
  };
}

/** Depth up to which Winograd's products stay in registers and are transformed back at once. */
const shallow = 16;

/**
 * Winograd's filters: products of whole tiles; tiles of one channel and numbers in them, those apart that are lines or have few
 * channels; numbers of the transformed kernels, and weights; numbers staged; runs of images, by the kinds of tiles.
 */
function winogradCounts(operation: Operation, g: Geometry): Counts {
  const { y, x, channels } = winogradPlan(g)!;
  const { runs } = runsOf(g);
  const images = g.batch * g.groups;
  const gradient = operation === "kernelGradient";
  const [rows, depth] = operation === "inputGradient" ? [channels, g.outChannels] : [g.outChannels, channels];
  const lanes = up(rows, 4) + (gradient ? up(depth, 8) : depth);
  const kind = y.r === 1 || x.r === 1 ? "line" : depth <= shallow ? "shallow" : "tile";
  const tiles = { tile: 0, shallow: 0, line: 0 };
  const numbers = { tile: 0, shallow: 0, line: 0 };
  const sum = { run: 0, product: 0, kernel: 0 };
  for (const down of y.cuts) {
    for (const across of x.cuts) {
      const points = (down.m + down.r - 1) * (across.m + across.r - 1);
      const count = images * down.starts.length * across.starts.length;
      sum.run += runs;
      sum.product += count * points * up(rows, 4) * (gradient ? up(depth, 8) : depth);
      tiles[kind] += count * lanes;
      numbers[kind] += count * points * lanes;
      sum.kernel += g.groups * points * rows * depth;
    }
  }
  const weight = g.groups * g.outChannels * g.inChannels * g.taps;
  const { tile: number, shallow: shallowNumber, line: lineNumber } = numbers;
  return { call: 1, ...sum, ...tiles, number, shallowNumber, lineNumber, weight, ...stagedNumbers(g) };
}

/** Fourier transforms: what the tiling says of transforms and products; eights of planes that are transformed; numbers staged. */
function fftCounts(operation: Operation, g: Geometry): Counts {
  const { y, x, swapped, cost } = fftTiling(operation, g)!;
  const { first, second, depth } = sidesOf(operation, g, g.batch * y.tiles * x.tiles);
  const [rows, columns] = swapped ? [second, first] : [first, second];
  const high = Math.ceil(rows / 8);
  const eights = high * depth + Math.ceil((depth * columns) / 8) + high * columns;
  return { call: 1, group: g.groups, eight: g.groups * eights, tiling: cost, ...stagedNumbers(g) };
}

/**
 * One-dimensional passes of kernels of rank 1, each a product whose rows are the outputs of a group in phases: products of whole
 * tiles, numbers packed, numbers of the maps, groups. The first pass has a group for each input, the last one for each output.
 */
function separableCounts(operation: Operation, g: Geometry): Counts {
  const back = operation === "inputGradient";
  const [inputs, outputs] = back ? [g.outChannels, g.inChannels] : [g.inChannels, g.outChannels];
  const axes = g.axes
    .filter(({ kernel }) => kernel > 1)
    .map((axis) => (back ? { ...axis, input: axis.output, output: axis.input, stride: 1 } : axis))
    .sort((a, b) => a.output / a.input - b.output / b.input);
  let places = back ? g.places : g.cells;
  const sum = { call: 1, pass: axes.length, group: 0, product: 0, packed: 0, padded: 0, number: 0 };
  axes.forEach((axis, i) => {
    const cells = places;
    places *= axis.output / axis.input;
    const [first, last] = [i === 0, i === axes.length - 1];
    const [depth, rows] = [last && !first ? inputs : 1, first && !last ? outputs : 1];
    const groups = g.batch * g.groups * (first ? inputs : last ? outputs : inputs * outputs);
    const phases = phasesOf(axis, rows);
    const steps = (groups * depth * (axis.kernel + (phases - 1) * axis.stride) * places) / phases;
    sum.group += groups / g.batch;
    sum.product += steps * up(rows * phases, 4);
    sum.packed += steps;
    sum.padded += axis.output > axis.input - axis.kernel + 1 ? groups * depth * cells : 0;
    sum.number += groups * places * (rows + depth);
  });
  return sum;
}

const counts: Readonly<Record<Costed, (operation: Operation, g: Geometry) => Counts>> = {
  direct: directCounts,
  gemm: gemmCounts,
  winograd: winogradCounts,
  fft: fftCounts,
  separable: separableCounts,
};

/** What an operation is made of by an algorithm that applies to it. */
export function countsOf(algorithm: Costed, operation: Operation, g: Geometry): Counts {
  return counts[algorithm](operation, g);
}

/** Nanoseconds that an operation takes by an algorithm that applies to it; for `separable` with kernels of rank 1. */
export function costOf(algorithm: Costed, operation: Operation, g: Geometry): number {
  const each = coefficients[algorithm][operation];
  return Object.entries(countsOf(algorithm, operation, g)).reduce(
    (sum, [name, count]) => sum + count * (each[name] ?? 0),
    0,
  );
}
