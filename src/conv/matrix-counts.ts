import { checkShapeOption } from "./arrays.js";
import type { Axis } from "./axis.js";
import { imageGeometry, seenPairs } from "./matrix.js";
import type { GeometryOptions } from "./options.js";

/** What a layer costs for one image as a dense matrix, as an unshared layer and as a convolution. */
export interface MatrixCounts {
  readonly kind: "matrix-counts";
  /** m, the numbers of one image: columns of the matrix */
  readonly inputs: number;
  /** n, the numbers of its output: rows of the matrix */
  readonly outputs: number;
  /** k, the connections of one output, those into the padding too; the mean where `connections` makes them differ */
  readonly connectionsPerOutput: number;
  /** entries of the sparse matrix: pairs of an output and a number of the image that it reads */
  readonly entries: number;
  /** entries / (m·n) */
  readonly density: number;
  readonly multiplications: {
    /** m·n */
    readonly dense: number;
    /** k·n, what a window costs times how many there are */
    readonly convolution: number;
    /** one an entry: without the padding's zeros, and with one for the cells that it repeats */
    readonly sparseMatrix: number;
  };
  readonly parameters: {
    /** m·n */
    readonly dense: number;
    /** k·n: a kernel of its own for each place */
    readonly unshared: number;
    /** one kernel for all places */
    readonly convolution: number;
  };
}

/** How many pairs of a place and a cell that it reads there are along one axis, a cell read twice counted once. */
function pairsAlong({ output, stride, tapAt, source }: Axis): number {
  let pairs = 0;
  for (let place = 0; place < output; place++) {
    const cells = new Set<number>();
    for (const at of tapAt) cells.add(source[place * stride + at]);
    cells.delete(-1);
    pairs += cells.size;
  }
  return pairs;
}

/**
 * The sizes, density, multiplications and parameters of a convolution and of the dense layer that it replaces: a dense layer
 * takes `O(m·n)` of both, sparse connections `O(k·n)`, and sharing leaves of the parameters one kernel.
 *
 * Counted without making the matrix: windows are boxes, so what they read is counted along each axis and multiplied.
 *
 * @param kernelShape `[outChannels, channels / groups, ...kernelSpace]`
 * @param inputShape `[channels, ...space]`, without batch
 * @param options those of `conv` but for `bias` and `algorithm`; biases are not counted
 * @throws InputError if shapes or options do not fit
 * @see the chapter on convolutional networks, section on motivation: sparse interactions and parameter sharing
 */
export function matrixCounts(
  kernelShape: readonly number[],
  inputShape: readonly number[],
  options: GeometryOptions = {},
): MatrixCounts {
  checkShapeOption("matrixCounts", "kernelShape", kernelShape);
  const g = imageGeometry("matrixCounts", inputShape, kernelShape, options);
  const inputs = g.groups * g.inChannels * g.cells;
  const outputs = g.groups * g.outChannels * g.places;
  const pairs = seenPairs(g);
  const windows = pairs * g.taps * g.places;
  const entries = g.axes.reduce((product, axis) => product * pairsAlong(axis), pairs);
  return {
    kind: "matrix-counts",
    inputs,
    outputs,
    connectionsPerOutput: windows / outputs,
    entries,
    density: entries / (inputs * outputs),
    multiplications: { dense: inputs * outputs, convolution: windows, sparseMatrix: entries },
    parameters: { dense: inputs * outputs, unshared: windows, convolution: pairs * g.taps },
  };
}
