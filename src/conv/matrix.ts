import { checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, type Tensor } from "../tensor/tensor.js";
import { checkArray, checkAxes, checkShapeOption } from "./arrays.js";
import { type Geometry, geometryOf } from "./geometry.js";
import { windowPattern } from "./matrix-pattern.js";
import { type GeometryOptions, geometryOptions } from "./options.js";

/** A sparse matrix in compressed columns: the JSON form of mathjs's SparseMatrix, in plain lists as that one wants them. */
export interface SparseMatrix {
  readonly kind: "sparse-matrix";
  readonly size: readonly [rows: number, columns: number];
  /** the entries, column by column, within a column by row */
  readonly values: readonly number[];
  /** the row of each entry */
  readonly index: readonly number[];
  /** column `c` has the entries from `ptr[c]` to before `ptr[c + 1]` */
  readonly ptr: readonly number[];
}

/** The most products that a matrix is made of: its lists then stay under 1 GiB. */
const entryLimit = 2 ** 26;

/** How many pairs of an output and an input channel see each other. */
export function seenPairs({ groups, outChannels, inChannels, connections }: Geometry): number {
  return connections ? connections.reduce((sum, sees) => sum + sees, 0) : groups * outChannels * inChannels;
}

/** The geometry of one image, for the functions whose `inputShape` has no batch. */
export function imageGeometry(
  where: string,
  inputShape: readonly number[],
  kernelShape: readonly number[],
  options: GeometryOptions,
): Geometry {
  checkOptions(where, options, geometryOptions);
  checkShapeOption(where, "inputShape", inputShape);
  if (inputShape.length === kernelShape.length)
    refuse(where, `inputShape is ${shapeText(inputShape)}, a shape without batch is needed`);
  checkAxes(where, "input", inputShape);
  return geometryOf(where, inputShape, kernelShape, options);
}

/**
 * The matrix whose product with an image, written as one column, is its convolution.
 *
 * `vec(conv(V, K)) = A·vec(V)`, `A[(i, j, k), (l, a, b)] = Σ K(i, l, m, n)` over the taps (m, n) that read the cell (a, b) for
 * the place (j, k): one tap at most where the padding is zeros, several where the padding repeats cells. At stride 1 and with
 * zeros, A is a Toeplitz matrix in one dimension (constant along diagonals) and doubly blocked Toeplitz in two; with `wrap`
 * around an output of the input's size it is circulant and doubly blocked circulant. Its transpose is `convInputGradient`.
 *
 * The pattern follows from the shapes alone: a tap whose weight is 0 has its entry, one masked by `connections` has none.
 *
 * @param kernel K, `[outChannels, channels / groups, ...kernelSpace]`
 * @param inputShape `[channels, ...space]`, without batch
 * @param options those of `conv` but for `bias` and `algorithm`, which a matrix does not have
 * @returns A, of as many rows as one image's output has numbers and as many columns as the image has
 * @throws InputError if shapes or options do not fit, a weight is NaN or infinite or there are more than 2^26 entries
 * @see the chapter on convolutional networks, section on the convolution operation: Toeplitz and doubly block circulant
 */
export function convMatrix(kernel: Tensor, inputShape: readonly number[], options: GeometryOptions = {}): SparseMatrix {
  const where = "convMatrix";
  checkArray(where, "kernel", kernel);
  const g = imageGeometry(where, inputShape, kernel.shape, options);
  const products = seenPairs(g) * g.places * g.taps;
  if (products > entryLimit) refuse(where, `the matrix has up to ${products} entries, at most ${entryLimit} fit`);
  return fillMatrix(g, kernel.data);
}

function fillMatrix(g: Geometry, K: Tensor["data"]): SparseMatrix {
  const pattern = windowPattern(g);
  const inputs = g.groups * g.inChannels;
  const matrix = { values: [] as number[], index: [] as number[], ptr: [0] };
  for (let channel = 0; channel < inputs; channel++) {
    const first = Math.floor(channel / g.inChannels) * g.outChannels;
    for (let cell = 0; cell < g.cells; cell++) {
      for (let o = first; o < first + g.outChannels; o++) {
        if (g.connections && g.connections[o * inputs + channel] === 0) continue;
        const weights = (o * g.inChannels + (channel % g.inChannels)) * g.taps;
        for (let e = pattern.ptr[cell]; e < pattern.ptr[cell + 1]; e++)
          addEntry(matrix, o * g.places + pattern.place[e], K[weights + pattern.tap[e]]);
      }
      matrix.ptr.push(matrix.values.length);
    }
  }
  const rows = g.groups * g.outChannels * g.places;
  return { kind: "sparse-matrix", size: [rows, inputs * g.cells], ...matrix };
}

/** Adds a weight at a row of the last column: rows come in order, so that only the last entry can have the same one. */
function addEntry(
  { values, index, ptr }: { values: number[]; index: number[]; ptr: number[] },
  row: number,
  weight: number,
) {
  const last = values.length - 1;
  if (last >= ptr[ptr.length - 1] && index[last] === row) values[last] += weight;
  else {
    values.push(weight);
    index.push(row);
  }
}
