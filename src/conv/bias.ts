import { checkInteger, checkOptions } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkSameType, checkShapeOption, sameShape } from "./arrays.js";
import type { Geometry } from "./geometry.js";

/** Throws unless `bias` is one number a map or one a place, of the output's type. */
export function checkBias(where: string, bias: unknown, g: Geometry, input: Tensor): asserts bias is Tensor {
  checkArray(where, "bias", bias);
  const outputs = g.groups * g.outChannels;
  const place = g.outputShape.slice(-(g.kernelShape.length - 1));
  if (!sameShape(bias.shape, [outputs]) && !sameShape(bias.shape, place))
    refuse(where, `bias has shape ${shapeText(bias.shape)}, ${shapeText([outputs])} or ${shapeText(place)} is needed`);
  checkSameType(where, ["bias", bias], ["input", input]);
}

/** Adds the bias to each image of the output. */
export function addBias(g: Geometry, bias: Tensor, Z: Float32Array | Float64Array): void {
  const perPlace = bias.shape.length > 1;
  const planes = g.groups * g.outChannels;
  for (let plane = 0; plane < g.batch * planes; plane++) {
    const o = plane % planes;
    const start = plane * g.places;
    for (let p = 0; p < g.places; p++) Z[start + p]! += bias.data[perPlace ? o * g.places + p : o]!;
  }
}

/** How the axes of a gradient are read: images and what of one image belongs to one number of the bias. */
function readAxes(shape: readonly number[], biasShape: readonly number[], space: number | undefined) {
  const where = "biasGradient";
  const got = `outputGradient has shape ${shapeText(shape)}`;
  const ends = (rank: number) => (rank === shape.length ? 1 : rank === shape.length - 1 ? shape[0]! : 0);
  if (biasShape.length > 1) {
    const images = ends(biasShape.length);
    if (images === 0 || !sameShape(shape.slice(-biasShape.length), biasShape))
      refuse(where, `${got}, it does not end in the bias's shape ${shapeText(biasShape)}`);
    return { images, shared: 1 };
  }
  const order = space === undefined ? [2, 1, 3] : [space];
  const read = order.find((s) => ends(s + 1) > 0 && shape[shape.length - s - 1] === biasShape[0]);
  if (read === undefined) {
    const axes = space === undefined ? "1 to 3 space axes" : `${space} space axes`;
    refuse(where, `${got}, [batch, ${biasShape[0]}] and ${axes}, or without batch, are needed`);
  }
  return { images: ends(read + 1), shared: sizeOf(shape.slice(-read)) };
}

/**
 * The gradient of a loss with respect to the bias of a convolution.
 *
 * `db(i) = Σ G(n, i, j, k)` over images n and places j, k, for one bias a map; over images alone for one a place.
 *
 * @param outputGradient G, `[batch, outChannels, ...outSpace]` or without batch
 * @param biasShape `[outChannels]`, or the output's shape without batch
 * @param options.space how many space dimensions G has. It is needed only for one bias a map where G can be read both with
 *   and without a batch; by default G is then read as having two, else one, else three
 * @returns the gradient, of shape `biasShape`
 * @throws InputError if the shapes do not fit or G holds a NaN or an infinity
 * @see the chapter on convolutional networks, section on variants of the basic convolution: biases
 */
export function biasGradient(
  outputGradient: Tensor,
  biasShape: readonly number[],
  options: { readonly space?: number } = {},
): Tensor {
  checkOptions("biasGradient", options, ["space"]);
  checkArray("biasGradient", "outputGradient", outputGradient);
  checkShapeOption("biasGradient", "biasShape", biasShape);
  if (options.space !== undefined) checkInteger("biasGradient", "space", options.space, 1, 3);
  const { images, shared } = readAxes(outputGradient.shape, biasShape, options.space);
  const sums = new Float64Array(sizeOf(biasShape));
  const G = outputGradient.data;
  for (let image = 0, at = 0; image < images; image++) {
    for (let i = 0; i < sums.length; i++) {
      for (let p = 0; p < shared; p++, at++) sums[i]! += G[at]!;
    }
  }
  const gradient = zeros(biasShape, typeOf(outputGradient));
  gradient.data.set(sums);
  return gradient;
}
