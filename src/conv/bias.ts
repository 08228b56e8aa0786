import { checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { shapeText, sizeOf, type Tensor, typeOf, zeros } from "../tensor/tensor.js";
import { checkArray, checkAxes, checkSameType, checkShapeOption, sameShape } from "./arrays.js";
import type { Geometry } from "./geometry.js";
import { tilesOfPlaces } from "./tiled-places.js";

/** Throws unless `bias` is one number a map, one a place or, where there are tiles, one a tile, of the output's type. */
export function checkBias(
  where: string,
  bias: unknown,
  g: Geometry,
  input: Tensor,
  tile?: readonly number[],
): asserts bias is Tensor {
  checkArray(where, "bias", bias);
  const outputs = g.groups * g.outChannels;
  const place = g.outputShape.slice(-(g.kernelShape.length - 1));
  const fitting = [[outputs], ...(tile ? [[outputs, ...tile]] : []), place];
  if (!fitting.some((shape) => sameShape(bias.shape, shape))) {
    const needed = [...new Set(fitting.map(shapeText))].join(" or ");
    refuse(where, `bias has shape ${shapeText(bias.shape)}, ${needed} is needed`);
  }
  checkSameType(where, ["bias", bias], ["input", input]);
}

/** Adds the bias to each image of the output. One a map is a tile of one place, one a place a tile as wide as the output. */
export function addBias(g: Geometry, bias: Tensor, Z: Float32Array | Float64Array): void {
  const tile = [1, 1, 1, ...bias.shape.slice(1)].slice(-3);
  const tiles = sizeOf(tile);
  const tileOf = tilesOfPlaces(
    g.axes.map((axis) => axis.output),
    tile,
  );
  const planes = g.groups * g.outChannels;
  for (let plane = 0; plane < g.batch * planes; plane++) {
    const own = bias.data.subarray((plane % planes) * tiles, ((plane % planes) + 1) * tiles);
    const map = Z.subarray(plane * g.places, (plane + 1) * g.places);
    if (tiles === 1) addNumber(map, own[0]);
    else addTiled(map, own, tileOf);
  }
}

/** Four at once, which takes half the time of a loop over single numbers. */
function addNumber(map: Float32Array | Float64Array, number: number): void {
  let p = 0;
  for (; p + 4 <= map.length; p += 4) {
    map[p] += number;
    map[p + 1] += number;
    map[p + 2] += number;
    map[p + 3] += number;
  }
  for (; p < map.length; p++) map[p] += number;
}

function addTiled(map: Float32Array | Float64Array, tile: Float32Array | Float64Array, tileOf: Int32Array): void {
  for (let p = 0; p < map.length; p++) map[p] += tile[tileOf[p]];
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

/** The sum of the numbers from `from` to before `to`, in four parts that hide the latency of an addition. */
function sumOf(G: Tensor["data"], from: number, to: number): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  let i = from;
  for (; i + 4 <= to; i += 4) {
    a += G[i];
    b += G[i + 1];
    c += G[i + 2];
    d += G[i + 3];
  }
  for (; i < to; i++) a += G[i];
  return a + b + (c + d);
}

/** The sums for one bias a map or one a place. */
function sharedSums({ shape, data: G }: Tensor, biasShape: readonly number[], space: number | undefined): Float64Array {
  const { images, shared } = readAxes(shape, biasShape, space);
  const sums = new Float64Array(sizeOf(biasShape));
  for (let image = 0, at = 0; image < images; image++)
    for (let i = 0; i < sums.length; i++, at += shared) sums[i] += shared === 1 ? G[at] : sumOf(G, at, at + shared);
  return sums;
}

/** How many images a gradient holds whose bias is one a tile. */
function imagesOfTiles(shape: readonly number[], biasShape: readonly number[], given: number | undefined): number {
  const where = "biasGradient";
  const space = biasShape.length - 1;
  const text = shapeText(biasShape);
  if (space < 1 || space > 3) refuse(where, `biasShape is ${text}, [outChannels] and 1 to 3 axes of a tile are needed`);
  if (given !== undefined && given !== space)
    refuse(where, `space is ${given}, a bias of shape ${text}, one a tile, has ${space}`);
  const images = shape.length === space + 1 ? 1 : shape.length === space + 2 ? shape[0] : 0;
  if (images === 0 || shape[shape.length - space - 1] !== biasShape[0]) {
    const needed = `[batch, ${biasShape[0]}] and ${space} space axes, or without batch`;
    refuse(where, `outputGradient has shape ${shapeText(shape)}, a bias of shape ${text}, one a tile, needs ${needed}`);
  }
  return images;
}

/** The sums for one bias a tile. */
function tileSums({ shape, data: G }: Tensor, biasShape: readonly number[], space: number | undefined): Float64Array {
  const images = imagesOfTiles(shape, biasShape, space);
  const [maps, ...tile] = biasShape;
  const tileOf = tilesOfPlaces(shape.slice(-tile.length), tile);
  const sums = new Float64Array(sizeOf(biasShape));
  for (let plane = 0, at = 0; plane < images * maps; plane++) {
    const first = (plane % maps) * sizeOf(tile);
    for (let p = 0; p < tileOf.length; p++, at++) sums[first + tileOf[p]] += G[at];
  }
  return sums;
}

/**
 * The gradient of a loss with respect to the bias of a convolution.
 *
 * `db(i) = Σ G(n, i, j, k)` over images n and places j, k, for one bias a map; over images alone for one a place; over images
 * and the places `j mod t = a`, `k mod t = b` for one a tile.
 *
 * @param outputGradient G, `[batch, outChannels, ...outSpace]` or without batch
 * @param biasShape `[outChannels]`, or the output's shape without batch, or with `tiled` `[outChannels, ...tile]`
 * @param options.space how many space dimensions G has. For one bias a map, G is read as having two where that fits, else one,
 *   else three: say it where a layer of one or three dimensions has as many images as channels, or cells as channels
 * @param options.tiled true: one bias a tile, which cycles over the places as in `tiledConv`
 * @returns the gradient, of shape `biasShape`
 * @throws InputError if the shapes do not fit or G holds a NaN or an infinity
 * @see the chapter on convolutional networks, section on variants of the basic convolution: biases
 */
export function biasGradient(
  outputGradient: Tensor,
  biasShape: readonly number[],
  options: { readonly space?: number; readonly tiled?: boolean } = {},
): Tensor {
  const where = "biasGradient";
  checkOptions(where, options, ["space", "tiled"]);
  const { space, tiled = false } = options;
  checkArray(where, "outputGradient", outputGradient);
  checkAxes(where, "outputGradient", outputGradient.shape);
  checkShapeOption(where, "biasShape", biasShape);
  checkAxes(where, "biasShape", biasShape);
  if (space !== undefined) checkInteger(where, "space", space, 1, 3);
  if (typeof tiled !== "boolean") refuse(where, `tiled is ${describe(tiled)}, true or false is needed`);
  const sums = (tiled ? tileSums : sharedSums)(outputGradient, biasShape, space);
  const gradient = zeros(biasShape, typeOf(outputGradient));
  gradient.data.set(sums);
  return gradient;
}
