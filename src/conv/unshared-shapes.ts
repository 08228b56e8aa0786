import { refuse } from "../tensor/errors.js";
import { shapeText } from "../tensor/tensor.js";
import { checkAxes, sameShape } from "./arrays.js";
import { type Geometry, geometryOf } from "./geometry.js";
import type { GeometryOptions } from "./options.js";
import type { Sharing } from "./unshared-windows.js";

/**
 * The space dimensions of a shape of weights, which has two axes and two more a dimension.
 *
 * @param layout the names of its axes, for the errors, and where its input channels stand in so many space dimensions
 * @throws InputError unless the input has as many space dimensions and as many channels, and no axis is empty
 */
export function spaceOfWeights(
  where: string,
  [name, shape]: readonly [string, readonly number[]],
  { axes, channels }: { readonly axes: string; readonly channels: (space: number) => number },
  inputShape: readonly number[],
  groups: unknown,
): number {
  const got = `${name} has shape ${shapeText(shape)}`;
  const space = (shape.length - 2) / 2;
  if (![1, 2, 3].includes(space)) refuse(where, `${got}, ${axes} with 1 to 3 space axes are needed`);
  checkAxes(where, name, shape);
  const rest = inputShape.length - 1;
  const input = `an input of shape ${shapeText(inputShape)}`;
  if (space !== rest && space !== rest - 1)
    refuse(where, `${got} for ${space} space axes, ${input} has ${rest}, or ${rest - 1} with batch: ${axes} is needed`);
  checkAxes(where, "input", inputShape);
  // Weights of conv, two axes short, fit one space axis, and an image without batch then is a batch of lines: say what was read.
  const [own, given] = [shape[channels(space)], inputShape[rest - space]];
  if ((groups === undefined || groups === 1) && own !== given)
    refuse(
      where,
      `${got}, read as ${axes} with ${space} space axes: ${own} input channels, ${input} then has ${given}`,
    );
  return space;
}

const layout = {
  axes: "[outChannels, ...outSpace, inChannels, ...kernelSpace]",
  channels: (space: number) => space + 1,
} as const;

/** The geometry of an unshared layer, whose weights `[outChannels, ...outSpace, channels / groups, ...kernelSpace]` must fit. */
export function unsharedGeometry(
  where: string,
  inputShape: readonly number[],
  [name, shape]: readonly [string, readonly number[]],
  options: GeometryOptions,
): Geometry {
  const space = spaceOfWeights(where, [name, shape], layout, inputShape, options.groups);
  const g = geometryOf(where, inputShape, [shape[0], ...shape.slice(space + 1)], options);
  const needed = [...g.outputShape.slice(-space - 1), ...shape.slice(space + 1)];
  if (!sameShape(shape, needed)) {
    const of = `an input of shape ${shapeText(inputShape)}`;
    refuse(where, `${name} has shape ${shapeText(shape)}, ${of} needs ${shapeText(needed)}`);
  }
  return g;
}

/** Every place has weights of its own, one output channel's after the other. */
export function unsharedSharing(g: Geometry): Sharing {
  const length = g.inChannels * g.taps;
  return {
    order: Int32Array.from({ length: g.places }, (_, place) => place),
    starts: Int32Array.from({ length: g.places + 1 }, (_, place) => place),
    blockStride: length,
    outputStride: g.places * length,
  };
}
