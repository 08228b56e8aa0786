import { checkChoice, checkInteger, checkOptions, describe } from "../tensor/arguments.js";
import { refuse } from "../tensor/errors.js";
import { sizeOf } from "../tensor/tensor.js";
import { checkShapeOption } from "./arrays.js";
import type { Geometry } from "./geometry.js";
import { imageGeometry, seenPairs } from "./matrix.js";
import type { GeometryOptions } from "./options.js";

/**
 * How a layer shares its weights: `dense` (every number of the output sees every number of the image), `unshared` (a kernel a
 * place), `tiled` (kernels that cycle over places), `restricted` (one kernel for all places, which sees some channels) and
 * `shared` (one kernel for all places, which sees all channels).
 */
export type LayerKind = "dense" | "unshared" | "tiled" | "restricted" | "shared";

const kinds: readonly LayerKind[] = ["dense", "unshared", "tiled", "restricted", "shared"];

/** What is counted. */
export interface LayerCountsRequest {
  /** `[channels, ...space]`, without batch */
  readonly inputShape: readonly number[];
  /** of one kernel stack: `[outChannels, channels / groups, ...kernelSpace]` */
  readonly kernelShape: readonly number[];
  /** those of `conv` but for `bias` and `algorithm`; a dense layer takes from them the size of the output alone */
  readonly options?: GeometryOptions;
  readonly kind: LayerKind;
  /** for `tiled` alone: how many kernels cycle along each axis */
  readonly tile?: readonly number[];
}

/** What a layer costs. */
export interface LayerCounts {
  readonly kind: "layer-counts";
  readonly layer: LayerKind;
  readonly parameters: {
    /** those that `connections` masks are not counted */
    readonly weights: number;
    /** one a number of the output for dense and unshared layers, one a map and tile for tiled ones, else one a map */
    readonly biases: number;
  };
  /** for one image: products of a weight with a number of the image, or with a zero of its padding */
  readonly multiplications: number;
}

function checkKind(where: string, kind: LayerKind, g: Geometry): void {
  const restricted = g.groups > 1 || g.connections !== undefined;
  if (kind === "shared" && restricted) {
    const given = g.groups > 1 ? `groups ${g.groups}` : "connections";
    refuse(where, `kind "shared" is given with ${given}, such a layer is of kind "restricted"`);
  }
  if (kind === "restricted" && !restricted)
    refuse(where, `kind "restricted" is given without groups or connections, groups above 1 or connections are needed`);
}

/** How many kernels cycle: the product of a tile that must fit the kind and the space dimensions. */
function tilesOf(where: string, kind: LayerKind, tile: unknown, space: number): number {
  if (kind !== "tiled") {
    if (tile !== undefined) refuse(where, `tile is ${describe(tile)}, kind "${kind}" takes none`);
    return 1;
  }
  if (!Array.isArray(tile)) refuse(where, `tile is ${describe(tile)}, a list of ${space} is needed`);
  if (tile.length !== space) refuse(where, `tile has ${tile.length} entries, the kernel has ${space} space dimensions`);
  for (const [axis, t] of tile.entries()) checkInteger(where, `tile[${axis}]`, t, 1);
  return sizeOf(tile);
}

/**
 * The parameters and multiplications of a layer, for dense, unshared, tiled, channel-restricted and shared layers alike, to be
 * set side by side.
 *
 * With m numbers of the image, n of the output, O maps of P places, `p` pairs of channels that see each other and k taps a
 * kernel: dense `m·n` weights, `n` biases and `m·n` multiplications; unshared `p·k·P`, `O·P`, `p·k·P`; tiled with t kernels
 * `p·k·t`, `O·t`, `p·k·P`; restricted and shared `p·k`, `O`, `p·k·P`.
 *
 * @throws InputError if shapes, options, kind or tile do not fit
 * @see the chapter on convolutional networks, section on variants of the basic convolution
 */
export function layerCounts(request: LayerCountsRequest): LayerCounts {
  const where = "layerCounts";
  if (typeof request !== "object" || request === null)
    refuse(where, `the request is ${describe(request)}, a record is needed`);
  checkOptions(where, request, ["inputShape", "kernelShape", "options", "kind", "tile"]);
  const { inputShape, kernelShape, options = {}, kind, tile } = request;
  checkChoice(where, "kind", kind, kinds);
  checkShapeOption(where, "kernelShape", kernelShape);
  const g = imageGeometry(where, inputShape, kernelShape, options);
  checkKind(where, kind, g);
  const tiles = tilesOf(where, kind, tile, kernelShape.length - 2);
  const outputs = kernelShape[0] * g.places;
  const window = seenPairs(g) * g.taps;
  if (kind === "dense") {
    const weights = sizeOf(inputShape) * outputs;
    return countsOf(kind, weights, outputs, weights);
  }
  const kernels = kind === "unshared" ? g.places : tiles;
  return countsOf(kind, window * kernels, kernelShape[0] * kernels, window * g.places);
}

function countsOf(layer: LayerKind, weights: number, biases: number, multiplications: number): LayerCounts {
  return { kind: "layer-counts", layer, parameters: { weights, biases }, multiplications };
}
