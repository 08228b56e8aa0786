/**
 * How the images of an FFT convolution are cut into tiles. Along one axis all three operations are a linear convolution
 * `y(i) = Σ x(i - j) w(j)` of which a stretch is wanted: x is the image (or for the input's gradient, G), w the kernel
 * (or for the kernel's gradient, G reversed). A circular convolution of a short length gives it, as far as no
 * other number of y falls on the stretch when it wraps around.
 */
import { radicesOf } from "../kernels/fft-plan.js";
import { type AxisFacts, axisFacts } from "./fft-axis.js";
import { paddedGeometry } from "./fft-padding.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";

/** Windows of `length` cells: the one of tile t starts at `start + t·step` and may reach beyond the image. */
export interface Span {
  readonly start: number;
  readonly step: number;
  readonly length: number;
}

/** The tiles along one axis. */
export interface AxisTiles {
  /** length of the transform */
  readonly size: number;
  readonly tiles: number;
  /** of x; of w; of the result */
  readonly signal: Span;
  readonly other: Span;
  readonly result: Span;
  /** where in the circular result the tile's stretch starts */
  readonly offset: number;
}

/** The longest transforms along each of two axes, and along one axis beside one of a single cell. */
export const longestOfTwo = 640;
export const longestOfOne = 2 ** 16;

/** The lengths that have transforms, in order. */
const lengths = (() => {
  const powers = (base: number) =>
    Array.from({ length: 17 }, (_, i) => base ** i).filter((power) => power <= longestOfOne);
  const products = powers(2).flatMap((two) =>
    powers(3).flatMap((three) => powers(5).map((five) => two * three * five)),
  );
  return products.filter((length) => length <= longestOfOne).sort((a, b) => a - b);
})();

/** One tile for the whole axis, if the length allows it. */
function whole(size: number, x: number, w: number, from: number, count: number): AxisTiles | undefined {
  if (from < 0 || size < Math.max(from + count, x + w - 1 - from, x, w)) return undefined;
  const span = (length: number): Span => ({ start: 0, step: 0, length });
  return { size, tiles: 1, signal: span(x), other: span(w), result: span(count), offset: from };
}

/** The tiles of one axis with transforms of `size`, undefined where it is too short. */
export function tileAxis(operation: Operation, facts: AxisFacts, size: number): AxisTiles | undefined {
  const { cells, taps, places, before } = facts;
  const gradient = operation === "kernelGradient";
  const [x, count] = operation === "inputGradient" ? [places, cells] : [cells, gradient ? taps : places];
  const w = gradient ? places : taps;
  const from = operation === "inputGradient" ? before : w - 1 - before;
  const single = whole(size, x, w, from, count);
  if (single) return single;
  const step = size - taps + 1;
  if (step < 1) return undefined;
  if (gradient) {
    return {
      size,
      tiles: Math.ceil(places / step),
      signal: { start: -before, step, length: size },
      other: { start: 0, step, length: step },
      result: { start: 0, step: 0, length: taps },
      offset: step - 1,
    };
  }
  return {
    size,
    tiles: Math.ceil(count / step),
    signal: { start: from - taps + 1, step, length: size },
    other: { start: 0, step: 0, length: taps },
    result: { start: 0, step, length: step },
    offset: taps - 1,
  };
}

/** The tiles of both axes, and what the operation costs with them. */
export interface Tiling {
  readonly y: AxisTiles;
  readonly x: AxisTiles;
  /** whether the second of `sidesOf` takes the lanes */
  readonly swapped: boolean;
  /** in nanoseconds, on the machine that `passCost` was measured on */
  readonly cost: number;
}

/** What an operation runs over: the two sides of its results, of which one fills the lanes, and the depth of its sums. */
export function sidesOf(operation: Operation, { inChannels: I, outChannels: O }: Geometry, items: number) {
  if (operation === "forward") return { first: O, second: items, depth: I };
  if (operation === "inputGradient") return { first: items, second: I, depth: O };
  return { first: O, second: I, depth: items };
}

/** Nanoseconds that one pass takes for each complex number of eight planes, as measured. */
const passCost = { 2: 0.7, 3: 1, 4: 0.78, 5: 1.9, 8: 1.4 } as const;
/** Between planes of real numbers and rows of complex ones; a product; and what the memory costs, for each MiB of a plane. */
const copyCost = 2.5;
const productCost = 1;
const memoryCost = 1.3;

const lengthCosts = new Map(
  lengths.map((length) => [length, radicesOf(length)!.reduce((sum, radix) => sum + passCost[radix], 0)] as const),
);

/** What `first` in the lanes costs. */
function costOf(operation: Operation, g: Geometry, y: AxisTiles, x: AxisTiles, swapped: boolean): number {
  const { first, second, depth } = sidesOf(operation, g, g.batch * y.tiles * x.tiles);
  const [rows, columns] = swapped ? [second, first] : [first, second];
  const eights = Math.ceil(rows / 8);
  const numbers = y.size * x.size;
  const memory = 1 + memoryCost * Math.min(10, (32 * numbers) / 2 ** 20);
  const transform = (span: Span) =>
    numbers * (lengthCosts.get(y.size)! + memory) + span.length * x.size * (lengthCosts.get(x.size)! + copyCost);
  // A is the signal in the input's gradient, else the kernels or G: the other way round where the sides are swapped.
  const [A, B] = (operation === "inputGradient") !== swapped ? [y.signal, y.other] : [y.other, y.signal];
  const transforms = eights * depth * transform(A) + Math.ceil((depth * columns) / 8) * transform(B);
  return g.groups * (transforms + eights * columns * (transform(y.result) + depth * productCost * numbers));
}

/** The tilings of one axis that may be the cheapest: of the lengths that make as many tiles, the one whose passes cost least. */
function candidates(operation: Operation, facts: AxisFacts, longest: number): AxisTiles[] {
  const best = new Map<number, AxisTiles>();
  const priceOf = ({ size }: AxisTiles) => size * (2 * lengthCosts.get(size)! + copyCost + 2);
  for (const length of lengths) {
    if (length > longest) break;
    const tiles = tileAxis(operation, facts, length);
    if (!tiles) continue;
    const other = best.get(tiles.tiles);
    if (!other || priceOf(tiles) < priceOf(other)) best.set(tiles.tiles, tiles);
  }
  return [...best.values()];
}

/** Whether an axis adds nothing: one cell, seen by one tap. */
function isSingle({ cells, taps, places }: AxisFacts): boolean {
  return cells === 1 && taps === 1 && places === 1;
}

function search(operation: Operation, g: Geometry): Tiling | undefined {
  const [z, y, x] = g.axes;
  const [factsY, factsX] = [axisFacts(y), axisFacts(x)];
  if (z.input !== 1 || z.kernel !== 1 || z.output !== 1 || !factsY || !factsX) return undefined;
  let best: Tiling | undefined;
  const longest = isSingle(factsY) || isSingle(factsX) ? longestOfOne : longestOfTwo;
  const alongX = candidates(operation, factsX, longest);
  for (const tilesY of candidates(operation, factsY, longest)) {
    for (const tilesX of alongX) {
      for (const swapped of [false, true]) {
        const cost = costOf(operation, g, tilesY, tilesX, swapped);
        if (!best || cost < best.cost) best = { y: tilesY, x: tilesX, swapped, cost };
      }
    }
  }
  return best;
}

const found = new Map<string, Tiling | undefined>();
const mostFound = 256;

/** The cheapest tiling, undefined where the FFT does not take the convolution; the latest are kept. */
export function fftTiling(operation: Operation, geometry: Geometry): Tiling | undefined {
  const g = paddedGeometry(geometry.whole ?? geometry);
  const axes = g.axes.map(({ input, kernel, output, stride, source, tapAt }) => {
    const firstCell = source.findIndex((cell) => cell >= 0);
    return [
      input,
      kernel,
      output,
      stride,
      firstCell,
      source[0],
      source[source.length - 1],
      tapAt[0],
      tapAt[kernel - 1],
    ].join();
  });
  const key = [operation, g.batch, g.groups, g.inChannels, g.outChannels, ...axes].join(" ");
  const known = found.get(key);
  if (known || found.has(key)) return known;
  const tiling = search(operation, g);
  found.set(key, tiling);
  if (found.size > mostFound) found.delete(found.keys().next().value!);
  return tiling;
}
