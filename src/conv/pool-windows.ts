import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor } from "../tensor/tensor.js";
import { checkArray, checkSameType, sameShape } from "./arrays.js";
import { identityAxis, isIdentity, type PoolAxis } from "./pool-axis.js";

/** What a pooling reads and writes: planes of `cells`, each pooled by itself to `places`. */
export interface Windows {
  readonly planes: number;
  /** how many axes are given; fewer than three have unit ones in front */
  readonly space: number;
  readonly axes: readonly [PoolAxis, PoolAxis, PoolAxis];
  readonly cells: number;
  readonly places: number;
  /** taps of a whole window */
  readonly taps: number;
  /** the axes that are not identities, with what lies outside and inside of them */
  readonly passes: readonly Pass[];
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
}

/** One axis with the places of the axes outside it and the cells of the axes within it. */
export interface Pass {
  readonly axis: PoolAxis;
  readonly outer: number;
  readonly inner: number;
}

/** The windows over the given axes, outermost first. */
export function windowsOf(
  axes: readonly PoolAxis[],
  shapes: { readonly inputShape: readonly number[]; readonly outputShape: readonly number[] },
): Windows {
  const [x = identityAxis(1), y = identityAxis(1), z = identityAxis(1)] = [...axes].reverse();
  const all: readonly Pass[] = [
    { axis: z, outer: 1, inner: y.input * x.input },
    { axis: y, outer: z.output, inner: x.input },
    { axis: x, outer: z.output * y.output, inner: 1 },
  ];
  const passes = all.filter(({ axis }) => !isIdentity(axis));
  const cells = z.input * y.input * x.input;
  return {
    planes: sizeOf(shapes.inputShape) / cells,
    space: axes.length,
    axes: [z, y, x],
    cells,
    places: z.output * y.output * x.output,
    taps: z.taps * y.taps * x.taps,
    passes: passes.length > 0 ? passes : all.slice(2),
    ...shapes,
  };
}

/** Room for the cells of one window: `cell[i]` of the plane is read by tap `tap[i]`. */
export interface Window {
  readonly cell: Int32Array;
  readonly tap: Int32Array;
}

/** Room for the largest window. */
export function emptyWindow({ axes }: Windows): Window {
  const most = axes.reduce((product, { taps, input }) => product * Math.min(taps, input), 1);
  return { cell: new Int32Array(most), tap: new Int32Array(most) };
}

/** Writes the cells that the window at a place reads, in their order, and gives their number. */
export function fillWindow({ axes: [z, y, x] }: Windows, place: number, { cell, tap }: Window): number {
  const p2 = place % x.output;
  const row = (place - p2) / x.output;
  const p1 = row % y.output;
  const p0 = (row - p1) / y.output;
  let n = 0;
  for (let t0 = 0; t0 < z.count[p0]!; t0++) {
    for (let t1 = 0; t1 < y.count[p1]!; t1++) {
      const cells = (z.first[p0]! + t0 * z.step) * y.input + y.first[p1]! + t1 * y.step;
      const taps = (z.firstTap[p0]! + t0) * y.taps + y.firstTap[p1]! + t1;
      for (let t2 = 0; t2 < x.count[p2]!; t2++, n++) {
        cell[n] = cells * x.input + x.first[p2]! + t2 * x.step;
        tap[n] = taps * x.taps + x.firstTap[p2]! + t2;
      }
    }
  }
  return n;
}

/** Throws if the output would have more elements than fit. */
export function checkOutputShape(where: string, shape: readonly number[]): void {
  if (sizeOf(shape) > 2 ** 31)
    refuse(where, `the output's shape ${shapeText(shape)} has ${sizeOf(shape)} elements, at most ${2 ** 31} fit`);
}

/** Whether an input of `space` space dimensions has a batch axis; throws unless its axes fit and are at least 1. */
export function hasBatch(where: string, shape: readonly number[], space: number, why: string): boolean {
  if (shape.length !== space + 1 && shape.length !== space + 2)
    refuse(where, `input has shape ${shapeText(shape)}, ${why} needs ${space + 1} axes, or ${space + 2} with batch`);
  if (shape.some((length) => length < 1))
    refuse(where, `input has shape ${shapeText(shape)}, axes of at least 1 are needed`);
  return shape.length === space + 2;
}

/** Throws unless the gradient is of the input's type and of the output's shape. */
export function checkPoolGradient(
  where: string,
  outputGradient: unknown,
  input: Tensor,
  outputShape: readonly number[],
): asserts outputGradient is Tensor {
  checkArray(where, "outputGradient", outputGradient);
  checkSameType(where, ["outputGradient", outputGradient], ["input", input]);
  if (sameShape(outputGradient.shape, outputShape)) return;
  const got = `outputGradient has shape ${shapeText(outputGradient.shape)}`;
  refuse(where, `${got}, an input of shape ${shapeText(input.shape)} gives ${shapeText(outputShape)}`);
}
