/**
 * How the images of an FFT convolution are cut into tiles. Along one axis all three operations are a linear convolution
 * `y(i) = Σ x(i - j) w(j)` of which a stretch is wanted: x is the image (or for the input's gradient, G), w the kernel
 * (or for the kernel's gradient, G reversed). A circular convolution of a short length gives it, as far as no
 * other number of y falls on the stretch when it wraps around.
 */
import { radicesOf } from "../kernels/fft-plan.js";
import type { Axis } from "./axis.js";
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

/** The numbers of one axis that the tiles depend on. */
export interface AxisFacts {
  readonly cells: number;
  readonly taps: number;
  readonly places: number;
  readonly before: number;
  readonly flip: boolean;
}

const longest = 640;
const lengths = Array.from({ length: longest }, (_, i) => i + 1).filter((length) => radicesOf(length) !== undefined);

/** The facts of an axis that the FFT can take, or undefined: windows side by side, taps side by side, zeros in the padding. */
export function axisFacts(axis: Axis): AxisFacts | undefined {
  const { input, kernel, output, stride, source, tapAt } = axis;
  const first = source.findIndex((cell) => cell >= 0);
  if (first < 0 || (stride !== 1 && output > 1)) return undefined;
  const before = first - source[first]!;
  const flip = kernel > 1 && tapAt[0]! > tapAt[1]!;
  const cells = source.every((cell, at) => cell === (at >= before && at < before + input ? at - before : -1));
  const taps = tapAt.every((at, tap) => at === (flip ? kernel - 1 - tap : tap));
  return cells && taps ? { cells: input, taps: kernel, places: output, before, flip } : undefined;
}

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
  /** in multiplications and additions of the transforms and products, those in slow memory counted more */
  readonly cost: number;
}

/** Operations on real numbers: eight planes at once make complex transforms; then the products at all frequencies. */
function costOf(g: Geometry, y: AxisTiles, x: AxisTiles): number {
  const items = g.batch * y.tiles * x.tiles;
  const { inChannels: I, outChannels: O } = g;
  const pairs = Math.min(Math.ceil(O / 8) * items, Math.ceil(items / 8) * O) * 8;
  const planes = pairs + I * items + I * O;
  const numbers = y.size * x.size;
  const transform = 2.5 * numbers * Math.log2(Math.max(2, numbers)) + 12 * numbers;
  // A complex plane above 1 MiB no longer fits the second level of the cache.
  const slow = 1 + 0.3 * Math.max(0, Math.log2((32 * numbers) / 2 ** 20));
  return g.groups * slow * (planes * transform + 4 * numbers * pairs * I);
}

/** The cheapest tiling, undefined where the FFT does not take the convolution. */
export function fftTiling(operation: Operation, g: Geometry): Tiling | undefined {
  const [z, y, x] = g.axes;
  const facts = [axisFacts(y), axisFacts(x)];
  if (z.input !== 1 || z.kernel !== 1 || z.output !== 1 || !facts[0] || !facts[1]) return undefined;
  const [alongY, alongX] = facts.map((axis) => lengths.flatMap((size) => tileAxis(operation, axis!, size) ?? []));
  let best: Tiling | undefined;
  for (const tilesY of shortest(alongY!)) {
    for (const tilesX of shortest(alongX!)) {
      const cost = costOf(g, tilesY, tilesX);
      if (!best || cost < best.cost) best = { y: tilesY, x: tilesX, cost };
    }
  }
  return best;
}

/** Of the lengths that make as many tiles, the shortest. */
function shortest(list: readonly AxisTiles[]): AxisTiles[] {
  return list.filter((tiles, i) => i === 0 || tiles.tiles < list[i - 1]!.tiles);
}
