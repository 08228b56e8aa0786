/**
 * How a convolution is cut for Winograd's filters. A stride s splits the input and the kernel into s phases along each axis, each
 * a convolution of stride 1 with ⌈k/s⌉ taps, whose sum is the convolution: phases are further channels. The outputs of an axis
 * are then cut into tiles of at most two sizes.
 */
import { mostProducts } from "../kernels/winograd-matrices.js";
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

/** Tiles of one size along an axis. */
export interface Cut {
  /** places and taps of a tile */
  readonly m: number;
  readonly r: number;
  /** the first place of each tile */
  readonly starts: readonly number[];
}

/** One axis in phases. */
export interface PhasedAxis {
  readonly phases: number;
  /** taps of a phase */
  readonly r: number;
  /** cells of a phase of the padded input */
  readonly length: number;
  /** for each phase the cell of the input for each of its cells, -1 for a zero */
  readonly sources: readonly Int32Array[];
  /** for each tap of the kernel its phase and its place in it, as `phase·r + place` */
  readonly taps: Int32Array;
  readonly places: number;
  readonly cuts: readonly Cut[];
}

/** The tiles of one size. */
export interface TileClass {
  readonly down: Cut;
  readonly across: Cut;
  readonly points: number;
  /** offsets in bytes of each tile, row by row, from the first cell and from the first place of a channel */
  readonly cells: Int32Array;
  readonly places: Int32Array;
}

/** A convolution cut for Winograd's filters. */
export interface WinogradPlan {
  readonly y: PhasedAxis;
  readonly x: PhasedAxis;
  readonly classes: readonly TileClass[];
  /** channels of a group, times phases */
  readonly channels: number;
  /** cells of a channel, taps of a channel */
  readonly plane: number;
  readonly taps: number;
}

/** The most taps of a phase. */
const mostTaps = 5;

/**
 * The most products of a tile along an axis: with more than 8 the errors pass 1e-5 of the largest output (F(7, 3) is off by
 * 2e-4). The rounding of a sum over channels grows with their number, so that over 1024 of them 6 products are the most.
 */
const productsFor = (channels: number) => (channels > 1024 ? 6 : mostProducts);

/**
 * What a tile costs along an axis: its products, something for its set-up, for 7 products more, since not all of their points
 * are pairs, and of equal cuts the one with fewer tiles of 8 products, which are the least exact.
 */
const cutCost = (m: number, r: number) => m + r - 1 + ([0.6, 0.1][m + r - 8] ?? 0) + 0.2;

/** Cuts `places` outputs into tiles of one or two sizes at the least cost: 14 becomes 6 + 4 + 4 for 3 taps. */
export function cutAxis(places: number, r: number, products = mostProducts): Cut[] {
  if (r === 1) return [tilesOf(4, Math.floor(places / 4), 0), tilesOf(places % 4, 1, places - (places % 4))].flat();
  const most = Math.min(6, products + 1 - r);
  let best = { cost: Number.POSITIVE_INFINITY, large: 0, small: 0, count: 0 };
  for (let large = 1; large <= most; large++) {
    for (let count = 1; count * large <= places; count++) {
      const rest = places - count * large;
      const small = [1, 2, 3, 4, 5, 6].filter((m) => m < large && rest % m === 0);
      for (const m of rest === 0 ? [0] : small) {
        const others = m === 0 ? 0 : (rest / m) * cutCost(m, r) + 0.5;
        const cost = count * cutCost(large, r) + others;
        if (cost < best.cost) best = { cost, large, small: m, count };
      }
    }
  }
  const { large, small, count } = best;
  return [
    ...tilesOf(large, count, 0, r),
    ...(small > 0 ? tilesOf(small, (places - count * large) / small, count * large, r) : []),
  ];
}

function tilesOf(m: number, count: number, first: number, r = 1): Cut[] {
  if (m === 0 || count === 0) return [];
  return [{ m, r, starts: Array.from({ length: count }, (_, i) => first + i * m) }];
}

/** The phases and the tiles of an axis, or undefined where it has too many taps. */
function phasedAxis(axis: Axis, products: number): PhasedAxis | undefined {
  const { stride, source, tapAt, output } = axis;
  const reach = Math.max(tapAt[0]!, tapAt[tapAt.length - 1]!);
  const r = Math.floor(reach / stride) + 1;
  const dilated = reach + 1 > tapAt.length;
  if (r > mostTaps || dilated) return undefined;
  const phases = Math.min(stride, reach + 1);
  const length = output + r - 1;
  const sources = Array.from({ length: phases }, (_, phase) =>
    Int32Array.from({ length }, (_, at) => source[at * stride + phase] ?? -1),
  );
  const taps = tapAt.map((at) => (at % stride) * r + Math.floor(at / stride));
  return { phases, r, length, sources, taps, places: output, cuts: cutAxis(output, r, products) };
}

function tileClasses(y: PhasedAxis, x: PhasedAxis): TileClass[] {
  return y.cuts.flatMap((down) =>
    x.cuts.map((across) => {
      const offsets = (width: number) =>
        down.starts.flatMap((row) => across.starts.map((column) => 4 * (row * width + column)));
      return {
        ...{ down, across },
        points: (down.m + down.r - 1) * (across.m + across.r - 1),
        cells: Int32Array.from(offsets(x.length)),
        places: Int32Array.from(offsets(x.places)),
      };
    }),
  );
}

function makePlan(g: Geometry): WinogradPlan | undefined {
  const [z, yAxis, xAxis] = g.axes;
  const flat = z.input === 1 && z.output === 1 && z.kernel === 1;
  const products = productsFor(Math.max(g.outChannels, g.inChannels * yAxis.stride * xAxis.stride));
  const [y, x] = [phasedAxis(yAxis, products), phasedAxis(xAxis, products)];
  if (!flat || !y || !x || (y.r === 1 && x.r === 1)) return undefined;
  if (z.source[0] !== 0) return undefined;
  const channels = g.inChannels * y.phases * x.phases;
  return { y, x, classes: tileClasses(y, x), channels, plane: y.length * x.length, taps: y.r * x.r };
}

/** The plans of small planes met last: for a small image the plan takes as long as the work. */
const known = new Map<string, WinogradPlan | undefined>();
const [mostKnown, smallPlane] = [64, 1 << 12];

/** The plan of a convolution, or undefined where Winograd's filters do not apply: see `winogradApplies`. */
export function winogradPlan(g: Geometry): WinogradPlan | undefined {
  if (g.cells > smallPlane || g.places > smallPlane) return makePlan(g);
  const axes = g.axes.map(
    ({ input, output, stride, tapAt, source }) => `${input},${output},${stride};${tapAt};${source}`,
  );
  const key = `${g.inChannels},${g.outChannels};${axes.join(";")}`;
  if (known.has(key)) return known.get(key);
  const plan = makePlan(g);
  if (known.size >= mostKnown) known.delete(known.keys().next().value!);
  known.set(key, plan);
  return plan;
}
