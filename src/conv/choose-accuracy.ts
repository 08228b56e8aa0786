/**
 * Whether an algorithm is exact enough for these numbers. Winograd's filters and Fourier transforms add and subtract numbers as
 * large as the inputs, so their errors go with ‖V‖·‖K‖, and where the sums themselves all but cancel, as for kernels without a
 * mean on a bright photograph, the largest output is far below that. Some outputs, summed exactly, tell.
 */
import type { Axis } from "./axis.js";
import type { Geometry } from "./geometry.js";
import type { Operation } from "./operation.js";
import { winogradPlan } from "./winograd-plan.js";

/** What an error may be, of the largest output. */
const tolerance: Readonly<Record<Operation, number>> = { forward: 2e-5, kernelGradient: 5e-5, inputGradient: 2e-5 };

/**
 * Errors of Winograd's filters on normal numbers, of the largest output, by the products of a tile along an axis, over 1 to 1024
 * channels: the largest found, rounded up. They hardly grow with the channels, since a sum of C independent products and the
 * sum of their C errors grow alike, with √C; what the sum itself rounds comes to some √C·2⁻²⁴ of it, 2e-6 for 1024.
 */
const winogradErrors = [0, 1e-6, 1e-6, 1e-6, 2e-6, 4e-6, 5e-6, 7e-6, 9e-6];

/** The same for passes by the factors of kernels that are separable to rounding. */
const separableError = 1e-6;

/** The algorithms whose errors go with the sizes of the factors, not of the products. */
export type Inexact = "winograd" | "separable";

/** Outputs that are summed exactly, and the most terms of each: lines scattered over the memory, each new to the caches. */
interface Samples {
  readonly outputs: number;
  readonly terms: number;
}

/** Enough to see how far sums cancel: a ratio of 2 by chance is rarer than one in a thousand. */
const forCancellation: Samples = { outputs: 20, terms: 512 };

/** Enough to see of what magnitude the numbers are. */
const forMagnitude: Samples = { outputs: 6, terms: 128 };

/**
 * Magnitudes of either factor and of their product between which no sum of products leaves float32, nor is any number that
 * matters below 2⁻¹⁰⁰, which the Fourier transforms take for 0.
 */
const [faintest, strongest] = [1e-18, 1e18];

/** Sums of one output: of its products, of the squares of either factor, and the number of products. */
interface Sums {
  product: number;
  left: number;
  right: number;
  terms: number;
}

/** Evenly scattered numbers from 0 to `count - 1`. */
function scattered(i: number, count: number, step: number): number {
  return Math.floor(((0.5 + i * step) % 1) * count);
}

/** For each tap of an axis the cell or, backwards, the place that it joins with the place or padded cell `at`; -1 for none. */
function partners(axis: Axis, at: number, back: boolean): number[] {
  return Array.from(axis.tapAt, (tap) => {
    if (!back) return axis.source[at * axis.stride + tap]!;
    const place = (at - tap) / axis.stride;
    return Number.isInteger(place) && place >= 0 && place < axis.output ? place : -1;
  });
}

/** Adds the products of a line of `A` with the cells of `B` that it meets. */
function addLine(sums: Sums, A: Float32Array, a: number, B: Float32Array, b: number, cells: readonly number[]): void {
  let { product, left, right, terms } = sums;
  for (let i = 0; i < cells.length; i++) {
    const cell = cells[i]!;
    if (cell < 0) continue;
    const [u, v] = [A[a + i]!, B[b + cell]!];
    product += u * v;
    left += u * u;
    right += v * v;
    terms++;
  }
  sums.product = product;
  sums.left = left;
  sums.right = right;
  sums.terms = terms;
}

/** One output of the forward pass, or one padded cell of the gradient of the input, over the first channels. */
function sumAtPlace(g: Geometry, back: boolean, K: Float32Array, X: Float32Array, i: number, terms: number): Sums {
  const sums = { product: 0, left: 0, right: 0, terms: 0 };
  const lengths = g.axes.map((axis) => (back ? axis.source.length : axis.output));
  const [z, y, x] = lengths.map((length, axis) =>
    partners(g.axes[axis]!, scattered(i, length, [0.7548777, 0.5698403, 0.618034][axis]!), back),
  ) as [number[], number[], number[]];
  const [depth, height, width] = g.axes.map((axis) => (back ? axis.output : axis.input)) as [number, number, number];
  const [summed, kept] = back ? [g.outChannels, g.inChannels] : [g.inChannels, g.outChannels];
  const group = i % g.groups;
  const image = scattered(i, g.batch, 0.618034);
  const channel = scattered(i, kept, 0.7548777);
  for (let s = 0; s < summed && sums.terms < terms; s++) {
    const [o, c] = back ? [s, channel] : [channel, s];
    const pair = (group * g.outChannels + o) * g.inChannels + c;
    if (g.connections?.[pair] === 0) continue;
    const plane = ((image * g.groups + group) * summed + s) * depth * height * width;
    for (let m0 = 0, tap = pair * g.taps; m0 < z.length; m0++) {
      for (let m1 = 0; m1 < y.length; m1++, tap += x.length) {
        if (z[m0]! < 0 || y[m1]! < 0) continue;
        addLine(sums, K, tap, X, plane + (z[m0]! * height + y[m1]!) * width, x);
      }
    }
  }
  return sums;
}

/** One weight's gradient, over the first lines of places of one image. */
function sumAtTap(g: Geometry, G: Float32Array, V: Float32Array, i: number, terms: number): Sums {
  const sums = { product: 0, left: 0, right: 0, terms: 0 };
  const [z, y, x] = g.axes;
  const group = i % g.groups;
  const image = scattered(i, g.batch, 0.618034);
  const [o, c] = [scattered(i, g.outChannels, 0.7548777), scattered(i, g.inChannels, 0.5698403)];
  if (g.connections?.[o * g.inChannels + c] === 0) return sums;
  const [m0, m1, m2] = g.axes.map(({ kernel, tapAt }) => tapAt[scattered(i, kernel, 0.618034)]!) as [
    number,
    number,
    number,
  ];
  const from = ((image * g.groups + group) * g.outChannels + o) * g.places;
  const to = ((image * g.groups + group) * g.inChannels + c) * g.cells;
  const cells = Array.from({ length: x.output }, (_, p) => x.source[p * x.stride + m2]!);
  for (let line = 0; line < z.output * y.output && sums.terms < terms; line++) {
    const [p0, p1] = [Math.floor(line / y.output), line % y.output];
    const [r0, r1] = [z.source[p0 * z.stride + m0]!, y.source[p1 * y.stride + m1]!];
    if (r0 >= 0 && r1 >= 0) addLine(sums, G, from + line * x.output, V, to + (r0 * y.input + r1) * x.input, cells);
  }
  return sums;
}

/** Scattered outputs and their factors: sums of squares over all, and the largest mean squares of one. */
function sampled(operation: Operation, g: Geometry, A: Float32Array, B: Float32Array, { outputs, terms }: Samples) {
  const all = { found: 0, expected: 0, left: 0, right: 0 };
  for (let i = 0; i < outputs; i++) {
    const sums =
      operation === "kernelGradient"
        ? sumAtTap(g, A, B, i, terms)
        : operation === "forward"
          ? sumAtPlace(g, false, B, A, i, terms)
          : sumAtPlace(g, true, A, B, i, terms);
    if (sums.terms === 0) continue;
    all.found += sums.product ** 2;
    all.expected += (sums.left * sums.right) / sums.terms;
    all.left = Math.max(all.left, sums.left / sums.terms);
    all.right = Math.max(all.right, sums.right / sums.terms);
  }
  return all;
}

function inRange({ left, right }: { left: number; right: number }): boolean {
  const sizes = [Math.sqrt(left), Math.sqrt(right), Math.sqrt(left * right)];
  return sizes.every((size) => size > faintest && size < strongest);
}

/** Whether the numbers are neither too large nor too small for sums of many, nor nothing but zeros. */
export function magnitudesFit(operation: Operation, g: Geometry, A: Float32Array, B: Float32Array): boolean {
  return inRange(sampled(operation, g, A, B, forMagnitude));
}

/**
 * How much larger the outputs of independent numbers of the same sizes would be: about 1 where the sums do not cancel, infinite
 * where the numbers are too large, too small or nothing but zeros.
 */
export function cancellation(operation: Operation, g: Geometry, A: Float32Array, B: Float32Array): number {
  const all = sampled(operation, g, A, B, forCancellation);
  return inRange(all) ? Math.sqrt(all.expected / all.found) : Number.POSITIVE_INFINITY;
}

/**
 * The cancellation up to which an algorithm stays below the tolerance. Fourier transforms need no bound: where sums cancel, as
 * for a large mean, they are off by a third of what the plain float32 sum is, since fewer roundings stand between.
 *
 * Their error and Winograd's are shares of the largest numbers of a tile of some planes. So they are small beside the largest
 * output, but an image, a channel or a region far darker than its neighbours loses digits that the plain sum would keep.
 */
export function mostCancellation(algorithm: Inexact, operation: Operation, g: Geometry): number {
  if (algorithm === "separable") return tolerance[operation] / separableError;
  const plan = winogradPlan(g)!;
  const errors = [plan.y, plan.x].flatMap(({ cuts }) => cuts.map(({ m, r }) => winogradErrors[m + r - 1]!));
  return tolerance[operation] / Math.max(...errors);
}
