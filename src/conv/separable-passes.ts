/**
 * A convolution by kernels that are sums of separable terms: one-dimensional passes, each itself a convolution. The first makes
 * a channel of its own for each pair of channels and each term, those between go on with them, the last adds them up.
 */
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";

type Numbers = Float32Array | Float64Array;

/** Computes one convolution into zeros, `Z = c(K, V)`: whoever calls decides by which algorithm. */
export type RunConv = (g: Geometry, V: Numbers, K: Numbers, Z: Numbers) => void;

/** The factors of a stack, one a space dimension, each `[outChannels, inChannels / groups, rank, taps]`. */
export interface Factors {
  readonly rank: number;
  readonly factors: readonly Numbers[];
}

/** 16 MiB in float32. */
const partBudget = 2 ** 22;

/** Some images with all channels, or some outputs of one group of one image. */
interface Part {
  readonly images: readonly [first: number, count: number];
  readonly groups: readonly [first: number, count: number];
  readonly outputs: readonly [first: number, count: number];
}

function* partsOf(g: Geometry, rank: number, budget: number): Generator<Part> {
  const widest = g.axes.reduce((product, axis) => product * Math.max(axis.input, axis.output), 1);
  const perOutput = g.inChannels * rank * widest;
  const perImage = g.groups * g.outChannels * perOutput;
  if (perImage <= budget) {
    const count = Math.floor(budget / perImage);
    for (let first = 0; first < g.batch; first += count)
      yield { images: [first, Math.min(count, g.batch - first)], groups: [0, g.groups], outputs: [0, g.outChannels] };
    return;
  }
  const count = Math.max(1, Math.floor(budget / perOutput));
  for (let image = 0; image < g.batch; image++) {
    for (let group = 0; group < g.groups; group++) {
      for (let first = 0; first < g.outChannels; first += count)
        yield { images: [image, 1], groups: [group, 1], outputs: [first, Math.min(count, g.outChannels - first)] };
    }
  }
}

/** An axis along which a pass does nothing. */
function idle(cells: number): Axis {
  const source = Int32Array.from({ length: cells }, (_, cell) => cell);
  return { input: cells, kernel: 1, output: cells, stride: 1, tapAt: Int32Array.of(0), source };
}

/** Channels of a pass. */
type Channels = Pick<Geometry, "batch" | "groups" | "inChannels" | "outChannels">;

/** The geometry of a pass along one axis over arrays of the given lengths. */
function passGeometry(g: Geometry, along: number, lengths: readonly number[], channels: Channels): Geometry {
  const [z, y, x] = lengths.map((cells, axis) => (axis === along ? g.axes[axis] : idle(cells)));
  const { batch, groups, inChannels, outChannels } = channels;
  return {
    ...channels,
    axes: [z, y, x],
    connections: undefined,
    inputShape: [batch, groups * inChannels, z.input, y.input, x.input],
    kernelShape: [groups * outChannels, inChannels, z.kernel, y.kernel, x.kernel],
    outputShape: [batch, groups * outChannels, z.output, y.output, x.output],
    cells: z.input * y.input * x.input,
    taps: z.kernel * y.kernel * x.kernel,
    places: z.output * y.output * x.output,
  };
}

/** The factors of a part's kernels along one axis, 0 where `connections` masks them. */
function partFactor(g: Geometry, { groups, outputs }: Part, factor: Numbers, perKernel: number): Numbers {
  const part = factor.slice(0, groups[1] * outputs[1] * g.inChannels * perKernel);
  for (let group = 0, at = 0; group < groups[1]; group++) {
    for (let o = 0; o < outputs[1]; o++) {
      const output = (groups[0] + group) * g.outChannels + outputs[0] + o;
      for (let l = 0; l < g.inChannels; l++, at += perKernel) {
        const from = (output * g.inChannels + l) * perKernel;
        if (g.connections?.[output * g.inChannels + l] === 0) part.fill(0, at, at + perKernel);
        else part.set(factor.subarray(from, from + perKernel), at);
      }
    }
  }
  return part;
}

/** Swaps two middle axes: `[outer, a, b, inner]` to `[outer, b, a, inner]`. */
export function swapMiddle(data: Numbers, outer: number, a: number, b: number, inner: number): Numbers {
  if (a === 1 || b === 1) return data;
  const swapped = data.slice();
  for (let n = 0, at = 0; n < outer; n++) {
    for (let i = 0; i < a; i++) {
      for (let j = 0; j < b; j++, at += inner)
        swapped.set(data.subarray(at, at + inner), ((n * b + j) * a + i) * inner);
    }
  }
  return swapped;
}

/** The kernels of one dimension whose terms add up at once: `[outChannels, inChannels / groups, taps]`. */
function summedTerms(factor: Numbers, rank: number, taps: number): Numbers {
  const sums = new Float64Array(factor.length / rank);
  for (let at = 0; at < factor.length; at++) sums[Math.floor(at / (rank * taps)) * taps + (at % taps)] += factor[at];
  const kernels = factor.slice(0, sums.length);
  kernels.set(sums);
  return kernels;
}

/** The axes in the order of their passes, first those that leave least to do for the next. */
function passOrder(g: Geometry, space: number): number[] {
  const share = (axis: number) => g.axes[axis].output / g.axes[axis].input;
  return Array.from({ length: space }, (_, i) => 2 - i).sort((a, b) => share(a) - share(b));
}

/**
 * `Z = c(Σ_r f_1(r) ⊗ … ⊗ f_d(r), V)` by one pass a space dimension; trusts its arguments.
 *
 * It costs some `rank·Σ k` products where the kernel costs `Π k`, for each place and pair of channels.
 *
 * @param g the geometry of the convolution
 * @param V `[batch, channels, ...space]`
 * @param kernel its factors, at least one term
 * @param Z the output, zeros to begin with
 * @param run what computes each pass
 * @param budget numbers that the maps between passes may hold at once, unless those of a single output are more
 */
export function separablePasses(
  g: Geometry,
  V: Numbers,
  kernel: Factors,
  Z: Numbers,
  run: RunConv,
  budget: number = partBudget,
): void {
  const { rank, factors } = kernel;
  if (factors.length === 1) {
    run(g, V, summedTerms(factors[0], rank, g.taps), Z);
    return;
  }
  for (const part of partsOf(g, rank, budget)) {
    const [firstImage, images] = part.images;
    const [firstGroup, groups] = part.groups;
    const from = (firstImage * g.groups + firstGroup) * g.inChannels * g.cells;
    const to = ((firstImage * g.groups + firstGroup) * g.outChannels + part.outputs[0]) * g.places;
    const ends = {
      V: V.subarray(from, from + images * groups * g.inChannels * g.cells),
      Z: Z.subarray(to, to + images * groups * part.outputs[1] * g.places),
    };
    partPasses(g, part, ends, kernel, run);
  }
}

function partPasses(g: Geometry, part: Part, ends: { V: Numbers; Z: Numbers }, kernel: Factors, run: RunConv): void {
  const { rank, factors } = kernel;
  const [batch, groups, outputs] = [part.images[1], part.groups[1], part.outputs[1]];
  const order = passOrder(g, factors.length);
  const pairs = groups * outputs * g.inChannels;
  let lengths = g.axes.map((axis) => axis.input);
  const pass = (along: number, images: Numbers, kernels: Numbers, channels: Channels, into?: Numbers): Numbers => {
    const geometry = passGeometry(g, along, lengths, channels);
    lengths = geometry.axes.map((axis) => axis.output);
    const result = into ?? emptyLike(images, batch * channels.groups * channels.outChannels * geometry.places);
    run(geometry, images, kernels, result);
    return result;
  };
  const factor = (along: number) =>
    partFactor(g, part, factors[along + factors.length - 3], rank * g.axes[along].kernel);

  // Every input channel to a channel for each output that sees it and each term: [group, l, o, r] …
  const first = order[0];
  const spread = { batch, groups: groups * g.inChannels, inChannels: 1, outChannels: outputs * rank };
  const byInput = swapMiddle(factor(first), groups, outputs, g.inChannels, rank * g.axes[first].kernel);
  let maps = pass(first, ends.V, byInput, spread);
  // … which from here on are [group, o, l, r], as the factors are.
  maps = swapMiddle(maps, batch * groups, g.inChannels, outputs, maps.length / (batch * pairs));

  for (const along of order.slice(1, -1))
    maps = pass(along, maps, factor(along), { batch, groups: pairs * rank, inChannels: 1, outChannels: 1 });

  const last = order[order.length - 1];
  const gather = { batch, groups: groups * outputs, inChannels: g.inChannels * rank, outChannels: 1 };
  pass(last, maps, factor(last), gather, ends.Z);
}

function emptyLike(like: Numbers, length: number): Numbers {
  return like instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
}
